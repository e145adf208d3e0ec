"""Attendance rows: the one statement a tap needs, the sheet, and new revisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, String, and_, bindparam, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from storage.models.delivery import Item
from storage.models.journal import Attendance, LessonRecord
from storage.models.people import Enrollment, Person
from storage.models.timetable import Lesson, LessonAudience
from storage.repositories import absence_notes, lessons, recipients, turns
from storage.repositories.absence_notes import Beforehand
from storage.repositories.lesson_rows import LessonRow
from storage.repositories.recipients import Recipient
from storage.repositories.revisions import is_newest
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import (
    AbsenceReason,
    AttendanceCode,
    ItemKind,
    ItemState,
    LessonId,
    PersonId,
    RecordPart,
    SchoolId,
)

STUDENT: BindParameter[Any] = bindparam("student")
Author = aliased(Person, name="attendance_author")


@dataclass(frozen=True, slots=True)
class OtherLesson:
    """What is known of a student's attendance in another lesson of the day; `confirmed`: «Готово» stands there."""

    slot: int
    lesson_id: LessonId
    code: AttendanceCode
    reason: AbsenceReason | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class AttendanceTap:
    """All that a tap on one student's attendance decides by.

    `code` and `rev`: as it stands (present, 0 where nothing does), `author` (a surname) and `entered_at` of that.
    `day`: what is known of the student's other lessons of the day. `reason`: known for the day. `notes`: the
    guardians' words beforehand that stand for it.
    """

    lesson: LessonRow
    last_name: str
    first_name: str
    middle_name: str
    seated: bool
    code: AttendanceCode
    rev: int
    author: str | None
    entered_at: datetime | None
    confirmed: bool
    day: list[OtherLesson]
    reason: AbsenceReason | None
    recipients: list[Recipient]
    minutes_late: int | None = None
    notes: Sequence[Beforehand] = ()

    @property
    def others(self) -> dict[int, AttendanceCode]:
        """The codes of the other lessons by their number."""
        return {one.slot: one.code for one in self.day}


def _others() -> ColumnElement[Any]:
    """«2=present==41=1,5=absent=ill=43=»: other lessons of the day in which the student's attendance is known.

    Each by its number, code, reason, id, and whether «Готово» stands.
    """
    lesson, audience = aliased(Lesson), aliased(LessonAudience)
    own, confirmation = aliased(Attendance), aliased(LessonRecord)
    confirmed = (
        exists()
        .where(
            confirmation.lesson_id == lesson.id,
            confirmation.part == RecordPart.ATTENDANCE.value,
            confirmation.value.is_not(None),
            is_newest(confirmation),
        )
        .correlate(lesson)
    )
    code = func.coalesce(own.code, AttendanceCode.PRESENT.value)
    known = (
        cast(lesson.slot, String)
        + "="
        + code
        + "="
        + func.coalesce(own.reason, "")
        + "="
        + cast(lesson.id, String)
        + "="
        + case((confirmed, "1"), else_="")
    )
    return (
        select(func.aggregate_strings(known, ","))
        .select_from(lesson)
        .join(audience, audience.lesson_id == lesson.id)
        .outerjoin(own, and_(own.lesson_id == lesson.id, own.student_id == STUDENT, is_newest(own)))
        .where(
            audience.class_id + 0 == Enrollment.class_id,  # «+ 0»: a day's lessons, not a class's year, are walked
            lessons.is_meant(STUDENT, audience),
            lesson.school_id == Lesson.school_id,
            lesson.on_date == Lesson.on_date,
            lesson.id != Lesson.id,
            lesson.state.not_in(lessons.NOT_HELD),
            or_(own.code.is_not(None), confirmed),
        )
        .correlate(Lesson, Enrollment)
        .scalar_subquery()
    )


def _confirmed() -> ColumnElement[Any]:
    row = aliased(LessonRecord)
    return (
        exists()
        .where(
            row.lesson_id == Lesson.id,
            row.part == RecordPart.ATTENDANCE.value,
            row.value.is_not(None),
            is_newest(row),
        )
        .correlate(Lesson)
    )


