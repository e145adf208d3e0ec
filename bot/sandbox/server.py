"""The sandbox as a server: alone on a port of its own, or mounted into a host's aiohttp application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.callbacks import CALLBACK_LIFETIME
from bot.sandbox.control import Control
from bot.sandbox.gate import Gate
from bot.sandbox.groups import Groups
from bot.sandbox.levers import Levers
from bot.sandbox.limits import Limits
from bot.sandbox.room import Room
from bot.sandbox.snapshot import Snapshot, files_beside
from bot.sandbox.state import BotUser, Person
from bot.sandbox.stream import Stream
from bot.sandbox.times import ClockControl, Times
from bot.sandbox.webhook import FIRST_RETRY
from bot.sandbox.world import World

DEFAULT_TOKEN = "424242:pocket-telegram"  # noqa: S105 - opens nothing but this toy


class SandboxServer:
    """One bot and its people behind the Bot API and the control API.

    `clock`: the host's clock, shown on the page and stamping messages; without it the machine's time does.
    `monotonic`: what counts lifetimes, in seconds. `state_file`: where chats outlive a restart, files beside it.
    `callback_lifetime`, `webhook_retry`: seconds. `limits`: how much the bot may write (`Limits()`: as much as Telegram
    lets it; None: as much as it likes). A method other than the served ones is refused.
    """

    def __init__(
        self,
        token: str = DEFAULT_TOKEN,
        *,
        username: str = "pocket_bot",
        name: str = "Pocket Bot",
        clock: ClockControl | None = None,
        monotonic: Callable[[], float] | None = None,
        state_file: Path | None = None,
        callback_lifetime: float = CALLBACK_LIFETIME,
        webhook_retry: float = FIRST_RETRY,
        limits: Limits | None = None,
    ) -> None:
        self.token = token
        times = Times(clock, monotonic) if monotonic else Times(clock)
        bot = BotUser(int(token.partition(":")[0]), name, username)
        self.world = World(
            bot,
            times,
            files=files_beside(state_file) if state_file else None,
            callback_lifetime=callback_lifetime,
            webhook_retry=webhook_retry,
            limits=limits,
        )
        self.gate = Gate(self.world, token)
        self.room = Room(self.world)
        self._snapshot = Snapshot(self.world, state_file) if state_file else None
        if self._snapshot:
            self._snapshot.load()
        self._runner: web.AppRunner | None = None
        self.url = ""

    def add_person(self, first_name: str, **fields: Any) -> Person:
        """A person by code of the host; fields as in POST /sandbox/people. A known `id` is updated."""
        return self.world.put_person({"first_name": first_name, **fields})

    def clock_changed(self) -> None:
        """The host moved its clock by itself: tell the pages."""
        state = self.world.times.clock_state()
        if state:
            self.world.feed.publish("clock", state)

    def routes(self) -> list[web.RouteDef]:
        """All routes: the Bot API, its files, the control API, events, the page."""
        api = "/bot{token}/{method}"
        return [
            web.get(api, self.gate.call),
            web.post(api, self.gate.call),
            web.get("/file/bot{token}/documents/{name}", self.gate.download),
            *Control(self.world).routes(),
            *Levers(self.world).routes(),
            *Groups(self.world).routes(),
            *Stream(self.world).routes(),
            *self.room.routes(),
        ]

    def mount(self, app: web.Application) -> None:
        """Serve from the host's application: start and stop with it."""
        app.add_routes(self.routes())
        app.on_shutdown.append(self._shut_down)
        app.cleanup_ctx.append(self._life)

    async def _life(self, app: web.Application) -> AsyncIterator[None]:
        await self.open()
        yield
        await self.close()

    async def _shut_down(self, app: web.Application) -> None:
        await self.world.close()

    async def open(self) -> None:
        """Begin to keep the state; go on with a saved webhook."""
        if self._snapshot:
            self.world.tasks.spawn(self._snapshot.keep(), "snapshot")
        self.world.webhook.start()

    async def close(self) -> None:
        """Stop everything and write the state a last time."""
        await self.world.close()
        if self._snapshot:
            await self._snapshot.save()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve alone; the address."""
        app = web.Application()
        self.mount(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound_host, bound_port = self._runner.addresses[0][:2]
        self.url = f"http://{bound_host}:{bound_port}"
        return self.url

    async def stop(self) -> None:
        """Stop serving alone."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve alone for the length of a block; gives the address."""
        url = await self.start(host, port)
        try:
            yield url
        finally:
            await self.stop()
