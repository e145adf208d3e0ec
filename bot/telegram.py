"""The wires to the Bot API: our sessions, and the transport that carries letters."""

import base64
import json
import re
from datetime import UTC, datetime
from enum import Enum
from html import unescape
from http import HTTPStatus
from typing import Any

from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteMessage, EditMessageText, SendDocument, SendMessage, SendPhoto, TelegramMethod
from aiogram.methods.base import Response, TelegramType
from aiogram.types import (
    BufferedInputFile,
    Chat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    TelegramObject,
)
from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError, FormData
from yarl import URL

from bot.settings import Settings, http_proxy
from services.i18n import N_, gettext, speaking
from services.outbox.outcomes import Answer, Outcome, Wire, judge
from services.outbox.transport import FrozenLetter
from storage.vocabulary import LetterMethod, LetterState

TIMEOUT = ClientTimeout(total=15, sock_connect=3, sock_read=10)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
SIMPLE = frozenset({str, int, float, bool, type(None)})
MESSAGE_OR_TRUE = EditMessageText.__returning__
AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
REPEATED = N_("↻ possibly a repetition")

# Which HTTP status stands behind an exception of aiogram's; the most special first.
STATUS: tuple[tuple[type[AiogramError], int], ...] = (
    (TelegramEntityTooLarge, 413),
    (TelegramBadRequest, 400),
    (TelegramUnauthorizedError, 401),
    (TelegramForbiddenError, 403),
    (TelegramNotFound, 404),
    (TelegramConflictError, 409),
    (TelegramServerError, 500),
)


class Session(AiohttpSession):
    """aiogram's session with an HTTP proxy by aiohttp's own means, a timeout by phases, and a lighter request.

    What uploads no file goes urlencoded; aiogram makes a multipart form, which costs both sides more than the request.
    A message that was sent or edited comes back with its number, date and chat alone: nothing else of it is read.
    """

    def __init__(self, api: TelegramAPIServer, http_proxy: str | None) -> None:
        super().__init__(api=api)
        self._http_proxy = http_proxy
        # pydantic forgets an answer's model that nobody holds, and making it anew costs more than the request.
        self._answers: dict[type, type] = {}
        self._blank: Message | None = None

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        """One request; network errors become TelegramNetworkError with the cause kept."""
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        body, headers = self._body(bot, method)
        limit = TIMEOUT if timeout is None else ClientTimeout(total=timeout)
        try:
            async with session.post(url, data=body, headers=headers, timeout=limit, proxy=self._http_proxy) as response:
                content = await response.read()
        except TimeoutError as error:
            raise TelegramNetworkError(method=method, message="timeout") from error
        except ClientError as error:
            raise TelegramNetworkError(method=method, message=type(error).__name__) from error
        result: Any = self._result(bot, method, response.status, content)
        return result  # type: ignore[no-any-return]

    def _body(self, bot: Bot, method: TelegramMethod[Any]) -> tuple[bytes | FormData, dict[str, str]]:
        try:
            return urlencoded(bot, method), URLENCODED
        except Uploads:
            return self.build_form_data(bot=bot, method=method), {}

    def _result(self, bot: Bot, method: TelegramMethod[Any], status: int, content: bytes) -> Any:
        returning = method.__returning__
        if status == HTTPStatus.OK and (returning is bool or returning is Message or returning == MESSAGE_OR_TRUE):
            answer = _parsed(content)
            result: Any = answer.get("result") if isinstance(answer, dict) and answer.get("ok") is True else None
            if result is True and returning is not Message:
                return True
            if returning is not bool and _is_message(result):
                return self._sent(bot, result)
        if type(method) not in self._answers:
            self._answers[type(method)] = Response[returning]  # type: ignore[valid-type]
        text = content.decode(errors="replace")
        return self.check_response(bot=bot, method=method, status_code=status, content=text).result

    def _sent(self, bot: Bot, result: dict[str, Any]) -> Message:
        """Copied from one that was made once: a message has a hundred fields, of which these are read."""
        if self._blank is None:
            at = datetime.fromtimestamp(0, UTC)
            self._blank = Message(message_id=0, date=at, chat=Chat(id=0, type="private")).as_(bot)
        chat = result["chat"]
        return self._blank.model_copy(
            update={
                "message_id": result["message_id"],
                "date": datetime.fromtimestamp(result.get("date", 0), UTC),
                "chat": self._blank.chat.model_copy(update={"id": chat["id"], "type": chat.get("type")}),
            }
        )


class Uploads(Exception):
    """A request carries a file."""


def urlencoded(bot: Bot, method: TelegramMethod[Any]) -> bytes:
    """A method's parameters as a form without files. Raises Uploads."""
    fields = _plain(bot, {**method.__dict__, **(method.__pydantic_extra__ or {})})
    query = {name: one if isinstance(one, str) else AS_JSON(one) for name, one in fields.items() if one != ""}
    return URL.build(query=query).raw_query_string.encode()


def _plain(bot: Bot, value: Any) -> Any:
    """A parameter as JSON has it, by the rules of aiogram's own `prepare_value`."""
    if type(value) in SIMPLE:
        return value
    if isinstance(value, list | tuple):
        return [_plain(bot, one) for one in value]
    if isinstance(value, TelegramObject):
        value = value.__dict__
    if isinstance(value, dict):
        plain = {}
        for name, one in value.items():
            if type(one) not in SIMPLE:
                one = _plain(bot, one)
            if one is not None:
                plain[name] = one
        return plain
    if isinstance(value, Default):
        return _plain(bot, bot.default[value.name])
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return round(value.timestamp())
    raise Uploads


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None  # aiogram's own reading says so in its way


