"""The door to a grid of term marks, and the grid as values: who may see it, who may enter, what stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from services import assignments
from services.actor import Actor
from services.assignments import CONTROLLING, Assignment, NotYourSubject
from services.calendar import SchoolCalendar
from services.errors import NotFoundHere
from services.finals import spans as all_spans
from services.finals.spans import Span
from services.rules import averages
from services.rules import finals as rules
from services.rules.averages import Scored
from services.rules.finals import Scope
from services.rules.regulation import Regulation
from services.rules.short_names import Named
from services.timetable import school_calendar
from storage.repositories import assignments as assigned
from storage.repositories import finals as rows
from storage.repositories import journal, rights
from storage.repositories import receipts as receipt_rows
from storage.repositories.finals import StandingTermMark
from storage.repositories.journal import StandingMark
from storage.repositories.receipts import ReceiptRow
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, ClassId, PersonId, RecordForm, Role, SubgroupId, SubjectId, TermScope


class Access(StrEnum):
    """What somebody may do with a grid."""

    ENTERS = "enters"  # teaches it
    READS = "reads"  # leads the class, or controls the school


@dataclass(frozen=True, slots=True)
class Place:
    """A subject taught to a class or subgroup, and a scope: which grid."""

    class_id: ClassId
    subgroup_id: SubgroupId | None
    subject_id: SubjectId
    scope: Scope


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student in the grid.

    `average` and `marks`: of the span's days, for a term. `proposal`: by the average, or by the marks a year or final
    is made of. `value`: what stands (None: nothing), `issued`: whether the family sees it; `rev`: its revision.
    `without`: said to have taken no exam.
    """

    name: Named
    marks: tuple[StandingMark, ...]
    average: Decimal | None
    proposal: str | None
    value: str | None
    issued: bool
    without: bool
    rev: int
    author: str | None
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A grid of term marks as it stands. `spans`: what else this class has term marks for in the subject."""

    place: Place
    assignment: Assignment
    access: Access
    span: Span
    spans: Sequence[Span]
    students: Sequence[StudentRow]
    today: date

    @property
    def blanks(self) -> list[StudentRow]:
        """Who has nothing yet."""
        return [one for one in self.students if one.value is None]

    @property
    def to_issue(self) -> list[StudentRow]:
        """Whose draft the family doesn't see yet."""
        return [one for one in self.students if one.value is not None and not one.issued]

    @property
    def to_accept(self) -> list[StudentRow]:
        """Who has nothing but a proposal."""
        return [one for one in self.blanks if one.proposal is not None]

    @property
    def nobody_took(self) -> bool:
        """Whether it was said that nobody here took the exam, and no mark stands since."""
        return any(one.without for one in self.students) and len(self.blanks) == len(self.students)

    @property
    def seen(self) -> int:
        """The version of the whole grid: grows with every change of a mark in it."""
        return sum(one.rev for one in self.students)

    @property
    def regulation(self) -> Regulation:
        """The school's."""
        return self.assignment.regulation

    @property
    def zone(self) -> ZoneInfo:
        """The school's."""
        return self.assignment.zone


async def calendar_of(uow: Uow, actor: Actor, now: datetime) -> SchoolCalendar:
    """The school's current year. Raises NotFoundHere before there is one."""
    calendar = await school_calendar(uow, actor.school_id, now)
    if calendar is None:
        raise NotFoundHere
    return calendar


def day_of_year(calendar: SchoolCalendar, now: datetime) -> date:
    """Today, or the year's last day where the summer has come: exams' results are entered then too."""
    return max(calendar.starts_on, min(calendar.today(now), calendar.ends_on))


async def load(uow: Uow, actor: Actor, place: Place, now: datetime) -> Sheet:
    """A grid that the actor teaches, leads the class of, or controls (О 2.3, 2.4; В 5.2).

    Raises NotFoundHere, NotYourSubject, NotReceived.
    """
    calendar = await calendar_of(uow, actor, now)
    day = day_of_year(calendar, now)
    assignment, access = await _access(uow, actor, place, day)
    if not assignment.takes_marks or assignment.row.record_form is not RecordForm.ELECTRONIC:
        raise NotFoundHere
    received = await _received(uow, actor, calendar, place)
    spans = all_spans.spans_of(
        calendar,
        assignment.regulation,
        assignment.row.level,
        received,
        calendar.today(now),
        year_closed=assignment.row.year_closed,
    )
    span = all_spans.chosen(spans, place.scope)
    today = calendar.today(now)
    on = span.counts_on(today)
    people = await assigned.students(uow, place.class_id, place.subgroup_id, on)
    ids = [one.student_id for one in people]
    stands = await rows.standing(uow, ids, place.subject_id, [one.scope.key for one in spans])
    given = await _marks(uow, place, span, on)
    students = [
        _row(
            Named(one.student_id, one.last_name, one.first_name, one.middle_name),
            given.get(one.student_id, []),
            {mark.scope: mark for mark in stands if mark.student_id == one.student_id},
            span,
            spans,
            assignment.regulation,
        )
        for one in people
    ]
    return Sheet(place, assignment, access, span, spans, students, today)


