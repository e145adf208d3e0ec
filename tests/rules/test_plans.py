"""Which topics of a plan are offered."""

import pytest

from services.rules.plans import PlannedTopic, hours_by_timetable, lag, upcoming

PLAN = [PlannedTopic(n, n, f"Тема {n}", hours) for n, hours in ((1, 1), (2, 2), (3, 1), (4, 1))]


@pytest.mark.parametrize(
    ("taken", "offered"),
    [
        ({}, [1, 2, 3, 4]),
        ({1: 1}, [2, 3, 4]),
        ({1: 1, 2: 1}, [2, 3, 4]),
        ({1: 1, 2: 2}, [3, 4]),
        ({1: 1, 3: 1}, [4]),  # the second was skipped and is not offered again
        ({1: 3}, [2, 3, 4]),  # a topic that took longer than planned
        ({1: 1, 2: 2, 3: 1, 4: 1}, []),
        ({9: 1}, [1, 2, 3, 4]),  # a topic that left the plan
    ],
)
def test_the_plan_goes_on_from_the_furthest_topic(taken: dict[int, int], offered: list[int]) -> None:
    assert [topic.id for topic in upcoming(PLAN, taken)] == offered


def test_the_order_is_the_plans_and_the_number_is_limited() -> None:
    assert [topic.id for topic in upcoming(PLAN[::-1], {}, 2)] == [1, 2]
    assert upcoming([], {}) == []


@pytest.mark.parametrize(
    ("lessons", "given", "hours", "said"),
    [(34, 31, 102, (34, 31, 3)), (0, 0, 102, (0, 0, 0)), (110, 101, 102, (102, 101, 1)), (3, 4, 102, (3, 4, 0))],
)
def test_the_lag_is_what_the_timetable_had_less_what_was_given(
    lessons: int, given: int, hours: int, said: tuple[int, int, int]
) -> None:
    found = lag(lessons, given, hours)
    assert (found.planned, found.given, found.behind) == said


@pytest.mark.parametrize(("lessons", "cycle", "weeks", "hours"), [(3, 1, 34, 102), (5, 2, 34, 85), (0, 1, 34, 0)])
def test_hours_by_the_timetable_are_weekly_hours_times_weeks(lessons: int, cycle: int, weeks: int, hours: int) -> None:
    assert hours_by_timetable(lessons, cycle, weeks) == hours
