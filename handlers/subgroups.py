"""«Подгруппы»: the administrator moves students at a term's end."""

from datetime import date

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.arrangements import (
    ChooseSubgroup,
    OpenClassSubgroups,
    OpenSubgroup,
    OpenSubgroups,
    TransferStudent,
)
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import subgroups as screens
from services.actor import Actor
from services.subgroups import Subgroups
from storage.vocabulary import ClassId, PersonId, SubgroupId


async def typed_subgroups(message: Message, bot: Bot, actor: Actor, subgroups: Subgroups) -> None:
    """Asked for by a command or by the button's words."""
    await show(bot, message, screens.classes(await subgroups.classes(actor)))


async def open_subgroups(query: CallbackQuery, bot: Bot, actor: Actor, subgroups: Subgroups) -> None:
    """The classes."""
    await show(bot, query, screens.classes(await subgroups.classes(actor)))


async def open_class(
    query: CallbackQuery, callback_data: OpenClassSubgroups, bot: Bot, actor: Actor, subgroups: Subgroups
) -> None:
    """The subgroups of a class."""
    await show(bot, query, screens.class_parts(await subgroups.of_class(actor, ClassId(callback_data.school_class))))


async def open_subgroup(
    query: CallbackQuery, callback_data: OpenSubgroup, bot: Bot, actor: Actor, subgroups: Subgroups
) -> None:
    """Who is in one."""
    view = await subgroups.members(actor, SubgroupId(callback_data.subgroup))
    await show(bot, query, screens.members(view, callback_data.page))


async def choose_subgroup(
    query: CallbackQuery, callback_data: ChooseSubgroup, bot: Bot, actor: Actor, subgroups: Subgroups
) -> None:
    """Where a student may go."""
    student, subgroup = PersonId(callback_data.student), SubgroupId(callback_data.subgroup)
    await show(bot, query, screens.choice(await subgroups.choose(actor, student, subgroup)))


async def transfer_student(
    query: CallbackQuery, callback_data: TransferStudent, bot: Bot, actor: Actor, subgroups: Subgroups
) -> None:
    """There, from that day."""
    student, subgroup = PersonId(callback_data.student), SubgroupId(callback_data.subgroup)
    done = await subgroups.transfer(actor, student, subgroup, date.fromisoformat(callback_data.since))
    await show(bot, query, screens.transferred(done), screens.transfer_toast(done))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="subgroups")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(
        typed_subgroups, or_f(Command("subgroups"), F.text.casefold().in_({"подгруппы", "subgroups"}))
    )
    made.callback_query.register(open_subgroups, OpenSubgroups.filter())
    made.callback_query.register(open_class, OpenClassSubgroups.filter())
    made.callback_query.register(open_subgroup, OpenSubgroup.filter())
    made.callback_query.register(choose_subgroup, ChooseSubgroup.filter())
    made.callback_query.register(transfer_student, TransferStudent.filter())
    return made
