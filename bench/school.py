"""A school made for measuring, as rows: every teacher has one class, one lesson under way in it, and one column."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any

from sqlalchemy import insert, text

from storage.models.base import Base
from storage.models.journal import LessonWork
from storage.models.people import Consent, Enrollment, Guardianship, Person, PersonRole, Preferences, TelegramAccount
from storage.models.school import AcademicYear, School, SchoolClass, Subject, Term
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.uow import Storage

BOT_ID = 42
NOW = datetime(2026, 9, 8, 7, 45, tzinfo=UTC)
TODAY = NOW.date()
SINCE = date(2026, 9, 1)
BELL = NOW - timedelta(minutes=20)
CHUNK = 2000
TEACHER_USERS, GUARDIAN_USERS = 1_000_000, 2_000_000


@dataclass(frozen=True)
class Roll:
    """Who is in the school. Persons are numbered: teachers, then students class by class, then their guardians.

    A teacher's class, lesson and column have the teacher's number; an account's user is its person's and a constant.
    """

    teachers: int
    seats: int = 30  # students of a class
    guardians: int = 1  # of a student
    mode: str = "instant"  # how guardians want their letters

    @property
    def students(self) -> int:
        """How many there are."""
        return self.teachers * self.seats

    @property
    def families(self) -> int:
        """How many guardians there are."""
        return self.students * self.guardians

    def student(self, teacher: int, seat: int) -> int:
        """The person in a seat, from 0 on, of a teacher's class."""
        return self.teachers + (teacher - 1) * self.seats + seat + 1

    def guardian(self, student: int, which: int = 0) -> int:
        """A guardian of a student."""
        return self.teachers + self.students + (student - self.teachers - 1) * self.guardians + which + 1

    def student_of(self, guardian: int) -> int:
        """A guardian's child."""
        return self.teachers + (guardian - self.teachers - self.students - 1) // self.guardians + 1

    def class_of(self, student: int) -> int:
        """A student's class."""
        return (student - self.teachers - 1) // self.seats + 1

    @property
    def teacher_ids(self) -> range:
        """The persons who teach."""
        return range(1, self.teachers + 1)

    @property
    def student_ids(self) -> range:
        """The persons who learn."""
        return range(self.teachers + 1, self.teachers + self.students + 1)

    @property
    def guardian_ids(self) -> range:
        """The persons who are written to."""
        first = self.teachers + self.students + 1
        return range(first, first + self.families)


async def fill(storage: Storage, roll: Roll, begins_at: datetime = BELL) -> None:
    """Write the school; its lessons began at `begins_at`."""
    for model, rows in chain(_the_school(), _the_people(roll), _the_lessons(roll, begins_at)):
        await add(storage, model, rows)
    await settled(storage)


async def add(storage: Storage, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Write rows, some thousands a transaction."""
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == CHUNK:
            await _insert(storage, model, some)
            some = []
    await _insert(storage, model, some)


async def _insert(storage: Storage, model: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        async with storage.writing() as uow:
            await uow.execute(insert(model), rows)


async def settled(storage: Storage) -> None:
    """What PostgreSQL does by itself some minutes after many rows came, so that nothing is measured before it."""
    async with storage.writing() as uow:
        if uow.dialect == "postgresql":
            await uow.execute(text("ANALYZE"))


Written = tuple[type[Base], Iterable[dict[str, Any]]]


def _the_school() -> Iterator[Written]:
    in_school = {"school_id": 1}
    year = {"starts_on": SINCE, "ends_on": date(2027, 5, 31)}
    school = {"id": 1, "name": "Bench", "timezone": "Europe/Moscow", "regulation": {}, "bot_id": BOT_ID}
    yield School, [school | {"created_at": NOW}]
    yield AcademicYear, [in_school | year | {"id": 1, "name": "2026"}]
    term = {"kind": "quarter", "ordinal": 1, "starts_on": SINCE, "ends_on": date(2026, 10, 25)}
    yield Term, [in_school | term | {"year_id": 1}]
    yield Subject, [in_school | {"id": 1, "name": "Алгебра", "key": "алгебра"}]


def _the_people(roll: Roll) -> Iterator[Written]:
    in_school = {"school_id": 1}
    tied = {"school_id": 1, "since_on": SINCE}
    everybody = (*roll.teacher_ids, *roll.student_ids, *roll.guardian_ids)
    yield Person, (in_school | {"id": one} | _name(one) for one in everybody)
    yield (
        SchoolClass,
        (
            in_school | {"id": one, "year_id": 1, "name": f"{one}Б", "key": f"{one}б", "level": 7}
            for one in roll.teacher_ids
        ),
    )
    yield PersonRole, (tied | {"person_id": one, "role": "teacher"} for one in roll.teacher_ids)
    yield PersonRole, (tied | {"person_id": one, "role": "guardian"} for one in roll.guardian_ids)
    yield Enrollment, (tied | {"student_id": one, "class_id": roll.class_of(one)} for one in roll.student_ids)
    on_paper = {"relation": "mother", "application": "№ 1", "application_on": SINCE, "consent_on": SINCE}
    yield (
        Guardianship,
        (tied | on_paper | {"guardian_id": one, "student_id": roll.student_of(one)} for one in roll.guardian_ids),
    )
    yield Consent, (in_school | {"person_id": one, "version": "1", "given_at": NOW} for one in roll.guardian_ids)
    wishes = {
        "mode": roll.mode,
        "digest_minute": 1110,
        "quiet_from_minute": 1260,
        "quiet_until_minute": 420,
        "changed_at": NOW,
    }
    yield Preferences, (wishes | {"person_id": one} for one in roll.guardian_ids)
    joined = in_school | {"bot_id": BOT_ID, "state": "active", "linked_at": NOW}
    numbers = [(one, TEACHER_USERS + one) for one in roll.teacher_ids]
    numbers += [(one, GUARDIAN_USERS + one) for one in roll.guardian_ids]
    yield TelegramAccount, (joined | {"person_id": one, "user_id": user, "chat_id": user} for one, user in numbers)


def _name(person: int) -> dict[str, str]:
    return {"last_name": f"Фамилия{person}", "first_name": "Имя", "key": f"фамилия{person} имя"}


def _the_lessons(roll: Roll, begins_at: datetime) -> Iterator[Written]:
    lesson = {
        "school_id": 1,
        "year_id": 1,
        "subject_id": 1,
        "on_date": TODAY,
        "slot": 3,
        "starts_at": begins_at,
        "ends_at": begins_at + timedelta(minutes=45),
    }
    yield Lesson, (lesson | {"id": one} for one in roll.teacher_ids)
    yield LessonTeacher, ({"lesson_id": one, "teacher_id": one} for one in roll.teacher_ids)
    yield LessonAudience, ({"lesson_id": one, "class_id": one} for one in roll.teacher_ids)
    column = {"kind": "answer", "ordinal": 1, "created_at": NOW}
    yield LessonWork, (column | {"id": one, "lesson_id": one, "author_id": one} for one in roll.teacher_ids)
