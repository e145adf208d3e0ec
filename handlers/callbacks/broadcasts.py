"""Buttons of broadcasts: the author's, and those under the letters."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Id, Page, Rev
from services.broadcasts.progress import Which
from storage.vocabulary import AudienceKind

Level = Annotated[int, Field(ge=0, le=12)]
Option = Annotated[int, Field(ge=0, lt=100)]
Maybe = Annotated[int, Field(ge=0, lt=2**63)]  # 0: none


class OpenBroadcasts(CallbackData, prefix="bl1"):
    """«Рассылка»: for whom, and a page of those written before."""

    page: Page


class ChooseOfClass(CallbackData, prefix="bc1"):
    """Whom of an own class."""

    school_class: Id


class ChooseLevel(CallbackData, prefix="bv1"):
    """Which parallel."""


class ChooseClass(CallbackData, prefix="bk1"):
    """Which class, for the administration: a page of them."""

    page: Page


class WriteToClass(CallbackData, prefix="ba1"):
    """A broadcast to families or students of a class is begun."""

    kind: AudienceKind
    school_class: Id


class WriteToSubgroup(CallbackData, prefix="bg1"):
    """A broadcast to the families of a subgroup is begun."""

    school_class: Id
    subgroup: Id


class WriteToLevel(CallbackData, prefix="be1"):
    """A broadcast to a parallel is begun."""

    level: Level


class WriteToSchool(CallbackData, prefix="bs1"):
    """A broadcast to all families, or to the staff, is begun."""

    kind: AudienceKind


class ChooseFamilies(CallbackData, prefix="bf1"):
    """A page of the families to choose from."""

    broadcast: Id
    page: Page


class PickFamily(CallbackData, prefix="bp1"):
    """With this student's family, or without."""

    broadcast: Id
    student: Id
    wanted: bool
    page: Page


class OpenDraft(CallbackData, prefix="bo1"):
    """The draft: its text and files are awaited, its options are chosen."""

    broadcast: Id


class AskReading(CallbackData, prefix="br1"):
    """«Ознакомлен(а)» is asked for, or not."""

    broadcast: Id
    wanted: bool


class MakeUrgent(CallbackData, prefix="bu1"):
    """«Срочно», or not."""

    broadcast: Id
    wanted: bool


class ChooseQuestion(CallbackData, prefix="bq1"):
    """Whether there is a question, and how it is answered."""

    broadcast: Id


class AskYesNo(CallbackData, prefix="by1"):
    """A question of yes or no, or none."""

    broadcast: Id
    wanted: bool


class TypeOptions(CallbackData, prefix="bt1"):
    """The options of the question are typed next."""

    broadcast: Id


class RemoveBroadcastFiles(CallbackData, prefix="bx1"):
    """Without attachments."""

    broadcast: Id


class DropDraft(CallbackData, prefix="bd1"):
    """The draft is thrown away."""

    broadcast: Id


class PreviewBroadcast(CallbackData, prefix="bw1"):
    """The letter as the families will see it, and how many they are."""

    broadcast: Id


class SendBroadcast(CallbackData, prefix="bz1"):
    """«Отправить» what was seen."""

    broadcast: Id
    seen: Rev


class ConfirmUrgent(CallbackData, prefix="fa1"):
    """«Отправить» an urgent one: are you sure?"""

    broadcast: Id
    seen: Rev


class CancelBroadcast(CallbackData, prefix="bh1"):
    """«Отменить» within the minute."""

    broadcast: Id


class OpenBroadcast(CallbackData, prefix="bi1"):
    """How a broadcast goes, in the place of this message."""

    broadcast: Id


class PauseBroadcast(CallbackData, prefix="bj1"):
    """«Пауза»."""

    broadcast: Id


class ResumeBroadcast(CallbackData, prefix="bm1"):
    """«Продолжить»."""

    broadcast: Id


class StopBroadcast(CallbackData, prefix="bb1"):
    """«Остановить»: what waits will not be sent."""

    broadcast: Id


class AskRecall(CallbackData, prefix="fb1"):
    """«Отозвать»: are you sure? Below, since the message of progress is written over."""

    broadcast: Id


class RecallBroadcast(CallbackData, prefix="fc1"):
    """It is recalled."""

    broadcast: Id


class SendReaders(CallbackData, prefix="fd1"):
    """Who is silent, or was not reached: below, by class where there are several."""

    broadcast: Id
    which: Which


class OpenReaders(CallbackData, prefix="fe1"):
    """A page of them, of one class or (0) all."""

    broadcast: Id
    which: Which
    school_class: Maybe
    page: Page


class RemindSilent(CallbackData, prefix="ff1"):
    """A reminder to who has not answered."""

    broadcast: Id


class CloseAnswers(CallbackData, prefix="fg1"):
    """No answer is taken any more."""

    broadcast: Id


class ExportBroadcast(CallbackData, prefix="fh1"):
    """Everybody with what they said, as a document."""

    broadcast: Id


class AcknowledgeBroadcast(CallbackData, prefix="bn1"):
    """«Ознакомлен(а)», under the letter."""

    broadcast: Id


class AnswerBroadcast(CallbackData, prefix="fj1"):
    """An answer, by its place among the options."""

    broadcast: Id
    option: Option


class SendBroadcastFiles(CallbackData, prefix="fk1"):
    """The attachments, below."""

    broadcast: Id
