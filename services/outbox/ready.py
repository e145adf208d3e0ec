"""Letters composed and not yet claimed: what is due, gathered by recipient and bundle."""

import asyncio
import logging
from collections.abc import Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from services.clock import Clock
from services.outbox.ahead import announce
from services.outbox.transport import Composer, DueItem, Later, Reachable
from storage.failures import passes
from storage.repositories import due
from storage.repositories.care import UnknownLetter
from storage.uow import Storage, Uow
from storage.vocabulary import (
    BotId,
    Channel,
    ItemId,
    ItemKind,
    LessonId,
    LetterId,
    LetterMethod,
    PersonId,
    SchoolId,
    WorkId,
)

log = logging.getLogger("zvonok.postman")

LOOK_LIMIT = 600  # due items looked at in one go: letters of one class share what they are written from
ENOUGH = 50  # composed letters for a look that ends early, since something new has fallen due
FRESH = 2.0  # seconds a composed letter stays worth claiming
BROKEN_REST = 60.0  # seconds before a bundle that could not be composed is tried again

Item = tuple[ItemId, int]  # id and rev


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter that may be claimed, or the next copy of one of unknown fate; `today` is the recipient's date."""

    priority: int
    due_at: datetime
    address: str
    bundle: tuple[int, str]  # recipient and bundle; of a copy: the letter
    method: LetterMethod
    payload: dict[str, Any]
    target_letter_id: LetterId | None
    items: tuple[Item, ...]
    today: date
    composed_at: float
    copy_of: LetterId | None = None
    copy: int = 0


