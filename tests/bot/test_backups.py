"""Copies of the base: whole, encrypted, verified, thinned out; and a restore that sends nothing by itself."""

import asyncio
import errno
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from bot import commands_backup
from bot.backups import NightlyBackup
from bot.commands_base import NewerSchema
from services.backups import (
    BackupDamaged,
    BackupLocked,
    BackupNotMade,
    Backups,
    BaseIsThere,
    NoBackupFolder,
    NoBackupKey,
)
from services.clock import StoppedClock
from services.outbox import items
from services.outbox.holding import Holding, ServiceRuns
from services.outbox.outcomes import Outcome
from services.rules import retention
from storage.backup_file import new_key, public_of
from storage.models.delivery import Item, Letter
from storage.models.people import Person
from storage.repositories import owner
from storage.uow import Storage
from storage.vocabulary import LetterState
from tests.delivery.conftest import BOT, NOW, Family, add, found
from tests.delivery.post import at_work, spawn

AT_NIGHT = datetime(2026, 9, 8, 1, 30, tzinfo=UTC)


@pytest.fixture
async def family(storage: Storage) -> Family:
    family = await found(storage)
    later: dict[str, Any] = {"due_at": NOW, "cap_at": NOW, "expires_at": NOW + timedelta(hours=72)}
    async with storage.writing() as uow:
        await items.put(uow, [family.fact("mark:1:1", **later), family.fact("mark:2:1", **later)], NOW)
        await owner.acquire(uow, BOT, "test", timedelta(seconds=15))
    return family


def backups(database_url: str, tmp_path: Path, key: str | None = None) -> Backups:
    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "secret.key").write_text("of the codes")
    return Backups(database_url, tmp_path / "copies", key, tmp_path / "secret.key")


async def a_school(url: str) -> None:
    storage = Storage(url)
    await found(storage)
    await storage.close()


@contextmanager
def leased(url: str) -> Iterator[None]:
    """While somebody runs the bot."""
    for ttl in (timedelta(minutes=1), timedelta(minutes=-1)):

        async def lease(ttl: timedelta = ttl) -> None:
            storage = Storage(url)
            async with storage.writing() as uow:
                await owner.acquire(uow, BOT, "test", ttl)
            await storage.close()

        asyncio.run(lease())
        if ttl > timedelta(0):
            yield


async def names(storage: Storage) -> list[str]:
    async with storage.reading() as uow:
        return [row.last_name for row in await uow.execute(select(Person.last_name).order_by(Person.id))]


async def test_a_base_comes_back_as_it_was_and_sends_nothing_until_the_operator_decides(
    storage: Storage, family: Family, database_url: str, tmp_path: Path
) -> None:
    office = backups(database_url, tmp_path, new_key())
    before = await names(storage)
    made = await asyncio.to_thread(office.make, AT_NIGHT)
    assert made.path.name == "zvonok-20260908T013000Z.tar.gz.age"
    assert before[0].encode() not in made.path.read_bytes()
    async with storage.writing() as uow:  # what happens after the backup is lost with the base
        await uow.execute(update(Person).values(last_name="Потеряно"))
    await storage.close()

    restored = await asyncio.to_thread(office.restore, made.path, replace=True)
    assert (restored.made_at, restored.secret_key) == (AT_NIGHT, True)
    fresh = Storage(database_url)
    try:
        assert await names(fresh) == before
        holding = Holding(fresh, StoppedClock(NOW))
        assert (await holding.standing())[0].held == {"restore": 2} and await holding.quarantine() == 2
        async with at_work(fresh) as post:
            await post.put(family.fact("card:1", recipient_id=family.teacher, student_id=None, bundle="card"))
            await post.until(lambda: post.idle())
            standing, _losses = await holding.standing()
            assert (standing.paused, standing.held, standing.due, post.wire.texts) == (True, {"restore": 2}, 1, [])
            await holding.release()
            await post.settled(2)
    finally:
        await fresh.close()


KILLED = """
import os, signal
from bot.commands_backup import Holding, restore

def die(*given): os.kill(os.getpid(), signal.SIGKILL)

Holding.quarantine = die
restore()
"""


