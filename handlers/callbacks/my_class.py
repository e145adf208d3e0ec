"""Buttons of «Мой класс»: who reads, who fails, who wasn't reached, contacts, the ledger, the journal to read."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Day, Id, Page
from handlers.callbacks.journal import Ref
from storage.vocabulary import BriefingWay

Whom = Annotated[int, Field(ge=0, lt=10**10)]  # 0: the whole class


class OpenReaders(CallbackData, prefix="ce1"):
    """«Кто читает»; `silent`: only who was silent for two weeks."""

    school_class: Id
    silent: bool
    page: Page


class OpenFailing(CallbackData, prefix="cf1"):
    """«Не успевают»."""

    school_class: Id
    page: Page


class OpenUnreached(CallbackData, prefix="ci1"):
    """«Не доставлено»."""

    school_class: Id
    page: Page


class OpenContacts(CallbackData, prefix="cj1"):
    """The contacts of a class's families."""

    school_class: Id
    page: Page


class VerifyContacts(CallbackData, prefix="cn1"):
    """«Сверено»: the contacts were checked."""

    school_class: Id


class OpenBriefings(CallbackData, prefix="co1"):
    """«Информирование»: the ledger of a class."""

    school_class: Id


class ChooseBriefed(CallbackData, prefix="cp1"):
    """Whom a call or talk was with."""

    school_class: Id
    way: BriefingWay
    page: Page


class BeginBriefing(CallbackData, prefix="cq1"):
    """An entry whose words may be typed; `student` 0: the whole class."""

    school_class: Ref
    way: BriefingWay
    student: Whom
    on: Day


class SaveBriefing(CallbackData, prefix="cr1"):
    """The entry without words."""

    school_class: Ref
    way: BriefingWay
    student: Whom
    on: Day


class OpenClassJournal(CallbackData, prefix="cs1"):
    """The subjects of the own class."""

    school_class: Id
    page: Page


class OpenClassTerm(CallbackData, prefix="ct1"):
    """A subject's term by student."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    term: Ref
    page: Page


class OpenClassStudent(CallbackData, prefix="cu1"):
    """A student's marks of the term; `page`: of the list behind."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    term: Ref
    student: Ref
    page: Page


class OpenClassLessons(CallbackData, prefix="cv1"):
    """A subject's lessons: topics, homework, absences."""

    school_class: Ref
    subgroup: Ref
    subject: Ref
    term: Ref
    page: Page
