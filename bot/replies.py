"""How replies leave: in the pace the messenger allows, one edit of a message at a time and only the newest waiting."""

import logging
from dataclasses import dataclass, field
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import AiogramError, TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.methods import EditMessageText, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType

from bot.handling import Handling, give_place, in_hand
from bot.tasks import Tasks
from services.outbox.limits import REPLY
from services.outbox.pace import Pace

log = logging.getLogger("zvonok.replies")

PATIENCE = 3  # times that a reply is tried when the messenger says «later»
LONGEST_WAIT = 30.0  # seconds; a longer ban is not waited for
GONE = ("to edit", "be edited", "MESSAGE_ID_INVALID")


@dataclass(slots=True)
class Slot:
    """One message's edits: the one on its way, and the newest that waits behind it."""

    waiting: EditMessageText | None = None
    owed_by: list[Handling] = field(default_factory=list)  # whose screens it shows

    def take_over(self, method: EditMessageText) -> None:
        """From now on this one waits, in place of what waited before."""
        self.waiting = method
        handling = in_hand.get()
        if handling is not None:
            handling.owe()
            self.owed_by.append(handling)


class PacedReplies(BaseRequestMiddleware):
    """Takes tokens for whatever appears in a chat; answers to taps, actions and questions pass freely.

    An edit that can't go at once is taken over: the caller gets True, and if a newer one comes before its turn only
    the newer is sent; its updates are answered when it went. A message that can't be edited any more is then sent anew.
    Who waits with anything else gives its place to another update.
    """

    def __init__(self, pace: Pace, tasks: Tasks) -> None:
        self._pace = pace
        self._tasks = tasks
        self._slots: dict[tuple[str, int], Slot] = {}

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Any:
        """Pass a request on in its turn."""
        chat_id = getattr(method, "chat_id", None)
        if chat_id is None or not appears(method):
            return await make_request(bot, method)
        if isinstance(method, EditMessageText) and method.message_id is not None:
            return await self._edit(make_request, bot, method, (str(chat_id), method.message_id))
        return await self._patiently(make_request, bot, method, str(chat_id))

    async def _patiently(self, make_request: Any, bot: Bot, method: TelegramMethod[Any], address: str) -> Any:
        for left in reversed(range(PATIENCE)):
            if not self._pace.at_once(address, REPLY):
                give_place()
            await self._pace.take(address, REPLY)
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as later:
                self._pace.told_to_wait(address, later.retry_after)
                if not left or later.retry_after > LONGEST_WAIT:
                    raise
        return None

    async def _edit(self, make_request: Any, bot: Bot, method: EditMessageText, key: tuple[str, int]) -> Any:
        slot = self._slots.get(key)
        if slot is not None:
            slot.take_over(method)
            return True
        self._slots[key] = slot = Slot()
        if not self._pace.at_once(key[0], REPLY):
            slot.take_over(method)
            self._tasks.spawn(self._drain(make_request, bot, key, slot), f"edit {key[0]}/{key[1]}")
            return True
        try:
            return await self._patiently(make_request, bot, method, key[0])
        finally:
            if slot.waiting is None:
                del self._slots[key]
            else:
                self._tasks.spawn(self._drain(make_request, bot, key, slot), f"edit {key[0]}/{key[1]}")

    async def _drain(self, make_request: Any, bot: Bot, key: tuple[str, int], slot: Slot) -> None:
        """Send what waits, the newest at the moment of its turn, until nothing does."""
        try:
            while slot.waiting is not None:
                await self._pace.take(key[0], REPLY)
                newest, slot.waiting = slot.waiting, None
                shown, slot.owed_by = slot.owed_by, []
                if await self._edit_or_anew(make_request, bot, newest, key[0]):
                    for handling in shown:
                        handling.pay()
        finally:
            del self._slots[key]

    async def _edit_or_anew(self, make_request: Any, bot: Bot, method: EditMessageText, address: str) -> bool:
        """Whether nothing is owed any more: it is shown, or its reader wants nothing from us."""
        try:
            try:
                await make_request(bot, method)
            except TelegramRetryAfter as later:
                self._pace.told_to_wait(address, later.retry_after)
                await self._patiently(make_request, bot, method, address)
            except TelegramBadRequest as refusal:
                if "message is not modified" in refusal.message:
                    return True
                if not any(sign in refusal.message for sign in GONE):
                    raise
                await self._patiently(make_request, bot, anew(method, address), address)
        except AiogramError as error:
            log.warning("late_edit_failed chat=%s error=%s", address, type(error).__name__)
            return isinstance(error, TelegramForbiddenError | TelegramBadRequest)
        return True


def appears(method: TelegramMethod[Any]) -> bool:
    """Whether a request makes or changes a message, which is what the messenger counts."""
    name = method.__api_method__
    return name.startswith(("sendM", "sendP", "sendD", "edit", "copy", "forward"))


def anew(method: EditMessageText, address: str) -> SendMessage:
    """The same screen as a new message."""
    return SendMessage(
        chat_id=int(address),
        text=method.text or "",
        parse_mode=method.parse_mode,
        reply_markup=method.reply_markup,
        link_preview_options=method.link_preview_options,
    )
