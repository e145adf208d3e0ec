"""Taps that wait for answerCallbackQuery."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.errors import bad_request
from bot.sandbox.params import QUERY_TOO_OLD
from bot.sandbox.state import Json

CALLBACK_LIFETIME = 150.0


@dataclass
class Tap:
    """A callback query on its way: who, on which button of which message (place unknown for forged ones)."""

    query_id: str
    person: int
    message_id: int | None
    row: int | None
    col: int | None
    born: float
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    answer: Json | None = None
    timer: asyncio.TimerHandle | None = None

    def place(self) -> Json:
        """Which button spins."""
        return {"query_id": self.query_id, "row": self.row, "col": self.col}


class Taps:
    """Callback queries by id for `lifetime` seconds; answered once, then forgotten."""

    def __init__(self, monotonic: Callable[[], float], lifetime: float = CALLBACK_LIFETIME) -> None:
        self._monotonic = monotonic
        self._taps: dict[str, Tap] = {}
        self.lifetime = lifetime
        self.on_end: Callable[[Tap, bool], None] = lambda tap, expired: None

    def begin(self, person: int, message_id: int | None, row: int | None, col: int | None) -> Tap:
        """A new callback query."""
        tap = Tap(str(secrets.randbits(62) | 1 << 61), person, message_id, row, col, self._monotonic())
        self._taps[tap.query_id] = tap
        loop = asyncio.get_running_loop()
        tap.timer = loop.call_later(self.lifetime, self._expire, tap)
        return tap

    def pending(self, person: int, message_id: int | None = None) -> list[Tap]:
        """Unanswered taps of a person, on one message if given."""
        return [tap for tap in self._taps.values() if tap.person == person and message_id in (None, tap.message_id)]

    def answer(self, query_id: str, answer: Json) -> Tap:
        """The bot's answer; refused if the query is unknown, already answered or too old."""
        tap = self._taps.get(query_id)
        if tap is None or self._monotonic() - tap.born >= self.lifetime:
            raise bad_request(QUERY_TOO_OLD)
        tap.answer = answer
        self._end(tap, expired=False)
        return tap

    def clear(self) -> None:
        """Forget all taps."""
        for tap in list(self._taps.values()):
            self._end(tap, expired=True)

    def _expire(self, tap: Tap) -> None:
        if tap.query_id in self._taps:
            self._end(tap, expired=True)

    def _end(self, tap: Tap, *, expired: bool) -> None:
        del self._taps[tap.query_id]
        if tap.timer:
            tap.timer.cancel()
        tap.answered.set()
        self.on_end(tap, expired)
