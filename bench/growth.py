"""Growth: a tap and the diary on ten school years of one school (3 million marks) against its first week.

The years are written in bulk: lessons as rows, everything else by INSERT … SELECT inside the base. Every teacher has a
class of thirty with six lessons a day in six subjects; each lesson has one column with ten or eleven marks, a topic,
homework and now and then somebody absent. Both bases are asked the same questions in turns in this one process, so
that what else the machine does falls on both alike.
"""

import statistics
import time
from collections import Counter
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from bench.place import Place, opened
from bench.school import BOT_ID, NOW, Roll, add, fill, settled
from bench.sizes import Sizes
from bench.table import Row, against, judged
from services.actor import Actor
from services.clock import StoppedClock
from services.diary import Diary
from services.marks import Marks
from storage.models.people import Enrollment
from storage.models.school import AcademicYear, SchoolClass, Subject, Term
from storage.models.timetable import Lesson
from storage.uow import Storage
from storage.vocabulary import AccountId, BotId, PersonId, Role, SchoolId, WorkId

YEARS, SLOTS = 10, 6  # a subject a slot
FIRST_WEEK = 5  # school days
WARM_UP = 20  # rounds of questions
MOST = 1.25
FILL_TARGET = 300.0  # seconds


@dataclass
class Base:
    """One of the two bases, its offices, the revisions its marks have by now, and the times it took, in seconds."""

    storage: Storage
    roll: Roll
    marks: Marks
    diary: Diary
    turn: int = 0
    seen: Counter[PersonId] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=dict)


async def measure(place: Place, sizes: Sizes) -> list[Row]:
    """How much slower the tap and the diary become."""
    roll = Roll(sizes.growth_classes)
    with place.base() as first, place.base() as grown:
        young = await _made(first, roll, 0, 0)
        begun = time.perf_counter()
        old = await _made(grown, roll, YEARS, sizes.growth_days)
        filling = time.perf_counter() - begun
        marks = await _count(old.storage)
        for number in range(WARM_UP + sizes.growth_rounds):
            for base in (young, old):
                if number == WARM_UP:
                    base.took.clear()
                await _questions(base)
        for base in (young, old):
            await base.storage.close()
    return [
        Row(f"growth: marks written in bulk, {place.name}", marks, "marks"),
        judged(f"growth: writing them, {place.name}", filling, "s", "≤", FILL_TARGET),
        *(
            against(
                f"growth: {name}, {place.name}",
                statistics.median(times) * 1000,
                "ms",
                statistics.median(young.took[name]) * 1000,
                "≤",
                MOST,
            )
            for name, times in old.took.items()
        ),
    ]


async def _made(url: str, roll: Roll, years: int, days: int) -> Base:
    """A school in its second week, after so many whole years."""
    storage = await opened(url)
    await fill(storage, roll)
    await _past(storage, roll, years, days)
    clock = StoppedClock(NOW)
    return Base(storage, roll, Marks(storage, clock), Diary(storage, clock))


async def _questions(base: Base) -> None:
    """The same tap and views for everybody in turn."""
    seat, teacher = divmod(base.turn, base.roll.teachers)
    base.turn += 1
    student = PersonId(base.roll.student(teacher + 1, seat % base.roll.seats))
    guardian = _actor(base.roll.guardian(student), Role.GUARDIAN)
    await _timed(base, "tap", _tap(base, teacher + 1, student))
    await _timed(base, "diary, day", base.diary.day(guardian))
    await _timed(base, "diary, week", base.diary.week(guardian))
    await _timed(base, "diary, subjects", base.diary.subjects(guardian))


async def _tap(base: Base, teacher: int, student: PersonId) -> None:
    seen = base.seen[student]
    await base.marks.put(_actor(teacher, Role.TEACHER), WorkId(teacher), student, "54"[seen % 2], seen)
    base.seen[student] += 1


async def _timed(base: Base, name: str, asked: Awaitable[Any]) -> None:
    begun = time.perf_counter()
    await asked
    base.took.setdefault(name, []).append(time.perf_counter() - begun)


def _actor(person: int, role: Role) -> Actor:
    return Actor(
        PersonId(person),
        AccountId(person),
        SchoolId(1),
        frozenset({role}),
        False,
        "ru",
        ZoneInfo("Europe/Moscow"),
        BotId(BOT_ID),
        person,
        person,
        None,
    )


async def _count(storage: Storage) -> int:
    async with storage.reading() as uow:
        return int((await uow.execute(text("SELECT count(*) FROM mark"))).scalar_one())


# The past


