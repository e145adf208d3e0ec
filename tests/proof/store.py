"""Puts a lived quarter into the archive, as rows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from storage.models.control import StaffLeave, Substitution
from storage.models.journal import Attendance, LessonRecord, LessonWork, Mark
from storage.models.people import Enrollment, Person, PersonRole, SubgroupMember
from storage.models.school import (
    AcademicYear,
    Bells,
    CalendarDay,
    LessonSlot,
    School,
    SchoolClass,
    Subgroup,
    Subject,
    Term,
)
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.uow import Storage
from tests.proof import quarter as lived
from tests.proof.quarter import Quarter, Taught

SCHOOL, YEAR, TERM, HALF = 1, 1, 1, 2
AT_ONCE = 200  # rows a statement, as everybody else
DEPUTY = 990_001
FOUNDED = datetime(2026, 8, 20, tzinfo=UTC)


async def store(storage: Storage, quarter: Quarter) -> None:
    """The whole quarter, tables in the order of their references."""
    for model, rows in _tables(quarter):
        async with storage.writing() as uow:
            for start in range(0, len(rows), AT_ONCE):
                await uow.execute(insert(model), rows[start : start + AT_ONCE])


def _tables(quarter: Quarter) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    yield from _school(quarter)
    yield from _people(quarter)
    yield from _lessons(quarter)
    yield from _journal(quarter)


def _school(quarter: Quarter) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    zone = lived.ZONE.key
    yield (
        School,
        [{"id": SCHOOL, "name": "Школа", "timezone": zone, "locale": "ru", "regulation": {}, "created_at": FOUNDED}],
    )
    year = {"id": YEAR, "school_id": SCHOOL, "name": "2026/2027", "starts_on": lived.FIRST}
    yield AcademicYear, [{**year, "ends_on": lived.LAST.replace(month=12, day=30)}]
    term = {"school_id": SCHOOL, "year_id": YEAR, "ordinal": 1, "starts_on": lived.FIRST}
    yield (
        Term,
        [
            {**term, "id": TERM, "kind": "quarter", "ends_on": lived.LAST},
            {**term, "id": HALF, "kind": "half_year", "ends_on": lived.LAST.replace(month=12, day=30)},
        ],
    )
    yield (
        Bells,
        [
            {"id": number, "school_id": SCHOOL, "name": name, "usual": number == 1}
            for number, name in ((1, "Обычные"), (2, "Сокращённые"))
        ],
    )
    yield (
        LessonSlot,
        [
            {"bells_id": bells, "number": number, "starts_minute": starts, "ends_minute": ends}
            for bells, slots in ((1, lived.BELLS), (2, lived.SHORT_BELLS))
            for number, (starts, ends) in enumerate(slots, 1)
        ],
    )
    day = {"school_id": SCHOOL, "follows_weekday": None, "bells_id": None, "title": ""}
    yield (
        CalendarDay,
        [
            {**day, "on_date": lived.HOLIDAY, "kind": "holiday"},
            {**day, "on_date": lived.WORKING_SATURDAY, "kind": "working", "follows_weekday": lived.FOLLOWED},
            {**day, "on_date": lived.SHORT_DAY, "kind": "working", "bells_id": 2},
        ],
    )
    yield (
        SchoolClass,
        [
            {"id": one.id, "school_id": SCHOOL, "year_id": YEAR, "name": one.name, "key": one.name, "level": one.level}
            for one in quarter.rooms
        ],
    )
    yield (
        Subgroup,
        [
            {"id": half, "school_id": SCHOOL, "class_id": one.id, "name": f"англ. {half}", "key": str(half)}
            for one in quarter.rooms
            for half in one.halves
        ],
    )
    yield (
        Subject,
        [
            {
                "id": number,
                "school_id": SCHOOL,
                "name": name,
                "key": name,
                "record_form": "paper" if name == lived.ON_PAPER else "electronic",
            }
            for name, number in quarter.subjects.items()
        ],
    )


def _people(quarter: Quarter) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    students = [student for one in quarter.rooms for student in one.students]
    everybody = [*quarter.teachers, DEPUTY, *students]
    yield (
        Person,
        [
            {"id": one, "school_id": SCHOOL, "last_name": f"Фамилия{one}", "first_name": "Имя", "key": f"{one:08}"}
            for one in everybody
        ],
    )
    role = {"school_id": SCHOOL, "since_on": lived.FIRST}
    yield (
        PersonRole,
        [
            *({**role, "person_id": one, "role": "teacher"} for one in quarter.teachers),
            {**role, "person_id": DEPUTY, "role": "deputy"},
        ],
    )
    yield (
        Enrollment,
        [
            {"school_id": SCHOOL, "student_id": student, "class_id": one.id, "since_on": lived.FIRST}
            for one in quarter.rooms
            for student in one.students
        ],
    )
    yield (
        SubgroupMember,
        [
            {"subgroup_id": half, "student_id": student, "since_on": lived.FIRST}
            for one in quarter.rooms
            for half, members in one.halves.items()
            for student in members
        ],
    )
    yield (
        StaffLeave,
        [
            {
                "school_id": SCHOOL,
                "person_id": one.teacher,
                "kind": "sick",
                "since_on": one.since,
                "until_on": one.until,
                "made_at": lived.moment(one.since, 400),
            }
            for one in quarter.leaves
        ],
    )


def _lessons(quarter: Quarter) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    yield (
        Lesson,
        [
            {
                "id": one.id,
                "school_id": SCHOOL,
                "year_id": YEAR,
                "subject_id": one.subject,
                "on_date": one.day,
                "slot": one.slot,
                "starts_at": one.starts_at,
                "ends_at": one.ends_at,
                "state": one.state,
                "moved_from_id": one.moved_from,
            }
            for one in quarter.lessons
        ],
    )
    yield (
        LessonAudience,
        [{"lesson_id": one.id, "class_id": one.room.id, "subgroup_id": one.subgroup} for one in quarter.lessons],
    )
    substituted = [one for one in quarter.lessons if one.substitute is not None]
    yield (
        LessonTeacher,
        [
            *({"lesson_id": one.id, "teacher_id": one.teacher, "substitute": False} for one in quarter.lessons),
            *({"lesson_id": one.id, "teacher_id": one.substitute, "substitute": True} for one in substituted),
        ],
    )
    yield (
        Substitution,
        [
            {
                "school_id": SCHOOL,
                "lesson_id": one.id,
                "absent_id": one.teacher,
                "substitute_id": one.substitute,
                "made_at": one.starts_at - timedelta(hours=2),
            }
            for one in substituted
        ],
    )


def _journal(quarter: Quarter) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    kept = [one for one in quarter.lessons if one.entered or one.works or one.absent]
    yield LessonRecord, [row for one in kept for row in _record(one)]
    yield (
        Attendance,
        [
            {
                "lesson_id": one.id,
                "student_id": student,
                "rev": 1,
                "code": "absent",
                "author_id": one.responsible,
                "entered_at": one.starts_at + timedelta(minutes=5),
            }
            for one in kept
            for student in sorted(one.absent)
        ],
    )
    works = [(one, ordinal, work) for one in kept for ordinal, work in enumerate(one.works, 1)]
    yield (
        LessonWork,
        [
            {
                "id": work.id,
                "lesson_id": one.id,
                "kind": work.kind,
                "ordinal": ordinal,
                "author_id": one.responsible,
                "created_at": work.created_at,
                "checked_at": work.checked_at,
                "checked_by": None if work.checked_at is None else one.responsible,
            }
            for one, ordinal, work in works
        ],
    )
    yield (
        Mark,
        [
            {
                "work_id": work.id,
                "student_id": student,
                "rev": rev,
                "value": value,
                "author_id": one.responsible,
                "entered_at": at,
            }
            for one, _, work in works
            for student, values in work.marks.items()
            for rev, (value, at) in enumerate(values, 1)
        ],
    )


def _record(one: Taught) -> list[dict[str, Any]]:
    values = {"topic": "Тема урока", "attendance": "confirmed", "homework": "§ 1"}
    return [
        {
            "lesson_id": one.id,
            "part": part,
            "rev": 1,
            "value": values[part],
            "author_id": one.responsible,
            "entered_at": at,
        }
        for part, at in one.entered.items()
    ]
