"""`./zvonok move`: a school goes to another base whole, in both directions, and never on top of another."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, inspect, select, update
from sqlalchemy import text as sql

from bot.commands_move import move as command
from services.audit_chain import AuditChain
from services.clock import StoppedClock
from services.moving import CopyRefused, Moving, NewBaseNotEmpty, NoSuchBase, NotAnAddress, ServiceRuns
from services.outbox.holding import Holding
from services.outbox.items import put
from storage import moving
from storage.models import Base
from storage.models.delivery import Item, Letter, Owner
from storage.models.people import Person
from storage.models.school import School
from storage.repositories import owner
from storage.repositories.audit import note
from storage.uow import Storage
from tests.delivery.conftest import BOT, NOW, Family, add, found
from tests.delivery.post import at_work
from tests.support import databases

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLOCK = StoppedClock(NOW)


@pytest.fixture
async def other(database_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty base of the other engine."""
    if database_url.startswith("sqlite"):
        with databases.postgres_database(empty=True) as url:
            yield url
    else:
        yield databases.sqlite_file(tmp_path / "other.db", empty=True)


async def audited(storage: Storage, family: Family) -> None:
    """Five audit lines under two seals of the key «key»."""
    chain = AuditChain(storage, CLOCK, b"key")
    for numbers in ((0, 1, 2), (3, 4)):
        async with storage.writing() as uow:
            for number in numbers:
                await note(
                    uow,
                    school_id=family.school,
                    actor_id=family.teacher,
                    at=NOW + timedelta(microseconds=number),
                    action="mark_put",
                    subject=f"mark:{number}:1",
                    detail={"слово": "да", "a": [1, None, True]},
                )
        await chain(NOW + timedelta(minutes=10))


@pytest.fixture
async def family(storage: Storage) -> Family:
    family = await found(storage)
    await audited(storage, family)
    async with storage.writing() as uow:
        for letter in (1, 2):
            await add(
                uow,
                Letter,
                bot_id=BOT,
                channel="telegram",
                address=str(letter),
                method="edit",
                payload={"text": "«Ёлка» 🎄"},
                state="sent",
                epoch=1,
                created_at=NOW,
                sending_at=NOW,
            )
        await uow.execute(update(Letter).where(Letter.id == 1).values(target_letter_id=2))
        await put(uow, [family.fact("mark:1:1")], NOW)
        await owner.acquire(uow, BOT, "somebody", timedelta(seconds=-1))
    return family


async def everything(storage: Storage) -> dict[str, set[str]]:
    async with storage.reading() as uow:
        return {
            table.name: {str(row) for row in await uow.execute(select(table))}
            for table in Base.metadata.sorted_tables
            if table.name != "owner"
        }


async def tables(address: str) -> list[str]:
    """What stands in a base."""
    fresh = Storage(address)
    try:
        async with fresh.reader.connect() as connection:
            return await connection.run_sync(lambda here: inspect(here).get_table_names())
    finally:
        await fresh.close()


async def test_every_row_arrives_and_numbers_go_on_and_nothing_is_sent_until_released(
    storage: Storage, family: Family, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "PIECE", 2)
    moved = await Moving(storage, CLOCK).to(other, lambda table, rows: None)
    assert moved["person"] == 5 and moved["audit_entry"] == 5
    fresh = Storage(other)
    try:
        assert await everything(fresh) == await everything(storage)
        verdict = await AuditChain(fresh, CLOCK, b"key").verify()
        assert (verdict.lines, verdict.broken_after) == (5, None)
        async with fresh.writing() as uow:
            highest = (await uow.execute(select(func.max(Person.id)))).scalar_one()
            assert await add(uow, Person, school_id=family.school, last_name="Н", first_name="Н", key="н") > highest
        for base in (storage, fresh):
            assert (await Holding(base, CLOCK).standing())[0].paused
        async with at_work(fresh) as post:
            await post.until(post.idle)
            assert post.wire.texts == []
            await Holding(fresh, CLOCK).release()
            await post.settled(1)
    finally:
        await fresh.close()


async def test_a_move_leaves_no_connection_that_begins_by_itself(postgres_url: str, tmp_path: Path) -> None:
    storage = Storage(postgres_url)
    await audited(storage, await found(storage))
    await Moving(storage, CLOCK).to(databases.sqlite_file(tmp_path / "other.db", empty=True), lambda table, rows: None)
    async with storage.writer.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        assert driver.autocommit
    await storage.close()


@SQLITE
async def test_a_base_with_somebody_in_it_and_one_whose_service_runs_are_refused(
    storage: Storage, family: Family, other: str
) -> None:
    office = Moving(storage, CLOCK)
    async with storage.writing() as uow:
        await owner.acquire(uow, BOT, "somebody", timedelta(minutes=5))
    with pytest.raises(ServiceRuns):
        await office.to(other, lambda table, rows: None)
    assert await tables(other) == []
    async with storage.writing() as uow:
        await uow.execute(update(Owner).values(leased_until=NOW - timedelta(days=365)))
    await office.to(other, lambda table, rows: None)
    with pytest.raises(NewBaseNotEmpty):
        await office.to(other, lambda table, rows: None)
    same = storage.writer.url.render_as_string(hide_password=False)
    for wrong in ("mysql://a/b", "sqlite://", "no address", same):
        with pytest.raises(NotAnAddress):
            await office.to(wrong, lambda table, rows: None)
    with pytest.raises(NoSuchBase):
        await office.to("postgresql://nobody@127.0.0.1:9/none", lambda table, rows: None)


