"""Screens: neutral values, and the one place that shows them in Telegram."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TypeVar

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message

ROWS_OF_NAMES = 8
ANSWER_LIMIT = 200

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: packed callback data, or an address."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """One message: HTML and rows of buttons."""

    text: str
    rows: Sequence[Sequence[Button]] = ()


def tap(label: str, data: CallbackData) -> Button:
    """A button that does something here."""
    return Button(label, data.pack())


def esc(text: str) -> str:
    """A text of people, safe inside our HTML."""
    return escape(text, quote=False)


def shortened(text: str, width: int) -> str:
    """The text in at most `width` characters, a cut one ends with «…»."""
    return text if len(text) <= width else text[: width - 1].rstrip(" ,.-") + "…"


def grid(buttons: Iterable[Button], columns: int) -> list[list[Button]]:
    """Buttons in rows of `columns`, filled row by row."""
    rows: list[list[Button]] = []
    for button in buttons:
        if not rows or len(rows[-1]) == columns:
            rows.append([])
        rows[-1].append(button)
    return rows


def page_of(
    values: Sequence[Value], page: int, columns: int, rows: int = ROWS_OF_NAMES
) -> tuple[Sequence[Value], int, int]:
    """The values of a page of names, the page that exists, and how many there are."""
    size = rows * columns
    pages = max(1, -(-len(values) // size))
    page = min(page, pages - 1)
    return values[page * size : (page + 1) * size], page, pages


def pager(page: int, pages: int, open_page: Callable[[int], CallbackData]) -> list[list[Button]]:
    """A row that turns pages, or no row where one page is all."""
    row = []
    if page > 0:
        row.append(tap(f"← {page}/{pages}", open_page(page - 1)))
    if page < pages - 1:
        row.append(tap(f"{page + 2}/{pages} →", open_page(page + 1)))
    return [row] if row else []


def markup(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup:
    """Our rows as Telegram's keyboard; an empty one takes the old keyboard away."""
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=one.label, callback_data=one.data, url=one.url) for one in row] for row in rows
        ]
    )


async def show(
    bot: Bot, event: CallbackQuery | Message, screen: Screen, toast: str | None = None, *, alert: bool = False
) -> None:
    """Show a screen: in place of the tapped message, else as a new one; a tap is answered in parallel, once."""
    if isinstance(event, Message):
        await send(bot, event.chat.id, screen)
        return
    # Both are awaited to their ends: an edit that failed must not leave the tap without its answer.
    done = await asyncio.gather(
        _edit(bot, event, screen), answer(bot, event, toast, alert=alert), return_exceptions=True
    )
    for one in done:
        if isinstance(one, BaseException):
            raise one


async def relabel(bot: Bot, query: CallbackQuery, label: str) -> None:
    """Another label on the tapped button, where it stands; a keyboard that can't be reached any more stays."""
    if not isinstance(query.message, Message) or query.message.reply_markup is None:
        return
    rows = [
        [one.model_copy(update={"text": label}) if one.callback_data == query.data else one for one in row]
        for row in query.message.reply_markup.inline_keyboard
    ]
    try:
        await bot.edit_message_reply_markup(
            chat_id=query.message.chat.id,
            message_id=query.message.message_id,
            reply_markup=InlineKeyboardMarkup(inline_keyboard=rows),
        )
    except TelegramBadRequest:
        return


async def rekey(bot: Bot, query: CallbackQuery, rows: Sequence[Sequence[Button]]) -> None:
    """Another keyboard under the tapped message, be it a text or a photo; one that can't be reached any more stays."""
    if query.message is None:
        return
    chat_id, message_id = query.message.chat.id, query.message.message_id
    try:
        await bot.edit_message_reply_markup(chat_id=chat_id, message_id=message_id, reply_markup=markup(rows))
    except TelegramBadRequest:
        return


async def answer(bot: Bot, query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """Answer a tap; one that is too old is no error."""
    try:
        await bot.answer_callback_query(
            query.id, text=shortened(text, ANSWER_LIMIT) if text else None, show_alert=alert
        )
    except TelegramBadRequest as refusal:
        if "query is too old" not in refusal.message and "query ID is invalid" not in refusal.message:
            raise


async def _edit(bot: Bot, query: CallbackQuery, screen: Screen) -> None:
    if query.message is None:
        await send(bot, query.from_user.id, screen)
        return
    chat_id, message_id = query.message.chat.id, query.message.message_id
    try:
        await bot.edit_message_text(
            screen.text,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode="HTML",
            reply_markup=markup(screen.rows),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
    except TelegramBadRequest as refusal:
        if "message is not modified" in refusal.message:
            return
        if not any(sign in refusal.message for sign in ("to edit", "be edited", "MESSAGE_ID_INVALID")):
            raise
        await send(bot, chat_id, screen)


async def rewrite(bot: Bot, chat_id: int, message_id: int, screen: Screen) -> None:
    """Show a screen in a message sent before; one that can't be edited any more stays as it is."""
    try:
        await bot.edit_message_text(
            screen.text,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode="HTML",
            reply_markup=markup(screen.rows),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
    except TelegramBadRequest:
        return


async def send(bot: Bot, chat_id: int, screen: Screen) -> Message:
    """Send a screen as a new message."""
    return await bot.send_message(
        chat_id,
        screen.text,
        parse_mode="HTML",
        reply_markup=markup(screen.rows) if screen.rows else None,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
