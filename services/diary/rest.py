"""Why a day has no lessons: holidays, a feast, the summer."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from services.actor import Actor
from services.calendar import SchoolCalendar
from services.finals.spans import is_school_day
from services.timetable import school_calendar
from storage.uow import Uow
from storage.vocabulary import DayKind

DAY = timedelta(days=1)


class RestKind(StrEnum):
    """What kind of day without lessons."""

    HOLIDAYS = "holidays"  # between terms
    FEAST = "feast"
    SUMMER = "summer"


@dataclass(frozen=True, slots=True)
class Rest:
    """Why there are no lessons; `until`: the first school day after it, where it is known."""

    kind: RestKind
    until: date | None = None
    title: str = ""


def rest_on(calendar: SchoolCalendar, day: date, after: date | None) -> Rest | None:
    """Why nothing is taught on a day; None where the calendar gives no reason. `after`: the child's next lessons."""
    if not calendar.starts_on <= day <= calendar.ends_on:
        return Rest(RestKind.SUMMER, calendar.starts_on if day < calendar.starts_on else None)
    if calendar.weekday_followed(day) is not None:
        return None
    special = calendar.special.get(day)
    in_terms = all(calendar.term_on(day, kind) is not None for kind in {term.kind for term in calendar.terms})
    if in_terms and special is not None and special.kind is DayKind.HOLIDAY:
        return Rest(RestKind.FEAST, title=special.title)
    return Rest(RestKind.HOLIDAYS, after or _next_school_day(calendar, day))


def _next_school_day(calendar: SchoolCalendar, day: date) -> date | None:
    while day < calendar.ends_on:
        day += DAY
        if is_school_day(calendar, day):
            return day
    return None


async def rest_from(uow: Uow, actor: Actor, since: date, until: date, after: date | None) -> Rest | None:
    """Why none of these days has lessons: the reason of the first that has one."""
    calendar = await school_calendar(uow, actor.school_id, datetime.combine(since, time(12), UTC))
    if calendar is None:
        return None
    days = (since + timedelta(days=n) for n in range((until - since).days + 1))
    return next((found for day in days if (found := rest_on(calendar, day, after)) is not None), None)
