"""Buttons of reminders: what each names opens in its place. A lesson's card: OpenReminded, beside the card's own."""

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.fields import Day, Id
from handlers.callbacks.finals import Ref, ScopeSign


class OpenRemindedWork(CallbackData, prefix="rw1"):
    """The grid of a column with marks missing."""

    work: Id


class OpenRemindedMarks(CallbackData, prefix="rm1"):
    """The kinds of work of a lesson whose planned work has no column."""

    lesson: Id


class OpenRemindedGrid(CallbackData, prefix="rg1"):
    """The grid of term marks, or of received results."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref


class OpenRemindedWeek(CallbackData, prefix="rv1"):
    """The week of a class whose attendance is to be verified."""

    school_class: Id
    week: Day


class OpenRemindedBriefing(CallbackData, prefix="rb1"):
    """The ledger of a class whose families are to be informed."""

    school_class: Id


class OpenRemindedPrinting(CallbackData, prefix="rz1"):
    """«Печать» of a class, in the place of the reminder."""

    school_class: Id


class OpenRemindedContacts(CallbackData, prefix="rc1"):
    """The contacts of a class, to be verified."""

    school_class: Id
