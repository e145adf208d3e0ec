"""Anchors of the audit chain: a line a day in a file outside the base (О 2.10).

Who removes the newest audit lines together with their seals, or seals anew with a stolen key, can't change what was
written down here before. The file lies beside the backups, best on another disk, and is copied away with them.
"""

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from storage.repositories.audit import Seal

NAME = "audit-anchors.txt"
LINE = re.compile(r"(\d{4}-\d\d-\d\d) (anchor|restored) up_to=(\d+) lines=(\d+) hash=([0-9a-f]*)")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the chain's end was on a day (UTC): everything up to an audit line, how many lines, the hash over them."""

    on: date
    up_to: int
    lines: int
    hash: str


class Anchors:
    """The file of anchors; only ever added to. Everything here blocks."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, on: date, seal: Seal) -> None:
        """Write down a day's end of the chain."""
        self._write(f"{on} anchor up_to={seal.up_to} lines={seal.lines} hash={seal.hash}")

    def restored(self, on: date, seal: Seal | None) -> None:
        """A backup was put back: anchors of what came after it no longer bind."""
        up_to, lines, value = (0, 0, "") if seal is None else (seal.up_to, seal.lines, seal.hash)
        self._write(f"{on} restored up_to={up_to} lines={lines} hash={value}")

    def all(self) -> list[Anchor]:
        """The anchors that bind, the oldest first."""
        found: list[Anchor] = []
        for one in LINE.finditer(self._path.read_text(encoding="ascii") if self._path.exists() else ""):
            anchor = Anchor(date.fromisoformat(one[1]), int(one[3]), int(one[4]), one[5])
            if one[2] == "restored":
                found = [before for before in found if before.up_to <= anchor.up_to]
            else:
                found.append(anchor)
        return found

    def _write(self, line: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, f"{line}\n".encode("ascii"))
            os.fsync(file)
        finally:
            os.close(file)
