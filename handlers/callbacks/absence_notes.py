"""Buttons of absence notes: a guardian's days and reason, and the homeroom teacher's decision."""

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.fields import Day, Id, Page, Ref
from services.absence_notes.deciding import Why
from storage.vocabulary import NoteReason


class StartNote(CallbackData, prefix="na1"):
    """«Не придёт»: the child and when."""


class NoteForChild(CallbackData, prefix="nb1"):
    """Which child will not come."""

    student: Id


class OpenNoteDays(CallbackData, prefix="nc1"):
    """«Другие дни»: the first day of the absence."""

    student: Id
    page: Page


class NoteSince(CallbackData, prefix="nd1"):
    """The first day is chosen; on to the last."""

    student: Id
    since: Day
    page: Page


class NoteDays(CallbackData, prefix="ne1"):
    """The days are chosen; on to the reason."""

    student: Ref
    since: Day
    until: Day


class NoteWhy(CallbackData, prefix="nf1"):
    """The reason is chosen; the note is shown back."""

    student: Ref
    since: Day
    until: Day
    reason: NoteReason


class SendNote(CallbackData, prefix="ng1"):
    """«Отправить»: this note, with the words typed for it."""

    student: Ref
    since: Day
    until: Day
    reason: NoteReason


class OpenOwnNote(CallbackData, prefix="ni1"):
    """An own note."""

    note: Id


class AskToShorten(CallbackData, prefix="nj1"):
    """On which earlier day an own note ends."""

    note: Id


class ShortenNote(CallbackData, prefix="nk1"):
    """An own note ends on this day; `seen`: the end on the screen."""

    note: Id
    until: Day
    seen: Day


class WithdrawNote(CallbackData, prefix="nl1"):
    """An own note is taken back."""

    note: Id


class OpenClassNotes(CallbackData, prefix="nm1"):
    """The notes of a class, for its homeroom teacher."""

    school_class: Id
    page: Page


class OpenNote(CallbackData, prefix="nn1"):
    """A note of the own class."""

    note: Id


class ConfirmNote(CallbackData, prefix="no1"):
    """«Подтвердить»: the reason stands in the journal."""

    note: Id


class AskToDecline(CallbackData, prefix="np1"):
    """«Отклонить»: why?"""

    note: Id


class DeclineNote(CallbackData, prefix="nq1"):
    """Declined, for one of the usual reasons."""

    note: Id
    why: Why
