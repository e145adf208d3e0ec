"""The owner killed or frozen beside a warm second process, a frozen one alone, and PostgreSQL stopped like a power cut.

Nothing is lost or told twice unmarked, the other takes over within eighteen seconds, and nothing stays stuck.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from storage.uow import Storage
from tests.delivery.conftest import Family, found
from tests.delivery.crash import Service, Verdict, scene
from tests.delivery.gates.counts import COUNTS
from tests.delivery.gates.table import allowed, judged, noted
from tests.support import databases
from tests.support.balancer import Balancer
from tests.support.cluster import Cluster

pytestmark = pytest.mark.slow

TAKE_OVER = 18.0  # seconds: the lease's fifteen, and the looks of who waits for it
BESIDE = 2.5  # among all other tests
NEVER = 999.0
STUCK = 60.0
FROZEN = 17.0  # longer than the lease
TAKEN = f"take-over ≤ {TAKE_OVER:.0f} s, lost 0, unmarked 0"
GOES_ON = f"goes on within {STUCK:.0f} s, lost 0, unmarked 0"


async def taken_over(
    url: str, data: Path, number: signal.Signals, mistake: str = "", *, spread: bool = False
) -> tuple[Verdict, list[float]]:
    """Stop the owner with a signal while another process waits; the verdict, and how long each take-over took.

    `spread`: updates come by webhook, and a balancer gives every other one to the process that waits.
    """
    storage, took, balancer = Storage(url), [], Balancer()
    try:
        async with scene(storage, url, await found(storage), data, 5) as here, balancer.running() as public:

            async def start(turn: int) -> Service:
                if spread:
                    balancer.nodes = [*balancer.nodes[-1:], here.by_webhook(public)]
                return await here.start("", mistake, str(turn))

            owner = await start(0)
            assert await owner.ready()
            for turn in range(1, COUNTS.owners + 1):
                second = await start(turn)
                await second.comes_up()
                async with here.busy():
                    await asyncio.sleep(1.0)
                    began = asyncio.get_running_loop().time()
                    owner.signal(number)
                    try:
                        async with asyncio.timeout(allowed(TAKE_OVER, BESIDE)):
                            assert await second.ready()
                    except TimeoutError:
                        return Verdict(deeds=len(here.deeds)), [NEVER]
                    took.append(asyncio.get_running_loop().time() - began)
                    if number is signal.SIGSTOP:
                        owner.signal(signal.SIGCONT)
                        await asyncio.sleep(1.0)
                        await owner.stop()
                    else:
                        await owner.killed()
                        here.kills += 1
                owner = second
            await here.quiet()
            await owner.stop()
            if spread:
                assert all(balancer.taken[node] for node in balancer.nodes), "one node has taken nothing"
            return await here.judged(), took
    finally:
        await storage.close()


async def test_a_second_process_takes_over_from_one_that_was_killed_or_frozen(tmp_path: Path) -> None:
    """Three schools at once, since it is mostly waiting; the third polls, and makes the mistake."""
    with ExitStack() as stack:
        urls = [stack.enter_context(databases.postgres_database()) for _ in range(3)]
        killed, frozen, control = await asyncio.gather(
            taken_over(urls[0], tmp_path / "killed", signal.SIGKILL, spread=True),
            taken_over(urls[1], tmp_path / "frozen", signal.SIGSTOP, spread=True),
            taken_over(urls[2], tmp_path / "control", signal.SIGKILL, "lease_too_long"),
        )
    rows = []
    for name, (verdict, took), mistake in (
        ("owner killed", killed, ""),
        ("owner frozen", frozen, ""),
        ("owner killed", control, "lease_too_long"),
    ):
        in_time, longest = max(took) <= allowed(TAKE_OVER, BESIDE), said_of(max(took))
        rows.append(noted(judged(name, "PostgreSQL", verdict, TAKEN, in_time, longest, mistake)))
    assert [row for row in rows if not row.good] == []


def said_of(longest: float) -> str:
    return "no take-over in time" if longest == NEVER else f"take-over {longest:.1f} s"


async def test_a_process_that_was_frozen_alone_goes_on_where_it_stood(sqlite_url: str, tmp_path: Path) -> None:
    storage = Storage(sqlite_url)
    async with scene(storage, sqlite_url, await found(storage), tmp_path, 5) as here:
        service = await here.start()
        assert await service.ready()
        async with here.busy():
            await asyncio.sleep(1.0)
            service.signal(signal.SIGSTOP)
            await asyncio.sleep(FROZEN)
            service.signal(signal.SIGCONT)
            went_on = await here.first_letter((await here.telegram.ledger()).seq)
        await here.quiet()
        await service.stop()
        verdict = await here.judged()
    await storage.close()
    row = noted(judged("owner frozen", "SQLite", verdict, GOES_ON, went_on <= STUCK, f"goes on after {went_on:.1f} s"))
    assert row.good, verdict


@pytest.mark.parametrize("mistake", ["", "acknowledged_before_stored"], ids=["right", "mistaken"])
async def test_postgresql_stopped_like_a_power_cut(
    mistake: str, private_cluster: Callable[..., Cluster], tmp_path: Path
) -> None:
    cluster = private_cluster(durable=True)
    databases.migrated(cluster.url)
    storage = Storage(cluster.url)
    family: Family = await found(storage)
    went_on = []
    async with scene(storage, cluster.url, family, tmp_path, 9) as here:
        service = await here.start("", mistake)
        assert await service.ready()
        for _ in range(COUNTS.crashes):
            async with here.busy():
                await asyncio.sleep(1.0)
                await asyncio.to_thread(cluster.crash)
                await asyncio.sleep(1.5)
                await asyncio.to_thread(cluster.start)
                went_on.append(await here.first_letter((await here.telegram.ledger()).seq))
        await here.quiet()
        await service.stop()
        verdict = await here.judged()
    await storage.close()
    name = f"PostgreSQL crash × {COUNTS.crashes}"
    longest = f"goes on after {max(went_on):.1f} s"
    row = noted(judged(name, "PostgreSQL", verdict, GOES_ON, max(went_on) <= STUCK, longest, mistake))
    assert row.good, verdict
