"""What became of a tap that says what should be: saved, so already, or somebody was faster."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What a tap came to."""

    SAVED = "saved"
    ALREADY = "already"  # it stood as wanted; nobody is told twice
    CHANGED = "changed"  # somebody else's value came between; nothing was written


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands instead of the wanted: the value (None: nothing), by whom (a surname), when (school time)."""

    value: str | None
    author: str
    at: datetime
