"""Buttons of the homeroom teacher."""

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.fields import Id, Page
from storage.vocabulary import GuardianStanding


class OpenMyClass(CallbackData, prefix="my1"):
    """«Мой класс»: the first of them, whenever it is pressed."""


class OpenClass(CallbackData, prefix="oc1"):
    """A homeroom teacher's class."""

    school_class: Id


class OpenGuardians(CallbackData, prefix="og1"):
    """A page of the guardians of a class who stand alike."""

    school_class: Id
    standing: GuardianStanding
    page: Page


class OpenGuardian(CallbackData, prefix="gu1"):
    """One guardian, as a homeroom teacher sees them."""

    school_class: Id
    guardian: Id


class ConfirmGuardian(CallbackData, prefix="cg1"):
    """«Подтвердить»: this person is known."""

    school_class: Id
    guardian: Id


class AskToDisconnect(CallbackData, prefix="ad1"):
    """«Отключить»: are you sure?"""

    school_class: Id
    guardian: Id


class Disconnect(CallbackData, prefix="dg1"):
    """The guardian's account ends."""

    school_class: Id
    guardian: Id


class AskForSlips(CallbackData, prefix="as1"):
    """Slips of a class: for whom, and that older ones end."""

    school_class: Id


class PrintSlips(CallbackData, prefix="ps1"):
    """Slips of all guardians of a class who aren't connected."""

    school_class: Id


class PrintSlip(CallbackData, prefix="po1"):
    """The slip of one guardian."""

    school_class: Id
    guardian: Id
