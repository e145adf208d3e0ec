"""«Дневник», «Неделя», «Предметы», «Итоги»: what stands in a child's record, and a student's own."""

from datetime import date

from aiogram import Bot, F
from aiogram.filters import Command, or_f
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from handlers.callbacks.diary import (
    OpenChildAbsences,
    OpenResults,
    OpenSubject,
    OpenSubjects,
    OpenSubjectTopics,
    OpenThisWeek,
    OpenToDo,
    OpenWeek,
    OpenWeekTimetable,
    OpenYear,
    SendTermPicture,
)
from handlers.callbacks.family import OpenDiary, OpenDiaryDay, SendDiary
from handlers.filters import Known, Unasked
from handlers.scene import Scene
from handlers.screen import answer, send, show
from handlers.screens import diary_subjects, diary_terms, diary_weeks, term_results
from handlers.screens.diary import day
from handlers.screens.diary_rows import heading, term_words
from services.actor import Actor
from services.clock import Clock
from services.diary import Diary
from services.finals.family import FamilyResults
from services.i18n import gettext as _
from services.reports.picture import term_picture
from storage.vocabulary import PersonId


def _of(student: int) -> PersonId | None:
    """The child of a button; 0: the first."""
    return PersonId(student) if student else None


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


async def open_to_do(query: CallbackQuery, callback_data: OpenToDo, bot: Bot, actor: Actor, diary: Diary) -> None:
    """What has to be done for the next school day."""
    await show(bot, query, diary_weeks.to_do(await diary.next_day(actor, PersonId(callback_data.student))))


async def my_week(message: Message, bot: Bot, actor: Actor, diary: Diary) -> None:
    """This week, asked for by the button's words."""
    await show(bot, message, diary_weeks.week(await diary.week(actor)))


async def open_this_week(
    query: CallbackQuery, callback_data: OpenThisWeek, bot: Bot, actor: Actor, diary: Diary
) -> None:
    """This week."""
    await show(bot, query, diary_weeks.week(await diary.week(actor, _of(callback_data.student))))


async def open_week(query: CallbackQuery, callback_data: OpenWeek, bot: Bot, actor: Actor, diary: Diary) -> None:
    """A child's week."""
    on_date = date.fromisoformat(callback_data.day)
    await show(bot, query, diary_weeks.week(await diary.week(actor, PersonId(callback_data.student), on_date)))


async def open_timetable(
    query: CallbackQuery, callback_data: OpenWeekTimetable, bot: Bot, actor: Actor, diary: Diary
) -> None:
    """A week's timetable."""
    on_date = date.fromisoformat(callback_data.day)
    view = await diary.timetable(actor, PersonId(callback_data.student), on_date)
    await show(bot, query, diary_weeks.timetable(view))


async def my_subjects(message: Message, bot: Bot, actor: Actor, diary: Diary) -> None:
    """The subjects of the term, asked for by the button's words."""
    await show(bot, message, diary_subjects.subjects(await diary.subjects(actor)))


async def open_subjects(
    query: CallbackQuery, callback_data: OpenSubjects, bot: Bot, actor: Actor, diary: Diary
) -> None:
    """The subjects of a term."""
    view = await diary.subjects(actor, _of(callback_data.student), callback_data.term or None)
    await show(bot, query, diary_subjects.subjects(view))


async def open_subject(query: CallbackQuery, callback_data: OpenSubject, bot: Bot, actor: Actor, diary: Diary) -> None:
    """A subject's marks in a term."""
    student, term = PersonId(callback_data.student), callback_data.term or None
    view = await diary.subject(actor, student, callback_data.subject, term)
    await show(bot, query, diary_subjects.subject(view, callback_data.page))


async def open_topics(
    query: CallbackQuery, callback_data: OpenSubjectTopics, bot: Bot, actor: Actor, diary: Diary
) -> None:
    """A subject's topics in a term."""
    student, term = PersonId(callback_data.student), callback_data.term or None
    view = await diary.subject(actor, student, callback_data.subject, term)
    await show(bot, query, diary_subjects.topics(view, callback_data.page))


async def open_absences(
    query: CallbackQuery, callback_data: OpenChildAbsences, bot: Bot, actor: Actor, diary: Diary
) -> None:
    """A term's absences."""
    view = await diary.absences(actor, _of(callback_data.student), callback_data.term or None)
    await show(bot, query, diary_terms.absences(view, callback_data.page))


async def open_results(
    query: CallbackQuery,
    callback_data: OpenResults,
    bot: Bot,
    actor: Actor,
    diary: Diary,
    family_results: FamilyResults,
) -> None:
    """«Итоги» of this year."""
    own = await diary.child(actor, _of(callback_data.student))
    view = await family_results.view(actor, own.child.id)
    await show(bot, query, diary_terms.results(term_results.child(view, own.today), own))


async def open_year(query: CallbackQuery, callback_data: OpenYear, bot: Bot, actor: Actor, diary: Diary) -> None:
    """A year's results."""
    view = await diary.year(actor, PersonId(callback_data.student), callback_data.term or None)
    await show(bot, query, diary_terms.year(view))


async def send_picture(
    query: CallbackQuery, callback_data: SendTermPicture, bot: Bot, actor: Actor, diary: Diary, clock: Clock
) -> None:
    """The marks of a term as a picture below; drawn at every press and kept nowhere."""
    view = await diary.term_marks(actor, PersonId(callback_data.student), callback_data.term or None)
    if not view.subjects:
        await answer(bot, query, _("No marks in this term yet."), alert=True)
        return
    await answer(bot, query, _("Drawing the picture…"))
    term = view.terms.chosen
    picture = await term_picture(view, clock.now())
    await bot.send_photo(
        query.from_user.id,
        BufferedInputFile(picture, "term.png"),
        caption=heading(view.opened, term_words(term, view.terms), term.class_name),
        parse_mode="HTML",
    )


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="diary")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(my_diary, or_f(Command("diary"), F.text.casefold().in_({"дневник", "diary"})))
    made.message.register(my_week, Unasked(), F.text.casefold().in_({"неделя", "week"}))
    made.message.register(my_subjects, Unasked(), F.text.casefold().in_({"предметы", "subjects"}))
    made.callback_query.register(open_diary, OpenDiary.filter())
    made.callback_query.register(open_day, OpenDiaryDay.filter())
    made.callback_query.register(send_diary, SendDiary.filter())
    made.callback_query.register(open_to_do, OpenToDo.filter())
    made.callback_query.register(open_this_week, OpenThisWeek.filter())
    made.callback_query.register(open_week, OpenWeek.filter())
    made.callback_query.register(open_timetable, OpenWeekTimetable.filter())
    made.callback_query.register(open_subjects, OpenSubjects.filter())
    made.callback_query.register(open_subject, OpenSubject.filter())
    made.callback_query.register(open_topics, OpenSubjectTopics.filter())
    made.callback_query.register(open_absences, OpenChildAbsences.filter())
    made.callback_query.register(open_results, OpenResults.filter())
    made.callback_query.register(open_year, OpenYear.filter())
    made.callback_query.register(send_picture, SendTermPicture.filter())
    return made
