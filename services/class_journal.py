"""The journal of all subjects of the own class, to read only: the homeroom teacher edits none of it (О 2.4; В 5.4)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.access import access_class
from services.actor import Actor
from services.assignments import Assignment, assignments_of_class
from services.calendar import SchoolCalendar
from services.clock import Clock
from services.errors import NotFoundHere
from services.finals.sheets import Place, calendar_of, day_of_year
from services.finals.spans import terms_of
from services.journal import Journal, StudentTerm, TermJournal
from services.rules.finals import Scope
from services.rules.short_names import Named
from storage.repositories import absences
from storage.repositories import my_class as rows
from storage.repositories.absences import AbsentRow
from storage.uow import Storage
from storage.vocabulary import (
    AbsenceReason,
    ClassId,
    LessonId,
    PersonId,
    RecordForm,
    SubgroupId,
    SubjectId,
    TermId,
    TermScope,
)


@dataclass(frozen=True, slots=True)
class ClassSubject:
    """A subject of the class, or of a subgroup, with the term shown of it by default. `graded`: it has marks."""

    subgroup_id: SubgroupId | None
    subject_id: SubjectId
    title: str
    term_id: TermId
    graded: bool


@dataclass(frozen=True, slots=True)
class ClassSubjects:
    """All that the class is taught."""

    class_id: ClassId
    name: str
    subjects: Sequence[ClassSubject]


@dataclass(frozen=True, slots=True)
class AbsentThere:
    """Who missed a lesson, and why (None: open)."""

    student: Named
    reason: AbsenceReason | None


@dataclass(frozen=True, slots=True)
class LessonSeen:
    """A lesson as it was entered; None where nothing is, «» homework where none was given."""

    on_date: date
    slot: int
    topic: str | None
    homework: str | None
    absent: Sequence[AbsentThere]


@dataclass(frozen=True, slots=True)
class SubjectLessons:
    """The lessons of a class in a subject in a term, the newest first."""

    place: Place
    audience: str
    subject: str
    graded: bool
    lessons: Sequence[LessonSeen]


class ClassJournal:
    """Shows the homeroom teacher what stands in the own class's journal; there is nothing here to press."""

    def __init__(self, storage: Storage, clock: Clock, journal: Journal) -> None:
        self._storage = storage
        self._clock = clock
        self._journal = journal

    async def subjects(self, actor: Actor, class_id: ClassId) -> ClassSubjects:
        """The subjects kept here. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar = await calendar_of(uow, actor, now)
            led = await access_class(uow, actor, class_id, now.astimezone(actor.zone).date())
            day = day_of_year(calendar, now)
            found = await assignments_of_class(uow, actor, class_id, day)
        return ClassSubjects(class_id, led.name, [_subject(one, calendar, day) for one in found])

    async def term(
        self, actor: Actor, class_id: ClassId, subgroup_id: SubgroupId | None, subject_id: SubjectId, term_id: TermId
    ) -> TermJournal:
        """The term of a subject: averages and proposals. Raises NotFoundHere, NotYourClass."""
        await self._ensure(actor, class_id)
        return await self._journal.term(actor, class_id, subgroup_id, subject_id, term_id)

    async def student(
        self,
        actor: Actor,
        class_id: ClassId,
        subgroup_id: SubgroupId | None,
        subject_id: SubjectId,
        term_id: TermId,
        student_id: PersonId,
    ) -> StudentTerm:
        """One student's marks of the term. Raises NotFoundHere, NotYourClass."""
        await self._ensure(actor, class_id)
        return await self._journal.student(actor, class_id, subgroup_id, subject_id, term_id, student_id)

    async def lessons(
        self, actor: Actor, class_id: ClassId, subgroup_id: SubgroupId | None, subject_id: SubjectId, term_id: TermId
    ) -> SubjectLessons:
        """Topics, homework and absences, lesson by lesson. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar = await calendar_of(uow, actor, now)
            today = now.astimezone(actor.zone).date()
            await access_class(uow, actor, class_id, today)
            found = await assignments_of_class(uow, actor, class_id, day_of_year(calendar, now))
            wanted = (subgroup_id, subject_id)
            one = next((one for one in found if (one.row.subgroup_id, one.row.subject_id) == wanted), None)
            terms = terms_of(calendar, one.regulation.term_kind(one.row.level)) if one is not None else []
            term = next((term for term in terms if term.id == term_id), None)
            if one is None or term is None:
                raise NotFoundHere
            until = min(term.ends_on, today)
            lines = await rows.lessons_of(
                uow, actor.school_id, class_id, subgroup_id, subject_id, term.starts_on, until
            )
            missed: dict[LessonId, list[AbsentRow]] = defaultdict(list)
            if lines:
                for row in await absences.absent(uow, class_id, term.starts_on, until):
                    missed[row.lesson_id].append(row)
        lessons = [
            LessonSeen(line.on_date, line.slot, line.topic, line.homework, _absent(missed[line.lesson_id]))
            for line in lines
        ]
        place = Place(class_id, subgroup_id, subject_id, Scope(TermScope.TERM, term_id))
        return SubjectLessons(place, one.audience, one.row.subject, one.takes_marks, lessons)

    async def _ensure(self, actor: Actor, class_id: ClassId) -> None:
        async with self._storage.reading() as uow:
            await access_class(uow, actor, class_id, self._clock.now().astimezone(actor.zone).date())


def _subject(one: Assignment, calendar: SchoolCalendar, day: date) -> ClassSubject:
    terms = terms_of(calendar, one.regulation.term_kind(one.row.level))
    begun = [term for term in terms if term.starts_on <= day] or list(terms[:1])
    title = f"{one.row.subject} ({one.row.subgroup})" if one.row.subgroup else one.row.subject
    return ClassSubject(
        one.row.subgroup_id,
        one.row.subject_id,
        title,
        TermId(begun[-1].id) if begun else TermId(0),
        one.takes_marks and one.row.record_form is RecordForm.ELECTRONIC,
    )


def _absent(missed: Sequence[AbsentRow]) -> list[AbsentThere]:
    return [
        AbsentThere(Named(one.student_id, one.last_name, one.first_name, one.middle_name), one.reason) for one in missed
    ]
