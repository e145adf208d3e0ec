"""The clock of the demo school on the page of phones: jumps to the moments that make a school day."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta

from bot.demo.moment import DAY, WEEK, is_school_day, next_school_day
from bot.sandbox.times import Jump
from services.calendar import SchoolCalendar
from services.clock import ShiftedClock, StoppedClock
from services.i18n import N_
from services.i18n import gettext as _
from services.timetable import school_calendar
from storage.repositories import calendar as calendar_rows
from storage.repositories import demo
from storage.uow import Storage
from storage.vocabulary import BotId

MORNING, EVENING = 8 * 60, 18 * 60 + 30
PATIENCE = 6.0  # seconds a move may wait for letters on their way
LOOK_EVERY = 0.03
Target = Callable[[SchoolCalendar, datetime], datetime | None]


def next_bell(calendar: SchoolCalendar, now: datetime) -> datetime | None:
    """When the next lesson begins, today or on the next school day."""
    return _next(calendar, now, starts=True)


def next_end(calendar: SchoolCalendar, now: datetime) -> datetime | None:
    """When the lesson that is on, or else the next one, ends."""
    return _next(calendar, now, starts=False)


def end_of_lessons(calendar: SchoolCalendar, now: datetime) -> datetime | None:
    """When the last lesson of today ends; None when there is none left."""
    today = calendar.today(now)
    if not is_school_day(calendar, today):
        return None
    end = calendar.at(today, max(slot.ends_minute for slot in calendar.slots(today).values()))
    return end if end > now else None


def _next(calendar: SchoolCalendar, now: datetime, *, starts: bool) -> datetime | None:
    day: date | None = calendar.today(now)
    while day is not None:
        if is_school_day(calendar, day):
            for slot in sorted(calendar.slots(day).values(), key=lambda slot: slot.number):
                bell = calendar.at(day, slot.starts_minute if starts else slot.ends_minute)
                if bell > now:
                    return bell
        day = next_school_day(calendar, day)
    return None


def next_evening(calendar: SchoolCalendar, now: datetime) -> datetime:
    """The next 18:30, when the evening letters go out."""
    today = calendar.at(calendar.today(now), EVENING)
    return today if today > now else calendar.at(calendar.today(now) + DAY, EVENING)


def next_morning(calendar: SchoolCalendar, now: datetime) -> datetime:
    """Eight o'clock of the next school day; of tomorrow when the year is over."""
    today = calendar.today(now)
    return calendar.at(next_school_day(calendar, today) or today + DAY, MORNING)


def week_later(calendar: SchoolCalendar, now: datetime) -> datetime:
    """The same hour a week later."""
    there = datetime.combine(calendar.today(now) + WEEK, now.astimezone(calendar.zone).time(), tzinfo=calendar.zone)
    return there.astimezone(now.tzinfo)


_JUMPS: dict[str, tuple[str, Target]] = {
    "end": (N_("Lesson's end"), next_end),
    "bell": (N_("Next lesson"), next_bell),
    "day-end": (N_("End of lessons"), end_of_lessons),
    "evening": (N_("Evening letters"), next_evening),
    "morning": (N_("Next school day"), next_morning),
    "week": (N_("A week on"), week_later),
}
_BELLS = ("end", "bell")


def moments_between(calendar: SchoolCalendar, now: datetime, target: datetime) -> list[datetime]:
    """The moments at which something may fall due on the way to a target: bells within a day, mornings and evenings."""
    found: set[datetime] = set()
    day = calendar.today(now)
    last = calendar.today(target)
    while day <= last:
        minutes = {MORNING, EVENING}
        if day in (calendar.today(now), last) and is_school_day(calendar, day):
            slots = calendar.slots(day).values()
            minutes |= {slot.starts_minute for slot in slots} | {slot.ends_minute for slot in slots}
        found |= {calendar.at(day, minute) for minute in minutes}
        day += timedelta(days=1)
    return sorted(moment for moment in found if now < moment < target)


class DemoClock:
    """What the page needs of a clock: `now`, jumps, and moves that never go back.

    Moves wait for each other. On the way `tick` is awaited at every moment when something may fall due, and then what
    it set going may arrive: a day lived in a second is a whole day, with bells, reminders and letters at their hours.
    """

    def __init__(
        self,
        clock: ShiftedClock | StoppedClock,
        calendar: SchoolCalendar,
        tick: Callable[[], Awaitable[None]],
        is_calm: Callable[[], Awaitable[bool]],
    ) -> None:
        self._clock = clock
        self._calendar = calendar
        self._tick = tick
        self._is_calm = is_calm
        self._one_move = asyncio.Lock()

    @property
    def zone(self) -> str:
        """IANA name of the school's zone."""
        return self._calendar.zone.key

    def now(self) -> datetime:
        """School time, aware UTC."""
        return self._clock.now()

    def jumps(self) -> Sequence[Jump]:
        """The jumps that lead somewhere now, the nearest first; bells only while today's still ring."""
        now = self.now()
        found: dict[datetime, Jump] = {}
        for ident, (title, target) in _JUMPS.items():
            at = target(self._calendar, now)
            if at is None or (ident in _BELLS and self._calendar.today(at) != self._calendar.today(now)):
                continue
            found[at] = Jump(ident, _(title), at.astimezone(self._calendar.zone))
        return [found[at] for at in sorted(found)]

    async def jump(self, jump_id: str) -> None:
        """Go to one of the jumps. Raises KeyError for an unknown one, ValueError for one that leads nowhere."""
        async with self._one_move:
            target = _JUMPS[jump_id][1](self._calendar, self.now())
            if target is None:
                raise ValueError(_("That moment is past."))
            await self._go(target)

    async def advance(self, seconds: float) -> None:
        """Go forward by seconds."""
        async with self._one_move:
            await self._go(self.now() + timedelta(seconds=seconds))

    async def set(self, moment: datetime) -> None:
        """Go forward to a moment. Raises ValueError for one that is past."""
        async with self._one_move:
            await self._go(moment)

    async def _go(self, moment: datetime) -> None:
        now = self.now()
        if moment < now:
            raise ValueError(_("School time goes forward only: what was told stays told."))
        patience = asyncio.get_running_loop().time() + PATIENCE
        for stop in [*moments_between(self._calendar, now, moment), moment]:
            self._clock.set(max(stop, self._clock.now()))
            await self._tick()
            # The base is asked over and over: it calls nobody.
            while asyncio.get_running_loop().time() < patience and not await self._is_calm():  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY)


async def demo_clock(
    storage: Storage, bot_id: BotId, clock: ShiftedClock | StoppedClock, tick: Callable[[], Awaitable[None]]
) -> DemoClock:
    """The page's clock over the demo base's own calendar and the outbox of its bot."""
    async with storage.reading() as uow:
        schools = await calendar_rows.school_ids(uow)
        calendar = await school_calendar(uow, schools[0], clock.now())
    assert calendar is not None  # the demo school is founded with its year

    async def is_calm() -> bool:
        async with storage.reading() as uow:
            return await demo.is_calm(uow, bot_id, clock.now())

    return DemoClock(clock, calendar, tick, is_calm)
