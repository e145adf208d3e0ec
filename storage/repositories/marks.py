"""Columns of marks and the marks in them: the one statement a tap needs, the sheet, and new revisions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, func, select, update
from sqlalchemy.orm import aliased

from storage.models.journal import Attendance, LessonWork, Mark
from storage.models.people import Enrollment, Person
from storage.models.timetable import Lesson
from storage.prepared import Prepared
from storage.repositories import lessons, recipients
from storage.repositories.lesson_rows import LessonRow
from storage.repositories.recipients import Recipient
from storage.repositories.revisions import is_newest
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import AttendanceCode, LessonId, PersonId, RequestId, SchoolId, WorkId, WorkKind

STUDENT: BindParameter[Any] = bindparam("student")
Author = aliased(Person, name="mark_author")
Checker = aliased(Person, name="work_checker")


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A column of a lesson; «Проверил» was pressed at `checked_at` by `checked_by` (a surname), if it was."""

    id: WorkId
    kind: WorkKind
    ordinal: int
    checked_at: datetime | None = None
    checked_by: str | None = None


@dataclass(frozen=True, slots=True)
class MarkTap:
    """All that a tap on one student's mark decides by.

    `value` and `rev`: as it stands (None, 0 where nothing does), by whom (a surname) and when; `first_entered_at`:
    since when a mark stands there without a break. `level` and `short_stay` are the student's class's.
    """

    lesson: LessonRow
    work: WorkRow
    seated: bool
    last_name: str
    first_name: str
    middle_name: str
    level: int
    short_stay: bool
    value: str | None
    comment: str
    rev: int
    author: str | None
    entered_at: datetime | None
    first_entered_at: datetime | None
    recipients: list[Recipient]


def _first_entered_at() -> ColumnElement[Any]:
    """When the mark that stands was first put: the first revision after the last withdrawal."""
    first, gone = aliased(Mark), aliased(Mark)
    last_withdrawn = (
        select(func.max(gone.rev))
        .where(gone.work_id == LessonWork.id, gone.student_id == STUDENT, gone.value.is_(None))
        .correlate(LessonWork)
        .scalar_subquery()
    )
    return (
        select(func.min(first.entered_at))
        .where(
            first.work_id == LessonWork.id, first.student_id == STUDENT, first.rev > func.coalesce(last_withdrawn, 0)
        )
        .correlate(LessonWork)
        .scalar_subquery()
    )


TAP = Prepared(
    recipients.joins(
        lessons.joined(
            select(
                *lessons.columns(),
                LessonWork.id.label("work_id"),
                LessonWork.kind,
                LessonWork.ordinal,
                Enrollment.student_id.label("seat"),
                Person.last_name,
                Person.first_name,
                Person.middle_name,
                Mark.value,
                Mark.comment,
                Mark.rev,
                Mark.entered_at,
                Author.last_name.label("author"),
                _first_entered_at().label("first_entered_at"),
                *recipients.columns(),
            )
            .select_from(LessonWork)
            .join(Lesson, Lesson.id == LessonWork.lesson_id)
        )
        .outerjoin(Enrollment, and_(Enrollment.student_id == STUDENT, lessons.sits(STUDENT)))
        .outerjoin(Person, Person.id == Enrollment.student_id)
        .outerjoin(Mark, and_(Mark.work_id == LessonWork.id, Mark.student_id == STUDENT, is_newest(Mark)))
        .outerjoin(Author, Author.id == Mark.author_id)
        .where(LessonWork.id == bindparam("work"), Lesson.school_id == bindparam("school")),
        Enrollment.student_id,
        lessons.TODAY,
    )
)


async def for_tap(
    uow: Uow, work_id: WorkId, student_id: PersonId, school_id: SchoolId, teacher_id: PersonId, today: date
) -> MarkTap | None:
    """Everything a tap decides by, in one statement; None where the school has no such column."""
    values = {"work": work_id, "student": student_id, "school": school_id, "teacher": teacher_id, "today": today}
    rows = await uow.ask(TAP, values)
    if not rows:
        return None
    row = next((one for one in rows if one.seat is not None), rows[0])
    told = {one.person_id: one for one in map(recipients.from_row, rows) if one is not None}
    return MarkTap(
        lesson=lessons.row_of(rows),
        work=WorkRow(row.work_id, WorkKind(row.kind), row.ordinal),
        seated=row.seat is not None,
        last_name=row.last_name or "",
        first_name=row.first_name or "",
        middle_name=row.middle_name or "",
        level=row.level,
        short_stay=row.short_stay,
        value=row.value,
        comment=row.comment or "",
        rev=row.rev or 0,
        author=row.author,
        entered_at=row.entered_at,
        first_entered_at=row.first_entered_at if row.value is not None else None,
        recipients=list(told.values()),
    )


