"""`./zvonok import …` as it is typed: what is printed, what it ends with, what it leaves in the base."""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from storage.uow import Storage
from tests.imports.school import SCHOOL_1251, founded
from tests.support import databases

LEVELS = ("--level", "7Б=7", "--level", "8 А=8", "--level", "Педсовет=-")
SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"

Typed = Callable[..., Result]


def apart(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a thread of its own, as the command does with its own."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A SQLite file with the school founded in it."""
    path = tmp_path / "zvonok.db"
    url = databases.sqlite_file(path)

    async def found() -> None:
        storage = Storage(url)
        try:
            await founded(storage)
        finally:
            await storage.close()

    apart(found())
    return path


@pytest.fixture
def typed(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{base}")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ZVONOK_NOW", "2026-09-02T09:00+03:00")
    monkeypatch.delenv("BOT_TOKEN", raising=False)

    def run(*arguments: str | Path, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, ["import", *map(str, arguments)], input=stdin)

    return run


@pytest.fixture
def timetable(tmp_path: Path) -> Path:
    path = tmp_path / "расписание.xml"
    path.write_bytes(SCHOOL_1251)
    return path


def count(base: Path, table: str) -> int:
    with sqlite3.connect(base) as connection:
        number: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    connection.close()
    return number


def test_a_timetable_is_tried_applied_and_found_the_same(typed: Typed, timetable: Path, base: Path) -> None:
    tried = typed("asc", timetable, "--dry-run", *LEVELS)
    assert tried.exit_code == 0, tried.output
    assert "Это была проба: ничего не записано." in tried.output
    assert count(base, "timetable_entry") == 0
    applied = typed("asc", timetable, *LEVELS)
    assert applied.exit_code == 0, applied.output
    assert applied.output.rstrip().endswith("Записано.")
    assert "Занятия" in applied.output
    assert count(base, "timetable_entry") == 46
    again = typed("asc", timetable, *LEVELS)
    assert again.output.rstrip().endswith("Всё это уже есть в базе: менять нечего.")


def test_errors_end_the_command_with_one_and_name_the_rows(typed: Typed, timetable: Path, base: Path) -> None:
    result = typed("asc", timetable)
    assert result.exit_code == 1
    assert "Какая параллель у класса «8-А»?" in result.output
    assert "✗ строка" in result.output
    assert "Ничего не записано" in result.output
    assert count(base, "school_class") == 0


def test_levels_of_many_classes_come_from_a_file(typed: Typed, timetable: Path, tmp_path: Path) -> None:
    levels = tmp_path / "levels.csv"
    levels.write_bytes("Класс;Параллель\n7 Б;7\n8-А;8 класс\nПедсовет;-\n".encode("windows-1251"))
    assert typed("asc", timetable, "--levels", levels).exit_code == 0
    levels.write_text("7Б=7\n8А = восьмая\n", encoding="utf-8")
    refused = typed("asc", timetable, "--levels", levels)
    assert refused.exit_code == 1
    assert "В «8А = восьмая» не видно параллели." in refused.output


def test_lists_and_plans_follow_the_timetable(typed: Typed, timetable: Path, base: Path) -> None:
    typed("asc", timetable, *LEVELS)
    lists = typed("roster", SAMPLES / "roster.xlsx")
    assert lists.exit_code == 0, lists.output
    assert "Родители" in lists.output
    plans = typed("plans", SAMPLES / "plans.csv")
    assert plans.exit_code == 0, plans.output
    assert "часов: 6" in plans.output
    assert (count(base, "enrollment"), count(base, "plan_topic")) == (5, 8)


def test_a_plan_may_be_pasted(typed: Typed, timetable: Path, base: Path) -> None:
    typed("asc", timetable, *LEVELS)
    result = typed("plans", "-", "--subject", "Алгебра", "--for-level", "7", stdin="1. Степени — 2 ч\n2. Дроби\n")
    assert result.exit_code == 0, result.output
    assert count(base, "plan_topic") == 2


@pytest.mark.parametrize(
    ("command", "content", "sentence"),
    [
        ("asc", b"<html/>", "Это XML, но не расписание aSc."),
        ("roster", b"\xd0\xcf\x11\xe0xls", "Это старый файл Excel (.xls)"),
        ("plans", b"", "Файл пуст."),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(
    typed: Typed, tmp_path: Path, command: str, content: bytes, sentence: str
) -> None:
    path = tmp_path / "файл"
    path.write_bytes(content)
    result = typed(command, path)
    assert result.exit_code == 1
    assert sentence in result.output
    assert "Traceback" not in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_an_empty_base_says_what_to_do_first(typed: Typed, timetable: Path, base: Path) -> None:
    with sqlite3.connect(base) as connection:
        for table in ("audit_entry", "person_role", "person", "calendar_day", "lesson_slot", "bells", "term"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute("DELETE FROM academic_year")
        connection.execute("DELETE FROM school")
    connection.close()
    result = typed("asc", timetable)
    assert result.exit_code == 1
    assert "./zvonok school new" in result.output
