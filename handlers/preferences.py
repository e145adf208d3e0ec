"""«Настройки»: when letters come."""

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.family import ChooseHour, ChooseMode, OpenHours, OpenPreferences
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import preferences as screens
from services.actor import Actor
from services.i18n import gettext as _
from services.preferences import Preferences


async def my_preferences(message: Message, bot: Bot, actor: Actor, preferences: Preferences) -> None:
    """Asked for by a command or by the button's words."""
    await show(bot, message, screens.preferences(await preferences.view(actor)))


async def open_preferences(query: CallbackQuery, bot: Bot, actor: Actor, preferences: Preferences) -> None:
    """What comes and when."""
    await show(bot, query, screens.preferences(await preferences.view(actor)))


async def choose_mode(
    query: CallbackQuery, callback_data: ChooseMode, bot: Bot, actor: Actor, preferences: Preferences
) -> None:
    """At once, in the evening, or only what is important."""
    choice = await preferences.choose_mode(actor, callback_data.mode)
    await show(bot, query, screens.preferences(choice), _("Saved"))


async def open_hours(query: CallbackQuery, bot: Bot, actor: Actor, preferences: Preferences) -> None:
    """The hours of the evening letter."""
    await show(bot, query, screens.hours(await preferences.view(actor)))


async def choose_hour(
    query: CallbackQuery, callback_data: ChooseHour, bot: Bot, actor: Actor, preferences: Preferences
) -> None:
    """An hour of the evening letter."""
    choice = await preferences.choose_hour(actor, callback_data.minute)
    await show(bot, query, screens.preferences(choice), _("Saved"))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="preferences")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(my_preferences, or_f(Command("settings"), F.text.casefold().in_({"настройки", "settings"})))
    made.callback_query.register(open_preferences, OpenPreferences.filter())
    made.callback_query.register(choose_mode, ChooseMode.filter())
    made.callback_query.register(open_hours, OpenHours.filter())
    made.callback_query.register(choose_hour, ChooseHour.filter())
    return made
