"""«Посещаемость»: the grid and what confirms it."""

from aiogram import Bot
from aiogram.types import CallbackQuery

from handlers.callbacks.lessons import ConfirmAllPresent, ConfirmAttendance, OpenAttendance, PutAttendance, PutLate
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens.attendance import attendance_sheet, confirmed, confirmed_toast, put_toast
from services.actor import Actor
from services.attendance import Attendance
from services.changes import Outcome
from storage.vocabulary import AttendanceCode, LessonId, PersonId


async def open_attendance(
    query: CallbackQuery, callback_data: OpenAttendance, bot: Bot, actor: Actor, attendance: Attendance
) -> None:
    """A page of the grid."""
    sheet = await attendance.sheet(actor, LessonId(callback_data.lesson))
    await show(bot, query, attendance_sheet(sheet, callback_data.page))


async def put_attendance(
    query: CallbackQuery, callback_data: PutAttendance, bot: Bot, actor: Actor, attendance: Attendance
) -> None:
    """A tap on a name."""
    put = await attendance.put(
        actor,
        LessonId(callback_data.lesson),
        PersonId(callback_data.student),
        callback_data.code,
        callback_data.seen,
    )
    screen = attendance_sheet(put.sheet, callback_data.page, put)
    await show(bot, query, screen, put_toast(put), alert=put.outcome is Outcome.CHANGED)


async def put_late(
    query: CallbackQuery, callback_data: PutLate, bot: Bot, actor: Actor, attendance: Attendance
) -> None:
    """By how many minutes."""
    put = await attendance.put(
        actor,
        LessonId(callback_data.lesson),
        PersonId(callback_data.student),
        AttendanceCode.LATE,
        callback_data.seen,
        callback_data.minutes,
    )
    screen = attendance_sheet(put.sheet, callback_data.page, put)
    await show(bot, query, screen, put_toast(put), alert=put.outcome is Outcome.CHANGED)


async def confirm_attendance(
    query: CallbackQuery, callback_data: ConfirmAttendance, bot: Bot, actor: Actor, attendance: Attendance
) -> None:
    """«Готово»."""
    done = await attendance.confirm(actor, LessonId(callback_data.lesson), callback_data.seen)
    await show(bot, query, confirmed(done), confirmed_toast(done), alert=done.sheet is not None)


async def confirm_all_present(
    query: CallbackQuery, callback_data: ConfirmAllPresent, bot: Bot, actor: Actor, attendance: Attendance
) -> None:
    """«Все присутствуют»."""
    done = await attendance.confirm_all_present(actor, LessonId(callback_data.lesson), callback_data.seen)
    await show(bot, query, confirmed(done), confirmed_toast(done), alert=done.sheet is not None)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="attendance")
    made.callback_query.filter(Known())
    made.callback_query.register(open_attendance, OpenAttendance.filter())
    made.callback_query.register(put_attendance, PutAttendance.filter())
    made.callback_query.register(put_late, PutLate.filter())
    made.callback_query.register(confirm_attendance, ConfirmAttendance.filter())
    made.callback_query.register(confirm_all_present, ConfirmAllPresent.filter())
    return made
