"""What goes over the wire to the Bot API, and what every end of it means."""

import asyncio
import base64
import json
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.methods import (
    AnswerCallbackQuery,
    BanChatMember,
    EditMessageText,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    SetChatMenuButton,
    SetMyCommands,
    SetWebhook,
    TelegramMethod,
)
from aiogram.types import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    MenuButtonCommands,
    MessageEntity,
)
from aiohttp import ClientTimeout, web

from bot import telegram
from bot.observability import DiscreetFormatter, secrets_of
from bot.settings import Settings, http_proxy
from bot.telegram import TelegramTransport, make_bot, urlencoded
from services.outbox.outcomes import Outcome
from services.outbox.transport import FrozenLetter
from storage.vocabulary import LetterId, LetterMethod, LetterState

TOKEN = "42:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
ANSWER = {"ok": True, "result": {"message_id": 77, "date": 1, "chat": {"id": 1001, "type": "private"}, "text": "x"}}

Respond = Callable[[web.Request, dict[str, str]], Awaitable[web.StreamResponse]]


def settings(base: str, **more: Any) -> Settings:
    return Settings(_env_file=None, bot_token=TOKEN, bot_api_base=base, **more)


@asynccontextmanager
async def api(respond: Respond) -> AsyncIterator[tuple[TelegramTransport, list[tuple[str, dict[str, str]]]]]:
    """A Bot API server that answers as told, a transport to it, and what it was asked."""
    asked: list[tuple[str, dict[str, str]]] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        form = {key: value if isinstance(value, str) else "file" for key, value in (await request.post()).items()}
        asked.append((request.path.rpartition("/")[2], form))
        return await respond(request, form)

    app = web.Application()
    app.router.add_post("/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot = make_bot(settings(f"http://127.0.0.1:{runner.addresses[0][1]}"))
    try:
        yield TelegramTransport(bot), asked
    finally:
        await bot.session.close()
        await runner.cleanup()


def answers(body: Any, status: int = 200) -> Respond:
    async def respond(request: web.Request, form: dict[str, str]) -> web.StreamResponse:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, content_type="application/json")

    return respond


def refuses(status: int, description: str, **parameters: Any) -> Respond:
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return answers(body, status)


def letter(**changes: Any) -> FrozenLetter:
    given: dict[str, Any] = {
        "id": LetterId(1),
        "address": "1001",
        "method": LetterMethod.SEND,
        "payload": {"text": "<b>5</b> &amp; 4", "rows": [[{"label": "Дневник", "data": "dd1:1"}]], "locale": "ru"},
        "target_external_id": None,
    }
    return FrozenLetter(**{**given, **changes})


async def outcome_of(respond: Respond, one: FrozenLetter | None = None) -> Outcome:
    async with api(respond) as (transport, _):
        return await transport.send(one or letter())


async def test_a_letter_goes_with_its_keyboard_and_comes_back_with_its_number() -> None:
    async with api(answers(ANSWER)) as (transport, asked):
        outcome = await transport.send(letter())
    assert (outcome.state, outcome.external_id) == (LetterState.SENT, "77")
    [(method, form)] = asked
    assert (method, form["chat_id"], form["text"], form["parse_mode"]) == (
        "sendMessage",
        "1001",
        "<b>5</b> &amp; 4",
        "HTML",
    )
    keyboard = json.loads(form["reply_markup"])["inline_keyboard"]
    assert [(one["text"], one["callback_data"]) for one in keyboard[0]] == [("Дневник", "dd1:1")]


async def test_a_silent_letter_is_silent() -> None:
    async with api(answers(ANSWER)) as (transport, asked):
        await transport.send(letter(payload={"text": "x", "silent": True, "locale": "ru"}))
    assert asked[0][1]["disable_notification"] == "true"


async def test_a_copy_says_that_it_may_be_one_and_an_edit_does_not() -> None:
    async with api(answers(ANSWER)) as (transport, asked):
        await transport.send(letter(copy=1))
        await transport.send(letter(copy=1, method=LetterMethod.EDIT, target_external_id="7"))
    assert "↻" in asked[0][1]["text"]
    assert asked[0][1]["text"].startswith("<b>5</b> &amp; 4\n\n")
    assert (asked[1][0], asked[1][1]["message_id"]) == ("editMessageText", "7")
    assert "↻" not in asked[1][1]["text"]


async def test_a_document_goes_with_its_caption() -> None:
    payload = {
        "text": "Слипы",
        "locale": "ru",
        "document": {"name": "slips.pdf", "base64": base64.b64encode(b"%PDF").decode()},
    }
    async with api(answers(ANSWER)) as (transport, asked):
        outcome = await transport.send(letter(payload=payload, method=LetterMethod.DOCUMENT))
    assert outcome.state is LetterState.SENT
    assert (asked[0][0], asked[0][1]["caption"]) == ("sendDocument", "Слипы")


