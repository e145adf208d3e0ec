"""The webhook: an update is answered 200 when it is committed, and not before (delivery, §1)."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from bot.intake import BadUpdate

MOST_BYTES = 256 * 1024
READ_WITHIN = 10.0  # seconds for a body: who trickles one holds no connection longer
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name


def webhook(secret: str, put: Callable[[Sequence[Any]], Awaitable[None]]) -> Callable[[web.Request], Any]:
    """The view. `secret` is compared as bytes, in constant time."""
    expected = secret.encode()

    async def view(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return web.Response(status=403)
        if request.content_length is not None and request.content_length > MOST_BYTES:
            return web.Response(status=413)
        try:
            async with asyncio.timeout(READ_WITHIN):
                body = await _read(request)
        except TimeoutError:
            return web.Response(status=408, headers={"Connection": "close"})
        if body is None:
            return web.Response(status=413)
        try:
            update = json.loads(body)
            await put([update])
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError, BadUpdate):
            return web.Response(status=400)
        except Exception:
            # Whatever kept it from the inbox is logged there; Telegram brings it again.
            return web.Response(status=503, headers={"Retry-After": "2"})
        return web.Response()

    return view


async def _read(request: web.Request) -> bytes | None:
    """The body, or None when it is too long."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)
