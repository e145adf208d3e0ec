"""Buttons of correspondence: whom to write to, threads, answers, hand-over, complaint."""

from aiogram.filters.callback_data import CallbackData

from handlers.callbacks.fields import Id, Page
from services.threads.writing import HandOverTo


class WriteToTeacher(CallbackData, prefix="ew1"):
    """«Написать учителю»: which child, or whom."""


class ChooseTeacher(CallbackData, prefix="ec1"):
    """A page of a child's teachers."""

    student: Id
    page: Page


class WriteTo(CallbackData, prefix="et1"):
    """A letter to this teacher of the child is typed next."""

    student: Id
    teacher: Id


class WriteToOffice(CallbackData, prefix="eo1"):
    """A letter to the administration is typed next."""

    student: Id


class StopWriting(CallbackData, prefix="ex1"):
    """Nothing is written after all; the correspondence."""


class SendDoubted(CallbackData, prefix="ey1"):
    """«Отправить семье»: a typed letter that reads like a quick line; `asked` names the question."""

    asked: Id


class TakeAsLine(CallbackData, prefix="ez1"):
    """«Записать в журнал»: it is a quick line."""

    asked: Id


class OpenThreads(CallbackData, prefix="el1"):
    """«Переписка»."""

    page: Page


class OpenThread(CallbackData, prefix="eh1"):
    """A page of a thread."""

    thread: Id
    page: Page


class SendThread(CallbackData, prefix="es1"):
    """A thread as a new message: the letter with this button stays."""

    thread: Id


class AnswerThread(CallbackData, prefix="ea1"):
    """«Ответить»: the letter is typed next; the letter with this button stays."""

    thread: Id


class SendAttachment(CallbackData, prefix="ef1"):
    """A file of an entry, below."""

    entry: Id


class AskHandOver(CallbackData, prefix="eq1"):
    """«Передать»: to whom."""

    thread: Id


class ChooseHandOver(CallbackData, prefix="en1"):
    """To them: the note is typed next."""

    thread: Id
    to: HandOverTo


class HandOver(CallbackData, prefix="ev1"):
    """Without a note."""

    thread: Id
    to: HandOverTo


class AskComplaint(CallbackData, prefix="eb1"):
    """«Передать администрации»: are you sure?"""

    thread: Id


class Complain(CallbackData, prefix="ep1"):
    """The administration sees the thread from now on."""

    thread: Id
