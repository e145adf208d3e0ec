"""The base fails over: the primary stops like a power cut, its synchronous standby is promoted, the service goes on.

Nothing acknowledged is lost and nothing stays stuck. Where the standby isn't waited for and has fallen behind, the
commits since are gone, and the gate must see it. And all connections to the base are cut, again and again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import psycopg
import pytest
from sqlalchemy import make_url

from storage.uow import Storage
from tests.delivery.conftest import found
from tests.delivery.crash import SECRET, Scene, Verdict, scene
from tests.delivery.gates.counts import COUNTS
from tests.delivery.gates.table import allowed, judged, noted
from tests.support import databases
from tests.support.cluster import Cluster, Unavailable, new_folder

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

STUCK = 60.0
GOES_ON = f"goes on within {STUCK:.0f} s, lost 0, unmarked 0"
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'zvonok' AND pid <> pg_backend_pid()
"""


@contextmanager
def folders() -> Iterator[list[Path]]:
    """Where the primary and the standby live, by turns."""
    made = [new_folder() for _ in range(2)]
    yield made
    for folder in made:
        folder.parent.rmdir()


async def knocked(address: str) -> tuple[int, str]:
    """What the webhook answers, and when to come again."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{address}/telegram/webhook",
            json={"update_id": 1, "poll": {"id": "1"}},
            headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
        ) as answer,
    ):
        return answer.status, answer.headers.get("Retry-After", "")


async def failed_over(
    here: Scene, address: str, servers: list[Cluster], *, waits: bool
) -> tuple[float, tuple[int, str]]:
    """One failover while people go on; how long until the first letter, and what the webhook said meanwhile."""
    primary, standby = servers
    async with here.busy():
        await asyncio.sleep(1.0)
        if not waits:
            await asyncio.to_thread(standby.falls_behind)
        await asyncio.sleep(1.0)
        await asyncio.to_thread(primary.crash)
        began = asyncio.get_running_loop().time()
        said = await knocked(address)
        await asyncio.to_thread(standby.promote)
        await here.first_letter((await here.telegram.ledger()).seq)
        took = asyncio.get_running_loop().time() - began
    await asyncio.to_thread(primary.remove)
    servers[:] = [standby]
    return took, said


async def verdict_of(data: Path, *, waits: bool) -> tuple[Verdict, float, set[tuple[int, str]]]:
    with folders() as places:
        servers = [await asyncio.to_thread(Cluster, places[0], durable=True)]
        try:
            await asyncio.to_thread(servers[0].start)
            await asyncio.to_thread(databases.migrated, servers[0].url)
            url = f"postgresql://postgres@/postgres?host={places[0]},{places[1]}"
            storage, took, said = Storage(url), [], set()
            family = await found(storage)
            async with scene(storage, url, family, data, 5) as here:
                address = here.by_webhook()
                service = await here.start()
                assert await service.ready()
                for turn in range(COUNTS.failovers if waits else 1):
                    servers.append(await asyncio.to_thread(servers[0].standby, places[(turn + 1) % 2], waits=waits))
                    seconds, answer = await failed_over(here, address, servers, waits=waits)
                    took.append(seconds)
                    said.add(answer)
                await here.quiet()
                await service.stop()
                verdict = await here.judged()
            await storage.close()
            return verdict, max(took), said
        finally:
            for server in servers:
                await asyncio.to_thread(server.remove)


@pytest.mark.parametrize("waits", [True, False], ids=["right", "mistaken"])
async def test_the_standby_is_promoted_and_everything_goes_on(waits: bool, tmp_path: Path) -> None:
    try:
        verdict, took, said = await verdict_of(tmp_path, waits=waits)
    except Unavailable as why:
        pytest.skip(f"needs PostgreSQL: {why}")
    assert said == {(503, "2")}
    name = f"failover × {COUNTS.failovers if waits else 1}"
    longest, mistake = f"goes on after {took:.1f} s", "" if waits else "standby_not_waited_for"
    row = noted(judged(name, "PostgreSQL", verdict, GOES_ON, took <= allowed(STUCK, 1.5), longest, mistake))
    assert row.good, verdict


async def test_all_connections_are_cut_again_and_again(postgres_url: str, tmp_path: Path) -> None:
    storage = Storage(postgres_url)
    plain = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    async with scene(storage, postgres_url, await found(storage), tmp_path, 5) as here:
        service = await here.start()
        assert await service.ready()
        async with here.busy(), await psycopg.AsyncConnection.connect(plain, autocommit=True) as operator:
            for _ in range(COUNTS.cuts):
                await asyncio.sleep(0.4)
                await operator.execute(CUT)
            went_on = await here.first_letter((await here.telegram.ledger()).seq)
        await here.quiet()
        await service.stop()
        verdict = await here.judged()
    await storage.close()
    name, longest = f"connections cut × {COUNTS.cuts}", f"goes on after {went_on:.1f} s"
    row = noted(judged(name, "PostgreSQL", verdict, GOES_ON, went_on <= STUCK, longest))
    assert row.good, verdict
