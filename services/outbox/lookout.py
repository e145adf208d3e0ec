"""Looks beside the postman's rounds: the next letters are composed while these are on the wire."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from services.outbox.ready import Readiness

Spawn = Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"]

EVERY = 1.0  # seconds: other processes put items without calling us


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
            self._task = self._spawn(self._through(self._ready.look(now, held)), "look")

    def next_at(self) -> float:
        """When to look again; a look that is under way calls by itself."""
        return self._at if self._task is None else float("inf")

    async def rest(self) -> None:
        """What is composed is forgotten, and no look is under way any more."""
        self._ready.clear()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _through(self, look: Coroutine[Any, Any, None]) -> None:
        try:
            await look
        except Exception as error:
            self._failed = error
        finally:
            self._task = None
            self._call()
