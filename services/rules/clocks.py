"""The clocks of the regulation (§12) that lessons, homework, marks, terms and attendance live by. Pure.

A clock says until when: aware UTC, the moment itself still in time. A day's clock ends with the day's last moment,
23:59 school time. Where term marks and results have their days, services/rules/finals says.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.rules.regulation import Regulation
from services.rules.windows import day_end, written_work_end
from services.rules.working_days import Works, after_working_days
from storage.vocabulary import ClockKind, ClockState, WorkKind

A_MOMENT = timedelta(microseconds=1)  # the smallest step a stored moment knows
ONLINE = timedelta(hours=24)  # Л Table 1
_CLAUSES = {
    ClockKind.LESSON: "same_day",
    ClockKind.HOMEWORK: "homework",
    ClockKind.WRITTEN_WORK: "written_work",
    ClockKind.CHECKED_WORK: "written_work",
    ClockKind.TERM_MARKS: "term_marks",
    ClockKind.RESULTS: "results",
    ClockKind.STATE_EXAM: "state_exam",
    ClockKind.VERIFICATION: "verification",
    ClockKind.CLASS_LISTS: "class_lists",
    ClockKind.PLANS: "plans",
    ClockKind.SECTIONS: "sections",
    ClockKind.BRIEFING: "briefing",
    ClockKind.CONTACTS: "contacts",
    ClockKind.PRINTED: "printed",
}


def clause(kind: ClockKind, regulation: Regulation) -> str:
    """The clause of a clock as the school's own order names it."""
    return regulation.clauses[_CLAUSES[kind]]


def state_of(due_at: datetime, done_at: datetime | None, now: datetime, soon: timedelta) -> ClockState:
    """How a thing stands whose clock runs until `due_at`, which is in time itself; `soon` before it, it is due soon."""
    if done_at is not None:
        return ClockState.DONE_LATE if done_at > due_at else ClockState.DONE
    if now > due_at:
        return ClockState.OVERDUE
    return ClockState.DUE_SOON if now >= due_at - soon else ClockState.OPEN


def soon(kind: ClockKind, regulation: Regulation) -> timedelta:
    """How long before its end a clock counts as ending soon: from the first reminder on."""
    match kind:
        case ClockKind.HOMEWORK:
            return timedelta(minutes=regulation.homework_reminder_minutes)
        case ClockKind.LESSON | ClockKind.CHECKED_WORK | ClockKind.VERIFICATION:
            return timedelta(minutes=24 * 60 - regulation.evening_reminder_minute)
        case ClockKind.WRITTEN_WORK:
            days = regulation.written_work_days - min(regulation.written_reminder_days, default=0)
            return timedelta(days=max(days, 0) + 1)
        case ClockKind.TERM_MARKS | ClockKind.STATE_EXAM:
            return timedelta(days=1)
        case ClockKind.RESULTS:
            return timedelta(hours=regulation.results_hours) / 2
        case ClockKind.CLASS_LISTS | ClockKind.PLANS | ClockKind.SECTIONS:
            return timedelta(days=8)
        case ClockKind.BRIEFING | ClockKind.CONTACTS | ClockKind.PRINTED:
            return timedelta(days=3)


def day_due(on: date, zone: ZoneInfo) -> datetime:
    """The last moment of a school day, «23:59» (ours)."""
    return day_end(on, zone) - A_MOMENT


def lesson_due(on_date: date, zone: ZoneInfo) -> datetime:
    """Until when topic, attendance and lesson marks are on time: the same school day (О 2.5; В 4.4.3)."""
    return day_due(on_date, zone)


def homework_due(last_lesson_ends_at: datetime, regulation: Regulation, room: str, zone: ZoneInfo) -> datetime:
    """Until when homework is on time: 1 h 30 min after the last lesson of the class, or the subgroup's pupils (О 2.7).

    `last_lesson_ends_at` is the end of the day's last held lesson of those pupils. In a room without a workstation,
    where the school lets homework wait, it is the later of that and the evening hour, 18:00 (В 4.4.7).
    """
    due_at = last_lesson_ends_at + timedelta(minutes=regulation.homework_minutes)
    if not regulation.homework_waits_for_evening or room not in regulation.rooms_without_workstation:
        return due_at
    on = last_lesson_ends_at.astimezone(zone).date()
    return max(due_at, wall_time(on, regulation.homework_evening_minute, zone))


def written_work_due(on_date: date, kind: WorkKind, zone: ZoneInfo, regulation: Regulation) -> datetime:
    """Until when a written work's marks are on time: its days after the work (О п.4.7, 2.5)."""
    return written_work_end(on_date, kind, zone, regulation) - A_MOMENT


def checked_work_due(
    checked_at: datetime, on_date: date, kind: WorkKind, zone: ZoneInfo, regulation: Regulation
) -> datetime:
    """Until when the marks of a work are on time once «Проверил» was pressed: that day (О 2.5), its week at most."""
    that_day = day_due(checked_at.astimezone(zone).date(), zone)
    return min(that_day, written_work_due(on_date, kind, zone, regulation))


def online_until(lesson_ends_at: datetime) -> datetime:
    """Until when an entry counts as made online: lesson + 24 h (Л Table 1)."""
    return lesson_ends_at + ONLINE


def undo_until(first_entered_at: datetime, regulation: Regulation) -> datetime:
    """Until when a mark may be replaced or withdrawn by its teachers (ours: 10 min; М ж).

    `first_entered_at` is when the mark first stood there, so that replacing again and again gains no time.
    """
    return first_entered_at + timedelta(minutes=regulation.undo_minutes)


def term_marks_due(closes_on: date, zone: ZoneInfo) -> datetime:
    """Until when a term's marks are on time: the last day of their window, services/rules/finals (О 2.8)."""
    return day_due(closes_on, zone)


def verification_due(monday: date, works: Works, zone: ZoneInfo) -> datetime:
    """Until when a week's attendance is verified: the first working day after the week (В 4.3.6; the day is ours)."""
    return day_due(after_working_days(monday + timedelta(days=6), 1, works), zone)


def outage_due(restored_on: date, days: int, works: Works, zone: ZoneInfo) -> datetime:
    """Until when records of an outage are transferred: `days` working days after the restoration (В 6.2)."""
    return day_due(after_working_days(restored_on, days, works), zone)


def year_due(by: str, year_starts_on: date, zone: ZoneInfo) -> datetime:
    """Until when the year's lists, plans or sections are ready; `by` is «08-25» (В 4.5.1; М 8.1; О 2.2)."""
    return day_due(year_day(by, year_starts_on), zone)


def year_day(by: str, year_starts_on: date) -> date:
    """The day «08-25» in the calendar year in which a school year begins; «02-29» falls on the 28th where it must."""
    month, day = map(int, by.split("-"))
    try:
        return date(year_starts_on.year, month, day)
    except ValueError:
        return date(year_starts_on.year, month, day - 1)


def wall_time(on: date, minute: int, zone: ZoneInfo) -> datetime:
    """When the school's clocks show a minute of a day, aware UTC; a minute they skip is taken after the gap."""
    wall = datetime.combine(on, time(0)) + timedelta(minutes=minute)
    return wall.replace(tzinfo=zone).astimezone(UTC)
