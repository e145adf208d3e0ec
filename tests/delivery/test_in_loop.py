"""SQLite in the event loop: what is short runs there, and what takes long or waits stops nobody."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Executable, insert, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.ownership import Ownership
from storage import in_loop
from storage.failures import passes
from storage.models.delivery import Owner
from storage.places import Places
from storage.repositories import owner
from storage.uow import Storage, Uow
from tests.delivery.conftest import BOT
from tests.support.waiting import eventually

NOW = datetime(2026, 9, 8, 7, 45, tzinfo=UTC)
STEPS = 500_000  # of a machine that is asked back after a hundred thousand
COUNTING = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT count(*) AS many FROM n"


@pytest.fixture
async def archive(sqlite_url: str) -> AsyncIterator[Storage]:
    storage = Storage(sqlite_url)
    yield storage
    await storage.close()


def counting(up_to: int) -> Executable:
    return select(text(f"many FROM ({COUNTING.format(up_to)})"))


async def add(uow: Uow, bot_id: int) -> None:
    await uow.execute(insert(Owner), {"bot_id": bot_id, "holder": "", "epoch": 1, "leased_until": NOW})


def others_turn() -> asyncio.Event:
    """Set as soon as the loop comes to anybody else."""
    came = asyncio.Event()
    asyncio.get_running_loop().call_soon(came.set)
    return came


async def test_a_short_question_is_answered_without_a_hop(archive: Storage) -> None:
    async with archive.reading() as uow:
        came = others_turn()
        assert (await uow.execute(counting(10))).scalar() == 10
        assert not came.is_set()


async def test_a_long_question_is_answered_in_a_thread_while_the_loop_goes_on(archive: Storage) -> None:
    async with archive.reading() as uow:
        came = others_turn()
        assert (await uow.execute(counting(STEPS))).scalar() == STEPS
        assert came.is_set()


async def test_only_a_write_that_says_it_is_quick_changes_rows_in_the_loop(archive: Storage) -> None:
    for quick in (True, False):
        async with archive.writing(quick=quick) as uow:
            came = others_turn()
            await add(uow, int(quick))
            assert came.is_set() is not quick


async def test_a_long_question_of_a_write_leaves_what_was_written_before_it(archive: Storage) -> None:
    async with archive.writing(quick=True) as uow:
        await add(uow, 1)
        assert (await uow.execute(counting(STEPS))).scalar() == STEPS

    async with archive.reading() as uow:
        assert (await uow.execute(select(Owner.epoch))).scalar() == 1


async def test_another_processes_lock_is_waited_for_outside_the_loop(archive: Storage) -> None:
    other = sqlite3.connect(str(make_url(str(archive.writer.url)).database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    asyncio.get_running_loop().call_later(0.1, other.rollback)  # never, if the loop itself waited

    async with archive.writing(quick=True) as uow:
        await add(uow, 1)

    other.close()


async def test_a_lock_that_is_never_let_go_of_is_a_trouble_that_passes(
    archive: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with archive.writing():
        pass
    monkeypatch.setattr(in_loop, "BUSY_TIMEOUT", "PRAGMA busy_timeout=10")
    other = sqlite3.connect(str(make_url(str(archive.writer.url)).database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises((OperationalError, sqlite3.OperationalError)) as raised:
        async with archive.writing(quick=True):
            pass
    assert passes(raised.value)
    other.close()


async def test_who_is_cancelled_while_the_thread_commits_leaves_a_connection_that_serves(
    archive: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit takes effect, as the process might have died after it; and nobody meets it half done."""
    committing = asyncio.Event()
    loop = asyncio.get_running_loop()
    commit = in_loop.Connection.commit

    def slowly(connection: in_loop.Connection) -> None:
        loop.call_soon_threadsafe(committing.set)
        time.sleep(0.2)
        commit(connection)

    async def write(bot_id: int) -> None:
        async with archive.writing(quick=True) as uow:
            await add(uow, bot_id)

    await write(1)
    monkeypatch.setattr(in_loop.Connection, "commit", slowly)
    task = asyncio.ensure_future(write(2))
    await committing.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    monkeypatch.undo()

    await write(3)
    async with archive.reading() as uow:
        assert list((await uow.execute(select(Owner.bot_id).order_by(Owner.bot_id))).scalars()) == [1, 2, 3]


async def test_what_fails_is_rolled_back_and_the_next_one_writes(archive: Storage) -> None:
    with pytest.raises(OperationalError):
        async with archive.writing(quick=True) as uow:
            await add(uow, 1)
            await uow.execute(text("UPDATE nothing SET at_all = 1"))

    async with archive.writing() as uow:
        await add(uow, 2)
    async with archive.reading() as uow:
        assert list((await uow.execute(select(Owner.bot_id))).scalars()) == [2]


async def test_a_writer_that_never_gets_its_turn_is_told_so(archive: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_loop, "PATIENCE", 0.01)
    done = asyncio.Event()

    async def hold() -> None:
        async with archive.writing(quick=True):
            done.set()
            await asyncio.sleep(60)

    holding = asyncio.ensure_future(hold())
    await done.wait()
    with pytest.raises(PoolTimeout):
        async with archive.writing():
            pass
    holding.cancel()


async def test_the_lease_is_renewed_before_all_that_wait_for_the_writer(
    archive: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, order, let_go = Ownership(archive, BOT, tmp_path), list[str](), asyncio.Event()
    await mine.take()

    async def write(name: str) -> None:
        async with archive.writing():
            order.append(name)
            await let_go.wait()

    async def renew(uow: Uow, *words: object) -> bool:
        order.append("lease")
        return False  # it is lost: once is enough

    monkeypatch.setattr(owner, "renew", renew)
    taps = [asyncio.ensure_future(write(name)) for name in ("one", "two", "three")]
    await eventually(lambda: order == ["one"])
    mine._until = asyncio.get_running_loop().time() + 0.02  # it is renewed then at the latest
    keeping = asyncio.ensure_future(mine.keep())
    assert archive._doors is not None
    places = archive._doors[0]._places
    await eventually(lambda: len(places._waiting) == 3)
    let_go.set()
    await asyncio.gather(keeping, *taps)
    assert order == ["one", "lease", "two", "three"]


async def test_a_place_given_to_somebody_who_goes_away_is_the_next_ones() -> None:
    places = Places(1)
    await places.enter()
    waiting = [asyncio.ensure_future(places.enter()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    places.leave()
    waiting[0].cancel()  # it has the place and doesn't know yet
    await asyncio.wait(waiting)
    assert [one.cancelled() for one in waiting] == [True, True, False]
    places.leave()
    assert places.free
