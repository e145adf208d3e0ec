"""What the postman looks after from time to time: letters of unknown fate, and items that came too late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, and_, cast, exists, func, literal, or_, select, update
from sqlalchemy.orm import aliased

from storage.models.delivery import Item, Letter
from storage.models.family import Contact
from storage.models.people import TelegramAccount
from storage.models.school import School
from storage.repositories import recipients
from storage.repositories.due import MAIL, account_of_item, contact_of_item, reachable
from storage.repositories.items import in_order
from storage.repositories.letters import items_of
from storage.repositories.unreached import LISTED, entry_of
from storage.uow import Uow
from storage.vocabulary import (
    BotId,
    Channel,
    ItemId,
    ItemKind,
    ItemState,
    LetterId,
    LetterMethod,
    LetterState,
    VoidReason,
)


@dataclass(frozen=True, slots=True)
class UnknownLetter:
    """A letter nobody knows the fate of; `over` says that its right ended or every item of it expired."""

    id: LetterId
    address: str
    method: LetterMethod
    payload: dict[str, Any]
    target_letter_id: LetterId | None
    copies: int
    sending_at: datetime
    priority: int
    over: bool
    expired: bool


async def unknown(
    uow: Uow, bot_id: BotId, now: datetime, today: date, channel: Channel = Channel.TELEGRAM
) -> list[UnknownLetter]:
    """A channel's letters of unknown fate, the oldest first."""
    of_letter = Item.letter_id == Letter.id
    if channel is Channel.EMAIL:
        there = exists().where(contact_of_item(), literal(MAIL) + cast(Contact.id, String) == Letter.address)
    else:
        there = exists().where(account_of_item(), cast(TelegramAccount.chat_id, String) == Letter.address)
    rightful = exists().where(of_letter, recipients.may_still_be_told(today), there.correlate(Item, Letter))
    in_time = rightful.where(or_(Item.expires_at.is_(None), Item.expires_at > now))
    priority = select(func.min(Item.priority)).where(of_letter).correlate(Letter).scalar_subquery()
    found = await uow.execute(
        select(
            Letter.id,
            Letter.address,
            Letter.method,
            Letter.payload,
            Letter.target_letter_id,
            Letter.copies,
            Letter.sending_at,
            priority.label("priority"),
            in_time.label("goes_on"),
            (rightful & ~in_time).label("expired"),
        )
        .where(Letter.bot_id == bot_id, Letter.channel == channel.value, Letter.state == LetterState.UNKNOWN.value)
        .order_by(Letter.sending_at, Letter.id)
    )
    return [
        UnknownLetter(
            LetterId(row.id),
            row.address,
            LetterMethod(row.method),
            row.payload,
            None if row.target_letter_id is None else LetterId(row.target_letter_id),
            row.copies,
            row.sending_at,
            row.priority if row.priority is not None else 4,
            not row.goes_on,
            bool(row.expired),
        )
        for row in found
    ]


async def close_over(uow: Uow, letters: Sequence[UnknownLetter]) -> list[ItemId]:
    """Close letters that may go no more; the items of those that expired, for the list of the unreached."""
    await uow.write(
        update(Letter)
        .where(Letter.id.in_([one.id for one in letters]), Letter.state == LetterState.UNKNOWN.value)
        .values(state=LetterState.CLOSED.value)
    )
    return await items_of(uow, [one.id for one in letters if one.expired])


async def expire(uow: Uow, bot_id: BotId, now: datetime, also: Sequence[ItemId] = (), limit: int = 200) -> list[ItemId]:
    """Void waiting items that can't be told in time any more; which ones, for the list of the unreached.

    `also`: items that the same transaction goes on to touch; all are locked in one go.
    """
    late = (Item.bot_id == bot_id, Item.state == ItemState.WAITING.value, Item.expires_at <= now)
    seen = await uow.execute(select(Item.id).where(*late).order_by(Item.expires_at, Item.id).limit(limit))
    ids = [ItemId(row.id) for row in seen]
    if not ids and not also:
        return []
    await uow.execute(in_order(Item.id.in_([*ids, *also])))
    found = await uow.execute(
        update(Item)
        .where(Item.id.in_(ids), *late)
        .values(state=ItemState.VOID.value, reason=VoidReason.EXPIRED.value)
        .returning(Item.id)
    )
    return sorted(ItemId(row.id) for row in found)


async def overdue(
    uow: Uow, bot_id: BotId, put_before: datetime, due_before: datetime, limit: int = 200
) -> list[ItemId]:
    """Families' waiting items that never expire, have waited since before a moment and stand on no list yet.

    What is not due before the other moment waits for its hour, unless the messenger refuses its chat.
    """
    entry = aliased(Item)
    refused = and_(Item.channel == Channel.TELEGRAM.value, ~exists().where(reachable(Channel.TELEGRAM)).correlate(Item))
    found = await uow.execute(
        select(Item.id)
        .where(
            Item.bot_id == bot_id,
            Item.state == ItemState.WAITING.value,
            Item.expires_at.is_(None),
            Item.created_at < put_before,
            or_(Item.due_at < due_before, refused),
            Item.kind.in_(LISTED),
            # What is printed waits for the next print; but results must be known within the day (М Регл. 2).
            or_(Item.channel != Channel.PAPER.value, Item.kind == ItemKind.TERM_RESULT.value),
            ~entry_of(entry).exists(),
        )
        .order_by(Item.id)
        .limit(limit)
    )
    return [ItemId(row.id) for row in found]


async def regulations(uow: Uow) -> list[dict[str, Any]]:
    """The stored regulations of the schools."""
    return [dict(row.regulation) for row in await uow.execute(select(School.regulation))]


async def zones(uow: Uow) -> list[str]:
    """The time zones of the schools."""
    return [row.timezone for row in await uow.execute(select(School.timezone).distinct())]
