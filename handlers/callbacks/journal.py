"""Buttons of «Журнал». A class and subject are named by class, subgroup (0: the whole class) and subject."""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Page

# Five ids stand in one button: a school's own rows stay far below.
Ref = Annotated[int, Field(ge=0, lt=10**8)]


class Only(StrEnum):
    """Whom a page of the journal lists."""

    ALL = "a"
    NO_MARKS = "0"
    ONE_MARK = "1"


class OpenJournal(CallbackData, prefix="jo1"):
    """«Журнал»: classes and subjects."""

    page: Page


class OpenTermJournal(CallbackData, prefix="jt1"):
    """A page of a class's term in a subject."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    term: Ref
    only: Only
    page: Page


class OpenStudentMarks(CallbackData, prefix="js1"):
    """One student's marks of the term."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    term: Ref
    student: Ref
    page: Page
