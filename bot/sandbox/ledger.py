"""What was received when: the oracle that stands outside the bot. Nothing here is ever changed by what the bot says."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.state import Json

KEPT_ROWS = 200_000

Act = Literal["send", "edit", "delete"]


@dataclass(frozen=True)
class LetterRow:
    """A message of the bot that appeared, changed or went. `at`: machine's Unix time; `clock`: the host's clock."""

    n: int
    act: Act
    chat: int
    message_id: int
    kind: str
    text: str
    silent: bool
    at: float
    clock: str


@dataclass
class TapRow:
    """A tap and what became of it; times are the machine's Unix time. `sent`: how often the app sent it."""

    n: int
    query_id: str
    person: int
    message_id: int | None
    data: str
    at: float
    sent: int = 1
    answered_at: float | None = None
    text: str | None = None
    alert: bool = False
    expired: bool = False


class Ledger:
    """Letters, taps and counts since the last clear. Of each it keeps KEPT_ROWS; `dropped` says how many went."""

    def __init__(self, machine: Callable[[], float], monotonic: Callable[[], float]) -> None:
        self._machine = machine
        self._monotonic = monotonic
        self.clear()

    def clear(self) -> None:
        """Begin anew; numbers too."""
        self._n = 0
        self._letters: deque[LetterRow] = deque(maxlen=KEPT_ROWS)
        self._taps: dict[str, TapRow] = {}
        self._calls: Counter[tuple[str, int]] = Counter()
        self._recent: deque[float] = deque()
        self._most_in_second = 0
        self._per_second: Counter[int] = Counter()
        self._dropped = 0

    def _next(self) -> int:
        self._n += 1
        return self._n

    def letter(self, act: Act, chat: int, message_id: int, kind: str, text: str, silent: bool, clock: str) -> None:
        """The bot's message appeared, changed or went."""
        self._dropped += len(self._letters) == KEPT_ROWS
        self._letters.append(LetterRow(self._next(), act, chat, message_id, kind, text, silent, self._machine(), clock))

    def tapped(self, query_id: str, person: int, message_id: int | None, data: str) -> None:
        """A tap was sent to the bot."""
        self._taps[query_id] = TapRow(self._next(), query_id, person, message_id, data, self._machine())
        if len(self._taps) > KEPT_ROWS:
            del self._taps[next(iter(self._taps))]
            self._dropped += 1

    def tapped_again(self, query_id: str) -> None:
        """The app sent the same tap anew."""
        if query_id in self._taps:
            self._taps[query_id].sent += 1

    def tap_ended(self, query_id: str, answer: Json | None, expired: bool) -> None:
        """A tap was answered, or nobody answered it in time."""
        row = self._taps.get(query_id)
        if row is None:
            return
        row.expired = expired
        if answer is not None:
            row.answered_at, row.text, row.alert = self._machine(), answer["text"], answer["alert"]

    def arrived(self, weight: int) -> None:
        """A call that counts for so many messages came in, whatever becomes of it."""
        if not weight:
            return
        now = self._monotonic()
        self._recent.extend([now] * weight)
        while now - self._recent[0] >= 1.0:
            self._recent.popleft()
        self._most_in_second = max(self._most_in_second, len(self._recent))
        self._per_second[int(self._machine())] += weight

    def called(self, method: str, code: int) -> None:
        """A call got its answer (0: none)."""
        self._calls[method, code] += 1

    def view(self, after: int = 0, chat: int | None = None) -> Json:
        """Rows numbered above `after`, of a chat if given; the counts are of everything."""
        letters = [dict(vars(row)) for row in self._letters if row.n > after and chat in (None, row.chat)]
        taps = [dict(vars(row)) for row in self._taps.values() if row.n > after and chat in (None, row.person)]
        calls: dict[str, dict[str, int]] = {}
        for (method, code), count in sorted(self._calls.items()):
            calls.setdefault(method, {})[str(code)] = count
        return {
            "seq": self._n,
            "letters": letters,
            "taps": taps,
            "calls": calls,
            "refused_429": sum(count for (_, code), count in self._calls.items() if code == 429),
            "most_in_second": self._most_in_second,
            "per_second": {str(second): count for second, count in sorted(self._per_second.items())},
            "dropped": self._dropped,
        }
