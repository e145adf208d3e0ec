"""Lessons and homework of several students at once, each of whom stands for all who sit alike; for letters.

Asked one by one, each class of a school would walk the lessons of all the others.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Executable, and_, bindparam, func, literal_column, select
from sqlalchemy.orm import aliased

from storage.models.journal import LessonRecord
from storage.models.people import Enrollment
from storage.models.school import AcademicYear, SchoolClass
from storage.models.timetable import Lesson, LessonAudience
from storage.prepared import Prepared
from storage.repositories import homework
from storage.repositories.among import among
from storage.repositories.diary import LOOK_BACK, SCHOOL, SINCE, LessonLine, ToDo, line_of, lines
from storage.repositories.lessons import NOT_HELD, Question, sits
from storage.repositories.revisions import is_newest
from storage.uow import Uow
from storage.vocabulary import HomeworkWay, LessonId, PersonId, RecordPart, SchoolId

UNTIL: Any = bindparam("until", type_=Date)
# Of few classes all lessons of their year are walked; of many, those of the days that are asked for.
FEW = 8
LOOK_AHEAD = timedelta(days=21)
HELD = Lesson.state.not_in([literal_column(f"'{state}'") for state in NOT_HELD])


def _seated(question: Question, dialect: str, few: bool) -> Question:
    """The question, which selects from Lesson, for the lessons of :students from :since to :until."""
    found = (
        question.join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(Enrollment, sits(Enrollment.student_id))
        .where(among(Enrollment.student_id, "students", dialect), Lesson.on_date >= SINCE, Lesson.on_date <= UNTIL)
    )
    return found.where(
        *((_of_own_classes(dialect), Lesson.school_id + 0 == SCHOOL) if few else (Lesson.school_id == SCHOOL,))
    )


def _of_own_classes(dialect: str) -> ColumnElement[bool]:
    seat = aliased(Enrollment)
    classes = (
        select(seat.class_id)
        .join(SchoolClass, SchoolClass.id == seat.class_id)
        .join(AcademicYear, AcademicYear.id == SchoolClass.year_id)
        .where(among(seat.student_id, "students", dialect))
        .where(AcademicYear.starts_on <= UNTIL, AcademicYear.ends_on >= SINCE)
    )
    return LessonAudience.class_id.in_(classes)


def _lines(dialect: str, few: bool) -> Question:
    return _seated(lines().add_columns(Enrollment.student_id), dialect, few).order_by(
        Lesson.starts_at, Lesson.slot, Lesson.id
    )


def _last(dialect: str, few: bool) -> Question:
    """The lessons of the last day with each subject, with their homework where some was given."""
    columns = (Enrollment.student_id, Lesson.id, Lesson.subject_id, Lesson.on_date, Lesson.starts_at)
    place = func.rank().over(partition_by=(Enrollment.student_id, Lesson.subject_id), order_by=Lesson.on_date.desc())
    held = select(*columns, place.label("place")).select_from(Lesson).where(HELD)
    last = _seated(held, dialect, few).subquery()
    given = and_(
        LessonRecord.lesson_id == last.c.id,
        LessonRecord.part == RecordPart.HOMEWORK.value,
        LessonRecord.value != "",
        is_newest(LessonRecord),
    )
    return (
        select(*(last.c[column.key] for column in columns[:-1]), LessonRecord.value, LessonRecord.way)
        .select_from(last)
        .outerjoin(LessonRecord, given)
        .where(last.c.place == literal_column("1"))
        .order_by(last.c.starts_at, last.c.id)
    )


def _next(dialect: str, few: bool) -> Question:
    days = select(Enrollment.student_id, Lesson.subject_id, func.min(Lesson.on_date).label("on_date"))
    held = days.select_from(Lesson).where(HELD).group_by(Enrollment.student_id, Lesson.subject_id)
    return _seated(held, dialect, few)


@cache
def _prepared(question: Callable[[str, bool], Question], few: bool) -> Prepared:
    def statement(dialect: str) -> Executable:
        made: Executable = question(dialect, few)
        return made

    return Prepared(statement)


async def _ask(
    uow: Uow,
    question: Callable[[str, bool], Question],
    school_id: SchoolId,
    students: Collection[PersonId],
    since: date,
    until: date,
) -> list[Any]:
    values = {"school": school_id, "students": sorted(students), "since": since, "until": until}
    return await uow.ask(_prepared(question, len(students) <= FEW), values)


async def lessons_of_day(
    uow: Uow, school_id: SchoolId, students: Collection[PersonId], day: date
) -> dict[PersonId, list[LessonLine]]:
    """The lessons of each student on a day, in their order."""
    found: dict[PersonId, dict[int, LessonLine]] = defaultdict(dict)
    for row in await _ask(uow, _lines, school_id, students, day, day):
        found[row.student_id][row.id] = line_of(row)
    return {student_id: list(lines.values()) for student_id, lines in found.items()}


@dataclass(frozen=True, slots=True)
class Given:
    """What was given to all who sit alike, by subject; `last`: the last day of each subject."""

    last: dict[int, date]
    general: dict[int, list[ToDo]]


async def given_before(
    uow: Uow, school_id: SchoolId, students: Collection[PersonId], day: date
) -> dict[PersonId, Given]:
    """The general homework of the last day before a day with each subject, for each student."""
    rows = await _ask(uow, _last, school_id, students, day - LOOK_BACK, day - timedelta(days=1))
    files = await homework.file_counts(uow, list({LessonId(row.id) for row in rows if row.value is not None}))
    found: dict[PersonId, Given] = {}
    seen = set()
    for row in rows:
        given = found.setdefault(row.student_id, Given({}, {}))
        given.last[row.subject_id] = row.on_date
        if row.value is not None and (row.student_id, row.id) not in seen:
            seen.add((row.student_id, row.id))
            way = HomeworkWay(row.way) if row.way else None
            todo = ToDo(row.id, row.value, way, files.get(row.id, 0))
            given.general.setdefault(row.subject_id, []).append(todo)
    return found


async def next_days(
    uow: Uow, school_id: SchoolId, students: Collection[PersonId], after: date, until: date
) -> dict[PersonId, dict[int, date]]:
    """The first day after a day, and not after `until`, of each student and subject."""
    found: dict[PersonId, dict[int, date]] = defaultdict(dict)
    for row in await _ask(uow, _next, school_id, students, after + timedelta(days=1), until):
        found[row.student_id][row.subject_id] = row.on_date
    return dict(found)
