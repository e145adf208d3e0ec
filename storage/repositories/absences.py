"""What a homeroom teacher asks of the own class's attendance: days of absence, weeks, and what was verified."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from storage.models.control import Verification
from storage.models.delivery import Item
from storage.models.journal import Attendance, LessonRecord
from storage.models.people import Enrollment, Person
from storage.models.school import Subject
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories import lessons
from storage.repositories.people import holds_on
from storage.repositories.revisions import is_newest
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import (
    AbsenceReason,
    AttendanceCode,
    ClassId,
    ItemKind,
    ItemState,
    LessonId,
    PersonId,
    RecordPart,
    SchoolId,
    VerificationKind,
)

LOOK_BACK = timedelta(days=60)  # an open reason older than that is the term's, and closed with it


@dataclass(frozen=True, slots=True)
class Verified:
    """Who (a surname) said when that a week's attendance of a class is right."""

    author: str
    made_at: datetime


async def verified(uow: Uow, class_id: ClassId, week: date) -> Verified | None:
    """The homeroom teacher's word on a class's attendance in the week of a day (В 4.3.1, 4.3.6)."""
    question = (
        select(Person.last_name, Verification.made_at)
        .join(Person, Person.id == Verification.made_by)
        .where(
            Verification.class_id == class_id,
            Verification.kind == VerificationKind.ATTENDANCE.value,
            Verification.for_on == monday_of(week),
        )
    )
    row = (await uow.execute(question)).first()
    return None if row is None else Verified(row.last_name, row.made_at)


async def verify(
    uow: Uow, school_id: SchoolId, class_id: ClassId, week: date, teacher_id: PersonId, now: datetime
) -> bool:
    """Write down that the attendance of a week was verified; False where it was before."""
    row = {
        "school_id": school_id,
        "class_id": class_id,
        "kind": VerificationKind.ATTENDANCE.value,
        "for_on": monday_of(week),
        "made_by": teacher_id,
        "made_at": now,
    }
    return await add_unless_there(uow, Verification, row)


def monday_of(day: date) -> date:
    """The Monday of a day's week, which stands for the week."""
    return date.fromordinal(day.toordinal() - day.weekday())


@dataclass(frozen=True, slots=True)
class AbsentRow:
    """A student's absence in a lesson of the class as it stands."""

    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str
    lesson_id: LessonId
    on_date: date
    slot: int
    reason: AbsenceReason | None


def _of_class(class_id: ClassId, since: date, until: date, *columns: Any) -> Any:
    """Held lessons of a class within days, each with who sits in it as Person and the newest Attendance, if any."""
    return (
        lessons.seated(select(*columns).select_from(Lesson))
        .outerjoin(
            Attendance,
            and_(
                Attendance.lesson_id == Lesson.id,
                Attendance.student_id == Person.id,
                is_newest(Attendance),
            ),
        )
        .where(
            LessonAudience.class_id == class_id,
            Lesson.on_date >= since,
            Lesson.on_date <= until,
            Lesson.state.not_in(lessons.NOT_HELD),
        )
        .order_by(Lesson.on_date, Lesson.starts_at, Lesson.id)
    )


async def absent(uow: Uow, class_id: ClassId, since: date, until: date) -> list[AbsentRow]:
    """The absences of a class within days, by day and lesson."""
    question = _of_class(
        class_id,
        since,
        until,
        Person.id,
        Person.last_name,
        Person.first_name,
        Person.middle_name,
        Lesson.id.label("lesson_id"),
        Lesson.on_date,
        Lesson.slot,
        Attendance.reason,
    ).where(Attendance.code == AttendanceCode.ABSENT.value)
    return [
        AbsentRow(
            row.id,
            row.last_name,
            row.first_name,
            row.middle_name,
            row.lesson_id,
            row.on_date,
            row.slot,
            AbsenceReason(row.reason) if row.reason else None,
        )
        for row in await uow.execute(question)
    ]


async def waiting_for_reason(uow: Uow, class_id: ClassId, today: date) -> int:
    """How many days of absence of a class's students have no reason yet."""
    found = await absent(uow, class_id, today - LOOK_BACK, today)
    return len({(one.student_id, one.on_date) for one in found if one.reason is None})


