"""What families read: a student's lessons with topics, marks, absences and homework; names for letters."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, select, tuple_
from sqlalchemy.orm import aliased

from storage.models.journal import Attendance, LessonRecord, LessonWork, Mark
from storage.models.people import Enrollment, Person
from storage.models.school import School, Subject
from storage.models.timetable import Lesson, LessonAudience
from storage.repositories import attendance, marks, records
from storage.repositories.lessons import NOT_HELD, Question, sits
from storage.uow import Uow
from storage.vocabulary import (
    AbsenceReason,
    AttendanceCode,
    LessonId,
    LessonState,
    PersonId,
    RecordPart,
    SchoolId,
    WorkId,
    WorkKind,
)


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson as a family sees it."""

    id: LessonId
    subject_id: int
    subject: str
    on_date: date
    slot: int
    starts_at: datetime
    ends_at: datetime
    room: str
    state: LessonState
    state_reason: str


def _lines() -> Question:
    return select(
        Lesson.id,
        Lesson.subject_id,
        Subject.name,
        Lesson.on_date,
        Lesson.slot,
        Lesson.starts_at,
        Lesson.ends_at,
        Lesson.room,
        Lesson.state,
        Lesson.state_reason,
    ).join(Subject, Subject.id == Lesson.subject_id)


def _line(row: Any) -> LessonLine:
    return LessonLine(
        id=row.id,
        subject_id=row.subject_id,
        subject=row.name,
        on_date=row.on_date,
        slot=row.slot,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        room=row.room,
        state=LessonState(row.state),
        state_reason=row.state_reason,
    )


def _seat(question: Question, student_id: PersonId) -> Question:
    """The question, which has Lesson, for the lessons that a student sits in."""
    return question.join(LessonAudience, LessonAudience.lesson_id == Lesson.id).join(
        Enrollment, and_(Enrollment.student_id == student_id, sits(Enrollment.student_id))
    )


async def lessons(uow: Uow, lesson_ids: Collection[LessonId]) -> dict[LessonId, LessonLine]:
    """Lessons by id."""
    rows = await uow.execute(_lines().where(Lesson.id.in_(lesson_ids)))
    return {row.id: _line(row) for row in rows}


async def lessons_of_day(uow: Uow, school_id: SchoolId, student_id: PersonId, day: date) -> list[LessonLine]:
    """A student's lessons of a day, in their order."""
    question = _seat(_lines(), student_id).where(Lesson.school_id == school_id, Lesson.on_date == day)
    rows = await uow.execute(question.order_by(Lesson.starts_at, Lesson.slot, Lesson.id))
    return list({row.id: _line(row) for row in rows}.values())


async def days_around(
    uow: Uow, school_id: SchoolId, student_id: PersonId, day: date
) -> tuple[date | None, date | None]:
    """The nearest days with lessons of a student before and after a day."""

    async def nearest(which: Any, condition: Any) -> date | None:
        question = _seat(select(which(Lesson.on_date)).select_from(Lesson), student_id)
        found: date | None = (await uow.execute(question.where(Lesson.school_id == school_id, condition))).scalar_one()
        return found

    return await nearest(func.max, Lesson.on_date < day), await nearest(func.min, Lesson.on_date > day)


async def works(uow: Uow, work_ids: Collection[WorkId]) -> dict[WorkId, tuple[WorkKind, int]]:
    """Kind and ordinal of columns."""
    rows = await uow.execute(
        select(LessonWork.id, LessonWork.kind, LessonWork.ordinal).where(LessonWork.id.in_(work_ids))
    )
    return {row.id: (WorkKind(row.kind), row.ordinal) for row in rows}


async def names(uow: Uow, person_ids: Collection[PersonId]) -> dict[PersonId, tuple[str, str]]:
    """First and last names."""
    rows = await uow.execute(select(Person.id, Person.first_name, Person.last_name).where(Person.id.in_(person_ids)))
    return {row.id: (row.first_name, row.last_name) for row in rows}


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A mark that stands."""

    lesson_id: LessonId
    kind: WorkKind
    ordinal: int
    value: str
    comment: str


async def marks_of(uow: Uow, student_id: PersonId, lesson_ids: Collection[LessonId]) -> dict[LessonId, list[MarkLine]]:
    """A student's marks in lessons, in the order of the columns; withdrawn ones are left out."""
    question = (
        select(LessonWork.lesson_id, LessonWork.kind, LessonWork.ordinal, Mark.value, Mark.comment)
        .join(Mark, Mark.work_id == LessonWork.id)
        .where(
            LessonWork.lesson_id.in_(lesson_ids),
            Mark.student_id == student_id,
            Mark.value.is_not(None),
            marks.is_newest(Mark),
        )
        .order_by(LessonWork.id)
    )
    found: dict[LessonId, list[MarkLine]] = defaultdict(list)
    for row in await uow.execute(question):
        found[row.lesson_id].append(MarkLine(row.lesson_id, WorkKind(row.kind), row.ordinal, row.value, row.comment))
    return found


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """What a student's attendance in a lesson says, where it isn't simply present."""

    code: AttendanceCode
    reason: AbsenceReason | None
    minutes_late: int | None


