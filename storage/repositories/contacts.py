"""Contacts: where guardians are written to besides Telegram, and which of their channels comes after which."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, null, or_, select, update
from sqlalchemy.orm import aliased

from storage.models.delivery import Item
from storage.models.family import Contact
from storage.models.people import Guardianship, Person, TelegramAccount
from storage.models.school import School
from storage.repositories.items import in_order
from storage.repositories.unreached import LISTED
from storage.uow import Uow
from storage.vocabulary import (
    AccountState,
    BotId,
    Channel,
    ContactId,
    ContactState,
    ItemId,
    ItemKind,
    ItemState,
    PersonId,
    SchoolId,
)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact that stands; `source`: the application it was given in, or «в чате»."""

    id: ContactId
    school_id: SchoolId
    person_id: PersonId
    channel: Channel
    address: str
    state: ContactState
    source: str
    given_on: date
    rank: int
    asked_at: datetime | None
    locale: str


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact to keep."""

    school_id: SchoolId
    person_id: PersonId
    channel: Channel
    address: str
    state: ContactState
    source: str
    given_on: date
    rank: int
    asked_at: datetime | None


OF_CONTACT = (
    Contact.id,
    Contact.school_id,
    Contact.person_id,
    Contact.channel,
    Contact.address,
    Contact.state,
    Contact.source,
    Contact.given_on,
    Contact.rank,
    Contact.asked_at,
    Person.locale,
)
STANDING = select(*OF_CONTACT).join(Person, Person.id == Contact.person_id).where(Contact.stopped_at.is_(None))


def _row(row: Any) -> ContactRow:
    values = {name: getattr(row, name) for name in ContactRow.__dataclass_fields__}
    return ContactRow(**{**values, "channel": Channel(values["channel"]), "state": ContactState(values["state"])})


async def standing(uow: Uow, person_id: PersonId) -> list[ContactRow]:
    """The contacts of somebody that stand: of a channel at most one confirmed, and one that waits for it."""
    found = await uow.execute(STANDING.where(Contact.person_id == person_id).order_by(Contact.rank, Contact.id))
    return [_row(row) for row in found]


async def find(uow: Uow, contact_id: ContactId) -> ContactRow | None:
    """A contact that stands."""
    row = (await uow.execute(STANDING.where(Contact.id == contact_id))).first()
    return None if row is None else _row(row)


async def by_secret(uow: Uow, confirm_hash: str) -> ContactRow | None:
    """The contact that waits for this confirmation."""
    question = STANDING.where(Contact.confirm_hash == confirm_hash, Contact.state == ContactState.ASKED.value)
    row = (await uow.execute(question)).first()
    return None if row is None else _row(row)


async def add(uow: Uow, new: NewContact) -> ContactId:
    """Keep a contact; no other of its channel may stand in this state."""
    values = {name: getattr(new, name) for name in NewContact.__dataclass_fields__}
    added = await uow.execute(insert(Contact).values(**values).returning(Contact.id))
    return ContactId(added.scalar_one())


async def await_confirmation(uow: Uow, contact_id: ContactId, confirm_hash: str, now: datetime) -> None:
    """A confirmation link is on its way; an older one is of no use any more."""
    await uow.write(update(Contact).where(Contact.id == contact_id).values(confirm_hash=confirm_hash, asked_at=now))


async def confirm(uow: Uow, contact_id: ContactId, confirm_hash: str, now: datetime) -> bool:
    """Letters may go; once."""
    asked = (Contact.id == contact_id, Contact.confirm_hash == confirm_hash, Contact.stopped_at.is_(None))
    return bool(
        await uow.write(
            update(Contact)
            .where(*asked, Contact.state == ContactState.ASKED.value)
            .values(state=ContactState.CONFIRMED.value, confirmed_at=now, confirm_hash=null())
        )
    )


async def stop(uow: Uow, contact_id: ContactId, reason: str, now: datetime) -> PersonId | None:
    """No more letters there; whose contact it was, None where it stood no more."""
    stopped = await uow.execute(
        update(Contact)
        .where(Contact.id == contact_id, Contact.stopped_at.is_(None))
        .values(state=ContactState.STOPPED.value, stopped_at=now, stopped_reason=reason, confirm_hash=null())
        .returning(Contact.person_id)
    )
    row = stopped.first()
    return None if row is None else PersonId(row.person_id)


async def replace(uow: Uow, by: ContactRow, now: datetime) -> None:
    """The others of its channel end: this one takes their place."""
    others = (Contact.person_id == by.person_id, Contact.channel == by.channel.value, Contact.id != by.id)
    await uow.write(
        update(Contact)
        .where(*others, Contact.stopped_at.is_(None))
        .values(state=ContactState.STOPPED.value, stopped_at=now, stopped_reason="replaced", confirm_hash=null())
    )


async def put_ranks(uow: Uow, person_id: PersonId, ranks: Sequence[tuple[Channel, int]]) -> None:
    """The order in which somebody's contacts are tried."""
    for channel, rank in ranks:
        await uow.write(
            update(Contact)
            .where(Contact.person_id == person_id, Contact.channel == channel.value, Contact.stopped_at.is_(None))
            .values(rank=rank)
        )


async def asked_since(uow: Uow, person_id: PersonId, moment: datetime) -> int:
    """How many letters asked somebody for a confirmation since a moment."""
    found = await uow.execute(
        select(func.count()).where(
            Item.recipient_id == person_id, Item.kind == ItemKind.CONTACT.value, Item.created_at >= moment
        )
    )
    return int(found.scalar_one())


