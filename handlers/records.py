"""«Тема» chosen or typed, «Не задано», and any part of the record taken back."""

from aiogram import Bot
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.lessons import NoHomework, OpenTopic, PutDoubtedTopic, PutPlanTopic, RestoreRecord
from handlers.filters import Awaits, Known
from handlers.scene import Scene
from handlers.screen import rewrite, show
from handlers.screens.records import answered, record_put, toast, topic_choice, topic_doubt
from services.actor import Actor
from services.changes import Outcome
from services.records import RecordPut, Records
from storage.vocabulary import DraftPurpose, LessonId


async def open_topic(query: CallbackQuery, callback_data: OpenTopic, bot: Bot, actor: Actor, records: Records) -> None:
    """The next topics of the plan; a typed one is awaited."""
    prompt = None if query.message is None else query.message.message_id
    await show(bot, query, topic_choice(await records.choose_topic(actor, LessonId(callback_data.lesson), prompt)))


async def put_plan_topic(
    query: CallbackQuery, callback_data: PutPlanTopic, bot: Bot, actor: Actor, records: Records
) -> None:
    """A topic of the plan."""
    lesson = LessonId(callback_data.lesson)
    put = await records.put_plan_topic(actor, lesson, callback_data.topic, callback_data.seen)
    seen = put.card.revs[put.part]
    await _show_put(bot, query, put, callback_data.model_copy(update={"seen": seen}))


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
    """The awaited topic; one that looks odd is shown back first."""
    doubt = await records.doubt(actor, message.text or "")
    if doubt is not None:
        await show(bot, message, topic_doubt(doubt))
        return
    put = await records.put_typed(actor, DraftPurpose.TOPIC, message.text or "")
    await show(bot, message, record_put(put))
    if put.prompt is not None and put.outcome is not Outcome.CHANGED:
        await rewrite(bot, message.chat.id, put.prompt, answered(put))


async def put_doubted(
    query: CallbackQuery, callback_data: PutDoubtedTopic, bot: Bot, actor: Actor, records: Records
) -> None:
    """«Записать так»."""
    put = await records.put_doubted(actor, LessonId(callback_data.lesson))
    await show(bot, query, record_put(put), toast(put), alert=put.outcome is Outcome.CHANGED)


async def _show_put(bot: Bot, query: CallbackQuery, put: RecordPut, again: CallbackData) -> None:
    await show(bot, query, record_put(put, again), toast(put), alert=put.outcome is Outcome.CHANGED)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="records")
    made.callback_query.filter(Known())
    made.message.filter(Known())
    made.callback_query.register(open_topic, OpenTopic.filter())
    made.callback_query.register(put_plan_topic, PutPlanTopic.filter())
    made.callback_query.register(put_doubted, PutDoubtedTopic.filter())
    made.callback_query.register(no_homework, NoHomework.filter())
    made.callback_query.register(restore, RestoreRecord.filter())
    made.message.register(typed_topic, Awaits(DraftPurpose.TOPIC))
    return made
