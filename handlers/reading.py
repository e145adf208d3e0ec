"""«Ознакомлен(а)» of finals: a family's word; the homeroom teacher's list, reminders, signatures on paper."""

import asyncio

from aiogram import Bot
from aiogram.types import BufferedInputFile, CallbackQuery

from handlers.callbacks.reading import (
    Acknowledge,
    ChooseSignatures,
    EnterSignature,
    OpenFamilyReading,
    OpenReading,
    PrintSignatures,
    RemindSilent,
    SendResults,
)
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import answer, relabel, send, show
from handlers.screens import reading as screens
from handlers.screens.finals import SCOPES
from handlers.screens.term_results import child
from services.actor import Actor
from services.clock import Clock
from services.finals.family import FamilyResults
from services.finals.reading import ClassReading, NothingIssued, ResultsReading, family_of
from services.i18n import gettext as _
from services.reports.signatures import caption, file_name, signatures_pdf
from services.rules.finals import Scope
from storage.vocabulary import ClassId, PersonId


async def acknowledge(
    query: CallbackQuery, callback_data: Acknowledge, bot: Bot, actor: Actor, results_reading: ResultsReading
) -> None:
    """The word is kept; the button says since when, wherever it stands."""
    said = await results_reading.acknowledge(actor, PersonId(callback_data.student), callback_data.seen)
    label = screens.acknowledged(said.at)
    toast = _("There is something newer since: open “Results”.") if said.newer else label
    done = await asyncio.gather(
        relabel(bot, query, label), answer(bot, query, toast, alert=said.newer), return_exceptions=True
    )
    for one in done:
        if isinstance(one, BaseException):
            raise one


async def send_results(
    query: CallbackQuery,
    callback_data: SendResults,
    bot: Bot,
    actor: Actor,
    family_results: FamilyResults,
    clock: Clock,
) -> None:
    """A child's results below the letter, which stays."""
    view = await family_results.view(actor, PersonId(callback_data.student))
    await answer(bot, query)
    await send(bot, query.from_user.id, child(view, clock.now().astimezone(actor.zone).date()))


async def open_reading(
    query: CallbackQuery, callback_data: OpenReading, bot: Bot, actor: Actor, results_reading: ResultsReading
) -> None:
    """A class's families; before the first results, that there are none yet."""
    try:
        view = await _view(callback_data, actor, results_reading)
    except NothingIssued as refusal:
        await show(bot, query, screens.nothing_yet(ClassId(callback_data.school_class), refusal.say()))
        return
    await show(bot, query, screens.reading(view, callback_data.page))


async def open_family_reading(
    query: CallbackQuery, callback_data: OpenFamilyReading, bot: Bot, actor: Actor, results_reading: ResultsReading
) -> None:
    """One family."""
    view = await _view(callback_data, actor, results_reading)
    await show(bot, query, screens.family(view, family_of(view, PersonId(callback_data.student))))


async def enter_signature(
    query: CallbackQuery, callback_data: EnterSignature, bot: Bot, actor: Actor, results_reading: ResultsReading
) -> None:
    """A guardian has signed the sheet, or has not after all."""
    scope = Scope(SCOPES[callback_data.scope], callback_data.number)
    student_id, guardian_id = PersonId(callback_data.student), PersonId(callback_data.guardian)
    class_id = ClassId(callback_data.school_class)
    view = await results_reading.sign(actor, class_id, scope, student_id, guardian_id, signed=callback_data.signed)
    await show(bot, query, screens.family(view, family_of(view, student_id)))


async def remind_silent(
    query: CallbackQuery, callback_data: RemindSilent, bot: Bot, actor: Actor, results_reading: ResultsReading
) -> None:
    """Only the silent are reminded."""
    scope = Scope(SCOPES[callback_data.scope], callback_data.number)
    count = await results_reading.remind(actor, ClassId(callback_data.school_class), scope)
    await answer(bot, query, screens.reminded(count), alert=True)


async def choose_signatures(
    query: CallbackQuery, callback_data: ChooseSignatures, bot: Bot, actor: Actor, results_reading: ResultsReading
) -> None:
    """For whom the sheet is."""
    await show(bot, query, screens.signatures(await _view(callback_data, actor, results_reading)))


async def print_signatures(
    query: CallbackQuery,
    callback_data: PrintSignatures,
    bot: Bot,
    actor: Actor,
    results_reading: ResultsReading,
    clock: Clock,
) -> None:
    """The sheet, made anew at every press."""
    view = await _view(callback_data, actor, results_reading)
    await answer(bot, query, _("Making the document…"))
    families = [one for one in view.families if callback_data.everybody or one.on_paper]
    document = await signatures_pdf(view, families, clock.now())
    await bot.send_document(query.from_user.id, BufferedInputFile(document, file_name(view)), caption=caption(view))


async def _view(
    button: OpenReading | OpenFamilyReading | ChooseSignatures | PrintSignatures,
    actor: Actor,
    results_reading: ResultsReading,
) -> ClassReading:
    scope = Scope(SCOPES[button.scope], button.number) if button.number else None
    return await results_reading.view(actor, ClassId(button.school_class), scope)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="reading")
    made.callback_query.filter(Known())
    made.callback_query.register(acknowledge, Acknowledge.filter())
    made.callback_query.register(send_results, SendResults.filter())
    made.callback_query.register(open_reading, OpenReading.filter())
    made.callback_query.register(open_family_reading, OpenFamilyReading.filter())
    made.callback_query.register(enter_signature, EnterSignature.filter())
    made.callback_query.register(remind_silent, RemindSilent.filter())
    made.callback_query.register(choose_signatures, ChooseSignatures.filter())
    made.callback_query.register(print_signatures, PrintSignatures.filter())
    return made
