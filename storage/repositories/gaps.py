"""What is not there yet: records, marks, verifications, plans and lists, asked for a whole school at once."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from typing import cast as typed

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from storage.models.journal import Attendance, LessonRecord, LessonWork, Mark
from storage.models.people import Enrollment, PersonRole
from storage.models.school import PlanTopic, SchoolClass, Subgroup, Subject
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories import leave
from storage.repositories.day_ends import Place, day_ends
from storage.repositories.lessons import NOT_HELD, sits
from storage.repositories.people import holds_on
from storage.repositories.revisions import is_newest
from storage.repositories.row_by_row import row_by_row
from storage.repositories.substitutions import hands_over
from storage.uow import Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AttendanceCode,
    LessonId,
    LessonState,
    PersonId,
    RecordForm,
    RecordPart,
    SchoolId,
    WorkId,
    WorkKind,
)


@dataclass(frozen=True, slots=True)
class Which:
    """Whose lessons, and which: of days from one to another, begun by `begun_by`; only these, or only those teachers'.

    `levels_without_marks`: of classes that have no homework and no marks (В 3.8).
    """

    school_id: SchoolId
    since: date
    until: date
    begun_by: datetime
    levels_without_marks: Collection[int]
    lesson_ids: Collection[LessonId] | None = None
    teacher_ids: Collection[PersonId] | None = None


@dataclass(slots=True)
class LessonFound:
    """A held lesson of the question, with who answers for it; `audiences`: class names with a subgroup, or none."""

    lesson_id: LessonId
    subject: str
    on_date: date
    slot: int
    starts_at: datetime
    ends_at: datetime
    room: str
    levels: set[int] = field(default_factory=set)
    audiences: set[tuple[str, str]] = field(default_factory=set)
    places: set[Place] = field(default_factory=set)
    teachers: set[PersonId] = field(default_factory=set)

    @property
    def audience(self) -> str:
        """«7Б», «7Б (англ. 1)», «7А, 7Б»."""
        return ", ".join(f"{name} ({part})" if part else name for name, part in sorted(self.audiences))


@dataclass(slots=True)
class RecordMissing:
    """A lesson with parts of its record missing; `day_ends_at` where homework is."""

    lesson: LessonFound
    missing: tuple[RecordPart, ...]
    day_ends_at: datetime | None


@dataclass(slots=True)
class MarksMissing:
    """A written work with present students who have no mark; `work_id` None: planned, without a column."""

    lesson: LessonFound
    work_id: WorkId | None
    kind: WorkKind
    checked_at: datetime | None
    left: int


def answers() -> ColumnElement[bool]:
    """That a LessonTeacher answers for its Lesson: on the staff and not away that day, the lesson not handed over."""
    day = typed(date, Lesson.on_date)
    staff = exists().where(
        PersonRole.person_id == LessonTeacher.teacher_id,
        PersonRole.role.in_(sorted(role.value for role in STAFF_ROLES)),
        holds_on(PersonRole.since_on, PersonRole.until_on, day),
    )
    away = leave.away(typed(ColumnElement[int], LessonTeacher.teacher_id), typed(ColumnElement[date], Lesson.on_date))
    return and_(
        row_by_row(staff.correlate(Lesson, LessonTeacher)),
        or_(LessonTeacher.substitute.is_(True), ~hands_over(LessonTeacher.teacher_id)),
        ~row_by_row(away.correlate(Lesson, LessonTeacher)),
    )


def has_seats() -> ColumnElement[bool]:
    """That somebody sits in the question's Lesson on its day."""
    seat = exists().where(LessonAudience.lesson_id == Lesson.id).where(sits(Enrollment.student_id))
    return row_by_row(seat.correlate(Lesson))


def takes_marks(levels_without: Collection[int]) -> ColumnElement[bool]:
    """That some class in the question's Lesson takes marks and homework (В 3.8)."""
    takes = (
        exists()
        .where(LessonAudience.lesson_id == Lesson.id)
        .where(SchoolClass.id == LessonAudience.class_id)
        .where(SchoolClass.short_stay.is_(False), SchoolClass.level.not_in(sorted(levels_without)))
    )
    return row_by_row(takes.correlate(Lesson))


def _is_entered(part: RecordPart) -> ColumnElement[bool]:
    record = aliased(LessonRecord)
    return (
        exists()
        .where(
            record.lesson_id == Lesson.id,
            record.part == part.value,
            record.value.is_not(None),
            is_newest(record),
        )
        .correlate(Lesson)
    )


