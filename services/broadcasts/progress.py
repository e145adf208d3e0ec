"""How a broadcast goes, for its author alone: figures, lists, pause, reminder, recall, the export."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from services import words
from services.actor import Actor
from services.broadcasts import audience as audiences
from services.broadcasts.audience import Audience
from services.broadcasts.content import Content, content_of, options_of, recalled_until
from services.broadcasts.refusals import (
    BroadcastGone,
    NobodySilent,
    NoPausing,
    RecallOver,
    RemindedLately,
)
from services.broadcasts.sending import Sending, reminder_key
from services.broadcasts.views import Exported, People, Progress
from services.clock import Clock
from services.errors import NotFoundHere
from services.i18n import gettext
from services.outbox import items
from services.outbox.items import Fact
from services.rules import quiet_hours
from services.rules.regulation import Regulation
from storage.repositories import audit, broadcast_people, diary
from storage.repositories import broadcasts as rows
from storage.repositories.broadcast_people import Reader, Standing, key_of
from storage.repositories.broadcasts import BroadcastRow
from storage.uow import Storage, Uow
from storage.vocabulary import (
    BroadcastId,
    BroadcastState,
    Channel,
    ClassId,
    ItemKind,
    PauseReason,
    PersonId,
)

BETWEEN_REMINDERS = timedelta(hours=3)
SENT = frozenset(
    {
        BroadcastState.SENDING,
        BroadcastState.PAUSED,
        BroadcastState.DONE,
        BroadcastState.CANCELLED,
        BroadcastState.RECALLED,
    }
)
UNDER_WAY = (BroadcastState.SENDING, BroadcastState.PAUSED)
RECALLABLE = (*UNDER_WAY, BroadcastState.DONE, BroadcastState.CANCELLED)


class Which(StrEnum):
    """Some of the recipients."""

    SILENT = "silent"  # reached, and has not answered what was asked
    UNREACHED = "unreached"
    ANSWERED = "answered"


class BroadcastProgress:
    """The office of broadcasts that were sent."""

    def __init__(self, storage: Storage, clock: Clock, sending: Sending) -> None:
        self._storage = storage
        self._clock = clock
        self._sending = sending

    async def view(self, actor: Actor, broadcast_id: BroadcastId) -> Progress:
        """How it stands. Raises NotFoundHere."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            row = await self._own(uow, actor, broadcast_id, now)
            return await _progress(uow, row, actor.zone, now)

    async def said_in(
        self,
        uow: Uow,
        person_id: PersonId,
        broadcast_id: BroadcastId,
        zone: ZoneInfo,
        now: datetime,
    ) -> Progress | None:
        """The same for the letter that edits itself; None where it isn't that person's."""
        row = await rows.find(uow, broadcast_id)
        if row is None or row.author_id != person_id or row.state not in SENT:
            return None
        return await _progress(uow, row, zone, now)

    async def pause(self, actor: Actor, broadcast_id: BroadcastId) -> Progress:
        """«Пауза»: what waits stays where it is. Raises NoPausing, NotFoundHere."""
        paused = {"state": BroadcastState.PAUSED.value, "pause_reason": PauseReason.BY_HAND.value}
        return await self._to(actor, broadcast_id, (BroadcastState.SENDING,), "broadcast_paused", paused)

    async def resume(self, actor: Actor, broadcast_id: BroadcastId) -> Progress:
        """«Продолжить»: only errors from now on count for the next pause. Raises NoPausing, NotFoundHere."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._own(uow, actor, broadcast_id, now)
            counts = await broadcast_people.counts(uow, row.id)
            going = {
                "state": BroadcastState.SENDING.value,
                "pause_reason": None,
                "past_attempts": counts.attempts,
                "past_errors": counts.errors,
            }
            await self._change(uow, actor, row, (BroadcastState.PAUSED,), "broadcast_resumed", going, now)
            return await self._changed(uow, actor, broadcast_id, now)

    async def stop(self, actor: Actor, broadcast_id: BroadcastId) -> Progress:
        """«Остановить»: what still waits will never be sent. Raises NoPausing, NotFoundHere."""
        now = self._clock.now()
        ended = {"state": BroadcastState.CANCELLED.value, "ended_at": now, "pause_reason": None}
        return await self._to(actor, broadcast_id, UNDER_WAY, "broadcast_stopped", ended)

    async def recall(self, actor: Actor, broadcast_id: BroadcastId) -> Progress:
        """«Отозвать»: what waits never goes, what was told is deleted where that can be. Raises RecallOver."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._own(uow, actor, broadcast_id, now)
            regulation = await _regulation(uow, row)
            until = recalled_until(row, regulation)
            if row.state is BroadcastState.RECALLED:
                return await _progress(uow, row, actor.zone, now)
            if until is None or now > until:
                raise RecallOver(hours=regulation.broadcast_recall_hours)
            ended = {"state": BroadcastState.RECALLED.value, "ended_at": now, "pause_reason": None}
            await self._change(uow, actor, row, RECALLABLE, "broadcast_recalled", ended, now)
            return await self._changed(uow, actor, broadcast_id, now)

    async def close(self, actor: Actor, broadcast_id: BroadcastId) -> Progress:
        """No answer is taken any more. Raises NotFoundHere."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._own(uow, actor, broadcast_id, now)
            if row.question and row.closed_at is None:
                await self._change(uow, actor, row, tuple(SENT), "broadcast_closed", {"closed_at": now}, now)
            return await self._changed(uow, actor, broadcast_id, now)

    async def people(
        self, actor: Actor, broadcast_id: BroadcastId, which: Which, class_id: ClassId | None = None
    ) -> People:
        """Some of the recipients, of one class or all. Raises NotFoundHere."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            row = await self._own(uow, actor, broadcast_id, now)
            found = await broadcast_people.readers(uow, row.id, now.astimezone(actor.zone).date())
            chosen = [one for one in found if _is(one, which, row)]
            if class_id is not None:
                chosen = [one for one in chosen if one.class_id == class_id]
            return People(await _content(uow, row), chosen)

    async def remind(self, actor: Actor, broadcast_id: BroadcastId) -> int:
        """A reminder to those it reached who have not answered, and to nobody else; how many.

        Put in chunks: interrupted, the same tap again goes on with those whom it has not come to.
        Raises NobodySilent, RemindedLately, NotFoundHere.
        """
        now = self._clock.now()
        async with self._storage.writing() as uow:
            await rows.lock(uow, broadcast_id)  # of two taps one reminds
            row = await self._own(uow, actor, broadcast_id, now)
            if row.state is BroadcastState.RECALLED:
                raise NobodySilent
            last = row.reminded_at
            moment = now if last is None or now >= last + BETWEEN_REMINDERS else last
            done = await rows.reminded(uow, row.id, reminder_key(row.id), _stamp(moment))
            facts = [one for one in await _reminders(uow, row, moment, now) if one.recipient_id not in done]
            if not facts:
                raise RemindedLately(hour=words.hour(moment, actor.zone)) if moment == last else NobodySilent
            if moment != last:
                await self._change(uow, actor, row, tuple(SENT), "broadcast_reminded", {"reminded_at": moment}, now)
        chunks = items.in_chunks(facts)
        for number, chunk in enumerate(chunks, 1):
            seq = actor.seq if number == len(chunks) else None  # the tap is done when the last of them is
            async with self._storage.writing(seq, now=now) as uow:
                locked = await rows.lock(uow, broadcast_id)
                if locked is not None and locked.state is not BroadcastState.RECALLED:
                    await items.put(uow, chunk, now)
        return len(done) + len(facts)

    async def export(self, actor: Actor, broadcast_id: BroadcastId) -> Exported:
        """Everybody with what they said, as a text to keep or print. Raises NotFoundHere."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            row = await self._own(uow, actor, broadcast_id, now)
            content = await _content(uow, row)
            found = await broadcast_people.readers(uow, row.id, now.astimezone(actor.zone).date())
        assert row.send_at is not None, "it was sent"
        lines = [content.audience, f"{row.send_at.astimezone(actor.zone):%d.%m.%Y %H:%M}", "", *row.text.splitlines()]
        school_class: str | None = None
        for one in found:
            if one.class_name != school_class:
                school_class = one.class_name
                lines += ["", school_class or ""]
            lines.append(f"{reader_name(one)} — {', '.join(_said(one, row, content))}")
        name = gettext("Broadcast {number}.txt").format(number=row.id)
        return Exported(name, "\n".join(lines) + "\n", len(found))

    # What all of them need

    async def _own(self, uow: Uow, actor: Actor, broadcast_id: BroadcastId, now: datetime) -> BroadcastRow:
        """A broadcast of the actor's that went out, whose audience is still theirs. Raises NotFoundHere, …"""
        row = await rows.find(uow, broadcast_id)
        if row is None or row.school_id != actor.school_id or row.author_id != actor.person_id:
            raise NotFoundHere
        if row.state not in SENT:
            raise BroadcastGone
        audience, today = Audience.from_json(row.audience), now.astimezone(actor.zone).date()
        await audiences.authorised(uow, actor.school_id, actor.person_id, actor.roles, audience, today)
        return row

    async def _to(
        self,
        actor: Actor,
        broadcast_id: BroadcastId,
        stands: Sequence[BroadcastState],
        action: str,
        values: dict[str, Any],
    ) -> Progress:
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._own(uow, actor, broadcast_id, now)
            await self._change(uow, actor, row, stands, action, values, now)
            return await self._changed(uow, actor, broadcast_id, now)

    async def _change(
        self,
        uow: Uow,
        actor: Actor,
        row: BroadcastRow,
        stands: Sequence[BroadcastState],
        action: str,
        values: dict[str, Any],
        now: datetime,
    ) -> None:
        if not await rows.change(uow, row.id, stands, **values):
            if str(row.state) == values.get("state"):
                return  # a double tap
            raise NoPausing
        subject = f"broadcast:{row.id}"
        await audit.note(
            uow,
            school_id=actor.school_id,
            actor_id=actor.person_id,
            at=now,
            action=action,
            subject=subject,
            detail={},
        )
        self._sending.stir()

    async def _changed(self, uow: Uow, actor: Actor, broadcast_id: BroadcastId, now: datetime) -> Progress:
        row = await rows.find(uow, broadcast_id)
        assert row is not None, "it is in this transaction"
        return await _progress(uow, row, actor.zone, now)


