"""A bot has one owner: the lease, the epoch, the lock."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from bot import ownership
from bot.ownership import Ownership
from services.clock import machine_now
from storage import postgresql
from storage.failures import passes
from storage.models.delivery import Owner
from storage.repositories import occurrences, owner
from storage.uow import Storage
from tests.delivery.conftest import BOT, NOW

TTL = timedelta(seconds=15)


async def acquire(storage: Storage, holder: str) -> int | None:
    async with storage.writing() as uow:
        return await owner.acquire(uow, BOT, holder, TTL)


async def test_the_database_tells_the_time(storage: Storage) -> None:
    async with storage.reading() as uow:
        now = await owner.database_now(uow)
    assert now.tzinfo == UTC
    assert abs(now - machine_now()) < timedelta(seconds=30)


async def test_the_epoch_grows_at_every_take_over_also_of_ones_own(storage: Storage) -> None:
    assert [await acquire(storage, "a") for _ in range(3)] == [1, 2, 3]


async def test_anothers_lease_is_respected_until_it_ends(storage: Storage) -> None:
    assert await acquire(storage, "a") == 1
    assert await acquire(storage, "b") is None
    async with storage.writing() as uow:
        await uow.write(update(Owner).values(leased_until=datetime(2020, 1, 1, tzinfo=UTC)))
    assert await acquire(storage, "b") == 2
    assert await acquire(storage, "a") is None


async def test_a_released_bot_is_free_at_once(storage: Storage) -> None:
    assert await acquire(storage, "a") == 1
    async with storage.writing() as uow:
        await owner.release(uow, BOT, 1)
    assert await acquire(storage, "b") == 2


async def test_an_older_epoch_can_neither_renew_nor_own(storage: Storage) -> None:
    await acquire(storage, "a")
    await acquire(storage, "a")
    async with storage.writing() as uow:
        assert not await owner.renew(uow, BOT, 1, TTL)
        assert not await owner.owns(uow, BOT, 1)
        assert await owner.renew(uow, BOT, 2, TTL)
        assert await owner.owns(uow, BOT, 2)


async def test_a_second_process_on_the_same_data_waits_for_the_lock(storage: Storage, tmp_path: Path) -> None:
    first, second = Ownership(storage, BOT, tmp_path), Ownership(storage, BOT, tmp_path)
    assert await first.take() == 1
    waiting = asyncio.ensure_future(second.take())
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    await first.release()
    assert await asyncio.wait_for(waiting, 20) == 2
    await second.release()


async def test_a_restart_on_the_same_data_does_not_wait_for_the_old_lease(storage: Storage, tmp_path: Path) -> None:
    killed = Ownership(storage, BOT, tmp_path)
    assert await killed.take() == 1
    killed.forget_lock()  # as the kernel does when a process dies: the lease stays behind
    assert await asyncio.wait_for(Ownership(storage, BOT, tmp_path).take(), 5) == 2


async def test_another_host_waits_for_the_lease(storage: Storage, tmp_path: Path) -> None:
    killed = Ownership(storage, BOT, tmp_path / "here")
    assert await killed.take() == 1
    other = asyncio.ensure_future(Ownership(storage, BOT, tmp_path / "there").take())
    done, _ = await asyncio.wait([other], timeout=0.3)
    assert not done
    async with storage.writing() as uow:
        await owner.release(uow, BOT, 1)
    assert await asyncio.wait_for(other, 20) == 2
    killed.forget_lock()


async def test_losing_the_lease_is_noticed(storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "RENEW_EVERY", 0.05)
    mine = Ownership(storage, BOT, tmp_path)
    await mine.take()
    keeping = asyncio.ensure_future(mine.keep())
    done, _ = await asyncio.wait([keeping], timeout=0.3)
    assert not done
    async with storage.writing() as uow:
        await uow.write(update(Owner).values(epoch=Owner.epoch + 1))
    await asyncio.wait_for(keeping, 20)
    await mine.release()


async def test_an_occurrence_is_claimed_once(storage: Storage) -> None:
    async with storage.writing() as uow:
        assert await occurrences.claim(uow, "nudge", "7", NOW.date(), "3", NOW)
        assert not await occurrences.claim(uow, "nudge", "7", NOW.date(), "3", NOW)
        assert await occurrences.claim(uow, "nudge", "7", NOW.date(), "4", NOW, skipped=True)
        assert not await occurrences.claim(uow, "nudge", "7", NOW.date(), "4", NOW)


async def test_who_is_frozen_inside_a_transaction_does_not_keep_the_bot(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "IDLE_TIMEOUT_MS", 300)
    frozen, other = Storage(postgres_url), Storage(postgres_url)
    await acquire(frozen, "frozen")
    async with other.writing() as uow:
        await uow.write(update(Owner).values(leased_until=datetime(2020, 1, 1, tzinfo=UTC)))

    async def freeze() -> None:
        async with frozen.writing() as uow:
            assert await owner.owns(uow, BOT, 1)
            holding.set()
            await taken_over.wait()
            await owner.owns(uow, BOT, 1)  # it wakes up

    holding, taken_over = asyncio.Event(), asyncio.Event()
    freezing = asyncio.ensure_future(freeze())
    await holding.wait()
    assert await acquire(other, "other") == 2
    taken_over.set()
    with pytest.raises(DBAPIError) as woken:
        await freezing
    assert passes(woken.value)
    await frozen.close()
    await other.close()