TAP = recipients.joins(
    lessons.joined(
        select(
            *lessons.columns(),
            Enrollment.student_id.label("seat"),
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            Attendance.code,
            Attendance.rev,
            Attendance.entered_at,
            Author.last_name.label("author"),
            _confirmed().label("confirmed"),
            _others().label("others"),
            absence_notes.told_beforehand(STUDENT).label("notes"),
            Attendance.reason,
            Attendance.minutes_late,
            *recipients.columns(),
        ).select_from(Lesson)
    )
    .outerjoin(Enrollment, and_(Enrollment.student_id == STUDENT, lessons.sits(STUDENT)))
    .outerjoin(Person, Person.id == Enrollment.student_id)
    .outerjoin(
        Attendance, and_(Attendance.lesson_id == Lesson.id, Attendance.student_id == STUDENT, is_newest(Attendance))
    )
    .outerjoin(Author, Author.id == Attendance.author_id)
    .where(Lesson.id == bindparam("lesson"), Lesson.school_id == bindparam("school")),
    Enrollment.student_id,
    lessons.TODAY,
)


TAP_IN_TURN = TAP.add_columns(turns.tried(STUDENT))


async def for_tap(
    uow: Uow,
    lesson_id: LessonId,
    student_id: PersonId,
    school_id: SchoolId,
    teacher_id: PersonId,
    today: date,
    *,
    in_turn: bool = False,
) -> AttendanceTap | None:
    """Everything a tap decides by, in one statement; None where the school has no such lesson.

    `in_turn`: and nobody else changes the student's attendance until this transaction ends.
    """
    values = {
        "lesson": lesson_id,
        "student": student_id,
        "school": school_id,
        "teacher": teacher_id,
        "today": today,
    }
    in_turn = in_turn and uow.dialect == "postgresql"
    rows = (await uow.execute(TAP_IN_TURN if in_turn else TAP, values)).all()
    if in_turn and rows and not rows[0].turn:
        await turns.take(uow, student_id)
        rows = (await uow.execute(TAP, values)).all()
    if not rows:
        return None
    row = next((one for one in rows if one.seat is not None), rows[0])
    told = {one.person_id: one for one in map(recipients.from_row, rows) if one is not None}
    day = _known(row.others)
    reasons = [row.reason, *(one.reason for one in day)]
    return AttendanceTap(
        lesson=lessons.row_of(rows),
        last_name=row.last_name or "",
        first_name=row.first_name or "",
        middle_name=row.middle_name or "",
        seated=row.seat is not None,
        code=AttendanceCode(row.code or AttendanceCode.PRESENT),
        rev=row.rev or 0,
        author=row.author,
        entered_at=row.entered_at,
        confirmed=bool(row.confirmed),
        day=day,
        reason=next((AbsenceReason(reason) for reason in reasons if reason), None),
        recipients=list(told.values()),
        minutes_late=row.minutes_late,
        notes=absence_notes.parsed(row.notes),
    )


def _known(listed: str | None) -> list[OtherLesson]:
    found = (one.split("=") for one in (listed or "").split(",") if one)
    return [
        OtherLesson(
            int(slot),
            LessonId(int(lesson_id)),
            AttendanceCode(code),
            AbsenceReason(reason) if reason else None,
            bool(confirmed),
        )
        for slot, code, reason, lesson_id, confirmed in found
    ]


async def is_alarmed(uow: Uow, student_id: PersonId, lesson_ids: Sequence[LessonId]) -> bool:
    """Whether an alarm of an absence in one of these lessons was told to anybody, or waits to be."""
    question = select(Item.id).where(
        Item.lesson_id.in_(list(lesson_ids)),
        Item.student_id == student_id,
        Item.kind == ItemKind.ABSENCE.value,
        Item.value == AttendanceCode.ABSENT.value,
        Item.state.in_([ItemState.WAITING.value, ItemState.TOLD.value]),
    )
    return (await uow.execute(question.limit(1))).first() is not None


