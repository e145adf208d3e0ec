"""«Итоги»: the deputy head's closing of terms, received results, and a family's view of what was issued."""

from datetime import UTC, date, datetime, time

from aiogram import Bot
from aiogram.types import CallbackQuery

from handlers.callbacks.finals import (
    AskToClose,
    ChooseReceiptClass,
    ChooseReceiptSubject,
    ChooseReceivedAt,
    CloseTerm,
    OpenChildResults,
    OpenClassResults,
    OpenDoubts,
    OpenReceipts,
    OpenTerm,
    OpenTermResults,
    RegisterReceipt,
    ScopeSign,
)
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import term_results as screens
from handlers.screens.finals import SCOPES
from services.actor import Actor
from services.assignments import CONTROLLING
from services.clock import Clock
from services.finals.closing import TermResults
from services.finals.family import FamilyResults
from services.finals.receipts import Receipts
from services.i18n import gettext as _
from services.rules.finals import Scope
from storage.vocabulary import ClassId, PersonId, SubjectId, TermId, TermScope


def _scope(sign: ScopeSign, number: int) -> Scope | None:
    """The scope of a button; number 0: whichever is due."""
    return Scope(SCOPES[sign], number) if number else None


async def open_term_results(query: CallbackQuery, bot: Bot, actor: Actor, term_results: TermResults) -> None:
    """The term that is to be closed."""
    await show(bot, query, screens.overview(await term_results.overview(actor)))


async def open_term(
    query: CallbackQuery, callback_data: OpenTerm, bot: Bot, actor: Actor, term_results: TermResults
) -> None:
    """The school in a scope."""
    view = await term_results.overview(actor, _scope(callback_data.scope, callback_data.number))
    await show(bot, query, screens.overview(view, callback_data.page))


async def open_class_results(
    query: CallbackQuery, callback_data: OpenClassResults, bot: Bot, actor: Actor, term_results: TermResults
) -> None:
    """A class by subject."""
    scope = _scope(callback_data.scope, callback_data.number)
    view = await term_results.school_class(actor, ClassId(callback_data.school_class), scope)
    controls = bool(actor.roles & CONTROLLING)
    await show(bot, query, screens.school_class(view, callback_data.page, controls=controls))


async def open_doubts(
    query: CallbackQuery, callback_data: OpenDoubts, bot: Bot, actor: Actor, term_results: TermResults
) -> None:
    """What deserves a second look."""
    scope = Scope(SCOPES[callback_data.scope], callback_data.number)
    await show(
        bot, query, screens.doubts(*await term_results.doubts(actor, ClassId(callback_data.school_class), scope))
    )


async def ask_to_close(
    query: CallbackQuery, callback_data: AskToClose, bot: Bot, actor: Actor, term_results: TermResults
) -> None:
    """Are you sure?"""
    view = await term_results.overview(actor, Scope(TermScope.TERM, callback_data.term))
    await show(bot, query, screens.ask_to_close(view))


async def close_term(
    query: CallbackQuery, callback_data: CloseTerm, bot: Bot, actor: Actor, term_results: TermResults
) -> None:
    """The term is closed."""
    view = await term_results.close(actor, TermId(callback_data.term))
    await show(bot, query, screens.overview(view), _("The term is closed."))


async def open_receipts(query: CallbackQuery, bot: Bot, actor: Actor, receipts: Receipts) -> None:
    """What was received."""
    await show(bot, query, screens.receipts(await receipts.received(actor)))


async def choose_receipt_class(
    query: CallbackQuery, callback_data: ChooseReceiptClass, bot: Bot, actor: Actor, receipts: Receipts
) -> None:
    """Of which class."""
    await show(bot, query, screens.receipt_class(await receipts.classes(actor), callback_data.page))


async def choose_receipt_subject(
    query: CallbackQuery, callback_data: ChooseReceiptSubject, bot: Bot, actor: Actor, receipts: Receipts
) -> None:
    """In which subject."""
    scope = SCOPES[callback_data.scope]
    view = await receipts.of_class(actor, ClassId(callback_data.school_class), scope)
    await show(bot, query, screens.receipt_subject(view, scope, callback_data.page))


async def choose_received_at(
    query: CallbackQuery, callback_data: ChooseReceivedAt, bot: Bot, actor: Actor, receipts: Receipts
) -> None:
    """When."""
    scope, subject = SCOPES[callback_data.scope], SubjectId(callback_data.subject)
    view = await receipts.of_class(actor, ClassId(callback_data.school_class), scope, subject)
    on = date.fromisoformat(callback_data.day)
    await show(bot, query, screens.received_at(view, subject, scope, on))


async def register_receipt(
    query: CallbackQuery, callback_data: RegisterReceipt, bot: Bot, actor: Actor, receipts: Receipts
) -> None:
    """Results came."""
    at = time(*divmod(callback_data.minute, 60))
    moment = datetime.combine(date.fromisoformat(callback_data.day), at, actor.zone).astimezone(UTC)
    class_id, subject_id = ClassId(callback_data.school_class), SubjectId(callback_data.subject)
    found = await receipts.register(actor, class_id, subject_id, SCOPES[callback_data.scope], moment)
    await show(bot, query, screens.receipts(found), _("Registered"))


async def open_child_results(
    query: CallbackQuery,
    callback_data: OpenChildResults,
    bot: Bot,
    actor: Actor,
    family_results: FamilyResults,
    clock: Clock,
) -> None:
    """A child's results."""
    view = await family_results.view(actor, PersonId(callback_data.student))
    await show(bot, query, screens.child(view, clock.now().astimezone(actor.zone).date()))


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="term_results")
    made.callback_query.filter(Known())
    made.callback_query.register(open_term_results, OpenTermResults.filter())
    made.callback_query.register(open_term, OpenTerm.filter())
    made.callback_query.register(open_class_results, OpenClassResults.filter())
    made.callback_query.register(open_doubts, OpenDoubts.filter())
    made.callback_query.register(ask_to_close, AskToClose.filter())
    made.callback_query.register(close_term, CloseTerm.filter())
    made.callback_query.register(open_receipts, OpenReceipts.filter())
    made.callback_query.register(choose_receipt_class, ChooseReceiptClass.filter())
    made.callback_query.register(choose_receipt_subject, ChooseReceiptSubject.filter())
    made.callback_query.register(choose_received_at, ChooseReceivedAt.filter())
    made.callback_query.register(register_receipt, RegisterReceipt.filter())
    made.callback_query.register(open_child_results, OpenChildResults.filter())
    return made