def _held(which: Which) -> list[ColumnElement[bool]]:
    """The lessons of the question: held, electronic, begun, with students."""
    conditions = [
        Lesson.school_id == which.school_id,
        Lesson.on_date >= which.since,
        Lesson.on_date <= which.until,
        Lesson.starts_at <= which.begun_by,
        Lesson.state.not_in(NOT_HELD),
        Subject.record_form == RecordForm.ELECTRONIC.value,
    ]
    if which.lesson_ids is not None:
        conditions.append(Lesson.id.in_(list(which.lesson_ids)))
    if which.teacher_ids is not None:
        theirs = select(LessonTeacher.lesson_id).where(LessonTeacher.teacher_id.in_(list(which.teacher_ids)))
        # As a list made once, which is looked into before all that is dearer; «IS true» as of `row_by_row`.
        conditions.append(Lesson.id.in_(theirs.correlate(None)).is_(True))
    return conditions


LESSON = (
    Lesson.id,
    Subject.name.label("subject"),
    Lesson.on_date,
    Lesson.slot,
    Lesson.starts_at,
    Lesson.ends_at,
    Lesson.room,
    LessonTeacher.teacher_id,
    SchoolClass.id.label("class_id"),
    SchoolClass.name.label("class_name"),
    SchoolClass.level,
    Subgroup.id.label("subgroup_id"),
    Subgroup.name.label("subgroup"),
)


