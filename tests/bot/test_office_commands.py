"""The office's commands as processes: founding, listing, inviting; what is missing is said in a sentence."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main

PROJECT = Path(__file__).parents[2]
SAMPLE = PROJECT / "school.example.toml"
pytestmark = pytest.mark.slow


class Office:
    """Runs `./zvonok` words on a base of its own; the messenger can't be reached."""

    def __init__(self, folder: Path, *, token: bool = True) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("BOT_", "DATABASE", "DATA"))}
        own = {"BOT_TOKEN": "1:x", "BOT_API_BASE": "http://127.0.0.1:9"} if token else {}
        self._environment = {**clean, **own, "DATA_DIR": str(folder), "PYTHONPATH": str(PROJECT)}

    def does(self, *words: str) -> str:
        """What a command prints; it must succeed."""
        done = self._run(words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def is_refused(self, *words: str) -> str:
        """The one sentence a command refuses with."""
        done = self._run(words)
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stderr
        return done.stderr

    def _run(self, words: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bot", *words], env=self._environment, capture_output=True, text=True, timeout=60
        )


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_a_school_begins_with_its_administrator_s_code(office: Office, tmp_path: Path) -> None:
    founded = json.loads(office.does("school", "new", str(SAMPLE), "--json"))
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir()), "others may read the base or the key"
    assert len(founded["code"].replace("-", "")) == 10
    assert len(founded["token"]) == 32
    [administrator] = json.loads(office.does("people", "--json"))
    assert administrator["id"] == founded["administrator"]
    assert administrator["name"] == "Орлова Анна Сергеевна"
    assert administrator["roles"] == ["administrator"]
    assert "администратор" in office.does("people")


def test_a_code_s_second_issue_replaces_the_first(office: Office) -> None:
    founded = json.loads(office.does("school", "new", str(SAMPLE), "--json"))
    again = json.loads(office.does("invite", "staff", str(founded["administrator"]), "--json"))
    assert again["code"] != founded["code"]
    assert "Действует до" in office.does("invite", "staff", str(founded["administrator"]))


def test_no_family_code_for_somebody_who_is_nobody_s_guardian(office: Office) -> None:
    office.does("school", "new", str(SAMPLE))
    assert "Орлова Анна Сергеевна" in office.is_refused("invite", "family", "1")
    assert "17" in office.is_refused("invite", "staff", "17")


def test_a_school_is_the_bot_s_that_founded_it_until_another_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"DATA_DIR": str(tmp_path), "BOT_API_BASE": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)

    def said(bot: int, *words: str) -> str:
        monkeypatch.setenv("BOT_TOKEN", f"{bot}:x")
        return CliRunner().invoke(main, words).output

    founded = json.loads(said(1, "school", "new", str(SAMPLE), "--json"))
    who = str(founded["administrator"])
    assert "бот 1, не работает" in said(2, "school", "list")
    assert "обслуживает другой бот, № 1" in said(2, "invite", "staff", who)
    assert said(2, "school", "take", "99") == "Школы № 99 в этой базе нет. Есть: 1\n"
    said(2, "school", "take", str(founded["school"]))
    assert "бот 2, этот, не работает" in said(2, "school", "list")
    assert "Действует до" in said(2, "invite", "staff", who)
    assert "№ 2" in said(1, "invite", "staff", who)
    monkeypatch.setenv("BOT_TOKEN", "no token")
    assert "123456:ABC" in CliRunner().invoke(main, ["school", "take", str(founded["school"])]).output


def test_a_word_that_is_no_command_is_named_with_where_to_find_them() -> None:
    answer = CliRunner().invoke(main, ["bakcup"])
    assert (answer.exit_code, answer.output) == (2, "Такой команды нет: bakcup. Все команды — ./zvonok --help\n")


def test_an_empty_base_says_which_command_comes_next(office: Office) -> None:
    assert "./zvonok school new" in office.is_refused("people")


def test_a_base_that_cannot_be_used_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    garbage, later = tmp_path / "garbage.db", tmp_path / "later.db"
    garbage.write_text("no base at all", encoding="utf-8")
    with sqlite3.connect(later) as base:
        base.execute("CREATE TABLE alembic_version (version_num TEXT)")
        base.execute("INSERT INTO alembic_version VALUES ('99999999_later')")
    told = {
        "postgresql://nobody@127.0.0.1:9/none": "База не открывается (OperationalError)",
        f"sqlite:///{garbage}": "База не открывается (DatabaseError)",
        "mysql://server/base": "База не открывается (ValueError)",
        f"sqlite:///{later}": "База от более поздней версии программы",
    }
    for url, sentence in told.items():
        monkeypatch.setenv("DATABASE_URL", url)
        for word in ("people", "migrate"):
            answer = CliRunner().invoke(main, [word])
            assert answer.exit_code == 1 and answer.output.startswith(sentence), (url, word, answer)
            assert answer.output.count("\n") == 1


def test_without_a_token_a_school_of_one_s_own_is_not_founded_in_the_demo(tmp_path: Path) -> None:
    assert "BOT_TOKEN" in Office(tmp_path, token=False).is_refused("school", "new", str(SAMPLE))
    assert "Учебной школы ещё нет" in Office(tmp_path, token=False).is_refused("people")


def test_a_wrong_description_founds_nothing(office: Office, tmp_path: Path) -> None:
    wrong = tmp_path / "school.toml"
    wrong.write_text(SAMPLE.read_text(encoding="utf-8").replace("Europe/Moscow", "Москва"), encoding="utf-8")
    assert "timezone" in office.is_refused("school", "new", str(wrong))
    assert "./zvonok school new" in office.is_refused("people")


def test_the_demo_is_never_seeded_where_a_token_is_set(office: Office) -> None:
    assert "BOT_TOKEN" in office.is_refused("demo-data")
