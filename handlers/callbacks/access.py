"""Buttons of access: who is connected in a class, students, staff."""

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.fields import Day, Id, Page
from storage.vocabulary import TieEnd


class OpenAccess(CallbackData, prefix="ia1"):
    """«Кто подключён» of a class."""

    school_class: Id


class RefuseGuardian(CallbackData, prefix="ib1"):
    """«Не подтверждать»: the phone that typed a code stays outside."""

    school_class: Id
    guardian: Id


class OpenStudents(CallbackData, prefix="ic1"):
    """A page of the students of a class with their access."""

    school_class: Id
    page: Page


class OpenStudentAccess(CallbackData, prefix="id1"):
    """One student's access."""

    school_class: Id
    student: Id


class ConfirmStudent(CallbackData, prefix="ie1"):
    """«Подтвердить»: this is the student's own phone."""

    school_class: Id
    student: Id


class RefuseStudent(CallbackData, prefix="if1"):
    """«Не подтверждать»: that phone stays outside."""

    school_class: Id
    student: Id


class AskToDisconnectStudent(CallbackData, prefix="ig1"):
    """«Отключить»: are you sure?"""

    school_class: Id
    student: Id


class DisconnectStudent(CallbackData, prefix="ih1"):
    """The student's account ends."""

    school_class: Id
    student: Id


class AskForStudentSlips(CallbackData, prefix="ii1"):
    """Slips for students: for whom."""

    school_class: Id


class PrintStudentSlips(CallbackData, prefix="ij1"):
    """Slips of all students who may have one and aren't connected."""

    school_class: Id


class PrintStudentSlip(CallbackData, prefix="ik1"):
    """The slip of one student."""

    school_class: Id
    student: Id


class OpenTies(CallbackData, prefix="il1"):
    """«Связь с ребёнком» of a guardian."""

    school_class: Id
    guardian: Id


class AskToEndTie(CallbackData, prefix="im1"):
    """«Закончить»: why?"""

    school_class: Id
    tie: Id


class AskTieDay(CallbackData, prefix="in1"):
    """From which day on?"""

    school_class: Id
    tie: Id
    reason: TieEnd


class SeeTieEnd(CallbackData, prefix="io1"):
    """What will end, and when: are you sure?"""

    school_class: Id
    tie: Id
    reason: TieEnd
    day: Day


class EndTie(CallbackData, prefix="ip1"):
    """The tie ends; `day` is the first without it."""

    school_class: Id
    tie: Id
    reason: TieEnd
    day: Day


class AskToRestoreTie(CallbackData, prefix="iq1"):
    """«Восстановить»: are you sure?"""

    school_class: Id
    tie: Id


class RestoreTie(CallbackData, prefix="ir1"):
    """The tie holds again."""

    school_class: Id
    tie: Id


class OpenStaffAccess(CallbackData, prefix="is1"):
    """«Доступ»: a page of the staff."""

    page: Page


class OpenEmployee(CallbackData, prefix="it1"):
    """One employee's access."""

    person: Id


class IssueStaffCode(CallbackData, prefix="iu1"):
    """A one-time code for an employee."""

    person: Id


class AskToDisconnectEmployee(CallbackData, prefix="iv1"):
    """«Отключить»: are you sure?"""

    person: Id


class DisconnectEmployee(CallbackData, prefix="iw1"):
    """The employee's account ends."""

    person: Id


class FindEmployee(CallbackData, prefix="ix1"):
    """A name is asked for."""


class OpenAccessClasses(CallbackData, prefix="iy1"):
    """The classes, whose families' access the administrator looks at."""

    page: Page


class HideCode(CallbackData, prefix="iz1"):
    """The message with a code goes from the chat."""
