"""What families read: a student's lessons with topics, marks, absences and homework; names for letters."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Date, and_, bindparam, select, tuple_

from storage.models.journal import Attendance, LessonRecord, LessonWork, Mark, PersonalHomework
from storage.models.people import Enrollment, Person
from storage.models.school import School, Subject
from storage.models.timetable import Lesson, LessonAudience
from storage.repositories.lessons import Question, sits
from storage.repositories.revisions import is_newest
from storage.uow import Uow
from storage.vocabulary import (
    AbsenceReason,
    AttendanceCode,
    HomeworkWay,
    LessonId,
    LessonState,
    PersonId,
    RecordPart,
    SchoolId,
    WorkId,
    WorkKind,
)

STUDENT: BindParameter[Any] = bindparam("student")
SCHOOL: BindParameter[Any] = bindparam("school")
DAY: BindParameter[Any] = bindparam("day", type_=Date)
SINCE: BindParameter[Any] = bindparam("since", type_=Date)
IDS: BindParameter[Any] = bindparam("ids", expanding=True)
SUBJECTS: BindParameter[Any] = bindparam("subjects", expanding=True)
# A subject that comes every other week, and holidays in between; what was given in May nobody asks for in September.
LOOK_BACK = timedelta(days=45)


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


def lines() -> Question:
    """What `line_of` reads of lessons."""
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


def line_of(row: Any) -> LessonLine:
    """The lesson in a row of such a question."""
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


def with_seat(question: Question) -> Question:
    """The question, which has Lesson, for the lessons that :student sits in."""
    return question.join(LessonAudience, LessonAudience.lesson_id == Lesson.id).join(
        Enrollment, and_(Enrollment.student_id == STUDENT, sits(STUDENT))
    )


BY_ID = lines().where(Lesson.id.in_(IDS))


async def lessons(uow: Uow, lesson_ids: Collection[LessonId]) -> dict[LessonId, LessonLine]:
    """Lessons by id."""
    rows = await uow.execute(BY_ID, {"ids": list(lesson_ids)})
    return {row.id: line_of(row) for row in rows}


WORKS = select(LessonWork.id, LessonWork.kind, LessonWork.ordinal).where(LessonWork.id.in_(IDS))
NAMES = select(Person.id, Person.first_name, Person.last_name).where(Person.id.in_(IDS))


async def works(uow: Uow, work_ids: Collection[WorkId]) -> dict[WorkId, tuple[WorkKind, int]]:
    """Kind and ordinal of columns."""
    rows = await uow.execute(WORKS, {"ids": list(work_ids)})
    return {row.id: (WorkKind(row.kind), row.ordinal) for row in rows}


async def names(uow: Uow, person_ids: Collection[PersonId]) -> dict[PersonId, tuple[str, str]]:
    """First and last names."""
    rows = await uow.execute(NAMES, {"ids": list(person_ids)})
    return {row.id: (row.first_name, row.last_name) for row in rows}


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A mark that stands."""

    lesson_id: LessonId
    kind: WorkKind
    ordinal: int
    value: str
    comment: str


# A left join keeps the planner from walking all the marks that the student ever got.
MARKS = (
    select(LessonWork.lesson_id, LessonWork.kind, LessonWork.ordinal, Mark.value, Mark.comment)
    .outerjoin(Mark, and_(Mark.work_id == LessonWork.id, Mark.student_id == STUDENT, is_newest(Mark)))
    .where(LessonWork.lesson_id.in_(IDS))
    .order_by(LessonWork.id)
)


async def marks_of(uow: Uow, student_id: PersonId, lesson_ids: Collection[LessonId]) -> dict[LessonId, list[MarkLine]]:
    """A student's marks in lessons, in the order of the columns; withdrawn ones are left out."""
    found: dict[LessonId, list[MarkLine]] = defaultdict(list)
    for row in await uow.execute(MARKS, {"student": student_id, "ids": list(lesson_ids)}):
        if row.value is None:  # nothing was given, or it was withdrawn
            continue
        found[row.lesson_id].append(MarkLine(row.lesson_id, WorkKind(row.kind), row.ordinal, row.value, row.comment))
    return found


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """What a student's attendance in a lesson says, where it isn't simply present."""

    code: AttendanceCode
    reason: AbsenceReason | None
    minutes_late: int | None


