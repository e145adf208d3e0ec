"""What goes wrong on order and by chance, on the way to the bot and back."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.types import BufferedInputFile

from bot.sandbox.client import Person, Sandbox, SandboxError
from bot.sandbox.faults import CALL_KINDS, Faults
from bot.sandbox.server import SandboxServer
from bot.sandbox.updates import JUMP_BACK, UpdateQueue
from tests.sandbox.conftest import Caller, HandTimer, keyboard, next_update
from tests.support.waiting import eventually

# Calls


async def test_a_call_cut_before_it_is_processed_leaves_no_trace(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await telegram.fault("sendMessage", "before", count=2)
    for _ in range(2):
        with pytest.raises(TelegramNetworkError):
            await bot.send_message(anna.id, "потеряно")
    await bot.send_message(anna.id, "дошло")
    await anna.sees("дошло")
    assert len(anna.letters) == 1
    calls = await telegram.calls()
    assert [(call["ok"], call["code"], call["fault"]) for call in calls] == [
        (False, 0, "before"),
        (False, 0, "before"),
        (True, 200, None),
    ]


async def test_a_call_cut_after_it_is_processed_took_effect(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await telegram.fault("sendMessage", "after")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anna.id, "дошло")
    await anna.sees("дошло")
    assert [(call["ok"], call["code"]) for call in await telegram.calls()] == [(True, 0)]


@pytest.mark.parametrize(
    ("kind", "status", "type_", "arrives"),
    [
        ("error_before", 503, "application/json", False),
        ("error_after", 503, "application/json", True),
        ("html_before", 502, "text/html", False),
        ("html_after", 502, "text/html", True),
        ("garbage", 200, "application/json", True),
    ],
)
async def test_a_wrong_answer_tells_nothing_of_what_was_done(
    telegram: Sandbox, anna: Person, call: Caller, kind: str, status: int, type_: str, arrives: bool
) -> None:
    await telegram.fault("sendMessage", kind, code=503)
    url = f"{call.url}/bot{call.token}/sendMessage"
    async with call.session.post(url, json={"chat_id": anna.id, "text": "письмо"}) as response:
        body = await response.text()
    assert (response.status, response.content_type) == (status, type_)
    if status == 503:
        assert body == '{"ok":false,"error_code":503,"description":"Service Unavailable"}'
    if kind == "garbage":
        assert body.startswith('{"ok":true')
        with pytest.raises(ValueError, match=r".+"):
            await response.json()
    logged = (await telegram.calls())[0]
    assert (logged["ok"], logged["code"]) == (arrives, status)
    assert [letter.text for letter in anna.letters] == (["письмо"] if arrives else [])


async def test_garbage_comes_only_after_success(telegram: Sandbox, anna: Person, call: Caller) -> None:
    await telegram.fault("sendMessage", "garbage")
    assert await call.refusal("sendMessage", chat_id=5, text="x") == "400 Bad Request: chat not found"


async def test_answers_can_be_slow(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await telegram.fault("sendMessage", "delay", seconds=30)
    sending = asyncio.ensure_future(bot.send_message(anna.id, "медленно"))
    await anna.sees("медленно")
    assert not sending.done()
    sending.cancel()
    await telegram.clear_faults()
    await bot.send_message(anna.id, "быстро")


async def _begun(server: SandboxServer, call: Caller, kind: str, anna: Person) -> asyncio.Task[Any]:
    """A call under way that got as far as its fault lets it."""
    sending = asyncio.ensure_future(call("sendMessage", chat_id=anna.id, text="письмо"))
    await eventually(lambda: server.world.faults.applied[kind] == 1)
    return sending


async def test_a_hanging_call_is_never_carried_out(
    server: SandboxServer, telegram: Sandbox, anna: Person, call: Caller
) -> None:
    await telegram.fault("sendMessage", "hang")
    sending = await _begun(server, call, "hang", anna)
    sending.cancel()
    await eventually(lambda: server.world.calls.count == 1)
    assert (await telegram.calls())[0]["ok"] is False
    assert anna.letters == []


async def test_a_call_may_hang_after_it_was_carried_out(
    server: SandboxServer, telegram: Sandbox, anna: Person, call: Caller
) -> None:
    await telegram.fault("sendMessage", "hang_after")
    sending = await _begun(server, call, "hang_after", anna)
    await anna.sees("письмо")
    assert not sending.done()
    sending.cancel()


async def test_a_hanging_call_is_cut_at_its_time(telegram: Sandbox, anna: Person, call: Caller) -> None:
    await telegram.fault("sendMessage", "hang", seconds=0.01)
    with pytest.raises(aiohttp.ClientError):
        await call("sendMessage", chat_id=anna.id, text="письмо")
    assert anna.letters == []


async def test_a_late_letter_appears_after_the_bot_gave_up(
    server: SandboxServer, telegram: Sandbox, anna: Person, call: Caller
) -> None:
    await telegram.fault("sendMessage", "late", seconds=0.01)
    sending = await _begun(server, call, "late", anna)
    assert anna.letters == []
    sending.cancel()
    await anna.sees("письмо")
    await eventually(lambda: server.world.calls.count == 1)
    logged = (await telegram.calls())[0]
    assert (logged["ok"], logged["code"], logged["fault"]) == (True, 0, "late")


async def test_a_flood_wait_can_be_ordered(bot: Bot, telegram: Sandbox, anna: Person, timer: HandTimer) -> None:
    await telegram.fault("sendMessage", "flood", seconds=7)
    for left in (7, 5):
        with pytest.raises(TelegramRetryAfter) as refusal:
            await bot.send_message(anna.id, "письмо")
        assert refusal.value.retry_after == left
        timer.seconds += 2
    timer.seconds += 3
    await bot.send_message(anna.id, "письмо")


async def test_a_fault_may_be_meant_for_one_chat(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    boris = await telegram.person("Борис")
    await boris.starts()
    await telegram.fault("*", "error_before", chat=boris.id)
    await bot.send_message(anna.id, "Анне")
    with pytest.raises(TelegramServerError):
        await bot.send_message(boris.id, "Борису")
    await bot.send_message(boris.id, "Борису")


async def test_the_answer_to_a_tap_is_lost_for_the_one_who_tapped(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await bot.send_message(anna.id, "x", reply_markup=keyboard(["а"]))
    await anna.taps("а", wait=False)
    query = (await next_update(bot, lambda update: update.callback_query)).callback_query
    assert query is not None
    await telegram.fault("answerCallbackQuery", "before", chat=anna.id)
    with pytest.raises(TelegramNetworkError):
        await bot.answer_callback_query(query.id)
    await bot.answer_callback_query(query.id)
    assert [(entry["method"], entry["ok"]) for entry in await telegram.calls(chat=anna.id)][1:] == [
        ("answerCallbackQuery", False),
        ("answerCallbackQuery", True),
    ]


async def test_a_poll_whose_answer_is_lost_brings_the_updates_again(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await telegram.fault("getUpdates", "after")
    with pytest.raises(TelegramNetworkError):
        await bot.get_updates()
    assert len(await bot.get_updates()) == 1


async def test_a_download_may_go_wrong_too(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    sent = await bot.send_document(anna.id, BufferedInputFile(b"0123456789" * 10, "x.txt"))
    assert sent.document is not None
    for kind in ("html_before", "error_after", "garbage"):
        await telegram.fault("file", kind)
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await bot.download(sent.document)
    half = await bot.download(sent.document)
    whole = await bot.download(sent.document)
    assert half is not None
    assert whole is not None
    assert (len(half.read()), len(whole.read())) == (50, 100)
    assert (await telegram.ledger()).calls["file"] == {200: 2, 500: 1, 502: 1}


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"kind": "moon"},
        {"kind": "delay", "seconds": 0},
        {"kind": "delay", "seconds": "long"},
        {"kind": "flood", "seconds": 0},
        {"kind": "before", "count": 0},
        {"kind": "before", "count": True},
        {"kind": "before", "method": 5},
        {"kind": "before", "chat": "Анна"},
        {"kind": "error_before", "code": 404},
        {"kind": "before", "when": "now"},
    ],
)
async def test_senseless_faults_are_refused(telegram: Sandbox, wish: dict[str, Any]) -> None:
    with pytest.raises(SandboxError, match="bad_request"):
        await telegram.post("/sandbox/faults", wish)
    assert (await telegram.faults())["faults"] == []


# Chance


def drawn(faults: Faults, calls: list[tuple[str, int]]) -> list[str | None]:
    return [fault.kind if (fault := faults.of_call(method, chat)) else None for method, chat in calls]


def test_the_same_seed_brings_the_same_faults_whatever_others_do_meanwhile() -> None:
    first, second, third = Faults(), Faults(), Faults()
    for faults, seed in ((first, 7), (second, 7), (third, 8)):
        faults.set_mix({"rate": 0.3, "seed": seed})
    mine, others = [("sendMessage", 1)] * 200, [("sendMessage", 2)] * 200
    alone = drawn(first, mine)
    woven = drawn(second, [call for pair in zip(mine, others, strict=True) for call in pair])
    assert woven[::2] == alone
    assert drawn(third, mine) != alone


def test_chance_keeps_its_rate_and_knows_every_kind() -> None:
    faults = Faults()
    faults.set_mix({"rate": 0.05, "seed": 1})
    happened = [kind for kind in drawn(faults, [("sendMessage", n) for n in range(20_000)]) if kind]
    assert 850 < len(happened) < 1150
    assert set(happened) == set(CALL_KINDS) - {"delay", "flood"}
    assert sum(faults.applied.values()) == len(happened)


def test_chance_never_carries_out_a_poll_late() -> None:
    faults = Faults()
    faults.set_mix({"rate": 1, "methods": ["*"], "kinds": ["late", "hang"]})
    assert set(drawn(faults, [("getUpdates", 0)] * 50)) == {"hang"}
    assert set(drawn(faults, [("sendMessage", 1)] * 50)) == {"hang", "late"}


def test_chance_leaves_listening_alone_unless_told_otherwise() -> None:
    faults = Faults()
    faults.set_mix({"rate": 1})
    assert faults.of_call("getUpdates", None) is None
    assert faults.of_call("sendMessage", 1) is not None
    faults.set_mix({"rate": 1, "methods": ["getUpdates"], "kinds": ["after"]})
    assert faults.of_call("sendMessage", 1) is None
    assert faults.of_call("getUpdates", None) is not None


async def test_chance_meets_the_calls_of_a_bot(telegram: Sandbox, anna: Person, call: Caller) -> None:
    await telegram.chance(0.4, seed=3, kinds=["error_before", "error_after"])
    codes = [(await call("sendMessage", chat_id=anna.id, text=str(n)))[0] for n in range(40)]
    applied = (await telegram.faults())["applied"]
    assert 0 < codes.count(200) < 40
    assert sum(applied.values()) == 40 - codes.count(200)
    assert len(anna.letters) == codes.count(200) + applied["error_after"]
    await telegram.clear_faults()
    assert (await call("sendMessage", chat_id=anna.id, text="мирно"))[0] == 200


@pytest.mark.parametrize(
    "wish",
    [
        {"rate": 1.5},
        {"rate": "часто"},
        {"rate": True},
        {"seed": "семя"},
        {"kinds": ["moon"]},
        {"kinds": []},
        {"update_kinds": ["hang"]},
        {"methods": "sendMessage"},
        {"colour": "red"},
    ],
)
async def test_senseless_mixes_are_refused(telegram: Sandbox, wish: dict[str, Any]) -> None:
    with pytest.raises(SandboxError, match="bad_request"):
        await telegram.post("/sandbox/faults/mix", wish)
    assert (await telegram.faults())["mix"] is None


# Updates


async def test_an_update_may_come_twice(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await telegram.fault("message", "twice")
    await anna.types("дважды")
    await anna.types("однажды")
    first, second, third = await bot.get_updates()
    again = await bot.get_updates(offset=third.update_id + 1)
    assert [update.update_id for update in again] == [second.update_id]
    assert second.message is not None
    assert second.message.text == "дважды"
    assert await bot.get_updates(offset=third.update_id + 1) == []
    assert await telegram.pending_updates() == 0
    assert first.update_id < second.update_id


async def test_an_unanswered_tap_is_sent_again_under_new_numbers(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await bot.send_message(anna.id, "x", reply_markup=keyboard(["а"]))
    await telegram.fault("callback_query", "resend", seconds=0.01)
    tapping = asyncio.ensure_future(anna.taps("а"))
    first = await next_update(bot, lambda update: update.callback_query)
    second = await next_update(bot)
    assert first.callback_query is not None
    assert second.callback_query is not None
    assert second.update_id > first.update_id
    assert second.callback_query.id != first.callback_query.id
    assert second.callback_query.data == first.callback_query.data
    await bot.answer_callback_query(first.callback_query.id, text="поймал")
    answer = await tapping
    assert answer is not None
    assert answer.text == "поймал"
    tap = (await telegram.ledger()).taps[0]
    assert (tap.sent, tap.text) == (2, "поймал")


async def test_an_answered_tap_is_not_sent_again(
    server: SandboxServer, bot: Bot, telegram: Sandbox, anna: Person
) -> None:
    await bot.send_message(anna.id, "x", reply_markup=keyboard(["а"]))
    await anna.taps("а", wait=False)
    query = (await next_update(bot, lambda update: update.callback_query)).callback_query
    assert query is not None
    await bot.answer_callback_query(query.id)
    assert server.world.resend_tap(query.id) is None
    assert await telegram.pending_updates() == 0


async def test_numbers_of_updates_jump_back_once_nothing_waits(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await telegram.fault("*", "jump")
    await anna.types("ещё по-старому")
    old = await bot.get_updates()
    assert [update.update_id - old[0].update_id for update in old] == [0, 1]
    await bot.get_updates(offset=old[-1].update_id + 1)
    await anna.types("по-новому")
    fresh = await bot.get_updates(offset=old[-1].update_id + 1)
    assert [update.update_id for update in fresh] == [old[0].update_id - JUMP_BACK]
    assert await bot.get_updates(offset=fresh[-1].update_id + 1) == []


def test_numbers_that_jump_are_never_given_again(timer: HandTimer) -> None:
    queue = UpdateQueue(timer)
    given: list[int] = []
    for _ in range(1_000):
        given += [id_ for _ in range(3) if (id_ := queue.add({"message": {}}, 1))]
        queue.clear()
        queue.jump()
    assert len(set(given)) == 3_000
    assert min(given) > 0


async def test_a_tap_older_than_it_can_be_answered_is_dropped(
    bot: Bot, telegram: Sandbox, anna: Person, timer: HandTimer
) -> None:
    await bot.send_message(anna.id, "x", reply_markup=keyboard(["а"]))
    await anna.taps("а", wait=False)
    assert await telegram.pending_updates() == 2
    timer.seconds += 149
    assert [update.event_type for update in await bot.get_updates()] == ["message", "callback_query"]
    timer.seconds += 1
    assert [update.event_type for update in await bot.get_updates()] == ["message"]


async def test_chance_meets_updates_too(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await telegram.chance(0, update_rate=1, update_kinds=["twice"])  # not on calls
    await anna.types("дважды")
    (offset,) = [update.update_id + 1 for update in await bot.get_updates() if update.message.text == "дважды"]  # type: ignore[union-attr]
    assert len(await bot.get_updates(offset=offset)) == 1
    assert (await telegram.faults())["applied"] == {"twice": 1}


async def test_a_person_may_send_a_waiting_tap_again(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await bot.send_message(anna.id, "x", reply_markup=keyboard(["а"]))
    with pytest.raises(SandboxError, match="no_such_tap"):
        await anna.taps_again()
    await anna.taps("а", wait=False)
    again = await anna.taps_again()
    taps = [update for update in await bot.get_updates() if update.callback_query]
    assert [tap.update_id for tap in taps] == [again - 1, again]
    first, second = (tap.callback_query for tap in taps)
    assert first is not None
    assert second is not None
    await bot.answer_callback_query(second.id)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(first.id)


async def test_chance_may_renumber_updates(bot: Bot, telegram: Sandbox, anna: Person) -> None:
    await telegram.chance(0, update_rate=1, update_kinds=["jump"])
    await anna.types("по-старому")
    old = (await bot.get_updates())[-1].update_id
    await bot.get_updates(offset=old + 1)
    await telegram.clear_faults()
    await anna.types("по-новому")
    assert [update.update_id < old for update in await bot.get_updates()] == [True]
