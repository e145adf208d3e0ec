"""Absences of employees."""

from datetime import date

from aiogram import Bot
from aiogram.types import CallbackQuery

from handlers.callbacks.arrangements import AskLeaveKind, AskLeaveUntil, EndLeave, OpenLeave, OpenLeaves, PutLeave
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import leave as screens
from services.actor import Actor
from services.changes import Outcome
from services.i18n import gettext as _
from services.leave import StaffLeaves
from storage.vocabulary import PersonId


async def open_leaves(query: CallbackQuery, bot: Bot, actor: Actor, leaves: StaffLeaves) -> None:
    """Everybody's."""
    await show(bot, query, screens.leaves(await leaves.everybody(actor)))


async def open_leave(
    query: CallbackQuery, callback_data: OpenLeave, bot: Bot, actor: Actor, leaves: StaffLeaves
) -> None:
    """One employee's, and what becomes of the lessons."""
    await show(bot, query, screens.person_leave(await leaves.person(actor, PersonId(callback_data.person))))


async def ask_kind(
    query: CallbackQuery, callback_data: AskLeaveKind, bot: Bot, actor: Actor, leaves: StaffLeaves
) -> None:
    """Of what kind?"""
    view = await leaves.person(actor, PersonId(callback_data.person))
    await show(bot, query, screens.kinds(view.person, date.fromisoformat(callback_data.since)))


async def ask_until(
    query: CallbackQuery, callback_data: AskLeaveUntil, bot: Bot, actor: Actor, leaves: StaffLeaves
) -> None:
    """Till when?"""
    since = date.fromisoformat(callback_data.since)
    asked = await leaves.ask_until(actor, PersonId(callback_data.person), callback_data.kind, since)
    await show(bot, query, screens.until_asked(asked))


async def put_leave(query: CallbackQuery, callback_data: PutLeave, bot: Bot, actor: Actor, leaves: StaffLeaves) -> None:
    """Away."""
    since = date.fromisoformat(callback_data.since)
    until = date.fromisoformat(callback_data.until) if callback_data.until else None
    put = await leaves.put(actor, PersonId(callback_data.person), callback_data.kind, since, until)
    toast = _("The absence is entered") if put.outcome is Outcome.SAVED else None
    await show(bot, query, screens.person_leave(put.view), toast)


async def end_leave(query: CallbackQuery, callback_data: EndLeave, bot: Bot, actor: Actor, leaves: StaffLeaves) -> None:
    """Back."""
    put = await leaves.end(actor, callback_data.leave)
    toast = _("The absence is over") if put.outcome is Outcome.SAVED else None
    await show(bot, query, screens.person_leave(put.view), toast)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="leave")
    made.callback_query.filter(Known())
    made.callback_query.register(open_leaves, OpenLeaves.filter())
    made.callback_query.register(open_leave, OpenLeave.filter())
    made.callback_query.register(ask_kind, AskLeaveKind.filter())
    made.callback_query.register(ask_until, AskLeaveUntil.filter())
    made.callback_query.register(put_leave, PutLeave.filter())
    made.callback_query.register(end_leave, EndLeave.filter())
    return made
