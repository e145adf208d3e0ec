"""Buttons of /help: one's own guides."""

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData


class Guide(StrEnum):
    """Whom a guide is for."""

    TEACHER = "teacher"
    HOMEROOM = "homeroom"
    ADMINISTRATOR = "administrator"
    GUARDIAN = "guardian"
    STUDENT = "student"


class OpenHelp(CallbackData, prefix="hh1"):
    """«Справка»: the guides that are the reader's own."""


class OpenGuide(CallbackData, prefix="hg1"):
    """One guide, if it is the reader's own."""

    guide: Guide
