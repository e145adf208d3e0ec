"""Lessons cancelled, moved and restored, each with its reason (В 2.3 «отклонений от ранее запланированного графика»).

A lesson that was recorded was held: it is neither cancelled nor moved, so that nothing entered is ever lost. A moved
lesson stays where it was, as `moved`; the lesson held instead is laid out by hand and belongs to no timetable entry,
so that no later laying-out touches either. The homework clocks follow by themselves: they come of what is held.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services import drafts, reasons
from services.actor import Actor
from services.arrangements import (
    CANCELLED,
    MOVED,
    Arranged,
    Conflict,
    LessonIsRecorded,
    LessonNotHeldAnyMore,
    access_arranged,
    day_table,
    ensure_open,
    tell,
    title,
)
from services.assignments import ensure_arranges
from services.calendar import SchoolCalendar, Slot
from services.changes import Outcome
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.family_changes import forget, tell_families
from services.i18n import N_
from services.substitutions.office import end_in
from services.timetable import school_calendar
from storage.repositories import arrangements as rows
from storage.repositories import lesson_states as moved_rows
from storage.repositories.audit import note
from storage.uow import Storage, Uow
from storage.vocabulary import ChangeReason, DraftPurpose, LessonId, LessonState, PersonId

AHEAD = timedelta(days=28)  # how far a lesson may be moved: as far as lessons are laid out
SUNDAY = 6  # no timetable has it; a working Sunday follows another weekday
BACK_IN_PLACE = "back"  # the state's reason of a lesson whose move was taken back


class NoLessonsThatDay(SchoolError):
    """A day without lessons takes no moved one."""

    sentence = N_("There are no lessons on that day. Choose a school day between today and {until}.")


class NoSuchBell(SchoolError):
    """The day's bells don't have the slot."""

    sentence = N_("That day has no such lesson by its bells. Choose another one.")


class MovedLessonIsRecorded(SchoolError):
    """The lesson held instead was recorded: the move stands."""

    sentence = N_("The lesson held instead has a record already, so the move stands.")


class LessonIsBack(SchoolError):
    """The lesson that this one was held instead of is held itself again."""

    sentence = N_("This lesson is held in its own place again. To move it, open it there.")


@dataclass(frozen=True, slots=True)
class SlotOffered:
    """A bell of a day (its hours «10:25»), with what stands in the way of moving a lesson there."""

    number: int
    hour: str
    conflicts: Sequence[Conflict]


@dataclass(frozen=True, slots=True)
class MoveChoice:
    """Where a lesson may go on a day; `before`, `after`: the school days beside it, where it may go too."""

    lesson: Arranged
    today: date
    on_date: date
    slots: Sequence[SlotOffered]
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """Why a lesson is cancelled; a typed reason is awaited."""

    lesson: Arranged
    today: date


@dataclass(frozen=True, slots=True)
class MoveAsked:
    """Why a lesson is moved there, and what stands in the way; a typed reason is awaited."""

    lesson: Arranged
    today: date
    on_date: date
    slot: SlotOffered


@dataclass(frozen=True, slots=True)
class StatePut:
    """What became of a tap, with the lesson as it stands."""

    outcome: Outcome
    lesson: Arranged
    today: date


class LessonStates:
    """Cancels, moves and restores lessons."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def ask_to_cancel(self, actor: Actor, lesson_id: LessonId) -> CancelAsked:
        """Why? Raises LessonIsRecorded, LessonNotHeldAnyMore, ArrangedTermClosed."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await _changeable(uow, actor, lesson_id, now)
            await _await(uow, actor, {"act": "cancel", "lesson": int(lesson_id)}, now)
        return CancelAsked(lesson, now.astimezone(actor.zone).date())

    async def cancel(self, actor: Actor, lesson_id: LessonId, reason: ChangeReason) -> StatePut:
        """Cancel a lesson; its substitutions end with it. Raises as `ask_to_cancel`."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            return await _cancel(uow, actor, lesson_id, reason.value, now)

    async def choose_move(self, actor: Actor, lesson_id: LessonId, on_date: date | None = None) -> MoveChoice:
        """Where a lesson may go: the bells of a day, by default of its own or of the next school day."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            lesson = await _changeable(uow, actor, lesson_id, now)
            calendar = await _calendar(uow, actor, now)
            today = calendar.today(now)
            shown = on_date or max(lesson.title.on_date, today)
            days = _days(calendar, today)
            if on_date is None and shown not in days:
                shown = next((day for day in days if day > shown), shown)
            if shown not in days:
                raise NoLessonsThatDay(until=days[-1].strftime("%d.%m.%Y") if days else "")
            slots = await _slots(uow, actor, calendar, lesson, shown)
        place = days.index(shown)
        before = days[place - 1] if place else None
        after = days[place + 1] if place + 1 < len(days) else None
        return MoveChoice(lesson, today, shown, slots, before, after)

    async def ask_to_move(self, actor: Actor, lesson_id: LessonId, on_date: date, slot: int) -> MoveAsked:
        """Why, and is it meant? Raises as `ask_to_cancel`, and NoLessonsThatDay, NoSuchBell."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            asked = await _ask_to_move(uow, actor, lesson_id, on_date, slot, now)
            data = {"act": "move", "lesson": int(lesson_id), "day": on_date.isoformat(), "slot": slot}
            await _await(uow, actor, data, now)
        return asked

    async def move(self, actor: Actor, lesson_id: LessonId, on_date: date, slot: int, reason: ChangeReason) -> StatePut:
        """Hold a lesson on another day or at another bell. Raises as `ask_to_move`."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            return await _move(uow, actor, lesson_id, on_date, slot, reason.value, now)

    async def restore(self, actor: Actor, lesson_id: LessonId) -> StatePut:
        """Let a lesson be held as in the timetable again. Raises MovedLessonIsRecorded, ArrangedTermClosed."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            return await _restore(uow, actor, lesson_id, now)

    async def put_typed(self, actor: Actor, text: str) -> StatePut:
        """Cancel or move for a reason that was typed, as its draft asked. Raises NoReason; the question stands then."""
        ensure_arranges(actor)
        now = self._clock.now()
        reason = reasons.typed(text)
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.take(uow, actor.bot_id, actor.user_id, DraftPurpose.LESSON_STATE, now)
            if data is None:
                raise NotFoundHere
            lesson_id = LessonId(data["lesson"])
            if data["act"] == "cancel":
                return await _cancel(uow, actor, lesson_id, reason, now)
            return await _move(uow, actor, lesson_id, date.fromisoformat(data["day"]), data["slot"], reason, now)


