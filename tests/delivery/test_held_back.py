"""What is held back and why: a chat that takes nothing, an operator's word; and what comes of it afterwards."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.clock import machine_now
from services.outbox.holding import Holding
from services.outbox.limits import Breaker
from services.outbox.outcomes import Outcome
from services.outbox.returning import welcome_back
from storage.models.delivery import Letter
from storage.repositories import accounts
from storage.uow import Storage
from storage.vocabulary import ItemKind, LetterState, Role
from tests.delivery.conftest import BOT, NOW, Family, add_person, connect
from tests.delivery.post import Wire, at_work


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


@pytest.mark.parametrize(
    "trouble",
    [Outcome(LetterState.RETURNED, "not_sent", network=True, pause_chat=None), Outcome(LetterState.UNKNOWN, "dropped")],
    ids=["never left", "never answered"],
)
async def test_an_outage_pauses_the_post_and_a_probe_ends_the_pause(
    trouble: Outcome, storage: Storage, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty families have a letter due while nothing gets through: five try, then one at a time."""
    monkeypatch.setattr(Breaker, "PAUSES", (0.3, 0.3))
    people = []
    async with storage.writing() as uow:
        for number in range(20):
            people.append(await add_person(uow, family.school, f"Имя{number}", Role.TEACHER))
            await connect(uow, family.school, people[-1], str(2000 + number))
    wire = Wire(script=[trouble] * 10, gate=asyncio.Event())
    async with at_work(storage, wire=wire) as post:
        await post.put(*[family.fact("card:1", recipient_id=one, student_id=None, bundle="card") for one in people])
        await post.until(lambda: wire.on_wire == 8)
        assert wire.gate is not None
        wire.gate.set()
        await post.until(lambda: len(wire.carried) >= 10)
        assert wire.most_on_wire == 8
        probes = [one.id for one in wire.carried[8:10]]
        assert len(set(probes)) == 2

        async def all_told() -> bool:
            async with storage.writing() as uow:
                long_ago = machine_now() - timedelta(seconds=21)
                await uow.write(update(Letter).where(Letter.state == "unknown").values(sending_at=long_ago))
            return {row.state for row in await post.rows()} == {"told"} and {
                row.state for row in await post.letters()
            } <= {"sent", "returned"}

        await post.until(all_told)
        assert await post.lost() == []


async def test_in_the_pause_of_an_outage_nothing_is_tried(
    storage: Storage, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Breaker, "PAUSES", (3600.0,))
    never_left = Outcome(LetterState.RETURNED, "not_sent", network=True, pause_chat=None)
    async with at_work(storage, wire=Wire(script=[never_left] * 9)) as post:
        await post.put(family.fact())
        await post.until(lambda: len(post.wire.carried) == 5)
        await post.put(family.fact("mark:2:1", bundle="diary:boris", student_id=family.boris))
        post.postman.wake()
        await post.until(lambda: post.idle())
        assert len(post.wire.carried) == 5
        assert {state for state, _ in (await post.states()).values()} == {"waiting"}
