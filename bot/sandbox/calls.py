"""What the bot called: the oracle of tests."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from bot.sandbox.state import Json

KEPT_CALLS = 5000


@dataclass(frozen=True)
class Call:
    """One call: outcome code 0 means that no answer was given; `fault` says what was done to it; `ms` is inside."""

    n: int
    method: str
    chat: int | None
    message_id: int | None
    ok: bool
    code: int
    error: str | None
    fault: str | None
    at: str
    ms: float
    params: Json

    def view(self) -> Json:
        """JSON for the log."""
        return asdict(self)


class CallLog:
    """The newest KEPT_CALLS calls, numbered from 1."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.count = 0

    def add(self, **fields: Any) -> Call:
        """Append a call; fields of Call without `n`."""
        self.count += 1
        call = Call(n=self.count, **fields)
        self._calls.append(call)
        return call

    def find(self, method: str | None = None, chat: int | None = None, after: int = 0) -> Iterator[Call]:
        """Calls of a method, to a chat, numbered above `after`."""
        for call in self._calls:
            if call.n > after and method in (None, call.method) and chat in (None, call.chat):
                yield call

    def clear(self) -> None:
        """Forget the calls; numbering goes on."""
        self._calls.clear()
