"""Absence notes: which days they may name, which letter of the journal they stand for, what is typed. Pure."""

import re
from datetime import date, datetime, timedelta

from services.rules.working_days import DAY, Works
from storage.vocabulary import AbsenceReason, NoteReason

AHEAD = timedelta(days=120)  # further ahead it is an application to the school, not a note
# The journal's letter (М кл.рук. а); which papers a school wants for it, the homeroom teacher knows.
LETTERS = {
    NoteReason.ILL: AbsenceReason.ILL,
    NoteReason.FAMILY: AbsenceReason.VALID,
    NoteReason.DOCTOR: AbsenceReason.VALID,
    NoteReason.OTHER: AbsenceReason.VALID,
}
_DATE = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?(?!\d)")


def first_day(today: date, lessons_end_at: datetime | None, now: datetime) -> date:
    """From which day on a note may be written: it is a word beforehand, so today until the child's lessons end.

    Without lessons today (None) it is tomorrow. What was missed before, the homeroom teacher is told in words.
    """
    return today if lessons_end_at is not None and now < lessons_end_at else today + DAY


def school_days(since: date, until: date, works: Works) -> list[date]:
    """The school days from one day to another."""
    found = (since + number * DAY for number in range((until - since).days + 1))
    return [on for on in found if works(on)]


def trimmed(since: date, until: date, works: Works) -> tuple[date, date] | None:
    """The first and last school day of these; None where there is none."""
    days = school_days(since, until, works)
    return (days[0], days[-1]) if days else None


def typed(text: str, first: date) -> tuple[date, date] | None:
    """The days a text names: «до 12.04» from the first day possible on, «с 10.04 по 12.04», «12.04» alone.

    A date without a year is the next such day. None where there is no date, or one that the calendar doesn't have.
    """
    named = []
    for day, month, year in _DATE.findall(text):
        on = _date(int(day), int(month), year, first)
        if on is None:
            return None
        named.append(on)
    if not named:
        return None
    if len(named) > 1:
        return named[0], named[1]
    alone = not re.search(r"\b(?:до|по|until|till|to)\b", text.casefold())
    return (named[0], named[0]) if alone else (first, named[0])


def _date(day: int, month: int, year: str, first: date) -> date | None:
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        on = date(first.year, month, day)
        # In December «10.01» is the January to come; last week's date is a slip, and is refused as past.
        return date(first.year + 1, month, day) if (first - on).days > 200 else on
    except ValueError:
        return None
