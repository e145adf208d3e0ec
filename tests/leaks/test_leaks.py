"""Nobody ever receives a word of another's child: thousands of random taps, forged, forwarded, typed and waited for.

`ZVONOK_LEAK_STEPS` says how many; 2,000 in every run, 50,000 in the nightly column of the gates.
"""

import os
import random
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services import access
from storage.repositories import rights
from tests.everybody.world import World
from tests.leaks.hunt import Hunt

STEPS = int(os.environ.get("ZVONOK_LEAK_STEPS", "2000"))
A_RUN = 100  # steps, before everything is put back
MUST_REACH = 0.3

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("leaks"))
    yield made
    made.close()


def test_nobody_receives_a_word_of_anothers_child(world: World) -> None:
    hunts: list[Hunt] = []

    @settings(
        max_examples=-(-STEPS // A_RUN),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.randoms(use_true_random=False))
    def run(data: random.Random) -> None:
        world.restore()
        hunt = Hunt(world)
        hunts.append(hunt)
        while hunt.steps < A_RUN:
            hunt.step(data.choice)
        assert not hunt.leaks, "\n".join(hunt.leaks)

    run()
    steps, reached = sum(one.steps for one in hunts), sum(one.reached for one in hunts)
    read = {where: sum(one.read[where] for one in hunts) for where in hunts[0].read}
    print(f"{steps} steps, {reached / steps:.0%} reached data, letters read: {read}")
    assert steps >= STEPS
    assert reached >= MUST_REACH * steps, f"only {reached} of {steps} steps reached data"
    assert all(read.values()), f"nothing came by one of the ways: {read}"


def test_the_hunt_notices_a_door_that_stands_open(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: access_student lets everybody of the school in."""
    shut = access.access_student

    async def open_door(uow: Any, actor: Any, student_id: Any, today: Any) -> Any:
        student = await rights.student(uow, student_id, actor.school_id, actor.person_id, today)
        return student if student is not None else await shut(uow, actor, student_id, today)

    for module in list(sys.modules.values()):
        if getattr(module, "access_student", None) is shut:
            monkeypatch.setattr(module, "access_student", open_door)
    world.restore()
    hunt, chance = Hunt(world), random.Random(1)
    while not hunt.leaks and hunt.steps < STEPS:
        hunt.step(chance.choice)
    assert hunt.leaks
