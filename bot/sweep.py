"""What the inbox holds goes into the lanes: what was left there, what another process stored, what the door stores."""

import asyncio
import logging
from collections.abc import Sequence

from bot.lanes import Lanes
from storage.repositories import inbox
from storage.repositories.inbox import Waiting
from storage.uow import Storage
from storage.vocabulary import BotId, InboxSeq

log = logging.getLogger("zvonok.sweep")

EVERY = 0.4  # seconds between looks for updates that another process stored
PATIENCE = 40.0  # longer than the server lets a statement run: nothing waits for ever
AGAIN = 2.0  # where the base doesn't answer
# Seconds in which a transaction that has got its numbers is seen, or never: the server ends it when it waits for a lock
# or says nothing (storage.postgresql).
SEEN = 15.0
ROWS = 500  # updates fetched by one question


class Sweep:
    """Lines up each user's updates in their order, whoever stored them.

    The messenger brings one user's updates one after another, each when the former is stored. So what the door stores
    may go to its lane at once, unless something older may stand in the base alone: at the beginning, and where numbers
    were given to another process in between. It then waits for the next look; and so does what comes soon afterwards,
    since on PostgreSQL a look doesn't see what has its numbers and is not yet committed.
    """

    def __init__(self, storage: Storage, bot_id: BotId, lanes: Lanes) -> None:
        self._storage = storage
        self._bot_id = bot_id
        self._lanes = lanes
        self._open = False
        self._newest: int | None = None  # up to here nothing is in the base alone; None: nobody has looked yet
        self._behind: dict[InboxSeq, Waiting] = {}  # stored here, lined up after the next look
        self._in_turn = storage.writer.dialect.name == "sqlite"  # numbers are seen in their order: one writes at a time
        self._last: int | None = None  # the number that the door was given last
        self._sure_at = 0.0  # until then a lower one may yet come to light
        self._called = asyncio.Event()

    async def begin(self) -> None:
        """Line up what is there. What the door stores meanwhile goes behind it."""
        self._open = True
        self._newest = self._last = None
        await self._look()

    def end(self) -> None:
        """What comes from now on stands in the base."""
        self._open = False
        self._behind.clear()

    def deliver(self, stored: Sequence[Waiting]) -> None:
        """The door has stored these, and has committed them."""
        if not self._open or not stored:
            return
        first, last, count = stored[0].seq, stored[-1].seq, len(stored)
        # Some a look may have found already; from `_behind` they would go once more, were the next looks to fail.
        stored = [one for one in stored if not one.left_out and not self._lanes.knows(one.seq)]
        now = asyncio.get_running_loop().time()
        if not self._in_turn and (self._last is None or last - self._last != count):
            self._sure_at = now + SEEN
        self._last = last
        follows = self._newest is not None and first > self._newest and last - self._newest == count
        if self._behind or not follows or now < self._sure_at:
            self._behind |= {one.seq: one for one in stored}
            self._called.set()
            return
        self._newest = last
        self._lanes.put(stored)

    async def run(self) -> None:
        """Look now and then for what another process stored, and at once where something waits for it."""
        while True:
            try:
                async with asyncio.timeout(EVERY):
                    await self._called.wait()
            except TimeoutError:
                pass
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._look()
            except Exception as error:
                log.warning("sweep_failed error=%s", type(error).__name__)
                await asyncio.sleep(AGAIN)

    async def _look(self) -> None:
        self._called.clear()
        behind = dict(self._behind)  # stored before this look, so that it sees whatever is older
        self._lanes.begin_sweep()
        async with self._storage.reading() as uow:
            there = await inbox.new_seqs(uow, self._bot_id)
            missing = [seq for seq in self._lanes.missing(there) if seq not in behind]
            for at in range(0, len(missing), ROWS):
                behind |= {one.seq: one for one in await inbox.waiting(uow, missing[at : at + ROWS])}
        if not self._open:
            return
        self._lanes.put([behind[seq] for seq in sorted(behind)])
        self._behind = {seq: one for seq, one in self._behind.items() if seq not in behind}
        self._newest = max([self._newest or 0, *there[-1:], *behind])
