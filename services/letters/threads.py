"""Letters of correspondence, to either side: what was written since, in one letter a thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.letters.typeset import EMPTY_LINE, fits, typeset
from services.outbox.transport import DueItem, Reachable
from services.threads import reading, saying
from services.threads.rights import Place, find, side_of
from services.threads.telling import thread_of
from storage.repositories import corrections
from storage.repositories import threads as rows
from storage.repositories.threads import EntryRow
from storage.uow import Uow
from storage.vocabulary import ItemId, ThreadId


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file that the letter offers."""

    entry_id: int
    label: str


@dataclass(frozen=True, slots=True)
class ThreadLetter:
    """A letter's text, the items it tells (those that fit), and what may be pressed under it."""

    text: str
    item_ids: tuple[ItemId, ...]
    thread_id: ThreadId
    files: Sequence[AttachedFile]
    may_answer: bool


async def thread_letter(uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> ThreadLetter | None:
    """What was written in a thread, in the language now spoken; None where its reader is no side of it any more."""
    thread_id = thread_of(items[0].collapse_key)
    row = await find(uow, thread_id, recipient.school_id, recipient.person_id, now, recipient.zone)
    roles = await corrections.roles_of(uow, recipient.person_id, now.astimezone(recipient.zone).date())
    side = None if row is None else side_of(row, recipient.person_id, roles)
    if row is None or side is None:
        return None
    place = Place(row, side)
    title = reading.titled(place, names_in_full=await reading.full_names(uow, row), zone=recipient.zone)
    told = {int(item.value): item.id for item in items if item.value}
    found = await rows.entries_by_id(uow, thread_id, sorted(told))
    if not found:
        return None
    shown = len(found)
    while not fits(text := _text(title.other, title.about, found[:shown])) and shown > 1:
        shown -= 1
    return ThreadLetter(
        text=text,
        item_ids=tuple(told[one.id] for one in found[:shown]),
        thread_id=thread_id,
        files=[AttachedFile(one.id, file) for one in found[:shown] if (file := saying.attachment(one))],
        may_answer=place.closed is None,
    )


def _text(other: str, about: str, entries: Sequence[EntryRow]) -> str:
    """Who wrote stands over an entry where it isn't plain from the heading."""
    authors = [saying.author(one) for one in entries]
    alone = len(set(authors)) == 1 and other.startswith((authors[0], saying.full(entries[0].author)))
    view = [
        {
            "author": None if alone or (place and authors[place] == authors[place - 1]) else authors[place],
            "deed": saying.deed(one),
            "text": _paragraphs(one.text),
            "file": saying.attachment(one),
        }
        for place, one in enumerate(entries)
    ]
    return typeset("thread", other=other, about=about, entries=view)


def _paragraphs(text: str) -> str:
    return "\n".join(line if line.strip() else EMPTY_LINE for line in text.splitlines())
