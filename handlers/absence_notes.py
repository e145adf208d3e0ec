"""«Не придёт»: guardians write notes, homeroom teachers decide them."""

from datetime import date

from aiogram import Bot, F
from aiogram.types import CallbackQuery, Message

from handlers.callbacks.absence_notes import (
    AskToDecline,
    AskToShorten,
    ConfirmNote,
    DeclineNote,
    NoteDays,
    NoteForChild,
    NoteSince,
    NoteWhy,
    OpenClassNotes,
    OpenNote,
    OpenNoteDays,
    OpenOwnNote,
    SendNote,
    ShortenNote,
    StartNote,
    WithdrawNote,
)
from handlers.filters import Awaits, Known
from handlers.scene import Scene
from handlers.screen import show
from handlers.screens import absence_notes as screens
from services.absence_notes import AbsenceNotes, NoteDecisions
from services.absence_notes.office import DAYS, DECLINE
from services.actor import Actor
from services.drafts import DraftRow
from services.i18n import gettext as _
from storage.vocabulary import ClassId, DraftPurpose, NoteId, PersonId

DAY = date.fromisoformat


async def typed_start(message: Message, bot: Bot, actor: Actor, absence_notes: AbsenceNotes) -> None:
    """Asked for by the button's words."""
    await show(bot, message, screens.start(await absence_notes.start(actor)))


async def start(query: CallbackQuery, bot: Bot, actor: Actor, absence_notes: AbsenceNotes) -> None:
    """The child and when."""
    await show(bot, query, screens.start(await absence_notes.start(actor)))


async def for_child(
    query: CallbackQuery, callback_data: NoteForChild, bot: Bot, actor: Actor, absence_notes: AbsenceNotes
) -> None:
    """When?"""
    await show(bot, query, screens.start(await absence_notes.start(actor, PersonId(callback_data.student))))


async def open_days(
    query: CallbackQuery, callback_data: OpenNoteDays, bot: Bot, actor: Actor, absence_notes: AbsenceNotes
) -> None:
    """The first day."""
    view = await absence_notes.choose_day(actor, PersonId(callback_data.student))
    await show(bot, query, screens.days(view, callback_data.page))


async def since(
    query: CallbackQuery, callback_data: NoteSince, bot: Bot, actor: Actor, absence_notes: AbsenceNotes
) -> None:
    """The last day."""
    view = await absence_notes.choose_day(actor, PersonId(callback_data.student), DAY(callback_data.since))
    await show(bot, query, screens.days(view, callback_data.page))


async def days(
    query: CallbackQuery, callback_data: NoteDays, bot: Bot, actor: Actor, absence_notes: AbsenceNotes
) -> None:
    """Why?"""
    student = PersonId(callback_data.student)
    view = await absence_notes.ask_reason(actor, student, DAY(callback_data.since), DAY(callback_data.until))
    await show(bot, query, screens.reason_choice(view))


async def why(
    query: CallbackQuery, callback_data: NoteWhy, bot: Bot, actor: Actor, absence_notes: AbsenceNotes
) -> None:
    """The note shown back."""
    view = await absence_notes.shown_back(actor, *_place(callback_data), callback_data.reason)
    await show(bot, query, screens.shown_back(view))


async def send(
    query: CallbackQuery, callback_data: SendNote, bot: Bot, actor: Actor, absence_notes: AbsenceNotes
) -> None:
    """«Отправить»."""
    view = await absence_notes.send(actor, *_place(callback_data), callback_data.reason)
    if view.already:
        await show(bot, query, screens.own(view.note), _("Already sent."))
        return
    await show(bot, query, screens.sent(view), _("The note is sent"))


async def open_own(
    query: CallbackQuery, callback_data: OpenOwnNote, bot: Bot, actor: Actor, absence_notes: AbsenceNotes
) -> None:
    """An own note."""
    await show(bot, query, screens.own(await absence_notes.own(actor, NoteId(callback_data.note))))


async def ask_to_shorten(
    query: CallbackQuery, callback_data: AskToShorten, bot: Bot, actor: Actor, absence_notes: AbsenceNotes
) -> None:
    """Until which day instead?"""
    await show(bot, query, screens.shortening(*await absence_notes.days_to_end(actor, NoteId(callback_data.note))))


