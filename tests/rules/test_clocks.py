"""The clocks of the regulation as tables: until when, and how a thing stands."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.rules import clocks
from services.rules.regulation import Regulation
from services.rules.windows import day_end
from services.rules.working_days import Works, after_working_days
from storage.vocabulary import ClockKind, ClockState, WorkKind

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")
RULES = Regulation()
ON = date(2026, 9, 8)
LAST_BELL = datetime(2026, 9, 8, 13, 35, tzinfo=MOSCOW).astimezone(UTC)
EVENING = Regulation(homework_waits_for_evening=True, rooms_without_workstation=("Спортзал",))
MICROSECOND = timedelta(microseconds=1)


def at(hour: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(f"2026-09-08T{hour}").replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("last", "room", "rules", "due"),
    [
        ("13:35", "301", RULES, "15:05"),
        ("13:35", "Спортзал", RULES, "15:05"),  # the school doesn't let it wait
        ("13:35", "301", EVENING, "15:05"),  # a room with a workstation
        ("13:35", "Спортзал", EVENING, "18:00"),
        ("16:30", "Спортзал", EVENING, "18:00"),
        ("16:31", "Спортзал", EVENING, "18:01"),  # the later of the two
        ("13:35", "301", Regulation(homework_minutes=60), "14:35"),
    ],
)
def test_homework_is_due_after_the_last_lesson_or_in_the_evening_by_room(
    last: str, room: str, rules: Regulation, due: str
) -> None:
    assert clocks.homework_due(at(last), rules, room, MOSCOW) == at(due)


@pytest.mark.parametrize(
    ("done", "now", "state"),
    [
        (None, "14:34:59", ClockState.OPEN),
        (None, "14:35", ClockState.DUE_SOON),
        (None, "15:05", ClockState.DUE_SOON),
        (None, "15:05:01", ClockState.OVERDUE),
        ("15:05", "23:00", ClockState.DONE),
        ("15:05:01", "23:00", ClockState.DONE_LATE),
    ],
)
def test_how_a_thing_stands_by_its_clock(done: str | None, now: str, state: ClockState) -> None:
    half_an_hour = clocks.soon(ClockKind.HOMEWORK, RULES)
    assert clocks.state_of(at("15:05"), at(done) if done else None, at(now), half_an_hour) is state


@pytest.mark.parametrize("zone", [MOSCOW, BERLIN, ZoneInfo("Asia/Magadan"), ZoneInfo("America/New_York")])
@pytest.mark.parametrize("on", [ON, date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29)])
def test_a_days_clock_ends_exactly_where_its_window_does(on: date, zone: ZoneInfo) -> None:
    due = clocks.lesson_due(on, zone)
    assert due == day_end(on, zone) - MICROSECOND
    assert f"{due.astimezone(zone):%Y-%m-%d %H:%M}" == f"{on.isoformat()} 23:59"


@pytest.mark.parametrize(
    ("kind", "days"), [(WorkKind.CONTROL, 7), (WorkKind.ESSAY, 7), (WorkKind.ANSWER, 0), (WorkKind.PROJECT, 14)]
)
def test_a_works_marks_are_due_by_its_kind(kind: WorkKind, days: int) -> None:
    rules = Regulation(work_days={"project": 14})
    assert clocks.written_work_due(ON, kind, MOSCOW, rules) == clocks.day_due(ON + timedelta(days=days), MOSCOW)


def test_a_checked_work_is_due_the_day_it_was_checked_but_never_after_its_week() -> None:
    third = datetime(2026, 9, 11, 16, tzinfo=MOSCOW)
    assert clocks.checked_work_due(third, ON, WorkKind.CONTROL, MOSCOW, RULES) == clocks.day_due(
        date(2026, 9, 11), MOSCOW
    )
    late = datetime(2026, 9, 20, 16, tzinfo=MOSCOW)
    assert clocks.checked_work_due(late, ON, WorkKind.CONTROL, MOSCOW, RULES) == clocks.day_due(
        date(2026, 9, 15), MOSCOW
    )


def works(*holidays: date, saturdays: bool = False, extra: tuple[date, ...] = ()) -> Works:
    week = 6 if saturdays else 5
    return lambda day: day in extra or (day.weekday() < week and day not in holidays)


VICTORY, LABOUR = date(2026, 5, 11), date(2026, 5, 1)  # Monday for Saturday the 9th; a Friday


@pytest.mark.parametrize(
    ("on", "days", "predicate", "found"),
    [
        (date(2026, 9, 8), 2, works(), date(2026, 9, 10)),
        (date(2026, 9, 8), 0, works(), date(2026, 9, 8)),
        (date(2026, 9, 10), 2, works(), date(2026, 9, 14)),  # over a week's end
        (date(2026, 9, 10), 2, works(saturdays=True), date(2026, 9, 12)),  # which is a school day here
        (date(2026, 4, 30), 2, works(LABOUR), date(2026, 5, 5)),  # a holiday inside
        (date(2026, 5, 8), 2, works(VICTORY), date(2026, 5, 13)),  # a transferred one
        (date(2026, 5, 8), 2, works(VICTORY, extra=(date(2026, 5, 9),)), date(2026, 5, 12)),  # a working Saturday
        (date(2026, 5, 2), 1, works(), date(2026, 5, 4)),  # from a day off
        (date(2028, 2, 28), 1, works(), date(2028, 2, 29)),
    ],
)
def test_working_days_are_counted_over_holidays_and_transfers(
    on: date, days: int, predicate: Works, found: date
) -> None:
    assert after_working_days(on, days, predicate) == found


def test_an_outage_shifts_its_clocks_by_working_days() -> None:
    due = clocks.outage_due(date(2026, 4, 30), 2, works(LABOUR), MOSCOW)
    assert due == clocks.day_due(date(2026, 5, 5), MOSCOW)


def test_term_marks_are_due_by_the_end_of_their_windows_last_day() -> None:
    assert clocks.term_marks_due(date(2026, 10, 23), MOSCOW) == clocks.day_due(date(2026, 10, 23), MOSCOW)


def test_a_weeks_attendance_is_verified_by_the_first_working_day_after_it() -> None:
    monday = date(2026, 9, 7)
    assert clocks.verification_due(monday, works(), MOSCOW) == clocks.day_due(date(2026, 9, 14), MOSCOW)
    holiday = date(2026, 9, 14)
    assert clocks.verification_due(monday, works(holiday), MOSCOW) == clocks.day_due(date(2026, 9, 15), MOSCOW)


def test_an_entry_counts_as_online_for_a_day_after_its_lesson() -> None:
    assert clocks.online_until(LAST_BELL) == LAST_BELL + timedelta(hours=24)


def test_the_years_deadlines_stand_in_the_calendar_year_it_begins_in() -> None:
    begins = date(2026, 9, 1)
    assert clocks.year_due(RULES.class_lists_by, begins, MOSCOW) == clocks.day_due(date(2026, 8, 25), MOSCOW)
    assert clocks.year_due(RULES.plans_by, begins, MOSCOW) == clocks.day_due(date(2026, 9, 1), MOSCOW)
    assert clocks.year_due(RULES.sections_by, begins, MOSCOW) == clocks.day_due(date(2026, 9, 5), MOSCOW)
    assert clocks.year_day("02-29", begins) == date(2026, 2, 28)


def test_a_minute_that_the_clocks_skip_is_taken_after_the_gap() -> None:
    skipped = clocks.wall_time(date(2026, 3, 29), 2 * 60 + 30, BERLIN)
    assert f"{skipped.astimezone(BERLIN):%H:%M}" == "03:30"


def test_each_clock_is_quoted_by_the_schools_own_clause() -> None:
    rules = Regulation.from_json({"clauses": {"homework": "п. 12 Положения"}})
    assert clocks.clause(ClockKind.HOMEWORK, rules) == "п. 12 Положения"
    assert {clocks.clause(kind, rules) for kind in ClockKind} - set(rules.clauses.values()) == set()
