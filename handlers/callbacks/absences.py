"""Buttons of a homeroom teacher's absences: reasons, days, weeks."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Day, Id, Page
from storage.vocabulary import AbsenceReason


class OpenAbsences(CallbackData, prefix="ax1"):
    """«Отсутствующие»: a page of today's absences and open ones of a class."""

    school_class: Id
    page: Page


class OpenAbsence(CallbackData, prefix="ay1"):
    """A student's day, lesson by lesson."""

    student: Id
    day: Day


class SetReason(CallbackData, prefix="sr1"):
    """The reason of all that a student missed on a day; without one it is open again.

    `seen`: the sum of the revisions seen.
    """

    student: Id
    day: Day
    reason: AbsenceReason | None
    seen: Annotated[int, Field(ge=0, lt=100_000)]


class OpenSeenLesson(CallbackData, prefix="sl1"):
    """A lesson of a student's day, to read only."""

    student: Id
    day: Day
    lesson: Id


class OpenWeek(CallbackData, prefix="wv1"):
    """A week of a class, by any of its days."""

    school_class: Id
    week: Day


class VerifyWeek(CallbackData, prefix="vw1"):
    """«Сверено»: the attendance of the week was checked."""

    school_class: Id
    week: Day
