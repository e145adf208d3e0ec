"""«Доступ»: employees' codes, who of them is connected, disconnecting."""

from aiogram import Bot, F
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command, or_f
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from handlers.callbacks.access import (
    AskToDisconnectEmployee,
    DisconnectEmployee,
    FindEmployee,
    HideCode,
    IssueStaffCode,
    OpenAccessClasses,
    OpenEmployee,
    OpenStaffAccess,
)
from handlers.filters import Awaits, Known
from handlers.scene import Scene
from handlers.screen import answer, markup, show
from handlers.screens import staff_access as screens
from services import words
from services.actor import Actor
from services.i18n import gettext as _
from services.reports.slips import qr_png
from services.staff_access import StaffAccess
from storage.vocabulary import DraftPurpose, PersonId


async def staff_typed(message: Message, bot: Bot, actor: Actor, staff_access: StaffAccess) -> None:
    """Asked for by a command or by the button's words."""
    await show(bot, message, screens.staff(await staff_access.view(actor), 0))


async def open_staff(
    query: CallbackQuery, callback_data: OpenStaffAccess, bot: Bot, actor: Actor, staff_access: StaffAccess
) -> None:
    """The staff."""
    await show(bot, query, screens.staff(await staff_access.view(actor), callback_data.page))


async def find_employee(query: CallbackQuery, bot: Bot, actor: Actor, staff_access: StaffAccess) -> None:
    """Whom?"""
    await staff_access.ask_name(actor)
    await show(bot, query, screens.ask_name())


async def typed_name(message: Message, bot: Bot, actor: Actor, staff_access: StaffAccess) -> None:
    """The beginning of a name."""
    await show(bot, message, screens.found(await staff_access.named(actor, message.text or "")))


async def open_employee(
    query: CallbackQuery, callback_data: OpenEmployee, bot: Bot, actor: Actor, staff_access: StaffAccess
) -> None:
    """One of them."""
    await show(bot, query, screens.employee(await staff_access.employee(actor, PersonId(callback_data.person))))


async def issue(
    query: CallbackQuery, callback_data: IssueStaffCode, bot: Bot, actor: Actor, staff_access: StaffAccess
) -> None:
    """A code, as a picture with its link: kept nowhere else, and gone from the chat by its button."""
    made = await staff_access.issue(actor, PersonId(callback_data.person))
    await answer(bot, query, _("The code is made"))
    link = f"https://t.me/{(await bot.me()).username}?start={made.issued.token}"
    until = words.day_and_month(made.issued.expires_at.astimezone(actor.zone).date())
    screen = screens.code(made, link, until)
    await bot.send_photo(
        query.from_user.id,
        BufferedInputFile(qr_png(link), "code.png"),
        caption=screen.text,
        parse_mode="HTML",
        reply_markup=markup(screen.rows),
    )


async def hide_code(query: CallbackQuery, bot: Bot) -> None:
    """The picture goes; one too old to be deleted stays."""
    await answer(bot, query, _("Removed"))
    if query.message is not None:
        try:
            await bot.delete_message(query.message.chat.id, query.message.message_id)
        except TelegramBadRequest as refusal:
            if "delete" not in refusal.message:
                raise


async def ask_to_disconnect(
    query: CallbackQuery, callback_data: AskToDisconnectEmployee, bot: Bot, actor: Actor, staff_access: StaffAccess
) -> None:
    """Are you sure?"""
    one = await staff_access.employee(actor, PersonId(callback_data.person))
    await show(bot, query, screens.ask_to_disconnect(one))


async def disconnect(
    query: CallbackQuery, callback_data: DisconnectEmployee, bot: Bot, actor: Actor, staff_access: StaffAccess
) -> None:
    """The account ends."""
    one = await staff_access.disconnect(actor, PersonId(callback_data.person))
    await show(bot, query, screens.employee(one), _("Disconnected"))


async def open_classes(
    query: CallbackQuery, callback_data: OpenAccessClasses, bot: Bot, actor: Actor, staff_access: StaffAccess
) -> None:
    """The classes."""
    await show(bot, query, screens.classes(await staff_access.view(actor), callback_data.page))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="staff_access")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(staff_typed, or_f(Command("access"), F.text.casefold().in_({"доступ", "access"})))
    made.message.register(typed_name, Awaits(DraftPurpose.STAFF_SEARCH))
    made.callback_query.register(open_staff, OpenStaffAccess.filter())
    made.callback_query.register(find_employee, FindEmployee.filter())
    made.callback_query.register(open_employee, OpenEmployee.filter())
    made.callback_query.register(issue, IssueStaffCode.filter())
    made.callback_query.register(hide_code, HideCode.filter())
    made.callback_query.register(ask_to_disconnect, AskToDisconnectEmployee.filter())
    made.callback_query.register(disconnect, DisconnectEmployee.filter())
    made.callback_query.register(open_classes, OpenAccessClasses.filter())
    return made
