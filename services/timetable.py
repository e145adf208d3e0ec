"""The timetable: laying dated lessons out from its versions, bells, holidays and terms (О п.4.6; В 4.1.8)."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar import SchoolCalendar, Slot, SpecialDay, TermSpan
from services.clock import Clock
from storage.repositories import calendar as calendar_rows
from storage.repositories import occurrences, timetable
from storage.repositories.timetable import EntryRow, WantedLesson
from storage.uow import Storage, Uow
from storage.vocabulary import BotId, DayKind, SchoolId, TermKind

DAYS_AHEAD = 28


@dataclass
class LaidOut:
    """What a laying-out did: lessons added, changed, taken away; entries without a bell, by slot number."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    slots_without_bell: set[int] = field(default_factory=set)


async def school_calendar(uow: Uow, school_id: SchoolId, now: datetime) -> SchoolCalendar | None:
    """The calendar of a school's current year; None before a year exists."""
    rows = await calendar_rows.load(uow, school_id, now.astimezone(UTC).date())
    if rows is None:
        return None
    return SchoolCalendar(
        school_id=rows.school_id,
        year_id=rows.year_id,
        zone=ZoneInfo(rows.timezone),
        starts_on=rows.starts_on,
        ends_on=rows.ends_on,
        terms=[
            TermSpan(row.id, TermKind(row.kind), row.ordinal, row.starts_on, row.ends_on, row.closed_at is not None)
            for row in rows.terms
        ],
        special={
            row.on_date: SpecialDay(DayKind(row.kind), row.follows_weekday, row.bells_id, row.title)
            for row in rows.days
        },
        bells={bells_id: [Slot(*slot) for slot in slots] for bells_id, slots in rows.bells.items()},
        usual_bells=rows.usual_bells,
    )


class Timetable:
    """Keeps the dated lessons in step with the weekly timetable."""

    def __init__(self, storage: Storage, clock: Clock, bot_id: BotId | None = None) -> None:
        self._storage = storage
        self._clock = clock
        self._bot_id = bot_id  # whose schools the tick looks after; None: every school's

    async def __call__(self, now: datetime) -> None:
        """The tick: once a school day, lay out what came into sight."""
        async with self._storage.reading() as uow:
            schools = [
                found
                for school_id in await calendar_rows.school_ids(uow, self._bot_id)
                if (found := await school_calendar(uow, school_id, now)) is not None
            ]
        for calendar in schools:
            today = calendar.today(now)
            async with self._storage.writing() as uow:
                due = await occurrences.claim(uow, "timetable", str(calendar.school_id), today, "", now)
                last = await timetable.last_day(uow, SchoolId(calendar.school_id))
            if due:
                since = today if last is None else last + timedelta(days=1)
                await self.lay_out(SchoolId(calendar.school_id), since)

    async def lay_out(self, school_id: SchoolId, since: date, until: date | None = None) -> LaidOut:
        """Make the lessons of days from `since` to `until` (by default 28 days from today) equal the timetable.

        Lessons that have begun or carry any record are never touched; a day a transaction, so that taps pass between.
        """
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar = await school_calendar(uow, school_id, now)
            entries = await timetable.entries(uow, school_id)
        done = LaidOut()
        if calendar is None:
            return done
        horizon = max(calendar.today(now), calendar.starts_on) + timedelta(days=DAYS_AHEAD)
        last = min(until or horizon, calendar.ends_on)
        day = max(since, calendar.starts_on)
        while day <= last:
            wanted = _wanted(calendar, entries, day, done)
            async with self._storage.writing() as uow:
                added, changed, removed = await timetable.replace_day(
                    uow, school_id, calendar.year_id, day, wanted, now
                )
            done.added += added
            done.changed += changed
            done.removed += removed
            day += timedelta(days=1)
        return done


def _wanted(
    calendar: SchoolCalendar, entries: dict[date, list[EntryRow]], day: date, done: LaidOut
) -> list[WantedLesson]:
    weekday = calendar.weekday_followed(day)
    in_force = max((start for start in entries if start <= day), default=None)
    if weekday is None or in_force is None:
        return []
    slots = calendar.slots(day)
    wanted = []
    for entry in entries[in_force]:
        if entry.weekday != weekday or not _in_week(calendar, entry, day):
            continue
        slot = slots.get(entry.slot)
        if slot is None:
            done.slots_without_bell.add(entry.slot)
            continue
        starts_at, ends_at = calendar.at(day, slot.starts_minute), calendar.at(day, slot.ends_minute)
        wanted.append(WantedLesson(entry, starts_at, ends_at))
    return wanted


def _in_week(calendar: SchoolCalendar, entry: EntryRow, day: date) -> bool:
    week = calendar.week_of_cycle(day, max(len(entry.weeks), 1))
    return entry.weeks == "" or entry.weeks[week] == "1"
