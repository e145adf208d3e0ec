"""Buttons of families: joining, the diary, preferences."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Day, Id
from storage.vocabulary import DeliveryMode


class OpenMenu(CallbackData, prefix="mn1"):
    """The menu."""


class ConfirmChild(CallbackData, prefix="cc1"):
    """«Yes, this is my child»: on to the consent."""

    invitation: Id


class Agree(CallbackData, prefix="ag1"):
    """«Согласен(на)»."""

    invitation: Id


class Decline(CallbackData, prefix="de1"):
    """Not this child, or no consent: the slip stays unused."""


class OpenDiary(CallbackData, prefix="di1"):
    """«Дневник»: today, of the first child, whenever it is pressed."""


class OpenDiaryDay(CallbackData, prefix="dd1"):
    """A child's day."""

    student: Id
    day: Day


class SendDiary(CallbackData, prefix="sd1"):
    """A child's today as a new message: the letter with this button stays."""

    student: Id


class OpenPreferences(CallbackData, prefix="pr1"):
    """«Настройки»."""


class ChooseMode(CallbackData, prefix="cm1"):
    """When marks and homework come."""

    mode: DeliveryMode


class OpenHours(CallbackData, prefix="oo1"):
    """The hours of the evening letter."""


class ChooseHour(CallbackData, prefix="ch1"):
    """The hour of the evening letter, in minutes from midnight."""

    minute: Annotated[int, Field(ge=0, lt=24 * 60)]


class AskToLeave(CallbackData, prefix="al1"):
    """Taking the consent back: are you sure?"""


class Leave(CallbackData, prefix="le1"):
    """The consent is taken back."""


class AskToComeBack(CallbackData, prefix="ab1"):
    """The text of the consent once more."""


class ComeBack(CallbackData, prefix="cb1"):
    """The consent is given anew."""
