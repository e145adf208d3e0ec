"""What a host program offers on the page beside its clock: a guided tour, and to begin anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.asking import serving
from bot.sandbox.errors import ControlError
from bot.sandbox.state import Json
from bot.sandbox.world import World


@dataclass(frozen=True)
class Restart:
    """Beginning anew in words for people: the button, the question with what it means, the answer, the waiting.

    `ask` is called when somebody said yes; it returns at once.
    """

    button: str
    question: str
    meaning: str
    yes: str
    waiting: str
    ask: Callable[[], None]

    def view(self) -> Json:
        """The words alone."""
        return {name: getattr(self, name) for name in ("button", "question", "meaning", "yes", "waiting")}


class Room:
    """The page as a training room. Everything in it is the host's: without a host it is empty.

    `tour` is a description as in docs/sandbox.md. `busy`: what the host does before people may touch the phones.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.tour: Json | None = None
        self.restart: Restart | None = None
        self.busy: str | None = None

    def routes(self) -> list[web.RouteDef]:
        """What the page asks of the room."""
        table = [("GET", "/sandbox/room", self._look), ("POST", "/sandbox/room/restart", self._begin_anew)]
        return serving(self._world, table)

    def view(self) -> Json:
        """The room as the page shows it."""
        return {"tour": self.tour, "restart": self.restart.view() if self.restart else None, "busy": self.busy}

    def is_busy(self, words: str | None) -> None:
        """Say on the pages what the host is busy with; None: nothing any more."""
        self.busy = words
        self._world.feed.publish("room", self.view())

    async def _look(self, request: web.Request) -> Json:
        return self.view()

    async def _begin_anew(self, request: web.Request) -> Json:
        if self.restart is None or self.busy is not None:
            raise ControlError(409, "no_restart", "There is nothing to begin anew now.")
        self.is_busy(self.restart.waiting)
        self.restart.ask()
        return {}
