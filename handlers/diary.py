"""«Дневник»: a child's day."""

from datetime import date

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.family import OpenDiary, OpenDiaryDay, SendDiary
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import answer, send, show
from handlers.screens.diary import day
from services.actor import Actor
from services.diary import Diary
from storage.vocabulary import PersonId


async def my_diary(message: Message, bot: Bot, actor: Actor, diary: Diary) -> None:
    """Today, asked for by a command or by the button's words."""
    await show(bot, message, day(await diary.day(actor)))


async def open_diary(query: CallbackQuery, bot: Bot, actor: Actor, diary: Diary) -> None:
    """Today, of the first child."""
    await show(bot, query, day(await diary.day(actor)))


async def open_day(query: CallbackQuery, callback_data: OpenDiaryDay, bot: Bot, actor: Actor, diary: Diary) -> None:
    """A child's day."""
    on_date = date.fromisoformat(callback_data.day)
    await show(bot, query, day(await diary.day(actor, PersonId(callback_data.student), on_date)))


async def send_diary(query: CallbackQuery, callback_data: SendDiary, bot: Bot, actor: Actor, diary: Diary) -> None:
    """A child's today below the letter, which stays."""
    view = await diary.day(actor, PersonId(callback_data.student))
    await answer(bot, query)
    await send(bot, query.from_user.id, day(view))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="diary")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(my_diary, or_f(Command("diary"), F.text.casefold().in_({"дневник", "diary"})))
    made.callback_query.register(open_diary, OpenDiary.filter())
    made.callback_query.register(open_day, OpenDiaryDay.filter())
    made.callback_query.register(send_diary, SendDiary.filter())
    return made