NASTY = "<b>Ёж & Co</b> 100% + a=b;c\n'«»'\"\\ 🎉 #?/"
BUTTONS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text=NASTY, callback_data="dd1:1"), InlineKeyboardButton(text="x", url="u")]]
)


@pytest.mark.parametrize(
    "method",
    [
        SendMessage(chat_id=-1001, text=NASTY, parse_mode="HTML", reply_markup=BUTTONS, disable_notification=False),
        EditMessageText(text=NASTY, chat_id=1, message_id=7, link_preview_options=LinkPreviewOptions(is_disabled=True)),
        SendMessage(chat_id=1, text="x", entities=[MessageEntity(type="bold", offset=0, length=1)], parse_mode=None),
        AnswerCallbackQuery(callback_query_id="5", text=None, show_alert=False),
        SetMyCommands(commands=[BotCommand(command="start", description="Меню")], language_code=None),
        SetWebhook(url="https://x", allowed_updates=["message"], secret_token="s", max_connections=5),
        SendPhoto(chat_id=1, photo="file-id", caption="", has_spoiler=True),
        BanChatMember(chat_id=1, user_id=2, until_date=datetime(2026, 9, 8, tzinfo=UTC)),
        SetChatMenuButton(menu_button=MenuButtonCommands()),
        SendMediaGroup(chat_id=1, media=[InputMediaPhoto(media="one", caption=NASTY), InputMediaPhoto(media="two")]),
    ],
    ids=lambda method: type(method).__name__,
)
async def test_a_request_without_files_says_what_aiograms_own_form_says(method: TelegramMethod[Any]) -> None:
    bot = make_bot(settings("http://bot.example"))
    theirs = AiohttpSession().build_form_data(bot=bot, method=method)
    fields = {options["name"]: value for options, _, value in theirs._fields}
    ours = dict(parse_qsl(urlencoded(bot, method).decode(), keep_blank_values=True, strict_parsing=True))
    assert {name: as_read(value) for name, value in ours.items()} == {
        name: as_read(value) for name, value in fields.items()
    }


def as_read(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


async def test_only_a_request_with_a_file_is_a_multipart_form() -> None:
    kinds: list[str] = []

    async def respond(request: web.Request, form: dict[str, str]) -> web.StreamResponse:
        kinds.append(f"{request.content_type} {form.get('document', '').partition(':')[0]}".strip())
        return await answers(ANSWER)(request, form)

    file = {"name": "slips.pdf", "base64": base64.b64encode(b"%PDF").decode()}
    async with api(respond) as (transport, _):
        await transport.send(letter())
        await transport.send(
            letter(payload={"text": "", "locale": "ru", "document": file}, method=LetterMethod.DOCUMENT)
        )
        known = {"text": "", "locale": "ru", "document": {"file_id": "known"}}
        await transport.send(letter(payload=known, method=LetterMethod.DOCUMENT))
    urlencoded_form = "application/x-www-form-urlencoded"
    assert kinds == [urlencoded_form, "multipart/form-data attach", f"{urlencoded_form} known"]


async def test_of_a_message_that_was_sent_its_number_date_and_chat_come_back() -> None:
    async with api(answers(ANSWER)) as (transport, _):
        sent = await transport._bot.send_message(1001, "x")
        again = await transport._bot.send_message(1001, "x")
    assert (sent.message_id, sent.chat.id, sent.chat.type, sent.date) == (
        77,
        1001,
        "private",
        datetime.fromtimestamp(1, UTC),
    )
    assert sent.bot is transport._bot
    assert (again.message_id, sent is again) == (77, False)


async def test_an_edit_without_a_message_to_aim_at_is_closed() -> None:
    async with api(answers(ANSWER)) as (transport, asked):
        outcome = await transport.send(letter(method=LetterMethod.EDIT))
    assert (outcome.state, asked) == (LetterState.CLOSED, [])


async def test_markup_that_does_not_parse_goes_once_as_plain_text() -> None:
    async def respond(request: web.Request, form: dict[str, str]) -> web.StreamResponse:
        if "parse_mode" in form:
            return await refuses(400, "Bad Request: can't parse entities: unexpected end tag")(request, form)
        return await answers(ANSWER)(request, form)

    async with api(respond) as (transport, asked):
        outcome = await transport.send(letter())
    assert outcome.state is LetterState.SENT
    assert [form["text"] for _, form in asked] == ["<b>5</b> &amp; 4", "5 & 4"]


async def test_what_is_refused_as_plain_text_too_is_dead() -> None:
    async def respond(request: web.Request, form: dict[str, str]) -> web.StreamResponse:
        words = "can't parse entities" if "parse_mode" in form else "something else"
        return await refuses(400, f"Bad Request: {words}")(request, form)

    async with api(respond) as (transport, asked):
        outcome = await transport.send(letter())
    assert (outcome.state, len(asked)) == (LetterState.DEAD, 2)


@pytest.mark.parametrize(
    ("respond", "state", "slug"),
    [
        (refuses(403, "Forbidden: bot was blocked by the user"), LetterState.RETURNED, "blocked"),
        (refuses(400, "Bad Request: chat not found"), LetterState.RETURNED, "chat_not_found"),
        (refuses(429, "Too Many Requests: retry after 7", retry_after=7), LetterState.RETURNED, "http_429"),
        (refuses(400, "Bad Request: …", migrate_to_chat_id=-1001), LetterState.RETURNED, "migrated"),
        (refuses(401, "Unauthorized"), LetterState.RETURNED, "http_401"),
        (refuses(413, "Request Entity Too Large"), LetterState.DEAD, "http_413"),
        (refuses(500, "Internal Server Error"), LetterState.UNKNOWN, "http_500"),
        (answers("<html>502 Bad Gateway</html>", 502), LetterState.UNKNOWN, "garbled"),
        (answers("<html>hello</html>"), LetterState.UNKNOWN, "garbled"),
        (answers('{"ok":true,"result":{"message_id":7'), LetterState.SENT, "garbled_ok"),
        (answers({"ok": True, "result": {"new": "shape"}}), LetterState.SENT, "garbled_ok"),
    ],
)
async def test_every_answer_is_classified(respond: Respond, state: LetterState, slug: str) -> None:
    outcome = await outcome_of(respond)
    assert (outcome.state, outcome.slug) == (state, slug)


async def test_a_connection_cut_after_the_request_is_of_unknown_fate() -> None:
    async def cut(request: web.Request, form: dict[str, str]) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.close()
        await asyncio.sleep(1)
        return web.Response()

    outcome = await outcome_of(cut)
    assert (outcome.state, outcome.slug, outcome.network) == (LetterState.UNKNOWN, "dropped", False)


async def test_an_answer_that_does_not_come_is_of_unknown_fate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram, "TIMEOUT", ClientTimeout(total=15, sock_connect=3, sock_read=0.2))

    async def hang(request: web.Request, form: dict[str, str]) -> web.StreamResponse:
        await asyncio.sleep(2)
        return web.Response()

    assert (await outcome_of(hang)).state is LetterState.UNKNOWN


