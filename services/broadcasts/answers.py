"""What families press under a broadcast: «Ознакомлен(а)», an answer, the attachments."""

from datetime import datetime, timedelta

from services import acknowledgements
from services.actor import Actor
from services.broadcasts.content import file_key, files_of, options_of
from services.broadcasts.refusals import AnswersClosed, BroadcastRecalled, OnlyAPreview
from services.broadcasts.sending import Sending
from services.clock import Clock
from services.errors import NotFoundHere
from services.letters.broadcasts import BroadcastLetter, written
from services.outbox import items
from services.outbox.items import Fact
from storage.repositories import broadcasts as rows
from storage.repositories.broadcasts import BroadcastRow, RecipientRow
from storage.uow import Storage, Uow
from storage.vocabulary import AcknowledgedKind, BroadcastId, BroadcastState, ItemKind

FILES_LIVE = timedelta(hours=1)  # who asked for files looks at the chat now


class BroadcastReplies:
    """The office of who gets broadcasts."""

    def __init__(self, storage: Storage, clock: Clock, sending: Sending) -> None:
        self._storage = storage
        self._clock = clock
        self._sending = sending

    async def acknowledge(self, actor: Actor, broadcast_id: BroadcastId) -> BroadcastLetter:
        """«Ознакомлен(а)», once. Raises NotFoundHere, OnlyAPreview, BroadcastRecalled."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row, _me = await _received(uow, actor, broadcast_id)
            await acknowledgements.acknowledge(uow, actor, AcknowledgedKind.BROADCAST, str(row.id), now)
            self._sending.stir()
            return await _letter(uow, actor, row)

    async def answer(self, actor: Actor, broadcast_id: BroadcastId, option: int) -> BroadcastLetter:
        """An answer; the newest counts, until the question is closed. Raises AnswersClosed and as `acknowledge`."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row, _me = await _received(uow, actor, broadcast_id)
            if option >= len(options_of(row)):
                raise NotFoundHere
            if row.closed_at is not None:
                raise AnswersClosed
            await rows.answer(uow, row.id, actor.person_id, option, now)
            self._sending.stir()
            return await _letter(uow, actor, row)

    async def files(self, actor: Actor, broadcast_id: BroadcastId) -> int:
        """The attachments come below as letters of their own, which a recall takes back too; how many."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row, me = await _received(uow, actor, broadcast_id)
            facts = [_file(actor, row, me, place, now) for place in range(len(files_of(row)))]
            await items.put(uow, facts, now)
            return len(facts)


def _file(actor: Actor, row: BroadcastRow, me: RecipientRow, place: int, now: datetime) -> Fact:
    key = file_key(row.id, place)
    return Fact(
        school_id=actor.school_id,
        bot_id=actor.bot_id,
        recipient_id=actor.person_id,
        kind=ItemKind.BROADCAST_URGENT,  # who asks is awake
        bundle=key,
        collapse_key=key,
        value=now.isoformat(timespec="seconds"),  # asked for again, they come again
        priority=1,
        due_at=now,
        cap_at=now,
        expires_at=now + FILES_LIVE,
        student_id=me.student_id,
    )


async def _received(uow: Uow, actor: Actor, broadcast_id: BroadcastId) -> tuple[BroadcastRow, RecipientRow]:
    row = await rows.find(uow, broadcast_id)
    if row is None or row.school_id != actor.school_id:
        raise NotFoundHere
    me = await rows.recipient(uow, row.id, actor.person_id)
    if me is None:
        raise OnlyAPreview if row.author_id == actor.person_id else NotFoundHere
    if row.state is BroadcastState.RECALLED:
        raise BroadcastRecalled
    return row, me


async def _letter(uow: Uow, actor: Actor, row: BroadcastRow) -> BroadcastLetter:
    """What stands under the letter now: what this person pressed."""
    letter = await written(uow, row)
    read = await acknowledgements.acknowledged_by(uow, AcknowledgedKind.BROADCAST, str(row.id))
    return BroadcastLetter(
        letter.id,
        letter.text,
        letter.file,
        letter.files,
        letter.options,
        await rows.answer_of(uow, row.id, actor.person_id),
        actor.person_id in read if row.asks_reading else None,
    )