@SQLITE
async def test_a_base_that_takes_no_tables_is_refused_in_a_sentence(
    storage: Storage, family: Family, other: str
) -> None:
    reads = Storage(other)
    async with reads.writer.begin() as entered:
        await entered.execute(
            sql(f'ALTER DATABASE "{reads.writer.url.database}" SET default_transaction_read_only = on')
        )
    await reads.close()
    with pytest.raises(NoSuchBase):
        await Moving(storage, CLOCK).to(other, lambda table, rows: None)


@SQLITE
async def test_a_copy_that_differs_leaves_nothing_in_the_new_base_and_the_old_one_unpaused(
    storage: Storage, family: Family, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = moving._pieces
    seen: list[str] = []

    async def forgetful(table: Any, connection: Any) -> Any:
        seen.append(table.name)
        async for rows in pieces(table, connection):
            yield rows[1:] if table.name == "person" and seen.count("person") == 2 else rows

    monkeypatch.setattr(moving, "_pieces", forgetful)
    with pytest.raises(CopyRefused):
        await Moving(storage, CLOCK).to(other, lambda table, rows: None)
    assert await tables(other) == []
    assert not (await Holding(storage, CLOCK).standing())[0].paused
    async with storage.reading() as uow:
        assert (await uow.execute(select(func.count()).select_from(Item))).scalar_one() == 1


@SQLITE
async def test_a_move_that_is_refused_leaves_no_file_and_of_a_base_made_before_what_it_found(
    storage: Storage, family: Family, tmp_path: Path
) -> None:
    async with storage.writing() as uow:
        await owner.acquire(uow, BOT, "somebody", timedelta(minutes=5))
    (tmp_path / "new").mkdir()
    made_before = databases.sqlite_file(tmp_path / "new" / "made.db")
    for address in (f"sqlite:///{tmp_path / 'new' / 'school.db'}", made_before):
        with pytest.raises(ServiceRuns):
            await Moving(storage, CLOCK).to(address, lambda table, rows: None)
    assert [path.name for path in (tmp_path / "new").iterdir() if path.suffix == ".db"] == ["made.db"]
    assert "person" in await tables(made_before)


@SQLITE
async def test_rows_that_somebody_wrote_meanwhile_are_not_taken_away_with_the_tables(
    storage: Storage, family: Family, other: str
) -> None:
    with pytest.raises(moving.TargetNotEmpty):
        async with moving.prepared(other, storage) as target:
            await found(target)
            await moving.move(storage, target, NOW, lambda table, rows: None)
    assert "person" in await tables(other)


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@SQLITE
async def test_rows_that_are_on_their_way_meanwhile_are_not_taken_away_either(
    storage: Storage, family: Family, other: str
) -> None:
    another = Storage(other)
    try:
        async with asyncio.TaskGroup() as both:

            async def refused() -> None:
                with pytest.raises(moving.StillOwned):
                    async with moving.prepared(other, storage):
                        made.set()
                        await writes.wait()
                        raise moving.StillOwned

            made, writes = asyncio.Event(), asyncio.Event()
            move = both.create_task(refused())
            await made.wait()
            async with another.writing() as uow:
                await add(uow, School, name="№ 1", timezone="Europe/Moscow", regulation={}, created_at=NOW)
                writes.set()
                async with another.reader.connect() as looking:
                    while not move.done() and not (await looking.execute(sql(WAITING))).scalar_one():
                        await looking.rollback()
        async with another.reading() as uow:
            assert (await uow.execute(select(func.count()).select_from(School))).scalar_one() == 1
    finally:
        await another.close()


def test_the_command_says_what_comes_next(
    sqlite_url: str, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(_school(sqlite_url))
    for name, value in {"DATABASE_URL": sqlite_url, "DATA_DIR": str(tmp_path), "BOT_TOKEN": "42:TEST"}.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(command, [], env={"MOVE_TO": postgres_url})
    assert done.exit_code == 0, done.output
    assert "Перенесено и сверено" in done.output and "./zvonok delivery release" in done.output
    assert asyncio.run(_people(postgres_url)) == 5  # and paused, though no bot has ever run there


async def _school(url: str) -> None:
    storage = Storage(url)
    await found(storage)
    await storage.close()


async def _people(url: str) -> int:
    storage = Storage(url)
    async with storage.reading() as uow:
        people: int = (await uow.execute(sql("SELECT count(*) FROM person"))).scalar_one()
    assert (await Holding(storage, CLOCK).standing())[0].paused
    await storage.close()
    return people
