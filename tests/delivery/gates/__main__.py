"""`./zvonok gates`, `./zvonok test --nightly`: the gates one after another, and their table, perhaps kept in the paper.

With `--resume FILE` each gate that has passed is written down there, and who stops the night goes on where it stood.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from tests.delivery.gates import counts
from tests.delivery.gates.table import COLUMNS, RESULTS, Row, done, note_done, read

HERE = Path(__file__).parent
HOME = HERE.parents[2]
PAPER = HOME / "docs" / "gates.md"
# What finds most comes first, what measures time last.
FIRST = ("test_kills.py", "test_faults.py")
LAST = (
    "test_time.py",
    "test_owner.py",
    "test_failover.py",
    "test_flood.py",
    "test_broadcast.py",
    "test_limits.py",
    "test_intake.py",
)
# No gates of delivery, but as long a night's work: the leak hunt, and updates nobody sends.
LEAKS, FUZZ = "tests/leaks/test_leaks.py", "tests/everybody/test_fuzz.py"
SUITE = "tests"
NOTHING_CHOSEN = 5  # pytest's word for it


def _numbers(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, int]:
    """NAME=NUMBER as numbers of the column."""
    numbers = {}
    for one in given:
        name, _, number = one.partition("=")
        if not isinstance(getattr(counts.NIGHTLY, name, None), int) or not number.isdecimal():
            raise click.BadParameter(f"{one}: NAME=NUMBER, a name of tests/delivery/gates/counts.py")
        numbers[name] = int(number)
    return numbers


@click.command(help="Run the gates of delivery and print their table.")
@click.option("--nightly", is_flag=True, help="Many times over: hours.")
@click.option("--whole", is_flag=True, help="All other tests first, with those that wait for the night.")
@click.option("--write", is_flag=True, help="Keep the table in docs/gates.md.")
@click.option("--only", default="", help="Some of the gates, as pytest -k takes it.")
@click.option("--resume", type=click.Path(path_type=Path), help="A file of results: what has passed is not run again.")
@click.option(
    "--count", "others", multiple=True, callback=_numbers, help="Another number than the column's: deeds=5000."
)
@click.option("--draw", is_flag=True, help="Run nothing: the table of what --resume holds.")
def main(
    *, nightly: bool, whole: bool, write: bool, only: str, resume: Path | None, others: dict[str, int], draw: bool
) -> None:
    """Run, gather, print."""
    column = "nightly" if nightly else "quick"
    with tempfile.TemporaryDirectory() as folder:
        results = (resume or Path(folder) / "results.jsonl").absolute()
        os.environ |= {RESULTS: str(results), counts.COLUMN: column, counts.OTHERS: json.dumps(others)}
        code = 0
        if not draw:
            for part, words, more in _parts(nightly=nightly and not only, whole=whole and not only, only=only):
                if part not in done(results):
                    code = _run(part, words, more, once=only == "") or code
        rows = read(results)
    if only and not rows and not code:
        raise click.ClickException(f"no gate is called {only}")
    table = drawn(rows)
    click.echo(table)
    if write:
        _keep(column, rows, table)
    sys.exit(code or any(not row.good for row in rows))


def _parts(*, nightly: bool, whole: bool, only: str) -> list[tuple[str, list[str], dict[str, str]]]:
    """Each part of the run: its name, pytest's words, what its environment has beside ours."""
    alone = ["-p", "no:xdist"]
    parts: list[tuple[str, list[str], dict[str, str]]] = []
    if whole:
        at_once = ["-n", str((os.cpu_count() or 2) + 2), "--dist", "worksteal"]
        parts.append((SUITE, [*at_once, "--nightly", f"--ignore={HERE}", SUITE], {RESULTS: "", counts.COLUMN: "quick"}))
    for gate in sorted(HERE.glob("test_*.py"), key=_turn):
        parts.append((gate.name, [*alone, *(("-k", only) if only else ()), str(gate)], {}))
    if nightly:
        parts.append((LEAKS, [*alone, "-s", LEAKS], {"ZVONOK_LEAK_STEPS": "50000"}))
        parts.append((FUZZ, [*alone, "-s", FUZZ], {"ZVONOK_FUZZ": "10000"}))
    return parts


def _turn(gate: Path) -> tuple[int, str]:
    name = gate.name
    if name in FIRST:
        return FIRST.index(name) - len(FIRST), name
    return LAST.index(name) + 1 if name in LAST else 0, name


def _run(part: str, words: list[str], more: dict[str, str], *, once: bool) -> int:
    """Run a part and, where it passed as a whole, write that down; pytest's exit code."""
    environment = {name: value for name, value in (os.environ | more).items() if value}
    ended = subprocess.run([sys.executable, "-m", "pytest", *words], env=environment, cwd=HOME, check=False).returncode
    if ended == NOTHING_CHOSEN:  # all of it has passed before, or none of it was asked for
        ended = 0
    if ended == 0 and once:
        note_done(part)
    return ended


def drawn(rows: list[Row]) -> str:
    """The gates, then their negative controls, as a table of Markdown."""
    lines = [list(COLUMNS), ["---"] * len(COLUMNS)]
    for control in (False, True):
        chosen = [row for row in rows if bool(row.mistake) is control]
        if control and chosen:
            lines.append(["**Negative controls**", *[""] * (len(COLUMNS) - 3), "the mistake", ""])
        lines += [row.cells() for row in sorted(chosen, key=lambda row: (row.gate, row.base != "SQLite"))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def under(rows: list[Row]) -> str:
    """On what machine, when, of which code, and beside how much else."""
    said = [f"{os.cpu_count()} cores, Python {platform.python_version()}"]
    times = sorted(row.at for row in rows if row.at)
    if times:
        said.append(f"{times[0]} to {times[-1]} UTC")
        commits = list(dict.fromkeys(row.commit for row in sorted(rows, key=lambda row: row.at) if row.commit))
        if commits:
            said.append(f"commit{'s' * (len(commits) > 1)} {', '.join(commits)}")
        loads = sorted(row.load for row in rows if row.at)
        said.append(f"load average {loads[0]} to {loads[-1]}, mostly {loads[len(loads) // 2]}")
    return "; ".join(said) + "."


def _keep(column: str, rows: list[Row], table: str) -> None:
    """Between the column's two marks of the paper."""
    text = PAPER.read_text(encoding="utf-8")
    begin, end = f"<!-- {column} -->\n", f"<!-- end of {column} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    PAPER.write_text(f"{before}{begin}\n{under(rows)}\n\n{table}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(prog_name="./zvonok gates")
