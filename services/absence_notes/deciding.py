"""The homeroom teacher's part: notes of the own class confirmed or declined; a confirmed one stands in the journal."""

from datetime import datetime
from enum import StrEnum

from services import drafts
from services.absence_notes import telling
from services.absence_notes.office import DECLINE, PURPOSE, note_down, words_of
from services.absence_notes.refusals import NoGuardianAnyMore, NoteGone
from services.absence_notes.views import ClassNotes, Note, view_of
from services.access import access_class, lesson_with_rules
from services.actor import Actor
from services.clock import Clock
from services.errors import NotFoundHere
from services.explaining import explain
from services.i18n import N_, gettext
from services.outbox import items
from services.outbox.transport import Reachable
from services.rules import notes as rules
from storage.repositories import absence_notes as rows
from storage.repositories import absences, homeroom, lessons, turns
from storage.repositories.absence_notes import NoteRow
from storage.uow import Storage, Uow
from storage.vocabulary import AttendanceCode, ClassId, NoteId, NoteState


class Why(StrEnum):
    """Usual reasons to decline a note; others are typed."""

    DAYS = "days"
    PAPER = "paper"
    TALK = "talk"


WHY = {
    Why.DAYS: N_("Please check the days."),
    Why.PAPER: N_("The school needs a paper for this."),
    Why.TALK: N_("Please call me."),
}


class NoteDecisions:
    """Decides notes; the own class's only (О 2.4)."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def of_class(self, actor: Actor, class_id: ClassId) -> ClassNotes:
        """What awaits a decision, and the confirmed notes that aren't over. Raises NotFoundHere, NotYourClass."""
        today = self._clock.now().astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            led = await access_class(uow, actor, class_id, today)
            found = await rows.of_class(uow, actor.school_id, class_id, today)
        return ClassNotes(class_id, led.name, today, [view_of(one, today) for one in found])

    async def note(self, actor: Actor, note_id: NoteId) -> Note:
        """A note of the own class. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            return view_of(await self._row(uow, actor, note_id, now), now.astimezone(actor.zone).date())

    async def confirm(self, actor: Actor, note_id: NoteId) -> Note:
        """«Подтвердить»: the reason of its days is known, of absences entered already too.

        An alarm that waits is dropped; who was alarmed hears that the reason is known. Confirmed twice it is confirmed
        once. Raises NoteGone, NoGuardianAnyMore.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._row(uow, actor, note_id, now)
            await turns.take(uow, row.student_id)  # an absence entered just now is explained with the others
            if row.state is NoteState.CONFIRMED:
                return view_of(row, now.astimezone(actor.zone).date())
            if row.relation is None:
                raise NoGuardianAnyMore
            if not await rows.decide(uow, note_id, NoteState.CONFIRMED, actor.person_id, now):
                raise NoteGone
            await _explain_entered(uow, actor, row, now)
            return await self._decided(uow, actor, row, NoteState.CONFIRMED, now)

    async def ask_why(self, actor: Actor, note_id: NoteId) -> Note:
        """«Отклонить»: why? It may be typed. Raises NoteGone."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._row(uow, actor, note_id, now)
            if row.state is not NoteState.ASKED:
                raise NoteGone
            data = {"ask": DECLINE, "note": int(note_id)}
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
            return view_of(row, now.astimezone(actor.zone).date())

    async def decline(self, actor: Actor, note_id: NoteId, why: Why) -> Note:
        """Decline for one of the usual reasons. Raises NoteGone."""
        return await self._decline(actor, note_id, gettext(WHY[why]))

    async def decline_typed(self, actor: Actor, text: str) -> Note:
        """Decline for a typed reason. Raises NoteGone, WordsTooLong."""
        return await self._decline(actor, None, words_of(text))

    async def view_in(self, uow: Uow, reader: Reachable, note_id: NoteId, now: datetime) -> Note | None:
        """The note that a letter tells the homeroom teacher of; None where the class is another's by now."""
        today = now.astimezone(reader.zone).date()
        row = await rows.find(uow, reader.school_id, note_id, today)
        if row is None or row.class_id is None:
            return None
        led = await homeroom.led_classes(uow, reader.person_id, today)
        return view_of(row, today) if row.class_id in {one.id for one in led} else None

    async def _decline(self, actor: Actor, note_id: NoteId | None, answer: str) -> Note:
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now)
            asked = NoteId(data["note"]) if data is not None and data["ask"] == DECLINE else None
            note_id = note_id or asked
            if note_id is None:
                raise NoteGone
            row = await self._row(uow, actor, note_id, now)
            if not await rows.decide(uow, note_id, NoteState.DECLINED, actor.person_id, now, answer=answer):
                raise NoteGone
            if asked is not None:
                await drafts.drop(uow, actor.bot_id, actor.user_id)
            return await self._decided(uow, actor, row, NoteState.DECLINED, now)

    async def _decided(self, uow: Uow, actor: Actor, row: NoteRow, state: NoteState, now: datetime) -> Note:
        facts = await telling.to_guardian(uow, actor, row, state, now)
        facts += await telling.to_homeroom(uow, actor, row, state, row.until_on, now)
        await items.put(uow, facts, now)
        await note_down(uow, actor, row, f"absence_note_{state.value}", now)
        return view_of(await self._row(uow, actor, row.id, now), now.astimezone(actor.zone).date())

    async def _row(self, uow: Uow, actor: Actor, note_id: NoteId, now: datetime) -> NoteRow:
        """A note about a student of the own class. Raises NotFoundHere, NotYourClass."""
        today = now.astimezone(actor.zone).date()
        row = await rows.find(uow, actor.school_id, note_id, today)
        if row is None or row.class_id is None:
            raise NotFoundHere
        await access_class(uow, actor, row.class_id, today)
        return row


async def _explain_entered(uow: Uow, actor: Actor, row: NoteRow, now: datetime) -> None:
    """Give the note's letter to the absences of its days that have none; a closed term stays as it is."""
    assert row.class_id is not None
    until = min(row.until_on, now.astimezone(actor.zone).date())
    for one in await absences.seen(uow, row.class_id, [row.student_id], row.from_on, until):
        if one.code is not AttendanceCode.ABSENT or one.reason is not None:
            continue
        found = await lessons.find(uow, one.lesson_id, actor.school_id, actor.person_id)
        if found is None:
            continue
        lesson = lesson_with_rules(found)
        if not lesson.span().closed:
            await explain(uow, actor, lesson, row.student_id, rules.LETTERS[row.reason], now)
