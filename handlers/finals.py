"""«Четвертные»: a teacher's term marks."""

from aiogram import Bot, F
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.finals import (
    AcceptAll,
    AskForTermMark,
    AskForTermValue,
    IssueAll,
    NobodyTook,
    OpenFinals,
    OpenForecast,
    OpenGrid,
    OpenTermMark,
    PutTermMark,
    SendTermRequest,
)
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import finals as screens
from handlers.screens import term_requests
from services.actor import Actor
from services.changes import Outcome
from services.finals.asking import TermMarkRequests
from services.finals.grid import Finals
from services.finals.sheets import Place
from services.i18n import gettext as _
from storage.vocabulary import PersonId

Grid = (
    OpenGrid
    | OpenForecast
    | OpenTermMark
    | PutTermMark
    | AcceptAll
    | IssueAll
    | NobodyTook
    | AskForTermMark
    | AskForTermValue
    | SendTermRequest
)


def _place(button: Grid) -> Place:
    return screens.place_of(button.school_class, button.subgroup, button.subject, button.scope, button.number)


async def my_finals(message: Message, bot: Bot, actor: Actor, finals: Finals) -> None:
    """Asked for by the button's words."""
    await show(bot, message, screens.assignments(await finals.choose(actor), 0))


async def open_finals(query: CallbackQuery, callback_data: OpenFinals, bot: Bot, actor: Actor, finals: Finals) -> None:
    """Classes and subjects."""
    await show(bot, query, screens.assignments(await finals.choose(actor), callback_data.page))


async def open_grid(query: CallbackQuery, callback_data: OpenGrid, bot: Bot, actor: Actor, finals: Finals) -> None:
    """A page of a grid."""
    await show(bot, query, screens.sheet(await finals.sheet(actor, _place(callback_data)), callback_data.page))


async def open_forecast(
    query: CallbackQuery, callback_data: OpenForecast, bot: Bot, actor: Actor, finals: Finals
) -> None:
    """The class's forecast."""
    await show(bot, query, screens.class_forecast(await finals.forecast(actor, _place(callback_data))))


async def open_term_mark(
    query: CallbackQuery, callback_data: OpenTermMark, bot: Bot, actor: Actor, finals: Finals
) -> None:
    """One student of a grid."""
    view = await finals.student(actor, _place(callback_data), PersonId(callback_data.student))
    await show(bot, query, screens.student(view, callback_data.page))


async def put_term_mark(
    query: CallbackQuery, callback_data: PutTermMark, bot: Bot, actor: Actor, finals: Finals
) -> None:
    """A draft, put or taken back; back on the grid."""
    value = screens.FROM_THE_WIRE.get(callback_data.value, callback_data.value)
    student = PersonId(callback_data.student)
    put = await finals.put(actor, _place(callback_data), student, value, callback_data.seen)
    screen = screens.put_done(put, callback_data.page)
    await show(bot, query, screen, screens.put_toast(put), alert=put.outcome is Outcome.CHANGED)


async def accept_all(query: CallbackQuery, callback_data: AcceptAll, bot: Bot, actor: Actor, finals: Finals) -> None:
    """«Принять все»."""
    screen, said = screens.accepted(*await finals.accept_all(actor, _place(callback_data)))
    await show(bot, query, screen, said)


async def issue_all(query: CallbackQuery, callback_data: IssueAll, bot: Bot, actor: Actor, finals: Finals) -> None:
    """«Выставить и отправить»."""
    done = await finals.issue(actor, _place(callback_data), callback_data.seen)
    screen, said = screens.sent(done)
    await show(bot, query, screen, said, alert=done.outcome is Outcome.CHANGED)


async def nobody_took(query: CallbackQuery, callback_data: NobodyTook, bot: Bot, actor: Actor, finals: Finals) -> None:
    """«Никто не сдавал»."""
    screen, said = screens.not_taken(*await finals.nobody_took(actor, _place(callback_data)))
    await show(bot, query, screen, said)


async def ask_for_term_mark(
    query: CallbackQuery, callback_data: AskForTermMark, bot: Bot, actor: Actor, term_mark_requests: TermMarkRequests
) -> None:
    """«Запросить исправление»: which value?"""
    choice = await term_mark_requests.choose(actor, _place(callback_data), PersonId(callback_data.student))
    await show(bot, query, term_requests.wanted_choice(choice))


async def ask_for_term_value(
    query: CallbackQuery, callback_data: AskForTermValue, bot: Bot, actor: Actor, term_mark_requests: TermMarkRequests
) -> None:
    """Why?"""
    choice = await term_mark_requests.choose(actor, _place(callback_data), PersonId(callback_data.student))
    value = screens.FROM_THE_WIRE.get(callback_data.value, callback_data.value)
    await show(bot, query, term_requests.why_choice(choice, value or ""))


async def send_term_request(
    query: CallbackQuery, callback_data: SendTermRequest, bot: Bot, actor: Actor, term_mark_requests: TermMarkRequests
) -> None:
    """Ask."""
    value = screens.FROM_THE_WIRE.get(callback_data.value, callback_data.value)
    place, student = _place(callback_data), PersonId(callback_data.student)
    reason = term_requests.REASONS[callback_data.why]
    done = await term_mark_requests.ask(actor, place, student, value or "", reason, callback_data.seen)
    await show(bot, query, term_requests.asked(done, place), _("The request is sent"))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="finals")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(my_finals, F.text.casefold().in_({"четвертные", "term marks"}))
    made.callback_query.register(open_finals, OpenFinals.filter())
    made.callback_query.register(open_grid, OpenGrid.filter())
    made.callback_query.register(open_forecast, OpenForecast.filter())
    made.callback_query.register(open_term_mark, OpenTermMark.filter())
    made.callback_query.register(put_term_mark, PutTermMark.filter())
    made.callback_query.register(accept_all, AcceptAll.filter())
    made.callback_query.register(issue_all, IssueAll.filter())
    made.callback_query.register(nobody_took, NobodyTook.filter())
    made.callback_query.register(ask_for_term_mark, AskForTermMark.filter())
    made.callback_query.register(ask_for_term_value, AskForTermValue.filter())
    made.callback_query.register(send_term_request, SendTermRequest.filter())
    return made
