"""Events and files over HTTP, and the page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from aiohttp import web

from bot.sandbox.asking import refuse_foreign_origin
from bot.sandbox.errors import ControlError
from bot.sandbox.events import Event
from bot.sandbox.world import World

HEARTBEAT = 15.0
PAGE = Path(__file__).parent / "page"
_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class Stream:
    """Handlers that answer with something else than JSON."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Events, files of the chats, and the page with its parts."""
        return [
            web.get("/sandbox/events", self.events),
            web.get("/sandbox/files/{id}", self.file),
            web.get("/sandbox/page/{name:.+}", self.page_part),
            web.get("/", self.page),
        ]

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events, of one person if asked, from a known number on."""
        _origin(request)
        feed = self._world.feed
        person = _int(request.query.get("person"))
        after = _int(request.headers.get("Last-Event-ID") or request.query.get("after"))
        calls = request.query.get("calls") == "1"
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        after = feed.seq if after is None else after
        feed.call_listeners += calls
        try:
            await response.write(b": ready\n\n")
            async for batch in feed.follow(after, HEARTBEAT):
                frames = b"".join(_frame(event) for event in batch if _wanted(event, person, calls))
                if frames or not batch:
                    await response.write(frames or b": still here\n\n")
        except ConnectionError:
            pass  # the listener went away
        finally:
            feed.call_listeners -= calls
        return response

    async def file(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file: pictures to look at, the rest to save."""
        id_ = request.match_info["id"]
        info = self._world.files.info(id_)
        if info is None:
            body = {"error": "no_such_file", "detail": "There is no such file."}
            return web.json_response(body, status=404)
        inline = info.mime in _INLINE and request.query.get("download") != "1"
        disposition = f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{quote(info.name)}"
        headers = {"Content-Disposition": disposition, "Content-Type": info.mime, "X-Content-Type-Options": "nosniff"}
        return web.Response(body=self._world.files.read(id_), headers=headers)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page of phones."""
        return _page_file("index.html")

    async def page_part(self, request: web.Request) -> web.StreamResponse:
        """A script, style or picture of the page."""
        return _page_file(request.match_info["name"])


def _page_file(name: str) -> web.StreamResponse:
    path = (PAGE / name).resolve()
    if not path.is_relative_to(PAGE) or not path.is_file():
        raise web.HTTPNotFound(text="There is no such page.")
    return web.FileResponse(path, headers=_PAGE_HEADERS)


def _origin(request: web.Request) -> None:
    try:
        refuse_foreign_origin(request)
    except ControlError as error:
        raise web.HTTPForbidden(text=error.detail) from None


def _int(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _wanted(event: Event, person: int | None, calls: bool) -> bool:
    if event.type == "call":
        return calls
    return person is None or event.person in (None, person)


def _frame(event: Event) -> bytes:
    return f"id: {event.seq}\nevent: {event.type}\ndata: {event.data}\n\n".encode()
