"""Working days: clocks that count them stand still on holidays and in breaks (В 6.2; О 4.3). Pure.

Which days a school works is a predicate over its dates; services/working_week.py makes it of the calendar.
"""

from collections.abc import Callable
from datetime import date, timedelta

Works = Callable[[date], bool]

DAY = timedelta(days=1)
LONGEST_BREAK = 200  # days; a calendar with a longer one is not a school's


class NoWorkingDay(ValueError):
    """The calendar has no working day within reach."""


def after_working_days(on: date, days: int, works: Works) -> date:
    """The `days`-th working day after `on`: a holiday inside moves it on (В 6.2: 2 working days); 0 is `on` itself.

    Raises NoWorkingDay.
    """
    found = on
    for _ in range(days):
        found = working_day_from(found + DAY, works)
    return found


def working_day_from(on: date, works: Works) -> date:
    """The first working day from `on`, itself included. Raises NoWorkingDay."""
    return _nearest(on, DAY, works)


def working_day_until(on: date, works: Works) -> date:
    """The last working day until `on`, itself included. Raises NoWorkingDay."""
    return _nearest(on, -DAY, works)


def last_working_day_of_week(on: date, works: Works) -> date | None:
    """The last working day of the week of `on`, Monday to Sunday; None in a week without one."""
    monday = monday_of(on)
    return next((day for back in range(7) if works(day := monday + timedelta(days=6 - back))), None)


def monday_of(on: date) -> date:
    """The Monday of a day's week."""
    return on - timedelta(days=on.weekday())


def _nearest(on: date, step: timedelta, works: Works) -> date:
    for number in range(LONGEST_BREAK):
        if works(day := on + number * step):
            return day
    raise NoWorkingDay(on.isoformat())
