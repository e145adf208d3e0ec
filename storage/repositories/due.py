"""Which waiting items may be told now, to whom and by which channel."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy import cast as as_type
from sqlalchemy.orm import aliased

from storage.models.base import UtcDateTime
from storage.models.delivery import Item, Letter, Owner
from storage.models.family import Contact
from storage.models.people import Person, Preferences, TelegramAccount
from storage.models.school import School
from storage.prepared import Prepared
from storage.repositories import preferences, recipients
from storage.repositories.among import among, not_among
from storage.repositories.items import TOLD, WAITS
from storage.repositories.preferences import ChosenHours
from storage.uow import Uow
from storage.vocabulary import AccountState, BotId, Channel, ContactState, DeliveryMode, ItemKind, LetterState

PRIORITIES: Any = tuple(literal_column(str(one)) for one in range(5))  # bound, the statement could not be prepared
NOW: Any = bindparam("now", type_=UtcDateTime())
UNRESOLVED: Any = tuple(literal_column(f"'{one.value}'") for one in (LetterState.SENDING, LetterState.UNKNOWN))
MAIL = "mail:"  # begins a letter's address at the e-mail channel; a contact's id follows, never the address itself


class DueRow(NamedTuple):
    """A due item with its recipient's place, language and hours, and the school's zone and regulation.

    `place`: the number of the address, see `address_at`; `mailbox`: where an e-mail letter goes, else «». The
    regulation and the kinds are JSON; `mode` None: the regulation's hours hold.
    """

    id: int
    rev: int
    kind: str
    bundle: str
    collapse_key: str
    base: str | None
    value: str | None
    priority: int
    due_at: datetime
    student_id: int | None
    lesson_id: int | None
    work_id: int | None
    recipient_id: int
    school_id: int
    previous_letter_id: int | None
    place: int
    mailbox: str
    locale: str
    timezone: str
    regulation: str
    mode: str | None
    digest_minute: int | None
    quiet_from_minute: int | None
    quiet_until_minute: int | None
    kinds: str | None


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
            present.state == literal_column(f"'{AccountState.ACTIVE.value}'"),
        )
        .correlate(Item)
        .scalar_subquery()
    )
    return TelegramAccount.id == func.coalesce(Item.account_id, account)


def contact_of_item() -> ColumnElement[bool]:
    """The contact an item is mailed to: the recipient's confirmed one; joins contact to item.

    The letter that asks for the confirmation goes to the one that is to be confirmed.
    """
    asks = and_(Item.kind == ItemKind.CONTACT.value, Contact.state == ContactState.ASKED.value)
    return and_(
        Contact.person_id == Item.recipient_id,
        Contact.channel == Channel.EMAIL.value,
        Contact.stopped_at.is_(None),
        or_(asks, and_(Item.kind != ItemKind.CONTACT.value, Contact.state == ContactState.CONFIRMED.value)),
    )


def reachable(channel: Channel = Channel.TELEGRAM) -> ColumnElement[bool]:
    """The item goes by this channel, and somebody takes letters there."""
    if channel is Channel.EMAIL:
        return and_(Item.channel == Channel.EMAIL.value, contact_of_item())
    return and_(Item.channel == Channel.TELEGRAM.value, account_of_item(), TelegramAccount.unreachable_at.is_(None))


def place_of(address: str) -> int:
    """The number that tells addresses of a channel apart: the chat's, or the contact's."""
    return int(address.removeprefix(MAIL))


def address_at(channel: Channel, place: int) -> str:
    """The address of a letter for a chat or a contact."""
    return f"{MAIL}{place}" if channel is Channel.EMAIL else str(place)


def _place(channel: Channel) -> Any:
    return Contact.id if channel is Channel.EMAIL else TelegramAccount.chat_id


def _door(channel: Channel) -> Any:
    return Contact if channel is Channel.EMAIL else TelegramAccount


def may_be_claimed(channel: Channel, today: ColumnElement[date], place: ColumnElement[int]) -> ColumnElement[bool]:
    """Right, consent and a reachable account or contact at this place still exist; for the WHERE of an update of item.

    Who came in from another phone since the letter was composed is written to there, and not at the former one.
    """
    there = exists().where(reachable(channel), _place(channel) == place).correlate(Item)
    return and_(there, recipients.may_still_be_told(cast(date, today)))


def _is_due(bot: Any) -> ColumnElement[bool]:
    """Due, not held, not expired; its bot isn't paused; its key has no letter under way.

    And its bundle has come to rest or reached its cap.
    """
    sibling, told = aliased(Item), aliased(Item)
    same_bundle = and_(
        sibling.recipient_id == Item.recipient_id,
        sibling.bundle == Item.bundle,
        sibling.channel == Item.channel,
        sibling.state == WAITS,
    )
    at_rest = ~exists().where(same_bundle, sibling.due_at > NOW)
    capped = exists().where(same_bundle, sibling.cap_at <= NOW)
    under_way = exists().where(
        told.recipient_id == Item.recipient_id,
        told.collapse_key == Item.collapse_key,
        told.state == TOLD,
        Letter.id == told.letter_id,
        Letter.state.in_(UNRESOLVED),
    )
    paused = exists().where(Owner.bot_id == bindparam("bot"), Owner.paused_at.is_not(None))
    return and_(
        bot == bindparam("bot"),
        Item.state == WAITS,
        Item.priority.in_(PRIORITIES),
        Item.due_at <= NOW,
        Item.hold.is_(None),
        ~paused,
        or_(Item.expires_at.is_(None), Item.expires_at > NOW),
        or_(at_rest, capped),
        ~under_way,
    )


def _whole(channel: Channel, dialect: str) -> Select[Any]:
    told, letter = aliased(Item), aliased(Letter)
    previous = (
        select(letter.id)
        .join(told, told.letter_id == letter.id)
        .where(
            told.recipient_id == Item.recipient_id,
            told.collapse_key == Item.collapse_key,
            told.state == TOLD,
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
            _place(channel).label("place"),
            (Contact.address if channel is Channel.EMAIL else literal_column("''")).label("mailbox"),
            Person.locale,
            School.timezone,
            as_type(School.regulation, Text).label("regulation"),
            *preferences.COLUMNS[:-1],
            as_type(Preferences.kinds, Text).label("kinds"),
        )
        .select_from(Item)
        .join(_door(channel), reachable(channel))
        .join(Person, Person.id == Item.recipient_id)
        .join(School, School.id == Item.school_id)
        .outerjoin(Preferences, Preferences.person_id == Item.recipient_id)
        .where(among(Item.recipient_id, "people", dialect), IS_DUE_OF_SOME)
        .order_by(Item.id)
    )


# Made once: the aliases of a question cost more than its answer, and the postman asks at every tap.
OF_ITEM = DueRow._fields[: DueRow._fields.index("previous_letter_id")]
IS_DUE = _is_due(Item.bot_id)
# SQLite would walk all that is due in search of a few recipients, did it see that an index begins with the bot.
IS_DUE_OF_SOME = _is_due(Item.bot_id + 0)


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of one channel."""

    first: Prepared
    not_held: Prepared
    whole: Prepared
    oldest: Select[Any]