@pytest.mark.parametrize("address", ["http://127.0.0.1:{closed}", "http://no-such-host.invalid"])
async def test_a_request_that_never_left_is_returned_and_counts_for_the_breaker(address: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        bot = make_bot(settings(address.format(closed=taken.getsockname()[1])))
        outcome = await TelegramTransport(bot).send(letter())
        await bot.session.close()
    assert (outcome.state, outcome.slug, outcome.network) == (LetterState.RETURNED, "not_sent", True)


async def test_a_proxy_carries_the_requests() -> None:
    lines: list[str] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append((await reader.readline()).decode())
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    bot = make_bot(settings("http://bot.example", telegram_proxy=f"http://user:word@127.0.0.1:{port}"))
    await TelegramTransport(bot).send(letter())
    await bot.session.close()
    server.close()
    await server.wait_closed()
    assert lines[0].startswith("POST http://bot.example/bot")


def test_a_proxy_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="TELEGRAM_PROXY"):
        http_proxy(settings("http://bot.example", telegram_proxy="socks5://127.0.0.1:1"))


def formatted(caught: BaseException, message: str = "failed", **more: Any) -> str:
    record = logging.LogRecord("x", logging.ERROR, "x", 1, message, (), (type(caught), caught, caught.__traceback__))
    return DiscreetFormatter(secrets_of(settings("http://bot.example", **more))).format(record)


async def test_neither_token_nor_names_get_into_a_log_with_a_traceback() -> None:
    bot = make_bot(settings("http://no-such-host.invalid"))
    with pytest.raises(Exception) as caught:
        await bot.send_message(1, "Иванов")
    await bot.session.close()
    text = formatted(caught.value, f"url http://x/bot{TOKEN}/sendMessage and 123456:{'A' * 35}")
    assert TOKEN not in text
    assert "A" * 30 not in text
    assert "Иванов" not in text
    assert "TelegramNetworkError" in text
    assert "ClientConnectorDNSError" in text


def test_messages_of_exceptions_stay_out_of_the_log() -> None:
    try:
        try:
            raise KeyError("Иванов")
        except KeyError as first:
            raise ValueError("Петров") from first
    except ValueError as error:
        text = formatted(error)
    assert "Иванов" not in text
    assert "Петров" not in text
    assert text.index("ValueError") < text.index("KeyError")


def test_a_password_in_an_address_is_a_secret() -> None:
    more = {"database_url": "postgresql://bell:kuku-ruku@db/school"}
    assert "kuku-ruku" in secrets_of(settings("http://bot.example", **more))
