"""The demo school in a real base, on both engines, against counts made from its files by hand and by `csv`."""

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from sqlalchemy import text

from bot.demo import seed as seeding
from bot.demo.moment import ZONE
from bot.demo.seed import Beginning, NotEmpty, of_year, prepare, seed
from services.clock import StoppedClock
from storage.uow import Storage

SUNDAY = date(2026, 11, 22)
PLANNED_WEEK = {"7А": 38, "7Б": 38, "10А": 12, "1А": 17}
"""Cards of the timetable by class, counted by hand; two groups at once are two."""


def silence(_line: str) -> None:
    """Nobody listens."""


async def ask(storage: Storage, question: str, **values: Any) -> list[tuple[Any, ...]]:
    async with storage.reading() as uow:
        return [tuple(row) for row in await uow.execute(text(question), values)]


async def counts(storage: Storage) -> dict[str, int]:
    tables = (
        "person",
        "guardianship",
        "lesson",
        "lesson_record",
        "attendance",
        "lesson_work",
        "mark",
        "item",
        "letter",
    )
    return {table: (await ask(storage, f"SELECT count(*) FROM {table}"))[0][0] for table in tables}


def rows_of(name: str) -> list[dict[str, str]]:
    with (seeding.DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def moment(stored: Any) -> datetime:
    """A stored moment: SQLite's raw answer is a text without a zone."""
    value = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value


async def test_the_demo_school_is_what_its_files_say(storage: Storage) -> None:
    said: list[str] = []
    beginning = await prepare(storage, SUNDAY, said.append)
    assert beginning.at.astimezone(ZONE) == datetime(2026, 11, 23, 10, 28, tzinfo=ZONE)
    assert beginning.lesson == beginning.at + timedelta(minutes=10)
    assert said[0] == "Заводим учебную школу: Школа № 7 «Звонок»"
    assert said[-1].startswith("Учебная школа готова: записан")

    students = rows_of("roster.csv")
    enrolled = await ask(
        storage, "SELECT c.name, count(*) FROM enrollment e JOIN school_class c ON c.id = e.class_id GROUP BY c.name"
    )
    assert dict(enrolled) == {"7А": 29, "7Б": 30, "10А": 9, "1А": 10}
    assert dict(enrolled) == Counter(row["Класс"] for row in students)
    guardians = {row[f"Родитель {n}"] for row in students for n in (1, 2)} - {""}
    roles = dict(await ask(storage, "SELECT role, count(*) FROM person_role GROUP BY role"))
    assert roles == {
        "administrator": 2, "deputy": 1, "director": 1, "secretary": 1, "teacher": 16, "student": 78,
        "guardian": len(guardians),
    }  # fmt: skip
    ready = sum(bool(row[f"Дата согласия {n}"]) for row in students for n in (1, 2))
    stored = await ask(storage, "SELECT count(*) FROM guardianship WHERE consent_on IS NOT NULL")
    assert stored == [(ready,)]
    halves = await ask(storage, "SELECT count(*) FROM subgroup_member GROUP BY subgroup_id")
    assert sorted(count for (count,) in halves) == [14, 15, 15, 15]
    topics = await ask(storage, "SELECT count(*), sum(hours) FROM plan_topic")
    plans = rows_of("plans.csv")
    assert (topics[0][0], int(topics[0][1])) == (len(plans), sum(int(row["Часы"]) for row in plans))


async def test_lessons_stand_for_three_weeks_back_and_four_ahead_and_the_past_is_written(storage: Storage) -> None:
    beginning = await prepare(storage, SUNDAY, silence)
    days = await ask(storage, "SELECT min(on_date), max(on_date) FROM lesson")
    assert [str(day) for day in days[0]] == ["2026-11-02", "2026-12-21"]
    by_class = await ask(
        storage,
        "SELECT c.name, count(*) FROM lesson l JOIN lesson_audience a ON a.lesson_id = l.id"
        " JOIN school_class c ON c.id = a.class_id WHERE l.on_date BETWEEN :since AND :until GROUP BY c.name",
        since=date(2026, 11, 16),
        until=date(2026, 11, 20),
    )
    one_of_two = {"7А": 1, "7Б": 1}  # the seventh lesson takes turns: odd weeks, even weeks
    assert dict(by_class) == {name: count - one_of_two.get(name, 0) for name, count in PLANNED_WEEK.items()}

    parts: dict[int, set[str]] = {}
    for lesson_id, part in await ask(storage, "SELECT lesson_id, part FROM lesson_record"):
        parts.setdefault(lesson_id, set()).add(part)
    gaps = []
    lessons = await ask(
        storage,
        "SELECT l.id, l.ends_at, c.name, s.name FROM lesson l JOIN subject s ON s.id = l.subject_id"
        " JOIN lesson_audience a ON a.lesson_id = l.id JOIN school_class c ON c.id = a.class_id",
    )
    for lesson_id, ends_at, class_name, subject in lessons:
        over = moment(ends_at) <= beginning.at
        whole = {"topic", "attendance"} if class_name == "1А" else {"topic", "attendance", "homework"}
        if parts.get(lesson_id, set()) != (whole if over else set()):
            gaps.append((class_name, subject, whole - parts.get(lesson_id, set())))
    assert gaps == [("7А", "Алгебра", {"homework"})]
    assert (await counts(storage))["item"] == (await counts(storage))["letter"] == 0


async def test_every_topic_is_of_the_plan_of_its_subject_and_level_and_goes_on_in_order(storage: Storage) -> None:
    await prepare(storage, SUNDAY, silence)
    rows = await ask(
        storage,
        "SELECT l.subject_id, c.level, a.class_id, coalesce(a.subgroup_id, 0), l.starts_at, r.value, t.title,"
        " p.subject_id, p.level, t.ordinal FROM lesson_record r JOIN lesson l ON l.id = r.lesson_id"
        " JOIN lesson_audience a ON a.lesson_id = l.id JOIN school_class c ON c.id = a.class_id"
        " LEFT JOIN plan_topic t ON t.id = r.plan_topic_id LEFT JOIN lesson_plan p ON p.id = t.plan_id"
        " WHERE r.part = 'topic' ORDER BY l.starts_at",
    )
    courses: dict[tuple[int, int, int], list[int]] = {}
    for subject, level, class_id, subgroup, _at, value, title, plan_subject, plan_level, ordinal in rows:
        assert (value, subject, level) == (title, plan_subject, plan_level)
        courses.setdefault((subject, class_id, subgroup), []).append(ordinal)
    assert len(courses) == 47  # lessons of the timetable's file, but those of alternate weeks are one course
    for ordinals in courses.values():
        steps = [after - before for before, after in pairwise(ordinals)]
        assert set(steps) <= {0, 1}
    started = {course: ordinals[0] for course, ordinals in courses.items()}
    assert min(started.values()) > 1, "in November no plan is at its beginning"


async def test_marks_and_absences_are_of_students_who_sit_there_and_were_there(storage: Storage) -> None:
    await prepare(storage, SUNDAY, silence)
    seated = set(
        await ask(
            storage,
            "SELECT a.lesson_id, e.student_id FROM lesson_audience a JOIN enrollment e ON e.class_id = a.class_id"
            " WHERE a.subgroup_id IS NULL UNION SELECT a.lesson_id, m.student_id FROM lesson_audience a"
            " JOIN subgroup_member m ON m.subgroup_id = a.subgroup_id",
        )
    )
    marked = set(
        await ask(storage, "SELECT w.lesson_id, m.student_id FROM mark m JOIN lesson_work w ON w.id = m.work_id")
    )
    absent = set(await ask(storage, "SELECT lesson_id, student_id FROM attendance WHERE code = 'absent'"))
    assert len(marked) > 1000 and len(absent) > 50
    assert marked <= seated and absent <= seated
    assert not marked & absent
    first_class = await ask(
        storage,
        "SELECT count(*) FROM lesson_work w JOIN lesson_audience a ON a.lesson_id = w.lesson_id"
        " JOIN school_class c ON c.id = a.class_id WHERE c.level = 1",
    )
    assert first_class == [(0,)]


async def test_the_demo_school_is_refused_where_a_school_is_and_nothing_changes(storage: Storage) -> None:
    await seed(storage, StoppedClock(datetime(2026, 11, 23, 7, 28, tzinfo=UTC)), silence)
    before = await counts(storage)
    with pytest.raises(NotEmpty) as refused:
        await seed(storage, StoppedClock(datetime(2026, 11, 24, 7, 28, tzinfo=UTC)), silence)
    assert refused.value.say() == "В этой базе уже есть школа: учебная школа заводится только в пустой."
    assert await counts(storage) == before


@pytest.mark.slow
async def test_the_same_day_makes_the_same_school(sqlite_url: str, tmp_path: Path) -> None:
    from tests.support.databases import sqlite_file

    made = []
    for url in (sqlite_url, sqlite_file(tmp_path / "twin.db")):
        storage = Storage(url)
        await prepare(storage, SUNDAY, silence)
        marks = await ask(storage, "SELECT work_id, student_id, value, comment, entered_at FROM mark ORDER BY 1, 2")
        texts = await ask(storage, "SELECT lesson_id, part, value FROM lesson_record ORDER BY 1, 2")
        made.append((marks, texts))
        await storage.close()
    assert made[0] == made[1]


@pytest.mark.slow
async def test_a_demo_goes_on_the_next_day_with_what_was_skipped_written_and_gaps_left(sqlite_url: str) -> None:
    storage = Storage(sqlite_url)
    await prepare(storage, SUNDAY, silence)
    again = await prepare(storage, SUNDAY, silence)
    assert again == Beginning(datetime(2026, 11, 23, 7, 38, tzinfo=UTC))
    untouched = await ask(storage, "SELECT count(*) FROM lesson_record")
    later = await prepare(storage, date(2026, 11, 25), silence)
    assert later == Beginning(datetime(2026, 11, 25, 7, 38, tzinfo=UTC))
    empty = await ask(
        storage,
        "SELECT count(*) FROM lesson WHERE ends_at <= :now AND id NOT IN (SELECT lesson_id FROM lesson_record)",
        now="2026-11-25 07:38:00.000000",
    )
    assert empty == [(0,)]
    assert await ask(storage, "SELECT count(*) FROM lesson_record") > untouched
    without_homework = await ask(
        storage,
        "SELECT DISTINCT l.on_date FROM lesson l JOIN lesson_audience a ON a.lesson_id = l.id"
        " JOIN school_class c ON c.id = a.class_id WHERE c.level > 1 AND l.ends_at <= :now"
        " AND l.id NOT IN (SELECT lesson_id FROM lesson_record WHERE part = 'homework') ORDER BY 1",
        now="2026-11-25 07:38:00.000000",
    )
    assert without_homework == [("2026-11-23",), ("2026-11-25",)]
    await storage.close()


def test_the_timetable_gives_the_demos_teacher_the_third_lesson_of_7b_every_day() -> None:
    root = ElementTree.parse(seeding.DATA / "timetable.xml").getroot()
    teacher = next(one.get("id") for one in root.iter("teacher") if one.get("lastname") == "Ковалёв")
    class_id = next(one.get("id") for one in root.iter("class") if one.get("name") == "7Б")
    theirs = {
        one.get("id")
        for one in root.iter("lesson")
        if one.get("teacherids") == teacher and one.get("classids") == class_id
    }
    third = [one for one in root.iter("card") if one.get("lessonid") in theirs and one.get("period") == "3"]
    assert sorted(str(one.get("days")).index("1") for one in third) == [0, 1, 2, 3, 4]
    assert {one.get("weeks") for one in third} == {"11"}


def test_nobody_teaches_or_sits_in_two_rooms_at_once() -> None:
    root = ElementTree.parse(seeding.DATA / "timetable.xml").getroot()
    lessons = {one.get("id"): one for one in root.iter("lesson")}
    taken: Counter[tuple[str | None, ...]] = Counter()
    for card in root.iter("card"):
        lesson = lessons[card.get("lessonid")]
        for week, sign in enumerate(str(card.get("weeks"))):
            for what in ("teacherids", "classroomids", "groupids"):
                taken[what, lesson.get(what), card.get("days"), card.get("period"), str(week)] += sign == "1"
    assert max(taken.values()) == 1


def test_dates_of_the_lists_move_with_the_year() -> None:
    assert of_year("28.08.2026;02.11.2012;№ 15", 2028) == "28.08.2028;02.11.2014;№ 15"
    assert of_year("+7 000 555-01-01", 2028) == "+7 000 555-01-01"
    students = rows_of("roster.csv")
    assert not any("29.02." in value for row in students for value in row.values())


def test_telephones_are_of_a_code_that_nobody_has() -> None:
    numbers = [row[f"Телефон родителя {n}"] for row in rows_of("roster.csv") for n in (1, 2)]
    numbers += [row["Телефон"] for row in rows_of("staff.csv")]
    assert {number[:6] for number in numbers if number} == {"+7 000"}