async def _changeable(uow: Uow, actor: Actor, lesson_id: LessonId, now: datetime) -> Arranged:
    await rows.lock(uow, actor.school_id, lesson_id)
    lesson = await access_arranged(uow, actor, lesson_id)
    if not lesson.held:
        raise LessonNotHeldAnyMore
    await ensure_open(uow, actor, lesson.title.on_date, now)
    if await rows.is_recorded(uow, lesson_id):
        raise LessonIsRecorded
    return lesson


async def _cancel(uow: Uow, actor: Actor, lesson_id: LessonId, reason: str, now: datetime) -> StatePut:
    await rows.lock(uow, actor.school_id, lesson_id)
    standing = await access_arranged(uow, actor, lesson_id)
    today = now.astimezone(actor.zone).date()
    if standing.state is LessonState.CANCELLED:
        return StatePut(Outcome.ALREADY, standing, today)
    if standing.state is LessonState.MOVED:
        return StatePut(Outcome.CHANGED, standing, today)
    lesson = await _changeable(uow, actor, lesson_id, now)
    await end_in(uow, actor, lesson, lesson.substitutions, now)
    await rows.set_state(uow, lesson_id, LessonState.CANCELLED, reason)
    await _note(uow, actor, lesson_id, "lesson_cancelled", {}, now)
    await tell(uow, actor, lesson, _values(lesson, CANCELLED), now)
    await tell_families(uow, actor, lesson_id, now)
    await drafts.drop(uow, actor.bot_id, actor.user_id)
    return StatePut(Outcome.SAVED, await access_arranged(uow, actor, lesson_id), today)


async def _ask_to_move(
    uow: Uow, actor: Actor, lesson_id: LessonId, on_date: date, slot: int, now: datetime
) -> MoveAsked:
    lesson = await _changeable(uow, actor, lesson_id, now)
    calendar = await _calendar(uow, actor, now)
    days = _days(calendar, calendar.today(now))
    if on_date not in days:
        raise NoLessonsThatDay(until=days[-1].strftime("%d.%m.%Y") if days else "")
    offered = await _slots(uow, actor, calendar, lesson, on_date)
    chosen = next((one for one in offered if one.number == slot), None)
    if chosen is None:
        raise NoSuchBell
    return MoveAsked(lesson, calendar.today(now), on_date, chosen)


async def _move(
    uow: Uow, actor: Actor, lesson_id: LessonId, on_date: date, slot: int, reason: str, now: datetime
) -> StatePut:
    await rows.lock(uow, actor.school_id, lesson_id)
    standing = await access_arranged(uow, actor, lesson_id)
    today = now.astimezone(actor.zone).date()
    if not standing.held:
        there = standing.moved_to
        same = there is not None and (there.on_date, there.slot) == (on_date, slot)
        return StatePut(Outcome.ALREADY if same else Outcome.CHANGED, standing, today)
    asked = await _ask_to_move(uow, actor, lesson_id, on_date, slot, now)
    lesson = asked.lesson
    bell = await _bell(uow, actor, on_date, slot, now)
    teachers = [PersonId(one.id) for one in lesson.teachers]
    await end_in(uow, actor, lesson, lesson.substitutions, now)
    await rows.set_state(uow, lesson_id, LessonState.MOVED, reason)
    former = (await rows.by_ids(uow, actor.school_id, [lesson_id]))[0]
    starts_at, ends_at = bell
    made = await rows.add_moved(uow, actor.school_id, former, on_date, slot, starts_at, ends_at, teachers)
    await _note(uow, actor, lesson_id, "lesson_moved", {"to": made}, now)
    await tell(uow, actor, lesson, _values(lesson, f"{MOVED}:{made}"), now)
    await tell_families(uow, actor, lesson_id, now)
    await drafts.drop(uow, actor.bot_id, actor.user_id)
    return StatePut(Outcome.SAVED, await access_arranged(uow, actor, lesson_id), today)


