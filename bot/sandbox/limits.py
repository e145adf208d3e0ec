"""How much a bot may write, as Telegram tells it: so many a second, a chat, a group; then 429 until the wait is over.

What is counted: sending, copying, forwarding and editing; an album counts each of its files. What isn't: answers to
taps, chat actions, deletions, everything else. That is what Telegram's FAQ for bots and the maintainer of its Bot API
server say in public: 30 messages a second altogether, one a second in a chat with short bursts allowed, 20 a minute in
a group, edits and sends out of one measure, answerCallbackQuery without limits.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields

from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.state import Json

SECOND, MINUTE = 1.0, 60.0
BOT = 0  # the scope of the whole bot; chats have ids of their own

_NOT_WRITING = {"sendChatAction"}
_WRITING = ("send", "copy", "forward", "edit")


@dataclass(frozen=True)
class Limits:
    """What is allowed; 0 switches one limit off.

    `bot_per_second` in any second; in a private chat `chat_per_second` on average and `chat_burst` at once after a
    rest; `group_per_minute` in any minute. Whoever asks for more waits at least `penalty` seconds.
    """

    bot_per_second: int = 30
    chat_per_second: float = 1.0
    chat_burst: int = 3
    group_per_minute: int = 20
    penalty: float = 3.0

    @classmethod
    def read(cls, wish: Json) -> Limits:
        """The limits of a control request; what isn't given is Telegram's. ControlError if it makes no sense."""
        known = {item.name for item in fields(cls)}
        for name, value in wish.items():
            whole = name in ("bot_per_second", "chat_burst", "group_per_minute")
            if name not in known or isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                raise ControlError(400, "bad_request", f"«{name}» is unknown or of a wrong type.")
            if value < 0:
                raise ControlError(400, "bad_request", f"«{name}» is a number from 0 on.")
        return cls(**wish)


def weight(method: str, params: Json) -> int:
    """How many messages a call counts for; 0 if it isn't counted."""
    if method in _NOT_WRITING or not method.startswith(_WRITING):
        return 0
    several = params.get("media") if method == "sendMediaGroup" else params.get("message_ids")
    return len(several) if isinstance(several, list) and several else 1


@dataclass
class Window:
    """At most `most` in any `length` seconds."""

    length: float
    taken: deque[float] = field(default_factory=deque)

    def wait(self, now: float, amount: int, most: int) -> float:
        """Seconds until `amount` more fit; 0 if they fit now."""
        while self.taken and now - self.taken[0] >= self.length:
            self.taken.popleft()
        over = len(self.taken) + amount - most
        if over <= 0:
            return 0.0
        return self.taken[min(over, len(self.taken)) - 1] + self.length - now if self.taken else 0.0

    def take(self, now: float, amount: int) -> None:
        """So many more, now."""
        self.taken.extend([now] * amount)


@dataclass
class Pace:
    """`per_second` on average, `burst` at once after a rest."""

    full_at: float = 0.0

    def wait(self, now: float, amount: int, per_second: float, burst: int) -> float:
        """Seconds until `amount` more fit; 0 if they fit now. What is more than a burst at once needs a rested chat."""
        room = max(burst, amount) - amount
        return max(0.0, self.full_at - room / per_second - now)

    def take(self, now: float, amount: int, per_second: float) -> None:
        """So many more, now."""
        self.full_at = max(self.full_at, now) + amount / per_second


class Limiter:
    """Lets calls in or refuses them with 429; a refused scope stays closed until its time, however often one asks."""

    def __init__(self, monotonic: Callable[[], float], limits: Limits | None = None) -> None:
        self._monotonic = monotonic
        self._closed: dict[int, float] = {}
        self._bot = Window(SECOND)
        self._groups: dict[int, Window] = {}
        self._chats: dict[int, Pace] = {}
        self.limits = limits

    def set(self, limits: Limits | None) -> None:
        """Other limits, or none; what was counted so far is forgotten."""
        self.limits = limits
        self.clear()

    def clear(self) -> None:
        """Open everything and count anew."""
        self._closed.clear()
        self._groups.clear()
        self._chats.clear()
        self._bot = Window(SECOND)

    def refuse(self, chat: int | None, seconds: float) -> None:
        """Close a chat, or the whole bot, for so long (a longer closure stays) and raise 429."""
        scope, now = chat or BOT, self._monotonic()
        self._closed[scope] = max(self._closed.get(scope, 0.0), now + seconds)
        self._refuse_closed(scope, now)

    def admit(self, chat: int | None, amount: int) -> None:
        """Let `amount` messages to a chat pass, or raise 429 with `retry_after`."""
        if not amount:
            return
        now = self._monotonic()
        for scope in (BOT, chat or BOT):
            self._refuse_closed(scope, now)
        if self.limits is None:
            return
        for scope, wait in ((BOT, self._bot_wait(now, amount)), (chat or BOT, self._chat_wait(chat, now, amount))):
            if wait > 0:
                self.refuse(scope, max(wait, self.limits.penalty))
        self._take(chat, now, amount)

    def _refuse_closed(self, scope: int, now: float) -> None:
        left = self._closed.get(scope, now) - now
        if left <= 0:
            self._closed.pop(scope, None)
            return
        seconds = math.ceil(left)
        raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    def _bot_wait(self, now: float, amount: int) -> float:
        assert self.limits is not None
        most = self.limits.bot_per_second
        return self._bot.wait(now, amount, most) if most else 0.0

    def _chat_wait(self, chat: int | None, now: float, amount: int) -> float:
        assert self.limits is not None
        if chat is None:
            return 0.0
        if chat < 0:
            most = self.limits.group_per_minute
            return self._groups.setdefault(chat, Window(MINUTE)).wait(now, amount, most) if most else 0.0
        per_second = self.limits.chat_per_second
        pace = self._chats.setdefault(chat, Pace())
        return pace.wait(now, amount, per_second, self.limits.chat_burst) if per_second else 0.0

    def _take(self, chat: int | None, now: float, amount: int) -> None:
        assert self.limits is not None
        self._bot.take(now, amount)
        if chat is None:
            return
        if chat < 0:
            self._groups.setdefault(chat, Window(MINUTE)).take(now, amount)
        elif self.limits.chat_per_second:
            self._chats.setdefault(chat, Pace()).take(now, amount, self.limits.chat_per_second)

    def view(self) -> Json:
        """The limits, and who waits for how many seconds («bot» or the chat's id)."""
        now = self._monotonic()
        closed = {str(scope or "bot"): round(until - now, 3) for scope, until in self._closed.items() if until > now}
        return {"limits": asdict(self.limits) if self.limits else None, "closed": closed}
