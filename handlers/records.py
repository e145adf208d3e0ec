"""«Тема» and «ДЗ»: chosen or typed, and taken back."""

from aiogram import Bot, Router
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.lessons import NoHomework, OpenHomework, OpenTopic, PutPlanTopic, RestoreRecord
from handlers.filters import Awaits, Known
from handlers.screen import show
from handlers.screens.records import homework_choice, record_put, toast, topic_choice
from services.actor import Actor
from services.changes import Outcome
from services.records import RecordPut, Records
from storage.vocabulary import DraftPurpose, LessonId


async def open_topic(query: CallbackQuery, callback_data: OpenTopic, bot: Bot, actor: Actor, records: Records) -> None:
    """The next topics of the plan; a typed one is awaited."""
    await show(bot, query, topic_choice(await records.choose_topic(actor, LessonId(callback_data.lesson))))


async def put_plan_topic(
    query: CallbackQuery, callback_data: PutPlanTopic, bot: Bot, actor: Actor, records: Records
) -> None:
    """A topic of the plan."""
    lesson = LessonId(callback_data.lesson)
    put = await records.put_plan_topic(actor, lesson, callback_data.topic, callback_data.seen)
    seen = put.card.revs[put.part]
    await _show_put(bot, query, put, callback_data.model_copy(update={"seen": seen}))


async def open_homework(
    query: CallbackQuery, callback_data: OpenHomework, bot: Bot, actor: Actor, records: Records
) -> None:
    """«Не задано», or a typed text, which is awaited."""
    await show(bot, query, homework_choice(await records.choose_homework(actor, LessonId(callback_data.lesson))))


async def no_homework(
    query: CallbackQuery, callback_data: NoHomework, bot: Bot, actor: Actor, records: Records
) -> None:
    """«Не задано»."""
    put = await records.no_homework(actor, LessonId(callback_data.lesson), callback_data.seen)
    seen = put.card.revs[put.part]
    await _show_put(bot, query, put, callback_data.model_copy(update={"seen": seen}))


async def restore(query: CallbackQuery, callback_data: RestoreRecord, bot: Bot, actor: Actor, records: Records) -> None:
    """«Отменить»."""
    lesson = LessonId(callback_data.lesson)
    put = await records.restore(actor, lesson, callback_data.part, callback_data.back_to, callback_data.seen)
    seen = put.card.revs[put.part]
    await _show_put(bot, query, put, callback_data.model_copy(update={"seen": seen}))


async def typed_topic(message: Message, bot: Bot, actor: Actor, records: Records) -> None:
    """The awaited topic."""
    await show(bot, message, record_put(await records.put_typed(actor, DraftPurpose.TOPIC, message.text or "")))


async def typed_homework(message: Message, bot: Bot, actor: Actor, records: Records) -> None:
    """The awaited homework."""
    await show(bot, message, record_put(await records.put_typed(actor, DraftPurpose.HOMEWORK, message.text or "")))


async def _show_put(bot: Bot, query: CallbackQuery, put: RecordPut, again: CallbackData) -> None:
    await show(bot, query, record_put(put, again), toast(put), alert=put.outcome is Outcome.CHANGED)


def router() -> Router:
    """The router of this scene, a new one at every call."""
    made = Router(name="records")
    made.callback_query.filter(Known())
    made.message.filter(Known())
    made.callback_query.register(open_topic, OpenTopic.filter())
    made.callback_query.register(put_plan_topic, PutPlanTopic.filter())
    made.callback_query.register(open_homework, OpenHomework.filter())
    made.callback_query.register(no_homework, NoHomework.filter())
    made.callback_query.register(restore, RestoreRecord.filter())
    made.message.register(typed_topic, Awaits(DraftPurpose.TOPIC))
    made.message.register(typed_homework, Awaits(DraftPurpose.HOMEWORK))
    return made
