"""How fast we may write, so that the messenger never has to say 429 (delivery, §3).

Times are seconds of one monotonic clock, given by the caller.
"""

from collections import deque
from dataclasses import dataclass, field

REPLY = -1  # the priority of replies and edits: before every letter
BULK = 3  # letters of this priority and later may wait for one another


@dataclass(frozen=True, slots=True)
class Limits:
    """What the messenger allows. Rate plus burst of a bot stays under its 30 in any second.

    A private chat takes one letter in `chat_interval` seconds; replies to taps may come in a short burst, which the
    messenger tolerates, and then keep the same pace.
    """

    bot_rate: float = 25.0
    bot_burst: int = 5
    chat_interval: float = 1.1
    reply_burst: int = 3
    group_interval: float = 60 / 18
    bulk_rate: float = 20.0

    @classmethod
    def off(cls) -> "Limits":
        """No limits: for benchmarks and servers that have none."""
        return cls(1e9, 1, 0.0, 1, 0.0, 1e9)


@dataclass(slots=True)
class Gcra:
    """The generic cell rate algorithm: one token every `interval` seconds, `burst` at once after a rest."""

    interval: float
    burst: int = 1
    _full_at: float = field(default=0.0)

    def ready_at(self, now: float, burst: int | None = None, promised: int = 0) -> float:
        """The earliest moment for one more, where so many others are promised and not yet taken."""
        full_at = max(self._full_at, now) + promised * self.interval if promised else self._full_at
        return max(now, full_at - ((self.burst if burst is None else burst) - 1) * self.interval)

    def take(self, at: float) -> None:
        """One more, at a moment that `ready_at` allows."""
        self._full_at = max(self._full_at, at) + self.interval

    def taken_late(self, at: float) -> None:
        """One that was taken goes only now."""
        self._full_at = max(self._full_at, at + self.interval)

    def rested(self, now: float) -> bool:
        """Whether it remembers nothing any more."""
        return self._full_at <= now


class Breaker:
    """Keeps the bot still while the network is down: five requests in ten seconds without an answer pause it.

    After a pause one request goes as a probe; the pauses grow while probes fail. Requests that left and were never
    answered count as well as those that never left: else an outage would make every letter one of unknown fate.
    """

    FAILURES = 5
    WITHIN = 10.0
    PAUSES = (5.0, 10.0, 20.0, 30.0)

    def __init__(self) -> None:
        self._failed: deque[float] = deque(maxlen=self.FAILURES)
        self._pauses = 0
        self._until = 0.0

    def note(self, now: float, *, failed: bool) -> None:
        """A request ended: without an answer that says anything, or by one of any kind."""
        if not failed:
            self._failed.clear()
            self._pauses = 0
            self._until = 0.0
            return
        self._failed.append(now)
        full = len(self._failed) == self.FAILURES and now - self._failed[0] <= self.WITHIN
        if (self._pauses and now >= self._until) or (full and not self._pauses):
            self._until = now + self.PAUSES[min(self._pauses, len(self.PAUSES) - 1)]
            self._pauses += 1

    def width(self, now: float, most: int) -> int:
        """How many requests may be on the wire: none in a pause, one as a probe after it, else `most`."""
        if not self._pauses:
            return most
        return 0 if now < self._until else 1

    def until(self, now: float) -> float:
        """When the pause ends, at the earliest."""
        return max(now, self._until)


class Crowd:
    """Tells a chat that was told to wait from a bot that was: three chats within five seconds mean the bot."""

    CHATS = 3
    WITHIN = 5.0

    def __init__(self) -> None:
        self._refused: deque[tuple[float, str]] = deque()

    def note(self, now: float, address: str) -> bool:
        """A chat was answered 429; whether that makes it the bot's affair."""
        self._refused.append((now, address))
        while now - self._refused[0][0] > self.WITHIN:
            self._refused.popleft()
        return len({chat for _, chat in self._refused}) >= self.CHATS
