"""Buttons of «Как приходят письма»: e-mail, paper, and which comes first."""

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.fields import Id
from storage.vocabulary import Channel


class OpenContacts(CallbackData, prefix="ja1"):
    """«Как приходят письма»."""


class AskForAddress(CallbackData, prefix="jb1"):
    """The next text is an e-mail address."""


class SendConfirmation(CallbackData, prefix="jc1"):
    """The letter with the confirming link once more."""


class RemoveAddress(CallbackData, prefix="jd1"):
    """The e-mail address goes."""


class ChooseFirst(CallbackData, prefix="je1"):
    """The way that is tried first."""

    channel: Channel


class OpenWritten(CallbackData, prefix="jf1"):
    """How a guardian of a class is told."""

    school_class: Id
    guardian: Id


class AskForWritten(CallbackData, prefix="jg1"):
    """The next text is the address that a guardian gave in writing."""

    school_class: Id
    guardian: Id


class PutPaper(CallbackData, prefix="jh1"):
    """«На бумаге»: asked for in writing."""

    school_class: Id
    guardian: Id


class RemoveWritten(CallbackData, prefix="ji1"):
    """A contact given in writing goes."""

    school_class: Id
    guardian: Id
    channel: Channel
