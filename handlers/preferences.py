"""«Настройки»: when letters come."""

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.family import ChooseHour, ChooseMode, OpenHours, OpenPreferences
from handlers.callbacks.preferences import (
    ChooseKind,
    ChooseLanguage,
    ChooseQuietFrom,
    ChooseQuietUntil,
    NoQuiet,
    OpenKind,
    OpenKinds,
    OpenLanguages,
    OpenQuiet,
)
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import preferences as screens
from services.actor import Actor
from services.i18n import gettext as _
from services.i18n import speaking
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


async def open_quiet(query: CallbackQuery, bot: Bot, actor: Actor, preferences: Preferences) -> None:
    """The quiet hours."""
    await show(bot, query, screens.quiet_hours(await preferences.view(actor)))


async def choose_quiet_from(
    query: CallbackQuery, callback_data: ChooseQuietFrom, bot: Bot, actor: Actor, preferences: Preferences
) -> None:
    """When they begin."""
    choice = await preferences.quiet_from(actor, callback_data.minute)
    await show(bot, query, screens.quiet_hours(choice), _("Saved"))


async def choose_quiet_until(
    query: CallbackQuery, callback_data: ChooseQuietUntil, bot: Bot, actor: Actor, preferences: Preferences
) -> None:
    """When they end."""
    choice = await preferences.quiet_until(actor, callback_data.minute)
    await show(bot, query, screens.quiet_hours(choice), _("Saved"))


async def no_quiet(query: CallbackQuery, bot: Bot, actor: Actor, preferences: Preferences) -> None:
    """Letters at any hour."""
    await show(bot, query, screens.quiet_hours(await preferences.no_quiet(actor)), _("Saved"))


async def open_kinds(query: CallbackQuery, bot: Bot, actor: Actor, preferences: Preferences) -> None:
    """The kinds that may come another way."""
    await show(bot, query, screens.kinds(await preferences.view(actor)))


async def open_kind(
    query: CallbackQuery, callback_data: OpenKind, bot: Bot, actor: Actor, preferences: Preferences
) -> None:
    """How one kind comes."""
    await show(bot, query, screens.kind(await preferences.kind(actor, callback_data.kind), callback_data.kind))


async def choose_kind(
    query: CallbackQuery, callback_data: ChooseKind, bot: Bot, actor: Actor, preferences: Preferences
) -> None:
    """A way for one kind."""
    choice = await preferences.choose_kind(actor, callback_data.kind, callback_data.way)
    await show(bot, query, screens.kinds(choice), _("Saved"))


async def open_languages(query: CallbackQuery, bot: Bot, actor: Actor, preferences: Preferences) -> None:
    """The languages at hand."""
    await show(bot, query, screens.languages(await preferences.view(actor)))


async def choose_language(
    query: CallbackQuery, callback_data: ChooseLanguage, bot: Bot, actor: Actor, preferences: Preferences
) -> None:
    """Another language, from this answer on."""
    choice = await preferences.choose_language(actor, callback_data.language)
    with speaking(choice.locale):
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
    made.callback_query.register(open_quiet, OpenQuiet.filter())
    made.callback_query.register(choose_quiet_from, ChooseQuietFrom.filter())
    made.callback_query.register(choose_quiet_until, ChooseQuietUntil.filter())
    made.callback_query.register(no_quiet, NoQuiet.filter())
    made.callback_query.register(open_kinds, OpenKinds.filter())
    made.callback_query.register(open_kind, OpenKind.filter())
    made.callback_query.register(choose_kind, ChooseKind.filter())
    made.callback_query.register(open_languages, OpenLanguages.filter())
    made.callback_query.register(choose_language, ChooseLanguage.filter())
    return made
