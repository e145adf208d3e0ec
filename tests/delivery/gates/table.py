"""What the gates counted, as lines of a file that becomes a table."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.delivery.crash import Verdict
from tests.support.night import GATES

RESULTS = GATES  # the file that gathers what was counted
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
    """One gate on one engine; of a control `red` says what the mistake was. None: not counted here."""

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
        with Path(path).open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(asdict(row)) + "\n")
    return row


def read(path: Path) -> list[Row]:
    """The rows written down so far."""
    return [Row(**json.loads(line)) for line in _lines(path) if not line.startswith("#")]


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


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
