"""Who is told of an entry, and when: the other side, in its hours; in the transaction of the entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.assignments import CONTROLLING
from services.letters.news import hours_of
from services.outbox.items import Fact
from services.rules import quiet_hours
from services.rules.quiet_hours import Hours
from services.threads.hours import OfficeHours, office_hours_of
from storage.repositories import corrections, recipients
from storage.repositories.corrections import Officer
from storage.repositories.threads import ThreadRow
from storage.uow import Uow
from storage.vocabulary import Channel, ItemKind, PersonId, ThreadEntryKind, ThreadId, ThreadSide


@dataclass(frozen=True, slots=True)
class Told:
    """The facts of an entry. `reads_at`: from when the school's side reads it, if not now; `away`: nobody knows."""

    facts: Sequence[Fact]
    reads_at: datetime | None = None
    away: bool = False


def thread_of(collapse_key: str) -> ThreadId:
    """The thread that an item tells of."""
    return ThreadId(int(collapse_key.split(":")[1]))


async def told(
    uow: Uow, row: ThreadRow, entry_id: int, kind: ThreadEntryKind, side: ThreadSide, author: PersonId, now: datetime
) -> Told:
    """Everybody an entry goes to; `row` as it stands after it."""
    hours = await office_hours_of(uow, row.school_id, now)
    facts: list[Fact] = []
    if side is not ThreadSide.FAMILY:
        facts += await _family(uow, row, entry_id, hours, now)
    reads_at, away = None, False
    for one, as_office in await _staff(uow, row, kind, side, hours, now):
        if one.person_id in (author, row.family_id):
            continue
        begins, unknown = await hours.read_from(uow, None if as_office else PersonId(one.person_id), now)
        due_at = quiet_hours.after_quiet(begins, quiet_hours.default_hours(hours.regulation), hours.zone)
        facts.append(_fact(row, entry_id, ItemKind.THREAD_STAFF, one, due_at, hours))
        reads_at, away = (due_at if due_at > now else None), unknown
    return Told(facts, reads_at, away)


async def _staff(
    uow: Uow, row: ThreadRow, kind: ThreadEntryKind, side: ThreadSide, hours: OfficeHours, now: datetime
) -> list[tuple[Officer, bool]]:
    """Who of the school is written to, and whether as the administration."""
    found: dict[int, tuple[Officer, bool]] = {}
    complaint = kind is ThreadEntryKind.COMPLAINT
    handed = kind is ThreadEntryKind.HANDED_OVER
    to_office = row.teacher_id is None or row.complained_at is not None
    if complaint or (to_office and side is ThreadSide.FAMILY) or (handed and row.teacher_id is None):
        today = now.astimezone(hours.zone).date()
        for one in await corrections.officers(uow, row.school_id, CONTROLLING, today):
            found[one.person_id] = (one, True)
    if row.teacher_id is None:
        return [found[person_id] for person_id in sorted(found)]
    found.pop(row.teacher_id, None)
    if not complaint:  # a teacher finds it in the thread
        for one in await corrections.accounts(uow, [row.teacher_id]):
            found[one.person_id] = (one, False)
    return [found[person_id] for person_id in sorted(found)]


async def _family(uow: Uow, row: ThreadRow, entry_id: int, hours: OfficeHours, now: datetime) -> list[Fact]:
    wishes: list[tuple[Officer, Hours, Channel]] = []
    if row.family_id == row.student_id:
        usual = quiet_hours.default_hours(hours.regulation)
        wishes = [(one, usual, Channel.TELEGRAM) for one in await corrections.accounts(uow, [row.family_id])]
    else:
        today = now.astimezone(hours.zone).date()
        for found in await recipients.recipients_of_students(uow, [row.student_id], today):
            if found.person_id == row.family_id:
                person = Officer(found.person_id, found.bot_id)
                wishes.append((person, hours_of(found, hours.regulation), found.channel))
    return [
        _fact(row, entry_id, ItemKind.THREAD, one, quiet_hours.after_quiet(now, own, hours.zone), hours, channel)
        for one, own, channel in wishes
    ]


def _fact(
    row: ThreadRow,
    entry_id: int,
    kind: ItemKind,
    one: Officer,
    due_at: datetime,
    hours: OfficeHours,
    channel: Channel = Channel.TELEGRAM,
) -> Fact:
    timing = quiet_hours.timing(kind, hours.regulation)
    assert timing.expires is not None, "a letter of a thread loses its sense some day"
    about = row.student_id if kind is ItemKind.THREAD and row.family_id != row.student_id else None
    return Fact(
        school_id=row.school_id,
        bot_id=one.bot_id,
        recipient_id=PersonId(one.person_id),
        kind=kind,
        bundle=f"thread:{row.id}",
        collapse_key=f"thread:{row.id}:{entry_id}",
        value=str(entry_id),
        priority=timing.priority,
        due_at=due_at,
        cap_at=due_at,
        expires_at=due_at + timing.expires,
        student_id=about,
        channel=channel,
    )