async def _progress(uow: Uow, row: BroadcastRow, zone: ZoneInfo, now: datetime) -> Progress:
    counts = await broadcast_people.counts(uow, row.id)
    options = options_of(row)
    chosen = await broadcast_people.count_answers(uow, row.id) if options else {}
    until = recalled_until(row, await _regulation(uow, row))
    return Progress(
        content=await _content(uow, row),
        counts=counts,
        answers=[chosen.get(place, 0) for place in range(len(options))],
        silent=await broadcast_people.count_silent(uow, row.id, asks_reading=row.asks_reading, asks=bool(row.question)),
        sent_at=None if row.send_at is None else row.send_at.astimezone(zone),
        today=now.astimezone(zone).date(),
        paused=row.pause_reason,
        closed=row.closed_at is not None,
        recallable=until is not None and now <= until and row.state is not BroadcastState.RECALLED,
    )


async def _content(uow: Uow, row: BroadcastRow) -> Content:
    return content_of(row, await audiences.said(uow, row.school_id, Audience.from_json(row.audience)))


async def _regulation(uow: Uow, row: BroadcastRow) -> Regulation:
    _name, _timezone, stored = await diary.school(uow, row.school_id)
    return Regulation.from_json(stored)


def _is(one: Reader, which: Which, row: BroadcastRow) -> bool:
    match which:
        case Which.UNREACHED:
            return one.standing is Standing.UNREACHED
        case Which.ANSWERED:
            return one.option is not None or (not row.question and one.read)
        case Which.SILENT:
            unread, unanswered = row.asks_reading and not one.read, bool(row.question) and one.option is None
            return one.standing is Standing.DELIVERED and (unread or unanswered)


