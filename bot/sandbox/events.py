"""The feed of events: a ring that every listener reads at its own pace."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

KEPT_EVENTS = 5000


def dumps(value: Any) -> str:
    """Compact JSON with Cyrillic left readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Event:
    """One thing that happened; `person` is None for what concerns everybody."""

    seq: int
    type: str
    person: int | None
    data: str


class EventFeed:
    """Numbers events, keeps the newest KEPT_EVENTS and wakes listeners; a listener left behind gets a `reset`."""

    def __init__(self, first: int = 0) -> None:
        self._ring: deque[Event] = deque(maxlen=KEPT_EVENTS)
        self._waiters: set[asyncio.Future[None]] = set()
        # Numbers never repeat over restarts, so a listener that comes back learns that it missed something.
        self.seq = first
        self.closed = False
        self.call_listeners = 0

    @property
    def wants_calls(self) -> bool:
        """Whether anybody listens to the bot's calls, which are published only then."""
        return self.call_listeners > 0

    def publish(self, type_: str, data: dict[str, Any], person: int | None = None) -> None:
        """Append an event and wake everybody."""
        self.seq += 1
        self._ring.append(Event(self.seq, type_, person, dumps(data)))
        self._wake()

    def close(self) -> None:
        """End every listener."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    def since(self, after: int) -> list[Event]:
        """Events numbered above `after`; if some of them are gone, a single `reset`."""
        missed = self.seq - after
        if missed == 0:
            return []
        if not 0 < missed <= len(self._ring):
            return [Event(self.seq, "reset", None, "{}")]
        return [self._ring[index] for index in range(len(self._ring) - missed, len(self._ring))]

    async def wait(self, after: int, timeout: float) -> None:
        """Return when an event above `after` exists, the feed is closed or `timeout` seconds passed."""
        if self.seq != after or self.closed:
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait_for(waiter, timeout)
        except TimeoutError:
            pass
        finally:
            self._waiters.discard(waiter)

    async def follow(self, after: int, heartbeat: float) -> AsyncIterator[list[Event]]:
        """Batches of events above `after`, an empty batch every `heartbeat` quiet seconds, until closed."""
        while not self.closed:
            await self.wait(after, heartbeat)
            batch = self.since(after)
            after = self.seq
            yield batch
