"""The benches run, say what they found in one form, and don't hide a miss. Their figures are nobody's business here."""

import json
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import pytest

from bench import __main__ as command
from bench import paper
from bench.api import TOKEN, serving
from bench.place import Place
from bench.sizes import Sizes
from bench.table import Row, against, judged, middle, percentile
from bot.sandbox.limits import Limiter, Limits

FIELDS = ["name", "value", "unit", "baseline", "ratio", "target", "ok"]
EXACT = ("limits: told to wait (429)", "storm pressed into 0.02 min: lost", "storm pressed into 0.02 min: alarms sent")


@pytest.mark.slow
@pytest.mark.parametrize("name", command.BENCHES)
def test_a_bench_runs_and_keeps_its_rows(name: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    code = command.main([name, "--tiny", "--engine", "sqlite", "--json", str(file)])
    rows = [Row(**row) for row in json.loads(file.read_text(encoding="utf-8"))]
    assert rows
    assert all(row.name.startswith(name) and row.name.endswith(", SQLite") for row in rows)
    assert all(row.ok for row in rows if row.name.startswith(EXACT)), "nothing is lost, doubled or refused at any size"
    assert code == int(any(row.ok is False for row in rows))


def found(monkeypatch: pytest.MonkeyPatch, *rows: Row) -> None:
    """The only bench there is finds these rows."""

    async def measure(place: Place, sizes: Sizes) -> Sequence[Row]:
        return rows

    monkeypatch.setattr(command, "BENCHES", {"made": measure})


@pytest.mark.parametrize(("taken", "code"), [(250.0, 0), (251.0, 1)])
def test_a_missed_target_is_an_exit_code(taken: float, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, Row("made: shown only", 1.0, "s"), judged("made: tap", taken, "ms", "≤", 250.0))
    assert command.main(["made", "--engine", "sqlite"]) == code


def test_rows_have_exactly_their_fields(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found(monkeypatch, against("made: taps, SQLite", 90.0, "taps/s", 200.0, "≥", 0.5))
    file = tmp_path / "rows.json"
    command.main(["made", "--engine", "sqlite", "--json", str(file)])
    (row,) = json.loads(file.read_text(encoding="utf-8"))
    assert list(row) == FIELDS
    assert row == dict(zip(FIELDS, ["made: taps, SQLite", 90.0, "taps/s", 200.0, 0.45, "≥ 0.5 ×", False], strict=True))


def test_an_unknown_bench_is_refused_with_the_names_of_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        command.main(["taps", "tabs"])
    assert refused.value.code == 2
    assert "no such bench: tabs; there are taps, letters," in capsys.readouterr().err


def test_what_was_measured_on_nothing_is_not_kept() -> None:
    with pytest.raises(SystemExit) as refused:
        command.main(["taps", "--tiny", "--write"])
    assert refused.value.code == 2


def test_one_disturbed_round_disturbs_no_row() -> None:
    assert middle([(90.0, 200.0), (10.0, 200.0), (95.0, 210.0)]) == (90.0, 200.0)


def test_the_ninety_ninth_percentile_leaves_one_in_a_hundred_above() -> None:
    assert percentile([float(one) for one in range(1, 102)], 99) == 100.0


def test_the_paper_keeps_what_was_not_measured_again(tmp_path: Path) -> None:
    file = tmp_path / "figures.md"
    file.write_text(f"Before.\n{paper.BEGIN}{paper.END}\nAfter.\n", encoding="utf-8")
    paper.keep([Row("taps: all, SQLite", 1, "s"), Row("storm: all, SQLite", 2, "s")], file)
    paper.keep([Row("taps: all, PostgreSQL", 3, "s")], file)
    paper.keep([judged("taps: other, SQLite", 4, "s", "≤", 5)], file)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("Before.\n") and text.endswith("\nAfter.\n")
    assert [line for line in text.splitlines() if line.startswith("|")][2:] == [
        "| taps: other, SQLite | 4 s |  |  | ≤ 5 s | met |",
        "| taps: all, PostgreSQL | 3 s |  |  |  |  |",
        "| storm: all, SQLite | 2 s |  |  |  |  |",
    ]


async def test_the_api_of_the_benches_tells_who_writes_too_much_to_wait() -> None:
    async with serving() as api, aiohttp.ClientSession() as session:
        api.limiter = Limiter(lambda: 0.0, Limits())
        statuses = []
        for chat in range(1, 41):
            data = {"chat_id": str(chat), "text": "x"}
            async with session.post(f"{api.url}/bot{TOKEN}/sendMessage", data=data) as answer:
                statuses.append(answer.status)
    assert statuses == [200] * 30 + [429] * 10
    assert (api.sent, api.refused) == (30, 10)