async def ways(uow: Uow, people: Collection[PersonId]) -> dict[PersonId, list[tuple[int, Channel]]]:
    """By person the channels that take letters, each with its rank; Telegram's is 0."""
    found: dict[PersonId, list[tuple[int, Channel]]] = {person_id: [] for person_id in people}
    connected = await uow.execute(
        select(TelegramAccount.person_id).where(
            TelegramAccount.person_id.in_(people),
            TelegramAccount.state == AccountState.ACTIVE.value,
            TelegramAccount.unreachable_at.is_(None),
        )
    )
    for row in connected:
        found[PersonId(row.person_id)].append((0, Channel.TELEGRAM))
    takes = or_(Contact.channel == Channel.PAPER.value, Contact.state == ContactState.CONFIRMED.value)
    given = await uow.execute(
        select(Contact.person_id, Contact.rank, Contact.channel).where(
            Contact.person_id.in_(people), Contact.stopped_at.is_(None), takes
        )
    )
    for row in given:
        found[PersonId(row.person_id)].append((row.rank, Channel(row.channel)))
    return found


@dataclass(frozen=True, slots=True)
class Stuck:
    """A family's item that is to go by another channel."""

    item_id: ItemId
    recipient_id: PersonId
    kind: ItemKind
    channel: Channel
    expires_at: datetime | None


# News of families; notices of an account stay with the messenger whose account it is.
FAMILY_KINDS = tuple(
    sorted(
        {
            *LISTED,
            *(
                one.value
                for one in (
                    ItemKind.ABSENT_DAYS,
                    ItemKind.TIMETABLE,
                    ItemKind.RISK,
                    ItemKind.WEEKLY,
                    ItemKind.READING_REMINDER,
                    ItemKind.NOTE_DECIDED,
                )
            ),
        }
    )
)


# The same person may be told as a teacher too, by a kind that families share; that is about no student of theirs and
# stays in the chat. Of a family's news these alone name no student.
OF_ALL_CHILDREN = (ItemKind.DIGEST.value, ItemKind.WEEKLY.value)
OF_A_FAMILY = and_(Item.kind.in_(FAMILY_KINDS), or_(Item.student_id.is_not(None), Item.kind.in_(OF_ALL_CHILDREN)))
OF_STUCK: tuple[Any, ...] = (Item.id, Item.recipient_id, Item.kind, Item.channel, Item.expires_at)


def _stuck(*conditions: ColumnElement[bool]) -> Select[Any]:
    return select(*OF_STUCK).where(*conditions, OF_A_FAMILY).order_by(Item.id)


async def _all_stuck(uow: Uow, question: Select[Any]) -> list[Stuck]:
    return [
        Stuck(ItemId(row.id), PersonId(row.recipient_id), ItemKind(row.kind), Channel(row.channel), row.expires_at)
        for row in await uow.execute(question)
    ]


async def stuck(uow: Uow, item_ids: Sequence[ItemId]) -> list[Stuck]:
    """Those of the items that are news for a family; one whose newer sibling waits already has been overtaken."""
    newer = aliased(Item)
    sibling = exists().where(
        newer.recipient_id == Item.recipient_id,
        newer.collapse_key == Item.collapse_key,
        newer.state == ItemState.WAITING.value,
        newer.id != Item.id,
    )
    return await _all_stuck(uow, _stuck(Item.id.in_(item_ids), ~sibling))


async def waiting(uow: Uow, person_id: PersonId) -> list[Stuck]:
    """A person's news that wait, by whatever channel."""
    return await _all_stuck(uow, _stuck(Item.recipient_id == person_id, Item.state == ItemState.WAITING.value))


@dataclass(frozen=True, slots=True)
class TakenOver:
    """An item that goes by another channel; `expires_at` None: for ever."""

    item_id: ItemId
    channel: Channel
    expires_at: datetime | None


async def take_over(uow: Uow, moves: Sequence[TakenOver], now: datetime) -> None:
    """Items wait again, due now, on the channel that takes over."""
    await uow.execute(in_order(Item.id.in_([one.item_id for one in moves])))
    for one in moves:
        await uow.write(
            update(Item)
            .where(Item.id == one.item_id)
            .values(
                state=ItemState.WAITING.value,
                reason=null(),
                channel=one.channel.value,
                due_at=now,
                cap_at=now,
                expires_at=one.expires_at,
                told_at=null(),
                letter_id=null(),
                rev=Item.rev + 1,
            )
        )


async def rechannel(uow: Uow, moves: Sequence[TakenOver]) -> None:
    """Waiting items go by another channel at their own times."""
    await uow.execute(in_order(Item.id.in_([one.item_id for one in moves])))
    for one in moves:
        await uow.write(
            update(Item)
            .where(Item.id == one.item_id, Item.state == ItemState.WAITING.value)
            .values(channel=one.channel.value, expires_at=one.expires_at, rev=Item.rev + 1)
        )


async def school(uow: Uow, school_id: SchoolId) -> tuple[str, BotId | None]:
    """A school's name, and the bot that serves it."""
    row = (await uow.execute(select(School.name, School.bot_id).where(School.id == school_id))).one()
    return row.name, row.bot_id


async def application_of(uow: Uow, guardian_id: PersonId) -> str:
    """The written application that a guardian's contacts were given with; «» where none is recorded."""
    question = (
        select(Guardianship.application)
        .where(Guardianship.guardian_id == guardian_id, Guardianship.application.is_not(None))
        .order_by(Guardianship.since_on.desc(), Guardianship.id.desc())
        .limit(1)
    )
    return str((await uow.execute(question)).scalar_one_or_none() or "")