async def absences(uow: Uow, student_id: PersonId, lesson_ids: Collection[LessonId]) -> dict[LessonId, AbsenceLine]:
    """A student's absences and late comings in lessons."""
    question = select(Attendance.lesson_id, Attendance.code, Attendance.reason, Attendance.minutes_late).where(
        Attendance.lesson_id.in_(lesson_ids),
        Attendance.student_id == student_id,
        Attendance.code != AttendanceCode.PRESENT.value,
        attendance.is_newest(Attendance),
    )
    return {
        row.lesson_id: AbsenceLine(
            AttendanceCode(row.code), AbsenceReason(row.reason) if row.reason else None, row.minutes_late
        )
        for row in await uow.execute(question)
    }


async def entries(uow: Uow, lesson_ids: Collection[LessonId]) -> dict[LessonId, dict[RecordPart, str]]:
    """What lessons' records say now, by part; what was taken back is left out."""
    question = select(LessonRecord.lesson_id, LessonRecord.part, LessonRecord.value).where(
        LessonRecord.lesson_id.in_(lesson_ids), LessonRecord.value.is_not(None), records.is_newest(LessonRecord)
    )
    found: dict[LessonId, dict[RecordPart, str]] = defaultdict(dict)
    for row in await uow.execute(question):
        found[row.lesson_id][RecordPart(row.part)] = row.value
    return found


async def due_dates(uow: Uow, student_id: PersonId, lesson_ids: Collection[LessonId]) -> dict[LessonId, date]:
    """For when the homework of lessons is: the student's next day with that subject; absent where none is laid out."""
    given = aliased(Lesson)
    question = (
        _seat(select(given.id, func.min(Lesson.on_date)).select_from(Lesson), student_id)
        .join(given, and_(given.subject_id == Lesson.subject_id, given.school_id == Lesson.school_id))
        .where(given.id.in_(lesson_ids), Lesson.on_date > given.on_date, Lesson.state.not_in(NOT_HELD))
        .group_by(given.id)
    )
    return {LessonId(row[0]): row[1] for row in await uow.execute(question)}


async def homework_for(
    uow: Uow, school_id: SchoolId, student_id: PersonId, day: date, subject_ids: Collection[int]
) -> dict[int, list[str]]:
    """What a student has to have done by a day, by subject: the homework of the last day with that subject."""
    earlier = (
        _seat(select(Lesson.subject_id, func.max(Lesson.on_date).label("on_date")).select_from(Lesson), student_id)
        .where(
            Lesson.school_id == school_id,
            Lesson.subject_id.in_(subject_ids),
            Lesson.on_date < day,
            Lesson.state.not_in(NOT_HELD),
        )
        .group_by(Lesson.subject_id)
    )
    last = [(row.subject_id, row.on_date) for row in await uow.execute(earlier)]
    if not last:
        return {}
    given = (
        _seat(select(Lesson.id, Lesson.subject_id, LessonRecord.value).select_from(Lesson), student_id)
        .join(LessonRecord, LessonRecord.lesson_id == Lesson.id)
        .where(
            Lesson.school_id == school_id,
            tuple_(Lesson.subject_id, Lesson.on_date).in_(last),
            LessonRecord.part == RecordPart.HOMEWORK.value,
            LessonRecord.value.is_not(None),
            LessonRecord.value != "",
            records.is_newest(LessonRecord),
        )
        .order_by(Lesson.starts_at, Lesson.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for subject_id, text in {row.id: row[1:] for row in await uow.execute(given)}.values():
        found[subject_id].append(text)
    return found


async def school(uow: Uow, school_id: SchoolId) -> tuple[str, str, dict[str, Any]]:
    """A school's name, zone and regulation."""
    row = (
        await uow.execute(select(School.name, School.timezone, School.regulation).where(School.id == school_id))
    ).one()
    return row.name, row.timezone, row.regulation
