"""What a family's letter, or a notice, says: the due items of one bundle turned into one text.

A family kind has its composing function in LETTERS, a notice in `notice`. What may be pressed under a letter, its
channel's handler says.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from services.letters import (
    absences,
    broadcasts,
    diary_news,
    digest,
    evening,
    notes,
    notices,
    reading,
    results,
    risk,
    timetable,
    weekly,
)
from services.letters.diary_news import Written
from services.letters.news import DIGEST
from services.letters.notices import Notice
from services.letters.reader import Naming, Reader, reader_of
from services.letters.typeset import typeset
from services.outbox.returning import BUNDLE as RETURN
from services.outbox.transport import DueItem, Reachable
from services.rules import finals, quiet_hours
from storage.uow import Uow
from storage.vocabulary import ItemKind

NOTICES = frozenset(
    {
        ItemKind.JOINED,
        ItemKind.CONFIRMED,
        ItemKind.REVOKED,
        ItemKind.RELINKED,
        ItemKind.TIE_ENDED,
        ItemKind.OWN_CODE,
        ItemKind.UNREACHED,
    }
)


class FamilyLetter(Protocol):
    """Writes the letter of one bundle's due items, in the language now spoken; None: nothing is left to tell.

    The items are of its kinds, in the order of their ids; those that don't fit are left out of what it tells.
    """

    async def __call__(self, uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None: ...


# By the kind of a bundle's first item; the evening's bundle, where many kinds meet, is the evening letter's.
LETTERS: Mapping[ItemKind, FamilyLetter] = MappingProxyType(
    {
        ItemKind.ABSENCE: absences.absence,
        ItemKind.ABSENCE_WITHDRAWN: absences.absence,
        ItemKind.ABSENCE_LATER: evening.evening,
        ItemKind.MARK: diary_news.at_once,
        ItemKind.HOMEWORK: diary_news.at_once,
        ItemKind.DIGEST: evening.evening,
        ItemKind.TERM_RESULT: results.results,
        ItemKind.BROADCAST: broadcasts.by_mail,
        ItemKind.BROADCAST_URGENT: broadcasts.by_mail,
        ItemKind.NOTE_DECIDED: notes.decided,
        ItemKind.TIMETABLE: timetable.timetable,
        ItemKind.ABSENT_DAYS: absences.absent_days,
        ItemKind.RISK: risk.risk,
        ItemKind.WEEKLY: weekly.weekly,
        ItemKind.READING_REMINDER: reading.reminder,
    }
)


async def held_until(uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> datetime | None:
    """Until when a letter that is due must wait: the end of quiet hours, or the evening's own item; None: it may go."""
    if items[0].bundle == RETURN or all(quiet_hours.passes(item.kind) for item in items):
        return None  # who has just come back is awake
    reader = reader_of(recipient, now)
    if items[0].kind is ItemKind.TERM_RESULT:
        until = finals.after_quiet(now, reader.hours, reader.zone, reader.regulation)
    else:
        until = quiet_hours.after_quiet(now, reader.hours, reader.zone)
    if until > now:
        return until
    if items[0].bundle != DIGEST or any(item.kind is ItemKind.DIGEST for item in items):
        return None
    awaited = await digest.is_awaited(uow, reader.school_id, reader.person_id, reader.hours, now, reader.zone)
    return now if awaited else None


async def family_letter(uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Written | None:
    """A family's letter in the language now spoken; None where nothing is left to tell.

    Where the channel may not say what is new, it says only that something is.
    """
    reader = reader_of(recipient, now)
    gathered = items[0].bundle in (RETURN, DIGEST) or any(item.kind is ItemKind.ABSENCE_LATER for item in items)
    compose = evening.evening if gathered else LETTERS[items[0].kind]
    written = await compose(uow, reader, items, now)
    if written is not None and reader.naming is Naming.SIGN:
        return Written(typeset("sign"), written.item_ids, written.student_ids)
    return written


def is_notice(item: DueItem) -> bool:
    """Whether an item is told as a notice: days of absence are one to the homeroom teacher."""
    return item.kind in NOTICES or (item.kind is ItemKind.ABSENT_DAYS and item.student_id is None)


async def notice(uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Notice | None:
    """A notice in the language now spoken; None where nothing is left to tell. A bundle is of one kind."""
    today = now.astimezone(recipient.zone).date()
    alike = [item for item in items if item.kind is items[0].kind]
    match items[0].kind:
        case ItemKind.JOINED:
            return await notices.joined(uow, recipient, alike, today)
        case ItemKind.CONFIRMED:
            return notices.confirmed(alike)
        case ItemKind.REVOKED:
            return await notices.revoked(uow, alike, today)
        case ItemKind.RELINKED:
            return await notices.relinked(uow, alike)
        case ItemKind.TIE_ENDED:
            return notices.tie_ended(alike)
        case ItemKind.OWN_CODE:
            return await notices.own_code(uow, recipient, alike)
        case ItemKind.UNREACHED:
            return await notices.unreached(uow, recipient, alike, today)
        case ItemKind.ABSENT_DAYS:
            return await absences.absent_days_notice(uow, recipient, alike, today)
        case _:
            raise ValueError(f"{items[0].kind} is no notice")
