"""The evening letter's clock: once a day it puts one item for each guardian who reads in the evening, and student.

1. For each school, the evening hours that its guardians have, today's and yesterday's.
2. Those that have come, or come within minutes, and whose letter still makes sense (until eight next morning).
3. The guardians of such an hour, in chunks; each chunk's occurrence and its items in one transaction.
4. The item waits for the hour; what it says is composed then. Too late for the hour: permitted hours are kept.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.letters.news import DIGEST
from services.outbox import items
from services.outbox.items import Fact
from services.rules import quiet_hours
from services.rules.quiet_hours import Hours, Times
from services.rules.regulation import Regulation
from storage.repositories import digest, occurrences, student_readers
from storage.repositories.digest import EveningReader, SchoolClock
from storage.uow import Storage, Uow
from storage.vocabulary import BotId, DeliveryMode, ItemKind, PersonId, SchoolId

JOB = "evening_letter"
AHEAD = timedelta(minutes=5)  # so that the item waits beside the news before the hour strikes
CHUNK = 200
PATIENCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Evening:
    """An evening hour of a school that has come."""

    school: SchoolClock
    on: date
    minute: int
    at: datetime


class EveningDigest:
    """A tick of the scheduler."""

    def __init__(self, storage: Storage, bot_id: BotId | None = None) -> None:
        self._storage = storage
        self._bot_id = bot_id  # whose schools it looks after; None: every school's
        # Spares a night of questions; the occurrences are the truth.
        self._done: set[tuple[int, date, int]] = set()

    async def __call__(self, now: datetime) -> None:
        """Put what has fallen due by now."""
        async with self._storage.reading() as uow:
            schools = await digest.schools(uow, self._bot_id)
            minutes = {school.id: await digest.minutes(uow, school.id, _usual(school)) for school in schools}
        for school in schools:  # students read in the evening, whatever the usual mode of families is
            minutes[school.id] = sorted({*minutes[school.id], _usual(school)[1]})
        for school in schools:
            for evening in _come(school, minutes[school.id], now):
                key = (school.id, evening.on, evening.minute)
                if key not in self._done:
                    await self._put(evening, now)
                    self._done.add(key)

    async def _put(self, evening: Evening, now: datetime) -> None:
        regulation = Regulation.from_json(evening.school.regulation)
        usual = _usual(evening.school)
        slot = _slot(evening.minute)
        async with self._storage.reading() as uow:
            readers = await digest.readers(uow, evening.school.id, usual, evening.minute, evening.on)
            students = student_readers.evening_readers
            readers += await students(uow, evening.school.id, usual[1], evening.minute, evening.on)
        chunks: dict[int, list[EveningReader]] = {}
        for reader in readers:
            # By number, not by place in the list: a list that changed between two tries skips nobody.
            chunks.setdefault(_chunk(reader.person_id), []).append(reader)
        for number, chunk in sorted(chunks.items()):
            async with self._storage.writing() as uow:
                scope = _scope(evening.school.id, number)
                if await occurrences.claim(uow, JOB, scope, evening.on, slot, now):
                    await items.put(uow, [_fact(evening, one, regulation, now) for one in chunk], now)


async def is_awaited(
    uow: Uow, school_id: SchoolId, person_id: PersonId, hours: Hours, now: datetime, zone: ZoneInfo
) -> bool:
    """Whether the evening's item of an evening reader is about to be put: news that are due join its letter.

    For some minutes only: news don't wait for a clock that stands.
    """
    if hours.mode is not DeliveryMode.DIGEST:
        return False
    today = now.astimezone(zone).date()
    at = quiet_hours.evening_of(today, hours.digest_minute, zone)
    if not at <= now < at + PATIENCE:
        return False
    scope = _scope(school_id, _chunk(person_id))
    return not await occurrences.is_done(uow, JOB, scope, today, _slot(hours.digest_minute))


async def if_missed(
    uow: Uow, reader: EveningReader, school: SchoolClock, before: Hours, hours: Hours, now: datetime
) -> list[Fact]:
    """Today's item of somebody whose new hour the tick has passed already, while the letter has not gone.

    That is: the new hour is still to come, or it is over and the former hour was still to come.
    """
    if hours.mode is not DeliveryMode.DIGEST:
        return []
    zone = ZoneInfo(school.timezone)
    today = now.astimezone(zone).date()
    at = quiet_hours.evening_of(today, hours.digest_minute, zone)
    awaited = before.mode is DeliveryMode.DIGEST and now <= quiet_hours.evening_of(today, before.digest_minute, zone)
    scope = _scope(school.id, _chunk(reader.person_id))
    if not (now <= at or awaited) or not await occurrences.is_done(uow, JOB, scope, today, _slot(hours.digest_minute)):
        return []
    evening = Evening(school, today, hours.digest_minute, at)
    return [_fact(evening, reader, Regulation.from_json(school.regulation), now)]


def _scope(school_id: SchoolId, chunk: int) -> str:
    return f"school:{school_id}:{chunk}"


def _slot(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _chunk(person_id: PersonId) -> int:
    return person_id // CHUNK


def _usual(school: SchoolClock) -> tuple[DeliveryMode, int]:
    regulation = Regulation.from_json(school.regulation)
    return DeliveryMode(regulation.default_mode), regulation.digest_minute


def _come(school: SchoolClock, minutes: list[int], now: datetime) -> list[Evening]:
    """The hours that have come and whose letters still make sense, in order."""
    zone = ZoneInfo(school.timezone)
    today = now.astimezone(zone).date()
    found = []
    for on in (today - timedelta(days=1), today):
        for minute in minutes:
            at = quiet_hours.evening_of(on, minute, zone)
            if at <= now + AHEAD and now < quiet_hours.next_morning(on, zone):
                found.append(Evening(school, on, minute, at))
    return sorted(found, key=lambda one: (one.at, one.minute))


def _fact(evening: Evening, reader: EveningReader, regulation: Regulation, now: datetime) -> Fact:
    zone = ZoneInfo(evening.school.timezone)
    usual = quiet_hours.default_hours(regulation)
    hours = Hours(
        DeliveryMode.DIGEST,
        evening.minute,
        usual.quiet_from if reader.quiet_from is None else reader.quiet_from,
        usual.quiet_until if reader.quiet_until is None else reader.quiet_until,
    )
    times = _times(evening, hours, zone, now, regulation)
    return Fact(
        school_id=evening.school.id,
        bot_id=reader.bot_id,
        recipient_id=reader.person_id,
        kind=ItemKind.DIGEST,
        bundle=DIGEST,
        collapse_key=f"digest:{evening.on.isoformat()}",
        value=evening.on.isoformat(),
        priority=times.priority,
        due_at=times.due_at,
        cap_at=times.cap_at,
        expires_at=times.expires_at,
        channel=reader.channel,
    )


def _times(evening: Evening, hours: Hours, zone: ZoneInfo, now: datetime, regulation: Regulation) -> Times:
    """The evening's times; a letter that is late still keeps out of quiet hours."""
    times = quiet_hours.times(ItemKind.DIGEST, hours, evening.at, zone, regulation)
    assert times is not None, "an evening reader reads in the evening"
    if evening.at >= now:
        return times
    due_at = quiet_hours.after_quiet(now, hours, zone)
    return replace(times, due_at=due_at, cap_at=due_at)
