"""Growth: a tap, the diary and the journal on ten school years of one school (3 million marks) against its first week.

The years are written in bulk: lessons as rows, everything else by INSERT … SELECT inside the base. Every teacher has a
class of thirty with six lessons a day in six subjects; each lesson has one column with ten or eleven marks, a topic,
homework and now and then somebody absent. Both bases are asked the same questions in turns in this one process, so
that what else the machine does falls on both alike.
"""

import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, text

from bench.school import CHUNK, NOW, STUDENTS, fill, lesson_of, student_of
from bench.table import Row
from services.actor import Actor
from services.clock import StoppedClock
from services.diary import Diary
from services.marks import Marks
from storage.models.people import Enrollment
from storage.models.school import AcademicYear, SchoolClass, Subject, Term
from storage.models.timetable import Lesson
from storage.schema import migrate
from storage.uow import Storage, Uow
from storage.vocabulary import AccountId, BotId, PersonId, Role, SchoolId, WorkId

BOT_ID = 42
CLASSES, YEARS, DAYS, SLOTS, SUBJECTS = 27, 10, 170, 6, 6
FIRST_WEEK = 5  # school days
ROUNDS = 200
MOST = 1.25
FILL_TARGET = 300.0  # seconds


@dataclass
class Base:
    """One of the two bases, its offices, the revisions its marks have by now, and the times it took."""

    storage: Storage
    marks: Marks
    diary: Diary
    turn: int = 0
    seen: Counter[PersonId] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=dict)


