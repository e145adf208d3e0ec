"""Updates that wait for the bot, and the long poll that takes them."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.callbacks import CALLBACK_LIFETIME
from bot.sandbox.errors import ApiError, refused
from bot.sandbox.faults import Fault
from bot.sandbox.state import Json

LIFETIME = 24 * 3600.0
JUMP_BACK = 1_000_000
HIGHEST_START = 2_000_000_000
MAX_TIMEOUT = 50
# Telegram leaves these out unless asked for.
_ONLY_WHEN_ASKED = {"chat_member", "message_reaction", "message_reaction_count"}
_FIELDS = {"update_id"}


@dataclass(frozen=True)
class Pending:
    """An update nobody has confirmed. `lane`: updates of one lane keep their order; `born` on the monotonic clock."""

    id: int
    type: str
    lane: int
    body: Json
    born: float

    def as_update(self) -> Json:
        """The Bot API's Update."""
        return {"update_id": self.id, **self.body}


def update_type(body: Json) -> str:
    """The single field of an update besides its id."""
    return next((key for key in body if key not in _FIELDS), "")


class UpdateQueue:
    """Updates by rising id until confirmed or too old. A webhook listens through `on_add`.

    Here faults of updates are applied: an update that comes `twice` stays after it was confirmed, once; numbers `jump`
    back as soon as nothing waits; a tap that is to be sent again is handed to `on_resend`.
    """

    def __init__(self, monotonic: Callable[[], float], tap_lifetime: float = CALLBACK_LIFETIME) -> None:
        self._monotonic = monotonic
        # Telegram keeps a tap only as long as it can be answered.
        self._lifetimes = {"callback_query": tap_lifetime}
        self._pending: dict[int, Pending] = {}
        self._poll: asyncio.Future[ApiError | None] | None = None
        self.next_id = random.randint(100_000_000, 900_000_000)  # noqa: S311 - an identifier, not a secret
        self._first_id = self.next_id
        self.allowed: list[str] = []
        self.on_add: Callable[[Pending], None] | None = None
        self.on_change: Callable[[], None] = lambda: None
        self.on_drained: Callable[[], None] = lambda: None
        self.fault_of: Callable[[str, int], Fault | None] = lambda type_, lane: None
        self.on_resend: Callable[[Json, float], None] = lambda body, seconds: None
        self._by_lifetime: dict[float, deque[Pending]] = {}  # oldest first; some may be confirmed already
        self._twice: set[int] = set()
        self._once_more: set[int] = set()
        self._jump_wanted = False
        self.polled = False
        self.poll_waits = asyncio.Event()
        self.closed = False

    def __len__(self) -> int:
        self._expire()
        return len(self._pending)

    def allows(self, type_: str) -> bool:
        """Whether the bot asked for this type of update."""
        return type_ in self.allowed if self.allowed else type_ not in _ONLY_WHEN_ASKED

    def add(self, body: Json, lane: int) -> int | None:
        """Queue an update; its id, or None if the bot doesn't want this type."""
        type_ = update_type(body)
        if not self.allows(type_):
            return None
        pending = Pending(self.next_id, type_, lane, body, self._monotonic())
        self.next_id += 1
        self._keep(pending)
        self._spoil(pending)
        self.on_change()
        if self.on_add:
            self.on_add(pending)
        self._wake(None)
        return pending.id

    def _spoil(self, pending: Pending) -> None:
        """Chance or an order may have plans for this update."""
        fault = self.fault_of(pending.type, pending.lane)
        if fault is None:
            return
        if fault.kind == "twice":
            self._twice.add(pending.id)
        elif fault.kind == "jump":
            self._jump_wanted = True
        elif fault.kind == "resend":
            self.on_resend(pending.body, fault.seconds)

    def jump(self) -> None:
        """Number updates from somewhere far below, as after a silent week: now, or once nothing waits any more."""
        self._jump_wanted = True
        self._jump_if_empty()

    def _jump_if_empty(self) -> None:
        if self._jump_wanted and not self._pending:
            self._jump_wanted = False
            # Lower than every number of this numbering, and never one that was given before.
            self._first_id = self._first_id - JUMP_BACK if self._first_id > JUMP_BACK else HIGHEST_START
            self.next_id = self._first_id

    def _keep(self, pending: Pending) -> None:
        self._pending[pending.id] = pending
        self._by_lifetime.setdefault(self._lifetimes.get(pending.type, LIFETIME), deque()).append(pending)

    def confirm(self, update_id: int) -> bool:
        """The webhook took an update: forget it; False if it is to come once more."""
        if update_id in self._twice:
            self._twice.discard(update_id)
            return False
        if self._pending.pop(update_id, None):
            self._shrunk()
        return True

    def holds(self, update_id: int) -> bool:
        """Whether the update still waits."""
        self._expire()
        return update_id in self._pending

    def waiting(self) -> list[Pending]:
        """Everything unconfirmed, oldest first."""
        self._expire()
        return list(self._pending.values())

    def clear(self) -> None:
        """Drop all pending updates."""
        self._pending.clear()
        self._twice.clear()
        self._once_more.clear()
        self._shrunk()

    def _shrunk(self) -> None:
        self._jump_if_empty()
        self.on_change()
        if not self._pending:
            self.on_drained()

    def restore(self, next_id: int, rows: list[dict[str, Any]]) -> None:
        """Take over saved updates; their age goes on from `age` seconds."""
        self.next_id = self._first_id = next_id
        for row in rows:
            born = self._monotonic() - row["age"]
            self._keep(Pending(row["id"], row["type"], row["lane"], row["body"], born))

    def to_saved(self) -> list[dict[str, Any]]:
        """Pending updates with their age in seconds."""
        now = self._monotonic()
        return [
            {"id": p.id, "type": p.type, "lane": p.lane, "body": p.body, "age": now - p.born} for p in self.waiting()
        ]

    def _expire(self) -> None:
        now = self._monotonic()
        gone = False
        for lifetime, line in self._by_lifetime.items():
            while line and (line[0].id not in self._pending or now - line[0].born >= lifetime):
                pending = line.popleft()
                if pending.id in self._pending:
                    self._forget(pending.id)
                    gone = True
        if gone:
            self._shrunk()

    def _forget(self, update_id: int) -> None:
        del self._pending[update_id]
        self._twice.discard(update_id)
        self._once_more.discard(update_id)

    async def take(self, offset: int, limit: int, timeout: float) -> list[Json]:
        """Long poll: confirms what is below `offset`, waits up to `timeout` seconds; 409 if another poll takes over."""
        self.polled = True
        self._confirm_below(offset)
        ready = self._from(offset, limit)
        if ready or timeout <= 0 or self.closed:
            return ready
        self.abort("terminated by other getUpdates request; make sure that only one bot instance is running")
        poll = self._poll = asyncio.get_running_loop().create_future()
        self.poll_waits.set()
        try:
            conflict = await asyncio.wait_for(poll, timeout)
        except TimeoutError:
            return []
        finally:
            if self._poll is poll:
                self._poll = None
                self.poll_waits.clear()
        if conflict:
            raise conflict
        return self._from(offset, limit)

    def abort(self, reason: str) -> None:
        """End the waiting poll with 409."""
        self._wake(refused(409, reason))

    def close(self) -> None:
        """End the waiting poll with nothing: the server stops."""
        self.closed = True
        self._wake(None)

    def _wake(self, conflict: ApiError | None) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_result(conflict)

    def _confirm_below(self, offset: int) -> None:
        confirmed: list[int] = []
        if offset < 0:
            confirmed = list(self._pending)[:offset]
        # As Telegram does: an offset from the future (another numbering) confirms nothing.
        elif offset <= self.next_id + 10:
            confirmed = list(itertools.takewhile(lambda id_: id_ < offset, self._pending))
        for id_ in confirmed:
            if id_ in self._twice:
                self._twice.discard(id_)
                self._once_more.add(id_)
            elif id_ not in self._once_more:
                del self._pending[id_]
        if confirmed:
            self._shrunk()

    def _from(self, offset: int, limit: int) -> list[Json]:
        self._expire()
        future = offset > self.next_id + 10
        ready = (p for p in self._pending.values() if p.id >= offset or future or p.id in self._once_more)
        chosen = list(itertools.islice(ready, limit))
        again = [p.id for p in chosen if p.id in self._once_more]
        for id_ in again:  # confirmed long ago
            self._forget(id_)
        if again:
            self._shrunk()
        return [pending.as_update() for pending in chosen]
