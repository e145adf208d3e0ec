"""Buttons of «Планы». A class and subject are named by class, subgroup (0: the whole class) and subject."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Page


class OpenPlans(CallbackData, prefix="pv2"):
    """«Планы»: classes and subjects with their lag."""

    page: Page


class OpenPlan(CallbackData, prefix="pv1"):
    """A page of a plan's topics; `here`: where the class is."""

    school_class: Annotated[int, Field(gt=0, lt=10**16)]
    subgroup: Annotated[int, Field(ge=0, lt=10**16)]
    subject: Annotated[int, Field(gt=0, lt=10**16)]
    page: Page
    here: bool
