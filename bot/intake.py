"""The door: every update is stored before it is acknowledged, many in one commit (delivery, §1)."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.clock import Clock
from storage.failures import passes
from storage.repositories import inbox
from storage.uow import Storage
from storage.vocabulary import BotId, InboxSeq, InboxState

log = logging.getLogger("zvonok.intake")

MOST_IN_ONE_COMMIT = 200
LINGER = 0.05  # seconds that finished marks wait for an update to share their commit with
RETRY = 1.0
SLOWED = 0.1  # seconds that a message which is left out waits: who floods us is slowed, and costs others little

MESSAGES = frozenset({"message", "edited_message"})  # what somebody types or sends: no tap, no news of the chat itself


class BadUpdate(ValueError):
    """What came isn't an update."""


@dataclass(slots=True)
class _Put:
    arrivals: list[inbox.Arrival]
    stored: "asyncio.Future[None]"


def arrival_of(update: Any, turns_away: Callable[[int], bool] = lambda lane: False) -> inbox.Arrival:
    """An update as a row. Its lane is the user, else the chat, else everybody's. Raises BadUpdate.

    Messages of a lane that `turns_away` names are left out: their row holds nothing but that they came.
    """
    if not isinstance(update, dict) or not _is_id(update.get("update_id")):
        raise BadUpdate("an update is an object with an update_id")
    event = next((value for key, value in update.items() if key != "update_id" and isinstance(value, dict)), {})
    lane = 0
    for holder in ("from", "user", "chat"):
        person = event.get(holder)
        if isinstance(person, dict) and _is_id(person.get("id")):
            lane = person["id"]
            break
    if turns_away(lane) and not MESSAGES.isdisjoint(update):
        return inbox.Arrival(update["update_id"], lane, None)
    # In ASCII: half an emoji, cut off by some app, is no UTF-8, and no base would take it or what came with it.
    return inbox.Arrival(update["update_id"], lane, json.dumps(update, separators=(",", ":")))


def _is_id(value: Any) -> bool:
    """A number that the base can hold: one that it can't would turn away everything stored beside it."""
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


class GroupWriter:
    """Stores what waits, and marks what is finished, in one transaction after another.

    `deliver` gets the stored updates in their order, after the commit, but for doubles. `wrote` hears how each
    transaction ended. `turns_away`: whether messages of a lane are left out.
    """

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        bot_id: BotId,
        deliver: Callable[[Sequence[inbox.Waiting]], None],
        settled: Callable[[Sequence[InboxSeq]], None],
        at: Callable[[str], None] = lambda point: None,
        wrote: Callable[..., None] = lambda *, done: None,
        turns_away: Callable[[int], bool] = lambda lane: False,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._bot_id = bot_id
        self._deliver = deliver
        self._settled = settled
        self._at = at
        self._wrote = wrote
        self._turns_away = turns_away
        self._puts: list[_Put] = []
        self._finished: list[inbox.Finished] = []
        self._all_marked = asyncio.Event()
        self._all_marked.set()
        self._called = asyncio.Event()
        self._stopping = False

    async def put(self, updates: Sequence[Any]) -> None:
        """Returns when the updates are committed. Raises BadUpdate, or the storage's error: then none was accepted."""
        if not updates:
            return
        arrivals = [arrival_of(update, self._turns_away) for update in updates]
        if all(one.payload is None for one in arrivals):
            await asyncio.sleep(SLOWED)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._puts.append(_Put(arrivals, stored))
        self._called.set()
        await stored

    def finish(self, seq: InboxSeq, state: InboxState = InboxState.DONE, *, answered: bool = True) -> None:
        """An update's handling is over; marked with the next commit."""
        self._finished.append(inbox.Finished(seq, state, answered))
        self._all_marked.clear()
        self._called.set()

    async def marked(self) -> None:
        """Returns when every mark so far is committed, so that another process may go on."""
        await self._all_marked.wait()

    async def run(self) -> None:
        """Write until stopped and everything is written."""
        while not (self._stopping and not self._puts and not self._finished):
            if not self._puts and not self._finished:
                await self._called.wait()
                self._called.clear()
            if not self._puts and not self._stopping:
                await self._linger()
            await self._write()

    def stop(self) -> None:
        """Finish what waits and return from `run`."""
        self._stopping = True
        self._called.set()

    async def _linger(self) -> None:
        self._called.clear()
        deadline = asyncio.get_running_loop().time() + LINGER
        while not self._puts and not self._stopping:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                return
            try:
                await asyncio.wait_for(self._called.wait(), left)
            except TimeoutError:
                return
            self._called.clear()

    def _next_puts(self) -> list[_Put]:
        taken: list[_Put] = []
        size = 0
        while self._puts and (not taken or size + len(self._puts[0].arrivals) <= MOST_IN_ONE_COMMIT):
            size += len(self._puts[0].arrivals)
            taken.append(self._puts.pop(0))
        return taken

    async def _write(self) -> None:
        puts, finished = self._next_puts(), self._finished[:MOST_IN_ONE_COMMIT]
        arrivals = [arrival for put in puts for arrival in put.arrivals]
        if not arrivals and not finished:
            return
        now = self._clock.now()
        try:
            async with self._storage.writing(quick=True) as uow:
                stored = await inbox.store(uow, self._bot_id, arrivals, now) if arrivals else []
                if finished:
                    await inbox.finish(uow, finished, now)
                if stored:
                    self._at("before_inbox_commit")
        except Exception as error:
            for put in puts:
                if not put.stored.cancelled():
                    put.stored.set_exception(error)
            if passes(error):
                log.warning("inbox_commit_failed error=%s", type(error).__name__)
            else:  # a mistake of ours; still nobody else would keep the door
                log.critical("alarm inbox_failed", exc_info=error)
            self._wrote(done=False)
            if not puts:  # marks alone: they wait, they are never lost
                await asyncio.sleep(RETRY)
            return
        self._wrote(done=True)
        if stored:
            self._at("after_inbox_commit")
        del self._finished[: len(finished)]
        if not self._finished:
            self._all_marked.set()
        self._settled([one.seq for one in finished])
        self._deliver(stored)
        for put in puts:
            if not put.stored.cancelled():
                put.stored.set_result(None)
