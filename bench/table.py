"""What a measurement says: rows with their baselines, as one table and as JSON."""

import json
import operator
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

SIGNS = {"≥": operator.ge, "≤": operator.le, "=": operator.eq}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `ratio` is value / baseline, `target` a bound on the ratio or on the value, None `ok`: not judged.

    The name is «bench: what, engine».
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    target: str = ""
    ok: bool | None = None


def against(name: str, value: float, unit: str, baseline: float, sign: str = "", bound: float = 0.0) -> Row:
    """A figure beside the bare one of the same run; without a `sign` it is shown and not judged."""
    ratio = value / baseline
    if not sign:
        return Row(name, value, unit, baseline, ratio)
    return Row(name, value, unit, baseline, ratio, f"{sign} {bound:g} ×", SIGNS[sign](ratio, bound))


def judged(name: str, value: float, unit: str, sign: str, bound: float) -> Row:
    """A figure with a bound of its own."""
    return Row(name, value, unit, None, None, f"{sign} {bound:g} {unit}", SIGNS[sign](value, bound))


def middle(rounds: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Of rounds (product, bare code) the one whose ratio is the median: what disturbed one round disturbs no row."""
    return sorted(rounds, key=lambda one: one[0] / one[1])[len(rounds) // 2]


def percentile(values: Sequence[float], share: int) -> float:
    """The value that so many in a hundred don't exceed."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def cells(row: Row) -> list[str]:
    """The row as people read it: name, value with its unit, baseline, ratio, target, verdict."""
    bare = "" if row.baseline is None else f"{_number(row.baseline)} {row.unit}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    verdict = "" if row.ok is None else ("met" if row.ok else "missed")
    return [row.name, f"{_number(row.value)} {row.unit}", bare, ratio, row.target, verdict]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"


def print_table(rows: list[Row]) -> None:
    """One line a row."""
    lines = [["what", "product", "bare", "ratio", "target", ""], *(cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def write_json(rows: list[Row], path: Path) -> None:
    """The rows as JSON."""
    path.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
