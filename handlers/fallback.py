"""The last router: whatever nobody understood is answered kindly, with the fresh menu."""

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.family import OpenMenu
from handlers.screen import Screen, answer, send, show, tap
from handlers.screens.menu import TEACHING, menu
from services.actor import Actor
from services.errors import NotConnected
from services.i18n import gettext as _


async def outdated_button(query: CallbackQuery, bot: Bot, actor: Actor | None) -> None:
    """A button that no longer parses, or was never ours; its message stays, it may be somebody's letter."""
    if actor is None:
        raise NotConnected
    await answer(bot, query, _("This button is out of date. Here is the menu anew."), alert=True)
    await send(bot, query.from_user.id, menu(actor))


async def unknown_text(message: Message, bot: Bot, actor: Actor | None) -> None:
    """A text, picture or anything else that nothing awaits."""
    if actor is None:
        raise NotConnected
    await show(bot, message, named_button(actor, message.text or "") or menu(actor, hint(actor)))


def named_button(actor: Actor, typed: str) -> Screen | None:
    """The one button of this person's menu whose label was typed, where there is one."""
    wanted = typed.strip(' .!?«»"').casefold()
    found = [button for row in menu(actor).rows for button in row if button.label.casefold() == wanted]
    if len(found) != 1:
        return None
    return Screen(_("Here it is:"), [found, [tap(_("Menu"), OpenMenu())]])


def hint(actor: Actor) -> str:
    """What this person may do instead."""
    if actor.roles & TEACHING:
        return _(
            "I didn't understand that. During a lesson a line is enough: “н Иванов Петров, о Сидоров” or "
            "“Иванов 5, Петров 4”. Everything else is in the menu:"
        )
    return _("I didn't understand that. Everything is in the menu:")


def router() -> Router:
    """The router of whatever is left, a new one at every call."""
    made = Router(name="fallback")
    made.callback_query.register(outdated_button)
    made.message.register(unknown_text)
    return made
