"""Buttons of term marks: the teacher's grid, the deputy head's «Итоги», received results, a child's results.

A grid is named by class, subgroup (0: the whole class), subject and scope; `number` is the term's id, or the year's.
"""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Day, Id, Page, Rev

# Six ids stand in one button: a school's own rows stay far below.
Ref = Annotated[int, Field(ge=0, lt=10**8)]


class ScopeSign(StrEnum):
    """A TermScope in one letter."""

    TERM = "t"
    YEAR = "y"
    EXAM = "e"
    FINAL = "f"
    STATE_EXAM = "g"


class OpenFinals(CallbackData, prefix="to1"):
    """«Четвертные»: classes and subjects."""

    page: Page


class OpenGrid(CallbackData, prefix="tg1"):
    """A page of a grid."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref
    page: Page


class OpenForecast(CallbackData, prefix="tf1"):
    """«Прогноз» of a class in a subject."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref


class OpenTermMark(CallbackData, prefix="ts1"):
    """One student of a grid."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref
    student: Ref
    page: Page


class PutTermMark(CallbackData, prefix="tp1"):
    """One student's term mark, a draft; «-» takes it back, «e» is ОСВ, «n» is Н/А."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref
    student: Ref
    value: Annotated[str, Field(min_length=1, max_length=2)]
    seen: Rev
    page: Page


class AcceptAll(CallbackData, prefix="ta1"):
    """«Принять все»: the proposals of all who have nothing."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref


class IssueAll(CallbackData, prefix="ti1"):
    """«Выставить и отправить»: the drafts of a grid seen as `seen`."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref
    seen: Rev


class NobodyTook(CallbackData, prefix="tj1"):
    """«Никто не сдавал»: of an exam's grid."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref


class OpenTermResults(CallbackData, prefix="tr1"):
    """«Итоги» of the school: the term that is to be closed, whenever it is pressed."""


class OpenTerm(CallbackData, prefix="tt1"):
    """The school in a scope."""

    scope: ScopeSign
    number: Ref
    page: Page


class OpenClassResults(CallbackData, prefix="tc1"):
    """A class by subject in a scope; number 0: the one that is due."""

    school_class: Ref
    scope: ScopeSign
    number: Ref
    page: Page


class OpenDoubts(CallbackData, prefix="td1"):
    """A class's term marks that deserve a second look."""

    school_class: Ref
    scope: ScopeSign
    number: Ref


class AskToClose(CallbackData, prefix="tk1"):
    """Close the term: are you sure?"""

    term: Ref


class CloseTerm(CallbackData, prefix="tz1"):
    """The term is closed."""

    term: Ref


class OpenReceipts(CallbackData, prefix="te1"):
    """Received results of exams and ГИА."""


class ChooseReceiptClass(CallbackData, prefix="tb1"):
    """Results came: of which class?"""

    page: Page


class ChooseReceiptSubject(CallbackData, prefix="tq1"):
    """Results of a class came: in which subject?"""

    school_class: Ref
    scope: ScopeSign
    page: Page


class ChooseReceivedAt(CallbackData, prefix="tn1"):
    """Results of a class in a subject came: when on this day?"""

    school_class: Ref
    subject: Ref
    scope: ScopeSign
    day: Day


class RegisterReceipt(CallbackData, prefix="tx1"):
    """Results came at a minute of a day of school time."""

    school_class: Ref
    subject: Ref
    scope: ScopeSign
    day: Day
    minute: Annotated[int, Field(ge=0, lt=24 * 60)]


class OpenChildResults(CallbackData, prefix="ty1"):
    """«Итоги» of a child."""

    student: Id


class WhySign(StrEnum):
    """A usual reason to correct a mark in one letter."""

    SLIP = "s"
    OTHER_STUDENT = "o"
    APPEAL = "a"
    REWRITTEN = "r"
    LATE = "l"


class AskForTermMark(CallbackData, prefix="tw1"):
    """«Запросить исправление» of an issued term mark: which value?"""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref
    student: Ref


class AskForTermValue(CallbackData, prefix="tv1"):
    """The value that is wanted; why?"""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref
    student: Ref
    value: Annotated[str, Field(min_length=1, max_length=2)]
    seen: Rev


class SendTermRequest(CallbackData, prefix="tu1"):
    """Ask for it, for this reason."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    scope: ScopeSign
    number: Ref
    student: Ref
    value: Annotated[str, Field(min_length=1, max_length=2)]
    why: WhySign
    seen: Rev
