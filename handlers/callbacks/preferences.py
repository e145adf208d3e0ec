"""Buttons of «Настройки»: quiet hours, single kinds, language. The mode and the evening hour stand in family."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from services.preferences import Language
from services.rules.quiet_hours import Way
from storage.vocabulary import ItemKind

Minute = Annotated[int, Field(ge=0, lt=24 * 60)]


class OpenQuiet(CallbackData, prefix="qh1"):
    """The quiet hours."""


class ChooseQuietFrom(CallbackData, prefix="qf1"):
    """When they begin."""

    minute: Minute


class ChooseQuietUntil(CallbackData, prefix="qu1"):
    """When they end."""

    minute: Minute


class NoQuiet(CallbackData, prefix="qz1"):
    """Letters at any hour."""


class OpenKinds(CallbackData, prefix="kd1"):
    """«По видам писем»."""


class OpenKind(CallbackData, prefix="kw1"):
    """How one kind comes."""

    kind: ItemKind


class ChooseKind(CallbackData, prefix="kx1"):
    """A way for one kind; None: as usual."""

    kind: ItemKind
    way: Way | None


class OpenLanguages(CallbackData, prefix="lg1"):
    """«Язык»."""


class ChooseLanguage(CallbackData, prefix="ll1"):
    """Another language."""

    language: Language
