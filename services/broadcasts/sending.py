"""What becomes of a broadcast by itself, from the minute it is held to the last figure of its progress.

A round, each step in transactions of its own, of at most CHUNK people and so few rows:
1. A hold that is over: the author's right is asked once more, and the broadcast is being sent.
2. Sent and not all put: who is in the audience and not yet among the recipients, CHUNK after CHUNK, with their items.
   Recipient and item are one transaction, so that a kill in between leaves nobody out and tells nobody twice.
3. Too many refused: it pauses. Paused: what waits is held; going on: what was held is let go.
4. Stopped or recalled: what waits is void; recalled: what was told is taken back, letter by letter.
5. All put and nothing waits: it is done.
6. What changed since is shown to the author, in the one message that edits itself.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services import briefings
from services.broadcasts import audience as audiences
from services.broadcasts.audience import Addressee, Audience
from services.broadcasts.content import AGAIN, LIVES, gist, keys_of
from services.clock import Clock
from services.errors import SchoolError
from services.outbox import items
from services.outbox.items import Fact
from services.rules import quiet_hours
from services.rules.quiet_hours import Hours, Times
from services.rules.regulation import Regulation
from storage.repositories import audit, broadcast_people, corrections, diary
from storage.repositories import broadcasts as rows
from storage.repositories.broadcast_people import Counts, key_of
from storage.repositories.broadcasts import BroadcastRow
from storage.uow import Storage, Uow
from storage.vocabulary import (
    AudienceKind,
    BotId,
    BriefingWay,
    BroadcastId,
    BroadcastState,
    Channel,
    ItemKind,
    PauseReason,
    VoidReason,
)

log = logging.getLogger("zvonok.broadcasts")

CHUNK = 100  # people: a recipient's row and an item each
ROWS = 200
HOLD = "broadcast"  # what a paused broadcast's items are held by
ENOUGH_ATTEMPTS = 20
TOO_MANY_ERRORS = 0.1
FOLLOWED = (
    BroadcastState.HELD,
    BroadcastState.SENDING,
    BroadcastState.PAUSED,
    BroadcastState.DONE,
    BroadcastState.CANCELLED,
    BroadcastState.RECALLED,
)
LATE = timedelta(hours=24)  # what waits longer has expired


class Sending:
    """The tick of broadcasts; `hurried` is the same between ticks, while there is something to do."""

    def __init__(self, storage: Storage, clock: Clock, bot_id: BotId | None = None) -> None:
        self._storage = storage
        self._clock = clock
        self._bot_id = bot_id  # whose schools the tick looks after; None: every school's
        self.busy = True
        # Only spare the base: the truth stands in the items.
        self._shown: dict[BroadcastId, str] = {}
        self._let_go: set[BroadcastId] = set()

    async def __call__(self, now: datetime) -> None:
        """The tick."""
        async with self._storage.reading() as uow:
            found = await rows.live(uow, FOLLOWED, now - LIVES, self._bot_id)
        self.busy = any(one.state in (BroadcastState.HELD, BroadcastState.SENDING) for one in found)
        for one in found:
            await self._follow(one, now)
        self._shown = {one.id: self._shown[one.id] for one in found if one.id in self._shown}

    async def hurried(self, now: datetime) -> None:
        """A tick between ticks: a hold ends on its minute, and the figures of what is being sent move."""
        if self.busy:
            await self(now)

    def stir(self) -> None:
        """Something was pressed: look soon."""
        self.busy = True

    async def _follow(self, row: BroadcastRow, now: datetime) -> None:
        if row.state is BroadcastState.HELD:
            if row.send_at is None or row.send_at > now:
                return
            await self._begin(row, now)
        again = await self._again(row.id)
        if again.state is BroadcastState.SENDING and again.sent_at is None:
            await self._put_all(again, now)
        await self._carry_out(again)
        if again.state is BroadcastState.SENDING:
            await self._judge(again.id, now)
        if again.state is BroadcastState.RECALLED:
            await self._take_back(again, now)
        await self._show(row.id, now)

    async def _again(self, broadcast_id: BroadcastId) -> BroadcastRow:
        async with self._storage.reading() as uow:
            row = await rows.find(uow, broadcast_id)
        assert row is not None, "what was sent is never deleted"
        return row

    # 1. The hold is over

    async def _begin(self, seen: BroadcastRow, now: datetime) -> None:
        async with self._storage.writing() as uow:
            row = await rows.lock(uow, seen.id)
            # Taken back since it was seen, and perhaps sent again: another text has a minute of its own.
            if row is None or row.state is not BroadcastState.HELD or row.send_at is None or row.send_at > now:
                return
            _name, timezone, _stored = await diary.school(uow, row.school_id)
            today = now.astimezone(ZoneInfo(timezone)).date()
            roles = await corrections.roles_of(uow, row.author_id, today)
            audience = Audience.from_json(row.audience)
            try:
                await audiences.authorised(uow, row.school_id, row.author_id, roles, audience, today)
            except SchoolError:
                log.warning("broadcast_without_right broadcast=%d", row.id)
                ended = {"state": BroadcastState.CANCELLED.value, "ended_at": now}
                await rows.change(uow, row.id, [BroadcastState.HELD], **ended)
                return
            if not await rows.change(uow, row.id, [BroadcastState.HELD], state=BroadcastState.SENDING.value):
                return
            if audience.kind is AudienceKind.CLASS and not audience.office and audience.of is not None:
                await briefings.record(
                    uow,
                    school_id=row.school_id,
                    class_id=audience.of,
                    teacher_id=row.author_id,
                    on_date=today,
                    way=BriefingWay.BROADCAST,
                    now=now,
                    words=gist(row.text, (), 60) if row.text else "",
                )

    # 2. Recipients and their items

    async def _put_all(self, row: BroadcastRow, now: datetime) -> None:
        audience = Audience.from_json(row.audience)
        async with self._storage.reading() as uow:
            _name, timezone, stored = await diary.school(uow, row.school_id)
            people = await audiences.resolve(uow, row.school_id, audience, now)
            there = await rows.recipients(uow, row.id)
        zone, regulation = ZoneInfo(timezone), Regulation.from_json(stored)
        left = [one for one in people if one.person_id not in there]
        for start in range(0, len(left), CHUNK):
            async with self._storage.writing() as uow:
                locked = await rows.lock(uow, row.id)
                if locked is None or locked.state is not BroadcastState.SENDING:
                    return  # paused, stopped or recalled meanwhile
                await _put(uow, row, left[start : start + CHUNK], zone, regulation, now)
        async with self._storage.writing() as uow:
            if await rows.change(uow, row.id, [BroadcastState.SENDING], sent_at=now):
                detail = {"people": len(people)}
                await audit.note(
                    uow,
                    school_id=row.school_id,
                    actor_id=row.author_id,
                    at=now,
                    action="broadcast_put",
                    subject=f"broadcast:{row.id}",
                    detail=detail,
                )

    # 3 and 4. Held, let go, void

    async def _carry_out(self, row: BroadcastRow) -> None:
        keys = keys_of(row)
        if row.state in (BroadcastState.HELD, BroadcastState.DONE, BroadcastState.DRAFT):
            return
        if row.state is not BroadcastState.SENDING:
            self._let_go.discard(row.id)
        elif row.id in self._let_go:
            return
        while True:
            async with self._storage.writing() as uow:
                match row.state:
                    case BroadcastState.PAUSED:
                        done = await rows.hold(uow, row.id, keys, HOLD, ROWS)
                    case BroadcastState.SENDING:
                        done = await rows.release(uow, row.id, keys, HOLD, ROWS)
                        uow.put_items = done > 0
                    case BroadcastState.CANCELLED:
                        done = await rows.void(uow, row.id, [*keys, reminder_key(row.id)], VoidReason.CANCELLED, ROWS)
                    case BroadcastState.RECALLED:
                        done = await rows.void(uow, row.id, [*keys, reminder_key(row.id)], VoidReason.RECALLED, ROWS)
                    case _:
                        return
            if done < ROWS:
                break
        if row.state is BroadcastState.SENDING:
            self._let_go.add(row.id)

    async def _judge(self, broadcast_id: BroadcastId, now: datetime) -> None:
        """Pause at too many errors; done when nothing waits any more."""
        row = await self._again(broadcast_id)
        async with self._storage.reading() as uow:
            counts = await broadcast_people.counts(uow, broadcast_id)
        attempts, errors = counts.attempts - row.past_attempts, counts.errors - row.past_errors
        if attempts >= ENOUGH_ATTEMPTS and errors > attempts * TOO_MANY_ERRORS:
            log.warning("broadcast_paused broadcast=%d errors=%d attempts=%d", row.id, errors, attempts)
            paused = {"state": BroadcastState.PAUSED.value, "pause_reason": PauseReason.ERRORS.value}
            async with self._storage.writing() as uow:
                await rows.change(uow, row.id, [BroadcastState.SENDING], **paused)
            await self._carry_out(await self._again(row.id))
            return
        over = row.send_at is not None and now >= row.send_at + LATE
        if row.sent_at is not None and (not counts.waiting or over):
            async with self._storage.writing() as uow:
                done = {"state": BroadcastState.DONE.value, "ended_at": now}
                await rows.change(uow, row.id, [BroadcastState.SENDING], **done)

    async def _take_back(self, row: BroadcastRow, now: datetime) -> None:
        """Let every letter that stands in a chat be deleted."""
        keys = [*keys_of(row), reminder_key(row.id)]
        while True:
            async with self._storage.writing() as uow:
                told = await rows.standing(uow, row.id, keys, Channel.TELEGRAM.value, ROWS)
                timing = quiet_hours.timing(ItemKind.BROADCAST_RECALL, Regulation())
                assert timing.expires is not None
                facts = [
                    Fact(
                        school_id=row.school_id,
                        bot_id=one.bot_id,
                        recipient_id=one.recipient_id,
                        kind=ItemKind.BROADCAST_RECALL,
                        bundle=one.collapse_key,
                        collapse_key=one.collapse_key,
                        value=None,
                        priority=timing.priority,
                        due_at=now,
                        cap_at=now,
                        expires_at=now + timing.expires,
                    )
                    for one in told
                ]
                await items.put(uow, facts, now)
            if len(told) < ROWS:
                return

    # 6. What the author sees

    async def _show(self, broadcast_id: BroadcastId, now: datetime) -> None:
        async with self._storage.reading() as uow:
            row = await rows.find(uow, broadcast_id)
            assert row is not None
            shown = await figures(uow, row)
        if self._shown.get(broadcast_id) == shown:
            return
        async with self._storage.writing() as uow:
            await show(uow, row, shown, now)
        self._shown[broadcast_id] = shown


def reminder_key(broadcast_id: BroadcastId) -> str:
    """The key of the reminder to those who have not answered."""
    return f"{key_of(broadcast_id)}:{AGAIN}"


async def figures(uow: Uow, row: BroadcastRow) -> str:
    """Everything that the progress shows, in a line: where it is the same, nothing is shown anew."""
    counts = await broadcast_people.counts(uow, row.id)
    answers = await broadcast_people.count_answers(uow, row.id)
    said = [row.state.value, row.pause_reason or "", "closed" if row.closed_at else "", *_numbers(counts)]
    return ":".join([*said, *(f"{option}={count}" for option, count in sorted(answers.items()))])


def _numbers(counts: Counts) -> list[str]:
    values = (counts.people, counts.delivered, counts.waiting, counts.unreached, counts.recalled, counts.kept)
    return [str(one) for one in (*values, counts.read, counts.answered)]


async def show(uow: Uow, row: BroadcastRow, shown: str, now: datetime) -> None:
    """Let the author's message say it: the item of the one letter that edits itself."""
    key = f"broadcast_progress:{row.id}"
    timing = quiet_hours.timing(ItemKind.BROADCAST_PROGRESS, Regulation())
    assert timing.expires is not None
    facts = [
        Fact(
            school_id=row.school_id,
            bot_id=one.bot_id,
            recipient_id=row.author_id,
            kind=ItemKind.BROADCAST_PROGRESS,
            bundle=key,
            collapse_key=key,
            value=shown,
            priority=timing.priority,
            due_at=now,
            cap_at=now,
            expires_at=now + timing.expires,
        )
        for one in await corrections.accounts(uow, [row.author_id])
    ]
    await items.put(uow, facts, now)