async def add(
    uow: Uow,
    work_id: WorkId,
    student_id: PersonId,
    rev: int,
    value: str | None,
    author_id: PersonId,
    now: datetime,
    *,
    comment: str = "",
    request_id: RequestId | None = None,
) -> bool:
    """Add a revision; False where somebody has added the same number before."""
    row = {
        "work_id": work_id,
        "student_id": student_id,
        "rev": rev,
        "value": value,
        "comment": comment,
        "request_id": request_id,
        "author_id": author_id,
        "entered_at": now,
    }
    return await add_unless_there(uow, Mark, row)


WORKS = (
    select(LessonWork.id, LessonWork.kind, LessonWork.ordinal, LessonWork.checked_at, Checker.last_name)
    .outerjoin(Checker, Checker.id == LessonWork.checked_by)
    .where(LessonWork.lesson_id == bindparam("lesson"))
    .order_by(LessonWork.id)
)
LESSON_OF_WORK = select(LessonWork.lesson_id).where(LessonWork.id == bindparam("work"))


async def works(uow: Uow, lesson_id: LessonId) -> list[WorkRow]:
    """The columns of a lesson in the order they were made."""
    rows = await uow.execute(WORKS, {"lesson": lesson_id})
    return [WorkRow(row.id, WorkKind(row.kind), row.ordinal, row.checked_at, row.last_name) for row in rows]


async def lesson_of_work(uow: Uow, work_id: WorkId) -> LessonId | None:
    """The lesson a column stands in."""
    row = (await uow.execute(LESSON_OF_WORK, {"work": work_id})).first()
    return None if row is None else LessonId(row.lesson_id)


async def add_work(
    uow: Uow, lesson_id: LessonId, kind: WorkKind, ordinal: int, author_id: PersonId, now: datetime
) -> bool:
    """Add a column; False where it is there already."""
    row = {
        "lesson_id": lesson_id,
        "kind": kind.value,
        "ordinal": ordinal,
        "author_id": author_id,
        "created_at": now,
    }
    return await add_unless_there(uow, LessonWork, row)


async def set_checked(uow: Uow, work_id: WorkId, by: PersonId | None, at: datetime | None) -> bool:
    """Say that a column is checked (by whom and when), or take it back (None); False where it stands so already."""
    standing = LessonWork.checked_at.is_(None) if at is not None else LessonWork.checked_at.is_not(None)
    changed = update(LessonWork).where(LessonWork.id == work_id, standing).values(checked_at=at, checked_by=by)
    return await uow.write(changed) > 0


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A student's mark in one column as it stands."""

    value: str | None
    rev: int


@dataclass(frozen=True, slots=True)
class StudentMarks:
    """A student of the lesson with the marks by column, and the attendance."""

    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str
    attendance: AttendanceCode
    marks: dict[WorkId, MarkRow]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A lesson's marks by name, and its columns in the order they were made."""

    works: list[WorkRow]
    rows: list[StudentMarks]


SHEET = Prepared(
    lessons.seated(
        select(
            Person.id,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            Attendance.code,
            LessonWork.id.label("work_id"),
            LessonWork.kind,
            LessonWork.ordinal,
            LessonWork.checked_at,
            Checker.last_name.label("checked_by"),
            Mark.value,
            Mark.rev,
        ).select_from(Lesson)
    )
    .outerjoin(
        Attendance,
        and_(Attendance.lesson_id == Lesson.id, Attendance.student_id == Person.id, is_newest(Attendance)),
    )
    .outerjoin(LessonWork, LessonWork.lesson_id == Lesson.id)
    .outerjoin(Checker, Checker.id == LessonWork.checked_by)
    .outerjoin(Mark, and_(Mark.work_id == LessonWork.id, Mark.student_id == Person.id, is_newest(Mark)))
    .where(Lesson.id == bindparam("lesson"))
    .order_by(Person.key, Person.id, LessonWork.id)
)


async def sheet(uow: Uow, lesson_id: LessonId) -> Sheet:
    """The marks of everybody who sits in a lesson, in all its columns."""
    works: dict[WorkId, WorkRow] = {}
    rows: dict[PersonId, StudentMarks] = {}
    for row in await uow.ask(SHEET, {"lesson": lesson_id}):
        student = rows.get(row.id)
        if student is None:
            code = AttendanceCode(row.code or AttendanceCode.PRESENT)
            student = StudentMarks(row.id, row.last_name, row.first_name, row.middle_name, code, {})
            rows[row.id] = student
        if row.work_id is not None:
            works[row.work_id] = WorkRow(row.work_id, WorkKind(row.kind), row.ordinal, row.checked_at, row.checked_by)
            student.marks[row.work_id] = MarkRow(row.value, row.rev or 0)
    return Sheet(list(works.values()), list(rows.values()))
