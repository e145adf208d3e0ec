"""Looks beside the postman's rounds: the next letters are composed while these are on the wire."""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from services.outbox.ready import Readiness

Spawn = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]

log = logging.getLogger("zvonok.postman")

EVERY = 1.0  # seconds: other processes put items without calling us
PATIENCE = 120.0  # seconds; a look that takes longer waits for an answer that never comes


class Lookout:
    """Begins a look when it is worth while, one at a time, and calls when it has ended."""

    def __init__(self, ready: Readiness, spawn: Spawn, call: Callable[[], None]) -> None:
        self._ready = ready
        self._spawn = spawn
        self._call = call
        self._task: asyncio.Task[None] | None = None
        self._failed: Exception | None = None
        self._at = 0.0

    def soon(self) -> None:
        """The next round looks."""
        self._at = 0.0

    def look(self, now: float, held: Collection[str]) -> None:
        """Begin a look if it is time, or half of what was composed is gone. Raises what the last one failed of."""
        if self._failed is not None:
            error, self._failed = self._failed, None
            raise error
        if self._task is None and (now >= self._at or self._ready.runs_low):
            self._at = now + EVERY
            look = self._ready.look(now, held)
            self._task = self._spawn(self._through(look), "look")
            self._task.add_done_callback(lambda _: look.close())  # given up before it began

    def next_at(self) -> float:
        """When to look again; a look that is under way calls by itself."""
        return self._at if self._task is None else float("inf")

    async def rest(self) -> None:
        """What is composed is forgotten, and the look under way is given up: one that never ends stops no later run."""
        self._ready.clear()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _through(self, look: Coroutine[Any, Any, None]) -> None:
        limit = asyncio.timeout(PATIENCE)
        try:
            async with limit:
                await look
        except Exception as error:
            if limit.expired():
                log.warning("look_given_up seconds=%d", PATIENCE)
            else:
                self._failed = error
        finally:
            if self._task is asyncio.current_task():  # else it was of an earlier run
                self._task = None
                self._call()
