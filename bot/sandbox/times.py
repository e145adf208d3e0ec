"""Time as a parameter: what clock stamps the letters, and what clock counts lifetimes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class Jump:
    """A named moment that the host program offers to jump to; `at`, aware, where it is known beforehand."""

    id: str
    title: str
    at: datetime | None = None

    def view(self) -> dict[str, Any]:
        """The jump as the page shows it."""
        return {"id": self.id, "title": self.title, "at": self.at.isoformat() if self.at else None}


class ClockControl(Protocol):
    """The clock of the host program, shown and moved on the page; refuses by ValueError or KeyError."""

    @property
    def zone(self) -> str:
        """IANA name of the zone in which people read this clock."""

    def now(self) -> datetime:
        """The moment, aware."""

    def jumps(self) -> Sequence[Jump]:
        """Moments worth jumping to."""

    async def advance(self, seconds: float) -> None:
        """Move forward."""

    async def set(self, moment: datetime) -> None:
        """Move to an aware moment."""

    async def jump(self, jump_id: str) -> None:
        """Move to one of the jumps."""


def system_now() -> datetime:
    """The machine's time: this package stands apart from the product and its Clock."""
    return datetime.now(UTC)  # noqa: TID251 - the one place where this package asks the machine


@dataclass
class Times:
    """`now` stamps messages (the host's clock, else the machine's); `monotonic` counts lifetimes in seconds."""

    clock: ClockControl | None = None
    monotonic: Callable[[], float] = field(default=time.monotonic)

    def now(self) -> datetime:
        """The moment that stamps messages, aware."""
        return self.clock.now() if self.clock else system_now()

    def stamp(self) -> int:
        """The same in Unix seconds."""
        return int(self.now().timestamp())

    def clock_state(self) -> dict[str, Any] | None:
        """The clock as the page shows it; None without a host clock."""
        if self.clock is None:
            return None
        jumps = [jump.view() for jump in self.clock.jumps()]
        return {"now": self.clock.now().isoformat(), "zone": self.clock.zone, "jumps": jumps}
