"""Requests of the control API: read, answered as JSON, refused with a sentence; other sites' pages kept out."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.sandbox.errors import ControlError
from bot.sandbox.events import dumps
from bot.sandbox.state import Json
from bot.sandbox.world import World

SEQ_HEADER = "X-Sandbox-Seq"

Handler = Callable[[web.Request], Awaitable[Any]]
Row = tuple[str, str, Handler]


def serving(world: World, table: Sequence[Row]) -> list[web.RouteDef]:
    """Routes whose handlers return JSON."""
    return [web.route(method, path, _served(world, handler)) for method, path, handler in table]


def _served(world: World, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Around a handler: foreign pages refused, refusals told as JSON, the event number in a header."""

    async def serve(request: web.Request) -> web.StreamResponse:
        try:
            refuse_foreign_origin(request)
            result = await handler(request)
            status = 200
        except ControlError as error:
            result = {"error": error.slug, "detail": error.detail, **error.extra}
            status = error.status
        headers = {SEQ_HEADER: str(world.feed.seq), "Cache-Control": "no-store"}
        return web.Response(status=status, text=dumps(result), content_type="application/json", headers=headers)

    return serve


def number(text: Any) -> int | None:
    """A number of a query or a form; None if it isn't given."""
    if text in (None, ""):
        return None
    if not isinstance(text, str) or not text.removeprefix("-").isdecimal():
        raise ControlError(400, "bad_request", f"«{text}» is no number.")
    return int(text)


async def read_json(request: web.Request) -> Json:
    """The JSON object of a request; nothing is an empty one."""
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise ControlError(400, "bad_request", "The body is no JSON.") from None
    if not isinstance(body, dict):
        raise ControlError(400, "bad_request", "The body is no JSON object.")
    return body


def refuse_foreign_origin(request: web.Request) -> None:
    """A page of another site must not move our people."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.host:
        raise ControlError(403, "foreign_origin", "Requests of other sites' pages are refused.")
