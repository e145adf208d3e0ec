"""Between two transactions: a tap and the claim, a tap and a letter given back, a new phone and the claim.

SQLite has one writer, so there the second simply comes after the first; PostgreSQL has to be told.
"""

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

from sqlalchemy import select, text, update

from services.clock import machine_now
from services.outbox import items
from storage.models.delivery import Item
from storage.models.people import TelegramAccount
from storage.repositories import letters
from storage.repositories.letters import Claim
from storage.uow import Storage, Uow
from storage.vocabulary import AccountState, ItemId, LetterId, LetterMethod
from tests.delivery.conftest import BOT, FIRST_DAY, NOW, Family, connect
from tests.support.waiting import PATIENCE

EPOCH = 1
NEW_PHONE = "1009"
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
    async with asyncio.timeout(PATIENCE), storage.reader.connect() as connection:
        while not task.done() and not (await connection.execute(AT_A_LOCK)).scalar_one():
            await connection.rollback()
            await asyncio.sleep(0.02)
    return task


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
