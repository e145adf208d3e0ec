"""The rows kept in docs/figures.md, between two marks of it."""

import os
import platform
import sqlite3
from pathlib import Path

from bench.table import Row, cells

PAPER = Path(__file__).parents[1] / "docs" / "figures.md"
BEGIN, END = "<!-- bench -->\n", "<!-- end of bench -->"
COLUMNS = ("What", "Product", "Bare", "Ratio", "Target", "")


def keep(rows: list[Row], paper: Path = PAPER) -> None:
    """Put the rows into the table, where those of the same bench and engine stood; what wasn't measured now stays."""
    text = paper.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    inside, _, after = rest.partition(END)
    fresh = [cells(row) for row in rows]
    measured = {_group(line[0]) for line in fresh}
    lines = [line for line in _read(inside) if _group(line[0]) not in measured] + fresh
    order = list(dict.fromkeys(_bench(line[0]) for line in [*_read(inside), *fresh]))
    lines.sort(key=lambda line: (order.index(_bench(line[0])), not line[0].endswith("SQLite")))
    table = "\n".join(f"| {' | '.join(line)} |" for line in ([*COLUMNS], ["---"] * len(COLUMNS), *lines))
    paper.write_text(f"{before}{BEGIN}\n{_machine()}\n\n{table}\n\n{END}{after}", encoding="utf-8")


def _read(inside: str) -> list[list[str]]:
    rows = [line.strip().strip("|").split("|") for line in inside.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def _bench(name: str) -> str:
    return name.partition(":")[0]


def _group(name: str) -> tuple[str, str]:
    return _bench(name), name.rpartition(", ")[2]


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}."