def _said(one: Reader, row: BroadcastRow, content: Content) -> list[str]:
    """What a line of the export says of somebody."""
    said = []
    if one.option is not None and one.option < len(content.options):
        said.append(content.options[one.option])
    if one.read:
        said.append(gettext("read"))
    if said:
        return said
    match one.standing:
        case Standing.DELIVERED if row.question or row.asks_reading:
            return [gettext("delivered, no answer")]
        case Standing.DELIVERED | Standing.KEPT:
            return [gettext("delivered")]
        case Standing.WAITING:
            return [gettext("waits")]
        case Standing.RECALLED:
            return [gettext("recalled")]
        case Standing.UNREACHED:
            return [gettext("not reached")]


def reader_name(one: Reader) -> str:
    """«Ларина Прасковья Ивановна (Ларина Татьяна)»; who speaks for nobody but themselves is named alone."""
    name = " ".join(part for part in (one.last_name, one.first_name, one.middle_name) if part)
    if one.student_id is None or one.student_id == one.person_id:
        return name
    return f"{name} ({one.student_last_name} {one.student_first_name})"


async def _reminders(uow: Uow, row: BroadcastRow, moment: datetime, now: datetime) -> list[Fact]:
    """To those who had the letter at the reminder's moment and still owe an answer."""
    _name, timezone, stored = await diary.school(uow, row.school_id)
    regulation, zone = Regulation.from_json(stored), ZoneInfo(timezone)
    due_at = quiet_hours.after_quiet(now, quiet_hours.default_hours(regulation), zone)
    timing = quiet_hours.timing(ItemKind.BROADCAST, regulation)
    assert timing.expires is not None
    told = await rows.told_by(uow, row.id, key_of(row.id), moment)
    found = await broadcast_people.readers(uow, row.id, now.astimezone(zone).date())
    silent = [one for one in found if _is(one, Which.SILENT, row) and one.channel is not Channel.PAPER]
    if row.closed_at is not None:  # nobody is asked for an answer that isn't taken
        silent = [one for one in silent if row.asks_reading and not one.read]
    return [
        Fact(
            school_id=row.school_id,
            bot_id=told[one.person_id],
            recipient_id=one.person_id,
            kind=ItemKind.BROADCAST,
            bundle=reminder_key(row.id),
            collapse_key=reminder_key(row.id),
            value=_stamp(moment),  # every reminder is news
            priority=timing.priority,
            due_at=due_at,
            cap_at=due_at,
            expires_at=due_at + timing.expires,
            student_id=one.student_id,
            channel=one.channel or Channel.TELEGRAM,
        )
        for one in silent
        if one.person_id in told
    ]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
