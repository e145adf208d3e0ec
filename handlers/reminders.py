"""What a reminder names, opened in its place; the lesson's card opens in handlers/lessons."""

from datetime import date

from aiogram import Bot
from aiogram.types import CallbackQuery

from handlers.callbacks.reminders import (
    OpenRemindedBriefing,
    OpenRemindedContacts,
    OpenRemindedGrid,
    OpenRemindedMarks,
    OpenRemindedPrinting,
    OpenRemindedWeek,
    OpenRemindedWork,
)
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import absences as absences_screens
from handlers.screens import finals as finals_screens
from handlers.screens import my_class as class_screens
from handlers.screens.finals import SCOPES
from handlers.screens.marks import kind_choice, mark_sheet
from handlers.screens.printing import printing as printing_screen
from services.absences import Absences
from services.actor import Actor
from services.briefings import Briefings
from services.finals.grid import Finals
from services.finals.sheets import Place
from services.marks import Marks
from services.my_class import MyClass
from services.printing import Printing
from services.reminders import Reminders
from services.rules.finals import Scope
from storage.vocabulary import ClassId, LessonId, SubgroupId, SubjectId, WorkId


def message_of(query: CallbackQuery) -> int | None:
    """The message that was tapped."""
    return None if query.message is None else query.message.message_id


async def open_work(
    query: CallbackQuery, callback_data: OpenRemindedWork, bot: Bot, actor: Actor, marks: Marks, reminders: Reminders
) -> None:
    """The grid of a column."""
    sheet = await marks.sheet(actor, WorkId(callback_data.work))
    await reminders.leave_alone(actor, f"w{callback_data.work}", message_of(query))
    await show(bot, query, mark_sheet(sheet))


async def open_marks(
    query: CallbackQuery, callback_data: OpenRemindedMarks, bot: Bot, actor: Actor, marks: Marks, reminders: Reminders
) -> None:
    """The kinds of work of a lesson."""
    choice = await marks.choose_kind(actor, LessonId(callback_data.lesson))
    await reminders.leave_alone(actor, f"p{callback_data.lesson}", message_of(query))
    await show(bot, query, kind_choice(choice))


async def open_grid(
    query: CallbackQuery, callback_data: OpenRemindedGrid, bot: Bot, actor: Actor, finals: Finals, reminders: Reminders
) -> None:
    """The grid of term marks or received results."""
    scope = Scope(SCOPES[callback_data.scope], callback_data.number)
    subgroup = SubgroupId(callback_data.subgroup) if callback_data.subgroup else None
    place = Place(ClassId(callback_data.school_class), subgroup, SubjectId(callback_data.subject), scope)
    sheet = await finals.sheet(actor, place)
    named = f"t{callback_data.school_class}.{callback_data.subgroup}.{callback_data.subject}.{scope.key}"
    await reminders.leave_alone(actor, named, message_of(query))
    await show(bot, query, finals_screens.sheet(sheet, 0))


async def open_week(
    query: CallbackQuery,
    callback_data: OpenRemindedWeek,
    bot: Bot,
    actor: Actor,
    absences: Absences,
    reminders: Reminders,
) -> None:
    """The week of a class, to verify."""
    week = date.fromisoformat(callback_data.week)
    view = await absences.week(actor, ClassId(callback_data.school_class), week)
    await reminders.leave_alone(actor, f"v{callback_data.school_class}.{callback_data.week}", message_of(query))
    await show(bot, query, absences_screens.week(view))


async def open_contacts(
    query: CallbackQuery,
    callback_data: OpenRemindedContacts,
    bot: Bot,
    actor: Actor,
    my_class: MyClass,
    reminders: Reminders,
) -> None:
    """The contacts in the place of the reminder."""
    view = await my_class.contacts(actor, ClassId(callback_data.school_class))
    await reminders.leave_alone(actor, f"c{callback_data.school_class}", message_of(query))
    await show(bot, query, class_screens.contacts(view, 0))


async def open_briefing(
    query: CallbackQuery,
    callback_data: OpenRemindedBriefing,
    bot: Bot,
    actor: Actor,
    briefings: Briefings,
    reminders: Reminders,
) -> None:
    """The ledger in the place of the reminder."""
    view = await briefings.ledger(actor, ClassId(callback_data.school_class))
    await reminders.leave_alone(actor, f"b{callback_data.school_class}", message_of(query))
    await show(bot, query, class_screens.ledger(view))


async def open_printing(
    query: CallbackQuery,
    callback_data: OpenRemindedPrinting,
    bot: Bot,
    actor: Actor,
    printing: Printing,
    reminders: Reminders,
) -> None:
    """«Печать» in the place of the reminder."""
    view = await printing.view(actor, ClassId(callback_data.school_class))
    await reminders.leave_alone(actor, f"q{callback_data.school_class}", message_of(query))
    await show(bot, query, printing_screen(view))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="reminders")
    made.callback_query.filter(Known())
    made.callback_query.register(open_work, OpenRemindedWork.filter())
    made.callback_query.register(open_marks, OpenRemindedMarks.filter())
    made.callback_query.register(open_grid, OpenRemindedGrid.filter())
    made.callback_query.register(open_week, OpenRemindedWeek.filter())
    made.callback_query.register(open_contacts, OpenRemindedContacts.filter())
    made.callback_query.register(open_briefing, OpenRemindedBriefing.filter())
    made.callback_query.register(open_printing, OpenRemindedPrinting.filter())
    return made
