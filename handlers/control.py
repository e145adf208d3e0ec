"""«Контроль»: what is overdue, for those who control the school."""

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.control import OpenControl, OpenOverdue
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import control as screens
from services.actor import Actor
from services.control import Control
from storage.vocabulary import PersonId


async def my_control(message: Message, bot: Bot, actor: Actor, control: Control) -> None:
    """The overdue list, asked for by a command or by the button's words."""
    await show(bot, message, screens.control(await control.overview(actor)))


async def open_control(
    query: CallbackQuery, callback_data: OpenControl, bot: Bot, actor: Actor, control: Control
) -> None:
    """A page of the overdue list."""
    await show(bot, query, screens.control(await control.overview(actor), callback_data.page))


async def open_overdue(
    query: CallbackQuery, callback_data: OpenOverdue, bot: Bot, actor: Actor, control: Control
) -> None:
    """What is overdue with one teacher."""
    view = await control.of_teacher(actor, PersonId(callback_data.teacher))
    await show(bot, query, screens.overdue_of(view, callback_data.page))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="control")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(my_control, or_f(Command("control"), F.text.casefold().in_({"контроль", "control"})))
    made.callback_query.register(open_control, OpenControl.filter())
    made.callback_query.register(open_overdue, OpenOverdue.filter())
    return made
