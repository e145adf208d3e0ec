"""SECURITY.md: every row of the threat table names tests, and every named test is there."""

import re
from pathlib import Path

HOME = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py|…)::(test_\w+)`")


def rows() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each threat with its tests, by file and name; «…» is the file of the one before."""
    found = []
    text = (HOME / "SECURITY.md").read_text(encoding="utf-8")
    for line in text.partition("|---|---|---|\n")[2].partition("\n\n")[0].splitlines():
        threat, _control, tests = (cell.strip() for cell in line.strip("|").split("|"))
        named: list[tuple[str, str]] = []
        for path, name in NAMED.findall(tests):
            named.append((named[-1][0] if path == "…" else path, name))
        assert tests.count("`") == 2 * len(named), f"{threat}: something else than a test is named"
        found.append((threat, named))
    return found


def test_every_threat_has_a_test_and_every_named_test_is_there() -> None:
    table = rows()
    assert len(table) > 15
    assert [threat for threat, named in table if not named] == []
    missing = [
        f"{path}::{name}"
        for _threat, named in table
        for path, name in named
        if not re.search(rf"^(async )?def {name}\(", (HOME / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert missing == []
