"""A year of a real calendar: every reminder's moment comes once, whatever clocks and restarts do."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.calendar import SchoolCalendar, Slot, SpecialDay, TermSpan
from services.rules import clocks, reminding
from services.rules.gaps import Gap
from services.rules.regulation import Regulation
from services.rules.reminding import Job, Moment, moments
from services.rules.working_days import Works
from services.working_week import working_days
from storage.vocabulary import ClockKind, ClockState, DayKind, TermKind, WorkKind

ZONES = ["Europe/Moscow", "Europe/Berlin", "Asia/Vladivostok", "America/Santiago"]
RULES = Regulation()
DAY = timedelta(days=1)
HOLIDAYS = [
    *(date(2027, 11, day) for day in (4, 5)),
    *(date(2028, 1, day) for day in range(1, 9)),
    date(2028, 2, 23),
    date(2028, 3, 8),
    date(2028, 5, 1),
    date(2028, 5, 8),  # transferred from Saturday the 6th, which is worked
    date(2028, 5, 9),
]
WORKED = {date(2028, 5, 6): 0, date(2027, 12, 25): 4}  # working Saturdays and the weekday they follow
SHORT = {date(2027, 12, 29), date(2028, 2, 22), date(2028, 2, 29)}
USUAL, SHORTENED = 1, 2
BELLS = {
    USUAL: [Slot(n + 1, 510 + 55 * n, 555 + 55 * n) for n in range(7)],
    SHORTENED: [Slot(n + 1, 510 + 40 * n, 540 + 40 * n) for n in range(6)],
}


def calendar(zone: str) -> SchoolCalendar:
    """The year 2027/28, which has a 29 February, with its quarters, transfers and shortened days."""
    special = {day: SpecialDay(DayKind.HOLIDAY) for day in HOLIDAYS}
    special |= {day: SpecialDay(DayKind.WORKING, follows) for day, follows in WORKED.items()}
    special |= {day: SpecialDay(DayKind.WORKING, bells_id=SHORTENED) for day in SHORT}
    quarters = [
        (date(2027, 9, 1), date(2027, 10, 29)),
        (date(2027, 11, 8), date(2027, 12, 29)),
        (date(2028, 1, 10), date(2028, 3, 24)),
        (date(2028, 4, 3), date(2028, 5, 26)),
    ]
    terms = [TermSpan(n, TermKind.QUARTER, n, *days) for n, days in enumerate(quarters, 1)]
    begins, ends = date(2027, 9, 1), date(2028, 5, 31)
    return SchoolCalendar(1, 1, ZoneInfo(zone), begins, ends, terms, special, BELLS, USUAL)


def bells(of: SchoolCalendar, on: date, works: Works) -> list[datetime]:
    if not works(on) or of.weekday_followed(on) is None:
        return []
    return [of.at(on, slot.ends_minute) for slot in of.slots(on).values()]


def year(of: SchoolCalendar, works: Works, rules: Regulation = RULES) -> dict[date, list[Moment]]:
    first = date(2027, 8, 10)
    days = [first + n * DAY for n in range(310)]
    return {on: moments(on, bells(of, on, works), works, of.zone, rules) for on in days}


def ticks(of: SchoolCalendar, dice: random.Random) -> Iterator[datetime]:
    """Every quarter of a minute to fifteen minutes, over the minute; at times the clock steps back or on."""
    now = datetime(2027, 8, 9, 12, tzinfo=of.zone).astimezone(UTC)
    while now < datetime(2028, 6, 20, tzinfo=UTC):
        yield now
        now += timedelta(seconds=dice.choice((15, 61, 600, 899, 900)))
        if dice.random() < 0.02:
            now += dice.choice((-9, -3, -1, 1)) * timedelta(minutes=dice.choice((1, 5, 10)))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("saturdays", [False, True])
def test_every_moment_of_a_year_comes_exactly_once(zone: str, saturdays: bool) -> None:
    of = calendar(zone)
    works = working_days(of, {5} if saturdays else ())
    all_moments = year(of, works)
    done: Counter[tuple[str, date, str]] = Counter()
    handled: set[tuple[str, date, str]] = set()
    for now in ticks(of, random.Random(f"{zone} {saturdays}")):
        today = of.today(now)
        near = [one for day in (today - DAY, today) for one in all_moments.get(day, ())]
        to_do, skipped = reminding.due(near, now, handled)
        assert not skipped, "nothing is skipped where no tick is two hours late"
        for one in to_do:
            assert one.at <= now
            done[one.key] += 1
        handled |= {one.key for one in to_do}
    wanted = {one.key for day in all_moments.values() for one in day}
    assert set(done) == wanted
    assert set(done.values()) == {1}
    assert any(day == date(2028, 2, 29) for _job, day, _slot in wanted)


def test_after_an_outage_what_is_older_than_two_hours_is_skipped_and_the_rest_comes_once() -> None:
    of = calendar("Europe/Moscow")
    works = working_days(of)
    on = date(2027, 9, 8)
    of_day = moments(on, bells(of, on, works), works, of.zone, RULES)
    back = clocks.wall_time(on, 13 * 60, of.zone)
    to_do, skipped = reminding.due(of_day, back, set())
    assert {one.slot for one in skipped if one.job is Job.LESSON_END} == {"09:15", "10:10"}
    assert {one.slot for one in to_do if one.job is Job.LESSON_END} == {"11:05", "12:00", "12:55"}
    assert {one.slot for one in to_do if one.job is Job.YEAR_START} == {"08:30"}  # caught up within working hours
    handled = {one.key for one in (*to_do, *skipped)}
    assert reminding.due(of_day, back, handled) == ([], [])


@pytest.mark.parametrize("zone", ZONES)
def test_but_for_the_lessons_own_clocks_nobody_is_reminded_outside_working_hours(zone: str) -> None:
    of = calendar(zone)
    works = working_days(of)
    rules = Regulation(evening_reminder_minute=21 * 60, term_marks_minute=5 * 60)
    own = {Job.LESSON_END, Job.HOMEWORK_SOON, Job.HOMEWORK_DUE, Job.LATE_EVENING}
    for day in year(of, works, rules).values():
        for one in day:
            if one.job not in own:
                assert "08:00" <= one.slot <= "18:00"
                assert one.until.astimezone(of.zone).hour <= 18


@pytest.mark.parametrize("on", [*HOLIDAYS, date(2027, 11, 3), date(2027, 12, 4), date(2028, 3, 28)])
def test_on_holidays_in_breaks_and_at_weekends_nothing_comes(on: date) -> None:
    of = calendar("Europe/Moscow")
    works = working_days(of)
    assert moments(on, bells(of, on, works), works, of.zone, RULES) == []


@pytest.mark.parametrize("on", [*WORKED, *SHORT])
def test_on_working_saturdays_and_shortened_days_the_bells_of_the_day_count(on: date) -> None:
    of = calendar("Europe/Moscow")
    works = working_days(of)
    found = moments(on, bells(of, on, works), works, of.zone, RULES)
    ends = [one.slot for one in found if one.job is Job.LESSON_END]
    assert ends[-1] == ("12:20" if on in SHORT else "14:45")
    due = [one.slot for one in found if one.job is Job.HOMEWORK_DUE]
    assert due[-1] == ("13:50" if on in SHORT else "16:15")


def test_a_day_that_ends_late_has_an_evening_of_its_own() -> None:
    of = calendar("Europe/Moscow")
    on = date(2027, 9, 8)
    late = [clocks.wall_time(on, minute, of.zone) for minute in (17 * 60 + 20, 18 * 60 + 15, 19 * 60 + 10)]
    found = moments(on, late, working_days(of), of.zone, RULES)
    assert [one.slot for one in found if one.job is Job.LATE_EVENING] == ["18:45", "19:40"]


def gap(kind: ClockKind, **about: object) -> Gap:
    due_at = about.pop("due_at", datetime(2027, 9, 8, 20, 59, tzinfo=UTC))
    return Gap(kind, due_at, ClockState.OPEN, "п. 1", **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "spoken_of"),
    [
        (date(2027, 9, 7), {date(2027, 9, 10), date(2027, 9, 14)}),  # day 5 is a Sunday: on the Friday before it
        (date(2027, 9, 8), {date(2027, 9, 13), date(2027, 9, 15)}),
        (date(2027, 10, 27), {date(2027, 10, 29)}),  # both days lie in the break
        (date(2028, 2, 24), {date(2028, 2, 29), date(2028, 3, 2)}),
    ],
)
def test_a_written_work_is_spoken_of_on_its_fifth_and_seventh_day(written: date, spoken_of: set[date]) -> None:
    works = working_days(calendar("Europe/Moscow"))
    assert reminding.written_days(written, WorkKind.CONTROL, works, RULES) == spoken_of


def test_a_work_with_days_of_its_own_is_spoken_of_two_days_before_its_last_and_on_it() -> None:
    works = working_days(calendar("Europe/Moscow"))
    rules = Regulation(work_days={"project": 14})
    found = reminding.written_days(date(2027, 9, 1), WorkKind.PROJECT, works, rules)
    assert found == {date(2027, 9, 13), date(2027, 9, 15)}
    assert reminding.written_days(date(2027, 9, 1), WorkKind.ANSWER, works, rules) == set()


def test_the_years_lists_are_spoken_of_a_week_before_and_on_the_last_working_day() -> None:
    works = working_days(calendar("Europe/Moscow"))
    assert reminding.days_before(date(2027, 8, 25), works) == {date(2027, 8, 18), date(2027, 8, 25)}
    assert reminding.days_before(date(2027, 9, 5), works) == {date(2027, 8, 27), date(2027, 9, 3)}  # a Sunday


def test_a_weeks_attendance_is_spoken_of_at_its_end_and_on_the_next_working_day() -> None:
    works = working_days(calendar("Europe/Moscow"))
    assert reminding.verification_days(date(2028, 4, 24), works) == {date(2028, 4, 28), date(2028, 5, 2)}


def test_a_moment_concerns_the_gaps_of_its_own_clock_only() -> None:
    of = calendar("Europe/Moscow")
    works = working_days(of)
    on = date(2027, 9, 8)
    found = {one.key[::2]: one for one in moments(on, bells(of, on, works), works, of.zone, RULES)}
    ended = clocks.wall_time(on, 555, of.zone)
    due_at = clocks.wall_time(on, 975, of.zone)
    homework = gap(ClockKind.HOMEWORK, due_at=due_at, on_date=on, ends_at=ended)
    record = gap(ClockKind.LESSON, on_date=on, ends_at=ended)

    def concerned(job: Job, slot: str) -> list[bool]:
        return [reminding.concerns(one, found[job.value, slot], works, of.zone, RULES) for one in (homework, record)]

    assert concerned(Job.LESSON_END, "09:15") == [True, True]
    assert concerned(Job.LESSON_END, "10:10") == [False, False]
    assert concerned(Job.HOMEWORK_SOON, "15:45") == [True, False]
    assert concerned(Job.HOMEWORK_DUE, "16:15") == [True, False]
    assert concerned(Job.EVENING, "17:30") == [True, True]
    assert concerned(Job.TERM_MARKS, "15:00") == [False, False]
