"""«Оценки»: kinds of work, columns and marks."""

from aiogram import Bot, Router
from aiogram.types import CallbackQuery

from handlers.callbacks.marks import AddWork, ChooseKind, OpenMarks, OpenStudent, OpenWork, PutMark
from handlers.filters import Known
from handlers.screen import show
from handlers.screens.marks import WITHDRAWN, kind_choice, mark_choice, mark_put, mark_sheet, toast
from services.actor import Actor
from services.changes import Outcome
from services.marks import KindChoice, Marks
from storage.vocabulary import LessonId, PersonId, WorkId


async def open_marks(query: CallbackQuery, callback_data: OpenMarks, bot: Bot, actor: Actor, marks: Marks) -> None:
    """The lesson's newest column, or the kinds of work."""
    found = await marks.open(actor, LessonId(callback_data.lesson))
    await show(bot, query, kind_choice(found) if isinstance(found, KindChoice) else mark_sheet(found))


async def choose_kind(query: CallbackQuery, callback_data: ChooseKind, bot: Bot, actor: Actor, marks: Marks) -> None:
    """The columns and the kinds of work."""
    await show(bot, query, kind_choice(await marks.choose_kind(actor, LessonId(callback_data.lesson))))


async def add_work(query: CallbackQuery, callback_data: AddWork, bot: Bot, actor: Actor, marks: Marks) -> None:
    """A column of a kind."""
    lesson = LessonId(callback_data.lesson)
    await show(bot, query, mark_sheet(await marks.add_work(actor, lesson, callback_data.kind, callback_data.ordinal)))


async def open_work(query: CallbackQuery, callback_data: OpenWork, bot: Bot, actor: Actor, marks: Marks) -> None:
    """A page of a column."""
    await show(bot, query, mark_sheet(await marks.sheet(actor, WorkId(callback_data.work)), callback_data.page))


async def open_student(query: CallbackQuery, callback_data: OpenStudent, bot: Bot, actor: Actor, marks: Marks) -> None:
    """The marks to choose from for one student."""
    choice = await marks.choose(actor, WorkId(callback_data.work), PersonId(callback_data.student))
    await show(bot, query, mark_choice(choice, callback_data.page))


async def put_mark(query: CallbackQuery, callback_data: PutMark, bot: Bot, actor: Actor, marks: Marks) -> None:
    """A mark, put or withdrawn; back on the grid."""
    value = None if callback_data.value == WITHDRAWN else callback_data.value
    put = await marks.put(actor, WorkId(callback_data.work), PersonId(callback_data.student), value, callback_data.seen)
    await show(bot, query, mark_put(put, callback_data.page), toast(put), alert=put.outcome is Outcome.CHANGED)


def router() -> Router:
    """The router of this scene, a new one at every call."""
    made = Router(name="marks")
    made.callback_query.filter(Known())
    made.callback_query.register(open_marks, OpenMarks.filter())
    made.callback_query.register(choose_kind, ChooseKind.filter())
    made.callback_query.register(add_work, AddWork.filter())
    made.callback_query.register(open_work, OpenWork.filter())
    made.callback_query.register(open_student, OpenStudent.filter())
    made.callback_query.register(put_mark, PutMark.filter())
    return made
