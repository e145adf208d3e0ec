"""Buttons of correction requests: asking, deciding, listing."""

from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from handlers.callbacks.fields import Id, Page, Rev
from services.corrections.reasons import Why, WhyNot
from storage.vocabulary import WorkKind

Ordinal = Annotated[int, Field(ge=1, lt=100)]
Ref = Annotated[int, Field(gt=0, lt=10**12)]  # two ids, a kind and a value stand in one button
Value = Annotated[str, Field(min_length=1, max_length=3)]  # «-» withdraws


class AskCorrection(CallbackData, prefix="qa1"):
    """«Запросить исправление» of a lesson: which column."""

    lesson: Id


class AskInColumn(CallbackData, prefix="qc1"):
    """A page of a column, made or not yet: which student."""

    lesson: Id
    kind: WorkKind
    ordinal: Ordinal
    page: Page


class AskForStudent(CallbackData, prefix="qs1"):
    """«Запросить исправление» of one student's mark: which value."""

    lesson: Id
    kind: WorkKind
    ordinal: Ordinal
    student: Id


class AskForValue(CallbackData, prefix="qv1"):
    """The value that is wanted."""

    lesson: Ref
    kind: WorkKind
    ordinal: Ordinal
    student: Ref
    value: Value


class ChooseReason(CallbackData, prefix="qr1"):
    """One of the usual reasons; `request` is the number of the one being written."""

    request: Id
    why: Why


class SendRequest(CallbackData, prefix="qy1"):
    """Ask, as shown."""

    request: Id


class DropRequest(CallbackData, prefix="qd1"):
    """Forget what is being written."""

    request: Id


class OpenOwnRequests(CallbackData, prefix="qo1"):
    """«Мои запросы»."""

    page: Page


class OpenRequests(CallbackData, prefix="ql1"):
    """«Запросы»: what awaits a decision."""

    page: Page


class OpenRequest(CallbackData, prefix="qq1"):
    """One request."""

    request: Id


class WithdrawRequest(CallbackData, prefix="qw1"):
    """«Отозвать запрос»."""

    request: Id


class ApproveRequest(CallbackData, prefix="qp1"):
    """«Одобрить», for the mark's revision that was shown."""

    request: Id
    seen: Rev


class AskToDecline(CallbackData, prefix="qn1"):
    """«Отклонить»: why."""

    request: Id


class DeclineRequest(CallbackData, prefix="qx1"):
    """Decline for one of the usual reasons."""

    request: Id
    why: WhyNot
