"""Which waiting items may be told now, and to whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased

from storage.models.base import UtcDateTime
from storage.models.delivery import Item, Letter
from storage.models.people import Person, TelegramAccount
from storage.models.school import School
from storage.repositories import recipients
from storage.uow import Uow
from storage.vocabulary import AccountState, BotId, ItemState, LetterState

PRIORITIES = (0, 1, 2, 3, 4)
NOW: Any = bindparam("now", type_=UtcDateTime())
UNRESOLVED = (LetterState.SENDING.value, LetterState.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class DueRow:
    """A due item with its recipient's address, language and zone."""

    id: int
    rev: int
    kind: str
    bundle: str
    collapse_key: str
    base: str | None
    value: str | None
    priority: int
    created_at: datetime
    due_at: datetime
    expires_at: datetime | None
    student_id: int | None
    lesson_id: int | None
    work_id: int | None
    previous_letter_id: int | None
    recipient_id: int
    school_id: int
    address: str
    locale: str
    timezone: str


def account_of_item() -> ColumnElement[bool]:
    """The account an item is written to; joins telegram_account to item.

    It is the recipient's confirmed one, unless the item names another: who was disconnected is told so where they were.
    """
    present = aliased(TelegramAccount)
    account = (
        select(present.id)
        .where(
            present.bot_id == Item.bot_id,
            present.person_id == Item.recipient_id,
            present.state == AccountState.ACTIVE.value,
        )
        .correlate(Item)
        .scalar_subquery()
    )
    return TelegramAccount.id == func.coalesce(Item.account_id, account)


def reachable() -> ColumnElement[bool]:
    """That account takes letters."""
    return and_(account_of_item(), TelegramAccount.unreachable_at.is_(None))


def may_be_claimed(today: ColumnElement[date], chat_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Right, consent and a reachable account at this chat still exist; for the WHERE of an update of item.

    Who came in from another phone since the letter was composed is written to there, and not at the former one.
    """
    account = exists().where(reachable(), TelegramAccount.chat_id == chat_id).correlate(Item)
    return and_(account, recipients.may_still_be_told(cast(date, today)))


def _is_due() -> ColumnElement[bool]:
    """Due, not held, not expired; its bundle has come to rest or reached its cap; its key has no letter under way."""
    sibling, told = aliased(Item), aliased(Item)
    same_bundle = and_(
        sibling.recipient_id == Item.recipient_id, sibling.bundle == Item.bundle, sibling.state == ItemState.WAITING
    )
    at_rest = ~exists().where(same_bundle, sibling.due_at > NOW)
    capped = exists().where(same_bundle, sibling.cap_at <= NOW)
    under_way = exists().where(
        told.recipient_id == Item.recipient_id,
        told.collapse_key == Item.collapse_key,
        told.state == ItemState.TOLD,
        Letter.id == told.letter_id,
        Letter.state.in_(UNRESOLVED),
    )
    return and_(
        Item.bot_id == bindparam("bot"),
        Item.state == ItemState.WAITING,
        Item.priority.in_(PRIORITIES),
        Item.due_at <= NOW,
        Item.hold.is_(None),
        or_(Item.expires_at.is_(None), Item.expires_at > NOW),
        or_(at_rest, capped),
        ~under_way,
    )


def _whole() -> Select[Any]:
    told, letter = aliased(Item), aliased(Letter)
    previous = (
        select(letter.id)
        .join(told, told.letter_id == letter.id)
        .where(
            told.recipient_id == Item.recipient_id,
            told.collapse_key == Item.collapse_key,
            told.state == ItemState.TOLD,
            letter.external_id.is_not(None),
        )
        .order_by(told.id.desc())
        .limit(1)
        .correlate(Item)
        .scalar_subquery()
    )
    return (
        select(
            *(getattr(Item, name) for name in OF_ITEM),
            previous.label("previous_letter_id"),
            TelegramAccount.chat_id,
            Person.locale,
            School.timezone,
        )
        .select_from(Item)
        .join(TelegramAccount, REACHABLE)
        .join(Person, Person.id == Item.recipient_id)
        .join(School, School.id == Item.school_id)
        .where(Item.recipient_id.in_(bindparam("people", expanding=True)), IS_DUE)
        .order_by(Item.id)
    )


# Made once: the aliases of a question cost more than its answer, and the postman asks at every tap.
OF_ITEM = [name for name in DueRow.__dataclass_fields__ if name in Item.__table__.columns]
IS_DUE, REACHABLE = _is_due(), reachable()
FIRST: Select[Any] = (
    select(Item.recipient_id)
    .select_from(Item)
    .join(TelegramAccount, REACHABLE)
    .where(IS_DUE)
    .order_by(Item.priority, Item.due_at)
    .limit(bindparam("limit", type_=Integer))
)
NOT_HELD = FIRST.where(TelegramAccount.chat_id.not_in(bindparam("held", expanding=True)))
WHOLE = _whole()
OLDEST = select(func.min(Item.due_at)).select_from(Item).join(TelegramAccount, REACHABLE).where(IS_DUE)


async def due(uow: Uow, bot_id: BotId, now: datetime, limit: int, held: Collection[str] = ()) -> list[DueRow]:
    """Whole bundles of due items of the most urgent recipients, urgent first; `limit` counts items looked at.

    `held` leaves out chats that told us to wait.
    """
    at = {"bot": bot_id, "now": now}
    first = {**at, "limit": limit}
    if held:
        found = await uow.execute(NOT_HELD, {**first, "held": [int(address) for address in held]})
    else:
        found = await uow.execute(FIRST, first)
    people = {row.recipient_id for row in found}
    if not people:
        return []
    return [
        DueRow(
            **{name: getattr(row, name) for name in OF_ITEM},
            previous_letter_id=row.previous_letter_id,
            address=str(row.chat_id),
            locale=row.locale,
            timezone=row.timezone,
        )
        for row in await uow.execute(WHOLE, {**at, "people": sorted(people)})
    ]


async def oldest_due(uow: Uow, bot_id: BotId, now: datetime) -> datetime | None:
    """Since when the longest waiting letter that could be sent is due; None: nothing waits."""
    found = await uow.execute(OLDEST, {"bot": bot_id, "now": now})
    moment: datetime | None = found.scalar_one()
    return moment
