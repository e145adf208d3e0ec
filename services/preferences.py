"""Preferences: when a guardian wants letters. What waits already follows the new wish."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.actor import Actor
from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from services.letters import changes, digest, news
from services.outbox import items
from services.outbox.items import Rescheduled
from services.rules import quiet_hours
from services.rules.quiet_hours import Hours, Times, Way
from services.rules.regulation import Regulation
from storage.repositories import diary, guardians, recipients
from storage.repositories import preferences as rows
from storage.repositories.digest import EveningReader, SchoolClock
from storage.repositories.preferences import OTHERS, ChosenHours, WaitingNews
from storage.uow import Storage, Uow
from storage.vocabulary import Channel, DeliveryMode, ItemId, ItemKind, Role

EVENING_HOURS = tuple(hour * 60 + minute for hour in range(16, 21) for minute in (0, 30))
QUIET_FROM = tuple(hour * 60 for hour in (21, 22, 23, 0))
QUIET_UNTIL = tuple(hour * 60 for hour in (6, 7, 8, 9))
OF_STUDENTS = (ItemKind.HOMEWORK,)
_MODES = {Way.AT_ONCE: DeliveryMode.INSTANT, Way.EVENING: DeliveryMode.DIGEST, Way.NEVER: DeliveryMode.IMPORTANT}


class Language(StrEnum):
    """What families may read in, by the code of the catalogue."""

    RUSSIAN = "ru"
    ENGLISH = "en"


class NoSuchHour(SchoolError):
    """The hour isn't one of those offered."""

    sentence = N_("The evening letter can come between 16:00 and 20:30.")


class NoSuchQuiet(SchoolError):
    """The quiet hours can't begin or end then."""

    sentence = N_("Choose one of the hours offered.")


class NotYoursToSwitch(SchoolError):
    """Nobody chooses that way for this kind."""

    sentence = N_("This can't be chosen: the school has to let you know of it.")


@dataclass(frozen=True, slots=True)
class Choice:
    """A person's hours, the children they are for, and whether the consent stands.

    `kinds`: what may be chosen apart, with the wishes made; `student`: they read of their own homework.
    """

    hours: Hours
    regulation: Regulation
    children: tuple[str, ...]
    consents: bool
    full_names: bool
    locale: str
    student: bool

    @property
    def kinds(self) -> tuple[ItemKind, ...]:
        """The kinds of letters that may be chosen apart."""
        return OF_STUDENTS if self.student else tuple(quiet_hours.CHOICES)

    def ways(self, kind: ItemKind) -> tuple[Way, ...]:
        """The ways that may be chosen for a kind; a student's homework comes in the evening or not at all."""
        return (Way.NEVER,) if self.student else quiet_hours.CHOICES[kind]


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
        """At once, in the evening, or only what is important. Raises NotYoursToSwitch."""
        if _is_student(actor):
            raise NotYoursToSwitch
        return await self._choose(actor, lambda hours: replace(hours, mode=mode))

    async def choose_hour(self, actor: Actor, minute: int) -> Choice:
        """The hour of the evening letter. Raises NoSuchHour."""
        if minute not in EVENING_HOURS:
            raise NoSuchHour
        return await self._choose(actor, lambda hours: replace(hours, digest_minute=minute))

    async def quiet_from(self, actor: Actor, minute: int) -> Choice:
        """When the quiet hours begin. Raises NoSuchQuiet."""
        if minute not in QUIET_FROM:
            raise NoSuchQuiet
        return await self._choose(actor, lambda hours: _quiet(hours, minute, _until(hours)))

    async def quiet_until(self, actor: Actor, minute: int) -> Choice:
        """When they end. Raises NoSuchQuiet."""
        if minute not in QUIET_UNTIL:
            raise NoSuchQuiet
        return await self._choose(actor, lambda hours: _quiet(hours, _since(hours), minute))

    async def no_quiet(self, actor: Actor) -> Choice:
        """Letters come at any hour."""
        return await self._choose(actor, lambda hours: _quiet(hours, 0, 0))

    async def kind(self, actor: Actor, kind: ItemKind) -> Choice:
        """What holds now, for a kind that may be chosen apart. Raises NotYoursToSwitch."""
        choice = await self.view(actor)
        if kind not in choice.kinds:
            raise NotYoursToSwitch
        return choice

    async def choose_kind(self, actor: Actor, kind: ItemKind, way: Way | None) -> Choice:
        """How letters of a kind come; None: as usual. Raises NotYoursToSwitch."""
        student = _is_student(actor)
        allowed = ((Way.NEVER,) if kind in OF_STUDENTS else ()) if student else quiet_hours.CHOICES.get(kind, ())
        if kind not in quiet_hours.CHOICES or (way is not None and way not in allowed):
            raise NotYoursToSwitch

        def chosen(hours: Hours) -> Hours:
            others = {one: mode for one, mode in hours.kinds.items() if one is not kind}
            return replace(hours, kinds=others if way is None else {**others, kind: _MODES[way]})

        return await self._choose(actor, chosen)

    async def choose_language(self, actor: Actor, language: Language) -> Choice:
        """The language of screens and letters."""
        async with self._storage.writing(actor.seq, now=self._clock.now()) as uow:
            await rows.put_locale(uow, actor.person_id, language.value)
            return replace(await self._view(uow, actor), locale=language.value)

    async def _choose(self, actor: Actor, change: Callable[[Hours], Hours]) -> Choice:
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            _name, _zone, stored = await diary.school(uow, actor.school_id)
            regulation = Regulation.from_json(stored)
            before = await _hours(uow, actor, regulation)
            hours = change(before)
            wishes = {kind.value: mode.value for kind, mode in hours.kinds.items()}
            chosen = ChosenHours(hours.mode, hours.digest_minute, hours.quiet_from, hours.quiet_until, wishes)
            await rows.put(uow, actor.person_id, chosen, now)
            school = SchoolClock(actor.school_id, actor.zone.key, stored)
            reader = EveningReader(actor.person_id, actor.bot_id, hours.quiet_from, hours.quiet_until)
            missed = await digest.if_missed(uow, reader, school, before, hours, now)
            if missed:
                missed = [replace(one, channel=await _channel(uow, actor, now)) for one in missed]
            await _reschedule(uow, actor, before, hours, regulation, now, missed[0].due_at if missed else None)
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
            regulation=regulation,
            children=tuple(names[student_id][0] for student_id in own),
            consents=await guardians.consents(uow, actor.person_id),
            full_names=regulation.full_names_in_letters,
            locale=actor.locale,
            student=_is_student(actor),
        )


