"""What goes wrong: ordered by tests for the next calls, or by chance with a seed.

A fault is a value. Faults of calls say two things: whether the method is carried out, and what the bot gets to hear;
the gate applies them. Faults of updates say how an update reaches the bot; the queue of updates applies them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from bot.sandbox.errors import ControlError
from bot.sandbox.state import Json

Work = Literal["never", "first", "late"]
Reply = Literal["cut", "error", "html", "hang", "garbage", "flood", "truth"]


@dataclass(frozen=True)
class Kind:
    """A fault of a call: when its work is done («late»: after the bot has given up), and what the bot hears of it."""

    work: Work
    reply: Reply
    seconds: float = 0.0


CALL_KINDS = {
    "before": Kind("never", "cut"),
    "after": Kind("first", "cut"),
    "error_before": Kind("never", "error"),
    "error_after": Kind("first", "error"),
    "html_before": Kind("never", "html"),
    "html_after": Kind("first", "html"),
    "hang": Kind("never", "hang"),
    "hang_after": Kind("first", "hang"),
    "late": Kind("late", "hang", 1.0),
    "garbage": Kind("first", "garbage"),
    "delay": Kind("first", "truth"),
    "flood": Kind("never", "flood", 3.0),
}
UPDATE_KINDS = {"twice": 0.0, "resend": 2.0, "jump": 0.0}

_CODES = (500, 502, 503, 504)
# A hanging call keeps its client for its whole patience, so there are fewer of them in a mix than of the rest.
MIXED = (
    *("before", "after", "error_before", "error_after", "html_before", "html_after", "garbage") * 3,
    *("hang", "hang_after", "late"),
)
_LISTENING = {"getUpdates", "getMe", "setWebhook", "deleteWebhook", "getWebhookInfo"}


@dataclass
class Fault:
    """One thing that goes wrong `left` more times (None: until cleared).

    `method` («*»: any) and `chat` (None: any; of a tap's answer: who tapped; of an update: whose) say where. `seconds`:
    of a delay, of a late delivery after the bot gave up, of a flood wait, of a tap sent again while unanswered; of a
    hanging call its end (0: until the bot gives up). `code`: of an error.
    """

    kind: str
    method: str = "*"
    chat: int | None = None
    left: int | None = 1
    seconds: float = 0.0
    code: int = 500

    @property
    def call(self) -> Kind:
        """What happens to the call; KeyError for a fault of updates."""
        return CALL_KINDS[self.kind]

    def hits(self, method: str, chat: int | None) -> bool:
        """Whether this call, or update, is meant."""
        return self.method.lower() in ("*", method.lower()) and self.chat in (None, chat)


@dataclass(frozen=True)
class Mix:
    """Chance: `rate` of the calls and `update_rate` of the updates meet one of the kinds.

    What happens to the n-th call of a method to a chat depends on the seed alone, not on what others do meanwhile.
    `methods`: which («*»: all); nothing said: all but those by which the bot listens.
    """

    rate: float = 0.05
    seed: int = 0
    kinds: tuple[str, ...] = MIXED
    methods: tuple[str, ...] = ()
    update_rate: float = 0.0
    update_kinds: tuple[str, ...] = ("twice", "resend")

    def wants(self, method: str) -> bool:
        """Whether calls of this method take their chance."""
        if not self.methods:
            return method not in _LISTENING
        return "*" in self.methods or method in self.methods


class Faults:
    """The ordered faults, taken in the order they were given; then chance. `applied` counts what happened."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._turns: Counter[str] = Counter()
        self.mix: Mix | None = None
        self.applied: Counter[str] = Counter()
        self.on_jump: Callable[[], None] = lambda: None

    def add(self, wish: Json) -> None:
        """Order a fault; ControlError if it makes no sense."""
        fault = read_fault(wish)
        if fault.kind == "jump":
            self.applied["jump"] += 1
            self.on_jump()
        else:
            self._faults.append(fault)

    def set_mix(self, wish: Json) -> None:
        """Let chance play from now on; its draws begin anew."""
        self.mix = read_mix(wish)
        self._turns.clear()

    def clear(self) -> None:
        """Nothing goes wrong any more; the counts stay."""
        self._faults.clear()
        self.mix = None

    def of_call(self, method: str, chat: int | None) -> Fault | None:
        """What happens to this call, counted down; None: nothing."""
        fault = self._ordered(CALL_KINDS, method, chat)
        if fault is None and self.mix and self.mix.wants(method):
            # A poll carried out late would only throw out the one that took its place.
            polls = method == "getUpdates"
            kinds = tuple(kind for kind in self.mix.kinds if not (polls and CALL_KINDS[kind].work == "late"))
            fault = self._drawn(self.mix.rate, kinds, method, chat) if kinds else None
        return self._counted(fault)

    def of_update(self, type_: str, chat: int) -> Fault | None:
        """What happens to this update; only a tap can be sent again. None: nothing."""
        possible = [kind for kind in UPDATE_KINDS if kind != "resend" or type_ == "callback_query"]
        fault = self._ordered(possible, type_, chat)
        if fault is None and self.mix:
            fault = self._drawn(self.mix.update_rate, self.mix.update_kinds, type_, chat)
            fault = fault if fault and fault.kind in possible else None
        return self._counted(fault)

    def _ordered(self, kinds: Any, method: str, chat: int | None) -> Fault | None:
        fault = next((one for one in self._faults if one.kind in kinds and one.hits(method, chat)), None)
        if fault and fault.left is not None:
            fault.left -= 1
            if fault.left == 0:
                self._faults.remove(fault)
        return fault

    def _drawn(self, rate: float, kinds: tuple[str, ...], method: str, chat: int | None) -> Fault | None:
        assert self.mix is not None
        turn = f"{method}/{chat}"
        self._turns[turn] += 1
        dice = random.Random(f"{self.mix.seed}/{turn}/{self._turns[turn]}")  # noqa: S311 - chance, not a secret
        if dice.random() >= rate:
            return None
        kind = dice.choice(kinds)
        return Fault(kind, method, chat, 1, _usual_seconds(kind), dice.choice(_CODES))

    def _counted(self, fault: Fault | None) -> Fault | None:
        if fault:
            self.applied[fault.kind] += 1
        return fault

    def view(self) -> Json:
        """What is still ordered, the mix, and how often each kind has happened."""
        mix = asdict(self.mix) if self.mix else None
        return {"faults": [asdict(fault) for fault in self._faults], "mix": mix, "applied": dict(self.applied)}


def _usual_seconds(kind: str) -> float:
    return CALL_KINDS[kind].seconds if kind in CALL_KINDS else UPDATE_KINDS[kind]


def read_fault(wish: Json) -> Fault:
    """A fault of a control request; ControlError if it makes no sense."""
    _refuse_unknown(wish, {"kind", "method", "chat", "count", "seconds", "code"})
    kind, method, chat = wish.get("kind"), wish.get("method", "*"), wish.get("chat")
    if kind not in CALL_KINDS and kind not in UPDATE_KINDS:
        raise _bad(f"kind is one of {', '.join((*CALL_KINDS, *UPDATE_KINDS))}.")
    if not isinstance(method, str) or not isinstance(chat, int | None):
        raise _bad("method is a text, chat a number.")
    count, seconds, code = wish.get("count"), wish.get("seconds"), wish.get("code", 500)
    if count is not None and not (type(count) is int and count > 0):
        raise _bad("count is a whole number above 0.")
    seconds = _usual_seconds(kind) if seconds is None else seconds
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise _bad("seconds is a number from 0 on.")
    if kind in ("delay", "flood") and not seconds:
        raise _bad(f"{kind} needs seconds above 0.")
    if code not in range(500, 600):
        raise _bad("code is an HTTP status from 500 to 599.")
    return Fault(kind, method, chat, 1 if count is None and kind != "delay" else count, float(seconds), code)


def read_mix(wish: Json) -> Mix:
    """A mix of a control request; ControlError if it makes no sense."""
    _refuse_unknown(wish, {item.name for item in fields(Mix)})
    given = dict(wish)
    for name in ("rate", "update_rate"):
        rate = given.get(name, 0)
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise _bad(f"{name} is a number from 0 to 1.")
    if type(given.get("seed", 0)) is not int:
        raise _bad("seed is a whole number.")
    for name, known in (("kinds", CALL_KINDS), ("update_kinds", UPDATE_KINDS), ("methods", None)):
        if name in given:
            given[name] = _texts(name, given[name], known)
    return Mix(**given)


def _texts(name: str, value: Any, known: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise _bad(f"{name} is a list of texts.")
    if known is not None and (unknown := [item for item in value if item not in known]):
        raise _bad(f"{name} knows {', '.join(known)}, not {', '.join(unknown)}.")
    return tuple(value)


def _refuse_unknown(wish: Json, known: set[str]) -> None:
    if unknown := sorted(wish.keys() - known):
        raise _bad(f"«{unknown[0]}» is unknown here.")


def _bad(detail: str) -> ControlError:
    return ControlError(400, "bad_request", detail)
