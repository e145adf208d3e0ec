"""/help: one's own guides, whom to ask, and for strangers how to get a slip."""

from aiogram import Bot
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.help import OpenGuide, OpenHelp
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import help as screens
from services.actor import Actor
from services.desk import Desk
from services.errors import NotFoundHere


async def help_page(message: Message, bot: Bot, actor: Actor | None, desk: Desk) -> None:
    """What the bot can do for this person."""
    if actor is None:
        await show(bot, message, screens.for_strangers())
        return
    await show(bot, message, screens.help_page(actor, await desk.administrators(actor)))


async def open_help(query: CallbackQuery, bot: Bot, actor: Actor, desk: Desk) -> None:
    """The same, in place of a guide."""
    await show(bot, query, screens.help_page(actor, await desk.administrators(actor)))


async def open_guide(query: CallbackQuery, callback_data: OpenGuide, bot: Bot, actor: Actor) -> None:
    """One of the own guides."""
    if callback_data.guide not in screens.own_guides(actor):
        raise NotFoundHere
    await show(bot, query, screens.guide(callback_data.guide))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="help")
    made.message.register(help_page, Command("help"))
    made.callback_query.register(open_help, OpenHelp.filter(), Known())
    made.callback_query.register(open_guide, OpenGuide.filter(), Known())
    return made
