"""Buttons of «Печать»: sheets for families without electronic form, and their hand-over."""

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.fields import Id, Page


class OpenPrinting(CallbackData, prefix="zp1"):
    """«Печать» of a class: a page of the last print's sheets."""

    school_class: Id
    page: Page


class PrintSheets(CallbackData, prefix="zs1"):
    """Sheets for all of the class's families on paper; pressed again that day, the same."""

    school_class: Id


class PrintAgain(CallbackData, prefix="za1"):
    """A print once more, as it was."""

    batch: Id


class HandOver(CallbackData, prefix="zh1"):
    """«Передано»: the family has its sheet, or (handed 0) has not after all."""

    sheet: Id
    handed: bool
    page: Page
