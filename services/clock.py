"""The Clock: the only place that asks the machine for the time."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """School time as everybody in the process sees it."""

    def now(self) -> datetime:
        """This moment, aware UTC."""
        ...


def machine_now() -> datetime:
    """The machine's moment, aware UTC: for leases, backoff and `sending_at`, never for the school's clocks."""
    return datetime.now(UTC)  # noqa: TID251 - the one place


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """This moment, aware UTC."""
        return machine_now()


class ShiftedClock:
    """Time that starts at a given moment and runs, and can be moved (ZVONOK_NOW, the sandbox)."""

    def __init__(self, start: datetime) -> None:
        self._shift = start.astimezone(UTC) - machine_now()

    def now(self) -> datetime:
        """This moment of the shifted time, aware UTC."""
        return machine_now() + self._shift

    def set(self, moment: datetime) -> None:
        """Go on from another moment."""
        self._shift = moment.astimezone(UTC) - machine_now()

    def advance(self, by: timedelta) -> None:
        """Go forward, or back with a negative step."""
        self._shift += by


class StoppedClock:
    """Time that stands until it is moved: for tests."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment.astimezone(UTC)

    def now(self) -> datetime:
        """The moment set last, aware UTC."""
        return self.moment

    def set(self, moment: datetime) -> None:
        """Stand at another moment."""
        self.moment = moment.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Stand later, or earlier with a negative step."""
        self.moment += by
