"""Refusals of the Bot API: codes and words as Telegram's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.client import Person, Sandbox, SandboxError
from bot.sandbox.facts import METHODS
from bot.sandbox.gate import HANDLERS
from bot.sandbox.server import SandboxServer
from tests.sandbox.conftest import Caller, HandClock, HandTimer

NOT_MODIFIED = (
    "400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
QUERY_TOO_OLD = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"


def inline(*rows: Any) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def test_every_method_of_the_facts_is_served() -> None:
    assert set(HANDLERS) == set(METHODS)


@pytest.mark.parametrize(
    ("token", "refusal"),
    [
        ("1:wrong", (401, "Unauthorized")),
        ("nonsense", (404, "Not Found")),
    ],
)
async def test_a_wrong_token_is_refused(call: Caller, token: str, refusal: tuple[int, str]) -> None:
    call.token = token
    status, body = await call("getMe")
    assert (status, body["description"]) == refusal


async def test_methods_that_are_not_served_say_so(call: Caller) -> None:
    assert await call.refusal("sendDice") == "400 Bad Request: the sandbox doesn't support the method sendDice"
    assert await call.refusal("sendPigeon") == "404 Not Found: method not found"


async def test_names_of_methods_ignore_case(call: Caller) -> None:
    assert (await call.result("GETME"))["is_bot"] is True


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({}, "message text is empty"),
        ({"text": ""}, "message text is empty"),
        ({"text": "  \n "}, "text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "я" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "я" * 16385}, "text is too long"),
        ({"text": "<b>x", "parse_mode": "HTML"},
         'can\'t parse entities: Can\'t find end tag corresponding to start tag "b"'),
        ({"text": "x", "parse_mode": "bbcode"}, "unsupported parse_mode"),
        ({"text": 5}, 'parameter "text" must be of type String'),
        ({"text": "x", "disable_notification": "maybe"}, 'parameter "disable_notification" must be of type Boolean'),
        ({"text": "x", "colour": "red"}, 'sendMessage has no parameter "colour"'),
        ({"text": "x", "message_thread_id": 5},
         'the sandbox doesn\'t support the parameter "message_thread_id" of sendMessage'),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"text": "x", "reply_parameters": "["}, "can't parse reply parameters JSON object"),
        ({"text": "x", "reply_parameters": []}, "object expected as reply parameters"),
        ({"text": "x", "reply_parameters": {}}, 'can\'t find field "message_id"'),
        ({"text": "x", "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": []}, "object expected as reply markup"),
        ({"text": "x", "reply_markup": inline({"text": "a"})},
         'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'),
        ({"text": "x", "reply_markup": inline(["a"])},
         "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
        ({"text": "x", "reply_markup": inline([{"callback_data": "a"}])},
         'can\'t parse inline keyboard button: Can\'t find field "text"'),
        ({"text": "x", "reply_markup": inline([{"text": 7, "callback_data": "a"}])},
         'can\'t parse inline keyboard button: Field "text" must be of type String'),
        ({"text": "x", "reply_markup": inline([{"text": "a"}])},
         "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "reply_markup": inline([{"text": "a", "callback_data": "я" * 33}])}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": inline([{"text": "a", "url": "localhost"}])},
         "inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL"),
        ({"text": "x", "reply_markup": inline([{"text": "a", "pay": True}])},
         "can't parse inline keyboard button: The sandbox doesn't support pay buttons"),
        ({"text": "x", "reply_markup": inline([{"text": str(n), "callback_data": "a"} for n in range(9)])},
         "reply markup is too long"),
        ({"text": "x", "reply_markup": inline(*[[{"text": str(n), "callback_data": "a"}] for n in range(101)])},
         "reply markup is too long"),
        ({"text": "x", "reply_markup": {"keyboard": [[{"text": "a", "request_contact": True}]]}},
         "can't parse keyboard button: The sandbox doesn't support request_contact buttons"),
    ],
)  # fmt: skip
async def test_send_message_refuses(call: Caller, anna: Person, params: dict[str, Any], refusal: str) -> None:
    assert await call.refusal("sendMessage", chat_id=anna.id, **params) == f"400 Bad Request: {refusal}"
    assert anna.letters == []


@pytest.mark.parametrize(
    "params",
    [
        {"text": "я" * 4096},
        {"text": "😀" * 2048},
        {"text": "<b>" + "&lt;" * 4096 + "</b>", "parse_mode": "HTML"},
        {"text": "x", "reply_markup": inline([{"text": "a", "callback_data": "я" * 32}])},
        {"text": "x", "reply_markup": inline([{"text": str(n), "callback_data": "a"} for n in range(8)])},
        {"text": "x", "reply_markup": inline()},
        {"text": "x", "reply_parameters": {"message_id": 999, "allow_sending_without_reply": True}},
        {"text": "x", "parse_mode": "", "business_connection_id": ""},
    ],
)
async def test_send_message_takes_what_just_fits(call: Caller, anna: Person, params: dict[str, Any]) -> None:
    result = await call.result("sendMessage", chat_id=anna.id, **params)
    assert (await anna.sees()).id == result["message_id"]


async def test_a_person_must_have_started_the_bot(call: Caller, telegram: Sandbox) -> None:
    stranger = await telegram.person("Борис")

    async def refusal(chat_id: Any) -> str:
        return await call.refusal("sendMessage", chat_id=chat_id, text="x")

    assert await refusal(stranger.id) == "400 Bad Request: chat not found"
    assert await refusal(99) == "400 Bad Request: chat not found"
    assert await refusal("@boris") == "400 Bad Request: chat not found"
    assert await call.refusal("sendMessage", text="x") == "400 Bad Request: chat_id is empty"
    await stranger.forges("x", wait=False)
    assert await refusal(stranger.id) == "403 Forbidden: bot can't initiate conversation with a user"
    await stranger.types("привет")
    await call.result("sendMessage", chat_id=stranger.id, text="x")


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", {"text": "x"}),
        ("editMessageText", {"message_id": 2, "text": "y"}),
        ("sendChatAction", {"action": "typing"}),
        ("copyMessage", {"from_chat_id": 1, "message_id": 2}),
    ],
)
async def test_who_blocked_the_bot_gets_nothing(
    call: Caller, anna: Person, method: str, params: dict[str, Any]
) -> None:
    await call.result("sendMessage", chat_id=anna.id, text="x")
    await anna.blocks()
    assert await call.refusal(method, chat_id=anna.id, **params) == "403 Forbidden: bot was blocked by the user"
    await anna.unblocks()
    await call.result("sendMessage", chat_id=anna.id, text="снова")


async def test_a_deleted_account_gets_nothing(call: Caller, anna: Person) -> None:
    await anna.deletes_account()
    assert await call.refusal("sendMessage", chat_id=anna.id, text="x") == "403 Forbidden: user is deactivated"


async def test_a_chat_that_vanished_is_not_found(call: Caller, anna: Person) -> None:
    await anna.vanishes()
    assert await call.refusal("sendMessage", chat_id=anna.id, text="x") == "400 Bad Request: chat not found"
    with pytest.raises(SandboxError, match="deactivated"):
        await anna.types("я здесь")


async def test_edits_are_refused_as_in_telegram(call: Caller, anna: Person) -> None:
    mine = (await anna.types("моё")).id
    markup = inline([{"text": "a", "callback_data": "a"}])
    sent = await call.result("sendMessage", chat_id=anna.id, text="<b>x</b>", parse_mode="HTML", reply_markup=markup)
    shelf = await call.result("sendMessage", chat_id=anna.id, text="y", reply_markup={"keyboard": [["да"]]})

    async def edit(**params: Any) -> str:
        return await call.refusal("editMessageText", chat_id=anna.id, **params)

    same = {"text": " <b>x</b> ", "parse_mode": "HTML", "reply_markup": markup}
    assert await edit(message_id=sent["message_id"], **same) == NOT_MODIFIED
    assert await edit(message_id=999, text="x") == "400 Bad Request: message to edit not found"
    assert await edit(message_id=mine, text="x") == "400 Bad Request: message can't be edited"
    assert await edit(message_id=shelf["message_id"], text="x") == "400 Bad Request: message can't be edited"
    assert await edit(text="x") == "400 Bad Request: message identifier is not specified"
    assert await edit(message_id=sent["message_id"]) == "400 Bad Request: message text is empty"
    bad = {"keyboard": [["да"]]}
    assert await edit(message_id=sent["message_id"], text="z", reply_markup=bad) == (
        "400 Bad Request: inline keyboard expected"
    )
    where = {"chat_id": anna.id, "message_id": sent["message_id"]}
    assert await call.refusal("editMessageReplyMarkup", **where, reply_markup=markup) == NOT_MODIFIED
    await call.result("editMessageReplyMarkup", **where)
    assert await call.refusal("editMessageReplyMarkup", **where) == NOT_MODIFIED


async def test_an_edit_of_the_keyboard_alone_counts_as_a_change(call: Caller, anna: Person) -> None:
    sent = await call.result("sendMessage", chat_id=anna.id, text="x")
    markup = inline([{"text": "a", "callback_data": "a"}])
    where = {"chat_id": anna.id, "message_id": sent["message_id"]}
    await call.result("editMessageText", **where, text="x", reply_markup=markup)
    edited = await call.result("editMessageText", **where, text="x")
    assert "reply_markup" not in edited
    assert edited["edit_date"] >= edited["date"]


async def test_messages_older_than_two_days_stay(call: Caller, anna: Person, clock: HandClock) -> None:
    sent = await call.result("sendMessage", chat_id=anna.id, text="x")
    where = {"chat_id": anna.id, "message_id": sent["message_id"]}
    await clock.advance(48 * 3600 + 1)
    assert await call.refusal("deleteMessage", **where) == ("400 Bad Request: message can't be deleted for everyone")
    await clock.set(clock.moment.replace(day=9))
    assert await call.result("deleteMessage", **where) is True
    assert await call.refusal("deleteMessage", **where) == "400 Bad Request: message to delete not found"
    assert await call.refusal("deleteMessage", chat_id=anna.id) == (
        "400 Bad Request: message identifier is not specified"
    )


async def _tapped(call: Caller, anna: Person) -> str:
    markup = inline([{"text": "a", "callback_data": "a"}])
    await call.result("sendMessage", chat_id=anna.id, text="x", reply_markup=markup)
    await anna.taps("a", wait=False)
    updates = await call.result("getUpdates", offset=-1)
    return str(updates[0]["callback_query"]["id"])


async def test_a_query_is_answered_once(call: Caller, anna: Person) -> None:
    query = await _tapped(call, anna)
    assert await call.result("answerCallbackQuery", callback_query_id=query) is True
    assert await call.refusal("answerCallbackQuery", callback_query_id=query) == QUERY_TOO_OLD
    assert await call.refusal("answerCallbackQuery", callback_query_id="7") == QUERY_TOO_OLD
    assert await call.refusal("answerCallbackQuery") == QUERY_TOO_OLD


async def test_a_query_lives_150_seconds(call: Caller, anna: Person, timer: HandTimer) -> None:
    first, second = await _tapped(call, anna), await _tapped(call, anna)
    timer.seconds += 149
    await call.result("answerCallbackQuery", callback_query_id=first)
    timer.seconds += 1
    assert await call.refusal("answerCallbackQuery", callback_query_id=second) == QUERY_TOO_OLD


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"text": "я" * 201}, "400 Bad Request: MESSAGE_TOO_LONG"),
        ({"url": "https://example.org"}, "400 Bad Request: URL_INVALID"),
    ],
)
async def test_answers_have_limits(call: Caller, anna: Person, params: dict[str, Any], refusal: str) -> None:
    query = await _tapped(call, anna)
    assert await call.refusal("answerCallbackQuery", callback_query_id=query, **params) == refusal
    await call.result("answerCallbackQuery", callback_query_id=query, text="я" * 200)


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"commands": "x"}, "can't parse commands JSON object"),
        ({"commands": {}}, "expected an Array of BotCommand"),
        ({"commands": [{"command": "a"}]}, 'can\'t parse BotCommand: Can\'t find field "description"'),
        ({"commands": [{"command": "", "description": "a"}]}, "command must be non-empty"),
        ({"commands": [{"command": "Старт", "description": "a"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "a" * 33, "description": "a"}]}, "command length must not exceed 32"),
        ({"commands": [{"command": "a", "description": ""}]}, "command description must be non-empty"),
        ({"commands": [{"command": "a", "description": "a" * 257}]},
         "command description length must not exceed 256"),
        ({"commands": [{"command": "a", "description": "a"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "scope": {"type": "moon"}}, "can't parse BotCommandScope: Unsupported type specified"),
        ({"commands": [], "scope": {"type": "chat"}}, "can't parse BotCommandScope: Empty chat_id specified"),
        ({"commands": [], "scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
        ({"commands": [], "scope": {"type": "chat_member", "chat_id": -5}},
         "can't parse BotCommandScope: Empty user_id specified"),
        ({"commands": [], "language_code": "русский"}, "invalid language code specified"),
    ],
)  # fmt: skip
async def test_set_my_commands_refuses(call: Caller, params: dict[str, Any], refusal: str) -> None:
    assert await call.refusal("setMyCommands", **params) == f"400 Bad Request: {refusal}"


@pytest.mark.parametrize(
    ("method", "params", "refusal"),
    [
        ("sendChatAction", {"action": "dance"}, "wrong parameter action in request"),
        ("sendDocument", {}, "there is no document in the request"),
        ("sendDocument", {"document": "nonsense"}, "wrong file identifier/HTTP URL specified"),
        ("sendDocument", {"document": "https://example.org/a.pdf"}, "the sandbox doesn't fetch files from the network"),
        ("sendDocument", {"document": "attach://x"}, "there is no document in the request"),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("copyMessage", {"from_chat_id": 5, "message_id": 1}, "chat not found"),
        ("forwardMessage", {"message_id": 1}, "chat_id is empty"),
        ("copyMessages", {"from_chat_id": 5, "message_ids": [1]}, "chat not found"),
        ("copyMessages", {"from_chat_id": 5}, "message identifiers are not specified"),
        ("forwardMessages", {"from_chat_id": 5, "message_ids": [2, 1]},
         "message identifiers must be in a strictly increasing order"),
        ("deleteMessages", {"message_ids": []}, "message identifiers are not specified"),
        ("deleteMessages", {"message_ids": "7"}, "expected an Array of Integer"),
        ("deleteMessages", {"message_ids": ["a"]}, "expected an Array of Integer"),
        ("deleteMessages", {"message_ids": list(range(101))}, "too many message identifiers specified"),
        ("sendMediaGroup", {}, "there is no media in the request"),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "x"}]}, "media group must include 2-10 items"),
        ("sendMediaGroup", {"media": [{"type": "video", "media": "x"}] * 2},
         "the sandbox doesn't support media of type video"),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "attach://x"}] * 2},
         "there is no media in the request"),
        ("sendMediaGroup", {"media": [{"type": "photo", "media": "x", "has_spoiler": True}] * 2},
         'the sandbox doesn\'t support the field "has_spoiler" of media'),
        ("editMessageMedia", {"media": "x", "message_id": 1}, "can't parse media JSON object"),
        ("editMessageCaption", {"message_id": 99}, "message to edit not found"),
        ("setChatMenuButton", {"menu_button": {"type": "web_app"}},
         'can\'t parse menu button: Can\'t find field "text"'),
        ("setChatMenuButton", {"menu_button": {"type": "web_app", "text": "x", "web_app": {"url": "http://a.b"}}},
         "menu button Web App URL 'http://a.b' is invalid: Only HTTPS links are allowed"),
        ("setChatMenuButton", {"menu_button": {"type": "moon"}},
         "can't parse menu button: MenuButton has unsupported type"),
    ],
)  # fmt: skip
async def test_other_methods_refuse(
    call: Caller, anna: Person, method: str, params: dict[str, Any], refusal: str
) -> None:
    assert await call.refusal(method, chat_id=anna.id, **params) == f"400 Bad Request: {refusal}"


async def test_get_file_knows_only_its_files(call: Caller) -> None:
    assert await call.refusal("getFile") == "400 Bad Request: file_id not specified"
    assert await call.refusal("getFile", file_id="x") == (
        "400 Bad Request: wrong file_id or the file is temporarily unavailable"
    )


async def test_a_body_that_is_no_json_is_refused(call: Caller) -> None:
    headers = {"Content-Type": "application/json"}
    async with call.session.post(f"{call.url}/bot{call.token}/getMe", data=b"{", headers=headers) as response:
        assert response.status == 400
        assert "can't parse JSON" in (await response.json())["description"]


async def test_parameters_may_come_in_the_query(call: Caller, anna: Person) -> None:
    query = {"chat_id": str(anna.id), "text": "из адреса", "disable_notification": "true"}
    async with call.session.get(f"{call.url}/bot{call.token}/sendMessage", params=query) as response:
        assert response.status == 200
    assert (await anna.sees("из адреса")).silent


async def test_a_bug_of_the_sandbox_is_a_500(
    call: Caller, server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(world: Any, params: Any) -> None:
        raise RuntimeError

    monkeypatch.setitem(HANDLERS, "getMe", broken)
    assert await call.refusal("getMe") == "500 Internal Server Error"