async def _put(
    uow: Uow, row: BroadcastRow, people: Sequence[Addressee], zone: ZoneInfo, regulation: Regulation, now: datetime
) -> None:
    """These people are recipients now, and what reaches them waits. Twice is once."""
    added = await rows.add_recipients(uow, row.id, [(one.person_id, one.student_id) for one in people])
    kind = ItemKind.BROADCAST_URGENT if row.urgent else ItemKind.BROADCAST
    facts = []
    for one in people:
        if one.person_id not in added or one.bot_id is None or one.hours is None:
            continue
        times = _times(kind, one.hours, now, zone, regulation)
        facts.append(
            Fact(
                school_id=row.school_id,
                bot_id=one.bot_id,
                recipient_id=one.person_id,
                kind=kind,
                bundle=key_of(row.id),
                collapse_key=key_of(row.id),
                value=str(row.id),
                priority=times.priority,
                due_at=times.due_at,
                cap_at=times.cap_at,
                expires_at=times.expires_at,
                student_id=one.student_id,
                channel=one.channel or Channel.TELEGRAM,
            )
        )
    await items.put(uow, facts, now)


def _times(kind: ItemKind, hours: Hours, now: datetime, zone: ZoneInfo, regulation: Regulation) -> Times:
    times = quiet_hours.times(kind, hours, now, zone, regulation)
    assert times is not None, "nobody switches the school's letters off"
    return times