def _is_message(result: object) -> bool:
    if not isinstance(result, dict) or not isinstance(result.get("message_id"), int):
        return False
    chat = result.get("chat")
    return isinstance(chat, dict) and isinstance(chat.get("id"), int)


def make_bot(settings: Settings) -> Bot:
    """A bot with connections of its own."""
    if settings.bot_token is None:
        raise ValueError("BOT_TOKEN is not set")
    api = TelegramAPIServer.from_base(settings.bot_api_base.rstrip("/"))
    return Bot(settings.bot_token.get_secret_value(), session=Session(api, http_proxy(settings)))


def keyboard(rows: list[list[dict[str, str]]]) -> InlineKeyboardMarkup | None:
    """A letter's rows of buttons as Telegram's keyboard."""
    if not rows:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=one["label"], callback_data=one.get("data"), url=one.get("url")) for one in row]
            for row in rows
        ]
    )


class TelegramTransport:
    """Carries letters to chats."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, letter: FrozenLetter) -> Outcome:
        """One request, and its outcome; a text whose markup Telegram doesn't take goes once more as plain text."""
        if letter.method in (LetterMethod.EDIT, LetterMethod.DELETE) and letter.target_external_id is None:
            return Outcome(LetterState.CLOSED, "no_target")
        outcome = judge(await self._ask(request(letter)), letter.method)
        if not outcome.unparsable:
            return outcome
        again = judge(await self._ask(request(letter, plain=True)), letter.method)
        refused = again.state is LetterState.RETURNED and again.slug == "http_400"
        return outcome if refused or again.unparsable else again

    async def _ask(self, method: TelegramMethod[Any]) -> Answer:
        try:
            result = await self._bot(method)
        except Exception as error:
            return answer_of(error)
        return Answer(ok=True, external_id=str(result.message_id) if isinstance(result, Message) else None)


def request(letter: FrozenLetter, *, plain: bool = False) -> TelegramMethod[Any]:
    """The Bot API's request for a letter; the copy of a new message says that it may be one."""
    chat_id, payload = int(letter.address), letter.payload
    text = payload.get("text", "")
    if letter.copy and letter.method not in (LetterMethod.EDIT, LetterMethod.DELETE):
        with speaking(payload["locale"]):
            text = f"{text}\n\n{gettext(REPEATED)}"
    if plain:
        text = unescape(re.sub(r"<[^>]*>", "", text))
    parse_mode = None if plain else "HTML"
    buttons = keyboard(payload.get("rows", []))
    target = int(letter.target_external_id or 0)
    match letter.method:
        case LetterMethod.SEND:
            return SendMessage(
                chat_id=chat_id,
                text=text,
                parse_mode=parse_mode,
                reply_markup=buttons,
                disable_notification=bool(payload.get("silent")),
                link_preview_options=NO_PREVIEW,
            )
        case LetterMethod.EDIT:
            return EditMessageText(
                chat_id=chat_id,
                message_id=target,
                text=text,
                parse_mode=parse_mode,
                reply_markup=buttons,
                link_preview_options=NO_PREVIEW,
            )
        case LetterMethod.DELETE:
            return DeleteMessage(chat_id=chat_id, message_id=target)
        case LetterMethod.DOCUMENT:
            return SendDocument(
                chat_id=chat_id,
                document=_document(payload["document"]),
                caption=text or None,
                parse_mode=parse_mode,
                reply_markup=buttons,
                disable_notification=bool(payload.get("silent")),
            )
        case LetterMethod.PHOTO:
            return SendPhoto(
                chat_id=chat_id,
                photo=payload["photo"],
                caption=text or None,
                parse_mode=parse_mode,
                reply_markup=buttons,
                disable_notification=bool(payload.get("silent")),
            )


def _document(given: dict[str, str]) -> BufferedInputFile | str:
    """A file of ours, or the messenger's own by its id."""
    if "file_id" in given:
        return given["file_id"]
    return BufferedInputFile(base64.b64decode(given["base64"]), given["name"])


def answer_of(error: Exception) -> Answer:
    """What an exception says of the request that raised it; what is unknown may have arrived."""
    match error:
        case TelegramRetryAfter():
            return Answer(status=429, text=error.message, retry_after=float(error.retry_after))
        case TelegramMigrateToChat():
            return Answer(status=400, text=error.message, migrated_to=str(error.migrate_to_chat_id))
        case ClientDecodeError():
            return Answer(wire=Wire.GARBLED_OK if says_ok(error.data) else Wire.GARBLED)
    for kind, status in STATUS:
        if isinstance(error, kind):
            return Answer(status=status, text=getattr(error, "message", "") or "")
    if isinstance(error, TelegramNetworkError):
        never_left = isinstance(error.__cause__, ClientConnectorError | ConnectionTimeoutError)
        return Answer(wire=Wire.NOT_SENT if never_left else Wire.DROPPED)
    if isinstance(error, TelegramAPIError):
        return Answer(status=400, text=error.message or "")
    return Answer(wire=Wire.DROPPED)


def says_ok(data: object) -> bool:
    """Whether an answer that doesn't parse says that the request was carried out."""
    if isinstance(data, dict):
        return data.get("ok") is True
    return isinstance(data, str) and re.match(r'\s*\{\s*"ok"\s*:\s*true\b', data) is not None