async def shorten(
    query: CallbackQuery, callback_data: ShortenNote, bot: Bot, actor: Actor, absence_notes: AbsenceNotes
) -> None:
    """It ends earlier."""
    until, seen = DAY(callback_data.until), DAY(callback_data.seen)
    note = await absence_notes.shorten(actor, NoteId(callback_data.note), until, seen)
    await show(bot, query, screens.own(note), _("The note is shortened"))


async def withdraw(
    query: CallbackQuery, callback_data: WithdrawNote, bot: Bot, actor: Actor, absence_notes: AbsenceNotes
) -> None:
    """It is taken back."""
    note = await absence_notes.withdraw(actor, NoteId(callback_data.note))
    await show(bot, query, screens.own(note), _("The note is withdrawn"))


async def open_class_notes(
    query: CallbackQuery, callback_data: OpenClassNotes, bot: Bot, actor: Actor, note_decisions: NoteDecisions
) -> None:
    """The notes of a class."""
    view = await note_decisions.of_class(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.class_notes(view, callback_data.page))


async def open_note(
    query: CallbackQuery, callback_data: OpenNote, bot: Bot, actor: Actor, note_decisions: NoteDecisions
) -> None:
    """A note of the own class."""
    await show(bot, query, screens.note(await note_decisions.note(actor, NoteId(callback_data.note))))


async def confirm(
    query: CallbackQuery, callback_data: ConfirmNote, bot: Bot, actor: Actor, note_decisions: NoteDecisions
) -> None:
    """«Подтвердить»."""
    note = await note_decisions.confirm(actor, NoteId(callback_data.note))
    await show(bot, query, screens.note(note), screens.toast(note))


async def ask_to_decline(
    query: CallbackQuery, callback_data: AskToDecline, bot: Bot, actor: Actor, note_decisions: NoteDecisions
) -> None:
    """«Отклонить»: why?"""
    await show(bot, query, screens.declining(await note_decisions.ask_why(actor, NoteId(callback_data.note))))


async def decline(
    query: CallbackQuery, callback_data: DeclineNote, bot: Bot, actor: Actor, note_decisions: NoteDecisions
) -> None:
    """For one of the usual reasons."""
    note = await note_decisions.decline(actor, NoteId(callback_data.note), callback_data.why)
    await show(bot, query, screens.note(note), screens.toast(note))


async def typed(
    message: Message,
    bot: Bot,
    actor: Actor,
    draft: DraftRow,
    absence_notes: AbsenceNotes,
    note_decisions: NoteDecisions,
) -> None:
    """The days or the words of a note, or why one is declined."""
    text = message.text or ""
    if draft.data["ask"] == DECLINE:
        screen = screens.note(await note_decisions.decline_typed(actor, text))
    elif draft.data["ask"] == DAYS:
        screen = screens.reason_choice(await absence_notes.type_days(actor, text))
    else:
        screen = screens.shown_back(await absence_notes.type_words(actor, text))
    await show(bot, message, screen)


def _place(button: NoteWhy | SendNote) -> tuple[PersonId, date, date]:
    return PersonId(button.student), DAY(button.since), DAY(button.until)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="absence_notes")
    made.message.filter(Known())
    made.callback_query.filter(Known())
    made.message.register(typed_start, F.text.casefold().in_({"не придёт", "не придет", "will not come"}))
    made.message.register(typed, Awaits(DraftPurpose.ABSENCE_NOTE))
    made.callback_query.register(start, StartNote.filter())
    made.callback_query.register(for_child, NoteForChild.filter())
    made.callback_query.register(open_days, OpenNoteDays.filter())
    made.callback_query.register(since, NoteSince.filter())
    made.callback_query.register(days, NoteDays.filter())
    made.callback_query.register(why, NoteWhy.filter())
    made.callback_query.register(send, SendNote.filter())
    made.callback_query.register(open_own, OpenOwnNote.filter())
    made.callback_query.register(ask_to_shorten, AskToShorten.filter())
    made.callback_query.register(shorten, ShortenNote.filter())
    made.callback_query.register(withdraw, WithdrawNote.filter())
    made.callback_query.register(open_class_notes, OpenClassNotes.filter())
    made.callback_query.register(open_note, OpenNote.filter())
    made.callback_query.register(confirm, ConfirmNote.filter())
    made.callback_query.register(ask_to_decline, AskToDecline.filter())
    made.callback_query.register(decline, DeclineNote.filter())
    return made
