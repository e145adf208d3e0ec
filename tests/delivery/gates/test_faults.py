"""Five calls in a hundred go wrong, in every way the sandbox knows: nothing is lost and no copy is unmarked."""

import asyncio
from pathlib import Path

import pytest

from storage.uow import Storage
from tests.delivery.conftest import Family
from tests.delivery.crash import Scene, Verdict, scene
from tests.delivery.gates.counts import COUNTS
from tests.delivery.gates.table import base_of, judged, noted

pytestmark = pytest.mark.slow

RATE = 0.05
SEED = 7
PATIENCE = "2"  # seconds for a call that hangs
AT_ONCE = 12  # people doing something at the same moment
ROOM = 600  # updates that may wait
MUST = "lost 0, twice 0, unmarked 0"


async def in_the_mix(here: Scene, deeds: int, mistake: str = "") -> tuple[Verdict, dict[str, int]]:
    """So many deeds while chance plays; the verdict and how often what went wrong."""
    here.more_environment["ZVONOK_TEST_PATIENCE"] = PATIENCE
    service = await here.start("", mistake)
    assert await service.ready()
    await here.telegram.chance(RATE, seed=SEED, update_rate=RATE, update_kinds=["twice"])
    for start in range(0, deeds // 2, AT_ONCE):
        await here.fewer_wait_than(ROOM)  # nobody floods a lane
        pairs = [here.pairs[number % len(here.pairs)] for number in range(start, min(start + AT_ONCE, deeds // 2))]
        await asyncio.gather(*[here.do_something(pair) for pair in pairs])
    await here.telegram.fault("*", "jump")
    await here.quiet()
    applied = (await here.telegram.faults())["applied"]
    await here.telegram.clear_faults()
    await service.stop()
    return await here.judged(), applied


async def test_a_thousand_deeds_survive_the_mix(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, 49) as here:
        verdict, applied = await in_the_mix(here, COUNTS.deeds)
    faults = f"{sum(applied.values())} faults of {len(applied)} kinds"
    row = noted(judged("fault mix 5 %", base_of(database_url), verdict, MUST, True, faults))
    assert verdict.deeds == COUNTS.deeds
    assert sum(applied.values()) >= COUNTS.deeds * RATE / 2, applied
    assert row.good, verdict


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("mistake", "noticed"), [("unknown_taken_for_sent", "lost"), ("doubles_not_noticed", "applied_twice")]
)
async def test_the_gate_is_red(
    mistake: str, noticed: str, storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, 49) as here:
        verdict, applied = await in_the_mix(here, 300, mistake)
    faults = f"{sum(applied.values())} faults"
    row = noted(judged("fault mix 5 %", base_of(database_url), verdict, MUST, True, faults, mistake))
    assert row.good, verdict
    assert getattr(verdict, noticed), verdict
