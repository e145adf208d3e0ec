"""«Мои уроки»: a teacher's day and the lesson card."""

from datetime import date

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.lessons import OpenDay, OpenLesson, OpenLessons, OpenReminded
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens.lessons import day, lesson_card
from services.actor import Actor
from services.lessons import Lessons
from services.reminders import Reminders
from storage.vocabulary import LessonId


async def my_lessons(message: Message, bot: Bot, actor: Actor, lessons: Lessons) -> None:
    """Today's lessons, asked for by a command or by the button's words."""
    await show(bot, message, day(await lessons.day(actor)))


async def open_lessons(query: CallbackQuery, bot: Bot, actor: Actor, lessons: Lessons) -> None:
    """Today's lessons."""
    await show(bot, query, day(await lessons.day(actor)))


async def open_day(query: CallbackQuery, callback_data: OpenDay, bot: Bot, actor: Actor, lessons: Lessons) -> None:
    """Another day's lessons."""
    await show(bot, query, day(await lessons.day(actor, date.fromisoformat(callback_data.day))))


async def open_lesson(
    query: CallbackQuery, callback_data: OpenLesson, bot: Bot, actor: Actor, lessons: Lessons
) -> None:
    """The lesson card."""
    await show(bot, query, lesson_card(await lessons.card(actor, LessonId(callback_data.lesson))))


async def open_reminded(
    query: CallbackQuery, callback_data: OpenReminded, bot: Bot, actor: Actor, reminders: Reminders
) -> None:
    """The lesson card, in the place of the reminder."""
    message = None if query.message is None else query.message.message_id
    await show(bot, query, lesson_card(await reminders.open(actor, LessonId(callback_data.lesson), message)))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="lessons")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(my_lessons, or_f(Command("lessons"), F.text.casefold().in_({"мои уроки", "my lessons"})))
    made.callback_query.register(open_lessons, OpenLessons.filter())
    made.callback_query.register(open_day, OpenDay.filter())
    made.callback_query.register(open_lesson, OpenLesson.filter())
    made.callback_query.register(open_reminded, OpenReminded.filter())
    return made
