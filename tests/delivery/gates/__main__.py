"""`./zvonok gates`: runs the gates one after another, prints what they counted, and may keep it in docs/gates.md."""

import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from tests.delivery.gates import counts
from tests.delivery.gates.table import COLUMNS, RESULTS, Row, read

HERE = Path(__file__).parent
LEAKS = "test_leaks.py"  # the leak hunt: no gate of delivery, but as long a night's work
PAPER = HERE.parents[2] / "docs" / "gates.md"


@click.command(help="Run the gates of delivery and print their table.")
@click.option("--nightly", is_flag=True, help="Many times over: hours.")
@click.option("--write", is_flag=True, help="Keep the table in docs/gates.md.")
@click.option("--only", default="", help="Some of them, as pytest -k takes it.")
@click.option("--resume", type=click.Path(path_type=Path), help="A file of results: what is in it is not run again.")
def main(*, nightly: bool, write: bool, only: str, resume: Path | None) -> None:
    """Run, gather, print."""
    column = "nightly" if nightly else "quick"
    with tempfile.TemporaryDirectory() as folder:
        results = resume or Path(folder) / "results.jsonl"
        done = {line.removeprefix("# ") for line in _lines(results) if line.startswith("# ")}
        environment = os.environ | {RESULTS: str(results.absolute()), counts.COLUMN: column}
        code = 0
        for gate in sorted(path.name for path in HERE.glob("test_*.py")):
            if gate in done:
                continue
            words = ["-m", "pytest", "-p", "no:xdist", str(HERE / gate), *(("-k", only) if only else ())]
            ended = subprocess.run([sys.executable, *words], env=environment, check=False).returncode
            code = code or (ended if ended != 5 else 0)  # 5: nothing of this file was asked for
            if ended == 0 and not only:
                with results.open("a", encoding="utf-8") as file:
                    file.write(f"# {gate}\n")
        if nightly and not only and LEAKS not in done:
            hunt = environment | {"ZVONOK_LEAK_STEPS": "50000"}
            words = ["-m", "pytest", "-p", "no:xdist", "-s", str(HERE.parents[1] / "leaks" / LEAKS)]
            ended = subprocess.run([sys.executable, *words], env=hunt, check=False).returncode
            code = code or ended
            if ended == 0:
                with results.open("a", encoding="utf-8") as file:
                    file.write(f"# {LEAKS}\n")
        rows = read(results)
    table = drawn(rows)
    click.echo(table)
    if write:
        _keep(column, table)
    sys.exit(code or any(not row.good for row in rows))


def drawn(rows: list[Row]) -> str:
    """The gates, then their negative controls, as a table of Markdown."""
    lines = [list(COLUMNS), ["---"] * len(COLUMNS)]
    for control in (False, True):
        chosen = [row for row in rows if bool(row.mistake) is control]
        if control and chosen:
            lines.append(["**Negative controls**", *[""] * (len(COLUMNS) - 3), "the mistake", ""])
        lines += [row.cells() for row in sorted(chosen, key=lambda row: (row.gate, row.base != "SQLite"))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _keep(column: str, table: str) -> None:
    """Between the column's two marks of the paper."""
    text = PAPER.read_text(encoding="utf-8")
    begin, end = f"<!-- {column} -->\n", f"<!-- end of {column} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    PAPER.write_text(f"{before}{begin}\n{machine}.\n\n{table}\n\n{end}{after}", encoding="utf-8")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


if __name__ == "__main__":
    main()