@dataclass(frozen=True, slots=True)
class SeenRow:
    """A student in one lesson of a day: `code` None where nobody has said yet. `author` is a surname."""

    student_id: PersonId
    lesson_id: LessonId
    on_date: date
    slot: int
    subject: str
    code: AttendanceCode | None
    reason: AbsenceReason | None
    minutes_late: int | None
    rev: int
    author: str | None
    entered_at: datetime | None


async def seen(
    uow: Uow, class_id: ClassId, student_ids: Collection[PersonId], since: date, until: date
) -> list[SeenRow]:
    """All lessons of these students of a class within days, by day and lesson."""
    if not student_ids:
        return []
    author, record = aliased(Person, name="seen_author"), aliased(LessonRecord)
    question = (
        _of_class(
            class_id,
            since,
            until,
            Person.id,
            Lesson.id.label("lesson_id"),
            Lesson.on_date,
            Lesson.slot,
            Subject.name.label("subject"),
            Attendance.code,
            Attendance.reason,
            Attendance.minutes_late,
            Attendance.rev,
            Attendance.entered_at,
            author.last_name.label("author"),
            record.value.label("confirmed"),
        )
        .join(Subject, Subject.id == Lesson.subject_id)
        .outerjoin(author, author.id == Attendance.author_id)
        .outerjoin(
            record,
            and_(
                record.lesson_id == Lesson.id,
                record.part == RecordPart.ATTENDANCE.value,
                is_newest(record),
            ),
        )
        .where(Person.id.in_(list(student_ids)))
    )
    found = {(row.id, row.lesson_id): _seen(row) for row in await uow.execute(question)}
    return list(found.values())


def _seen(row: Any) -> SeenRow:
    code = AttendanceCode(row.code) if row.code else (AttendanceCode.PRESENT if row.confirmed else None)
    return SeenRow(
        row.id,
        row.lesson_id,
        row.on_date,
        row.slot,
        row.subject,
        code,
        AbsenceReason(row.reason) if row.reason else None,
        row.minutes_late,
        row.rev or 0,
        row.author,
        row.entered_at,
    )


async def class_of(uow: Uow, school_id: SchoolId, student_id: PersonId, on: date) -> tuple[ClassId, Any] | None:
    """The class of a student on a day, and the student as (id, last, first, middle name)."""
    question = (
        select(Enrollment.class_id, Person.id, Person.last_name, Person.first_name, Person.middle_name)
        .join(Person, Person.id == Enrollment.student_id)
        .where(
            Enrollment.student_id == student_id,
            Enrollment.school_id == school_id,
            holds_on(Enrollment.since_on, Enrollment.until_on, on),
        )
    )
    row = (await uow.execute(question)).first()
    return None if row is None else (row.class_id, tuple(row)[1:])


async def teachers(uow: Uow, lesson_ids: Collection[LessonId]) -> dict[LessonId, list[str]]:
    """Who gives lessons: «Чехов А. П.» by lesson."""
    question = (
        select(LessonTeacher.lesson_id, Person.last_name, Person.first_name, Person.middle_name)
        .join(Person, Person.id == LessonTeacher.teacher_id)
        .where(LessonTeacher.lesson_id.in_(list(lesson_ids)))
        .order_by(LessonTeacher.lesson_id, Person.key)
    )
    found: dict[LessonId, list[str]] = defaultdict(list)
    for row in await uow.execute(question):
        initials = " ".join(f"{part[0]}." for part in (row.first_name, row.middle_name) if part)
        found[row.lesson_id].append(f"{row.last_name} {initials}".strip())
    return found


async def told_of(uow: Uow, lesson_id: LessonId, student_id: PersonId) -> set[PersonId]:
    """Whom an alarm of this absence reached and who was told nothing newer."""
    question = (
        select(Item.recipient_id, Item.value)
        .where(
            Item.lesson_id == lesson_id,
            Item.student_id == student_id,
            Item.kind.in_([ItemKind.ABSENCE.value, ItemKind.ABSENCE_WITHDRAWN.value]),
            Item.state == ItemState.TOLD.value,
        )
        .order_by(Item.id)
    )
    newest = {row.recipient_id: row.value for row in await uow.execute(question)}
    return {person_id for person_id, value in newest.items() if value == AttendanceCode.ABSENT.value}
