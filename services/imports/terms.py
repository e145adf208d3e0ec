"""From which day each of a file's terms counts, by the school's own terms. Pure."""

from datetime import date

from services.calendar import SchoolCalendar
from storage.vocabulary import TermKind

_KINDS = {2: TermKind.HALF_YEAR, 3: TermKind.TRIMESTER, 4: TermKind.QUARTER}


def term_starts(calendar: SchoolCalendar, count: int) -> list[date] | None:
    """First days of `count` terms of the year; two may be made of four quarters; None if the school has no such terms.

    The first begins with the year, so that nothing before it is left without a timetable.
    """
    if count == 1:
        return [calendar.starts_on]
    starts = _starts(calendar, _KINDS.get(count))
    if count == 2 and len(starts) != 2:
        starts = _starts(calendar, TermKind.QUARTER)[::2]
    return [calendar.starts_on, *starts[1:]] if len(starts) == count else None


def _starts(calendar: SchoolCalendar, kind: TermKind | None) -> list[date]:
    return sorted(term.starts_on for term in calendar.terms if term.kind is kind)
