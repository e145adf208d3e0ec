"""The postman: one loop that makes letters of due items and sees each through to a known end (delivery, §2)."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.channels import handing_over
from services.clock import Clock, machine_now
from services.outbox.experience import Experience
from services.outbox.finished import Finished, ends_badly, is_unreachable, may_repeat, state_after
from services.outbox.limits import BULK
from services.outbox.lookout import EVERY, Lookout
from services.outbox.lookout import Spawn as Spawn
from services.outbox.outcomes import Address, Outcome
from services.outbox.pace import Pace
from services.outbox.ready import Readiness, Ready
from services.outbox.transport import Composer, FrozenLetter, Transport, carried
from services.outbox.unreached import list_unreached, patience
from storage.failures import passes
from storage.repositories import accounts, care, due, items, letters, owner
from storage.uow import Storage, Uow
from storage.vocabulary import BotId, Channel, ContactId, ItemId, LetterId, LetterState, PersonId

log = logging.getLogger("zvonok.postman")

WIDTH = 8  # letters on the wire at once, and so the most copies that a kill can cause
ROOM_FOR_URGENT = 2  # of these, kept free of letters that may wait
CARE_EVERY = 5.0  # seconds between rounds over unknown letters and expired items
LEDGER_RETRY = (0.2, 1.0, 3.0)
GRACE = timedelta(minutes=5)  # what never expires and was due so long ago stands on the list, and goes on waiting
NEVER = float("inf")


class NotTheOwner(Exception):
    """Another process took the bot over: this one must stop."""


class Postman:
    """Sends what is due.

    1. Look, beside the rounds: read whole bundles of due items whose recipient is reachable, and have them composed.
    2. Choose: the most urgent ready letters whose chat may be written to, never more than WIDTH on the wire.
    3. Ledger, one transaction: settle what has finished; claim items `waiting → told` while id, rev, state, right and
       consent still stand; store their letters as sending; commit.
    4. Send each over HTTP when the pace gives it a token. The result waits in memory until its settle commits.
    5. From time to time: letters of unknown fate go again, marked; items that came too late go on the list.

    The settle is retried for ever, the send never.
    """

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        composer: Composer,
        transport: Transport,
        pace: Pace,
        *,
        bot_id: BotId,
        spawn: Spawn,
        channel: Channel = Channel.TELEGRAM,
        at: Callable[[str], None] = lambda point: None,
        width: int = WIDTH,
        care_every: float = CARE_EVERY,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._transport = transport
        self._pace = pace
        self._bot_id = bot_id
        self._channel = channel
        self._spawn = spawn
        self._at = at
        self._width = width
        self._care_every = care_every
        self._ready = Readiness(storage, clock, composer, bot_id, channel)
        self._moved_away: list[PersonId] = []  # whose chat or mailbox has just turned out to take nothing
        self._flying: dict[LetterId, FrozenLetter] = {}
        self._finished: list[Finished] = []
        self._queueing: set[asyncio.Task[Any]] = set()  # claimed letters that wait for their token
        self._epoch = 0
        self.experience = Experience(pace)
        self._called = asyncio.Event()
        self._stopping = False
        self.still_ours: Callable[[], bool] = lambda: True  # asked before each request: who was frozen sends nothing
        self._in_doubt = True  # rows may say `sending` that we don't carry
        self._lookout = Lookout(self._ready, spawn, self._called.set)
        self._care_at = 0.0
        self.running = False

    @property
    def channel(self) -> Channel:
        """Which way it sends."""
        return self._channel

    @property
    def works(self) -> bool:
        """Whether letters go: it runs, and the other side has neither refused the bot nor the mail account."""
        return self.running and not self.experience.halted and not self.experience.refused

    def wake(self) -> None:
        """Something is due, or may be: look now."""
        self._lookout.soon()
        self._ready.hurry()
        self._called.set()

    async def run(self, epoch: int) -> None:
        """Work as the owner of this epoch until stopped. Raises NotTheOwner when the bot was taken over."""
        self._epoch = epoch
        self._ready.clear()
        self._stopping = self.experience.halted = False
        self._in_doubt = True
        self._lookout.soon()
        self._care_at = 0.0
        self.running = True
        failures = 0
        try:
            while not self._done():
                try:
                    pause = await self._round()
                    failures = 0
                except Exception as error:
                    if not passes(error):
                        raise
                    self._in_doubt = True
                    log.warning("ledger_retry error=%s", type(error).__name__)
                    await asyncio.sleep(LEDGER_RETRY[min(failures, len(LEDGER_RETRY) - 1)])
                    failures += 1
                    continue
                await self._rest(pause)
        finally:
            self.running = False
            await self._lookout.rest()

    def stop(self) -> None:
        """No new letters. What is on the wire is waited for and settled by `run`, which then returns."""
        self._stopping = True
        for task in self._queueing:
            task.cancel()
        self._called.set()

    async def hand_over(self, patience: float) -> None:
        """The bot is another's: wait for what is on the wire, and write down what surely arrived.

        The rest is the new owner's, who takes it for unknown.
        """
        deadline = self._monotonic() + patience
        while len(self._finished) < len(self._flying) and self._monotonic() < deadline:
            self._called.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), deadline - self._monotonic())
        arrived = [one for one in self._finished if one.outcome.state is LetterState.SENT]
        self._finished.clear()
        self._flying.clear()
        if arrived:
            async with self._storage.writing() as uow:
                await self._settle(uow, arrived, self._clock.now(), machine_now())

    def _done(self) -> bool:
        return self._stopping and not self._flying

    async def _rest(self, seconds: float) -> None:
        if seconds > 0 and not self._done():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._called.wait(), seconds)
        self._called.clear()

    async def _round(self) -> float:
        """One pass of the numbered steps; seconds until the next is worth while, unless called."""
        if self._stopping or self.experience.halted:
            if self._finished:
                await self._ledger([])
            return EVERY
        if self._in_doubt:
            await self._ledger([])
        now = self._monotonic()
        if now >= self._care_at:
            self._care_at = now + self._care_every
            await self._care()
        self._lookout.look(now, self._pace.held_chats(EVERY))
        chosen, soonest = self._choose()
        if chosen or self._finished or self._ready.empty or self._ready.put_off:
            await self._ledger(chosen)
        if self._finished:
            return 0.0
        return min(max(min(soonest, self._lookout.next_at()) - self._monotonic(), 0.001), EVERY)

    def _monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    # 2. Choose

    def _choose(self) -> tuple[list[Ready], float]:
        """Letters to claim now, and when the next could be."""
        if self._stopping:
            return [], NEVER
        now = self._monotonic()
        width = self.experience.width(now, self._width)
        room = width - len(self._flying) + len(self._finished)
        opens = max(self._pace.bot_ready_at(now), self.experience.open_at(now))
        if opens > now:
            return [], opens
        keep = ROOM_FOR_URGENT if self._pace.keeps_room and width > ROOM_FOR_URGENT else 0
        # A chat whose letter has finished is settled first in the same transaction.
        taken = {letter.address for letter in self._flying.values()} - {one.letter.address for one in self._finished}
        chosen: list[Ready] = []
        soonest = NEVER
        for one in self._ready.in_order():
            bulk = one.priority >= BULK
            if room - len(chosen) <= (keep if bulk else 0):
                break  # the rest is no more urgent
            at = self._pace.chat_ready_at(one.address, one.priority, now)
            at = max(at, self._pace.bulk_ready_at(now)) if bulk else at
            if at > now:
                soonest = min(soonest, at)
            elif one.address not in taken:
                if bulk:
                    self._pace.take_bulk(now)
                taken.add(one.address)
                chosen.append(one)
        self._ready.take(chosen)
        return chosen, soonest

    # 3. Ledger

    async def _ledger(self, chosen: Sequence[Ready]) -> None:
        """The one write transaction; then the claimed letters take off."""
        settling, empty, put_off = list(self._finished), list(self._ready.empty), list(self._ready.put_off)
        now, machine = self._clock.now(), machine_now()
        async with self._storage.writing(quick=True) as uow:
            await self._ensure_owner(uow)
            await self._learn_addresses(uow, settling, now)
            touched = [item for one in chosen for item, _ in one.items] + [item for item, _ in empty]
            touched += [item for (item, _), _ in put_off]
            await items.hold_still(uow, touched, [it.letter.id for it in settling if ends_badly(it)], self._moved_away)
            if self._in_doubt:
                await self._adopt(uow)
            if settling:
                await self._settle(uow, settling, now, machine)
            if empty:
                await letters.cancel_untold(uow, empty)
            if put_off:
                await letters.put_off(uow, put_off)
            off = await self._claim(uow, chosen, now, machine) if chosen else []
        self._in_doubt = False
        self.experience.counts.ledgers += 1
        self._finished = self._finished[len(settling) :]
        for one in settling:
            self._flying.pop(one.letter.id, None)
        if settling and not self._ready:
            self._lookout.soon()  # what their keys and chats kept waiting
        self._ready.empty = self._ready.empty[len(empty) :]
        self._ready.put_off = self._ready.put_off[len(put_off) :]
        self._flying |= {letter.id: letter for letter, _ in off}
        if settling:
            self._at("after_settle")
        if off:
            self._at("after_claim")
        for letter, priority in off:
            self._spawn(self._carry(letter, priority), f"letter {letter.id}")

    async def _ensure_owner(self, uow: Uow) -> None:
        if not await owner.owns(uow, self._bot_id, self._epoch):
            raise NotTheOwner

    async def _adopt(self, uow: Uow) -> None:
        """What says it is on its way and isn't: another owner's, or ours of a commit whose answer was lost."""
        adopted = await letters.adopt(uow, self._bot_id, self._epoch, sorted(self._flying), self._channel)
        if any(adopted):
            log.warning("letters_adopted older=%d never_began=%d", *adopted)

    async def _claim(
        self, uow: Uow, chosen: Sequence[Ready], now: datetime, machine: datetime
    ) -> list[tuple[FrozenLetter, int]]:
        """Freeze new letters and begin copies; those that took hold, with their priorities."""
        ids: dict[str, LetterId] = {}
        fresh = [one for one in chosen if one.copy_of is None]
        if fresh:
            claims = [
                letters.Claim(one.address, one.method, one.payload, one.target_letter_id, one.items, one.today)
                for one in fresh
            ]
            ids |= await letters.freeze(uow, self._bot_id, self._epoch, claims, now, machine, self._channel)
            for one in fresh:
                if one.address not in ids:  # it moved on, or the right ended: look again
                    await letters.cancel_without_right(uow, [item for item, _ in one.items], one.today)
                    self._lookout.soon()
        copies = {one.copy_of: one.address for one in chosen if one.copy_of is not None}
        if copies:
            begun = await letters.begin_copies(uow, self._bot_id, self._epoch, sorted(copies), machine)
            ids |= {copies[letter_id]: letter_id for letter_id in begun}
            self.experience.counts.copies += len(begun)
        aims = {one.target_letter_id for one in chosen} - {None}
        targets = await letters.external_ids(uow, sorted(aim for aim in aims if aim is not None))
        return [
            (
                FrozenLetter(
                    id=ids[one.address],
                    address=one.address,
                    method=one.method,
                    payload=one.payload,
                    target_external_id=None if one.target_letter_id is None else targets.get(one.target_letter_id),
                    copy=one.copy,
                ),
                one.priority,
            )
            for one in chosen
            if one.address in ids
        ]

    async def _settle(self, uow: Uow, settling: Sequence[Finished], now: datetime, machine: datetime) -> None:
        results = [
            letters.Settled(one.letter.id, state_after(one), one.outcome.slug, one.outcome.external_id)
            for one in settling
        ]
        await letters.settle(uow, results, machine)
        if returned := [one.letter_id for one in results if one.state is LetterState.RETURNED]:
            await letters.give_back(uow, returned)
        for person_id in self._moved_away:
            await handing_over.follow(uow, person_id, now, blocked=self._channel is Channel.TELEGRAM)
        if dead := [one.letter_id for one in results if one.state is LetterState.DEAD]:
            await self._list(uow, await handing_over.take_over(uow, await letters.bury(uow, dead), now), now)
        if given_up := [one.letter.id for one in settling if one.letter.copy and is_unreachable(one)]:
            await self._list(uow, await letters.items_of(uow, given_up), now)

    async def _learn_addresses(self, uow: Uow, settling: Sequence[Finished], now: datetime) -> None:
        """Chats that take letters no more, or have moved. Before any item is locked, as everywhere."""
        self._moved_away = []
        for one in settling:
            if is_unreachable(one) and self._channel is Channel.EMAIL:
                contact_id = ContactId(due.place_of(one.letter.address))
                owner_id = await handing_over.mailbox_is_dead(uow, contact_id, one.outcome.slug, now)
                self._moved_away += [] if owner_id is None else [owner_id]
            elif is_unreachable(one):
                slug = one.outcome.slug
                self._moved_away += await accounts.mark_unreachable(uow, self._bot_id, one.letter.address, slug, now)
            elif one.outcome.address is Address.MOVED and one.outcome.migrated_to is not None:
                await accounts.move(uow, self._bot_id, one.letter.address, one.outcome.migrated_to)

    async def _list(self, uow: Uow, item_ids: Sequence[ItemId], now: datetime) -> None:
        for item_id in await list_unreached(uow, item_ids, now):
            log.critical("alarm unreached_and_nobody_to_tell item=%d", item_id)

    # 4. Send

    async def _carry(self, letter: FrozenLetter, priority: int) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._queueing.add(task)
        try:
            await self._pace.take(letter.address, priority)
            goes = self.still_ours()
        except asyncio.CancelledError:
            goes = False
        finally:
            self._queueing.discard(task)
        if not goes:
            self._end(letter, Outcome(LetterState.RETURNED, "stopped"))
            return
        self._at("before_http")
        outcome = await carried(self._transport, letter)
        self._at("after_http")
        self.experience.note(letter, outcome)
        self._end(letter, outcome)

    def _end(self, letter: FrozenLetter, outcome: Outcome) -> None:
        if letter.id in self._flying:  # else it was handed over
            self._finished.append(Finished(letter, outcome))
            self._called.set()

    # 5. Care

    async def _care(self) -> None:
        """Prepare copies of letters of unknown fate, close those that are over, list what came too late."""
        now, machine = self._clock.now(), machine_now()
        async with self._storage.reading() as uow:
            # Where schools live in several zones the latest date decides: a right that ended is over.
            zones = [ZoneInfo(name) for name in await care.zones(uow)]
            today = max((now.astimezone(zone).date() for zone in zones), default=now.date())
            listed_after = patience(await care.regulations(uow))
            unknown = await care.unknown(uow, self._bot_id, now, today, self._channel)
        over = [one for one in unknown if one.over]
        again = (one for one in unknown if not one.over and may_repeat(one, machine))
        self._ready.add_copies(list(again), today, self._monotonic())
        async with self._storage.writing() as uow:
            await self._ensure_owner(uow)
            await self._adopt(uow)  # such a commit may come late: while it waits for the standby nobody sees its rows
            if over:
                await self._list(uow, await care.close_over(uow, over), now)
            overdue = await care.overdue(uow, self._bot_id, now - listed_after, now - GRACE)
            late = await care.expire(uow, self._bot_id, now, overdue)
            await self._list(uow, [*await handing_over.take_over(uow, late, now), *overdue], now)
            await handing_over.take_over(uow, overdue, now)  # and goes on by another way, if there is one
        if late:
            log.warning("items_expired count=%d", len(late))
            self._care_at = 0.0  # there may be more than one chunk