class Readiness:
    """Keeps the most urgent due letters composed, so that the ledger only has to claim them."""

    def __init__(
        self, storage: Storage, clock: Clock, composer: Composer, bot_id: BotId, channel: Channel = Channel.TELEGRAM
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._composer = composer
        self._bot_id = bot_id
        self._channel = channel
        self._letters: list[Ready] = []
        self._broken: dict[tuple[int, str], float] = {}
        self._taken: set[tuple[int, str]] = set()  # since the last look began
        self._looks = 0
        self._hurried = False
        self._half = 0  # of what the last look brought, where it may have left something
        self.empty: list[Item] = []  # items with nothing left to tell
        self.put_off: list[tuple[Item, datetime]] = []  # items that quiet hours hold until then

    def __bool__(self) -> bool:
        return bool(self._letters)

    @property
    def runs_low(self) -> bool:
        """Whether half of what was composed is gone, and more is due."""
        return len(self._letters) < self._half

    def in_order(self) -> list[Ready]:
        """The letters, the most urgent first."""
        return self._letters

    def take(self, chosen: Sequence[Ready]) -> None:
        """These were chosen."""
        gone = {id(one) for one in chosen}
        self._taken |= {one.bundle for one in chosen}
        self._letters = [one for one in self._letters if id(one) not in gone]

    def hurry(self) -> None:
        """Something new is due, perhaps more urgent: the look under way leaves the rest to the next."""
        self._hurried = True

    def clear(self) -> None:
        """Forget them: another owner may have told their items. A look that is under way brings nothing."""
        self._looks += 1
        self._half = 0
        self._letters = []
        self.empty = []
        self.put_off = []

    def look(self, now: float, held: Collection[str]) -> Coroutine[Any, Any, None]:
        """Compose what is due, unless its chat is held; what is composed and fresh stays as it is.

        From the call on letters may be taken, and copies added.
        """
        self._looks += 1
        self._hurried = False
        self._taken = set()
        return self._look(self._looks, now, held)

    async def _look(self, this: int, now: float, held: Collection[str]) -> None:
        moment = self._clock.now()
        before = {one.bundle for one in self._letters}
        fresh = {one.bundle: one for one in self._letters if now - one.composed_at < FRESH}
        self._broken = {bundle: until for bundle, until in self._broken.items() if until > now}
        composed: list[Ready] = []
        async with self._storage.reading() as uow:
            rows = await due.due(uow, self._bot_id, moment, LOOK_LIMIT, held, self._channel)
            more = len(rows) >= LOOK_LIMIT
            left = _bundles(rows)
            await self._compose_all(uow, this, left, fresh, composed, moment, now)
        while left and self._goes_on(this, composed):  # one of them failed, and its transaction may have failed with it
            async with self._storage.reading() as uow:
                await self._compose_all(uow, this, left, fresh, composed, moment, now)
        if this == self._looks:
            stay = [one for one in self._letters if one.bundle in fresh or one.bundle not in before]
            self._letters = stay + [one for one in composed if one.bundle not in self._taken]
            self._sort()
            self._half = len(self._letters) // 2 if more or left else 0

    def _goes_on(self, this: int, composed: Sequence[Ready]) -> bool:
        return this == self._looks and not (self._hurried and len(composed) >= ENOUGH)

    async def _compose_all(
        self,
        uow: Uow,
        this: int,
        left: list[list[due.DueRow]],
        fresh: dict[tuple[int, str], Ready],
        composed: list[Ready],
        moment: datetime,
        now: float,
    ) -> None:
        """Take the bundles one by one off `left`, until one fails: it rests, and the others want a new transaction."""
        announce(uow, [row for bundle in left for row in bundle])
        while left and self._goes_on(this, composed):
            bundle = left.pop(0)
            key = (bundle[0].recipient_id, bundle[0].bundle)
            known = fresh.get(key)
            if known is not None and known.items == tuple((ItemId(row.id), row.rev) for row in bundle):
                continue
            fresh.pop(key, None)
            if key in self._broken:
                continue
            try:
                ready = await self._compose(uow, bundle, moment, now)
            except Exception as error:
                if passes(error):
                    raise
                self._broken[key] = now + BROKEN_REST
                log.critical("alarm letter_not_composed items=%s", [row.id for row in bundle], exc_info=error)
                return
            if ready is not None:
                composed.append(ready)
            await asyncio.sleep(0)  # letters that are on their way want the loop too

    async def _compose(self, uow: Uow, bundle: Sequence[due.DueRow], moment: datetime, now: float) -> Ready | None:
        first = bundle[0]
        zone = ZoneInfo(first.timezone)
        recipient = Reachable(
            PersonId(first.recipient_id),
            SchoolId(first.school_id),
            self._bot_id,
            due.address_at(self._channel, first.place),
            first.locale,
            zone,
            self._channel,
            first.mailbox,
            due.from_json(first.regulation) or {},
            due.chosen(first),
        )
        letter = await self._composer.compose(uow, recipient, [_item(row) for row in bundle], moment)
        if letter is None:
            self.empty += [(ItemId(row.id), row.rev) for row in bundle]
            return None
        if isinstance(letter, Later):
            self.put_off += [((ItemId(row.id), row.rev), letter.until) for row in bundle]
            return None
        told = [row for row in bundle if row.id in letter.item_ids]
        if not told:
            raise ValueError("a letter tells at least one of its items")
        return Ready(
            priority=min(row.priority for row in told),
            due_at=min(row.due_at for row in told),
            address=recipient.address,
            bundle=(first.recipient_id, first.bundle),
            method=letter.method,
            payload={**letter.payload, "locale": first.locale},
            target_letter_id=letter.target_letter_id,
            items=tuple((ItemId(row.id), row.rev) for row in told),
            today=moment.astimezone(zone).date(),
            composed_at=now,
        )

    def add_copies(self, unknown: Sequence[UnknownLetter], today: date, now: float) -> None:
        """Letters of unknown fate whose time has come go once more, as they are."""
        known = {one.copy_of for one in self._letters}
        self._letters += [
            Ready(
                priority=one.priority,
                due_at=one.sending_at,
                address=one.address,
                bundle=(0, f"copy:{one.id}"),
                method=one.method,
                payload=one.payload,
                target_letter_id=one.target_letter_id,
                items=(),
                today=today,
                composed_at=now,
                copy_of=one.id,
                copy=one.copies + 1,
            )
            for one in unknown
            if one.id not in known
        ]
        self._sort()

    def _sort(self) -> None:
        self._letters.sort(key=lambda one: (one.priority, one.due_at))


def _bundles(rows: Sequence[due.DueRow]) -> list[list[due.DueRow]]:
    """Rows that share a letter, the most urgent letter first."""
    by_bundle = sorted(rows, key=lambda row: (row.recipient_id, row.bundle, row.id))
    gathered = [list(group) for _, group in groupby(by_bundle, key=lambda row: (row.recipient_id, row.bundle))]
    return sorted(gathered, key=lambda bundle: min((row.priority, row.due_at) for row in bundle))


def _item(row: due.DueRow) -> DueItem:
    return DueItem(
        id=ItemId(row.id),
        rev=row.rev,
        kind=ItemKind(row.kind),
        bundle=row.bundle,
        collapse_key=row.collapse_key,
        base=row.base,
        value=row.value,
        priority=row.priority,
        due_at=row.due_at,
        student_id=None if row.student_id is None else PersonId(row.student_id),
        lesson_id=None if row.lesson_id is None else LessonId(row.lesson_id),
        work_id=None if row.work_id is None else WorkId(row.work_id),
        previous_letter_id=None if row.previous_letter_id is None else LetterId(row.previous_letter_id),
    )