ABSENCES = select(Attendance.lesson_id, Attendance.code, Attendance.reason, Attendance.minutes_late).where(
    Attendance.lesson_id.in_(IDS),
    Attendance.student_id == STUDENT,
    Attendance.code != AttendanceCode.PRESENT.value,
    is_newest(Attendance),
)


async def absences(uow: Uow, student_id: PersonId, lesson_ids: Collection[LessonId]) -> dict[LessonId, AbsenceLine]:
    """A student's absences and late comings in lessons."""
    return {
        row.lesson_id: AbsenceLine(
            AttendanceCode(row.code), AbsenceReason(row.reason) if row.reason else None, row.minutes_late
        )
        for row in await uow.execute(ABSENCES, {"student": student_id, "ids": list(lesson_ids)})
    }


WAYS = select(LessonRecord.lesson_id, LessonRecord.way).where(
    LessonRecord.lesson_id.in_(IDS),
    LessonRecord.part == RecordPart.HOMEWORK.value,
    LessonRecord.way.is_not(None),
    is_newest(LessonRecord),
)


async def ways(uow: Uow, lesson_ids: Collection[LessonId]) -> dict[LessonId, HomeworkWay]:
    """How the general homework of lessons is to be done, where it was said."""
    rows = await uow.execute(WAYS, {"ids": list(lesson_ids)})
    return {LessonId(row.lesson_id): HomeworkWay(row.way) for row in rows}


OWN_HOMEWORK = (
    with_seat(select(Lesson.id, Lesson.subject_id, PersonalHomework.value, PersonalHomework.way).select_from(Lesson))
    .join(PersonalHomework, PersonalHomework.lesson_id == Lesson.id)
    .where(
        Lesson.school_id == SCHOOL,
        tuple_(Lesson.subject_id, Lesson.on_date).in_(bindparam("last", expanding=True)),
        PersonalHomework.student_id == STUDENT,
        PersonalHomework.value.is_not(None),
        is_newest(PersonalHomework),
    )
    .order_by(Lesson.starts_at, Lesson.id)
)
SEATED = with_seat(select(Lesson.id, Subject.name).join(Subject, Subject.id == Lesson.subject_id)).where(
    Lesson.id == bindparam("lesson"), Lesson.school_id == SCHOOL
)


async def subject_of_seat(uow: Uow, school_id: SchoolId, student_id: PersonId, lesson_id: LessonId) -> str | None:
    """The subject of a lesson that a student sits in; None where the student doesn't."""
    values = {"school": school_id, "student": student_id, "lesson": lesson_id}
    row = (await uow.execute(SEATED, values)).first()
    return None if row is None else str(row.name)


@dataclass(frozen=True, slots=True)
class ToDo:
    """Homework that a lesson gave: to all who sat there, or (`own`) to this student alone."""

    lesson_id: LessonId
    text: str
    way: HomeworkWay | None
    files: int
    own: bool = False


async def given_alone(
    uow: Uow, school_id: SchoolId, student_id: PersonId, last: Collection[tuple[int, date]]
) -> dict[int, list[ToDo]]:
    """A student's own homework of such days, by subject; nothing of another student's is asked for."""
    values = {"school": school_id, "student": student_id, "last": list(last)}
    found: dict[int, list[ToDo]] = defaultdict(list)
    for row in {row.id: row for row in await uow.execute(OWN_HOMEWORK, values)}.values():
        way = HomeworkWay(row.way) if row.way else None
        found[row.subject_id].append(ToDo(row.id, row.value, way, 0, own=True))
    return found


WITH_OWN = select(PersonalHomework.student_id).distinct().where(PersonalHomework.student_id.in_(IDS))


async def with_own_homework(uow: Uow, student_ids: Collection[PersonId]) -> dict[PersonId, bool]:
    """Those of the students to whom some homework was ever given alone."""
    return {PersonId(row.student_id): True for row in await uow.execute(WITH_OWN, {"ids": list(student_ids)})}


OF_SCHOOL = select(School.name, School.timezone, School.regulation).where(School.id == SCHOOL)


async def school(uow: Uow, school_id: SchoolId) -> tuple[str, str, dict[str, Any]]:
    """A school's name, zone and regulation."""
    row = (await uow.execute(OF_SCHOOL, {"school": school_id})).one()
    return row.name, row.timezone, row.regulation
