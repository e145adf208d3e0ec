"""What stands on one printed sheet: the same as the diary shows a guardian of the child, for the days of the print.

A sheet is values, frozen when it is printed: blocks with a title, column widths and rows of texts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services import words
from services.i18n import gettext as _
from services.letters.reader import Naming, naming
from services.rules import averages
from services.rules.averages import Scored
from services.rules.finals import Scope
from services.rules.regulation import Regulation
from services.rules.short_names import initials
from storage.repositories import diary_days, diary_terms
from storage.repositories import finals as finals_rows
from storage.repositories.diary import AbsenceLine
from storage.repositories.diary_terms import AbsentRow, GivenMark, SeatTerm
from storage.repositories.printing import PaperTie
from storage.uow import Uow
from storage.vocabulary import AttendanceCode, Channel, PersonId, SchoolId

AHEAD = timedelta(days=7)  # homework for so many days
MOST_LETTERS = 20  # at once; each is printed whole, since nobody on paper can look further


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a print, inclusive; homework is told for those after them."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a student for the days of a print."""

    absences: Sequence[AbsentRow]
    marks: Sequence[GivenMark]
    of_term: Sequence[GivenMark]
    homework: Sequence[tuple[date, str, str]]
    results: Sequence[tuple[str, str, str]]


async def told_of(
    uow: Uow, school_id: SchoolId, student_id: PersonId, days: Days, scopes: Collection[str], regulation: Regulation
) -> Told:
    """Read a student's days; the right to be told of them is the caller's to ask. Speaks the language now spoken.

    `scopes`: what results are told of whatever the day they were entered on.
    """
    seats = await diary_terms.terms_of(uow, school_id, student_id)
    term = _term(seats, days.until, regulation)
    since = min(days.since, term.starts_on) if term is not None else days.since
    marks = await diary_terms.marks_between(uow, school_id, student_id, since, days.until)
    return Told(
        absences=await diary_terms.absences_between(uow, school_id, student_id, days.since, days.until),
        marks=[one for one in marks if one.on_date >= days.since],
        of_term=marks if term is None else [one for one in marks if one.on_date >= term.starts_on],
        homework=await _homework(uow, school_id, student_id, days.until),
        results=await _results(uow, school_id, student_id, seats, days, scopes),
    )


def content(
    tie: PaperTie, class_name: str, days: Days, told: Told, letters: Sequence[str], regulation: Regulation
) -> dict[str, Any]:
    """The sheet of one guardian, in the language now spoken."""
    last, first = tie.student
    whole = naming(Channel.PAPER, regulation) is Naming.FULL
    blocks = [
        _block(_("Attendance"), "all", _attendance(told.absences), _("No lessons were missed.")),
        _block(_("Marks"), "marks", _marks(told, regulation), _("There are no marks.")),
        _block(_("Comments of teachers"), "pair", _comments(told.marks), None),
        _block(
            _("Homework for the days ahead"), "homework", _ahead(told.homework, days.until), _("No homework is given.")
        ),
        _block(_("Results"), "results", [list(one) for one in told.results], None),
        _block(_("Letters of the school"), "all", [[one] for one in letters[:MOST_LETTERS]], None),
    ]
    guardian = initials(*tie.guardian)
    return {
        "student": f"{last} {first}" if whole else first,
        "class": class_name,
        "guardian": guardian,
        "days": words.days(days.since, days.until),
        "for": _("For: {name}").format(name=guardian),
        "blocks": [one for one in blocks if one is not None],
    }


def _term(seats: Sequence[SeatTerm], on: date, regulation: Regulation) -> SeatTerm | None:
    """The term of the student's own kind that a day lies in, or the last one begun."""
    begun = [
        one
        for one in seats
        if one.kind is not None and one.kind is regulation.term_kind(one.level) and one.starts_on <= on
    ]
    return max(begun, key=lambda one: one.starts_on, default=None)