def _around(question: Any) -> Any:
    """The question, which has Lesson and Subject, with a row for every answering teacher and audience."""
    return (
        question.join(LessonTeacher, LessonTeacher.lesson_id == Lesson.id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(SchoolClass, SchoolClass.id == LessonAudience.class_id)
        .outerjoin(Subgroup, Subgroup.id == LessonAudience.subgroup_id)
        .where(answers())
    )


def _gathered(found: dict[Any, LessonFound], key: Any, row: Any) -> LessonFound:
    lesson = found.get(key)
    if lesson is None:
        lesson = found[key] = LessonFound(
            row.id, row.subject, row.on_date, row.slot, row.starts_at, row.ends_at, row.room
        )
    lesson.levels.add(row.level)
    lesson.audiences.add((row.class_name, row.subgroup or ""))
    lesson.places.add((row.class_id, row.subgroup_id))
    lesson.teachers.add(row.teacher_id)
    return lesson


async def records_missing(uow: Uow, which: Which) -> list[RecordMissing]:
    """Lessons with topic, attendance or homework missing."""
    topic, attendance, homework = (
        _is_entered(part) for part in (RecordPart.TOPIC, RecordPart.ATTENDANCE, RecordPart.HOMEWORK)
    )
    wants = and_(takes_marks(which.levels_without_marks), ~homework)
    question = _around(
        select(
            *LESSON,
            topic.label("topic"),
            attendance.label("attendance"),
            wants.label("wants_homework"),
        )
        .select_from(Lesson)
        .join(Subject, Subject.id == Lesson.subject_id)
        .where(*_held(which), or_(~topic, ~attendance, wants), has_seats())
    )
    lessons: dict[Any, LessonFound] = {}
    found: dict[int, RecordMissing] = {}
    for row in await uow.execute(question):
        lesson = _gathered(lessons, row.id, row)
        if row.id not in found:
            lacks = (
                (RecordPart.TOPIC, not row.topic),
                (RecordPart.ATTENDANCE, not row.attendance),
                (RecordPart.HOMEWORK, row.wants_homework),
            )
            found[row.id] = RecordMissing(lesson, tuple(part for part, is_so in lacks if is_so), None)
    wanting = [one for one in found.values() if RecordPart.HOMEWORK in one.missing]
    if wanting:
        days = [one.lesson.on_date for one in wanting]
        classes = {class_id for one in wanting for class_id, _ in one.lesson.places}
        ends = await day_ends(uow, which.school_id, min(days), max(days), classes)
        for one in wanting:
            one.day_ends_at = ends.of(one.lesson.on_date, one.lesson.places)
    return list(found.values())


def _absent() -> ColumnElement[bool]:
    """That the question's Enrollment's student was absent from its Lesson, by the newest word."""
    said = aliased(Attendance)
    absent = exists().where(
        said.lesson_id == Lesson.id,
        said.student_id == Enrollment.student_id,
        said.code == AttendanceCode.ABSENT.value,
        is_newest(said),
    )
    return row_by_row(absent.correlate(Lesson, Enrollment))


def _has_mark() -> ColumnElement[bool]:
    """That the question's Enrollment's student has a standing mark in its LessonWork."""
    mark = aliased(Mark)
    stands = exists().where(
        mark.work_id == LessonWork.id,
        mark.student_id == Enrollment.student_id,
        mark.value.is_not(None),
        is_newest(mark),
    )
    return row_by_row(stands.correlate(LessonWork, Enrollment))


def _blank() -> Any:
    """How many present students have no mark in the question's LessonWork, which is of its Lesson."""
    return (
        select(func.count(Enrollment.student_id.distinct()))
        .select_from(LessonAudience)
        .join(Enrollment, sits(Enrollment.student_id))
        .where(LessonAudience.lesson_id == Lesson.id, ~_has_mark(), ~_absent())
        .correlate(Lesson, LessonWork)
        .scalar_subquery()
    )


async def marks_missing(
    uow: Uow, which: Which, kinds: Collection[WorkKind], work_ids: Collection[WorkId] | None = None
) -> list[MarksMissing]:
    """Columns of these kinds in which a present student of a class that takes marks has none."""
    inner = (
        select(LessonWork.id.label("work_id"), _blank().label("missing"))
        .select_from(Lesson)
        .join(Subject, Subject.id == Lesson.subject_id)
        .join(LessonWork, LessonWork.lesson_id == Lesson.id)
        .where(
            *_held(which),
            LessonWork.kind.in_([kind.value for kind in kinds]),
            takes_marks(which.levels_without_marks),
        )
    )
    if work_ids is not None:
        inner = inner.where(LessonWork.id.in_(list(work_ids)))
    blank = inner.cte("blank").prefix_with("MATERIALIZED")  # else what is counted is counted twice
    question = _around(
        select(*LESSON, LessonWork.id.label("work_id"), LessonWork.kind, LessonWork.checked_at, blank.c.missing)
        .select_from(blank)
        .join(LessonWork, LessonWork.id == blank.c.work_id)
        .join(Lesson, Lesson.id == LessonWork.lesson_id)
        .join(Subject, Subject.id == Lesson.subject_id)
        .where(blank.c.missing > 0)
    )
    lessons: dict[Any, LessonFound] = {}
    found: dict[int, MarksMissing] = {}
    for row in await uow.execute(question):
        lesson = _gathered(lessons, row.work_id, row)
        found.setdefault(
            row.work_id, MarksMissing(lesson, row.work_id, WorkKind(row.kind), row.checked_at, row.missing)
        )
    return list(found.values())


async def columns_missing(uow: Uow, which: Which, kinds: Collection[WorkKind]) -> list[MarksMissing]:
    """Lessons whose topic of the plan is a written work, and that have no column for it (О 2.6; В 6(2).2).

    Not those of a substitute, who may begin no column after the lesson's day.
    """
    column = exists().where(LessonWork.lesson_id == Lesson.id, LessonWork.kind == PlanTopic.work_kind)
    question = _around(
        select(*LESSON, PlanTopic.work_kind)
        .select_from(Lesson)
        .join(Subject, Subject.id == Lesson.subject_id)
        .join(
            LessonRecord,
            and_(
                LessonRecord.lesson_id == Lesson.id,
                LessonRecord.part == RecordPart.TOPIC.value,
                LessonRecord.value.is_not(None),
                is_newest(LessonRecord),
            ),
        )
        .join(PlanTopic, PlanTopic.id == LessonRecord.plan_topic_id)
        .where(
            *_held(which),
            Lesson.state != LessonState.SUBSTITUTED.value,
            PlanTopic.work_kind.in_([kind.value for kind in kinds]),
            ~column.correlate(Lesson, PlanTopic),
            takes_marks(which.levels_without_marks),
            has_seats(),
        )
    )
    lessons: dict[Any, LessonFound] = {}
    found: dict[int, MarksMissing] = {}
    for row in await uow.execute(question):
        lesson = _gathered(lessons, row.id, row)
        found.setdefault(row.id, MarksMissing(lesson, None, WorkKind(row.work_kind), None, 0))
    return list(found.values())
