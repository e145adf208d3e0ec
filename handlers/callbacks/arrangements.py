"""Buttons of the office: substitutions, cancelled and moved lessons, absences of employees, subgroups."""

from datetime import date
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import AfterValidator, Field

from handlers.callbacks.fields import Day, Id, Page, Ref
from storage.vocabulary import ChangeReason, LeaveKind

Seen = Annotated[int, Field(ge=0, lt=10**10)]  # a substitution's id, 0: there was none
Slot = Annotated[int, Field(ge=0, lt=100)]


def _iso(day: str) -> str:
    return day and date.fromisoformat(day).isoformat()


DayOrNone = Annotated[str, Field(max_length=10), AfterValidator(_iso)]


class OpenArrangements(CallbackData, prefix="sb1"):
    """«Замены»: today, whenever it is pressed."""


class OpenArrangedDay(CallbackData, prefix="sa1"):
    """The changes of a day."""

    day: Day


class OpenTeachers(CallbackData, prefix="st1"):
    """Who has lessons on a day: one of them is absent."""

    day: Day
    page: Page


class OpenTeacherDay(CallbackData, prefix="zt1"):
    """The lessons of an absent teacher's day."""

    day: Day
    teacher: Ref


class OpenChoice(CallbackData, prefix="lc1"):
    """One lesson of an absent teacher: who gives it?"""

    lesson: Ref
    absent: Ref


class PutSubstitute(CallbackData, prefix="su1"):
    """This one gives the lesson. `sure`: the conflicts were shown; without a reason it is asked for."""

    lesson: Ref
    absent: Ref
    substitute: Ref
    seen: Seen
    sure: bool
    reason: ChangeReason | None


class PutDay(CallbackData, prefix="sy1"):
    """All the day's lessons that nobody gives: to one substitute, or (0) each to the one offered."""

    day: Day
    absent: Ref
    substitute: Seen
    reason: ChangeReason | None


class EndSubstitution(CallbackData, prefix="se1"):
    """«Снять замену»."""

    substitution: Id


class AskToCancel(CallbackData, prefix="xl1"):
    """«Отменить урок»: why?"""

    lesson: Ref


class CancelLesson(CallbackData, prefix="xc1"):
    """The lesson isn't held."""

    lesson: Ref
    reason: ChangeReason


class ChooseMove(CallbackData, prefix="mv1"):
    """«Перенести»: where to?"""

    lesson: Ref


class ChooseMoveOn(CallbackData, prefix="md1"):
    """The bells of a day, to move a lesson to."""

    lesson: Ref
    day: Day


class AskToMove(CallbackData, prefix="mt1"):
    """There; why?"""

    lesson: Ref
    day: Day
    slot: Slot


class MoveLesson(CallbackData, prefix="mm1"):
    """The lesson is held there."""

    lesson: Ref
    day: Day
    slot: Slot
    reason: ChangeReason


class RestoreLesson(CallbackData, prefix="rl1"):
    """«Вернуть урок»: as in the timetable."""

    lesson: Ref


class OpenLeaves(CallbackData, prefix="lv1"):
    """Everybody's absences."""


class OpenLeave(CallbackData, prefix="lp1"):
    """One employee's absences, and what becomes of the lessons."""

    person: Ref


class AskLeaveKind(CallbackData, prefix="lk1"):
    """«Оформить отсутствие»: of what kind, from this day?"""

    person: Ref
    since: Day


class AskLeaveUntil(CallbackData, prefix="lu1"):
    """Till when?"""

    person: Ref
    kind: LeaveKind
    since: Day


class PutLeave(CallbackData, prefix="lw1"):
    """The employee is away; `until` is the first day back, «» while nobody knows."""

    person: Ref
    kind: LeaveKind
    since: Day
    until: DayOrNone


class EndLeave(CallbackData, prefix="lx1"):
    """Back at work today; an absence to come is withdrawn."""

    leave: Id


class OpenSubstitutionJournal(CallbackData, prefix="sj1"):
    """«Журнал замещения уроков» of the week, or month, that a day lies in."""

    day: Day
    month: bool
    page: Page


class PrintSubstitutions(CallbackData, prefix="sp1"):
    """The same on paper: a PDF, or a table."""

    day: Day
    month: bool
    table: bool


class OpenSubgroups(CallbackData, prefix="gd1"):
    """«Подгруппы»: the classes that have some."""


class OpenClassSubgroups(CallbackData, prefix="gc1"):
    """The subgroups of a class."""

    school_class: Id


class OpenSubgroup(CallbackData, prefix="gs1"):
    """Who is in a subgroup."""

    subgroup: Id
    page: Page


class ChooseSubgroup(CallbackData, prefix="gm1"):
    """Where a student of a subgroup may go."""

    student: Id
    subgroup: Id


class TransferStudent(CallbackData, prefix="gt1"):
    """Into this subgroup from this day."""

    student: Ref
    subgroup: Ref
    since: Day
