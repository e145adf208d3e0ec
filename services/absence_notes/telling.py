"""Who is told of a note: the homeroom teacher when it is written or changed, its guardian when it is decided."""

from datetime import date, datetime

from services.actor import Actor
from services.letters.news import hours_of
from services.outbox.items import Fact
from services.rules import quiet_hours
from services.rules.regulation import Regulation
from storage.repositories import diary, joining, recipients
from storage.repositories.absence_notes import NoteRow
from storage.uow import Uow
from storage.vocabulary import ItemKind, NoteId, NoteState

ASKED, DECIDED = "note", "note_decided"


def note_of(collapse_key: str) -> NoteId:
    """The note that an item tells of."""
    return NoteId(int(collapse_key.rpartition(":")[2]))


async def to_homeroom(uow: Uow, actor: Actor, row: NoteRow, state: NoteState, until: date, now: datetime) -> list[Fact]:
    """What the class's homeroom teachers are told: the note, its new days, or that it is decided or withdrawn.

    Who acts has it on the screen: nothing is written over it there.
    """
    if row.class_id is None:
        return []
    today = now.astimezone(actor.zone).date()
    regulation = await _regulation(uow, actor)
    times = quiet_hours.times(ItemKind.NOTE_ASKED, quiet_hours.default_hours(regulation), now, actor.zone, regulation)
    assert times is not None, "staff letters go to everybody"
    key = f"{ASKED}:{row.id}"
    return [
        Fact(
            school_id=row.school_id,
            bot_id=one.bot_id,
            recipient_id=one.person_id,
            kind=ItemKind.NOTE_ASKED,
            bundle=key,
            collapse_key=key,
            value=f"{state.value} {row.from_on} {until}",
            priority=times.priority,
            due_at=times.due_at,
            cap_at=times.cap_at,
            expires_at=times.expires_at,
        )
        for one in await joining.homeroom_teachers(uow, [row.class_id], today)
        if one.person_id != actor.person_id
    ]


async def to_guardian(uow: Uow, actor: Actor, row: NoteRow, state: NoteState, now: datetime) -> list[Fact]:
    """What the guardian who wrote it is told of the decision, in their hours; nobody else is."""
    today = now.astimezone(actor.zone).date()
    regulation = await _regulation(uow, actor)
    facts = []
    for one in await recipients.recipients_of_students(uow, [row.student_id], today):
        if one.person_id != row.guardian_id:
            continue
        times = quiet_hours.times(ItemKind.NOTE_DECIDED, hours_of(one, regulation), now, actor.zone, regulation)
        assert times is not None, "a decision goes to whoever asked"
        key = f"{DECIDED}:{row.id}"
        facts.append(
            Fact(
                school_id=row.school_id,
                bot_id=one.bot_id,
                recipient_id=one.person_id,
                kind=ItemKind.NOTE_DECIDED,
                bundle=key,
                collapse_key=key,
                value=state.value,
                priority=times.priority,
                due_at=times.due_at,
                cap_at=times.cap_at,
                expires_at=times.expires_at,
                student_id=row.student_id,
                channel=one.channel,
            )
        )
    return facts


async def _regulation(uow: Uow, actor: Actor) -> Regulation:
    _name, _zone, stored = await diary.school(uow, actor.school_id)
    return Regulation.from_json(stored)
