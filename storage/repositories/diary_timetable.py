"""A student's timetable of some days: who substitutes, what is cancelled, and where lessons were moved."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import aliased

from storage.models.people import Person
from storage.models.timetable import Lesson, LessonTeacher
from storage.repositories.diary import SCHOOL, SINCE, LessonLine, line_of, lines, with_seat
from storage.repositories.diary_days import UNTIL
from storage.uow import Uow
from storage.vocabulary import PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The other end of a moved lesson."""

    on_date: date
    slot: int


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """A lesson of the timetable; `substitutes`: surname, first and middle name of who gives it instead."""

    line: LessonLine
    substitutes: tuple[tuple[str, str, str], ...]
    moved_to: Elsewhere | None
    moved_from: Elsewhere | None


later, former = aliased(Lesson), aliased(Lesson)
# Who sits there comes first: all that is joined after it is asked of the student's own lessons only.
TIMETABLE = (
    with_seat(lines())
    .add_columns(
        Person.last_name,
        Person.first_name,
        Person.middle_name,
        later.on_date.label("later_on"),
        later.slot.label("later_slot"),
        former.on_date.label("former_on"),
        former.slot.label("former_slot"),
    )
    .outerjoin(LessonTeacher, and_(LessonTeacher.lesson_id == Lesson.id, LessonTeacher.substitute))
    .outerjoin(Person, Person.id == LessonTeacher.teacher_id)
    .outerjoin(later, later.moved_from_id == Lesson.id)
    .outerjoin(former, former.id == Lesson.moved_from_id)
    .where(Lesson.school_id == SCHOOL, Lesson.on_date >= SINCE, Lesson.on_date <= UNTIL)
    .order_by(Lesson.starts_at, Lesson.slot, Lesson.id, Person.key)
)


async def timetable(
    uow: Uow, school_id: SchoolId, student_id: PersonId, since: date, until: date
) -> list[TimetableRow]:
    """A student's lessons of some days, both included, in their order."""
    values = {"school": school_id, "student": student_id, "since": since, "until": until}
    rows: dict[int, list[Any]] = {}
    for row in await uow.execute(TIMETABLE, values):
        rows.setdefault(row.id, []).append(row)
    return [
        TimetableRow(
            line_of(own[0]),
            tuple(dict.fromkeys((row.last_name, row.first_name, row.middle_name) for row in own if row.last_name)),
            Elsewhere(own[0].later_on, own[0].later_slot) if own[0].later_on else None,
            Elsewhere(own[0].former_on, own[0].former_slot) if own[0].former_on else None,
        )
        for own in rows.values()
    ]
