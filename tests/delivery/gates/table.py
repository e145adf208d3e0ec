"""What the gates counted, as lines of a file that becomes a table."""

import fcntl
import json
import os
import subprocess
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from services.clock import machine_now
from tests.delivery.crash import Verdict
from tests.support.night import GATES

RESULTS = GATES  # the file that gathers what was counted
DONE = "# "  # begins a line that names a test, or a part of the night, which passed
DASH = "—"
COLUMNS = (
    "Gate",
    "Base",
    "Kills",
    "Deeds",
    "Lost",
    "Applied twice",
    "Copies",
    "Unmarked copies",
    "Measured",
    "Must hold",
    "",
)


@dataclass(frozen=True)
class Row:
    """One gate on one engine; of a control `mistake` says what the mistake was. None: not counted here.

    `test`, `at`, `commit` and `load` say who wrote it down, when, of which code and on how busy a machine.
    """

    gate: str
    base: str
    must: str
    held: bool
    kills: int | None = None
    deeds: int | None = None
    lost: int | None = None
    twice: int | None = None
    copies: int | None = None
    unmarked: int | None = None
    measured: str = ""
    mistake: str = ""
    test: str = ""
    at: str = ""
    commit: str = ""
    load: float = 0.0

    @property
    def good(self) -> bool:
        """A gate must hold, and its control must not."""
        return self.held is not bool(self.mistake)

    def cells(self) -> list[str]:
        """The line of the table."""
        counted = (self.kills, self.deeds, self.lost, self.twice, self.copies, self.unmarked)
        verdict = ("red, as it must be" if not self.held else "NOT NOTICED") if self.mistake else ""
        return [
            self.gate,
            self.base,
            *(DASH if one is None else f"{one:,}" for one in counted),
            self.measured or DASH,
            self.mistake.replace("_", " ") if self.mistake else self.must,
            verdict or ("held" if self.held else "FAILED"),
        ]


def judged(gate: str, base: str, verdict: Verdict, must: str, held: bool, measured: str = "", mistake: str = "") -> Row:
    """The row of a verdict; `held` beyond that nothing was lost, applied twice or copied unmarked."""
    return Row(
        gate,
        base,
        must,
        held and verdict.clean,
        kills=verdict.kills,
        deeds=verdict.deeds,
        lost=len(verdict.lost) + len(verdict.broken_promises),
        twice=len(verdict.applied_twice),
        copies=verdict.copies,
        unmarked=len(verdict.unmarked_copies),
        measured=measured,
        mistake=mistake,
    )


def noted(row: Row) -> Row:
    """The row, written down where somebody gathers them."""
    path = os.environ.get(RESULTS)
    if path:
        written = replace(
            row,
            test=os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0],
            at=f"{machine_now():%Y-%m-%d %H:%M}",
            commit=_commit(),
            load=round(os.getloadavg()[0], 1),
        )
        _append(Path(path), json.dumps(asdict(written), ensure_ascii=False))
    return row


def note_done(name: str) -> None:
    """A test, or a part of the night, has passed: who goes on from this file need not run it again."""
    path = os.environ.get(RESULTS)
    if path:
        _append(Path(path), DONE + name)


def done(path: Path) -> set[str]:
    """What has passed so far."""
    return {line.removeprefix(DONE) for line in _lines(path) if line.startswith(DONE)}


def read(path: Path) -> list[Row]:
    """The rows written down so far; where a gate was run again its newest stands for it."""
    rows = [Row(**json.loads(line)) for line in _lines(path) if not line.startswith(DONE)]
    return list({(row.test, row.gate, row.base, row.mistake): row for row in rows}.values())


def allowed(seconds: float, beside: float = 8.0) -> float:
    """A limit of time: as it stands where the gates run alone, `beside` times as long among all other tests."""
    return seconds if RESULTS in os.environ else seconds * beside


def base_of(database_url: str) -> str:
    """The engine's name."""
    return "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"


def most(times: list[float], share: float) -> float:
    """The time that this share of all doesn't exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ms(seconds: float) -> str:
    """Seconds as milliseconds."""
    return f"{seconds * 1000:.0f} ms"


def _commit() -> str:
    asked = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""  # an unpacked archive


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(line + "\n")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
