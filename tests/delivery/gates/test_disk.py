"""The disk of the base is full while people go on: nothing that was acknowledged is lost, and it goes on with room."""

import contextlib
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from storage.uow import Storage
from tests.delivery.conftest import found
from tests.delivery.crash import Scene, Service, scene
from tests.delivery.gates.counts import COUNTS
from tests.delivery.gates.table import Row
from tests.delivery.gates.trouble import PEOPLE, lived_through, written
from tests.support import databases
from tests.support.cluster import Cluster, Unavailable
from tests.support.small_disk import NoSmallDisk, SmallDisk, small_disk

pytestmark = pytest.mark.slow

SQLITE_MEGABYTES = 16
POSTGRES_MEGABYTES = 400  # a new cluster has sixty, and each piece of its log sixteen
LOG_PIECES = 30
AT_LEAST = 1.0


class FullForSqlite:
    """The service's own disk."""

    def __init__(self, disk: SmallDisk) -> None:
        self._disk = disk

    def begin(self, service: Service) -> None:
        self._disk.fill(service.pid)

    def end(self, service: Service) -> None:
        self._disk.free(service.pid)

    def close(self) -> None:
        pass


class FullForPostgres:
    """The server's disk. When its log has no room either, the server stops; with room the operator starts it."""

    def __init__(self, disk: SmallDisk, cluster: Cluster) -> None:
        self._disk = disk
        self._cluster = cluster

    def begin(self, service: Service) -> None:
        self._disk.fill(service.pid)

    def end(self, service: Service) -> None:
        self._use_up_the_log()
        if self._cluster.runs:  # it came up again, and has no room yet
            self._cluster.crash()
        self._disk.free(service.pid)
        self._cluster.start()
        with self._asked() as connection:
            connection.execute("CHECKPOINT")  # gives back the log that is needed no more

    def _asked(self) -> "psycopg.Connection[tuple[Any, ...]]":
        plain = make_url(self._cluster.url).set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)

    def _use_up_the_log(self) -> None:
        """Make the server need one more piece of its log, for which there is no room: it panics."""
        with contextlib.suppress(psycopg.Error), self._asked() as connection:
            for _ in range(LOG_PIECES):
                connection.execute("SELECT pg_logical_emit_message(true, 'gate', 'a word'), pg_switch_wal()")
            raise AssertionError("the server wrote on without room")

    def close(self) -> None:
        pass


async def full(here: Scene, trouble: FullForSqlite | FullForPostgres, times: int, mistake: str = "") -> Row:
    """The disk full so many times."""
    seen, verdict = await lived_through(here, trouble, (AT_LEAST,) * times, mistake)
    return written(f"disk full × {times}", here, seen, verdict, mistake)


@pytest.mark.parametrize("mistake", ["", "acknowledged_before_stored"], ids=["right", "mistaken"])
async def test_a_full_disk_loses_nothing_and_is_told(mistake: str, tmp_path: Path) -> None:
    with small_disk(SQLITE_MEGABYTES) as disk:
        url = databases.sqlite_file(disk.folder / "zvonok.db")
        storage = Storage(url)
        async with scene(storage, url, await found(storage), tmp_path, PEOPLE) as here:
            row = await full(here, FullForSqlite(disk), 1 if mistake else COUNTS.fills, mistake)
        await storage.close()
    assert row.good, row
    assert bool(row.lost) is bool(mistake), row


async def test_a_full_disk_under_postgresql_loses_nothing_though_its_server_stops(tmp_path: Path) -> None:
    try:
        with small_disk(POSTGRES_MEGABYTES, must_mount=True) as disk:
            cluster = Cluster(disk.folder / "cluster", durable=True)
            cluster.start()
            try:
                databases.migrated(cluster.url)
                storage = Storage(cluster.url)
                async with scene(storage, cluster.url, await found(storage), tmp_path, PEOPLE) as here:
                    row = await full(here, FullForPostgres(disk, cluster), COUNTS.fills)
                await storage.close()
            finally:
                cluster.remove()
    except (NoSmallDisk, Unavailable) as why:
        pytest.skip(f"needs PostgreSQL: {why}")
    assert row.good, row