async def measure(database: str | None) -> list[Row]:
    """How much slower the tap and the diary become. A `database` named is the grown one."""
    with tempfile.TemporaryDirectory() as folder:
        young = await _made(f"sqlite:///{folder}/young.db" if database is None else f"{database}_young", FIRST_WEEK, 1)
        begun = time.perf_counter()
        old = await _made(database or f"sqlite:///{folder}/old.db", DAYS, YEARS)
        filling = time.perf_counter() - begun
        marks = await _count(old.storage)
        for base in (young, old):
            await _questions(base, 20)
            base.took.clear()
        for _ in range(ROUNDS // 20):
            await _questions(young, 20)
            await _questions(old, 20)
        await young.storage.close()
        await old.storage.close()
    rows = [
        Row("growth: marks written in bulk", marks, "marks"),
        Row("growth: writing them", filling, "s", None, None, f"≤ {FILL_TARGET:g} s", filling <= FILL_TARGET),
    ]
    for name, times in old.took.items():
        value, baseline = (statistics.median(one) * 1000 for one in (times, young.took[name]))
        ratio = value / baseline
        rows.append(Row(f"growth: {name}", value, "ms", baseline, ratio, f"≤ {MOST} ×", ratio <= MOST))
    return rows


async def _made(url: str, days: int, years: int) -> Base:
    storage = Storage(url)
    await migrate(storage)
    await fill(storage, BOT_ID, CLASSES)
    await _past(storage, days, years)
    clock = StoppedClock(NOW)
    return Base(storage, Marks(storage, clock), Diary(storage, clock))


async def _questions(base: Base, rounds: int) -> None:
    """The same taps and views for everybody in turn."""
    for _ in range(rounds):
        teacher, seat = base.turn % CLASSES + 1, base.turn // CLASSES % STUDENTS
        base.turn += 1
        student = PersonId(student_of(teacher, seat, CLASSES))
        guardian = _actor(student + CLASSES * STUDENTS, Role.GUARDIAN)
        await _timed(base, "tap", _tap(base, teacher, student))
        await _timed(base, "diary, day", base.diary.day(guardian))
        await _timed(base, "diary, week", base.diary.week(guardian))
        await _timed(base, "diary, subjects", base.diary.subjects(guardian))


async def _tap(base: Base, teacher: int, student: PersonId) -> None:
    seen = base.seen[student]
    work = WorkId(lesson_of(teacher))
    await base.marks.put(_actor(teacher, Role.TEACHER), work, student, "54"[seen % 2], seen)
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


async def _past(storage: Storage, days: int, years: int) -> None:
    """School days before today: `days` of each of so many years, the last of them this year's."""
    async with storage.writing() as uow:
        await uow.execute(
            insert(Subject),
            [
                {"id": one, "school_id": 1, "name": f"Предмет {one}", "key": f"предмет {one}"}
                for one in range(2, SUBJECTS + 1)
            ],
        )
        for year in range(2, years + 1):
            starts = date(2027 - year, 9, 1)
            ended = {"starts_on": starts, "ends_on": date(starts.year + 1, 5, 31)}
            await uow.execute(insert(AcademicYear), {"id": year, "school_id": 1, "name": str(starts.year), **ended})
            await _classes(uow, year, starts, ended["ends_on"])
            await uow.execute(
                insert(Term), {"id": year, "school_id": 1, "year_id": year, "kind": "quarter", "ordinal": 1, **ended}
            )
    rows: list[dict[str, Any]] = []
    for row in _lessons(days, years):
        rows.append(row)
        if len(rows) == CHUNK:
            await _write(storage, rows)
    await _write(storage, rows)
    for statement in FILLING:
        async with storage.writing() as uow:
            await uow.execute(text(statement))
    async with storage.writing() as uow:
        await uow.execute(text("ANALYZE"))


async def _classes(uow: Uow, year: int, starts: date, ends: date) -> None:
    """The same students in the classes of an earlier year."""
    await uow.execute(
        insert(SchoolClass),
        [
            {"id": _class(year, one), "school_id": 1, "year_id": year, "name": f"{one}Б", "key": f"{one}б", "level": 7}
            for one in range(1, CLASSES + 1)
        ],
    )
    await uow.execute(
        insert(Enrollment),
        [
            {
                "school_id": 1,
                "student_id": student_of(one, seat, CLASSES),
                "class_id": _class(year, one),
                "since_on": starts,
                "until_on": ends,
            }
            for one in range(1, CLASSES + 1)
            for seat in range(STUDENTS)
        ],
    )


def _class(year: int, number: int) -> int:
    return (year - 1) * CLASSES + number


async def _write(storage: Storage, rows: list[dict[str, Any]]) -> None:
    if rows:
        async with storage.writing() as uow:
            await uow.execute(insert(Lesson), rows)
        rows.clear()


def _lessons(days: int, years: int) -> Iterator[dict[str, Any]]:
    """Lessons numbered from 1000 on: class, then slot, then day."""
    number = 1000
    for year in range(1, years + 1):
        first = date(2026, 9, 7) if year == 1 else date(2027 - year, 9, 1)
        for day in range(days if year > 1 or years == 1 else FIRST_WEEK):
            on = first - timedelta(days=day + 1) if year == 1 else first + timedelta(days=day * 9 // 6)
            for slot in range(1, SLOTS + 1):
                starts_at = datetime(on.year, on.month, on.day, 5, 0, tzinfo=UTC) + timedelta(hours=slot)
                for _ in range(CLASSES):
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


CLASS = f"(l.id - 1000) % {CLASSES} + 1"
SEATS = f"JOIN person p ON p.id > {CLASSES} + ({CLASS} - 1) * {STUDENTS} AND p.id <= {CLASSES} + ({CLASS}) * {STUDENTS}"
PAST = "FROM lesson l WHERE l.id >= 1000"
FILLING = (
    f"INSERT INTO lesson_teacher (lesson_id, teacher_id, substitute) SELECT l.id, {CLASS}, FALSE {PAST}",
    f"INSERT INTO lesson_audience (lesson_id, class_id) SELECT l.id, (l.year_id - 1) * {CLASSES} + {CLASS} {PAST}",
    "INSERT INTO lesson_work (id, lesson_id, kind, ordinal, author_id, created_at) "
    f"SELECT l.id, l.id, 'answer', 1, {CLASS}, l.starts_at {PAST}",
    *(
        "INSERT INTO lesson_record (lesson_id, part, rev, value, author_id, entered_at) "
        f"SELECT l.id, '{part}', 1, '{value}', {CLASS}, l.ends_at {PAST}"
        for part, value in (("topic", "Тема урока"), ("homework", "§ 5, № 12"), ("attendance", "confirmed"))
    ),
    "INSERT INTO mark (work_id, student_id, rev, value, comment, author_id, entered_at) "
    f"SELECT l.id, p.id, 1, CAST(2 + (l.id + p.id * 7) % 4 AS VARCHAR(8)), '', {CLASS}, l.ends_at "
    f"FROM lesson l {SEATS} "
    "WHERE l.id >= 1000 AND (l.id + p.id * 11) % 14 < 5",
    "INSERT INTO attendance (lesson_id, student_id, rev, code, author_id, entered_at) "
    f"SELECT l.id, p.id, 1, 'absent', {CLASS}, l.ends_at FROM lesson l {SEATS} "
    "WHERE l.id >= 1000 AND (l.id * 3 + p.id) % 40 = 0",
)
