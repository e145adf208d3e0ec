"""The demo's moment is inside the third lesson of a school day, whatever day today is."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from bot.demo import moment
from storage.vocabulary import TermKind


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 23), date(2026, 11, 23)),  # an ordinary Monday
        (date(2026, 11, 22), date(2026, 11, 23)),  # a Sunday
        (date(2026, 11, 21), date(2026, 11, 23)),  # a Saturday
        (date(2026, 11, 27), date(2026, 11, 27)),  # a Friday
        (date(2026, 7, 14), date(2026, 9, 15)),  # summer
        (date(2026, 6, 1), date(2026, 9, 15)),  # the first day of summer
        (date(2026, 8, 31), date(2026, 9, 15)),  # the eve of the year
        (date(2026, 9, 1), date(2026, 9, 15)),  # the first day of the year
        (date(2026, 9, 14), date(2026, 9, 15)),  # a day short of two weeks
        (date(2026, 9, 15), date(2026, 9, 15)),  # two weeks in
        (date(2026, 10, 28), date(2026, 11, 6)),  # autumn break, then 4 November with its neighbours
        (date(2026, 12, 30), date(2027, 1, 12)),  # the eve of the winter break
        (date(2027, 1, 1), date(2027, 1, 12)),  # New Year
        (date(2028, 2, 29), date(2028, 2, 29)),  # a leap day, a Tuesday
        (date(2027, 2, 23), date(2027, 2, 25)),  # a holiday and the day after it
        (date(2027, 3, 24), date(2027, 3, 30)),  # spring break and the Monday after it
        (date(2027, 5, 28), date(2027, 5, 28)),  # the last Friday of the year
        (date(2027, 5, 31), date(2027, 9, 15)),  # the last day of the year has no tomorrow
    ],
)
def test_the_moment_is_in_the_third_lesson_of_the_nearest_good_day(today: date, expected: date) -> None:
    local = moment.demo_moment(today).astimezone(moment.ZONE)
    assert local.date() == expected
    assert (local.hour, local.minute) == (10, 38)


def test_every_day_of_twelve_years_has_a_moment_not_before_it_and_within_the_longest_holidays() -> None:
    day = date(2024, 1, 1)
    while day < date(2036, 1, 1):
        local = moment.demo_moment(day).astimezone(moment.ZONE)
        assert day <= local.date() <= day + timedelta(days=112), day
        assert local.weekday() < 5
        assert (local.month, local.day) >= (9, 15) or local.month <= 5
        day += timedelta(days=1)


@pytest.mark.parametrize("year", range(2024, 2036))
def test_a_year_has_four_quarters_without_gaps_but_the_holidays(year: int) -> None:
    spec = moment.demo_school(year)
    quarters = [one for one in spec.terms if one.kind is TermKind.QUARTER]
    assert [one.ordinal for one in quarters] == [1, 2, 3, 4]
    assert (quarters[0].starts_on, quarters[-1].ends_on) == (date(year, 9, 1), date(year + 1, 5, 31))
    assert [one.starts_on.weekday() for one in quarters[1:]] == [0, 0, 0]
    gaps = [(after.starts_on - before.ends_on).days - 1 for before, after in pairwise(quarters)]
    assert gaps[0] == gaps[2] == 7
    assert 9 <= gaps[1] <= 15
    calendar = moment.calendar_of(spec)
    lessons = sum(moment.is_school_day(calendar, spec.starts_on + timedelta(days=n)) for n in range(273))
    assert 165 <= lessons <= 185


def test_the_breaks_are_free_although_the_half_years_run_over_them() -> None:
    calendar = moment.calendar_of(moment.demo_school(2026))
    assert [moment.is_school_day(calendar, date(2026, 10, day)) for day in (23, 26, 27, 28, 29, 30)] == [
        True, False, False, False, False, False,
    ]  # fmt: skip
    assert moment.next_school_day(calendar, date(2026, 10, 23)) == date(2026, 11, 2)
    assert moment.next_school_day(calendar, date(2027, 5, 31)) is None


def test_a_holiday_on_a_weekend_gives_its_monday_away() -> None:
    calendar = moment.calendar_of(moment.demo_school(2026))
    assert date(2027, 5, 9).weekday() == 6
    assert not moment.is_school_day(calendar, date(2027, 5, 10))


def test_the_school_is_set_up_in_the_break_before_the_lesson() -> None:
    begins = moment.demo_moment(date(2026, 11, 23))
    local = moment.before_the_bell(begins).astimezone(moment.ZONE)
    assert (local.hour, local.minute) == (10, 28)


@pytest.mark.parametrize(
    ("last", "today", "expected"),
    [
        # the same day earlier, later; a day before; a clock moved a week ahead by hand; after the year's end
        (datetime(2026, 11, 23, 6, 0, tzinfo=UTC), date(2026, 11, 23), datetime(2026, 11, 23, 7, 38, tzinfo=UTC)),
        (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), date(2026, 11, 23), datetime(2026, 11, 23, 15, 30, tzinfo=UTC)),
        (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), date(2026, 11, 24), datetime(2026, 11, 24, 7, 38, tzinfo=UTC)),
        (datetime(2026, 11, 30, 15, 30, tzinfo=UTC), date(2026, 11, 24), datetime(2026, 11, 30, 15, 30, tzinfo=UTC)),
        (datetime(2027, 5, 20, 7, 38, tzinfo=UTC), date(2027, 6, 3), datetime(2027, 5, 20, 7, 38, tzinfo=UTC)),
    ],
)
def test_a_demo_that_was_lived_in_goes_on_and_never_back(last: datetime, today: date, expected: datetime) -> None:
    calendar = moment.calendar_of(moment.demo_school(2026))
    assert moment.moment_to_go_on(last, today, calendar) == expected
