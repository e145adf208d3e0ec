"""«Связь с ребёнком»: ending and restoring a guardianship."""

from datetime import date

from aiogram import Bot
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.access import (
    AskTieDay,
    AskToEndTie,
    AskToRestoreTie,
    EndTie,
    OpenTies,
    RestoreTie,
    SeeTieEnd,
)
from handlers.filters import Awaits, Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import ties as screens
from services.actor import Actor
from services.i18n import gettext as _
from services.ties import Ties
from storage.vocabulary import ClassId, DraftPurpose, PersonId


async def open_ties(query: CallbackQuery, callback_data: OpenTies, bot: Bot, actor: Actor, ties: Ties) -> None:
    """A guardian's ties."""
    class_id, guardian_id = ClassId(callback_data.school_class), PersonId(callback_data.guardian)
    await show(bot, query, screens.ties(await ties.view(actor, class_id, guardian_id)))


async def ask_to_end(query: CallbackQuery, callback_data: AskToEndTie, bot: Bot, actor: Actor, ties: Ties) -> None:
    """Why?"""
    await show(
        bot, query, screens.why(*await ties.of_tie(actor, ClassId(callback_data.school_class), callback_data.tie))
    )


async def ask_day(query: CallbackQuery, callback_data: AskTieDay, bot: Bot, actor: Actor, ties: Ties) -> None:
    """From which day on?"""
    class_id, reason = ClassId(callback_data.school_class), callback_data.reason
    view, tie = await ties.ask_day(actor, class_id, callback_data.tie, reason)
    await show(bot, query, screens.since_when(view, tie, reason))


async def typed_day(message: Message, bot: Bot, actor: Actor, ties: Ties) -> None:
    """A typed day."""
    await show(bot, message, screens.sure(*await ties.typed_day(actor, message.text or "")))


async def see_end(query: CallbackQuery, callback_data: SeeTieEnd, bot: Bot, actor: Actor, ties: Ties) -> None:
    """Are you sure?"""
    view, tie = await ties.of_tie(actor, ClassId(callback_data.school_class), callback_data.tie)
    await show(bot, query, screens.sure(view, tie, callback_data.reason, date.fromisoformat(callback_data.day)))


async def end(query: CallbackQuery, callback_data: EndTie, bot: Bot, actor: Actor, ties: Ties) -> None:
    """It ends."""
    day = date.fromisoformat(callback_data.day)
    class_id = ClassId(callback_data.school_class)
    view, _tie = await ties.end(actor, class_id, callback_data.tie, callback_data.reason, day)
    await show(bot, query, screens.ties(view), _("Ended") if day <= view.today else _("It will end on that day"))


async def ask_to_restore(
    query: CallbackQuery, callback_data: AskToRestoreTie, bot: Bot, actor: Actor, ties: Ties
) -> None:
    """Are you sure?"""
    view, tie = await ties.of_tie(actor, ClassId(callback_data.school_class), callback_data.tie)
    await show(bot, query, screens.ask_to_restore(view, tie))


async def restore(query: CallbackQuery, callback_data: RestoreTie, bot: Bot, actor: Actor, ties: Ties) -> None:
    """It was a mistake."""
    view, _tie = await ties.restore(actor, ClassId(callback_data.school_class), callback_data.tie)
    await show(bot, query, screens.ties(view), _("Restored"))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="ties")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(typed_day, Awaits(DraftPurpose.TIE_END))
    made.callback_query.register(open_ties, OpenTies.filter())
    made.callback_query.register(ask_to_end, AskToEndTie.filter())
    made.callback_query.register(ask_day, AskTieDay.filter())
    made.callback_query.register(see_end, SeeTieEnd.filter())
    made.callback_query.register(end, EndTie.filter())
    made.callback_query.register(ask_to_restore, AskToRestoreTie.filter())
    made.callback_query.register(restore, RestoreTie.filter())
    return made
