"""Buttons of «Контроль»: the school's overdue list, a teacher's page of it."""

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.fields import Id, Page


class OpenControl(CallbackData, prefix="kc1"):
    """«Контроль»: a page of the teachers with something overdue."""

    page: Page


class OpenOverdue(CallbackData, prefix="ko1"):
    """What is overdue with one teacher."""

    teacher: Id
    page: Page
