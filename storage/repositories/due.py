"""Which waiting items may be told now, to whom and by which channel."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from storage.models.base import UtcDateTime
from storage.models.delivery import Item, Letter, Owner
from storage.models.family import Contact
from storage.models.people import Person, Preferences, TelegramAccount
from storage.models.school import School
from storage.repositories import preferences, recipients
from storage.repositories.items import TOLD, WAITS
from storage.repositories.preferences import ChosenHours
from storage.uow import Uow
from storage.vocabulary import AccountState, BotId, Channel, ContactState, ItemKind, LetterState

PRIORITIES = (0, 1, 2, 3, 4)
NOW: Any = bindparam("now", type_=UtcDateTime())
UNRESOLVED = (LetterState.SENDING.value, LetterState.UNKNOWN.value)
MAIL = "mail:"  # begins a letter's address at the e-mail channel; a contact's id follows, never the address itself


@dataclass(frozen=True, slots=True)
class DueRow:
    """A due item with its recipient's address, language and hours, and the school's zone and regulation.

    `mailbox`: where an e-mail letter goes, else «»; `chosen` None: the regulation's hours hold.
    """

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
    recipient_id: int
    school_id: int
    previous_letter_id: int | None
    address: str
    locale: str
    timezone: str
    regulation: dict[str, Any]
    chosen: ChosenHours | None
    mailbox: str = ""


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


def _whole(channel: Channel) -> Select[Any]:
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
            (Contact.address if channel is Channel.EMAIL else literal("")).label("mailbox"),
            Person.locale,
            School.timezone,
            School.regulation,
            *preferences.COLUMNS,
        )
        .select_from(Item)
        .join(_door(channel), reachable(channel))
        .join(Person, Person.id == Item.recipient_id)
        .join(School, School.id == Item.school_id)
        .outerjoin(Preferences, Preferences.person_id == Item.recipient_id)
        .where(Item.recipient_id.in_(bindparam("people", expanding=True)), IS_DUE_OF_SOME)
        .order_by(Item.id)
    )


# Made once: the aliases of a question cost more than its answer, and the postman asks at every tap.
OF_ITEM = [name for name in DueRow.__dataclass_fields__ if name in Item.__table__.columns]
IS_DUE = _is_due(Item.bot_id)
# SQLite would walk all that is due in search of a few recipients, did it see that an index begins with the bot.
IS_DUE_OF_SOME = _is_due(Item.bot_id + 0)


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of one channel."""

    first: Select[Any]
    not_held: Select[Any]
    whole: Select[Any]
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
        first,
        first.where(_place(channel).not_in(bindparam("held", expanding=True))),
        _whole(channel),
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
    """Whole bundles of a channel's due items of the most urgent recipients, urgent first.

    `limit` counts items looked at; `held` leaves out addresses that told us to wait.
    """
    ask = QUESTIONS[channel]
    at = {"bot": bot_id, "now": now}
    first = {**at, "limit": limit}
    if held:
        found = await uow.execute(ask.not_held, {**first, "held": [place_of(address) for address in held]})
    else:
        found = await uow.execute(ask.first, first)
    people = {row.recipient_id for row in found}
    if not people:
        return []
    return [_row(row, channel) for row in await uow.execute(ask.whole, {**at, "people": sorted(people)})]


def _row(row: Any, channel: Channel) -> DueRow:
    values: list[Any] = [
        *row[: len(OF_ITEM)],
        row.previous_letter_id,
        address_at(channel, row.place),
        row.locale,
        row.timezone,
        row.regulation,
        preferences.chosen(row),
        row.mailbox,
    ]
    return DueRow(*values)


async def oldest_due(uow: Uow, bot_id: BotId, now: datetime, channel: Channel = Channel.TELEGRAM) -> datetime | None:
    """Since when the longest waiting letter that could be sent is due; None: nothing waits."""
    found = await uow.execute(QUESTIONS[channel].oldest, {"bot": bot_id, "now": now})
    moment: datetime | None = found.scalar_one()
    return moment
