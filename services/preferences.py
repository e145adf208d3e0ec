"""Preferences: when a guardian wants letters. What waits already follows the new wish."""

from dataclasses import dataclass, replace
from datetime import datetime

from services.actor import Actor
from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from services.letters import digest, news
from services.outbox import items
from services.outbox.items import Rescheduled
from services.rules import quiet_hours
from services.rules.quiet_hours import Hours, Times
from services.rules.regulation import Regulation
from storage.repositories import diary, guardians, recipients
from storage.repositories import preferences as rows
from storage.repositories.digest import EveningReader, SchoolClock
from storage.repositories.preferences import ChosenHours, WaitingNews
from storage.uow import Storage, Uow
from storage.vocabulary import DeliveryMode, ItemId, ItemKind

EVENING_HOURS = tuple(hour * 60 + minute for hour in range(16, 21) for minute in (0, 30))


class NoSuchHour(SchoolError):
    """The hour isn't one of those offered."""

    sentence = N_("The evening letter can come between 16:00 and 20:30.")


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's hours, the children they are for, and whether the consent stands."""

    hours: Hours
    children: tuple[str, ...]
    consents: bool
    full_names: bool


class Preferences:
    """Keeps what people choose."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def view(self, actor: Actor) -> Choice:
        """What holds now."""
        async with self._storage.reading() as uow:
            return await self._view(uow, actor)

    async def choose_mode(self, actor: Actor, mode: DeliveryMode) -> Choice:
        """At once, in the evening, or only what is important."""
        return await self._choose(actor, mode=mode)

    async def choose_hour(self, actor: Actor, minute: int) -> Choice:
        """The hour of the evening letter. Raises NoSuchHour."""
        if minute not in EVENING_HOURS:
            raise NoSuchHour
        return await self._choose(actor, digest_minute=minute)

    async def _choose(
        self, actor: Actor, *, mode: DeliveryMode | None = None, digest_minute: int | None = None
    ) -> Choice:
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            _name, _zone, stored = await diary.school(uow, actor.school_id)
            regulation = Regulation.from_json(stored)
            before = await _hours(uow, actor, regulation)
            hours = replace(
                before,
                mode=mode or before.mode,
                digest_minute=before.digest_minute if digest_minute is None else digest_minute,
            )
            chosen = ChosenHours(hours.mode, hours.digest_minute, hours.quiet_from, hours.quiet_until)
            await rows.put(uow, actor.person_id, chosen, now)
            school = SchoolClock(actor.school_id, actor.zone.key, stored)
            reader = EveningReader(actor.person_id, actor.bot_id, hours.quiet_from, hours.quiet_until)
            missed = await digest.if_missed(uow, reader, school, before, hours, now)
            await _reschedule(uow, actor, hours, regulation, now, missed[0].due_at if missed else None)
            await items.put(uow, missed, now)
            return await self._view(uow, actor)

    async def _view(self, uow: Uow, actor: Actor) -> Choice:
        today = self._clock.now().astimezone(actor.zone).date()
        _name, _zone, stored = await diary.school(uow, actor.school_id)
        regulation = Regulation.from_json(stored)
        own = await recipients.students_of(uow, actor.person_id, today)
        names = await diary.names(uow, own)
        return Choice(
            hours=await _hours(uow, actor, regulation),
            children=tuple(names[student_id][0] for student_id in own),
            consents=await guardians.consents(uow, actor.person_id),
            full_names=regulation.full_names_in_letters,
        )


async def _hours(uow: Uow, actor: Actor, regulation: Regulation) -> Hours:
    chosen = await rows.find(uow, actor.person_id)
    if chosen is None:
        return quiet_hours.default_hours(regulation)
    return Hours(chosen.mode, chosen.digest_minute, chosen.quiet_from, chosen.quiet_until)


async def _reschedule(
    uow: Uow, actor: Actor, hours: Hours, regulation: Regulation, now: datetime, evening_at: datetime | None
) -> None:
    """Give the news that wait their new times; news nobody wants any more are dropped.

    `evening_at`: when today's evening letter goes after all, with the news of the evening.
    """
    moves: list[Rescheduled] = []
    unwanted: list[ItemId] = []
    for one in await rows.waiting_news(uow, actor.person_id):
        times = quiet_hours.times(one.kind, hours, now, actor.zone, regulation)
        if times is None or (one.kind is ItemKind.DIGEST and hours.mode is not DeliveryMode.DIGEST):
            unwanted.append(one.item_id)
        elif not (times.evening and one.bundle == news.DIGEST and _puts_off(one, times, actor)):
            assert times.evening or one.student_id is not None, "news of the diary are about a student"
            bundle = news.DIGEST if one.student_id is None or times.evening else news.diary(one.student_id)
            if times.evening and evening_at is not None:
                times = replace(times, due_at=evening_at, cap_at=evening_at)
            moves.append(Rescheduled(one.item_id, bundle, times.priority, times.due_at, times.cap_at, times.expires_at))
    await items.reschedule(uow, moves)
    await rows.drop(uow, unwanted)


def _puts_off(one: WaitingNews, times: Times, actor: Actor) -> bool:
    """Whether a new hour, over for today, would take today's letter away."""
    return times.due_at.astimezone(actor.zone).date() > one.due_at.astimezone(actor.zone).date()
