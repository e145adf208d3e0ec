"""Buttons of the diary's views; the day's own are in `family`, where they began.

`student` 0: the first child, whoever presses. `term` 0: the newest begun term. Both keep the menu's buttons good for
years, as rights and terms change.
"""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Day, Id, Page, Ref

IdOrFirst = Annotated[int, Field(ge=0, lt=2**63)]
OrNewest = Annotated[int, Field(ge=0, lt=10**10)]


class OpenThisWeek(CallbackData, prefix="yw1"):
    """«Неделя»: this week, whenever it is pressed."""

    student: IdOrFirst


class OpenWeek(CallbackData, prefix="yk1"):
    """A child's week of a day."""

    student: Id
    day: Day


class OpenWeekTimetable(CallbackData, prefix="yt1"):
    """«Расписание»: a week with its substitutions."""

    student: Id
    day: Day


class OpenToDo(CallbackData, prefix="yh1"):
    """«ДЗ на завтра»: what has to be done for the next school day, whenever it is pressed."""

    student: Id


class OpenSubjects(CallbackData, prefix="ys1"):
    """«Предметы» of a term."""

    student: IdOrFirst
    term: OrNewest


class OpenSubject(CallbackData, prefix="yb1"):
    """A subject's marks in a term."""

    student: Id
    subject: Ref
    term: OrNewest
    page: Page


class OpenSubjectTopics(CallbackData, prefix="yo1"):
    """A subject's topics and homework in a term."""

    student: Id
    subject: Ref
    term: OrNewest
    page: Page


class OpenChildAbsences(CallbackData, prefix="ya1"):
    """«Пропуски» of a term."""

    student: IdOrFirst
    term: OrNewest
    page: Page


class SendTermPicture(CallbackData, prefix="yp1"):
    """«Картинка»: the marks of a term as a picture below."""

    student: Id
    term: OrNewest


class OpenResults(CallbackData, prefix="yr1"):
    """«Итоги» of the year."""

    student: IdOrFirst


class OpenYear(CallbackData, prefix="yy1"):
    """The results of the year that a term lies in."""

    student: Id
    term: OrNewest
