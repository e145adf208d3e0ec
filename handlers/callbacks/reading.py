"""Buttons of «Ознакомлен(а)»: a family's word, and the homeroom teacher's list of who has said it."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Id, Page
from handlers.callbacks.finals import Ref, ScopeSign

# Whole milliseconds since 1970: the newest result that was seen.
Seen = Annotated[int, Field(gt=0, lt=10**14)]


class Acknowledge(CallbackData, prefix="rk1"):
    """«Ознакомлен(а)»: the results of a child up to a moment were seen."""

    student: Id
    seen: Seen


class SendResults(CallbackData, prefix="rs1"):
    """A child's results as a new message: the letter with this button stays."""

    student: Id


class OpenReading(CallbackData, prefix="ra1"):
    """«Ознакомлены»: a page of a class's families; number 0: the newest results."""

    school_class: Ref
    scope: ScopeSign
    number: Ref
    page: Page


class OpenFamilyReading(CallbackData, prefix="rx1"):
    """One family of that list."""

    school_class: Ref
    scope: ScopeSign
    number: Ref
    student: Ref


class EnterSignature(CallbackData, prefix="ry1"):
    """«Подпись на бумаге»: a guardian has signed the sheet, or (signed 0) has not after all."""

    school_class: Ref
    scope: ScopeSign
    number: Ref
    student: Ref
    guardian: Ref
    signed: bool


class RemindSilent(CallbackData, prefix="rd1"):
    """The silent families are reminded, and only they."""

    school_class: Ref
    scope: ScopeSign
    number: Ref


class ChooseSignatures(CallbackData, prefix="re1"):
    """«Лист подписей»: for whom."""

    school_class: Ref
    scope: ScopeSign
    number: Ref


class PrintSignatures(CallbackData, prefix="rf1"):
    """The sheet itself, for all families or for those on paper."""

    school_class: Ref
    scope: ScopeSign
    number: Ref
    everybody: bool
