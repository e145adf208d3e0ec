"""What is held back and why: a chat that takes nothing, an operator's word; and what comes of it afterwards."""

from datetime import timedelta
from typing import Any

from services.outbox.holding import Holding
from services.outbox.returning import welcome_back
from storage.repositories import accounts
from storage.uow import Storage
from storage.vocabulary import ItemKind
from tests.delivery.conftest import BOT, NOW, Family
from tests.delivery.post import at_work


async def test_who_comes_back_gets_one_summary_of_all_that_waited(storage: Storage, family: Family) -> None:
    later: dict[str, Any] = {"due_at": NOW + timedelta(hours=9), "cap_at": NOW + timedelta(hours=9)}
    boris: dict[str, Any] = {"student_id": family.boris, "bundle": "diary:boris"}
    async with storage.writing() as uow:
        await accounts.mark_unreachable(uow, BOT, family.mother_chat, "blocked", NOW)
    async with at_work(storage) as post:
        await post.put(
            family.fact("mark:1:1"),
            family.fact("mark:2:1", "4", **boris),
            family.fact("absence:3:1", "absent", kind=ItemKind.ABSENCE, bundle="absence:3:1", priority=0),
            family.fact("digest:1", "2026-09-06", kind=ItemKind.DIGEST, bundle="digest", student_id=None),
            family.fact("homework:4:1", "§ 5", kind=ItemKind.HOMEWORK, bundle="digest", **later),
            family.fact("confirmed:1", kind=ItemKind.CONFIRMED, bundle="access", student_id=None),
        )
        async with storage.writing() as uow:
            await welcome_back(uow, BOT, int(family.mother_chat), NOW)
        await post.settled(2)
        told = sorted(post.wire.texts)
        assert told == ["absence:3:1=absent; digest:1=2026-09-06; mark:1:1=5; mark:2:1=4", "confirmed:1=5"]
        assert (await post.states())["homework:4:1"] == ("waiting", None)


async def test_what_never_expires_stands_on_the_list_after_twenty_hours_and_waits_on(
    storage: Storage, family: Family
) -> None:
    async with storage.writing() as uow:
        await accounts.mark_unreachable(uow, BOT, family.mother_chat, "blocked", NOW)
    async with at_work(storage) as post:
        await post.put(family.fact("result:1", kind=ItemKind.TERM_RESULT, expires_at=None))
        post.clock.advance(timedelta(hours=21))
        await post.until(lambda: post.listed())
        await post.put(family.fact("mark:9:9", "2", recipient_id=family.teacher, student_id=None))
        await post.settled(1)
        assert [row.value for row in await post.rows() if row.kind == ItemKind.UNREACHED] == ["1"]
        assert (await post.states())["result:1"] == ("waiting", None)
        async with storage.writing() as uow:
            await welcome_back(uow, BOT, int(family.mother_chat), post.clock.now())
        await post.until(lambda: "result:1=5" in post.wire.texts)


async def test_what_the_operator_holds_waits_until_it_is_released(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        office = Holding(storage, post.clock)
        later: dict[str, Any] = {"due_at": NOW + timedelta(minutes=1), "cap_at": NOW + timedelta(minutes=1)}
        await post.put(family.fact("mark:1:1", **later), family.fact("mark:2:1", bundle="diary:boris", **later))
        assert await office.hold("restore") == 2
        post.clock.advance(timedelta(minutes=2))
        await post.put(family.fact("card:1", recipient_id=family.teacher, student_id=None, bundle="card"))
        await post.settled(1)
        assert post.wire.texts == ["card:1=5"]
        standing, losses = await office.standing()
        assert (standing.held, standing.waiting, standing.due, losses) == ({"restore": 2}, 2, 0, [])
        assert await office.release() == 2
        await post.settled(3)
        assert await office.hold("restore") == await office.release() == await office.drop() == 0


async def test_what_the_operator_drops_is_never_told_and_what_expires_while_held_is_listed(
    storage: Storage, family: Family
) -> None:
    async with at_work(storage) as post:
        office = Holding(storage, post.clock)
        later: dict[str, Any] = {"due_at": NOW + timedelta(minutes=1), "cap_at": NOW + timedelta(minutes=1)}
        await post.put(
            family.fact("mark:1:1", expires_at=NOW + timedelta(hours=1), **later), family.fact("mark:2:1", **later)
        )
        await office.hold("restore")
        post.clock.advance(timedelta(hours=2))
        await post.until(lambda: post.listed())
        assert await office.drop() == 1
        states = await post.states()
        assert (states["mark:1:1"], states["mark:2:1"]) == (("void", "expired"), ("void", "recalled"))
        assert not [text for text in post.wire.texts if text.startswith("mark")]
        assert await post.lost() == []
