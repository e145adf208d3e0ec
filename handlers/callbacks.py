"""Every button's wire format, in one file.

A prefix is two letters and a version. A button carries ids, the wanted absolute value and the version that was seen,
never a toggle and never «next». A field more or less is a new class with a new version: old keyboards live for weeks,
and what no longer parses is answered by handlers/fallback.py. 64 bytes at most with the longest ids (tested).
"""

from datetime import date
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import AfterValidator, Field

from storage.vocabulary import AttendanceCode, DeliveryMode, GuardianStanding, RecordPart, WorkKind

Id = Annotated[int, Field(gt=0, lt=2**63)]
Rev = Annotated[int, Field(ge=0, lt=100_000)]  # 0: nothing had been entered yet
Page = Annotated[int, Field(ge=0, lt=100)]


def _iso(day: str) -> str:
    return date.fromisoformat(day).isoformat()


Day = Annotated[str, Field(max_length=10), AfterValidator(_iso)]  # «2026-09-08»

# --- Lessons -----------------------------------------------------------------------------------------------------


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


class OpenMarks(CallbackData, prefix="om1"):
    """The lesson's marks: its last column, or the kinds of work if it has none."""

    lesson: Id


class ChooseKind(CallbackData, prefix="ck1"):
    """The kinds of work and the lesson's columns."""

    lesson: Id


class AddWork(CallbackData, prefix="aw1"):
    """The column of a kind with this ordinal; made if it isn't there."""

    lesson: Id
    kind: WorkKind
    ordinal: Annotated[int, Field(ge=1, lt=100)]


class OpenWork(CallbackData, prefix="ow1"):
    """A page of a column's grid."""

    work: Id
    page: Page


class OpenStudent(CallbackData, prefix="os1"):
    """The marks to choose from for one student."""

    work: Id
    student: Id
    page: Page


class PutMark(CallbackData, prefix="pm1"):
    """One student's mark in a column; «-» withdraws it."""

    work: Id
    student: Id
    value: Annotated[str, Field(min_length=1, max_length=3)]
    seen: Rev
    page: Page


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


# --- Families, homeroom, preferences -----------------------------------------------------------------------------


class OpenMenu(CallbackData, prefix="mn1"):
    """The menu."""


class ConfirmChild(CallbackData, prefix="cc1"):
    """«Yes, this is my child»: on to the consent."""

    invitation: Id


class Agree(CallbackData, prefix="ag1"):
    """«Согласен(на)»."""

    invitation: Id


class Decline(CallbackData, prefix="de1"):
    """Not this child, or no consent: the slip stays unused."""


class OpenDiary(CallbackData, prefix="di1"):
    """«Дневник»: today, of the first child, whenever it is pressed."""


class OpenDiaryDay(CallbackData, prefix="dd1"):
    """A child's day."""

    student: Id
    day: Day


class SendDiary(CallbackData, prefix="sd1"):
    """A child's today as a new message: the letter with this button stays."""

    student: Id


class OpenPreferences(CallbackData, prefix="pr1"):
    """«Настройки»."""


class ChooseMode(CallbackData, prefix="cm1"):
    """When marks and homework come."""

    mode: DeliveryMode


class OpenHours(CallbackData, prefix="oo1"):
    """The hours of the evening letter."""


class ChooseHour(CallbackData, prefix="ch1"):
    """The hour of the evening letter, in minutes from midnight."""

    minute: Annotated[int, Field(ge=0, lt=24 * 60)]


class AskToLeave(CallbackData, prefix="al1"):
    """Taking the consent back: are you sure?"""


class Leave(CallbackData, prefix="le1"):
    """The consent is taken back."""


class AskToComeBack(CallbackData, prefix="ab1"):
    """The text of the consent once more."""


class ComeBack(CallbackData, prefix="cb1"):
    """The consent is given anew."""


class OpenMyClass(CallbackData, prefix="my1"):
    """«Мой класс»: the first of them, whenever it is pressed."""


class OpenClass(CallbackData, prefix="oc1"):
    """A homeroom teacher's class."""

    school_class: Id


class OpenGuardians(CallbackData, prefix="og1"):
    """A page of the guardians of a class who stand alike."""

    school_class: Id
    standing: GuardianStanding
    page: Page


class OpenGuardian(CallbackData, prefix="gu1"):
    """One guardian, as a homeroom teacher sees them."""

    school_class: Id
    guardian: Id


class ConfirmGuardian(CallbackData, prefix="cg1"):
    """«Подтвердить»: this person is known."""

    school_class: Id
    guardian: Id


class AskToDisconnect(CallbackData, prefix="ad1"):
    """«Отключить»: are you sure?"""

    school_class: Id
    guardian: Id


class Disconnect(CallbackData, prefix="dg1"):
    """The guardian's account ends."""

    school_class: Id
    guardian: Id


class AskForSlips(CallbackData, prefix="as1"):
    """Slips of a class: for whom, and that older ones end."""

    school_class: Id


class PrintSlips(CallbackData, prefix="ps1"):
    """Slips of all guardians of a class who aren't connected."""

    school_class: Id


class PrintSlip(CallbackData, prefix="po1"):
    """The slip of one guardian."""

    school_class: Id
    guardian: Id
