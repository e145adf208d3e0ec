"""Buttons of homework beside its text: files, the way of doing, as last time, chosen students."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Id, Page, Rev
from storage.vocabulary import HomeworkWay


class SameHomework(CallbackData, prefix="sh1"):
    """«Как в прошлый раз»: the homework of the lesson that was shown."""

    lesson: Id
    source: Id
    seen: Rev


class ChooseWay(CallbackData, prefix="hw1"):
    """The way of doing the homework."""

    lesson: Id
    way: HomeworkWay
    seen: Rev


class ShowFiles(CallbackData, prefix="hf1"):
    """The attachments, on their teacher's phone."""

    lesson: Id


class RemoveFiles(CallbackData, prefix="hr1"):
    """No attachments up to the newest that was seen."""

    lesson: Id
    up_to: Id


class OpenChosen(CallbackData, prefix="hc1"):
    """A page of the students whom the homework is for."""

    lesson: Id
    page: Page


class ChooseStudent(CallbackData, prefix="hs1"):
    """Whether the homework is for this student; stays on the page."""

    lesson: Id
    student: Id
    chosen: bool
    page: Page


class TypeForChosen(CallbackData, prefix="ht1"):
    """The homework of the chosen students is typed next."""

    lesson: Id


class DropPersonal(CallbackData, prefix="hd1"):
    """The chosen students' own homework is taken back."""

    lesson: Id


class TakeBackPersonal(CallbackData, prefix="hb1"):
    """«Отменить»: what was put for students at that moment, in microseconds."""

    lesson: Id
    put_at: Annotated[int, Field(gt=0, lt=2**60)]
    revs: Annotated[int, Field(gt=0, lt=100_000)]


class SendFiles(CallbackData, prefix="sf1"):
    """«Вложения»: the files of a child's homework, on the family's phone."""

    student: Id
    lesson: Id
