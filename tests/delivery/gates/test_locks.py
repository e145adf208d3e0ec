"""Another process holds the base: the door says 503, lanes wait, nothing is lost or done twice, and it goes on."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from storage.uow import Storage
from tests.delivery.conftest import Family
from tests.delivery.crash import Scene, Service, scene
from tests.delivery.gates.counts import COUNTS
from tests.delivery.gates.table import Row
from tests.delivery.gates.trouble import PEOPLE, lived_through, written

pytestmark = pytest.mark.slow

TABLES = "inbox, item, letter, owner"


class HeldSqlite:
    """A process that has begun to write and doesn't end."""

    def __init__(self, path: str) -> None:
        self._base = sqlite3.connect(path, isolation_level=None, timeout=20, check_same_thread=False)

    def begin(self, service: Service) -> None:
        self._base.execute("BEGIN EXCLUSIVE")

    def end(self, service: Service) -> None:
        self._base.execute("ROLLBACK")

    def close(self) -> None:
        self._base.close()


class HeldPostgres:
    """Somebody's transaction on our tables, as a change of tables by hand would be."""

    def __init__(self, url: str) -> None:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._base = psycopg.connect(plain)

    def begin(self, service: Service) -> None:
        self._base.execute(f"LOCK TABLE {TABLES} IN ACCESS EXCLUSIVE MODE".encode())

    def end(self, service: Service) -> None:
        self._base.rollback()

    def close(self) -> None:
        self._base.close()


async def locked(here: Scene, lasts: tuple[float, ...], mistake: str = "") -> Row:
    """The base held for so many seconds, one time after another."""
    if COUNTS.waits_ms or mistake:
        here.more_environment["ZVONOK_TEST_LOCK_MS"] = COUNTS.waits_ms or "400"
    url = make_url(here.database_url)
    held = HeldSqlite(str(url.database)) if url.drivername.startswith("sqlite") else HeldPostgres(here.database_url)
    seen, verdict = await lived_through(here, held, lasts, mistake)
    return written(f"base locked {', '.join(f'{one:g}' for one in lasts)} s", here, seen, verdict, mistake)


async def test_a_base_that_another_process_holds_is_waited_for(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, PEOPLE) as here:
        row = await locked(here, COUNTS.locks)
    assert row.good, row


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_gate_is_red_when_updates_are_acknowledged_before_they_are_stored(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, PEOPLE) as here:
        row = await locked(here, (1.5,), "acknowledged_before_stored")
    assert row.good and row.lost, row
