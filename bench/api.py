"""A local Bot API for measuring: says yes after a set delay, or 429 as Telegram would, and tells what came when."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.sandbox.errors import ApiError
from bot.sandbox.limits import Limiter, Limits, weight

TOKEN = "42:bench"
SECRET = "bench"
ME = {"id": 42, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
Form = dict[str, Any]


class Api:
    """`delay`: seconds until each answer; `limits`: what is allowed, None everything.

    `answered` holds the moment each tap was answered, `heard` is told of each message and edit that is let through.
    Moments are `time.perf_counter`'s.
    """

    def __init__(self) -> None:
        self.delay = 0.0
        self.url = ""
        self.limiter = Limiter(time.monotonic)
        self.calls: Counter[str] = Counter()
        self.refused = 0
        self.answered: dict[str, asyncio.Future[float]] = {}
        self.heard: Callable[[str, Form], None] = lambda method, form: None
        self.seconds: Counter[int] = Counter()  # messages and edits by the second they came in
        self.first_sent = self.last_sent = 0.0
        self.sent = 0
        self._awaited = 0
        self._enough = asyncio.Event()

    def limit(self, limits: Limits | None) -> None:
        """Let in only so much from now on."""
        self.limiter.set(limits)

    async def call(self, request: web.Request) -> web.Response:
        """One call of the bot."""
        method = request.match_info["method"]
        form = await _form(request)
        if self.delay:
            await asyncio.sleep(self.delay)
        chat = int(form["chat_id"]) if "chat_id" in form else None
        try:
            self.limiter.admit(chat, weight(method, form))
        except ApiError as error:
            self.refused += 1
            said = {"ok": False, "error_code": error.code, "description": error.description}
            return web.json_response(said | {"parameters": error.parameters}, status=error.code)
        self.calls[method] += 1
        return web.json_response({"ok": True, "result": self._result(method, form)})

    def _result(self, method: str, form: Form) -> Any:
        if method == "getMe":
            return ME
        if method == "answerCallbackQuery":
            waiter = self.answered.get(str(form["callback_query_id"]))
            if waiter is not None and not waiter.done():
                waiter.set_result(time.perf_counter())
            return True
        if method in ("sendMessage", "editMessageText"):
            self._note(method, form)
            chat = {"id": int(form["chat_id"]), "type": "private", "first_name": "Bench"}
            return {"message_id": self.sent + 1, "date": 1, "chat": chat, "from": ME, "text": "x"}
        return True

    def _note(self, method: str, form: Form) -> None:
        now = time.perf_counter()
        self.seconds[int(now)] += 1
        self.heard(method, form)
        if method == "sendMessage":
            self.first_sent = self.first_sent or now
            self.last_sent = now
            self.sent += 1
            if self.sent == self._awaited:
                self._enough.set()

    def expect(self, letters: int) -> None:
        """Count letters anew, up to so many."""
        self.sent, self.first_sent, self._awaited = 0, 0.0, letters
        self._enough.clear()

    async def all_came(self, patience: float = 600.0) -> None:
        """Return when as many letters came as are expected."""
        async with asyncio.timeout(patience):
            await self._enough.wait()


async def _form(request: web.Request) -> Form:
    if not request.can_read_body:
        return dict(request.query)
    if request.content_type == "application/json":
        found: Form = await request.json()
        return found
    return dict(await request.post())


@asynccontextmanager
async def serving() -> AsyncIterator[Api]:
    """The API on a free port."""
    api = Api()
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", api.call)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()
