"""How fast a bot may write."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.client import Person, Sandbox, SandboxError
from bot.sandbox.limits import Limiter, Limits, weight
from bot.sandbox.server import SandboxServer
from tests.sandbox.conftest import Caller, HandTimer


def refusals(limiter: Limiter, timer: HandTimer, chats: list[int], step: float = 0.0) -> list[int]:
    """`retry_after` of each message to these chats, one every `step` seconds; 0: it went."""
    result = []
    for chat in chats:
        try:
            limiter.admit(chat, 1)
            result.append(0)
        except Exception as error:
            result.append(error.parameters["retry_after"])  # type: ignore[attr-defined]
        timer.seconds += step
    return result


def test_a_bot_writes_thirty_messages_in_any_second(timer: HandTimer) -> None:
    limiter = Limiter(timer, Limits())
    assert refusals(limiter, timer, list(range(1, 31))) == [0] * 30
    timer.seconds += 0.999
    assert refusals(limiter, timer, [31]) == [3]
    timer.seconds += 3
    assert refusals(limiter, timer, list(range(32, 62))) == [0] * 30


def test_no_second_has_more_than_thirty_even_across_its_border(timer: HandTimer) -> None:
    limiter = Limiter(timer, Limits())
    timer.seconds += 0.9
    assert refusals(limiter, timer, list(range(1, 31))) == [0] * 30
    timer.seconds += 0.2
    assert refusals(limiter, timer, [31])[0] > 0


def test_a_chat_takes_a_short_burst_and_then_one_a_second(timer: HandTimer) -> None:
    limiter = Limiter(timer, Limits())
    assert refusals(limiter, timer, [7, 7, 7, 7]) == [0, 0, 0, 3]
    timer.seconds += 10
    assert refusals(limiter, timer, [7] * 20, step=1.0) == [0] * 20


def test_a_refused_chat_stays_closed_until_its_time_and_others_stay_open(timer: HandTimer) -> None:
    limiter = Limiter(timer, Limits(penalty=5))
    refusals(limiter, timer, [7] * 3)
    assert refusals(limiter, timer, [7] * 5, step=1.0) == [5, 4, 3, 2, 1]
    assert refusals(limiter, timer, [7, 8]) == [0, 0]


def test_asking_while_it_is_closed_makes_it_neither_shorter_nor_longer(timer: HandTimer) -> None:
    limiter = Limiter(timer, Limits(penalty=5))
    refusals(limiter, timer, [7] * 4)
    timer.seconds += 4.5
    assert refusals(limiter, timer, [7] * 50) == [1] * 50
    timer.seconds += 0.5
    assert refusals(limiter, timer, [7]) == [0]


def test_a_bot_that_is_refused_is_refused_everywhere(timer: HandTimer) -> None:
    limiter = Limiter(timer, Limits(bot_per_second=2))
    assert refusals(limiter, timer, [1, 2, 3, 4]) == [0, 0, 3, 3]
    timer.seconds += 3
    assert refusals(limiter, timer, [4]) == [0]


def test_a_group_takes_twenty_in_any_minute(timer: HandTimer) -> None:
    limiter = Limiter(timer, Limits())
    assert refusals(limiter, timer, [-5] * 20, step=1.0) == [0] * 20
    assert refusals(limiter, timer, [-5, -6]) == [40, 0]
    timer.seconds += 40
    assert refusals(limiter, timer, [-5]) == [0]


def test_each_limit_can_be_switched_off_by_itself(timer: HandTimer) -> None:
    limiter = Limiter(timer, Limits(bot_per_second=0, chat_per_second=0, group_per_minute=0))
    assert refusals(limiter, timer, [7] * 100 + [-5] * 100) == [0] * 200


@pytest.mark.parametrize(
    ("method", "params", "messages"),
    [
        ("sendMessage", {"text": "x"}, 1),
        ("sendDocument", {}, 1),
        ("editMessageText", {}, 1),
        ("copyMessage", {}, 1),
        ("forwardMessages", {"message_ids": [1, 2, 3]}, 3),
        ("sendMediaGroup", {"media": [{}, {}]}, 2),
        ("answerCallbackQuery", {}, 0),
        ("sendChatAction", {}, 0),
        ("deleteMessage", {}, 0),
        ("getUpdates", {}, 0),
        ("setMyCommands", {}, 0),
    ],
)
def test_messages_and_edits_count_and_answers_do_not(method: str, params: dict[str, Any], messages: int) -> None:
    assert weight(method, params) == messages


async def test_the_bot_is_refused_as_telegram_does(telegram: Sandbox, anna: Person, call: Caller) -> None:
    await telegram.limit(chat_burst=1)
    await call.result("sendMessage", chat_id=anna.id, text="раз")
    status, body = await call("sendMessage", chat_id=anna.id, text="два")
    assert status == 429
    assert body == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 3",
        "parameters": {"retry_after": 3},
    }
    await telegram.catches_up()
    assert [letter.text for letter in anna.letters] == ["раз"]
    await call.result("sendChatAction", chat_id=anna.id, action="typing")
    assert (await telegram.request("GET", "/sandbox/limits"))["closed"] == {str(anna.id): 3.0}
    await telegram.lift_limits()
    await call.result("sendMessage", chat_id=anna.id, text="два")
    assert (await telegram.ledger()).refused_429 == 1


async def test_edits_and_letters_share_one_measure(
    telegram: Sandbox, anna: Person, call: Caller, timer: HandTimer
) -> None:
    await telegram.limit(chat_burst=1)
    sent = await call.result("sendMessage", chat_id=anna.id, text="раз")
    edit = {"chat_id": anna.id, "message_id": sent["message_id"], "text": "два"}
    assert (await call("editMessageText", **edit))[0] == 429
    timer.seconds += 3
    await call.result("editMessageText", **edit)


async def test_without_an_order_there_are_no_limits(telegram: Sandbox, anna: Person, call: Caller) -> None:
    for number in range(50):
        await call.result("sendMessage", chat_id=anna.id, text=str(number))
    assert (await telegram.request("GET", "/sandbox/limits")) == {"limits": None, "closed": {}}


async def test_a_host_may_set_limits_from_the_start() -> None:
    async with SandboxServer(limits=Limits(bot_per_second=5)).running() as url, Sandbox.connect(url) as telegram:
        limits = (await telegram.request("GET", "/sandbox/limits"))["limits"]
        assert (limits["bot_per_second"], limits["group_per_minute"]) == (5, 20)


@pytest.mark.parametrize(
    "wish", [{"bot_per_second": 2.5}, {"bot_per_second": -1}, {"penalty": "5"}, {"chat_burst": True}, {"moon": 1}]
)
async def test_senseless_limits_are_refused(telegram: Sandbox, wish: dict[str, Any]) -> None:
    with pytest.raises(SandboxError, match="bad_request"):
        await telegram.post("/sandbox/limits", wish)
    assert (await telegram.request("GET", "/sandbox/limits"))["limits"] is None