async def add(
    uow: Uow,
    lesson_id: LessonId,
    student_id: PersonId,
    rev: int,
    code: AttendanceCode,
    author_id: PersonId,
    now: datetime,
    *,
    reason: AbsenceReason | None = None,
    minutes_late: int | None = None,
) -> bool:
    """Add a revision; False where somebody has added the same number before."""
    row = {
        "lesson_id": lesson_id,
        "student_id": student_id,
        "rev": rev,
        "code": code.value,
        "reason": None if reason is None else reason.value,
        "minutes_late": minutes_late,
        "author_id": author_id,
        "entered_at": now,
    }
    return await add_unless_there(uow, Attendance, row)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A student of the lesson with the attendance as it stands, and whether and why earlier lessons were missed.

    `expected_absent`: a guardian has written that they will not come.
    """

    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str
    code: AttendanceCode
    rev: int
    absent_earlier: bool = False
    reason: AbsenceReason | None = None
    minutes_late: int | None = None
    expected_absent: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A lesson's attendance by name; `rev` is the newest revision of its confirmation."""

    rows: list[SheetRow]
    confirmed: bool
    rev: int


def _sheet(*more: Any) -> Any:
    return (
        lessons.seated(
            select(
                Person.id,
                Person.last_name,
                Person.first_name,
                Person.middle_name,
                Attendance.code,
                Attendance.rev,
                Attendance.minutes_late,
                LessonRecord.value,
                LessonRecord.rev.label("confirmed_rev"),
                absence_notes.is_expected_absent().label("expected_absent"),
                *more,
            ).select_from(Lesson)
        )
        .outerjoin(
            Attendance,
            and_(Attendance.lesson_id == Lesson.id, Attendance.student_id == Person.id, is_newest(Attendance)),
        )
        .outerjoin(
            LessonRecord,
            and_(
                LessonRecord.lesson_id == Lesson.id,
                LessonRecord.part == RecordPart.ATTENDANCE.value,
                is_newest(LessonRecord),
            ),
        )
        .where(Lesson.id == bindparam("lesson"))
        .order_by(Person.key, Person.id)
    )


def _absent_earlier() -> ColumnElement[Any]:
    """«?,ill»: the student's absences in earlier lessons that these classes have that day, each by its reason."""
    this, earlier, own = aliased(Lesson), aliased(Lesson), aliased(Attendance)
    here, there = aliased(LessonAudience), aliased(LessonAudience)
    # Bound to the lesson and not to the row, so that it is answered once for all students.
    lessons_before = (
        select(earlier.id)
        .select_from(this)
        .join(earlier, and_(earlier.school_id == this.school_id, earlier.on_date == this.on_date))
        .join(here, here.lesson_id == this.id)
        .join(there, and_(there.lesson_id == earlier.id, there.class_id + 0 == here.class_id))
        .where(this.id == bindparam("lesson"), earlier.starts_at < this.starts_at)
    )
    return (
        select(func.aggregate_strings(func.coalesce(own.reason, "?"), ","))
        .where(
            own.student_id == Person.id,
            own.lesson_id.in_(lessons_before),
            own.code == AttendanceCode.ABSENT.value,
            is_newest(own),
        )
        .correlate(Person)
        .scalar_subquery()
    )


SHEET = _sheet()
DAY_SHEET = _sheet(_absent_earlier().label("earlier"))


async def sheet(uow: Uow, lesson_id: LessonId, *, with_day: bool = False) -> Sheet:
    """The attendance of everybody who sits in a lesson, `with_day` with what is known from earlier lessons."""
    rows = (await uow.execute(DAY_SHEET if with_day else SHEET, {"lesson": lesson_id})).all()
    found = {row.id: _sheet_row(row, row.earlier if with_day else None) for row in rows}
    first: Any = rows[0] if rows else None
    return Sheet(
        list(found.values()),
        confirmed=first is not None and first.value is not None,
        rev=(first.confirmed_rev or 0) if first is not None else 0,
    )


def _sheet_row(row: Any, earlier: str | None) -> SheetRow:
    reasons = [one for one in (earlier or "").split(",") if one not in {"", "?"}]
    return SheetRow(
        student_id=row.id,
        last_name=row.last_name,
        first_name=row.first_name,
        middle_name=row.middle_name,
        code=AttendanceCode(row.code or AttendanceCode.PRESENT),
        rev=row.rev or 0,
        absent_earlier=bool(earlier),
        reason=AbsenceReason(reasons[0]) if reasons else None,
        minutes_late=row.minutes_late,
        expected_absent=bool(row.expected_absent),
    )
