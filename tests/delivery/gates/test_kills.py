"""kill -9 at each named point and at random, SIGTERM: nothing lost, nothing applied twice, no unmarked copy.

The judge stands outside: what the sandbox's phones did and saw, against the base. Each mistake that we could make turns
a gate red.
"""

import asyncio
import signal
from pathlib import Path

import pytest

from bot import killpoints
from storage.uow import Storage
from tests.delivery.conftest import Family
from tests.delivery.crash import Scene, Verdict, scene
from tests.delivery.gates.counts import COUNTS
from tests.delivery.gates.table import base_of, judged, noted

pytestmark = pytest.mark.slow

MOST_COPIES_A_KILL = 8
ROOM = 150  # updates that may wait: among ten people nobody has a hundred
NOTHING = "lost 0, twice 0, unmarked 0, copies ≤ 8 a kill"
IN_PEACE = "the same, copies 0"


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
        verdict = await killed_and_judged(here, point, COUNTS.passes)
    few = verdict.copies <= MOST_COPIES_A_KILL * verdict.kills
    row = noted(judged(f"kill -9 {point}", base_of(database_url), verdict, NOTHING, few))
    assert verdict.kills == len(COUNTS.passes)
    assert verdict.deeds > 6
    assert row.good, verdict


async def at_random(here: Scene, number: signal.Signals, times: int) -> None:
    """People go on while the service is stopped at moments nobody chose, on its way up too; then it finishes."""
    async with here.busy(room=ROOM):
        for _ in range(times):
            service = await here.start()
            if here.chance.random() < 0.8:
                await service.ready()
            await asyncio.sleep(here.chance.uniform(0.0, 0.6))
            if number is signal.SIGKILL:
                await service.kill()
                here.kills += 1
            elif await service.ready():  # a process that is told to stop before it can listen simply dies
                await service.stop()
    service = await here.start()
    assert await service.ready()
    await here.quiet()
    await service.stop()


async def test_sigkill_at_any_moment_loses_nothing(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, 9) as here:
        await at_random(here, signal.SIGKILL, COUNTS.kills)
        verdict = await here.judged()
    few = verdict.copies <= MOST_COPIES_A_KILL * verdict.kills
    row = noted(judged("random SIGKILL", base_of(database_url), verdict, NOTHING, few))
    assert verdict.kills == COUNTS.kills
    assert row.good, verdict


async def test_sigterm_at_any_moment_repeats_nothing(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, 9) as here:
        await at_random(here, signal.SIGTERM, COUNTS.terms)
        verdict = await here.judged()
    row = noted(judged(f"SIGTERM × {COUNTS.terms}", base_of(database_url), verdict, IN_PEACE, verdict.copies == 0))
    assert row.good, verdict


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
class TestTheGateIsRed:
    """Negative controls: with the mistake, the same kills must be noticed."""

    @pytest.mark.parametrize(
        ("point", "mistake", "noticed"),
        [
            ("before_inbox_commit", "acknowledged_before_stored", "lost"),
            ("after_inbox_commit", "doubles_not_noticed", "applied_twice"),
            ("after_claim", "effect_without_its_mark", "applied_twice"),
            ("after_claim", "sent_before_committed", "unmarked_copies"),
            ("after_http", "unknown_taken_for_returned", "unmarked_copies"),
        ],
    )
    async def test_under_kills(
        self,
        point: str,
        mistake: str,
        noticed: str,
        storage: Storage,
        database_url: str,
        family: Family,
        tmp_path: Path,
    ) -> None:
        async with scene(storage, database_url, family, tmp_path) as here:
            verdict = await killed_and_judged(here, point, (1, 2), mistake)
        row = noted(judged(f"kill -9 {point}", base_of(database_url), verdict, NOTHING, True, mistake=mistake))
        assert row.good, verdict
        assert getattr(verdict, noticed), verdict

    async def test_under_sigterm_when_results_are_not_written_down(
        self, storage: Storage, database_url: str, family: Family, tmp_path: Path
    ) -> None:
        mistake = "results_not_written_down"
        async with scene(storage, database_url, family, tmp_path) as here:
            for forgetful in (True, True, True, False):  # on a busy machine a stop may come before there is a result
                service = await here.start("", mistake if forgetful else "")
                assert await service.ready()
                await here.do_something()
                if forgetful:
                    await here.first_letter()
                else:
                    await here.quiet()
                await service.stop()
            verdict = await here.judged()
        peace = verdict.copies == 0
        row = noted(judged("SIGTERM × 1", base_of(database_url), verdict, IN_PEACE, peace, mistake=mistake))
        assert row.good, verdict


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
