"""A thread as one of its sides reads it."""

from datetime import date
from zoneinfo import ZoneInfo

from services.rules.regulation import Regulation
from services.threads import saying
from services.threads.rights import Place
from services.threads.views import EntryView, ThreadView, Titled
from storage.repositories import diary
from storage.repositories import threads as rows
from storage.repositories.threads import EntryRow, ThreadRow
from storage.uow import Uow
from storage.vocabulary import PersonId, ThreadEntryKind, ThreadSide

SHOWN = 300  # entries of a thread that can be paged through


async def regulation_of(uow: Uow, row: ThreadRow) -> Regulation:
    """The order of the thread's school."""
    _name, _zone, stored = await diary.school(uow, row.school_id)
    return Regulation.from_json(stored)


async def full_names(uow: Uow, row: ThreadRow) -> bool:
    """Whether families are written the children's full names."""
    return (await regulation_of(uow, row)).full_names_in_letters


def titled(place: Place, *, names_in_full: bool, zone: ZoneInfo) -> Titled:
    """The thread's heading for its reader."""
    row = place.row
    own = row.family_id == row.student_id
    if place.side is ThreadSide.FAMILY:
        other, about = saying.holder(row), "" if own else saying.child(row, full_names=names_in_full)
        short = f"{other} · {about}" if about else other
    else:
        other, about = (saying.student_writing(row), "") if own else (saying.family(row), saying.student(row))
        short = saying.student_in_a_list(row)
        if place.side is ThreadSide.OFFICE and row.teacher is not None:  # which the family has shown it
            about = " · ".join(part for part in (about, saying.holder(row)) if part)
    return Titled(row.id, place.side, other, about, short, row.unread, row.last_at.astimezone(zone))


async def view_of(uow: Uow, place: Place, reader: PersonId, zone: ZoneInfo, today: date) -> ThreadView:
    """The thread with its newest entries and their read state."""
    found = await rows.entries(uow, place.row.id, SHOWN)
    reads = await rows.reads(uow, place.row.id)
    entries = [entry_view(place.row, one, reader, zone, reads) for one in found]
    complains = place.side is ThreadSide.FAMILY and place.row.teacher_id is not None
    return ThreadView(
        title=titled(place, names_in_full=await full_names(uow, place.row), zone=zone),
        entries=entries,
        today=today,
        closed=place.closed,
        may_hand_over=holds(place) and place.row.family_may,
        may_complain=complains and place.row.complained_at is None,
    )


def holds(place: Place) -> bool:
    """Whether this side answers the thread, and may hand it over."""
    if place.side is ThreadSide.OFFICE:
        return place.row.teacher_id is None
    return place.side is ThreadSide.TEACHER


def entry_view(
    row: ThreadRow, entry: EntryRow, reader: PersonId, zone: ZoneInfo, reads: dict[PersonId, int]
) -> EntryView:
    """An entry as its reader sees it."""
    own = entry.author_id == reader
    return EntryView(
        id=entry.id,
        own=own,
        author=saying.author(entry),
        at=entry.at.astimezone(zone),
        text=entry.text,
        deed=saying.deed(entry),
        file=saying.attachment(entry),
        read=_opened(row, entry, reads) if own and entry.kind is ThreadEntryKind.WRITTEN else None,
    )


def _opened(row: ThreadRow, entry: EntryRow, reads: dict[PersonId, int]) -> bool:
    """Whether the other side has opened an entry: the family, or who answers the thread."""
    if entry.side is not ThreadSide.FAMILY:
        others = {row.family_id}
    else:
        others = {row.teacher_id} if row.teacher_id is not None else set(reads) - {row.family_id}
    return any(reads.get(one, 0) >= entry.id for one in others if one is not None)
