"""The wires to the Bot API: our sessions, and the transport that carries letters."""

import base64
import re
from html import unescape
from typing import Any

from aiogram import Bot
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
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
)
from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError

from bot.settings import Settings
from services.i18n import N_, gettext, speaking
from services.outbox.outcomes import Answer, Outcome, Wire, judge
from services.outbox.transport import FrozenLetter
from storage.vocabulary import BotId, LetterMethod, LetterState

TIMEOUT = ClientTimeout(total=15, sock_connect=3, sock_read=10)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
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
    """aiogram's session with an HTTP proxy by aiohttp's own means and a timeout by phases."""

    def __init__(self, api: TelegramAPIServer, http_proxy: str | None) -> None:
        super().__init__(api=api)
        self._http_proxy = http_proxy
        # pydantic forgets an answer's model that nobody holds, and making it anew costs more than the request.
        self._answers: dict[type, type] = {}

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        """One request; network errors become TelegramNetworkError with the cause kept."""
        session = await self.create_session()
        url = self.api.api_url(token=bot.token, method=method.__api_method__)
        form = self.build_form_data(bot=bot, method=method)
        limit = TIMEOUT if timeout is None else ClientTimeout(total=timeout)
        try:
            async with session.post(url, data=form, timeout=limit, proxy=self._http_proxy) as response:
                content = await response.text()
        except TimeoutError as error:
            raise TelegramNetworkError(method=method, message="timeout") from error
        except ClientError as error:
            raise TelegramNetworkError(method=method, message=type(error).__name__) from error
        if type(method) not in self._answers:
            self._answers[type(method)] = Response[method.__returning__]  # type: ignore[name-defined]
        answer = self.check_response(bot=bot, method=method, status_code=response.status, content=content)
        result: Any = answer.result
        return result  # type: ignore[no-any-return]


def http_proxy(settings: Settings) -> str | None:
    """The proxy's address. Raises ValueError for a kind that we don't speak."""
    if settings.telegram_proxy is None:
        return None
    address = settings.telegram_proxy.get_secret_value()
    if not address.startswith(("http://", "https://")):
        raise ValueError("TELEGRAM_PROXY must begin with http:// or https://")
    return address


def make_bot(settings: Settings) -> Bot:
    """A bot with connections of its own."""
    if settings.bot_token is None:
        raise ValueError("BOT_TOKEN is not set")
    api = TelegramAPIServer.from_base(settings.bot_api_base.rstrip("/"))
    return Bot(settings.bot_token.get_secret_value(), session=Session(api, http_proxy(settings)))


def bot_id_of(settings: Settings) -> BotId:
    """The bot's id, which its token begins with."""
    if settings.bot_token is None:
        raise ValueError("BOT_TOKEN is not set")
    number = settings.bot_token.get_secret_value().partition(":")[0]
    if not number.isdigit():
        raise ValueError("BOT_TOKEN must look like 123456:ABC")
    return BotId(int(number))


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