async def test_a_restore_that_is_killed_once_the_base_is_back_sends_nothing_either(
    storage: Storage, family: Family, database_url: str, tmp_path: Path
) -> None:
    async with storage.writing() as uow:  # a letter of the copy is on the wire
        sending: dict[str, Any] = {"channel": "telegram", "address": "1001", "method": "send", "payload": {"text": "x"}}
        moments = {"epoch": 1, "created_at": NOW, "sending_at": NOW}
        await add(uow, Letter, bot_id=BOT, state="sending", **sending, **moments)
        await owner.acquire(uow, BOT, "test", timedelta(seconds=-1))
    made = await asyncio.to_thread(backups(database_url, tmp_path).make, AT_NIGHT)
    await storage.close()
    environment = os.environ | {"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path), "BOT_TOKEN": ""}
    words = [sys.executable, "-c", KILLED, str(made.path), "--replace"]
    killed = await asyncio.to_thread(subprocess.run, words, env=environment, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    fresh = Storage(database_url)
    try:
        holding = Holding(fresh, StoppedClock(NOW))
        async with at_work(fresh) as post:
            await post.until(post.idle)
            standing, _losses = await holding.standing()
            assert (standing.paused, standing.held, standing.letters, post.wire.texts) == (
                True,
                {"restore": 2},
                {"closed": 1},
                [],
            )
        assert await holding.drop() == 2
    finally:
        await fresh.close()


async def test_after_a_restore_everything_the_clock_made_due_can_be_dropped_at_once(
    storage: Storage, family: Family
) -> None:
    holding = Holding(storage, StoppedClock(NOW))
    await holding.quarantine()
    tomorrow: dict[str, Any] = {"due_at": NOW + timedelta(days=1), "cap_at": NOW + timedelta(days=1)}
    async with storage.writing() as uow:
        facts = [family.fact("digest:1"), family.fact("mark:9:1", **tomorrow)]
        await items.put(uow, facts, NOW)
    assert await holding.drop() == 3
    async with storage.reading() as uow:
        rows = (await uow.execute(select(Item.collapse_key, Item.state).order_by(Item.id))).all()
    assert [tuple(row) for row in rows] == [
        ("mark:1:1", "void"),
        ("mark:2:1", "void"),
        ("digest:1", "void"),
        ("mark:9:1", "waiting"),
    ]
    assert not (await holding.standing())[0].paused


async def test_a_base_that_no_bot_has_run_yet_is_silent_too(storage: Storage) -> None:
    family = await found(storage)
    holding = Holding(storage, StoppedClock(NOW))
    await holding.quarantine()
    async with at_work(storage) as post:
        await post.put(family.fact("mark:1:1"))
        await post.until(lambda: post.idle())
        assert (post.wire.texts, (await holding.standing())[0].paused) == ([], True)
        await holding.release()
        await post.settled(1)
    assert not (await holding.standing())[0].paused


async def test_letters_that_were_on_the_wire_in_the_backup_are_not_repeated(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        post.wire.script = [Outcome(LetterState.UNKNOWN, "dropped")] * 2
        await post.until(lambda: post.wire.carried)
        await post.until(lambda: post.idle())
    await Holding(storage, StoppedClock(NOW)).quarantine()
    async with storage.reading() as uow:
        states = {row.state for row in await uow.execute(select(Letter.state))}
    assert states == {"closed"}


async def test_a_backup_with_one_byte_changed_is_refused(family: Family, database_url: str, tmp_path: Path) -> None:
    office = backups(database_url, tmp_path)
    made = await asyncio.to_thread(office.make, AT_NIGHT)
    whole = made.path.read_bytes()
    for place in (3, len(whole) // 2, len(whole) - 1):
        made.path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BackupDamaged):
            await asyncio.to_thread(office.verify, made.path)
    made.path.write_bytes(whole)
    assert (await asyncio.to_thread(office.verify, made.path)).made_at == AT_NIGHT


def test_a_backup_opens_with_its_secret_key_only(sqlite_url: str, tmp_path: Path) -> None:
    asyncio.run(a_school(sqlite_url))
    key = new_key()
    made = backups(sqlite_url, tmp_path, public_of(key)).make(AT_NIGHT)
    for wrong in (None, new_key(), public_of(key), "a word"):
        with pytest.raises(BackupLocked):
            backups(sqlite_url, tmp_path, wrong).verify(made.path)
    assert backups(sqlite_url, tmp_path, key).verify(made.path).rows > 0
    with pytest.raises(NoBackupKey):
        backups(sqlite_url, tmp_path, "a word").make(AT_NIGHT)


def test_a_base_that_is_there_is_replaced_only_by_word_and_stays_beside(sqlite_url: str, tmp_path: Path) -> None:
    asyncio.run(a_school(sqlite_url))
    office = backups(sqlite_url, tmp_path)
    made = office.make(AT_NIGHT)
    with pytest.raises(BaseIsThere):
        office.restore(made.path, replace=False)
    office.restore(made.path, replace=True)
    base = Path(sqlite_url.removeprefix("sqlite:///"))
    assert base.exists() and base.with_name(base.name + ".before-restore").exists()


def test_a_restore_made_again_keeps_what_stood_before_the_first(sqlite_url: str, tmp_path: Path) -> None:
    asyncio.run(a_school(sqlite_url))
    office = backups(sqlite_url, tmp_path)
    made = office.make(AT_NIGHT)
    base = Path(sqlite_url.removeprefix("sqlite:///"))
    before = base.with_name(base.name + ".before-restore")
    base.write_bytes(b"what was entered since the copy")
    os.link(base, before)  # the first was killed before the new base had its place
    for _again in range(2):
        office.restore(made.path, replace=True)
    assert before.read_bytes() == b"what was entered since the copy"
    assert [one.name for one in base.parent.glob("*.before-restore-*")] == [before.name + "-2"]


def test_without_room_for_it_the_base_that_is_there_stays(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(a_school(sqlite_url))
    office = backups(sqlite_url, tmp_path)
    made = office.make(AT_NIGHT)
    base = Path(sqlite_url.removeprefix("sqlite:///"))
    before = base.read_bytes()

    def no_room(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(BackupNotMade):
        office.restore(made.path, replace=True)
    assert base.read_bytes() == before and not base.with_name(base.name + ".restoring").exists()


def test_a_damaged_base_is_replaced(sqlite_url: str, tmp_path: Path) -> None:
    asyncio.run(a_school(sqlite_url))
    office = backups(sqlite_url, tmp_path)
    made = office.make(AT_NIGHT)
    base = Path(sqlite_url.removeprefix("sqlite:///"))
    base.write_bytes(b"no base at all")
    office.restore(made.path, replace=True)
    assert base.with_name(base.name + ".before-restore").read_bytes() == b"no base at all"
    assert office.verify(made.path).rows > 0


def test_without_a_folder_it_says_what_to_set(sqlite_url: str) -> None:
    with pytest.raises(NoBackupFolder):
        Backups(sqlite_url, None, None, None).make(AT_NIGHT)


def test_the_newest_of_each_of_fourteen_days_eight_weeks_and_twelve_months_stay() -> None:
    made = [AT_NIGHT - timedelta(hours=12 * number) for number in range(2 * 500)]
    kept = retention.kept(made)
    lately = {one for one in made if AT_NIGHT - one < timedelta(days=13)}
    assert {one for one in lately if one.hour == 13} | {AT_NIGHT} <= kept
    assert not {one for one in lately if one.hour == 1} - {AT_NIGHT} & kept
    assert len({(one.year, one.month) for one in kept}) == 12
    assert 14 < len(kept) <= 14 + 8 + 12
    assert retention.kept(sorted(kept)) == kept


async def test_the_nightly_backup_is_made_once_a_date_after_three_and_again_after_a_failure(
    storage: Storage, family: Family, database_url: str, tmp_path: Path
) -> None:
    clock = StoppedClock(AT_NIGHT)
    office = backups(database_url, tmp_path)
    tick = NightlyBackup(storage, clock, office, spawn)

    async def at(moment: datetime) -> list[datetime]:
        clock.set(moment)
        await tick(moment)
        if tick.running is not None:
            await tick.running
        return [one.made_at for one in office.all()]

    midnight = AT_NIGHT.replace(hour=21) - timedelta(days=1)  # 00:30 in Moscow
    assert await at(midnight) == []
    assert await at(AT_NIGHT) == [AT_NIGHT]
    assert await at(AT_NIGHT + timedelta(hours=5)) == [AT_NIGHT]
    next_night = AT_NIGHT + timedelta(days=1)
    assert await at(next_night) == [next_night, AT_NIGHT]


async def test_a_machine_that_takes_the_bot_over_makes_a_backup_of_its_own(sqlite_url: str, tmp_path: Path) -> None:
    storage = Storage(sqlite_url)
    await found(storage)
    for hours, folder in ((0, "one"), (1, "two"), (2, "two")):
        clock = StoppedClock(AT_NIGHT + timedelta(hours=hours))
        tick = NightlyBackup(storage, clock, backups(sqlite_url, tmp_path / folder), spawn)
        await tick(clock.now())
        if tick.running is not None:
            await tick.running
    await storage.close()
    made = {folder: [one.made_at for one in backups(sqlite_url, tmp_path / folder).all()] for folder in ("one", "two")}
    assert made == {"one": [AT_NIGHT], "two": [AT_NIGHT + timedelta(hours=1)]}


async def test_of_two_bots_on_one_base_one_makes_the_nightly_backup(sqlite_url: str, tmp_path: Path) -> None:
    storages = [Storage(sqlite_url) for _ in range(2)]
    await found(storages[0])
    clock, office = StoppedClock(AT_NIGHT), backups(sqlite_url, tmp_path)
    ticks = [NightlyBackup(storage, clock, office, spawn) for storage in storages]
    await asyncio.gather(*(tick(AT_NIGHT) for tick in ticks))
    made = [tick.running for tick in ticks if tick.running is not None]
    await asyncio.gather(*made)
    assert len(made) == len(office.all()) == 1
    for storage in storages:
        await storage.close()


def test_the_commands_make_list_verify_and_restore(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(a_school(sqlite_url))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path / "copies"))
    runner = CliRunner()
    made = runner.invoke(commands_backup.backup, [])
    assert made.exit_code == 0 and "Копия сделана и проверена: zvonok-" in made.output
    assert "zvonok-" in runner.invoke(commands_backup.backup, ["list"]).output
    verified = runner.invoke(commands_backup.verify, [])
    assert verified.exit_code == 0 and "цела" in verified.output and "Журнал действий: запечатано" in verified.output
    (tmp_path / "copies" / "audit-anchors.txt").write_text("2026-09-07 anchor up_to=9 lines=9 hash=ab\n")
    missed = runner.invoke(commands_backup.verify, [])
    assert missed.exit_code == 1 and "записано в опоре 07.09.2026" in missed.output
    name = next((tmp_path / "copies").glob("*.tar.gz"))
    refused = runner.invoke(commands_backup.restore, [str(name)])
    assert isinstance(refused.exception, BaseIsThere)
    with leased(sqlite_url):
        runs = runner.invoke(commands_backup.restore, [str(name), "--replace"])
        assert isinstance(runs.exception, ServiceRuns)
    restored = runner.invoke(commands_backup.restore, [str(name), "--replace"])
    assert restored.exit_code == 0 and "./zvonok delivery drop" in restored.output
    assert runner.invoke(commands_backup.verify, []).exit_code == 0  # what came after the copy no longer binds


def test_a_base_of_a_later_program_comes_back_silent_too(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(a_school(sqlite_url))
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as base:
        base.execute("UPDATE alembic_version SET version_num = '99999999_later'")
    made = backups(sqlite_url, tmp_path).make(AT_NIGHT)
    for name, value in {"DATABASE_URL": sqlite_url, "DATA_DIR": str(tmp_path), "BACKUP_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    refused = CliRunner().invoke(commands_backup.restore, [str(made.path), "--replace"])
    assert isinstance(refused.exception, NewerSchema), refused.output
    assert asyncio.run(paused(sqlite_url))


async def paused(url: str) -> bool:
    storage = Storage(url)
    try:
        return (await Holding(storage, StoppedClock(NOW)).standing())[0].paused
    finally:
        await storage.close()
