"""The postmen of a bot, one a channel: they begin, are woken and stop together."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Protocol

from services.outbox.postman import NotTheOwner, Postman

log = logging.getLogger("zvonok.runtime")

RESTART_PAUSE = 3.0


class Tasks(Protocol):
    """Whatever runs work in the background."""

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Begin it."""
        ...


class Post:
    """The postmen; the first is the messenger's."""

    def __init__(self, first: Postman) -> None:
        self.postmen = [first]
        self._turns: dict[Postman, asyncio.Lock] = {}  # a run that was cancelled may still wait for the base

    def add(self, postman: Postman) -> None:
        """One more channel."""
        self.postmen.append(postman)

    def wake(self) -> None:
        """Something is due, or may be."""
        for postman in self.postmen:
            postman.wake()

    def begin(self, tasks: Tasks, epoch: int, patience: float) -> "list[asyncio.Task[None]]":
        """All of them at work as the owner of this epoch; a task each, which ends when the bot is another's."""
        return [tasks.spawn(self._in_turn(one, epoch, patience), "postman") for one in self.postmen]

    def stop(self) -> None:
        """No new letters."""
        for postman in self.postmen:
            postman.stop()

    async def _in_turn(self, postman: Postman, epoch: int, patience: float) -> None:
        async with self._turns.setdefault(postman, asyncio.Lock()):
            await _run(postman, epoch, patience)


async def _run(postman: Postman, epoch: int, patience: float) -> None:
    while True:
        try:
            await postman.run(epoch)
            return
        except NotTheOwner:
            await postman.hand_over(patience)
            return
        except Exception as error:
            log.critical("alarm postman_failed", exc_info=error)
            await asyncio.sleep(RESTART_PAUSE)
