"""A school made for measuring, as rows: every teacher has one class of thirty, one lesson under way, one column."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert

from storage.models.base import Base
from storage.models.journal import LessonWork
from storage.models.people import Consent, Enrollment, Guardianship, Person, PersonRole, Preferences, TelegramAccount
from storage.models.school import AcademicYear, School, SchoolClass, Subject, Term
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.uow import Storage

NOW = datetime(2026, 9, 8, 7, 45, tzinfo=UTC)
TODAY = NOW.date()
STUDENTS = 30
CHUNK = 2000
TEACHER_USERS, GUARDIAN_USERS = 1_000_000, 2_000_000


def lesson_of(teacher: int) -> int:
    """The lesson, and the column, of a teacher; both have one number."""
    return teacher


def student_of(teacher: int, seat: int, teachers: int) -> int:
    """The person in a seat (0–29) of a teacher's class; persons are teachers, then students, then guardians."""
    return teachers + (teacher - 1) * STUDENTS + seat + 1


async def fill(storage: Storage, bot_id: int, teachers: int) -> None:
    """Write the school. Guardians, one a student, have joined and want letters at once."""
    students = teachers * STUDENTS
    since = date(2026, 9, 1)
    tied = {"school_id": 1, "since_on": since}
    teacher_ids = range(1, teachers + 1)
    student_ids = range(teachers + 1, teachers + students + 1)
    guardian_ids = range(teachers + students + 1, teachers + 2 * students + 1)
    await _insert(
        storage, School, [{"id": 1, "name": "Bench", "timezone": "Europe/Moscow", "regulation": {}, "created_at": NOW}]
    )
    await _insert(
        storage,
        AcademicYear,
        [{"id": 1, "school_id": 1, "name": "2026", "starts_on": since, "ends_on": date(2027, 5, 31)}],
    )
    await _insert(
        storage,
        Term,
        [
            {
                "school_id": 1,
                "year_id": 1,
                "kind": "quarter",
                "ordinal": 1,
                "starts_on": since,
                "ends_on": date(2026, 10, 25),
            }
        ],
    )
    await _insert(storage, Subject, [{"id": 1, "school_id": 1, "name": "Алгебра", "key": "алгебра"}])
    people = [*teacher_ids, *student_ids, *guardian_ids]
    await _insert(
        storage,
        Person,
        (
            {"id": one, "school_id": 1, "last_name": f"Фамилия{one}", "first_name": "Имя", "key": f"фамилия{one} имя"}
            for one in people
        ),
    )
    await _insert(
        storage,
        SchoolClass,
        (
            {"id": one, "school_id": 1, "year_id": 1, "name": f"{one}Б", "key": f"{one}б", "level": 7}
            for one in teacher_ids
        ),
    )
    await _insert(storage, PersonRole, ({**tied, "person_id": one, "role": "teacher"} for one in teacher_ids))
    await _insert(storage, PersonRole, ({**tied, "person_id": one, "role": "guardian"} for one in guardian_ids))
    await _insert(
        storage,
        Enrollment,
        ({**tied, "student_id": one, "class_id": (one - teachers - 1) // STUDENTS + 1} for one in student_ids),
    )
    await _insert(
        storage,
        Guardianship,
        (
            {
                **tied,
                "guardian_id": one,
                "student_id": one - students,
                "relation": "mother",
                "application": "№ 1",
                "application_on": since,
                "consent_on": since,
            }
            for one in guardian_ids
        ),
    )
    await _insert(
        storage, Consent, ({"school_id": 1, "person_id": one, "version": "1", "given_at": NOW} for one in guardian_ids)
    )
    await _insert(
        storage,
        Preferences,
        (
            {
                "person_id": one,
                "mode": "instant",
                "digest_minute": 1110,
                "quiet_from_minute": 1260,
                "quiet_until_minute": 420,
                "changed_at": NOW,
            }
            for one in guardian_ids
        ),
    )
    accounts = {"school_id": 1, "bot_id": bot_id, "state": "active", "linked_at": NOW}
    await _insert(
        storage,
        TelegramAccount,
        (
            {**accounts, "person_id": one, "user_id": TEACHER_USERS + one, "chat_id": TEACHER_USERS + one}
            for one in teacher_ids
        ),
    )
    await _insert(
        storage,
        TelegramAccount,
        (
            {**accounts, "person_id": one, "user_id": GUARDIAN_USERS + one, "chat_id": GUARDIAN_USERS + one}
            for one in guardian_ids
        ),
    )
    starts_at = NOW - timedelta(minutes=20)
    lesson = {
        "school_id": 1,
        "year_id": 1,
        "subject_id": 1,
        "on_date": TODAY,
        "slot": 3,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=45),
    }
    await _insert(storage, Lesson, ({**lesson, "id": one} for one in teacher_ids))
    await _insert(storage, LessonTeacher, ({"lesson_id": one, "teacher_id": one} for one in teacher_ids))
    await _insert(storage, LessonAudience, ({"lesson_id": one, "class_id": one} for one in teacher_ids))
    await _insert(
        storage,
        LessonWork,
        (
            {"id": one, "lesson_id": one, "kind": "answer", "ordinal": 1, "author_id": one, "created_at": NOW}
            for one in teacher_ids
        ),
    )


async def _insert(storage: Storage, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    ready = list(rows)
    for start in range(0, len(ready), CHUNK):
        async with storage.writing() as uow:
            await uow.execute(insert(model), ready[start : start + CHUNK])
