"""kill -9 at each named point, on both engines: nothing lost, nothing applied twice, no unmarked copy.

The judge stands outside: what the sandbox's phones did and saw, against the base. Each mistake that we could make turns
a gate red.
"""

from pathlib import Path

import pytest

from bot import killpoints
from storage.uow import Storage
from tests.delivery.conftest import Family
from tests.delivery.crash import Scene, Verdict, scene

pytestmark = pytest.mark.slow

MOST_COPIES_A_KILL = 8


async def killed_and_judged(here: Scene, point: str, passes: tuple[int, ...], mistake: str = "") -> Verdict:
    """Let the service die at the n-th pass of a point, once for each n; then let it finish in peace."""
    for count in passes:
        service = await here.start(f"{point}:{count}", mistake)
        await here.until_killed(service)
    service = await here.start("", mistake)
    assert await service.ready()
    await here.do_something()
    await here.quiet()
    await service.stop()
    return await here.judged()


@pytest.mark.parametrize("point", killpoints.POINTS)
async def test_a_kill_loses_nothing_and_repeats_nothing_unmarked(
    point: str, storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path) as here:
        verdict = await killed_and_judged(here, point, (1, 3, 6))
    assert verdict.kills == 3
    assert verdict.deeds > 6
    assert verdict.clean, verdict
    assert verdict.copies <= MOST_COPIES_A_KILL * verdict.kills


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestTheGateIsRed:
    """Negative controls: with the mistake, the same kills must be noticed."""

    async def test_when_updates_are_acknowledged_before_they_are_stored(
        self, storage: Storage, database_url: str, family: Family, tmp_path: Path
    ) -> None:
        async with scene(storage, database_url, family, tmp_path) as here:
            verdict = await killed_and_judged(here, "before_inbox_commit", (1, 2), "acknowledged_before_stored")
        assert verdict.lost

    async def test_when_the_effect_does_not_mark_its_update_done(
        self, storage: Storage, database_url: str, family: Family, tmp_path: Path
    ) -> None:
        async with scene(storage, database_url, family, tmp_path) as here:
            verdict = await killed_and_judged(here, "after_claim", (1, 2), "effect_without_its_mark")
        assert verdict.applied_twice

    async def test_when_a_letter_of_unknown_fate_is_taken_for_returned(
        self, storage: Storage, database_url: str, family: Family, tmp_path: Path
    ) -> None:
        async with scene(storage, database_url, family, tmp_path) as here:
            verdict = await killed_and_judged(here, "after_http", (1, 2), "unknown_taken_for_returned")
        assert verdict.unmarked_copies


def test_kill_points_are_refused_at_telegram() -> None:
    with pytest.raises(ValueError, match="Telegram"):
        killpoints.from_environment({"ZVONOK_KILL_AT": "after_http"}, at_telegram=True)


@pytest.mark.parametrize("wish", ["somewhere", "after_http:x"])
def test_a_kill_point_that_does_not_exist_is_refused(wish: str) -> None:
    with pytest.raises(ValueError, match="ZVONOK_KILL_AT"):
        killpoints.from_environment({"ZVONOK_KILL_AT": wish}, at_telegram=False)


def test_without_a_wish_nothing_happens_at_any_point() -> None:
    passing = killpoints.from_environment({}, at_telegram=False)
    for point in killpoints.POINTS:
        passing(point)