async def _restore(uow: Uow, actor: Actor, lesson_id: LessonId, now: datetime) -> StatePut:
    await rows.lock(uow, actor.school_id, lesson_id)
    lesson = await access_arranged(uow, actor, lesson_id)
    today = now.astimezone(actor.zone).date()
    if lesson.held:
        return StatePut(Outcome.ALREADY, lesson, today)
    await ensure_open(uow, actor, lesson.title.on_date, now)
    former = lesson.moved_from
    while former is not None:
        origin = await access_arranged(uow, actor, former.lesson_id)
        if origin.held:
            raise LessonIsBack
        former = origin.moved_from
    if lesson.state is LessonState.MOVED:
        for held_id in await moved_rows.line_of(uow, lesson_id):
            await _take_away(uow, actor, held_id, now)
    await rows.set_state(uow, lesson_id, LessonState.PLANNED, "")
    await _note(uow, actor, lesson_id, "lesson_restored", {}, now)
    await tell(uow, actor, lesson, _values(lesson, None), now)
    await tell_families(uow, actor, lesson_id, now)
    return StatePut(Outcome.SAVED, await access_arranged(uow, actor, lesson_id), today)


async def _take_away(uow: Uow, actor: Actor, lesson_id: LessonId, now: datetime) -> None:
    """The lesson held instead goes, if it was never recorded; who was to substitute in it hears of that."""
    await rows.lock(uow, actor.school_id, lesson_id)
    if await rows.is_recorded(uow, lesson_id):
        raise MovedLessonIsRecorded
    held = await access_arranged(uow, actor, lesson_id)
    await end_in(uow, actor, held, held.substitutions, now)
    await forget(uow, lesson_id)
    if not await moved_rows.remove_unused(uow, lesson_id):
        await rows.set_state(uow, lesson_id, LessonState.CANCELLED, BACK_IN_PLACE)
    await tell(uow, actor, held, {one.substitute.id: None for one in held.substitutions}, now)


def _values(lesson: Arranged, value: str | None) -> dict[int, str | None]:
    """What the lesson's own teachers hear; its substitutes, that they don't give it."""
    gone: dict[int, str | None] = {one.substitute.id: None for one in lesson.substitutions}
    return gone | {one.id: value for one in lesson.teachers}


async def _note(
    uow: Uow, actor: Actor, lesson_id: LessonId, action: str, detail: Mapping[str, Any], now: datetime
) -> None:
    await note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action=action,
        subject=f"lesson:{lesson_id}",
        detail=detail,
    )


async def _await(uow: Uow, actor: Actor, data: dict[str, Any], now: datetime) -> None:
    await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.LESSON_STATE, data, now)


async def _calendar(uow: Uow, actor: Actor, now: datetime) -> SchoolCalendar:
    calendar = await school_calendar(uow, actor.school_id, now)
    if calendar is None:
        raise NotFoundHere
    return calendar


def _days(calendar: SchoolCalendar, today: date) -> list[date]:
    """The school days, from today on, to which a lesson may be moved."""
    ahead = (today + timedelta(days=number) for number in range(AHEAD.days + 1))
    return [day for day in ahead if day <= calendar.ends_on and calendar.weekday_followed(day) not in (None, SUNDAY)]


async def _bell(uow: Uow, actor: Actor, on_date: date, slot: int, now: datetime) -> tuple[datetime, datetime]:
    calendar = await _calendar(uow, actor, now)
    bell = calendar.slots(on_date)[slot]
    return calendar.at(on_date, bell.starts_minute), calendar.at(on_date, bell.ends_minute)


async def _slots(
    uow: Uow, actor: Actor, calendar: SchoolCalendar, lesson: Arranged, on_date: date
) -> list[SlotOffered]:
    """The bells of a day, but for the lesson's own place, with what its class and teachers have there."""
    table = await day_table(uow, actor, on_date)
    former = (await rows.by_ids(uow, actor.school_id, [lesson.title.lesson_id]))[0]
    offered = []
    for bell in calendar.slots(on_date).values():
        if (on_date, bell.number) == (lesson.title.on_date, lesson.title.slot):
            continue
        starts_at, ends_at = calendar.at(on_date, bell.starts_minute), calendar.at(on_date, bell.ends_minute)
        there = [
            Conflict(whose, title(row, actor.zone))
            for whose, row in table.seated(former.audiences, starts_at, ends_at, former.id)
        ]
        for one in lesson.teachers:
            busy = table.busy(PersonId(one.id), starts_at, ends_at, former.id)
            if busy is not None:
                there.append(Conflict(one.initials, title(busy, actor.zone)))
        offered.append(SlotOffered(bell.number, _hour(bell), there))
    return offered


def _hour(bell: Slot) -> str:
    return f"{bell.starts_minute // 60:02}:{bell.starts_minute % 60:02}"
