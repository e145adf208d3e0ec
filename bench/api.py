"""A local Bot API for measuring: says yes to everything after a set delay, and tells who waits for what."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

TOKEN = "42:bench"
SECRET = "bench"
ME = {"id": 42, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}


class Api:
    """Counts calls by method; `answered` holds the moment each callback query was answered."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.url = ""
        self.calls: dict[str, int] = {}
        self.answered: dict[str, asyncio.Future[float]] = {}
        self.sent = 0
        self.last_sent = 0.0

    async def call(self, request: web.Request) -> web.Response:
        """One call of the bot."""
        method = request.match_info["method"]
        form = dict(await request.post()) if request.can_read_body else {}
        if self.delay:
            await asyncio.sleep(self.delay)
        self.calls[method] = self.calls.get(method, 0) + 1
        return web.json_response({"ok": True, "result": self._result(method, form)})

    def _result(self, method: str, form: dict[str, Any]) -> Any:
        if method == "getMe":
            return ME
        if method == "answerCallbackQuery":
            waiter = self.answered.get(str(form["callback_query_id"]))
            if waiter is not None and not waiter.done():
                waiter.set_result(time.perf_counter())
            return True
        if method in ("sendMessage", "editMessageText"):
            self.sent += method == "sendMessage"
            self.last_sent = time.perf_counter()
            chat = {"id": int(form["chat_id"]), "type": "private", "first_name": "Bench"}
            return {"message_id": self.sent + 1, "date": 1, "chat": chat, "from": ME, "text": "x"}
        return True

    async def wait_for(self, sent: int, patience: float = 600.0) -> None:
        """Return when so many messages were sent."""
        async with asyncio.timeout(patience):
            while self.sent < sent:
                await asyncio.sleep(0.005)


@asynccontextmanager
async def serving(delay: float = 0.0) -> AsyncIterator[Api]:
    """The API on a free port."""
    api = Api(delay)
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", api.call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield api
    finally:
        await runner.cleanup()
