"""When teachers are reminded: the moments of a day, and which of them are to be done now. Pure.

A moment names its job, its day and its minute; done or skipped, it never comes again, whatever the clocks do.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.rules import clocks, duties
from services.rules.gaps import Gap
from services.rules.regulation import Regulation
from services.rules.working_days import Works, last_working_day_of_week, monday_of, working_day_until
from storage.vocabulary import ClockKind, WorkKind

LOOK_BACK = timedelta(hours=2)  # an older nudge before a deadline helps nobody
AFTER_A_LATE_LESSON = timedelta(minutes=30)
A_WEEK_BEFORE = timedelta(days=7)


class Job(StrEnum):
    """What a moment is about."""

    LESSON_END = "lesson_end"
    HOMEWORK_SOON = "homework_soon"  # T − 30 min
    HOMEWORK_DUE = "homework_due"
    EVENING = "evening"  # an incomplete day, written and checked works, received results, the week's attendance
    LATE_EVENING = "late_evening"  # an incomplete day that ends after the evening's hour
    TERM_MARKS = "term_marks"
    YEAR_START = "year_start"  # class lists, plans, sections of the journal


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a day to remind at; after `until` it is skipped."""

    job: Job
    on: date
    slot: str  # «14:35», school time
    at: datetime
    until: datetime

    @property
    def key(self) -> tuple[str, date, str]:
        """What makes it happen once."""
        return self.job.value, self.on, self.slot


def moments(on: date, bells: Iterable[datetime], works: Works, zone: ZoneInfo, regulation: Regulation) -> list[Moment]:
    """All moments of a school day. `bells`: when lessons of this day end, aware UTC.

    A teacher's own running clock knows no working hours; everything else keeps to them, on working days only.
    """
    ends = sorted(set(bells))
    homework_ends = {end + timedelta(minutes=regulation.homework_minutes) for end in ends}
    if ends and regulation.homework_waits_for_evening:
        homework_ends.add(clocks.wall_time(on, regulation.homework_evening_minute, zone))
    soon = timedelta(minutes=regulation.homework_reminder_minutes)
    evening = _evening(on, zone, regulation)
    late = {end + AFTER_A_LATE_LESSON for end in ends if end > evening}
    found = [
        *(_own(Job.LESSON_END, on, end, zone) for end in ends),
        *(_own(Job.HOMEWORK_SOON, on, end - soon, zone) for end in sorted(homework_ends)),
        *(_own(Job.HOMEWORK_DUE, on, end, zone) for end in sorted(homework_ends)),
        *(_own(Job.LATE_EVENING, on, moment, zone) for moment in sorted(late)),
    ]
    if works(on) or ends:
        minutes = {
            Job.EVENING: regulation.evening_reminder_minute,
            Job.TERM_MARKS: regulation.term_marks_minute,
            Job.YEAR_START: regulation.control_minute,
        }
        found += [_in_working_hours(job, on, minute, zone, regulation) for job, minute in minutes.items()]
    return sorted({one.key: one for one in found}.values(), key=lambda one: (one.at, one.job))


def due(
    of_days: Iterable[Moment], now: datetime, handled: Collection[tuple[str, date, str]]
) -> tuple[list[Moment], list[Moment]]:
    """Which moments are to be done at `now`, and which came too long ago and are skipped."""
    come = [one for one in of_days if one.at <= now and one.key not in handled]
    return [one for one in come if now <= one.until], [one for one in come if now > one.until]


def concerns(gap: Gap, moment: Moment, works: Works, zone: ZoneInfo, regulation: Regulation) -> bool:
    """Whether a moment reminds of a gap, as far as the gap alone says."""
    match moment.job:
        case Job.LESSON_END:
            return gap.kind in OF_LESSONS and gap.ends_at == moment.at
        case Job.HOMEWORK_SOON:
            soon = timedelta(minutes=regulation.homework_reminder_minutes)
            return gap.kind is ClockKind.HOMEWORK and gap.due_at - soon == moment.at
        case Job.HOMEWORK_DUE:
            return gap.kind is ClockKind.HOMEWORK and gap.due_at == moment.at
        case Job.LATE_EVENING:
            evening = _evening(moment.on, zone, regulation)
            ended_late = gap.ends_at is not None and evening < gap.ends_at <= moment.at - AFTER_A_LATE_LESSON
            return gap.kind in OF_LESSONS and gap.on_date == moment.on and ended_late
        case Job.EVENING:
            return _this_evening(gap, moment, works, zone, regulation)
        case Job.TERM_MARKS:
            ends_on = gap.due_at.astimezone(zone).date()
            return gap.kind is ClockKind.TERM_MARKS and moment.on <= ends_on
        case Job.YEAR_START:
            by = gap.due_at.astimezone(zone).date()
            return gap.kind in OF_THE_YEAR and moment.on in days_before(by, works)


