"""«Журнал»: a class's term in a subject, as its teacher follows it: averages, proposals, накопляемость (М д)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.actor import Actor
from services.assignments import Assignment, assignments_of
from services.calendar import SchoolCalendar, TermSpan
from services.clock import Clock
from services.errors import NotFoundHere
from services.finals.sheets import Place, Sheet, StudentRow, calendar_of, day_of_year, load, scored
from services.finals.spans import Span, terms_of
from services.rules import averages
from services.rules import finals as rules
from services.rules.averages import Forecast
from services.rules.finals import Scope
from services.rules.short_names import Named
from storage.repositories import finals as rows
from storage.repositories.journal import StandingMark
from storage.uow import Storage, Uow
from storage.vocabulary import ClassId, PersonId, RecordForm, SubgroupId, SubjectId, TermId, TermScope


@dataclass(frozen=True, slots=True)
class Taught:
    """A class or subgroup and subject of the actor, with the term that is shown of it by default."""

    assignment: Assignment
    term_id: TermId


@dataclass(frozen=True, slots=True)
class StudentLine:
    """A student's term so far: how many marks, their average, what it proposes."""

    name: Named
    count: int
    average: Decimal | None
    proposal: str | None


@dataclass(frozen=True, slots=True)
class TermJournal:
    """A class's term in a subject. `wanted`: how many marks the term asks for; `terms`: those begun, for turning."""

    place: Place
    audience: str
    subject: str
    span: Span
    terms: Sequence[Span]
    wanted: int
    clause: str
    lines: Sequence[StudentLine]

    @property
    def without_marks(self) -> list[StudentLine]:
        """Who has no mark."""
        return [one for one in self.lines if one.count == 0]

    @property
    def with_one_mark(self) -> list[StudentLine]:
        """Who has a single one."""
        return [one for one in self.lines if one.count == 1]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A mark with what it weighs in the average."""

    mark: StandingMark
    weight: int


@dataclass(frozen=True, slots=True)
class StudentTerm:
    """All the marks of one student in the term, oldest first, and what follows from them."""

    place: Place
    audience: str
    subject: str
    span: Span
    line: StudentLine
    marks: Sequence[Weighed]
    wanted: int
    forecast: Forecast | None


class Journal:
    """Opens the journal of a class in a subject."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def choose(self, actor: Actor) -> list[Taught]:
        """What the actor teaches with marks in the electronic journal, by class."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar = await calendar_of(uow, actor, now)
            today = day_of_year(calendar, now)
            found = await assignments_of(uow, actor, today)
        return [
            Taught(one, _default_term(one, calendar, today))
            for one in found
            if one.takes_marks and one.row.record_form is RecordForm.ELECTRONIC
        ]

    async def term(
        self, actor: Actor, class_id: ClassId, subgroup_id: SubgroupId | None, subject_id: SubjectId, term_id: TermId
    ) -> TermJournal:
        """A term. Who leads the class or controls the school reads it too. Raises NotFoundHere, NotYourSubject."""
        async with self._storage.reading() as uow:
            sheet = await self._sheet(uow, actor, class_id, subgroup_id, subject_id, term_id)
            wanted = await _wanted(uow, sheet)
        return TermJournal(
            place=sheet.place,
            audience=sheet.assignment.audience,
            subject=sheet.assignment.row.subject,
            span=sheet.span,
            terms=[one for one in sheet.spans if one.scope.kind is TermScope.TERM],
            wanted=wanted,
            clause=sheet.regulation.clauses["accumulation"],
            lines=[_line(one) for one in sheet.students],
        )

    async def student(
        self,
        actor: Actor,
        class_id: ClassId,
        subgroup_id: SubgroupId | None,
        subject_id: SubjectId,
        term_id: TermId,
        student_id: PersonId,
    ) -> StudentTerm:
        """A student's term. Raises NotFoundHere, NotYourSubject."""
        async with self._storage.reading() as uow:
            sheet = await self._sheet(uow, actor, class_id, subgroup_id, subject_id, term_id)
            wanted = await _wanted(uow, sheet)
        row = next((one for one in sheet.students if one.name.id == student_id), None)
        if row is None:
            raise NotFoundHere
        weights = sheet.regulation.weights
        return StudentTerm(
            place=sheet.place,
            audience=sheet.assignment.audience,
            subject=sheet.assignment.row.subject,
            span=sheet.span,
            line=_line(row),
            marks=[Weighed(one, weights.get(one.kind.value, 1)) for one in row.marks],
            wanted=wanted,
            forecast=averages.forecast(scored(row.marks), sheet.regulation),
        )

    async def _sheet(
        self,
        uow: Uow,
        actor: Actor,
        class_id: ClassId,
        subgroup_id: SubgroupId | None,
        subject_id: SubjectId,
        term_id: TermId,
    ) -> Sheet:
        place = Place(class_id, subgroup_id, subject_id, Scope(TermScope.TERM, term_id))
        return await load(uow, actor, place, self._clock.now())


async def _wanted(uow: Uow, sheet: Sheet) -> int:
    """How many marks a term asks for, by the hours a week of its timetable."""
    place, span = sheet.place, sheet.span
    lessons = await rows.lessons_held(
        uow, place.class_id, place.subgroup_id, place.subject_id, span.starts_on, span.ends_on
    )
    return rules.marks_wanted(rules.weekly_hours(lessons, span.starts_on, span.ends_on), sheet.regulation)


def _line(row: StudentRow) -> StudentLine:
    count = sum(averages.is_number(mark.value) for mark in row.marks)
    return StudentLine(row.name, count, row.average, row.proposal)


def _default_term(one: Assignment, calendar: SchoolCalendar, today: date) -> TermId:
    """The term of today, or in holidays the last that has begun."""
    terms: Sequence[TermSpan] = terms_of(calendar, one.regulation.term_kind(one.row.level))
    begun = [term for term in terms if term.starts_on <= today] or list(terms[:1])
    return TermId(begun[-1].id) if begun else TermId(0)
