"""«Оценки»: kinds of work, columns and marks."""

from aiogram import Bot
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.corrections import AskCorrection, AskForStudent, AskForValue
from handlers.callbacks.lessons import OpenLesson
from handlers.callbacks.marks import (
    AddWork,
    CheckWork,
    ChooseKind,
    CommentMark,
    OpenMarks,
    OpenStudent,
    OpenWork,
    PutMark,
    RemoveComment,
    UncheckWork,
)
from handlers.filters import Awaits, Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens.corrections import refused
from handlers.screens.marks import (
    WITHDRAWN,
    comment_asked,
    comment_put,
    comment_toast,
    kind_choice,
    mark_choice,
    mark_put,
    mark_sheet,
    toast,
    work_checked,
)
from services.actor import Actor
from services.changes import Outcome
from services.checking import Checking
from services.comments import Comments
from services.marks import CORRECTABLE, KindChoice, Marks
from storage.vocabulary import DraftPurpose, LessonId, PersonId, WorkId


async def open_marks(query: CallbackQuery, callback_data: OpenMarks, bot: Bot, actor: Actor, marks: Marks) -> None:
    """The lesson's newest column, or the kinds of work."""
    try:
        found = await marks.open(actor, LessonId(callback_data.lesson))
    except CORRECTABLE as refusal:
        lesson = callback_data.lesson
        await show(bot, query, refused(refusal, AskCorrection(lesson=lesson), OpenLesson(lesson=lesson)))
        return
    await show(bot, query, kind_choice(found) if isinstance(found, KindChoice) else mark_sheet(found))


async def choose_kind(query: CallbackQuery, callback_data: ChooseKind, bot: Bot, actor: Actor, marks: Marks) -> None:
    """The columns and the kinds of work."""
    try:
        choice = await marks.choose_kind(actor, LessonId(callback_data.lesson))
    except CORRECTABLE as refusal:
        lesson = callback_data.lesson
        await show(bot, query, refused(refusal, AskCorrection(lesson=lesson), OpenLesson(lesson=lesson)))
        return
    await show(bot, query, kind_choice(choice))


async def add_work(query: CallbackQuery, callback_data: AddWork, bot: Bot, actor: Actor, marks: Marks) -> None:
    """A column of a kind."""
    lesson = LessonId(callback_data.lesson)
    try:
        sheet = await marks.add_work(actor, lesson, callback_data.kind, callback_data.ordinal)
    except CORRECTABLE as refusal:
        await show(bot, query, refused(refusal, AskCorrection(lesson=lesson), ChooseKind(lesson=lesson)))
        return
    await show(bot, query, mark_sheet(sheet))


async def open_work(query: CallbackQuery, callback_data: OpenWork, bot: Bot, actor: Actor, marks: Marks) -> None:
    """A page of a column."""
    await show(bot, query, mark_sheet(await marks.sheet(actor, WorkId(callback_data.work)), callback_data.page))


async def open_student(query: CallbackQuery, callback_data: OpenStudent, bot: Bot, actor: Actor, marks: Marks) -> None:
    """The marks to choose from for one student."""
    try:
        choice = await marks.choose(actor, WorkId(callback_data.work), PersonId(callback_data.student))
    except CORRECTABLE as refusal:
        column = await marks.column(actor, WorkId(callback_data.work))
        ask = AskForStudent(student=callback_data.student, **column)
        back = OpenWork(work=callback_data.work, page=callback_data.page)
        await show(bot, query, refused(refusal, ask, back))
        return
    await show(bot, query, mark_choice(choice, callback_data.page))


async def put_mark(query: CallbackQuery, callback_data: PutMark, bot: Bot, actor: Actor, marks: Marks) -> None:
    """A mark, put or withdrawn; back on the grid."""
    value = None if callback_data.value == WITHDRAWN else callback_data.value
    work = WorkId(callback_data.work)
    try:
        put = await marks.put(actor, work, PersonId(callback_data.student), value, callback_data.seen)
    except CORRECTABLE as refusal:
        column = await marks.column(actor, work)
        ask = AskForValue(student=callback_data.student, value=callback_data.value, **column)
        await show(bot, query, refused(refusal, ask, OpenWork(work=work, page=callback_data.page)))
        return
    await show(bot, query, mark_put(put, callback_data.page), toast(put), alert=put.outcome is Outcome.CHANGED)


async def comment_mark(
    query: CallbackQuery, callback_data: CommentMark, bot: Bot, actor: Actor, comments: Comments
) -> None:
    """«Комментарий»: its text is awaited."""
    work, student = WorkId(callback_data.work), PersonId(callback_data.student)
    asked = await comments.ask(actor, work, student, callback_data.page)
    await show(bot, query, comment_asked(asked, callback_data.page))


async def typed_comment(message: Message, bot: Bot, actor: Actor, comments: Comments) -> None:
    """The awaited comment."""
    await show(bot, message, comment_put(await comments.put_typed(actor, message.text or "")))


async def remove_comment(
    query: CallbackQuery, callback_data: RemoveComment, bot: Bot, actor: Actor, comments: Comments
) -> None:
    """No comment."""
    work, student = WorkId(callback_data.work), PersonId(callback_data.student)
    done = await comments.remove(actor, work, student, callback_data.seen, callback_data.page)
    await show(bot, query, comment_put(done), comment_toast(done), alert=done.put.outcome is Outcome.CHANGED)


async def check_work(
    query: CallbackQuery, callback_data: CheckWork, bot: Bot, actor: Actor, checking: Checking
) -> None:
    """«Проверил»."""
    await show(bot, query, work_checked(await checking.check(actor, WorkId(callback_data.work))))


async def uncheck_work(
    query: CallbackQuery, callback_data: UncheckWork, bot: Bot, actor: Actor, checking: Checking
) -> None:
    """Not checked after all."""
    await show(bot, query, work_checked(await checking.take_back(actor, WorkId(callback_data.work))))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="marks")
    made.callback_query.filter(Known())
    made.callback_query.register(open_marks, OpenMarks.filter())
    made.callback_query.register(choose_kind, ChooseKind.filter())
    made.callback_query.register(add_work, AddWork.filter())
    made.callback_query.register(open_work, OpenWork.filter())
    made.callback_query.register(open_student, OpenStudent.filter())
    made.callback_query.register(put_mark, PutMark.filter())
    made.callback_query.register(comment_mark, CommentMark.filter())
    made.callback_query.register(remove_comment, RemoveComment.filter())
    made.callback_query.register(check_work, CheckWork.filter())
    made.callback_query.register(uncheck_work, UncheckWork.filter())
    made.message.filter(Known())
    made.message.register(typed_comment, Awaits(DraftPurpose.MARK_COMMENT))
    return made
