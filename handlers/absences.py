"""«Отсутствующие» of a homeroom teacher: reasons, days, weeks."""

from datetime import date

from aiogram import Bot
from aiogram.types import CallbackQuery

from handlers.callbacks.absences import OpenAbsence, OpenAbsences, OpenSeenLesson, OpenWeek, SetReason, VerifyWeek
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import absences as screens
from services.absences import Absences
from services.actor import Actor
from services.changes import Outcome
from services.i18n import gettext as _
from storage.vocabulary import ClassId, LessonId, PersonId


async def open_absences(
    query: CallbackQuery, callback_data: OpenAbsences, bot: Bot, actor: Actor, absences: Absences
) -> None:
    """A page of the class's absences."""
    view = await absences.overview(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.overview(view, callback_data.page))


async def open_absence(
    query: CallbackQuery, callback_data: OpenAbsence, bot: Bot, actor: Actor, absences: Absences
) -> None:
    """A student's day."""
    day = await absences.day(actor, PersonId(callback_data.student), date.fromisoformat(callback_data.day))
    await show(bot, query, screens.student_day(day))


async def set_reason(
    query: CallbackQuery, callback_data: SetReason, bot: Bot, actor: Actor, absences: Absences
) -> None:
    """The reason of the whole day."""
    put = await absences.set_reason(
        actor,
        PersonId(callback_data.student),
        date.fromisoformat(callback_data.day),
        callback_data.reason,
        callback_data.seen,
    )
    screen, toast = screens.reason_put(put), screens.reason_toast(put)
    await show(bot, query, screen, toast, alert=put.outcome is Outcome.CHANGED)


async def open_seen_lesson(
    query: CallbackQuery, callback_data: OpenSeenLesson, bot: Bot, actor: Actor, absences: Absences
) -> None:
    """A lesson of the class, to read only."""
    student, on_date = PersonId(callback_data.student), date.fromisoformat(callback_data.day)
    card = await absences.lesson(actor, student, on_date, LessonId(callback_data.lesson))
    await show(bot, query, screens.seen_lesson(card, student, on_date))


async def open_week(query: CallbackQuery, callback_data: OpenWeek, bot: Bot, actor: Actor, absences: Absences) -> None:
    """A week of the class."""
    view = await absences.week(actor, ClassId(callback_data.school_class), date.fromisoformat(callback_data.week))
    await show(bot, query, screens.week(view))


async def verify_week(
    query: CallbackQuery, callback_data: VerifyWeek, bot: Bot, actor: Actor, absences: Absences
) -> None:
    """«Сверено»."""
    view = await absences.verify(actor, ClassId(callback_data.school_class), date.fromisoformat(callback_data.week))
    await show(bot, query, screens.week(view), _("The week is verified"))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="absences")
    made.callback_query.filter(Known())
    made.callback_query.register(open_absences, OpenAbsences.filter())
    made.callback_query.register(open_absence, OpenAbsence.filter())
    made.callback_query.register(set_reason, SetReason.filter())
    made.callback_query.register(open_seen_lesson, OpenSeenLesson.filter())
    made.callback_query.register(open_week, OpenWeek.filter())
    made.callback_query.register(verify_week, VerifyWeek.filter())
    return made
