"""Duties that come again: informing the families, verifying contacts. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from services.rules.working_days import DAY, Works, working_day_until


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty that is due again so many days after it was done; `last_on` None: not once yet."""

    last_on: date | None
    due_on: date
    today: date

    @property
    def days_left(self) -> int:
        """How many days are left, today not counted; negative when it is overdue."""
        return (self.due_on - self.today).days

    @property
    def overdue(self) -> bool:
        """Whether its day has passed."""
        return self.today > self.due_on


def duty(last_on: date | None, since: date, days: int, today: date) -> Duty:
    """A duty of every `days` days; `since`: whose it has been from which day on."""
    begun = since if last_on is None else max(last_on, since)
    return Duty(last_on, begun + timedelta(days=days), today)


def spoken_of_from(due_on: date, works: Works) -> date:
    """From which day on a duty is spoken of: the last working day before its day."""
    return working_day_until(due_on - DAY, works)


def is_spoken_of(due_on: date, on: date, works: Works) -> bool:
    """Whether a reminder names a duty on a day: the working day before, its own or the last; one overdue, weekly."""
    if on <= due_on:
        return on in {spoken_of_from(due_on, works), working_day_until(due_on, works)}
    return (on - due_on).days % 7 == 0
