"""Everybody's chats without a network: the real dispatcher and offices, a bot whose calls are answered and remembered.

`chats.press(user, button)` and `chats.types(user, text)` feed one update as Telegram would; what comes back says who
handled it, how it was refused, and everything that chats received.
"""

import itertools
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    Chat,
    Document,
    Message,
    MessageEntity,
    PhotoSize,
    TelegramObject,
    Update,
    User,
)

from bot.app import make_offices
from bot.dispatcher import make_dispatcher
from bot.settings import Settings
from services.clock import Clock
from services.errors import SchoolError
from storage.uow import Storage
from tests.school import BOT

SENT_AT = datetime(2026, 9, 8, 7, 0, tzinfo=UTC)
TOKEN = f"{BOT}:{'A' * 35}"
FALLBACK = "handlers.fallback"


class Wire(BaseSession):
    """Answers every call of the bot as Telegram would, and keeps it; `fails` may refuse one."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[TelegramMethod[Any]] = []
        self.fails: Callable[[TelegramMethod[Any]], Exception | None] = lambda method: None
        self._numbers = itertools.count(1000)

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:
        """Take the call; a message is what sending gives back."""
        self.calls.append(method)
        failure = self.fails(method)
        if failure is not None:
            raise failure
        if method.__api_method__.startswith("send"):
            chat = Chat(id=method.chat_id, type="private")  # type: ignore[attr-defined]
            if method.__api_method__ == "sendMediaGroup":
                return [Message(message_id=next(self._numbers), date=SENT_AT, chat=chat)]
            return Message(message_id=next(self._numbers), date=SENT_AT, chat=chat, text="…")
        if method.__api_method__ == "getMe":
            return User(id=BOT, is_bot=True, first_name="Звонок", username="zvonok_bot")
        return True

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(self, *args: Any, **values: Any) -> AsyncGenerator[bytes, None]:
        """The bot downloads nothing in these tests."""
        raise AssertionError("no file is downloaded here")
        yield b""


@dataclass
class Came:
    """What one update led to; `handler` is «handlers.marks.put_mark», `received` what a chat got, by chat."""

    handler: str | None = None
    refusal: SchoolError | None = None
    calls: list[TelegramMethod[Any]] = field(default_factory=list)

    @property
    def refused(self) -> str | None:
        """The refusal by its name; a button that only the fallback answered is refused too."""
        if self.refusal is not None:
            return type(self.refusal).__name__
        return "fallback" if (self.handler or FALLBACK).startswith(FALLBACK) else None


class Chats:
    """The bot of one base with everybody's chats; a chat is named like its user."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self.storage = storage
        self.clock = clock
        self.wire = Wire()
        self.bot = Bot(TOKEN, session=self.wire)
        settings = Settings(
            _env_file=None,
            secret_key="a key of everybody",
            smtp_url="smtp://127.0.0.1",
            mail_from="school@example.org",
            public_url="https://school.example.org",
        )
        self.offices = make_offices(settings, storage, clock)
        self.dispatcher = make_dispatcher(self.offices)
        self.dispatcher.update.outer_middleware(self._watch_refusals)
        for observer in (self.dispatcher.callback_query, self.dispatcher.message):
            observer.middleware(self._watch_handlers)
        self._came = Came()
        self._numbers = itertools.count(1)

    async def press(self, user: int, data: str, *, message_id: int = 5) -> Came:
        """Somebody presses a button with this data."""
        message = Message(message_id=message_id, date=SENT_AT, chat=Chat(id=user, type="private"), text="…")
        query = CallbackQuery(
            id=str(next(self._numbers)), from_user=_user(user), chat_instance="x", message=message, data=data
        )
        return await self.feed(callback_query=query)

    async def types(self, user: int, text: str) -> Came:
        """Somebody types a text, or a command."""
        commands = None
        if text.startswith("/"):
            commands = [MessageEntity(type="bot_command", offset=0, length=len(text.split()[0]))]
        return await self.feed(message=self.message(user, text=text, entities=commands))

    async def sends(self, user: int, name: str, *, photo: bool = False, caption: str | None = None) -> Came:
        """Somebody sends a document, or a photo."""
        unique = f"u{next(self._numbers)}"
        if photo:
            sizes = [PhotoSize(file_id=f"photo-{unique}", file_unique_id=unique, width=9, height=9, file_size=9)]
            return await self.feed(message=self.message(user, photo=sizes, caption=caption))
        document = Document(file_id=f"document-{unique}", file_unique_id=unique, file_name=name, file_size=9)
        return await self.feed(message=self.message(user, document=document, caption=caption))

    async def feed(self, **event: Any) -> Came:
        """Feed one update to the dispatcher; what is no refusal is raised."""
        return await self.feeds(Update(update_id=next(self._numbers), **event))

    async def feeds(self, update: Update) -> Came:
        """Feed an update made elsewhere."""
        self._came = Came()
        first = len(self.wire.calls)
        await self.dispatcher.feed_update(self.bot, update)
        self._came.calls = self.wire.calls[first:]
        return self._came

    def message(self, user: int, **content: Any) -> Message:
        """Something that somebody sends."""
        number = next(self._numbers)
        chat = Chat(id=user, type="private")
        return Message(message_id=number, date=SENT_AT, chat=chat, from_user=_user(user), **content)

    async def _watch_refusals(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        try:
            return await handler(event, data)
        except SchoolError as refusal:
            self._came.refusal = refusal
            raise

    async def _watch_handlers(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        callback = data["handler"].callback
        self._came.handler = f"{callback.__module__}.{callback.__qualname__}"
        return await handler(event, data)


def _user(user: int) -> User:
    return User(id=user, is_bot=False, first_name="…", language_code="ru")


def files_of(calls: list[TelegramMethod[Any]]) -> list[tuple[str, bytes]]:
    """The files that calls carried, by name."""
    found = []
    for call in calls:
        for value in vars(call).values():
            if isinstance(value, BufferedInputFile):
                found.append((value.filename or "", value.data))
    return found
