"""The ledger as tests read it: letters with times, taps with answers, counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Letter:
    """A message of the bot that appeared (`act` send), changed (edit) or went (delete); `at`: Unix time."""

    n: int
    act: str
    chat: int
    message_id: int
    kind: str
    text: str
    silent: bool
    at: float
    clock: str


@dataclass(frozen=True)
class TapSeen:
    """A tap, sent `sent` times, and its answer; times are Unix times, `answered_at` None: not answered (yet)."""

    n: int
    query_id: str
    person: int
    message_id: int | None
    data: str
    at: float
    sent: int
    answered_at: float | None
    text: str | None
    alert: bool
    expired: bool

    @property
    def waited(self) -> float | None:
        """Seconds from the tap to its answer."""
        return None if self.answered_at is None else self.answered_at - self.at


@dataclass(frozen=True)
class Ledger:
    """What was received when.

    `calls`: how often each method was answered with which code (0: not at all). `most_in_second`: messages in the
    busiest second of any beginning, `per_second`: in each second of Unix time; both count what came in, refused or
    not. `dropped`: rows too old to be kept, 0 in an honest count.
    """

    seq: int
    letters: tuple[Letter, ...]
    taps: tuple[TapSeen, ...]
    calls: dict[str, dict[int, int]]
    refused_429: int
    most_in_second: int
    per_second: dict[int, int]
    dropped: int

    @property
    def sent(self) -> list[Letter]:
        """Letters that appeared, in order."""
        return [letter for letter in self.letters if letter.act == "send"]

    @property
    def unanswered(self) -> list[TapSeen]:
        """Taps without an answer, expired or still waiting."""
        return [tap for tap in self.taps if tap.answered_at is None]

    def copies(self, word: Callable[[str], str] = str) -> Counter[tuple[int, str]]:
        """How many times too often each letter came, by chat and text; `word` makes equal what is the same letter."""
        counts = Counter((letter.chat, word(letter.text)) for letter in self.sent)
        return Counter({key: count - 1 for key, count in counts.items() if count > 1})


def read_ledger(raw: Json) -> Ledger:
    """The ledger of the control API."""
    return Ledger(
        seq=raw["seq"],
        letters=tuple(Letter(**row) for row in raw["letters"]),
        taps=tuple(TapSeen(**row) for row in raw["taps"]),
        calls={method: {int(code): n for code, n in codes.items()} for method, codes in raw["calls"].items()},
        refused_429=raw["refused_429"],
        most_in_second=raw["most_in_second"],
        per_second={int(second): n for second, n in raw["per_second"].items()},
        dropped=raw["dropped"],
    )
