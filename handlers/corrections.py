"""«Запросить исправление» and the deputy head's «Запросы»."""

from aiogram import Bot
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.corrections import (
    ApproveRequest,
    AskCorrection,
    AskForStudent,
    AskForValue,
    AskInColumn,
    AskToDecline,
    ChooseReason,
    DeclineRequest,
    DropRequest,
    OpenOwnRequests,
    OpenRequest,
    OpenRequests,
    SendRequest,
    WithdrawRequest,
)
from handlers.filters import Awaits, Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import corrections as screens
from services.actor import Actor
from services.changes import Outcome
from services.corrections import Corrections, Decisions
from services.corrections.places import Column
from services.i18n import gettext as _
from storage.vocabulary import DraftPurpose, LessonId, PersonId, RequestId


def column_of(button: AskInColumn | AskForStudent | AskForValue) -> Column:
    """The column a button names."""
    return Column(LessonId(button.lesson), button.kind, button.ordinal)


async def ask_correction(
    query: CallbackQuery, callback_data: AskCorrection, bot: Bot, actor: Actor, corrections: Corrections
) -> None:
    """Which column?"""
    choice = await corrections.columns(actor, LessonId(callback_data.lesson))
    await show(bot, query, screens.column_choice(choice))


async def ask_in_column(
    query: CallbackQuery, callback_data: AskInColumn, bot: Bot, actor: Actor, corrections: Corrections
) -> None:
    """Whose mark?"""
    found = await corrections.students(actor, column_of(callback_data))
    await show(bot, query, screens.column_grid(found, callback_data.page))


async def ask_for_student(
    query: CallbackQuery, callback_data: AskForStudent, bot: Bot, actor: Actor, corrections: Corrections
) -> None:
    """Which value?"""
    choice = await corrections.values(actor, column_of(callback_data), PersonId(callback_data.student))
    await show(bot, query, screens.value_choice(choice))


async def ask_for_value(
    query: CallbackQuery, callback_data: AskForValue, bot: Bot, actor: Actor, corrections: Corrections
) -> None:
    """Why? The reason may be typed now."""
    value = None if callback_data.value == screens.WITHDRAWN else callback_data.value
    draft = await corrections.want(actor, column_of(callback_data), PersonId(callback_data.student), value)
    await show(bot, query, screens.reason_choice(draft))


async def choose_reason(
    query: CallbackQuery, callback_data: ChooseReason, bot: Bot, actor: Actor, corrections: Corrections
) -> None:
    """One of the usual reasons; the request is shown back."""
    draft = await corrections.choose_reason(actor, callback_data.request, callback_data.why)
    await show(bot, query, screens.draft_shown(draft))


async def typed_reason(message: Message, bot: Bot, actor: Actor, corrections: Corrections) -> None:
    """A typed reason; the request is shown back."""
    await show(bot, message, screens.draft_shown(await corrections.type_reason(actor, message.text or "")))


async def send_request(
    query: CallbackQuery, callback_data: SendRequest, bot: Bot, actor: Actor, corrections: Corrections
) -> None:
    """Ask."""
    sent = await corrections.send(actor, callback_data.request)
    await show(bot, query, screens.request_sent(sent), _("The request is sent"))


async def drop_request(
    query: CallbackQuery, callback_data: DropRequest, bot: Bot, actor: Actor, corrections: Corrections
) -> None:
    """Not after all; back to the columns of the lesson."""
    column = await corrections.drop(actor, callback_data.request)
    choice = await corrections.columns(actor, column.lesson_id)
    await show(bot, query, screens.column_choice(choice), _("Nothing was sent"))


async def open_own_requests(
    query: CallbackQuery, callback_data: OpenOwnRequests, bot: Bot, actor: Actor, corrections: Corrections
) -> None:
    """«Мои запросы»."""
    await show(bot, query, screens.own_requests(await corrections.own(actor), callback_data.page))


async def withdraw_request(
    query: CallbackQuery, callback_data: WithdrawRequest, bot: Bot, actor: Actor, corrections: Corrections
) -> None:
    """«Отозвать запрос»."""
    await show(bot, query, screens.request(await corrections.withdraw(actor, RequestId(callback_data.request))))


async def open_requests(
    query: CallbackQuery, callback_data: OpenRequests, bot: Bot, actor: Actor, decisions: Decisions
) -> None:
    """«Запросы»."""
    await show(bot, query, screens.waiting_requests(await decisions.waiting(actor), callback_data.page))


async def open_request(
    query: CallbackQuery, callback_data: OpenRequest, bot: Bot, actor: Actor, decisions: Decisions
) -> None:
    """One request, to its asker or to who decides."""
    await show(bot, query, screens.request(await decisions.open(actor, RequestId(callback_data.request))))


async def approve_request(
    query: CallbackQuery, callback_data: ApproveRequest, bot: Bot, actor: Actor, decisions: Decisions
) -> None:
    """«Одобрить»."""
    done = await decisions.approve(actor, RequestId(callback_data.request), callback_data.seen)
    await show(bot, query, screens.decided(done), screens.toast(done), alert=done.outcome is not Outcome.SAVED)


async def ask_to_decline(
    query: CallbackQuery, callback_data: AskToDecline, bot: Bot, actor: Actor, decisions: Decisions
) -> None:
    """«Отклонить»: why? The reason may be typed now."""
    await show(bot, query, screens.decline_choice(await decisions.ask_why(actor, RequestId(callback_data.request))))


async def decline_request(
    query: CallbackQuery, callback_data: DeclineRequest, bot: Bot, actor: Actor, decisions: Decisions
) -> None:
    """Declined for a usual reason."""
    done = await decisions.decline(actor, RequestId(callback_data.request), callback_data.why)
    await show(bot, query, screens.decided(done), screens.toast(done), alert=done.outcome is not Outcome.SAVED)


async def typed_decline(message: Message, bot: Bot, actor: Actor, decisions: Decisions) -> None:
    """Declined for a typed reason."""
    await show(bot, message, screens.decided(await decisions.type_decline(actor, message.text or "")))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="corrections")
    made.callback_query.filter(Known())
    made.message.filter(Known())
    made.callback_query.register(ask_correction, AskCorrection.filter())
    made.callback_query.register(ask_in_column, AskInColumn.filter())
    made.callback_query.register(ask_for_student, AskForStudent.filter())
    made.callback_query.register(ask_for_value, AskForValue.filter())
    made.callback_query.register(choose_reason, ChooseReason.filter())
    made.callback_query.register(send_request, SendRequest.filter())
    made.callback_query.register(drop_request, DropRequest.filter())
    made.callback_query.register(open_own_requests, OpenOwnRequests.filter())
    made.callback_query.register(withdraw_request, WithdrawRequest.filter())
    made.callback_query.register(open_requests, OpenRequests.filter())
    made.callback_query.register(open_request, OpenRequest.filter())
    made.callback_query.register(approve_request, ApproveRequest.filter())
    made.callback_query.register(ask_to_decline, AskToDecline.filter())
    made.callback_query.register(decline_request, DeclineRequest.filter())
    made.message.register(typed_reason, Awaits(DraftPurpose.CORRECTION))
    made.message.register(typed_decline, Awaits(DraftPurpose.DECISION))
    return made