def _questions(channel: Channel) -> Questions:
    door, there = _door(channel), reachable(channel)
    first = (
        select(Item.recipient_id)
        .select_from(Item)
        .join(door, there)
        .where(IS_DUE)
        .order_by(Item.priority, Item.due_at)
        .limit(bindparam("limit", type_=Integer))
    )
    return Questions(
        Prepared(first),
        Prepared(lambda dialect: first.where(not_among(_place(channel), "held", dialect))),
        Prepared(lambda dialect: _whole(channel, dialect)),
        select(func.min(Item.due_at)).select_from(Item).join(door, there).where(IS_DUE),
    )


QUESTIONS: Mapping[Channel, Questions] = {one: _questions(one) for one in (Channel.TELEGRAM, Channel.EMAIL)}


async def due(
    uow: Uow,
    bot_id: BotId,
    now: datetime,
    limit: int,
    held: Collection[str] = (),
    channel: Channel = Channel.TELEGRAM,
) -> list[DueRow]:
    """Whole bundles of a channel's due items of the most urgent recipients, in the order of their ids.

    `limit` counts items looked at; `held` leaves out addresses that told us to wait.
    """
    ask = QUESTIONS[channel]
    at = {"bot": bot_id, "now": now}
    first = {**at, "limit": limit}
    if held:
        found = await uow.ask(ask.not_held, {**first, "held": [place_of(address) for address in held]})
    else:
        found = await uow.ask(ask.first, first)
    people = {row.recipient_id for row in found}
    if not people:
        return []
    return await uow.ask(ask.whole, {**at, "people": sorted(people)})


@lru_cache(maxsize=64)
def from_json(stored: str) -> dict[str, Any] | None:
    """A regulation, or kinds that somebody chose: the same ones in row after row."""
    made: dict[str, Any] | None = json.loads(stored)
    return made


def chosen(row: DueRow) -> ChosenHours | None:
    """The hours that the recipient chose, if any."""
    if row.mode is None:
        return None
    kinds = None if row.kinds is None else from_json(row.kinds)
    assert row.digest_minute is not None and row.quiet_from_minute is not None and row.quiet_until_minute is not None
    return ChosenHours(
        DeliveryMode(row.mode), row.digest_minute, row.quiet_from_minute, row.quiet_until_minute, kinds or {}
    )


async def oldest_due(uow: Uow, bot_id: BotId, now: datetime, channel: Channel = Channel.TELEGRAM) -> datetime | None:
    """Since when the longest waiting letter that could be sent is due; None: nothing waits."""
    found = await uow.execute(QUESTIONS[channel].oldest, {"bot": bot_id, "now": now})
    moment: datetime | None = found.scalar_one()
    return moment
