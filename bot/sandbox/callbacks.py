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
    """A callback query on its way: who, on which button of which message (place unknown for forged ones).

    `again`: the ids under which the app sent it anew; an answer to any of them ends it. `update`: as it was sent.
    """

    query_id: str
    person: int
    message_id: int | None
    row: int | None
    col: int | None
    born: float
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    answer: Json | None = None
    timer: asyncio.TimerHandle | None = None
    again: list[str] = field(default_factory=list)
    update: Json = field(default_factory=dict)

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
        tap = Tap(_new_id(), person, message_id, row, col, self._monotonic())
        self._taps[tap.query_id] = tap
        self._set_timer(tap)
        return tap

    def again(self, tap: Tap) -> str:
        """The tap is sent anew, under the id that is returned, and lives as long again."""
        tap.again.append(_new_id())
        tap.born = self._monotonic()
        self._taps[tap.again[-1]] = tap
        self._set_timer(tap)
        return tap.again[-1]

    def of(self, query_id: str) -> Tap | None:
        """The unanswered tap with this id."""
        return self._taps.get(query_id)

    def person_of(self, query_id: str) -> int | None:
        """Who waits for the answer to this query; None if nobody does."""
        tap = self._taps.get(query_id)
        return tap.person if tap else None

    def _set_timer(self, tap: Tap) -> None:
        if tap.timer:
            tap.timer.cancel()
        tap.timer = asyncio.get_running_loop().call_later(self.lifetime, self._expire, tap)

    def pending(self, person: int, message_id: int | None = None) -> list[Tap]:
        """Unanswered taps of a person, on one message if given."""
        mine = (tap for id_, tap in self._taps.items() if tap.person == person and id_ == tap.query_id)
        return [tap for tap in mine if message_id in (None, tap.message_id)]

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
        for tap in {id(tap): tap for tap in self._taps.values()}.values():
            self._end(tap, expired=True)

    def _expire(self, tap: Tap) -> None:
        if tap.query_id in self._taps:
            self._end(tap, expired=True)

    def _end(self, tap: Tap, *, expired: bool) -> None:
        for id_ in (tap.query_id, *tap.again):
            del self._taps[id_]
        if tap.timer:
            tap.timer.cancel()
        tap.answered.set()
        self.on_end(tap, expired)


def _new_id() -> str:
    return str(secrets.randbits(62) | 1 << 61)
