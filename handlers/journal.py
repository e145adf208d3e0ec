"""«Журнал»: a class's term in a subject."""

from aiogram import Bot
from aiogram.types import CallbackQuery

from handlers.callbacks.journal import OpenJournal, OpenStudentMarks, OpenTermJournal
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import journal as screens
from services.actor import Actor
from services.journal import Journal
from storage.vocabulary import ClassId, PersonId, SubgroupId, SubjectId, TermId


async def open_journal(
    query: CallbackQuery, callback_data: OpenJournal, bot: Bot, actor: Actor, journal: Journal
) -> None:
    """Classes and subjects."""
    await show(bot, query, screens.assignments(await journal.choose(actor), callback_data.page))


async def open_term(
    query: CallbackQuery, callback_data: OpenTermJournal, bot: Bot, actor: Actor, journal: Journal
) -> None:
    """A page of a class's term."""
    view = await journal.term(actor, *_place(callback_data), TermId(callback_data.term))
    await show(bot, query, screens.term(view, callback_data.only, callback_data.page))


async def open_student(
    query: CallbackQuery, callback_data: OpenStudentMarks, bot: Bot, actor: Actor, journal: Journal
) -> None:
    """One student's marks."""
    student_id = PersonId(callback_data.student)
    view = await journal.student(actor, *_place(callback_data), TermId(callback_data.term), student_id)
    await show(bot, query, screens.student(view, callback_data.page))


def _place(button: OpenTermJournal | OpenStudentMarks) -> tuple[ClassId, SubgroupId | None, SubjectId]:
    subgroup = SubgroupId(button.subgroup) if button.subgroup else None
    return ClassId(button.school_class), subgroup, SubjectId(button.subject)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="journal")
    made.callback_query.filter(Known())
    made.callback_query.register(open_journal, OpenJournal.filter())
    made.callback_query.register(open_term, OpenTermJournal.filter())
    made.callback_query.register(open_student, OpenStudentMarks.filter())
    return made
