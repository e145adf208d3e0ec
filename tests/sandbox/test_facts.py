"""The sandbox is held to the facts of the Bot API: names, parameters, limits, results (botapi/facts.json)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.facts import METHODS, OTHER_METHODS
from bot.sandbox.params import _UNSUPPORTED, QUERY_TOO_OLD
from tests.sandbox.botapi.kinds import FACTS, TYPES, wrong
from tests.sandbox.conftest import Caller, png

SERVED: dict[str, Any] = FACTS["methods"]


def parameters() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for method, facts in SERVED.items():
        for name, parameter in facts["params"].items():
            yield method, name, parameter


def test_the_facts_of_the_sandbox_are_those_of_the_bot_api() -> None:
    ours = {
        method: {name: (list(p.types), p.required) for name, p in params.items()} for method, params in METHODS.items()
    }
    theirs = {
        method: {
            name: ([type_.replace(" ", "_") for type_ in p["types"]], p["required"])
            for name, p in facts["params"].items()
        }
        for method, facts in SERVED.items()
    }
    assert ours == theirs
    assert sorted(OTHER_METHODS) == FACTS["other_methods"]


async def test_every_other_method_says_that_it_is_not_served(call: Caller) -> None:
    for method in FACTS["other_methods"]:
        expected = f"400 Bad Request: the sandbox doesn't support the method {method}"
        assert await call.refusal(method) == expected


# Parameters

# A value of the right type for every parameter that a method needs.
FITTING: dict[str, Any] = {
    "chat_id": 700_001,
    "from_chat_id": 700_001,
    "message_id": 1,
    "message_ids": [1],
    "text": "x",
    "action": "typing",
    "callback_query_id": "7",
    "file_id": "x",
    "document": "x",
    "photo": "x",
    "media": [{"type": "photo", "media": "x"}, {"type": "photo", "media": "x"}],
    "commands": [],
    "url": "https://example.org",
}


def needed(method: str) -> dict[str, Any]:
    return {name: FITTING[name] for name, p in SERVED[method]["params"].items() if p["required"]}


@pytest.mark.parametrize("method", SERVED)
async def test_a_method_without_what_it_needs_is_refused(call: Caller, anna: Person, method: str) -> None:
    for name in needed(method):
        if (method, name) == ("setWebhook", "url"):
            continue  # without an address it removes the webhook, as Telegram does
        left = {key: value for key, value in needed(method).items() if key != name}
        refusal = await call.refusal(method, **left)
        assert refusal.startswith("400 Bad Request: ")
        assert any(word in refusal for word in ("empty", "not specified", "there is no", "wrong parameter", "required",
                                                QUERY_TOO_OLD))  # fmt: skip


@pytest.mark.parametrize("method", SERVED)
async def test_a_parameter_that_the_method_does_not_have_is_refused(call: Caller, anna: Person, method: str) -> None:
    assert await call.refusal(method, **needed(method), moon="full") == (
        f'400 Bad Request: {method} has no parameter "moon"'
    )


WRONG = {"Integer": "семь", "Boolean": "может быть", "String": 7}


@pytest.mark.parametrize("method", SERVED)
async def test_a_parameter_of_another_type_is_refused(call: Caller, anna: Person, method: str) -> None:
    for name, parameter in SERVED[method]["params"].items():
        if parameter["types"] == ["Integer", "String"]:
            continue  # any text may be a channel's name
        value = WRONG.get(parameter["types"][0], "{" if "InputFile" not in parameter["types"] else 7)
        refusal = await call.refusal(method, **{**needed(method), name: value})
        told = [f'parameter "{name}" must be', "can't parse", f'doesn\'t support the parameter "{name}"']
        assert any(words in refusal for words in told), (name, refusal)


@pytest.mark.parametrize("method", SERVED)
async def test_what_is_not_served_is_refused_aloud(call: Caller, anna: Person, method: str) -> None:
    for name in SERVED[method]["params"].keys() & _UNSUPPORTED:
        refusal = await call.refusal(method, **{**needed(method), name: "x"})
        assert refusal == f'400 Bad Request: the sandbox doesn\'t support the parameter "{name}" of {method}'


def long_texts() -> Iterator[tuple[str, str, int]]:
    for method, name, parameter in parameters():
        if "max_len" in parameter and name not in _UNSUPPORTED and name != "secret_token":
            yield method, name, parameter["max_len"]


async def _ready(call: Caller, anna: Person, method: str) -> dict[str, Any]:
    """Parameters with which this method succeeds."""
    if method == "answerCallbackQuery":
        markup = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]}
        await call.result("sendMessage", chat_id=anna.id, text="x", reply_markup=markup)
        await anna.taps("a", wait=False)
        updates = await call.result("getUpdates", offset=-1)
        return {"callback_query_id": updates[0]["callback_query"]["id"]}
    where: dict[str, Any] = {"chat_id": anna.id}
    if method in ("sendMessage", "editMessageText"):
        if method == "editMessageText":
            where["message_id"] = (await call.result("sendMessage", chat_id=anna.id, text="было"))["message_id"]
        return where
    form = aiohttp.FormData()
    form.add_field("chat_id", str(anna.id))
    form.add_field("photo", png(5, 5), filename="x.png")
    async with call.session.post(f"{call.url}/bot{call.token}/sendPhoto", data=form) as response:
        sent = (await response.json())["result"]
    if method == "sendPhoto":
        return where | {"photo": sent["photo"][0]["file_id"]}
    if method == "sendDocument":
        return where | {"document": sent["photo"][0]["file_id"]}
    if method == "copyMessage":
        return where | {"from_chat_id": anna.id, "message_id": sent["message_id"]}
    return where | {"message_id": sent["message_id"]}


@pytest.mark.parametrize(("method", "name", "most"), list(long_texts()))
async def test_a_text_may_be_as_long_as_it_may(call: Caller, anna: Person, method: str, name: str, most: int) -> None:
    ready = await _ready(call, anna, method)
    refusal = await call.refusal(method, **ready, **{name: "я" * (most + 1)})
    assert refusal.lower().replace("_", " ").endswith("too long")
    await call.result(method, **ready, **{name: "я" * most})


def test_the_lengths_are_those_everybody_knows() -> None:
    assert set(long_texts()) == {
        ("sendMessage", "text", 4096),
        ("editMessageText", "text", 4096),
        ("sendPhoto", "caption", 1024),
        ("sendDocument", "caption", 1024),
        ("copyMessage", "caption", 1024),
        ("editMessageCaption", "caption", 1024),
        ("answerCallbackQuery", "text", 200),
    }
    assert TYPES["InlineKeyboardButton"]["fields"]["callback_data"]["max_bytes"] == 64


async def test_a_list_may_have_as_many_items_as_it_may(call: Caller, anna: Person) -> None:
    known = [(method, name, p) for method, name, p in parameters() if "max_items" in p and name != "allowed_updates"]
    assert {method for method, _, _ in known} >= {"setMyCommands", "deleteMessages", "sendMediaGroup"}
    for method, name, parameter in known:
        one = {"commands": {"command": "a", "description": "a"}, "message_ids": 1}.get(name, FITTING["media"][0])
        for size in (parameter["max_items"] + 1, parameter.get("min_items", 1) - 1):
            if size == 0 and name == "commands":
                continue  # an empty list takes the commands away
            assert (await call.refusal(method, **{**needed(method), name: [one] * size})).startswith("400")


async def test_the_data_of_a_button_has_up_to_64_bytes(call: Caller, anna: Person) -> None:
    facts = TYPES["InlineKeyboardButton"]["fields"]["callback_data"]

    def markup(data: str) -> dict[str, Any]:
        return {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}

    for data, fits in (("я" * (facts["max_bytes"] // 2), True), ("я" * (facts["max_bytes"] // 2) + "x", False)):
        status, _ = await call("sendMessage", chat_id=anna.id, text="x", reply_markup=markup(data))
        assert (status == 200) is fits


async def test_every_kind_of_inline_button_is_served_or_refused_aloud(call: Caller, anna: Person) -> None:
    served = {"url": "https://example.org", "callback_data": "x", "copy_text": {"text": "x"}}
    looks = {"text", "style", "icon_custom_emoji_id"}
    for name in TYPES["InlineKeyboardButton"]["fields"].keys() - looks:
        markup = {"inline_keyboard": [[{"text": "x", name: served.get(name, {"url": "https://example.org"})}]]}
        status, body = await call("sendMessage", chat_id=anna.id, text="x", reply_markup=markup)
        assert status == (200 if name in served else 400)
        assert status == 200 or f"sandbox doesn't support {name} buttons" in body["description"]


async def test_every_scope_of_commands_is_understood(call: Caller, telegram: Sandbox, anna: Person) -> None:
    group = await telegram.group("7Б", anna)
    ids = {"chat_id": group.id, "user_id": anna.id}
    for name in TYPES["BotCommandScope"]["one_of"]:
        fields = TYPES[name]["fields"]
        scope = {key: field["enum"][0] if "enum" in field else ids[key] for key, field in fields.items()}
        commands = [{"command": "day", "description": name}]
        assert await call.result("setMyCommands", commands=commands, scope=scope) is True
        assert await call.result("getMyCommands", scope=scope) == commands


# Results


async def test_every_result_and_update_is_of_its_type(call: Caller, telegram: Sandbox, anna: Person) -> None:
    called: set[str] = set()

    async def ask(method: str, **params: Any) -> Any:
        called.add(method)
        result = await call.result(method, **params)
        assert list(wrong(result, SERVED[method]["returns"], method)) == []
        return result

    async def upload(method: str, name: str, data: bytes, **params: Any) -> Any:
        called.add(method)
        form = aiohttp.FormData()
        for key, value in {"chat_id": anna.id, **params}.items():
            form.add_field(key, value if isinstance(value, str) else json.dumps(value))
        form.add_field(name, data, filename="x.png")
        async with call.session.post(f"{call.url}/bot{call.token}/{method}", data=form) as response:
            result = (await response.json())["result"]
        assert list(wrong(result, SERVED[method]["returns"], method)) == []
        return result

    chat = {"chat_id": anna.id}
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "a"}, {"text": "b", "url": "https://example.org"}]]}
    await ask("getMe")
    said = await anna.types("вопрос https://example.org")
    html = {"text": '<b>ответ</b> <a href="https://example.org">x</a>', "parse_mode": "HTML"}
    sent = await ask("sendMessage", **chat, **html, reply_markup=markup, reply_parameters={"message_id": said.id})
    here = {**chat, "message_id": sent["message_id"]}
    await ask("editMessageText", **here, text="правка", reply_markup=markup)
    await ask("sendChatAction", **chat, action="typing")
    photo = await upload("sendPhoto", "photo", png(9, 9), caption="снимок")
    paper = await upload("sendDocument", "document", b"x", protect_content=True)
    file_id = photo["photo"][0]["file_id"]
    await ask("getFile", file_id=file_id)
    await ask("sendMediaGroup", **chat, media=[{"type": "photo", "media": file_id}] * 2)
    await upload("sendMediaGroup", "a", png(9, 9), media=[{"type": "photo", "media": "attach://a"}] * 2)
    await ask("editMessageCaption", **chat, message_id=photo["message_id"], caption="другой", reply_markup=markup)
    swap = {"type": "document", "media": paper["document"]["file_id"]}
    await ask("editMessageMedia", **chat, message_id=photo["message_id"], media=swap)
    source = {**chat, "from_chat_id": anna.id}
    await ask("copyMessage", **source, message_id=said.id)
    await ask("copyMessages", **source, message_ids=[said.id, sent["message_id"]])
    forwarded = await ask("forwardMessage", **source, message_id=said.id)
    await ask("forwardMessages", **source, message_ids=[said.id, sent["message_id"]])
    await ask("deleteMessage", **chat, message_id=forwarded["message_id"])
    await ask("deleteMessages", **chat, message_ids=[forwarded["message_id"]])
    await ask("setMyCommands", commands=[{"command": "day", "description": "День"}])
    await ask("getMyCommands")
    await ask("deleteMyCommands")
    await ask(
        "setChatMenuButton", **chat, menu_button={"type": "web_app", "text": "x", "web_app": {"url": "https://a.b"}}
    )
    await ask("getChatMenuButton", **chat)
    await ask("getChatMenuButton")
    await anna.taps("a", wait=False)
    await anna.forges("x", 999, wait=False)
    await anna.forges("x", wait=False)
    await ask("editMessageReplyMarkup", **here)
    await anna.sends_album(png(5, 5), png(6, 6), caption="страницы")
    await anna.sends_file(b"x", "x.txt", caption="вот")
    await anna.forwards(anna.messages[1])
    group = await telegram.group("7Б", anna)
    await telegram.in_group(group, "send", anna, "/help")
    await ask("sendMessage", chat_id=group.id, text="x")
    await telegram.in_group(group, "migrate")
    await anna.blocks()
    await anna.unblocks()
    updates = await ask("getUpdates")
    assert len(updates) == 15
    queries = [update["callback_query"]["id"] for update in updates if "callback_query" in update]
    await ask("answerCallbackQuery", callback_query_id=queries[0], text="да")
    await ask("setWebhook", url="http://127.0.0.1:9/nobody", allowed_updates=["message"])
    await ask("getWebhookInfo")
    await ask("deleteWebhook", drop_pending_updates=True)
    await ask("getWebhookInfo")
    assert called == METHODS.keys()


async def test_the_parameters_of_a_refusal_are_of_their_type(call: Caller, telegram: Sandbox, anna: Person) -> None:
    group = await telegram.group("7Б", anna)
    await telegram.in_group(group, "migrate")
    _, moved = await call("sendMessage", chat_id=group.id, text="x")
    await telegram.fault("sendMessage", "flood")
    _, flooded = await call("sendMessage", chat_id=anna.id, text="x")
    for body in (moved, flooded):
        assert body["parameters"]
        assert list(wrong(body["parameters"], ["ResponseParameters"])) == []


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ({"message_id": "7"}, "MessageId.message_id is no Integer: '7'"),
        ({"message_id": True}, "MessageId.message_id is no Integer: True"),
        ({}, "MessageId lacks message_id"),
        ({"message_id": 7, "moon": 1}, "MessageId has no field of MessageId called moon"),
        ([], "MessageId is no MessageId: []"),
    ],
)
def test_the_check_of_types_sees_what_is_wrong(value: Any, complaint: str) -> None:
    assert list(wrong(value, ["MessageId"], "MessageId")) == [complaint]
