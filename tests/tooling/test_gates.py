"""`./zvonok gates` and the night: what is run in what order, what isn't run again, and the table that comes of it."""

import json
import os
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.delivery.gates import __main__ as gates
from tests.delivery.gates import counts, table
from tests.delivery.gates.table import Row

HELD = Row(
    "kill -9", "SQLite", "lost 0", True, kills=25, deeds=1_200, lost=0, test="a::b", at="2026-11-22 03:00", load=0.5
)


class Runs:
    """What would be run, and how it ends."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, dict[str, str]]] = []
        self.ends: dict[str, int] = {}

    def __call__(self, words: list[str], *, env: dict[str, str], **more: Any) -> subprocess.CompletedProcess[str]:
        self.parts.append((Path(words[-1]).name, env))
        return subprocess.CompletedProcess(words, self.ends.get(self.parts[-1][0], 0))

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.parts]


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    found = Runs()
    monkeypatch.setattr(subprocess, "run", found)
    for name in (table.RESULTS, counts.COLUMN, counts.OTHERS):
        monkeypatch.setenv(name, os.environ.get(name, ""))  # what the command sets is put back
    return found


def called(*words: str | Path) -> Result:
    return CliRunner().invoke(gates.main, [str(word) for word in words])


def test_a_night_begins_with_the_tests_and_ends_with_what_measures_time_and_the_leaks(runs: Runs) -> None:
    assert called("--nightly", "--whole").exit_code == 0
    assert runs.names[:3] == ["tests", "test_kills.py", "test_faults.py"]
    assert runs.names[-4:] == ["test_limits.py", "test_intake.py", "test_leaks.py", "test_fuzz.py"]
    assert {path.name for path in gates.HERE.glob("test_*.py")} <= set(runs.names)
    (_, first), (_, gate), (_, leaks), (_, fuzz) = runs.parts[0], runs.parts[1], runs.parts[-2], runs.parts[-1]
    assert table.RESULTS not in first and first[counts.COLUMN] == "quick"
    assert gate[table.RESULTS] and gate[counts.COLUMN] == "nightly"
    assert (leaks["ZVONOK_LEAK_STEPS"], fuzz["ZVONOK_FUZZ"]) == ("50000", "10000")


def test_a_night_that_was_stopped_goes_on_where_it_stood(runs: Runs, tmp_path: Path) -> None:
    file = tmp_path / "night.jsonl"
    runs.ends["test_kills.py"] = 1
    assert called("--nightly", "--resume", file).exit_code == 1
    runs.parts.clear()
    runs.ends.clear()
    assert called("--nightly", "--resume", file).exit_code == 0
    assert runs.names == ["test_kills.py"]
    runs.parts.clear()
    assert called("--nightly", "--resume", file).exit_code == 0
    assert runs.names == []


def test_of_a_gate_that_ran_again_the_newest_row_stands(runs: Runs, tmp_path: Path) -> None:
    file = tmp_path / "night.jsonl"
    failed = asdict(HELD) | {"held": False, "lost": 2}
    control = asdict(HELD) | {"held": False, "mistake": "sent_before_committed"}
    file.write_text("".join(json.dumps(row) + "\n" for row in (failed, asdict(HELD), control)), encoding="utf-8")
    drawn = called("--draw", "--resume", file)
    assert (drawn.exit_code, runs.parts) == (0, [])
    assert drawn.output.count("kill -9") == 2
    assert "| kill -9 | SQLite | 25 | 1,200 | 0 | — | — | — | — | lost 0 | held |" in drawn.output
    assert "sent before committed | red, as it must be" in drawn.output
    file.write_text(json.dumps(failed) + "\n", encoding="utf-8")
    assert called("--draw", "--resume", file).exit_code == 1


def test_the_table_is_kept_between_its_marks(runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paper = tmp_path / "gates.md"
    paper.write_text("Before\n<!-- nightly -->\nbefore this\n<!-- end of nightly -->\nAfter\n", encoding="utf-8")
    monkeypatch.setattr(gates, "PAPER", paper)
    file = tmp_path / "night.jsonl"
    file.write_text(json.dumps(asdict(HELD)) + "\n", encoding="utf-8")
    assert called("--nightly", "--draw", "--resume", file, "--write").exit_code == 0
    text = paper.read_text(encoding="utf-8")
    assert text.startswith("Before\n<!-- nightly -->\n") and text.endswith("<!-- end of nightly -->\nAfter\n")
    assert (
        "2026-11-22 03:00 to 2026-11-22 03:00 UTC" in text and "load average 0.5" in text and "before this" not in text
    )


def test_a_word_that_does_not_exist_is_named(runs: Runs) -> None:
    for words in (["--nightlly"], ["--count", "deads=5"], ["--count", "deeds=many"]):
        wrong = called(*words)
        assert wrong.exit_code == 2 and words[-1] in wrong.output
    assert runs.parts == []
    runs.ends = dict.fromkeys([path.name for path in gates.HERE.glob("test_*.py")], gates.NOTHING_CHOSEN)
    nowhere = called("--only", "kels")
    assert nowhere.exit_code == 1 and "kels" in nowhere.output


def test_another_number_than_the_columns_reaches_the_gates(runs: Runs) -> None:
    assert called("--nightly", "--count", "deeds=5000").exit_code == 0
    assert {env[counts.OTHERS] for _, env in runs.parts} == {'{"deeds": 5000}'}
