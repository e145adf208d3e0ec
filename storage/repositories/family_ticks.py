"""What the clocks of the families' own letters ask: classes, marks of a class's term, works that a plan has ahead."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Date, and_, bindparam, func, select

from storage.models.finals import TermMark
from storage.models.journal import LessonRecord, LessonWork, Mark
from storage.models.people import Enrollment
from storage.models.school import AcademicYear, LessonPlan, PlanTopic, SchoolClass
from storage.models.timetable import Lesson
from storage.repositories.diary import SCHOOL, with_seat
from storage.repositories.lessons import NOT_HELD
from storage.repositories.people import holds_on
from storage.repositories.revisions import is_newest
from storage.uow import Uow
from storage.vocabulary import ClassId, PersonId, RecordPart, SchoolId, SubjectId, WorkKind

ON = cast(date, bindparam("on", type_=Date))


@dataclass(frozen=True, slots=True)
class ClassOnDay:
    """A class with those who are in it on a day."""

    id: ClassId
    level: int
    short_stay: bool
    students: tuple[PersonId, ...]


CLASSES = (
    select(SchoolClass.id, SchoolClass.level, SchoolClass.short_stay, Enrollment.student_id)
    .join(AcademicYear, AcademicYear.id == SchoolClass.year_id)
    .join(Enrollment, Enrollment.class_id == SchoolClass.id)
    .where(SchoolClass.school_id == SCHOOL, holds_on(Enrollment.since_on, Enrollment.until_on, ON))
    .where(AcademicYear.starts_on <= ON, AcademicYear.ends_on >= ON)
    .order_by(SchoolClass.id, Enrollment.student_id)
)


async def classes(uow: Uow, school_id: SchoolId, on: date) -> list[ClassOnDay]:
    """The classes of a school's year on a day, by number."""
    found: dict[tuple[ClassId, int, bool], list[PersonId]] = defaultdict(list)
    for row in await uow.execute(CLASSES, {"school": school_id, "on": on}):
        found[ClassId(row.id), row.level, row.short_stay].append(PersonId(row.student_id))
    return [ClassOnDay(*key, tuple(dict.fromkeys(students))) for key, students in found.items()]


@dataclass(frozen=True, slots=True)
class ValuedMark:
    """A mark that stands, with the kind of work that gives it its weight."""

    student_id: PersonId
    subject_id: SubjectId
    kind: WorkKind
    value: str


MARKS = (
    select(Mark.student_id, Lesson.subject_id, LessonWork.kind, Mark.value)
    .select_from(Lesson)
    .join(LessonWork, LessonWork.lesson_id == Lesson.id)
    .join(Mark, and_(Mark.work_id == LessonWork.id, is_newest(Mark), Mark.value.is_not(None)))
    .where(
        Lesson.school_id == SCHOOL,
        Lesson.on_date >= bindparam("since", type_=Date),
        Lesson.on_date <= ON,
        Lesson.state.not_in(NOT_HELD),
        # «+ 0» keeps the planner from walking all the marks that these students ever got.
        (Mark.student_id + 0).in_(bindparam("students", expanding=True)),
    )
)


async def marks_of(
    uow: Uow, school_id: SchoolId, students: Collection[PersonId], since: date, on: date
) -> list[ValuedMark]:
    """The marks of students from one day to another, both included; those of cancelled lessons don't stand."""
    values = {"school": school_id, "students": sorted(students), "since": since, "on": on}
    return [
        ValuedMark(PersonId(row.student_id), SubjectId(row.subject_id), WorkKind(row.kind), row.value)
        for row in await uow.execute(MARKS, values)
    ]


ISSUED = select(TermMark.student_id, TermMark.subject_id).where(
    TermMark.student_id.in_(bindparam("students", expanding=True)),
    TermMark.scope == bindparam("scope"),
    TermMark.issued,
    TermMark.value.is_not(None),
    is_newest(TermMark),
)


async def issued(uow: Uow, students: Collection[PersonId], scope: str) -> set[tuple[PersonId, SubjectId]]:
    """Whose term mark in what was issued already."""
    rows = await uow.execute(ISSUED, {"students": sorted(students), "scope": scope})
    return {(PersonId(row.student_id), SubjectId(row.subject_id)) for row in rows}


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """A topic of a plan in its order; `kind` where it is a work."""

    id: int
    ordinal: int
    title: str
    hours: int
    kind: WorkKind | None


PLANNED = (
    select(
        LessonPlan.subject_id, PlanTopic.id, PlanTopic.ordinal, PlanTopic.title, PlanTopic.hours, PlanTopic.work_kind
    )
    .join(PlanTopic, PlanTopic.plan_id == LessonPlan.id)
    .where(
        LessonPlan.year_id == bindparam("year"),
        LessonPlan.level == bindparam("level"),
        LessonPlan.subject_id.in_(bindparam("subjects", expanding=True)),
        PlanTopic.gone_at.is_(None),
    )
    .order_by(PlanTopic.ordinal)
)
TAKEN = (
    with_seat(select(LessonRecord.plan_topic_id, func.count(Lesson.id.distinct())).select_from(Lesson))
    .join(LessonRecord, LessonRecord.lesson_id == Lesson.id)
    .where(
        Lesson.school_id == SCHOOL,
        LessonRecord.part == RecordPart.TOPIC.value,
        LessonRecord.plan_topic_id.in_(bindparam("topics", expanding=True)),
        Lesson.state.not_in(NOT_HELD),
        is_newest(LessonRecord),
    )
    .group_by(LessonRecord.plan_topic_id)
)


async def planned(
    uow: Uow, year_id: int, level: int, subjects: Collection[SubjectId]
) -> dict[SubjectId, list[PlannedWork]]:
    """The plans of some subjects, topic by topic."""
    found: dict[SubjectId, list[PlannedWork]] = defaultdict(list)
    for row in await uow.execute(PLANNED, {"year": year_id, "level": level, "subjects": sorted(subjects)}):
        kind = WorkKind(row.work_kind) if row.work_kind else None
        found[SubjectId(row.subject_id)].append(PlannedWork(row.id, row.ordinal, row.title, row.hours, kind))
    return found


async def taken(uow: Uow, school_id: SchoolId, student_id: PersonId, topics: Collection[int]) -> dict[int, int]:
    """How many of a student's lessons had each of these topics."""
    rows = await uow.execute(TAKEN, {"school": school_id, "student": student_id, "topics": sorted(topics)})
    return {row[0]: row[1] for row in rows}