async def _channel(uow: Uow, actor: Actor, now: datetime) -> Channel:
    """The first way of a guardian's letters; a student's is the chat."""
    today = now.astimezone(actor.zone).date()
    own = await recipients.students_of(uow, actor.person_id, today)
    found = await recipients.recipients_of_students(uow, own, today) if own else []
    return next((one.channel for one in found if one.person_id == actor.person_id), Channel.TELEGRAM)


def _is_student(actor: Actor) -> bool:
    return Role.STUDENT in actor.roles


def _quiet(hours: Hours, since: int, until: int) -> Hours:
    return replace(hours, quiet_from=since, quiet_until=until)


def _since(hours: Hours) -> int:
    return hours.quiet_from if hours.quiet_from != hours.quiet_until else QUIET_FROM[0]


def _until(hours: Hours) -> int:
    return hours.quiet_until if hours.quiet_from != hours.quiet_until else QUIET_UNTIL[1]


async def _hours(uow: Uow, actor: Actor, regulation: Regulation) -> Hours:
    chosen = await rows.find(uow, actor.person_id)
    usual = quiet_hours.default_hours(regulation)
    if chosen is None:
        return replace(usual, mode=DeliveryMode.DIGEST) if _is_student(actor) else usual
    wishes = quiet_hours.wishes(chosen.kinds)
    return Hours(chosen.mode, chosen.digest_minute, chosen.quiet_from, chosen.quiet_until, wishes)


async def _reschedule(
    uow: Uow,
    actor: Actor,
    before: Hours,
    hours: Hours,
    regulation: Regulation,
    now: datetime,
    evening_at: datetime | None,
) -> None:
    """Give the news that wait their new times; news nobody wants any more are dropped.

    `evening_at`: when today's evening letter goes after all, with the news of the evening.
    """
    moves: list[Rescheduled] = []
    unwanted: list[ItemId] = []
    for one in await rows.waiting_news(uow, actor.person_id):
        times = _times(one, hours, now, actor, regulation)
        if times is None or (one.kind is ItemKind.DIGEST and hours.mode is not DeliveryMode.DIGEST):
            unwanted.append(one.item_id)
        elif one.kind in OTHERS:
            if one.due_at == quiet_hours.after_quiet(now, before, actor.zone) > now:  # the quiet hours alone hold it
                due_at = quiet_hours.after_quiet(now, hours, actor.zone)
                moves.append(Rescheduled(one.item_id, one.bundle, one.priority, due_at, due_at, one.expires_at))
        elif not (times.evening and one.bundle == news.DIGEST and _puts_off(one, times, actor)):
            if times.evening and evening_at is not None:
                times = replace(times, due_at=evening_at, cap_at=evening_at)
            bundle = _bundle(one, times)
            moves.append(Rescheduled(one.item_id, bundle, times.priority, times.due_at, times.cap_at, times.expires_at))
    await items.reschedule(uow, moves)
    await rows.drop(uow, unwanted)


def _times(one: WaitingNews, hours: Hours, now: datetime, actor: Actor, regulation: Regulation) -> Times | None:
    if one.kind is ItemKind.TIMETABLE and one.on_date is not None and one.expires_at is not None:
        return quiet_hours.of_lesson(one.kind, hours, one.on_date, one.expires_at, now, actor.zone, regulation)
    return quiet_hours.times(one.kind, hours, now, actor.zone, regulation)


def _bundle(one: WaitingNews, times: Times) -> str:
    if times.evening or one.student_id is None:
        return news.DIGEST
    if one.kind is ItemKind.TIMETABLE and one.on_date is not None:
        return changes.bundle(one.student_id, one.on_date)
    return news.diary(one.student_id)


def _puts_off(one: WaitingNews, times: Times, actor: Actor) -> bool:
    """Whether a new hour, over for today, would take today's letter away."""
    return times.due_at.astimezone(actor.zone).date() > one.due_at.astimezone(actor.zone).date()
