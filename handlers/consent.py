"""The consent's text has changed: at their next open guardians are asked anew, before anything else is shown."""

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from handlers.callbacks import diary as diary_buttons
from handlers.callbacks.family import (
    Agree,
    AskToComeBack,
    AskToLeave,
    ComeBack,
    ConfirmChild,
    Decline,
    Leave,
    OpenDiary,
    OpenDiaryDay,
    SendDiary,
)
from handlers.screen import answer, send
from handlers.screens import joining as screens
from services import codes
from services.actor import Actor
from services.i18n import gettext as _
from services.joining import Joining
from storage.vocabulary import STAFF_ROLES

# Buttons that answer the question itself, or belong to a slip.
FREE = frozenset(one.__prefix__ for one in (Agree, AskToComeBack, AskToLeave, ComeBack, ConfirmChild, Decline, Leave))
# What an employee who is a guardian opens of the family's; the school's own work goes on.
FAMILY = frozenset(
    {
        *(one.__prefix__ for one in (OpenDiary, OpenDiaryDay, SendDiary)),
        *(prefix for one in vars(diary_buttons).values() if (prefix := getattr(one, "__prefix__", None))),
    }
)


class AskedAnew(Filter):
    """A guardian who agreed to an older text opens something that the new one stands before."""

    async def __call__(self, event: CallbackQuery | Message, actor: Actor | None) -> bool:
        """Whether to ask."""
        if actor is None or not actor.asked_anew:
            return False
        works_here = bool(actor.roles & STAFF_ROLES)
        if isinstance(event, CallbackQuery):
            prefix = (event.data or "").partition(":")[0]
            return prefix in FAMILY if works_here else prefix not in FREE
        text = (event.text or "").casefold().strip()
        if works_here:
            return text == _("Diary").casefold()
        if text.startswith(("/stop", "/help", "/start ")):
            return False
        return codes.surely_typed(event.text or "") is None


async def asked_by_tap(query: CallbackQuery, bot: Bot, actor: Actor, joining: Joining) -> None:
    """The text and its two buttons, as a new message: a tapped letter stays."""
    await answer(bot, query, _("The text of the consent has changed"))
    await send(bot, actor.chat_id, screens.consent_anew(*await joining.consent_asked(actor)))


async def asked_by_text(message: Message, bot: Bot, actor: Actor, joining: Joining) -> None:
    """The same, in answer to a text."""
    await send(bot, message.chat.id, screens.consent_anew(*await joining.consent_asked(actor)))


def router() -> Router:
    """The router of this question, a new one at every call; it stands before all others."""
    made = Router(name="consent")
    made.callback_query.register(asked_by_tap, AskedAnew())
    made.message.register(asked_by_text, AskedAnew())
    return made
