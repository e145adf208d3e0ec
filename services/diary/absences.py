"""A child's absences in a term, day by day with their reasons, and the counts of the year's terms (В 2.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.actor import Actor
from services.diary.door import Opened
from services.diary.subjects import terms_in_view
from services.diary.terms import DiaryTerm, Terms
from storage.repositories import diary_terms
from storage.repositories.diary_terms import AbsentRow
from storage.uow import Uow
from storage.vocabulary import AbsenceReason, AttendanceCode


@dataclass(frozen=True, slots=True)
class AbsenceCount:
    """How many lessons a child missed, by reason (None: not named yet), on how many days; and came late to."""

    missed: int
    by_reason: tuple[tuple[AbsenceReason | None, int], ...]
    days: int
    late: int


@dataclass(frozen=True, slots=True)
class AbsencesView:
    """A term's days with absences, the newest first, and the counts of every begun term of the year."""

    opened: Opened
    terms: Terms
    days: tuple[tuple[date, tuple[AbsentRow, ...]], ...]
    counts: tuple[tuple[DiaryTerm, AbsenceCount], ...]


async def absences(uow: Uow, actor: Actor, own: Opened, term_id: int | None) -> AbsencesView:
    """The absences of a term."""
    terms, _regulation = await terms_in_view(uow, actor, own, term_id)
    since, until = terms.of_year[0].starts_on, terms.of_year[-1].ends_on
    rows = await diary_terms.absences_between(uow, actor.school_id, own.child.id, since, until)
    by_day: dict[date, list[AbsentRow]] = {}
    for row in _within(rows, terms.chosen):
        by_day.setdefault(row.on_date, []).append(row)
    return AbsencesView(
        opened=own,
        terms=terms,
        days=tuple((day, tuple(found)) for day, found in sorted(by_day.items(), reverse=True)),
        counts=tuple((term, _count(_within(rows, term))) for term in terms.of_year),
    )


def _within(rows: Sequence[AbsentRow], term: DiaryTerm) -> list[AbsentRow]:
    return [row for row in rows if term.starts_on <= row.on_date <= term.ends_on]


def _count(rows: Sequence[AbsentRow]) -> AbsenceCount:
    missed = [row for row in rows if row.line.code is AttendanceCode.ABSENT]
    reasons = [row.line.reason for row in missed]
    known: tuple[AbsenceReason | None, ...] = (*AbsenceReason, None)
    return AbsenceCount(
        missed=len(missed),
        by_reason=tuple((reason, reasons.count(reason)) for reason in known if reason in reasons),
        days=len({row.on_date for row in missed}),
        late=len(rows) - len(missed),
    )
