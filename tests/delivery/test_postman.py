"""From a due item to a letter with a known end."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import DBAPIError

from services.clock import StoppedClock, machine_now
from services.outbox import items
from services.outbox.outcomes import Address, Outcome
from services.outbox.postman import NotTheOwner
from services.outbox.returning import welcome_back
from services.outbox.transport import FrozenLetter
from services.outbox.unreached import lost as all_lost
from storage.models.delivery import Item, Letter
from storage.models.family import Contact
from storage.models.people import Consent, Guardianship, PersonRole, TelegramAccount
from storage.repositories import accounts, owner, unreached
from storage.uow import Storage
from storage.vocabulary import ItemKind, LetterState, Role
from tests.delivery.conftest import BOT, NOW, Family, add, add_person
from tests.delivery.post import Wire, at_work

RETURNED = Outcome(LetterState.RETURNED, "http_400", pause_chat=0.0)
UNKNOWN = Outcome(LetterState.UNKNOWN, "dropped")
BLOCKED = Outcome(LetterState.RETURNED, "blocked", address=Address.UNREACHABLE)
DEAD = Outcome(LetterState.DEAD, "unparsable", unparsable=True)


async def test_it_sends_what_is_due_and_writes_down_who_was_told(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        await post.put(family.fact())
        await post.settled(1)
        [letter], [item] = await post.letters(), await post.rows()
        assert (letter.state, letter.external_id, letter.address) == ("sent", "1", family.mother_chat)
        assert (item.state, item.told_at, item.letter_id) == ("told", NOW, letter.id)
        assert post.wire.texts == ["mark:1:1=5"]
        assert await post.lost() == []


async def test_what_is_not_due_waits_for_the_school_clock(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        await post.put(
            family.fact("mark:1:1", due_at=NOW + timedelta(minutes=1)),
            family.fact("mark:2:1", bundle="diary:boris", student_id=family.boris),
        )
        await post.settled(1)
        assert post.wire.texts == ["mark:2:1=5"]
        post.clock.advance(timedelta(minutes=1))
        post.postman.wake()
        await post.settled(2)
        assert post.wire.texts[1] == "mark:1:1=5"


async def test_items_of_a_bundle_share_a_letter(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        await post.put(family.fact("mark:1:1"), family.fact("mark:2:1", "4"))
        await post.settled(1)
        assert post.wire.texts == ["mark:1:1=5; mark:2:1=4"]


async def test_a_bundle_waits_for_its_youngest_item_until_the_cap(storage: Storage, family: Family) -> None:
    cap = NOW + timedelta(seconds=300)
    async with at_work(storage) as post:
        await post.put(
            family.fact("mark:1:1", due_at=NOW + timedelta(seconds=60), cap_at=cap),
            family.fact("mark:2:1", due_at=NOW + timedelta(seconds=90), cap_at=cap + timedelta(seconds=30)),
            family.fact("mark:3:1", due_at=NOW + timedelta(seconds=320), cap_at=cap + timedelta(seconds=60)),
            family.fact("mark:9:2", bundle="diary:boris", due_at=NOW + timedelta(seconds=95)),
        )
        post.clock.advance(timedelta(seconds=95))
        post.postman.wake()
        await post.settled(1)
        assert post.wire.texts == ["mark:9:2=5"]
        post.clock.set(cap)
        post.postman.wake()
        await post.settled(2)
        assert post.wire.texts[1] == "mark:1:1=5; mark:2:1=5"


async def test_items_that_do_not_fit_go_in_the_next_letter(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        post.composer.most = 2
        await post.put(*[family.fact(f"mark:{n}:1") for n in range(5)])
        await post.settled(3)
        assert [text.count("=") for text in post.wire.texts] == [2, 2, 1]


async def test_the_urgent_goes_first(storage: Storage, family: Family) -> None:
    wire = Wire(gate=asyncio.Event())
    async with at_work(storage, wire=wire) as post:
        await post.put(family.fact("first:1", bundle="a"))
        await post.until(lambda: len(wire.carried) == 1)
        await post.put(family.fact("evening:1", bundle="b", priority=4), family.fact("alarm:1", bundle="c", priority=0))
        assert wire.gate is not None
        wire.gate.set()
        await post.settled(3)
        assert wire.texts == ["first:1=5", "alarm:1=5", "evening:1=5"]


async def test_one_letter_at_a_time_to_one_chat(storage: Storage, family: Family) -> None:
    wire = Wire(gate=asyncio.Event())
    async with at_work(storage, wire=wire) as post:
        await post.put(*[family.fact(f"mark:{n}:1", bundle=f"b{n}") for n in range(4)])
        await post.put(family.fact("card:1", recipient_id=family.teacher, student_id=None, bundle="card:1"))
        await post.until(lambda: wire.on_wire == 2)
        assert {one.address for one in wire.carried} == {family.mother_chat, family.teacher_chat}
        assert wire.gate is not None
        wire.gate.set()
        await post.settled(5)


async def test_an_item_that_moved_while_it_was_composed_is_told_as_it_is_now(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        compose = post.composer.compose
        composing, moved = asyncio.Event(), asyncio.Event()

        async def slowly(*arguments: object) -> object:
            letter = await compose(*arguments)  # type: ignore[arg-type]
            composing.set()
            await moved.wait()
            return letter

        post.composer.compose = slowly  # type: ignore[method-assign, assignment]
        await post.put(family.fact(value="5"))
        await composing.wait()
        await post.put(family.fact(value="4"))
        moved.set()
        await post.settled(1)
        assert post.wire.texts == ["mark:1:1=4"]
        told = [(row.base, row.value, row.state) for row in await post.rows()]
        assert told == [(None, "4", "told")]


async def test_what_has_nothing_left_to_tell_is_cancelled(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        await post.put(family.fact(value="nothing"))

        async def cancelled() -> bool:
            return await post.states() == {"mark:1:1": ("void", "cancelled")}

        await post.until(cancelled)
        assert post.wire.carried == []


async def test_a_template_that_breaks_holds_up_nobody_else(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        await post.put(
            family.fact("mark:1:1", "broken", priority=0),
            family.fact("card:1", recipient_id=family.teacher, student_id=None, bundle="card:1"),
        )
        await post.settled(1)
        assert post.wire.texts == ["card:1=5"]
        assert (await post.states())["mark:1:1"] == ("waiting", None)


async def test_a_letter_whose_question_the_base_refuses_holds_up_nobody_else(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        compose = post.composer.compose

        async def asks_wrongly(uow: Any, recipient: Any, due: Any, now: Any) -> Any:
            if due[0].value == "asks wrongly":
                try:
                    await uow.execute(text("SELECT 1 FROM no_such_table"))
                except DBAPIError as error:
                    raise ValueError from error
            await uow.execute(text("SELECT 1"))
            return await compose(uow, recipient, due, now)

        post.composer.compose = asks_wrongly  # type: ignore[method-assign]
        await post.put(
            family.fact("mark:1:1", "asks wrongly", priority=0),
            family.fact("card:1", recipient_id=family.teacher, student_id=None, bundle="card:1"),
        )
        await post.settled(1)
        assert post.wire.texts == ["card:1=5"]


async def test_a_letter_that_surely_did_not_arrive_gives_its_items_back(storage: Storage, family: Family) -> None:
    async with at_work(storage, wire=Wire(script=[RETURNED])) as post:
        await post.put(family.fact())
        await post.settled(2)
        assert [row.state for row in await post.letters()] == ["returned", "sent"]
        assert await post.states() == {"mark:1:1": ("told", None)}
        assert [one.copy for one in post.wire.carried] == [0, 0]
        assert await post.lost() == []


async def test_a_returned_item_whose_newer_sibling_waits_hands_it_its_base(storage: Storage, family: Family) -> None:
    wire = Wire(gate=asyncio.Event(), script=[RETURNED])
    async with at_work(storage, wire=wire) as post:
        await post.put(family.fact(value="5"))
        await post.until(lambda: wire.on_wire == 1)
        await post.put(family.fact(value="4"))
        assert [(row.base, row.value) for row in await post.rows()] == [(None, "5"), ("5", "4")]
        assert wire.gate is not None
        wire.gate.set()
        await post.settled(2)
        old, new = await post.rows()
        assert (old.state, old.reason) == ("void", "merged")
        assert (new.state, new.base, new.value) == ("told", None, "4")
        assert wire.texts == ["mark:1:1=5", "mark:1:1=4"]


async def test_a_returned_item_taken_back_meanwhile_is_never_told(storage: Storage, family: Family) -> None:
    wire = Wire(gate=asyncio.Event(), script=[RETURNED])
    async with at_work(storage, wire=wire) as post:
        await post.put(family.fact(value="5"))
        await post.until(lambda: wire.on_wire == 1)
        await post.put(family.fact(value=None))
        assert wire.gate is not None
        wire.gate.set()

        async def both_void() -> bool:
            return [row.reason for row in await post.rows()] == ["merged", "back_to_base"]

        await post.until(both_void)
        assert len(wire.carried) == 1


async def test_a_letter_of_unknown_fate_goes_again_marked_as_a_copy(storage: Storage, family: Family) -> None:
    async with at_work(storage, wire=Wire(script=[UNKNOWN])) as post:
        await post.put(family.fact())
        await post.settled(1)
        [letter] = await post.letters()
        assert (letter.state, letter.copies) == ("unknown", 0)
        await back_date(storage, seconds=21)
        await post.settled(2)
        [letter] = await post.letters()
        assert (letter.state, letter.copies) == ("sent", 1)
        first, second = post.wire.carried
        assert (first.id, first.payload, first.copy, second.copy) == (second.id, second.payload, 0, 1)
        assert await post.lost() == []


async def test_a_newer_value_waits_while_the_older_ones_fate_is_unknown(storage: Storage, family: Family) -> None:
    async with at_work(storage, wire=Wire(script=[UNKNOWN])) as post:
        await post.put(family.fact(value="5"))
        await post.settled(1)
        await post.put(family.fact(value="4"), family.fact("mark:2:1", "3", bundle="other"))
        await post.settled(2)
        assert post.wire.texts[1] == "mark:2:1=3"
        await back_date(storage, seconds=21)
        await post.settled(4)
        assert post.wire.texts[2:] == ["mark:1:1=5", "mark:1:1=4"]


async def test_letters_found_sending_from_an_older_epoch_are_of_unknown_fate(storage: Storage, family: Family) -> None:
    async with storage.writing() as uow:
        epoch = await owner.acquire(uow, BOT, "test", timedelta(seconds=15))
        await items.put(uow, [family.fact()], NOW)
        letter_id = await add(
            uow,
            Letter,
            bot_id=BOT,
            channel="telegram",
            method="send",
            payload={"text": "old", "locale": "ru"},
            address=family.mother_chat,
            state="sending",
            epoch=epoch,
            copies=0,
            created_at=NOW,
            sending_at=machine_now() - timedelta(seconds=30),
        )
        await uow.write(update(Item).values(state="told", letter_id=letter_id, told_at=NOW))
    async with at_work(storage) as post:
        await post.settled(1)
        [carried] = post.wire.carried
        assert (carried.id, carried.copy, carried.payload["text"]) == (letter_id, 1, "old")
        assert await post.lost() == []


async def test_a_claim_whose_commit_was_answered_by_nobody_and_came_late_is_told_after_all(
    storage: Storage, family: Family
) -> None:
    async with at_work(storage) as post:
        await post.put(family.fact())
        await post.settled(1)
        async with storage.writing() as uow:  # a ledger of ours that we took for failed
            letter_id = await add(
                uow,
                Letter,
                bot_id=BOT,
                channel="telegram",
                method="send",
                payload={"text": "never began", "locale": "ru"},
                address=family.mother_chat,
                state="sending",
                epoch=post.epoch,
                copies=0,
                created_at=NOW,
                sending_at=machine_now(),
            )
            await items.put(uow, [family.fact("mark:2:1", "4")], NOW)
            await uow.write(
                update(Item).where(Item.state == "waiting").values(state="told", letter_id=letter_id, told_at=NOW)
            )
        await post.put(family.fact("mark:3:1", "3"))
        await post.until(lambda: {"mark:2:1=4", "mark:3:1=3"} <= {*"; ".join(post.wire.texts).split("; ")})
        await post.settled(2)
        assert "never began" not in post.wire.texts
        assert {row.outcome for row in await post.letters()} == {"ok", "never_began"}
        assert await post.lost() == []


async def test_a_blocked_chat_keeps_its_items_until_it_comes_back(storage: Storage, family: Family) -> None:
    async with at_work(storage, wire=Wire(script=[BLOCKED])) as post:
        await post.put(family.fact())
        await post.settled(1)
        await post.put(family.fact("mark:2:1", "4"))
        await post.put(family.fact("card:1", recipient_id=family.teacher, student_id=None, bundle="card"))
        await post.settled(2)
        assert post.wire.texts[1] == "card:1=5"
        assert {state for state, _ in (await post.states()).values()} == {"waiting", "told"}
        async with storage.writing() as uow:
            await welcome_back(uow, BOT, int(family.mother_chat), NOW)
        await post.settled(3)
        assert post.wire.texts[2] == "mark:1:1=5; mark:2:1=4"


@pytest.mark.parametrize(("way", "goes"), [("email", "email"), ("paper", "telegram")])
async def test_who_blocks_the_bot_is_written_to_by_e_mail_at_once_and_no_print_is_waited_for(
    storage: Storage, family: Family, way: str, goes: str
) -> None:
    contact = {"channel": way, "state": "confirmed", "source": "№ 7", "given_on": NOW.date(), "rank": 1}
    async with storage.writing() as uow:
        await uow.execute(insert(Contact), {"school_id": family.school, "person_id": family.mother, **contact})
    async with at_work(storage, wire=Wire(script=[BLOCKED])) as post:
        await post.put(family.fact(kind=ItemKind.ABSENCE))
        await post.settled(1)
        [item] = await post.rows()
        assert (item.state, item.channel, item.letter_id) == ("waiting", goes, None)


async def test_a_dead_letter_stands_on_the_homeroom_teachers_list(storage: Storage, family: Family) -> None:
    async with at_work(storage, wire=Wire(script=[DEAD])) as post:
        await post.put(family.fact())
        await post.settled(1)

        async def listed() -> bool:
            async with storage.reading() as uow:
                entries = await unreached.listed(uow, family.teacher, NOW - timedelta(hours=1))
            return [(one.student_id, one.recipient_id, one.reason) for one in entries] == [
                (family.anna, family.mother, "dead")
            ]

        await post.until(listed)
        assert (await post.states())["mark:1:1"] == ("void", "dead")
        assert await post.lost() == []


async def test_a_letter_that_the_transport_stumbles_over_is_listed_and_keeps_its_chat_from_nobody(
    storage: Storage, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_work(storage) as post:
        send = post.wire.send

        async def stumbling(letter: FrozenLetter) -> Outcome:
            if "5" in letter.payload["text"]:
                raise KeyError("rows")
            return await send(letter)

        monkeypatch.setattr(post.wire, "send", stumbling)
        await post.put(family.fact())
        await post.until(post.listed)
        await post.put(family.fact("mark:2:1", "4"))
        await post.until(lambda: "mark:2:1=4" in post.wire.texts)
        assert (await post.states())["mark:1:1"] == ("void", "dead")


async def test_what_can_not_be_told_in_time_stands_on_the_list_once(storage: Storage, family: Family) -> None:
    async with storage.writing() as uow:
        await accounts.mark_unreachable(uow, BOT, family.mother_chat, "blocked", NOW)
    async with at_work(storage) as post:
        await post.put(family.fact(expires_at=NOW + timedelta(hours=1)))
        post.clock.advance(timedelta(hours=2))
        assert [one.how for one in await post.lost()] == ["waiting past expiry"]

        async def expired() -> bool:
            states = await post.states()
            return states["mark:1:1"] == ("void", "expired") and len(states) == 2

        await post.until(expired)
        [entry] = [row for row in await post.rows() if row.kind == ItemKind.UNREACHED]
        assert (entry.recipient_id, entry.bundle) == (family.teacher, "unreached")
        assert await post.lost() == []


@pytest.mark.parametrize("kind", [ItemKind.TIMETABLE, ItemKind.RISK, ItemKind.WEEKLY, ItemKind.NOTE_DECIDED])
async def test_other_news_of_the_family_stand_on_the_list_as_well(
    storage: Storage, family: Family, kind: ItemKind
) -> None:
    async with at_work(storage, wire=Wire(script=[DEAD])) as post:
        await post.put(family.fact(kind=kind))

        async def listed() -> bool:
            async with storage.reading() as uow:
                entries = await unreached.listed(uow, family.teacher, NOW - timedelta(hours=1))
            return [(one.kind, one.recipient_id) for one in entries] == [(kind, family.mother)]

        await post.until(listed)


async def test_the_list_of_a_teacher_who_has_left_the_school_is_the_leaders(storage: Storage, family: Family) -> None:
    async with storage.writing() as uow:
        leader = await add_person(uow, family.school, "Ольга", Role.DEPUTY)
        await uow.write(update(PersonRole).where(PersonRole.person_id == family.teacher).values(until_on=NOW.date()))
        await accounts.mark_unreachable(uow, BOT, family.mother_chat, "blocked", NOW)
    async with at_work(storage) as post:
        await post.put(family.fact(expires_at=NOW + timedelta(hours=1)))
        post.clock.advance(timedelta(hours=2))
        await post.until(lambda: post.listed())
        assert await post.listed() == {leader}


async def test_a_letter_of_unknown_fate_is_lost_only_when_its_copy_is_a_minute_late(
    storage: Storage, family: Family
) -> None:
    async def lost() -> list[str]:
        async with storage.reading() as uow:
            return [one.how for one in await all_lost(uow, NOW, machine_now())]

    async with storage.writing() as uow:
        values = {"bot_id": BOT, "channel": "telegram", "method": "send", "payload": {}, "state": "unknown"}
        moments = {"created_at": NOW, "sending_at": machine_now()}
        letter_id = await add(uow, Letter, address="1001", copies=0, epoch=1, **values, **moments)
        await items.put(uow, [family.fact()], NOW)
        await uow.write(update(Item).values(state="told", letter_id=letter_id))
    for copies, seconds in enumerate((20, 40, 80, 160, 300, 300)):
        async with storage.writing() as uow:
            await uow.write(update(Letter).values(copies=copies))
        await back_date(storage, seconds=seconds + 50)
        assert await lost() == [], copies
        await back_date(storage, seconds=seconds + 70)
        assert await lost() == ["told by no letter"], copies


async def test_the_claim_asks_for_the_right_again(storage: Storage, family: Family) -> None:
    async with storage.writing() as uow:
        await uow.write(update(Guardianship).values(until_on=date(2026, 9, 7)))
    async with at_work(storage) as post:
        await post.put(family.fact())

        async def cancelled() -> bool:
            return await post.states() == {"mark:1:1": ("void", "cancelled")}

        await post.until(cancelled)
        assert post.wire.carried == []


async def test_nothing_goes_after_consent_was_withdrawn(storage: Storage, family: Family) -> None:
    async with storage.writing() as uow:
        await uow.write(update(Consent).where(Consent.person_id == family.mother).values(revoked_at=NOW))
    async with at_work(storage) as post:
        await post.put(family.fact())

        async def cancelled() -> bool:
            return await post.states() == {"mark:1:1": ("void", "cancelled")}

        await post.until(cancelled)
        assert post.wire.carried == []


async def test_a_copy_is_not_sent_to_whom_the_right_was_taken(storage: Storage, family: Family) -> None:
    async with at_work(storage, wire=Wire(script=[UNKNOWN])) as post:
        await post.put(family.fact())
        await post.settled(1)
        async with storage.writing() as uow:
            await uow.write(update(TelegramAccount).values(state="revoked"))
        await back_date(storage, seconds=30)

        async def closed() -> bool:
            return [row.state for row in await post.letters()] == ["closed"]

        await post.until(closed)
        assert len(post.wire.carried) == 1


async def test_an_unknown_letter_that_expired_is_closed_and_listed(storage: Storage, family: Family) -> None:
    async with at_work(storage, wire=Wire(script=[UNKNOWN])) as post:
        await post.put(family.fact(expires_at=NOW + timedelta(hours=1)))
        await post.settled(1)
        post.clock.advance(timedelta(hours=2))

        async def closed() -> bool:
            return [row.state for row in await post.letters()] == ["closed"] and len(await post.rows()) == 2

        await post.until(closed)
        assert await post.lost() == []


async def test_an_edit_aims_at_the_letter_that_told_before(storage: Storage, family: Family) -> None:
    async with at_work(storage) as post:
        nudge: dict[str, Any] = {
            "recipient_id": family.teacher,
            "student_id": None,
            "bundle": "nudge:1",
            "key": "nudge:1",
        }
        await post.put(family.fact(value="open", **nudge))
        await post.settled(1)
        await post.put(family.fact(value="done", **nudge))
        await post.settled(2)
        first, second = post.wire.carried
        assert (second.method, second.target_external_id) == ("edit", "1")
        assert first.method == "send"


async def test_no_more_than_eight_letters_are_on_the_wire(storage: Storage, family: Family) -> None:
    wire = Wire(gate=asyncio.Event())
    async with storage.writing() as uow:
        from tests.delivery.conftest import connect

        people = []
        for number in range(20):
            person = await add_person(uow, family.school, f"Имя{number}", Role.TEACHER)
            await connect(uow, family.school, person, str(2000 + number))
            people.append(person)
    async with at_work(storage, wire=wire) as post:
        await post.put(*[family.fact("card:1", recipient_id=one, student_id=None, bundle="card") for one in people])
        await post.until(lambda: wire.on_wire == 8)
        assert sum(row.state == "sending" for row in await post.letters()) == 8
        assert wire.gate is not None
        wire.gate.set()
        await post.settled(20)
        assert wire.most_on_wire == 8
        assert await post.lost() == []


async def test_the_storage_may_fail_and_the_result_is_still_written_down(storage: Storage, family: Family) -> None:
    from sqlalchemy.exc import OperationalError

    wire = Wire(gate=asyncio.Event())
    async with at_work(storage, wire=wire) as post:
        await post.put(family.fact())
        await post.until(lambda: wire.on_wire == 1)
        failures = 2

        async def fail(uow: object) -> None:
            nonlocal failures
            if failures:
                failures -= 1
                raise OperationalError("COMMIT", {}, Exception("disk"))

        storage.before_commit = fail
        assert wire.gate is not None
        wire.gate.set()
        await post.settled(1)
        assert failures == 0
        assert len(wire.carried) == 1
        assert [row.state for row in await post.letters()] == ["sent"]


async def test_a_postman_of_an_older_epoch_stops_and_claims_nothing(storage: Storage, family: Family) -> None:
    post_of = at_work(storage)
    with pytest.raises(NotTheOwner):
        async with post_of as post:
            async with storage.writing() as uow:
                assert await owner.acquire(uow, BOT, "test", timedelta(seconds=15)) == post.epoch + 1
            await post.put(family.fact())
            await post.until(lambda: not post.postman.running)
            assert post.wire.carried == []
            assert await post.states() == {"mark:1:1": ("waiting", None)}


async def test_stopping_waits_for_the_wire_and_claims_nothing_new(storage: Storage, family: Family) -> None:
    wire = Wire(gate=asyncio.Event())
    async with at_work(storage, wire=wire) as post:
        await post.put(family.fact())
        await post.until(lambda: wire.on_wire == 1)
        post.postman.stop()
        await post.put(family.fact("card:1", recipient_id=family.teacher, student_id=None, bundle="card"))
        assert wire.gate is not None
        wire.gate.set()
        await post.until(lambda: not post.postman.running)
        assert [row.state for row in await post.letters()] == ["sent"]
        assert len(wire.carried) == 1


async def test_the_proof_of_no_loss_sees_a_letter_that_vanished(storage: Storage, family: Family) -> None:
    async with at_work(storage, clock=StoppedClock(NOW)) as post:
        await post.put(family.fact())
        await post.settled(1)
        async with storage.writing() as uow:
            await uow.write(update(Letter).values(state="returned"))
        assert [one.how for one in await post.lost()] == ["told by no letter"]
        async with storage.writing() as uow:
            await uow.write(update(Item).values(state="void", reason="expired"))
        assert [one.how for one in await post.lost()] == ["unreached and on no list"]


async def back_date(storage: Storage, seconds: int) -> None:
    """Let time pass for the machine's clock, as far as letters of unknown fate see it."""
    async with storage.writing() as uow:
        await uow.write(update(Letter).values(sending_at=machine_now() - timedelta(seconds=seconds)))


async def test_who_was_frozen_after_the_claim_does_not_send_when_it_wakes(storage: Storage, family: Family) -> None:
    ours, points = [True], []

    def at(point: str) -> None:
        points.append(point)
        ours[0] = points.count("after_claim") > 1

    async with at_work(storage, at=at) as post:
        post.postman.still_ours = lambda: ours[0] or "after_claim" not in points
        await post.put(family.fact())
        await post.settled(1)
        assert [row.state for row in await post.letters()] == ["returned", "sent"]
        assert [one.copy for one in post.wire.carried] == [False]
