"""A letter of unknown fate may have arrived: whatever becomes of its copies, it never goes again unmarked."""

from datetime import timedelta

from sqlalchemy import select, update

from services.clock import machine_now
from services.outbox.outcomes import Address, Outcome
from storage.models.delivery import Letter
from storage.repositories import letters, unreached
from storage.uow import Storage
from storage.vocabulary import LetterState
from tests.delivery.conftest import BOT, NOW, Family, add
from tests.delivery.post import Wire, at_work

UNKNOWN = Outcome(LetterState.UNKNOWN, "dropped")
LATER = Outcome(LetterState.RETURNED, "http_429", pause_chat=0.0)
BLOCKED = Outcome(LetterState.RETURNED, "blocked", address=Address.UNREACHABLE)


async def back_date(storage: Storage, seconds: float) -> None:
    """As if the requests had been made so long ago."""
    async with storage.writing() as uow:
        await uow.write(update(Letter).values(sending_at=machine_now() - timedelta(seconds=seconds)))


async def test_a_copy_that_was_refused_goes_again_as_a_copy(storage: Storage, family: Family) -> None:
    async with at_work(storage, wire=Wire(script=[UNKNOWN, LATER])) as post:
        await post.put(family.fact())
        await post.settled(1)
        await back_date(storage, seconds=21)
        await post.settled(2)
        assert [row.state for row in await post.letters()] == ["unknown"]
        await back_date(storage, seconds=41)
        await post.settled(3)
        assert [one.copy for one in post.wire.carried] == [0, 1, 2]
        assert [(row.state, row.copies) for row in await post.letters()] == [("sent", 2)]
        assert await post.lost() == []


async def test_what_a_blocked_chat_may_have_got_already_stands_on_the_list(storage: Storage, family: Family) -> None:
    async with at_work(storage, wire=Wire(script=[UNKNOWN, BLOCKED])) as post:
        await post.put(family.fact())
        await post.settled(1)
        await back_date(storage, seconds=21)
        await post.settled(2)
        assert [row.state for row in await post.letters()] == ["closed"]
        async with storage.reading() as uow:
            listed = await unreached.listed(uow, family.teacher, NOW - timedelta(hours=1))
        assert [(one.student_id, one.recipient_id) for one in listed] == [(family.anna, family.mother)]
        assert await post.lost() == []


async def test_a_copy_whose_claim_was_lost_with_its_commit_stays_of_unknown_fate(
    storage: Storage, family: Family
) -> None:
    async with storage.writing() as uow:
        values = {"bot_id": BOT, "channel": "telegram", "method": "send", "payload": {}, "state": "sending", "epoch": 3}
        moments = {"created_at": NOW, "sending_at": machine_now()}
        first = await add(uow, Letter, address="1", copies=0, **values, **moments)
        copy = await add(uow, Letter, address="2", copies=1, **values, **moments)
        assert await letters.adopt(uow, BOT, 3, []) == (0, 2)
        found = await uow.execute(select(Letter.id, Letter.state))
        assert {row.id: row.state for row in found} == {first: "returned", copy: "unknown"}
