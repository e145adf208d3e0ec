"""Entries and hand-overs: functions inside a use case's transaction."""

import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from services import drafts, words
from services.actor import Actor
from services.outbox import items
from services.records import NothingTyped
from services.threads import reading
from services.threads.refusals import (
    EntryTooLong,
    LetterNotAwaited,
    NobodyThere,
    NoHandingOver,
    TooManyEntries,
)
from services.threads.rights import Place, access_thread, find, lately
from services.threads.telling import told
from services.threads.views import Sent
from storage.repositories import audit, correspondents
from storage.repositories import threads as rows
from storage.repositories.correspondents import TeacherRow
from storage.repositories.threads import NewEntry
from storage.uow import Uow
from storage.vocabulary import DraftPurpose, ThreadEntryKind, ThreadId

LONGEST = 2000  # UTF-16 units, as the messenger counts
AN_HOUR = timedelta(hours=1)


class HandOverTo(StrEnum):
    """Who takes a thread over."""

    HOMEROOM = "homeroom"
    OFFICE = "office"


def tidy(text: str) -> str:
    """A letter's text: its lines and paragraphs stay, signs that no database takes go. Raises EntryTooLong."""
    kept = "".join(sign for sign in text.strip() if sign == "\n" or unicodedata.category(sign) != "Cc")
    length = len(kept.encode("utf-16-le", "replace")) // 2
    if length > LONGEST:
        raise EntryTooLong(length=length, limit=LONGEST)
    return kept


def typed(text: str) -> str:
    """The same of a text that must say something. Raises NothingTyped, EntryTooLong."""
    kept = tidy(text)
    if not kept:
        raise NothingTyped
    return kept


async def awaited(uow: Uow, actor: Actor, purpose: DraftPurpose, album: str | None, now: datetime) -> dict[str, Any]:
    """What the draft says; of an album only its own files are awaited. Raises LetterNotAwaited."""
    data = await drafts.peek(uow, actor.bot_id, actor.user_id, purpose, now)
    if data is None or (purpose is DraftPurpose.THREAD_ALBUM and data["album"] != album):
        raise LetterNotAwaited
    return data


async def doubted(uow: Uow, actor: Actor, asked: int, now: datetime) -> dict[str, Any]:
    """What a doubted letter's draft says. Raises LetterNotAwaited where it isn't that one any more."""
    data = await drafts.peek(uow, actor.bot_id, actor.user_id, DraftPurpose.LETTER_OR_LINE, now)
    if data is None or data["asked"] != asked:
        raise LetterNotAwaited
    return data


async def put(
    uow: Uow, actor: Actor, place: Place, new: NewEntry, *, again: bool = False, complaint: bool = False
) -> Sent:
    """Add an entry and let the other side be told. Raises why nothing can be written, NobodyThere, TooManyEntries."""
    if place.closed is not None and not complaint:
        raise place.closed
    regulation = await reading.regulation_of(uow, place.row)
    await _ensure_calm(uow, actor, new, regulation.thread_entries_an_hour)
    entry_id = await rows.add_entry(uow, new)
    await rows.note_read(uow, new.thread_id, actor.person_id, entry_id, new.at)
    going = await told(uow, place.row, entry_id, new.kind, new.side, actor.person_id, new.at)
    if not going.facts:
        raise NobodyThere
    await items.put(uow, going.facts, new.at)
    return Sent(
        title=reading.titled(place, names_in_full=regulation.full_names_in_letters, zone=actor.zone),
        reads_at=None if going.reads_at is None else going.reads_at.astimezone(actor.zone),
        away=going.away,
        again=again,
        today=new.at.astimezone(actor.zone).date(),
    )


async def _ensure_calm(uow: Uow, actor: Actor, new: NewEntry, most: int) -> None:
    """Raises TooManyEntries past the entries an hour of one person in one thread (ours)."""
    written = await rows.written_since(uow, new.thread_id, actor.person_id, new.at - AN_HOUR)
    if len(written) >= most:
        free_at = written[-most] + AN_HOUR
        # Said in whole minutes: the one after, so that the hour said is never too early.
        raise TooManyEntries(limit=most, hour=words.hour(free_at + timedelta(seconds=59), actor.zone))


async def handed_by(uow: Uow, actor: Actor, thread_id: ThreadId, now: datetime) -> Place:
    """A thread that the actor answers and may hand over. Raises NoHandingOver and as `access_thread`."""
    place = await access_thread(uow, actor, thread_id, now)
    if not reading.holds(place):
        raise NoHandingOver
    if place.closed is not None:
        raise place.closed
    return place


async def homeroom_of(uow: Uow, actor: Actor, place: Place, now: datetime) -> TeacherRow | None:
    """The homeroom teacher of the thread's student, if somebody else than who answers it."""
    today = now.astimezone(actor.zone).date()
    found = await correspondents.teachers_of(uow, actor.school_id, place.row.student_id, today, lately(today))
    taken = {place.row.teacher_id, place.row.family_id}
    return next((one for one in found if one.homeroom and one.connected and one.id not in taken), None)


async def target_of(uow: Uow, actor: Actor, place: Place, to: HandOverTo, now: datetime) -> TeacherRow | None:
    """Who would take the thread over; None: the administration. Raises NoHandingOver."""
    if to is HandOverTo.OFFICE:
        if place.row.teacher_id is None:
            raise NoHandingOver
        return None
    homeroom = await homeroom_of(uow, actor, place, now)
    if homeroom is None:
        raise NoHandingOver
    return homeroom


async def hand_over(uow: Uow, actor: Actor, thread_id: ThreadId, to: HandOverTo, note: str, now: datetime) -> Sent:
    """The thread goes on with its history; the family and who takes it over are told. Raises NoHandingOver, …"""
    place = await handed_by(uow, actor, thread_id, now)
    target = await target_of(uow, actor, place, to, now)
    to_id = None if target is None else target.id
    if not await rows.hand_over(uow, thread_id, place.row.teacher_id, to_id):
        raise NoHandingOver
    row = await find(uow, thread_id, actor.school_id, actor.person_id, now, actor.zone)
    assert row is not None, "threads are never deleted"
    new = NewEntry(thread_id, ThreadEntryKind.HANDED_OVER, place.side, actor.person_id, note, now, to_id=to_id)
    sent = await put(uow, actor, Place(row, place.side), new)
    await drafts.drop(uow, actor.bot_id, actor.user_id)
    await audit.note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action="thread_handed_over",
        subject=f"thread:{thread_id}",
        detail={"from": place.row.teacher_id, "to": to_id},
    )
    return sent
