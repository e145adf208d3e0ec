"""Between two transactions: a tap and the claim, a tap and a letter given back, a new phone and the claim.

SQLite has one writer, so there the second simply comes after the first; PostgreSQL has to be told.
"""

import asyncio
import contextvars
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from services.clock import machine_now
from services.outbox import items
from storage.models.delivery import Item
from storage.models.people import TelegramAccount
from storage.repositories import letters
from storage.repositories.letters import Claim
from storage.uow import Storage, Uow
from storage.vocabulary import AccountState, ItemId, LetterId, LetterMethod
from tests.delivery.conftest import BOT, FIRST_DAY, NOW, Family, connect
from tests.delivery.post import at_work
from tests.support.waiting import PATIENCE

EPOCH = 1
NEW_PHONE = "1009"
LATER = NOW + timedelta(minutes=1)
AT_A_LOCK = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def rows(storage: Storage) -> list[Any]:
    async with storage.reading() as uow:
        return list((await uow.execute(select(Item.__table__).order_by(Item.id))).all())


async def put(storage: Storage, *facts: items.Fact) -> None:
    async with storage.writing() as uow:
        await items.put(uow, facts, NOW)


async def claim(uow: Uow, family: Family, item: Any) -> dict[str, LetterId]:
    told = ((ItemId(item.id), item.rev),)
    one = Claim(family.mother_chat, LetterMethod.SEND, {"text": "x"}, None, told, FIRST_DAY)
    return await letters.freeze(uow, BOT, EPOCH, [one], NOW, machine_now())


async def told(storage: Storage, family: Family, value: str) -> LetterId:
    """A mark that went out by a letter."""
    await put(storage, family.fact(value=value))
    async with storage.writing() as uow:
        [item] = (await uow.execute(select(Item.id, Item.rev))).all()
        return (await claim(uow, family, item))[family.mother_chat]


async def begun(storage: Storage, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
    """Work beside an open transaction: it has reached that transaction's locks, or waits for its turn to write."""
    task = asyncio.ensure_future(work)
    if storage.writer is not storage.reader:
        return task
    await at_locks(storage, 1, task)
    return task


async def at_locks(storage: Storage, count: int, task: "asyncio.Task[None] | None" = None) -> None:
    """So many transactions wait for a lock, or the task is over; on SQLite they wait for their turn elsewhere."""
    if storage.writer is not storage.reader:
        return
    async with asyncio.timeout(PATIENCE), storage.reader.connect() as connection:
        while (task is None or not task.done()) and (await connection.execute(AT_A_LOCK)).scalar_one() < count:
            await connection.rollback()
            await asyncio.sleep(0.02)


def apart(storage: Storage, work: Coroutine[Any, Any, None]) -> "asyncio.Task[asyncio.Task[None]]":
    """As `begun`, outside of the unit of work that is open here."""
    return asyncio.get_running_loop().create_task(begun(storage, work), context=contextvars.Context())


async def test_a_mark_taken_back_while_it_is_claimed_is_told_as_taken_back(storage: Storage, family: Family) -> None:
    await put(storage, family.fact(value="5"))
    [item] = await rows(storage)
    async with storage.writing() as uow:
        assert await claim(uow, family, item)
        tap = await apart(storage, put(storage, family.fact(value=None)))
    await tap
    was, news = await rows(storage)
    assert (was.state, was.value) == ("told", "5")
    assert (news.state, news.base, news.value) == ("waiting", "5", None)


async def test_a_mark_changed_to_what_is_just_being_told_is_no_news(storage: Storage, family: Family) -> None:
    await put(storage, family.fact(value="5"))
    [item] = await rows(storage)
    async with storage.writing() as uow:
        assert await claim(uow, family, item)
        tap = await apart(storage, put(storage, family.fact(value="5")))
    await tap
    assert [(row.state, row.value) for row in await rows(storage)] == [("told", "5")]


async def test_a_value_that_came_back_while_its_letter_came_back_is_told(storage: Storage, family: Family) -> None:
    letter_id = await told(storage, family, "5")
    await put(storage, family.fact(value="4"))

    async def settled() -> None:
        async with storage.writing() as uow:
            await letters.give_back(uow, [letter_id])

    async with storage.writing() as uow:
        await items.put(uow, [family.fact(value="5")], NOW)  # back at what was told, the tap thinks
        settle = await apart(storage, settled())
    await settle
    assert [(row.base, row.value) for row in await rows(storage) if row.state == "waiting"] == [(None, "5")]


async def test_a_letter_composed_for_a_former_phone_is_not_claimed(storage: Storage, family: Family) -> None:
    await put(storage, family.fact())
    [item] = await rows(storage)
    async with storage.writing() as uow:
        await uow.write(
            update(TelegramAccount)
            .where(TelegramAccount.person_id == family.mother)
            .values(state=AccountState.REVOKED, revoked_at=NOW)
        )
        await connect(uow, family.school, family.mother, NEW_PHONE)
    async with storage.writing() as uow:
        assert await claim(uow, family, item) == {}
    assert [row.state for row in await rows(storage)] == ["waiting"]


async def test_a_tap_and_the_ledger_lock_items_in_one_order(
    storage: Storage, family: Family, caplog: pytest.LogCaptureFixture
) -> None:
    """Three rows: somebody holds the middle one, so that each of two others would hold what the other wants next."""
    async with storage.writing() as uow:
        await connect(uow, family.school, family.father, "1003")
    of_three = [
        family.fact("card:1", recipient_id=person, student_id=None, bundle="card", priority=priority, due_at=LATER)
        for person, priority in ((family.teacher, 2), (family.mother, 1), (family.father, 0))
    ]
    assert family.teacher < family.mother < family.father
    async with at_work(storage) as post:
        await put(storage, *of_three)
        async with storage.writing() as uow:
            await uow.execute(select(Item.id).where(Item.recipient_id == family.mother).with_for_update())
            tap = await apart(storage, put(storage, *[replace(fact, value="4") for fact in of_three]))
            post.clock.set(LATER)
            post.postman.wake()
            await (await apart(storage, at_locks(storage, 2)))
        await tap
        await post.settled(3)
        assert {row.value for row in await post.rows() if row.state == "told"} == {"4"}
    assert "ledger_retry" not in caplog.text


async def test_a_sibling_put_by_somebody_who_saw_no_other_is_merged_with_what_comes_back(
    storage: Storage, family: Family
) -> None:
    letter_id = await told(storage, family, "5")

    async def settled() -> None:
        async with storage.writing() as uow:
            await letters.give_back(uow, [letter_id])

    async with storage.writing() as uow:
        # As the upsert leaves it whose snapshot is older than the told item.
        columns = (await uow.execute(select(Item.__table__))).mappings().one()
        newer = {**columns, "value": "4", "state": "waiting", "told_at": None, "letter_id": None}
        del newer["id"]
        await uow.execute(insert(Item).values(newer))
        settle = await apart(storage, settled())
    await settle
    was, news = await rows(storage)
    assert (was.state, was.reason) == ("void", "merged")
    assert (news.state, news.base, news.value) == ("waiting", None, "4")
