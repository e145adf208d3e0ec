"""Everybody locks items in one order, by recipient, key and id, whatever a ledger or a tap does with them.

On PostgreSQL two orders would deadlock; SQLite has one writer, and only what becomes of the items is seen there.
"""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select, text, update

from services.clock import StoppedClock
from services.erasure import Erasure
from services.outbox import items
from services.outbox.outcomes import Address, Outcome
from storage.models.delivery import Item, Letter
from storage.models.family import Contact
from storage.models.people import Guardianship, PersonRole, TelegramAccount
from storage.repositories.items import in_order
from storage.uow import Storage
from storage.vocabulary import Channel, ContactState, LetterState
from tests.delivery.conftest import FIRST_DAY, NOW, Family, add
from tests.delivery.post import at_work
from tests.delivery.test_races import LATER, apart, at_locks, put

BLOCKED = Outcome(LetterState.RETURNED, "blocked", address=Address.UNREACHABLE)
BY_LANGUAGE = text('ALTER TABLE item ALTER collapse_key TYPE varchar(96) COLLATE "en-x-icu"')


class Undone(Exception):
    """Ends a transaction of which nothing stays."""


async def test_items_are_locked_as_they_are_put_in_whatever_language_a_base_sorts(
    storage: Storage, family: Family
) -> None:
    keys = ["mark:1:20", "mark:10:2"]  # «:» before the digits: so in most languages, and not in Python
    with pytest.raises(Undone):
        async with storage.writing() as uow:
            if uow.dialect == "postgresql":
                await uow.execute(BY_LANGUAGE)
            await items.put(uow, [family.fact(key) for key in keys], NOW)
            locked = [row.id for row in await uow.execute(in_order(Item.state == "waiting"))]
            key_of = {row.id: row.collapse_key for row in await uow.execute(select(Item.id, Item.collapse_key))}
            assert [key_of[one] for one in locked] == sorted(keys) == ["mark:10:2", "mark:1:20"]
            raise Undone


async def test_a_ledger_that_sends_news_another_way_locks_them_with_the_letter_that_came_back(
    storage: Storage, family: Family, caplog: pytest.LogCaptureFixture
) -> None:
    """The letter's row is held while a tap begins: it would have the first item, and the ledger the second."""
    async with storage.writing() as uow:
        values = {"address": "mother@example.org", "state": ContactState.CONFIRMED, "source": "№ 1", "rank": 1}
        await add(
            uow,
            Contact,
            school_id=family.school,
            person_id=family.mother,
            channel=Channel.EMAIL,
            given_on=FIRST_DAY,
            confirmed_at=NOW,
            **values,
        )
    sent, *later = family.fact("mark:2:2"), family.fact("mark:1:1"), family.fact("mark:3:3")
    later = [replace(one, due_at=LATER, bundle="later") for one in later]
    async with at_work(storage) as post:
        post.wire.gate, post.wire.script = asyncio.Event(), [BLOCKED]
        await put(storage, sent, *later)
        post.postman.wake()
        await post.until(lambda: post.wire.on_wire == 1)
        async with storage.writing() as uow:
            await uow.execute(select(Letter.id).with_for_update())
            post.wire.gate.set()
            await (await apart(storage, at_locks(storage, 1)))
            tap = await apart(storage, put(storage, family.fact("mark:1:1", "4"), family.fact("mark:2:2", "4")))
            await (await apart(storage, at_locks(storage, 2)))
        await tap
        await post.settled(1)
        waits = {row.collapse_key: row for row in await post.rows() if row.state == "waiting"}
        assert {key: row.value for key, row in waits.items()} == {"mark:1:1": "4", "mark:2:2": "4", "mark:3:3": "5"}
        assert waits["mark:3:3"].channel == Channel.EMAIL
    assert "ledger_retry" not in caplog.text


@pytest.mark.parametrize("held", [0, 1], ids=["the account", "the items"])
async def test_erasing_somebody_locks_their_letters_after_their_items_and_those_after_the_rest(
    storage: Storage, family: Family, held: int
) -> None:
    """Whoever holds one of them and goes on in everybody's order meets nothing that the erasure holds already."""
    async with at_work(storage) as post:
        await post.put(family.fact())
        await post.settled(1)
    async with storage.writing() as uow:
        for model, column in ((Guardianship, Guardianship.guardian_id), (PersonRole, PersonRole.person_id)):
            await uow.write(update(model).where(column == family.mother).values(until_on=FIRST_DAY))

    async def erased() -> None:
        assert (await Erasure(storage, StoppedClock(NOW)).erase(family.mother)).rows["letters"] == 1

    steps = (
        select(TelegramAccount.id).where(TelegramAccount.person_id == family.mother).with_for_update(),
        in_order(Item.recipient_id == family.mother),
        select(Letter.id).with_for_update(),
    )
    async with storage.writing() as uow:
        await uow.execute(steps[held])
        erasing = await apart(storage, erased())
        for step in steps[held + 1 :]:
            await uow.execute(step)
    await erasing
