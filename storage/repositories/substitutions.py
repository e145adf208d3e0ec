"""Substitutions: who gives a lesson instead of whom, and the questions of the journal of substitutions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, insert, select, update
from sqlalchemy.orm import aliased

from storage.models.control import Substitution
from storage.models.people import Person
from storage.models.timetable import Lesson, LessonTeacher
from storage.uow import Uow
from storage.vocabulary import LessonId, PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class SubstitutionRow:
    """A substitution; `ended_at`: taken back."""

    id: int
    lesson_id: LessonId
    absent_id: PersonId
    substitute_id: PersonId
    reason: str
    ended_at: datetime | None


COLUMNS = (
    Substitution.id,
    Substitution.lesson_id,
    Substitution.absent_id,
    Substitution.substitute_id,
    Substitution.reason,
    Substitution.ended_at,
)


def hands_over(teacher: Any) -> ColumnElement[bool]:
    """That a substitute gives the question's Lesson for `teacher`: it is none of the teacher's gaps."""
    return (
        exists()
        .where(Substitution.lesson_id == Lesson.id, Substitution.absent_id == teacher, Substitution.ended_at.is_(None))
        .correlate_except(Substitution)
    )


def told() -> ColumnElement[Any]:
    """The question's Lesson's substitutions, a line each: «Чехов А. → Бунина И.»; NULL where there are none."""
    absent, substitute = aliased(Person), aliased(Person)
    line = _short(absent) + " → " + _short(substitute)
    return (
        select(func.aggregate_strings(line, "\n"))
        .select_from(Substitution)
        .join(absent, absent.id == Substitution.absent_id)
        .join(substitute, substitute.id == Substitution.substitute_id)
        .where(Substitution.lesson_id == Lesson.id, Substitution.ended_at.is_(None))
        .correlate(Lesson)
        .scalar_subquery()
    )


def _short(person: Any) -> ColumnElement[str]:
    initial = case((person.first_name != "", " " + func.substr(person.first_name, 1, 1) + "."), else_="")
    return cast(ColumnElement[str], person.last_name + initial)


async def in_force(uow: Uow, lesson_ids: Sequence[LessonId]) -> list[SubstitutionRow]:
    """The substitutions of these lessons that stand, oldest first."""
    question = select(*COLUMNS).where(Substitution.lesson_id.in_(lesson_ids), Substitution.ended_at.is_(None))
    return [SubstitutionRow(*row) for row in await uow.execute(question.order_by(Substitution.id))]


async def find(uow: Uow, school_id: SchoolId, substitution_id: int) -> SubstitutionRow | None:
    """A substitution of a school, taken back or not."""
    question = select(*COLUMNS).where(Substitution.id == substitution_id, Substitution.school_id == school_id)
    row = (await uow.execute(question)).first()
    return None if row is None else SubstitutionRow(*row)


async def add(
    uow: Uow,
    *,
    school_id: SchoolId,
    lesson_id: LessonId,
    absent_id: PersonId,
    substitute_id: PersonId,
    reason: str,
    made_by: PersonId,
    now: datetime,
) -> int:
    """Let somebody give a lesson for its teacher, with the right to its record; the substitution's id."""
    row = {
        "school_id": school_id,
        "lesson_id": lesson_id,
        "absent_id": absent_id,
        "substitute_id": substitute_id,
        "reason": reason,
        "made_by": made_by,
        "made_at": now,
    }
    made: int = (await uow.execute(insert(Substitution).values(row).returning(Substitution.id))).scalar_one()
    has = exists().where(LessonTeacher.lesson_id == lesson_id, LessonTeacher.teacher_id == substitute_id)
    if not (await uow.execute(select(has))).scalar_one():  # a second teacher of the lesson has the right anyway
        teacher = {"lesson_id": lesson_id, "teacher_id": substitute_id, "substitute": True}
        await uow.execute(insert(LessonTeacher), teacher)
    return made


async def end(uow: Uow, substitution: SubstitutionRow, ended_by: PersonId, now: datetime) -> None:
    """Take a substitution back: the substitute's right ends with this transaction, unless another one gives it."""
    ended = update(Substitution).where(Substitution.id == substitution.id, Substitution.ended_at.is_(None))
    await uow.write(ended.values(ended_at=now, ended_by=ended_by))
    another = exists().where(
        Substitution.lesson_id == substitution.lesson_id,
        Substitution.substitute_id == substitution.substitute_id,
        Substitution.ended_at.is_(None),
    )
    await uow.write(
        delete(LessonTeacher).where(
            LessonTeacher.lesson_id == substitution.lesson_id,
            LessonTeacher.teacher_id == substitution.substitute_id,
            LessonTeacher.substitute.is_(True),
            ~another,
        )
    )


@dataclass(frozen=True, slots=True)
class ListedSubstitution:
    """A line of «Журнал замещения уроков»: names as (last, first, middle)."""

    lesson_id: LessonId
    on_date: date
    slot: int
    absent: tuple[str, str, str]
    substitute: tuple[str, str, str]
    substitute_id: PersonId
    reason: str


async def listed(uow: Uow, school_id: SchoolId, since: date, until: date) -> list[ListedSubstitution]:
    """The substitutions that stand for the lessons of days from `since` to `until`, both included, in their order."""
    absent, substitute = aliased(Person), aliased(Person)
    question = (
        select(
            Lesson.id,
            Lesson.on_date,
            Lesson.slot,
            absent.last_name,
            absent.first_name,
            absent.middle_name,
            substitute.last_name,
            substitute.first_name,
            substitute.middle_name,
            substitute.id,
            Substitution.reason,
        )
        .select_from(Lesson)
        .join(Substitution, and_(Substitution.lesson_id == Lesson.id, Substitution.ended_at.is_(None)))
        .join(absent, absent.id == Substitution.absent_id)
        .join(substitute, substitute.id == Substitution.substitute_id)
        .where(Lesson.school_id == school_id, Lesson.on_date >= since, Lesson.on_date <= until)
        .order_by(Lesson.starts_at, Lesson.id, Substitution.id)
    )
    return [
        ListedSubstitution(row[0], row[1], row[2], tuple(row[3:6]), tuple(row[6:9]), row[9], row[10])
        for row in await uow.execute(question)
    ]


async def reason_of_day(uow: Uow, school_id: SchoolId, absent_id: PersonId, on_date: date) -> str | None:
    """Why a teacher is replaced on a day, by the newest substitution that stands; None without one."""
    question = (
        select(Substitution.reason)
        .join(Lesson, Lesson.id == Substitution.lesson_id)
        .where(
            Lesson.school_id == school_id,
            Lesson.on_date == on_date,
            Substitution.absent_id == absent_id,
            Substitution.ended_at.is_(None),
        )
        .order_by(Substitution.id.desc())
    )
    return (await uow.execute(question.limit(1))).scalar_one_or_none()
