"""Buttons of the lesson: the day, the card, attendance, topic, homework, the quick line."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Day, Id, Page, Rev
from storage.vocabulary import AttendanceCode, RecordPart


class OpenLessons(CallbackData, prefix="ml1"):
    """«Мои уроки»: today, whenever it is pressed."""


class OpenDay(CallbackData, prefix="od1"):
    """A teacher's day."""

    day: Day


class OpenLesson(CallbackData, prefix="ol1"):
    """The lesson card."""

    lesson: Id


class OpenReminded(CallbackData, prefix="on1"):
    """The lesson card, in place of the reminder that asked for it."""

    lesson: Id


class OpenAttendance(CallbackData, prefix="oa1"):
    """A page of the attendance grid."""

    lesson: Id
    page: Page


class PutAttendance(CallbackData, prefix="pa1"):
    """One student's attendance; stays on the page."""

    lesson: Id
    student: Id
    code: AttendanceCode
    seen: Rev
    page: Page


class PutLate(CallbackData, prefix="pl1"):
    """By how many minutes one student was late; stays on the page."""

    lesson: Id
    student: Id
    minutes: Annotated[int, Field(ge=1, lt=100)]
    seen: Rev
    page: Page


class ConfirmAttendance(CallbackData, prefix="ca1"):
    """«Готово»: the attendance stands as marked."""

    lesson: Id
    seen: Rev


class ConfirmAllPresent(CallbackData, prefix="ap1"):
    """«Все присутствуют»: nobody is marked absent or late."""

    lesson: Id
    seen: Rev


class OpenTopic(CallbackData, prefix="ot1"):
    """The next topics of the plan, or a typed one."""

    lesson: Id


class PutPlanTopic(CallbackData, prefix="pt1"):
    """A topic of the plan."""

    lesson: Id
    topic: Id
    seen: Rev


class PutDoubtedTopic(CallbackData, prefix="pt2"):
    """«Записать так»: the typed topic that was shown back."""

    lesson: Id


class OpenHomework(CallbackData, prefix="oh1"):
    """Homework: typed, or none."""

    lesson: Id


class NoHomework(CallbackData, prefix="nh1"):
    """«Не задано»."""

    lesson: Id
    seen: Rev


class RestoreRecord(CallbackData, prefix="rr1"):
    """A part of the record as it stood in revision `back_to` (0: empty)."""

    lesson: Id
    part: RecordPart
    back_to: Rev
    seen: Rev


class PickName(CallbackData, prefix="pn1"):
    """Whom an ambiguous name of a quick line means; `asked` counts its names."""

    line: Id
    asked: Annotated[int, Field(ge=0, lt=200)]
    student: Id


class ConfirmLine(CallbackData, prefix="cl1"):
    """The quick line is right: write it all."""

    line: Id


class DropLine(CallbackData, prefix="dl1"):
    """The quick line is dropped."""

    line: Id
