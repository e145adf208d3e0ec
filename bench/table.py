"""What a measurement says: rows with their baselines, as one table and as JSON."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `ratio` is value / baseline, `target` a bound on the ratio or on the value."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    ratio: float | None = None
    target: str = ""
    ok: bool | None = None


def against(name: str, value: float, unit: str, baseline: float, at_least: float) -> Row:
    """A rate beside the bare one of the same run; good when the ratio reaches its target."""
    ratio = value / baseline
    return Row(name, value, unit, baseline, ratio, f"≥ {at_least} ×", ratio >= at_least)


def below(name: str, value: float, unit: str, bound: float) -> Row:
    """A figure that must not pass a bound."""
    return Row(name, value, unit, None, None, f"≤ {bound:g} {unit}", value <= bound)


def print_table(rows: list[Row]) -> None:
    """One line a row."""
    print(f"{'name':<34}{'value':>12} {'unit':<10}{'bare':>12}{'ratio':>8}  {'target':<14}ok")
    for row in rows:
        bare = "" if row.baseline is None else f"{row.baseline:,.1f}"
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        verdict = "" if row.ok is None else ("yes" if row.ok else "NO")
        print(f"{row.name:<34}{row.value:>12,.1f} {row.unit:<10}{bare:>12}{ratio:>8}  {row.target:<14}{verdict}")


def write_json(rows: list[Row], path: Path) -> None:
    """The rows as JSON."""
    path.write_text(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