OF_LESSONS = frozenset({ClockKind.LESSON, ClockKind.HOMEWORK})
OF_THE_YEAR = frozenset({ClockKind.CLASS_LISTS, ClockKind.PLANS, ClockKind.SECTIONS})


def late_ones(gaps: Sequence[Gap], moment: Moment) -> bool:
    """Of a late evening: whether the last of these lessons ended just now, so that it speaks once, after them all."""
    ends = [one.ends_at for one in gaps if one.ends_at is not None]
    return bool(ends) and max(ends) + AFTER_A_LATE_LESSON == moment.at


def written_days(on_date: date, kind: WorkKind, works: Works, regulation: Regulation) -> set[date]:
    """On which days a written work's missing marks are spoken of: day 5 and 7, or the working days before them.

    A kind with days of its own has the same distances from its last day.
    """
    days = regulation.days_to_mark(kind)
    wanted = [days - (regulation.written_work_days - one) for one in regulation.written_reminder_days]
    found = (working_day_until(on_date + timedelta(days=one), works) for one in wanted if one > 0)
    return {day for day in found if day > on_date}


def days_before(by: date, works: Works) -> set[date]:
    """When the year's lists are spoken of: a week before their day, and on the last working day."""
    return {working_day_until(by - A_WEEK_BEFORE, works), working_day_until(by, works)}


def verification_days(monday: date, works: Works) -> set[date]:
    """When a week's attendance is spoken of: on its last school day, and on the first working day after it."""
    last = last_working_day_of_week(monday, works)
    after = monday_of(monday) + A_WEEK_BEFORE
    while last is not None and not works(after):
        after += timedelta(days=1)
    return set() if last is None else {last, after}


def _this_evening(gap: Gap, moment: Moment, works: Works, zone: ZoneInfo, regulation: Regulation) -> bool:
    match gap.kind:
        case ClockKind.LESSON | ClockKind.HOMEWORK:
            return gap.on_date == moment.on and gap.ends_at is not None and gap.ends_at <= moment.at
        case ClockKind.WRITTEN_WORK if gap.on_date is not None and gap.work_kind is not None:
            return moment.on in written_days(gap.on_date, gap.work_kind, works, regulation)
        case ClockKind.CHECKED_WORK:
            return gap.due_at.astimezone(zone).date() == moment.on
        case ClockKind.RESULTS | ClockKind.STATE_EXAM:
            return True
        case ClockKind.VERIFICATION if gap.on_date is not None:
            return moment.on in verification_days(gap.on_date, works)
        case ClockKind.BRIEFING | ClockKind.CONTACTS | ClockKind.PRINTED:
            return duties.is_spoken_of(gap.due_at.astimezone(zone).date(), moment.on, works)
        case _:
            return False


def _own(job: Job, on: date, at: datetime, zone: ZoneInfo) -> Moment:
    return Moment(job, on, f"{at.astimezone(zone):%H:%M}", at, at + LOOK_BACK)


def _in_working_hours(job: Job, on: date, minute: int, zone: ZoneInfo, regulation: Regulation) -> Moment:
    kept = _in_hours(minute, regulation)
    at = clocks.wall_time(on, kept, zone)
    ends = clocks.wall_time(on, regulation.working_until_minute, zone)
    return Moment(job, on, f"{kept // 60:02}:{kept % 60:02}", at, max(at, ends))


def _evening(on: date, zone: ZoneInfo, regulation: Regulation) -> datetime:
    return clocks.wall_time(on, _in_hours(regulation.evening_reminder_minute, regulation), zone)


def _in_hours(minute: int, regulation: Regulation) -> int:
    return min(max(minute, regulation.working_from_minute), regulation.working_until_minute)