async def _access(uow: Uow, actor: Actor, place: Place, day: date) -> tuple[Assignment, Access]:
    wanted = (place.class_id, place.subgroup_id, place.subject_id)
    try:
        found = await assignments.access_assignment(uow, actor, *wanted, day)
    except NotYourSubject:
        other = await _of_others(uow, actor, place, day)
        if place.scope.kind is TermScope.STATE_EXAM and Role.DEPUTY in actor.roles:
            return other, Access.ENTERS  # В 4.4.5 leaves open who enters ГИА; ours: the deputy head too
        if actor.roles & CONTROLLING:
            return other, Access.READS
        led = await rights.school_class(uow, place.class_id, actor.school_id, actor.person_id, day)
        if led is None or not led.led or not actor.roles & STAFF_ROLES:
            raise
        return other, Access.READS
    return found, Access.ENTERS


async def _of_others(uow: Uow, actor: Actor, place: Place, day: date) -> Assignment:
    for row in await assigned.of_class(uow, actor.school_id, place.class_id, day):
        if (row.subgroup_id, row.subject_id) == (place.subgroup_id, place.subject_id):
            return Assignment(row, ZoneInfo(row.timezone), Regulation.from_json(row.regulation))
    raise NotFoundHere


async def _received(uow: Uow, actor: Actor, calendar: SchoolCalendar, place: Place) -> list[ReceiptRow]:
    found = await receipt_rows.receipts(uow, actor.school_id, calendar.year_id, place.class_id)
    return [one for one in found if one.subject_id == place.subject_id]


async def _marks(uow: Uow, place: Place, span: Span, on: date) -> dict[PersonId, list[StandingMark]]:
    """The lesson marks that a term's average is made of; other scopes have none."""
    found: dict[PersonId, list[StandingMark]] = {}
    if span.scope.kind is not TermScope.TERM:
        return found
    for mark in await journal.standing_marks(
        uow,
        class_id=place.class_id,
        subgroup_id=place.subgroup_id,
        subject_id=place.subject_id,
        since=span.starts_on,
        until=span.ends_on,
    ):
        found.setdefault(mark.student_id, []).append(mark)
    return found


def scored(marks: Iterable[StandingMark]) -> list[Scored]:
    """Marks as averages take them."""
    return [Scored(mark.value, mark.kind) for mark in marks]


def _row(
    name: Named,
    marks: Sequence[StandingMark],
    own: dict[str, StandingTermMark],
    span: Span,
    spans: Sequence[Span],
    regulation: Regulation,
) -> StudentRow:
    average = averages.average(scored(marks), regulation)
    mark = own.get(span.scope.key)
    return StudentRow(
        name=name,
        marks=tuple(marks),
        average=average,
        proposal=_proposal(average, own, span, spans, regulation),
        value=None if mark is None else mark.value,
        issued=mark is not None and mark.is_told,
        without=mark is not None and mark.is_without,
        rev=0 if mark is None else mark.rev,
        author=None if mark is None else mark.author,
        entered_at=None if mark is None else mark.entered_at,
    )


def _proposal(
    average: Decimal | None,
    own: dict[str, StandingTermMark],
    span: Span,
    spans: Sequence[Span],
    regulation: Regulation,
) -> str | None:
    """A term's by the average; the year's by its terms, the final by year and exam, of what is issued."""

    def issued(scope: Scope) -> str | None:
        mark = own.get(scope.key)
        return mark.value if mark is not None and mark.issued else None

    match span.scope.kind:
        case TermScope.TERM:
            return averages.proposal(average, regulation)
        case TermScope.YEAR:
            return rules.year_proposal([issued(one.scope) for one in spans if one.scope.kind is TermScope.TERM])
        case TermScope.FINAL:
            exam = next((issued(one.scope) for one in spans if one.scope.kind is TermScope.EXAM), None)
            return rules.final_proposal(issued(Scope(TermScope.YEAR, span.scope.number)), exam)
        case _:
            return None
