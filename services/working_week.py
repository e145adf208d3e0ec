"""Which days a school works: its weekdays, holidays, transfers and breaks, as the predicate that clocks count by."""

from collections.abc import Collection
from datetime import date

from services.calendar import SchoolCalendar
from services.rules.working_days import Works
from storage.vocabulary import DayKind

FIVE_DAYS = frozenset(range(5))


def working_days(calendar: SchoolCalendar, taught: Collection[int] = ()) -> Works:
    """The school's working days: days of the year that it teaches, and before and after the year its weekdays.

    `taught`: the weekdays of its timetable, by which a Saturday may be one (0 Monday); Monday to Friday always are.
    """
    weekdays = FIVE_DAYS | set(taught)

    def is_working(day: date) -> bool:
        special = calendar.special.get(day)
        if special is not None:
            return special.kind is DayKind.WORKING
        if day.weekday() not in weekdays:
            return False
        in_year = calendar.starts_on <= day <= calendar.ends_on
        return not in_year or calendar.weekday_followed(day) is not None

    return is_working
