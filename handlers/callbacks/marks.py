"""Buttons of marks: columns, grids, marks."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Id, Page, Rev
from storage.vocabulary import WorkKind


class OpenMarks(CallbackData, prefix="om1"):
    """The lesson's marks: its last column, or the kinds of work if it has none."""

    lesson: Id


class ChooseKind(CallbackData, prefix="ck1"):
    """The kinds of work and the lesson's columns."""

    lesson: Id


class AddWork(CallbackData, prefix="aw1"):
    """The column of a kind with this ordinal; made if it isn't there."""

    lesson: Id
    kind: WorkKind
    ordinal: Annotated[int, Field(ge=1, lt=100)]


class OpenWork(CallbackData, prefix="ow1"):
    """A page of a column's grid."""

    work: Id
    page: Page


class OpenStudent(CallbackData, prefix="os1"):
    """The marks to choose from for one student."""

    work: Id
    student: Id
    page: Page


class PutMark(CallbackData, prefix="pm1"):
    """One student's mark in a column; «-» withdraws it."""

    work: Id
    student: Id
    value: Annotated[str, Field(min_length=1, max_length=3)]
    seen: Rev
    page: Page


class CommentMark(CallbackData, prefix="mc1"):
    """«Комментарий» to the mark that stands; its text is typed."""

    work: Id
    student: Id
    page: Page


class RemoveComment(CallbackData, prefix="mr1"):
    """Take a mark's comment away."""

    work: Id
    student: Id
    seen: Rev
    page: Page


class CheckWork(CallbackData, prefix="wk1"):
    """«Проверил»: a written work is checked."""

    work: Id


class UncheckWork(CallbackData, prefix="wu1"):
    """It isn't, after all."""

    work: Id