async def _past(storage: Storage, roll: Roll, years: int, days: int) -> None:
    """The first week of this year, numbered 1, and so many whole years of `days` school days before it."""
    subjects = ({"id": one, "school_id": 1, "name": f"Предмет {one}", "key": f"предмет {one}"} for one in _OTHERS)
    await add(storage, Subject, subjects)
    for year in range(2, years + 2):
        await _year(storage, roll, year)
    await add(storage, Lesson, _lessons(roll, years, days))
    for statement in _filling(roll):
        async with storage.writing() as uow:
            await uow.execute(text(statement))
    await settled(storage)


_OTHERS = range(2, SLOTS + 1)


async def _year(storage: Storage, roll: Roll, year: int) -> None:
    """An earlier year, and the same students in its classes."""
    starts = date(2027 - year, 9, 1)
    ended = {"school_id": 1, "starts_on": starts, "ends_on": date(starts.year + 1, 5, 31)}
    await add(storage, AcademicYear, [ended | {"id": year, "name": str(starts.year)}])
    await add(storage, Term, [ended | {"id": year, "year_id": year, "kind": "quarter", "ordinal": 1}])
    classes = {"school_id": 1, "year_id": year, "level": 7}
    first = (year - 1) * roll.teachers
    await add(
        storage,
        SchoolClass,
        (classes | {"id": first + one, "name": f"{one}Б", "key": f"{one}б"} for one in roll.teacher_ids),
    )
    in_class = {"school_id": 1, "since_on": starts, "until_on": ended["ends_on"]}
    await add(
        storage,
        Enrollment,
        (in_class | {"student_id": one, "class_id": first + roll.class_of(one)} for one in roll.student_ids),
    )


def _lessons(roll: Roll, years: int, days: int) -> Iterator[dict[str, Any]]:
    """Lessons numbered from PAST on: class, then slot, then day."""
    number = PAST
    for year in range(1, years + 2):
        for on in _days(year, days):
            for slot in range(1, SLOTS + 1):
                starts_at = datetime(on.year, on.month, on.day, 5, 0, tzinfo=UTC) + timedelta(hours=slot)
                for _ in range(roll.teachers):
                    yield {
                        "id": number,
                        "school_id": 1,
                        "year_id": year,
                        "subject_id": slot,
                        "on_date": on,
                        "slot": slot,
                        "starts_at": starts_at,
                        "ends_at": starts_at + timedelta(minutes=45),
                    }
                    number += 1


def _days(year: int, days: int) -> Iterator[date]:
    if year == 1:
        yield from (date(2026, 9, 7) - timedelta(days=day) for day in range(1, FIRST_WEEK + 1))
    else:
        yield from (date(2027 - year, 9, 1) + timedelta(days=day * 3 // 2) for day in range(days))


PAST = 1000  # the lessons of the past are numbered from here


def _filling(roll: Roll) -> Iterator[str]:
    """What stands in the lessons of the past."""
    past = f"FROM lesson l WHERE l.id >= {PAST}"
    school_class = f"((l.id - {PAST}) % {roll.teachers} + 1)"
    last = f"{roll.teachers} + {school_class} * {roll.seats}"
    seated = f"FROM lesson l JOIN person p ON p.id > {last} - {roll.seats} AND p.id <= {last} WHERE l.id >= {PAST}"
    yield f"INSERT INTO lesson_teacher (lesson_id, teacher_id, substitute) SELECT l.id, {school_class}, FALSE {past}"
    yield (
        "INSERT INTO lesson_audience (lesson_id, class_id) "
        f"SELECT l.id, (l.year_id - 1) * {roll.teachers} + {school_class} {past}"
    )
    yield (
        "INSERT INTO lesson_work (id, lesson_id, kind, ordinal, author_id, created_at) "
        f"SELECT l.id, l.id, 'answer', 1, {school_class}, l.starts_at {past}"
    )
    for part, value in (("topic", "Тема урока"), ("homework", "§ 5, № 12"), ("attendance", "confirmed")):
        yield (
            "INSERT INTO lesson_record (lesson_id, part, rev, value, author_id, entered_at) "
            f"SELECT l.id, '{part}', 1, '{value}', {school_class}, l.ends_at {past}"
        )
    yield (
        "INSERT INTO mark (work_id, student_id, rev, value, comment, author_id, entered_at) "
        f"SELECT l.id, p.id, 1, CAST(2 + (l.id + p.id * 7) % 4 AS VARCHAR(8)), '', {school_class}, l.ends_at "
        f"{seated} AND (l.id + p.id * 11) % 14 < 5"
    )
    yield (
        "INSERT INTO attendance (lesson_id, student_id, rev, code, author_id, entered_at) "
        f"SELECT l.id, p.id, 1, 'absent', {school_class}, l.ends_at {seated} AND (l.id * 3 + p.id) % 40 = 0"
    )