async def _homework(uow: Uow, school_id: SchoolId, student_id: PersonId, until: date) -> list[tuple[date, str, str]]:
    first, last = until + timedelta(days=1), until + AHEAD
    lessons = await diary_days.lessons_between(uow, school_id, student_id, first, last)
    subjects = {(one.line.subject_id, one.line.on_date): one.line.subject for one in lessons}
    due = await diary_days.homework_due(uow, school_id, student_id, list(subjects))
    found = []
    for (subject_id, day), subject in subjects.items():
        one = due.get((subject_id, day))
        texts = [] if one is None else [todo.text for todo in one.todo]
        if texts:
            found.append((day, subject, "; ".join(texts)))
    return sorted(found)


async def _results(
    uow: Uow,
    school_id: SchoolId,
    student_id: PersonId,
    seats: Sequence[SeatTerm],
    days: Days,
    scopes: Collection[str],
) -> list[tuple[str, str, str]]:
    """The issued results of these scopes, and of those in which something was issued in these days."""
    year = max((one.year_id for one in seats if one.year_starts_on <= days.until), default=None)
    if year is None:
        return []
    keys = {f"term:{one.term_id}" for one in seats if one.year_id == year and one.term_id is not None}
    keys |= {f"{kind}:{year}" for kind in ("year", "exam", "final", "state_exam")}
    stands = [
        one
        for one in await finals_rows.standing(uow, [student_id], None, sorted(keys))
        if one.issued and one.value is not None
    ]
    fresh = {*scopes, *(one.scope for one in stands if one.entered_at.date() >= days.since)}
    shown = [one for one in stands if one.scope in fresh]
    if not shown:
        return []
    subjects, terms = await finals_rows.titles(uow, {one.subject_id for one in shown}, school_id)
    return sorted(
        (
            words.term_scope(Scope.parse(one.scope).kind, *terms.get(one.scope, (None, 0))),
            subjects[one.subject_id],
            words.term_mark(one.value or ""),
        )
        for one in shown
    )


def _block(title: str, kind: str, rows: list[list[str]], empty: str | None) -> dict[str, Any] | None:
    if not rows and empty is None:
        return None
    return {"title": title, "kind": kind, "rows": rows, "empty": empty or ""}


def _attendance(absences: Sequence[AbsentRow]) -> list[list[str]]:
    return [
        [
            f"{words.weekday(one.on_date)}, "
            + _("lesson {number}, {subject}: {what}").format(
                number=one.slot, subject=one.subject, what=_absence(one.line)
            )
        ]
        for one in absences
    ]


def _absence(line: AbsenceLine) -> str:
    if line.code is AttendanceCode.ABSENT:
        said = _("was not in class")
        return f"{said} ({words.absence_reason(line.reason)})" if line.reason is not None else said
    if line.minutes_late:
        return _("came late by {minutes} min").format(minutes=line.minutes_late)
    return _("came late")


def _marks(told: Told, regulation: Regulation) -> list[list[str]]:
    rows = []
    for subject_id, subject in sorted({(one.subject_id, one.subject) for one in told.of_term}, key=lambda one: one[1]):
        own = [one for one in told.marks if one.subject_id == subject_id]
        said = ", ".join(f"{one.value} ({words.work_kind(one.kind, one.ordinal)}, {one.on_date:%d.%m})" for one in own)
        mean = averages.average(
            [Scored(one.value, one.kind) for one in told.of_term if one.subject_id == subject_id], regulation
        )
        rows.append([subject, said or "—", "—" if mean is None else words.average(mean)])
    return rows


def _comments(marks: Sequence[GivenMark]) -> list[list[str]]:
    return [[f"{one.subject}, {one.on_date:%d.%m}", one.comment] for one in marks if one.comment]


def _ahead(homework: Sequence[tuple[date, str, str]], today: date) -> list[list[str]]:
    return [[words.weekday(day), subject, text] for day, subject, text in homework]
