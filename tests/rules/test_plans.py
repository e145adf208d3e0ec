"""Which topics of a plan are offered."""

import pytest

from services.rules.plans import PlannedTopic, upcoming

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
