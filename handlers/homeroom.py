"""«Мой класс»."""

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.homeroom import OpenClass, OpenMyClass
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import homeroom as screens
from services.actor import Actor
from services.my_class import MyClass
from storage.vocabulary import ClassId


async def typed_class(message: Message, bot: Bot, actor: Actor, my_class: MyClass) -> None:
    """Asked for by a command or by the button's words."""
    await show(bot, message, screens.overview(await my_class.top(actor)))


async def open_my_class(query: CallbackQuery, bot: Bot, actor: Actor, my_class: MyClass) -> None:
    """The first own class."""
    await show(bot, query, screens.overview(await my_class.top(actor)))


async def open_class(query: CallbackQuery, callback_data: OpenClass, bot: Bot, actor: Actor, my_class: MyClass) -> None:
    """An own class."""
    await show(bot, query, screens.overview(await my_class.top(actor, ClassId(callback_data.school_class))))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="homeroom")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(typed_class, or_f(Command("class"), F.text.casefold().in_({"мой класс", "my class"})))
    made.callback_query.register(open_my_class, OpenMyClass.filter())
    made.callback_query.register(open_class, OpenClass.filter())
    return made
