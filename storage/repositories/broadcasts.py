"""Broadcasts: drafts and their end, whom each went to, and what was answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, null, select, update

from storage.models.broadcasts import Broadcast, BroadcastAnswer, BroadcastRecipient
from storage.models.delivery import Item, Letter
from storage.models.people import Person
from storage.models.school import School
from storage.repositories.items import in_order
from storage.repositories.upsert import insert_into
from storage.uow import Uow
from storage.vocabulary import (
    BotId,
    BroadcastId,
    BroadcastState,
    ItemState,
    LetterState,
    PauseReason,
    PersonId,
    SchoolId,
    VoidReason,
)


@dataclass(frozen=True, slots=True)
class BroadcastRow:
    """A broadcast with its author's name; the JSON columns as they are stored."""

    id: BroadcastId
    school_id: SchoolId
    author_id: PersonId
    audience: dict[str, Any]
    text: str
    files: dict[str, Any] | None
    question: dict[str, Any] | None
    asks_reading: bool
    urgent: bool
    state: BroadcastState
    rev: int
    created_at: datetime
    send_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None
    closed_at: datetime | None
    reminded_at: datetime | None
    pause_reason: PauseReason | None
    past_attempts: int
    past_errors: int
    author: tuple[str, str, str]  # last, first, middle name


OF_BROADCAST = [name for name in BroadcastRow.__dataclass_fields__ if name in Broadcast.__table__.columns]


def _whole() -> Select[Any]:
    return select(
        *(getattr(Broadcast, name) for name in OF_BROADCAST), Person.last_name, Person.first_name, Person.middle_name
    ).join(Person, Person.id == Broadcast.author_id)


def _row(row: Any) -> BroadcastRow:
    values = {name: getattr(row, name) for name in OF_BROADCAST}
    values["state"] = BroadcastState(row.state)
    values["pause_reason"] = None if row.pause_reason is None else PauseReason(row.pause_reason)
    return BroadcastRow(**values, author=(row.last_name, row.first_name, row.middle_name))


async def find(uow: Uow, broadcast_id: BroadcastId) -> BroadcastRow | None:
    """One broadcast."""
    row = (await uow.execute(_whole().where(Broadcast.id == broadcast_id))).first()
    return None if row is None else _row(row)


async def lock(uow: Uow, broadcast_id: BroadcastId) -> BroadcastRow | None:
    """One broadcast, whose state nobody else changes until this transaction ends."""
    await uow.execute(select(Broadcast.id).where(Broadcast.id == broadcast_id).with_for_update())
    return await find(uow, broadcast_id)


async def live(
    uow: Uow, states: Collection[BroadcastState], since: datetime, bot_id: BotId | None = None
) -> list[BroadcastRow]:
    """Those in one of these states that were to be sent since a moment, the oldest first.

    With a bot only of the schools it serves.
    """
    question = _whole().where(Broadcast.state.in_([one.value for one in states]), Broadcast.send_at >= since)
    if bot_id is not None:
        question = question.where(Broadcast.school_id.in_(select(School.id).where(School.bot_id == bot_id)))
    return [_row(row) for row in await uow.execute(question.order_by(Broadcast.id))]


async def of_author(uow: Uow, author_id: PersonId, limit: int) -> list[BroadcastRow]:
    """Somebody's broadcasts that were sent or are a draft, the newest first."""
    question = _whole().where(Broadcast.author_id == author_id).order_by(Broadcast.id.desc()).limit(limit)
    return [_row(row) for row in await uow.execute(question)]


async def add(
    uow: Uow, school_id: SchoolId, author_id: PersonId, audience: Mapping[str, Any], now: datetime
) -> BroadcastId:
    """A new draft."""
    row = {
        "school_id": school_id,
        "author_id": author_id,
        "audience": dict(audience),
        "state": BroadcastState.DRAFT.value,
        "created_at": now,
    }
    return BroadcastId((await uow.execute(insert(Broadcast).values(row).returning(Broadcast.id))).scalar_one())


async def drop_drafts(uow: Uow, author_id: PersonId) -> None:
    """Somebody's drafts are thrown away: they were sent to nobody."""
    await uow.write(
        delete(Broadcast).where(Broadcast.author_id == author_id, Broadcast.state == BroadcastState.DRAFT.value)
    )


async def change(uow: Uow, broadcast_id: BroadcastId, stands: Collection[BroadcastState], /, **values: Any) -> bool:
    """Change a broadcast that stands in one of these states; False where it doesn't any more."""
    statement = (
        update(Broadcast)
        .where(Broadcast.id == broadcast_id, Broadcast.state.in_([one.value for one in stands]))
        .values(**values)
    )
    return await uow.write(statement) > 0


async def add_recipients(
    uow: Uow, broadcast_id: BroadcastId, people: Sequence[tuple[PersonId, PersonId | None]]
) -> set[PersonId]:
    """Those of the people who were not recipients yet, and are now; each with the student who is the reason."""
    if not people:
        return set()
    statement = insert_into(uow, BroadcastRecipient).on_conflict_do_nothing().returning(BroadcastRecipient.person_id)
    added = await uow.execute(
        statement,
        [{"broadcast_id": broadcast_id, "person_id": person, "student_id": student} for person, student in people],
    )
    return {PersonId(row.person_id) for row in added}


async def recipients(uow: Uow, broadcast_id: BroadcastId) -> set[PersonId]:
    """Whom it was resolved to so far."""
    question = select(BroadcastRecipient.person_id).where(BroadcastRecipient.broadcast_id == broadcast_id)
    return {PersonId(row.person_id) for row in await uow.execute(question)}


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """A recipient, and the student who is the reason, if one is."""

    person_id: PersonId
    student_id: PersonId | None


async def recipient(uow: Uow, broadcast_id: BroadcastId, person_id: PersonId) -> RecipientRow | None:
    """Somebody, if they are among them."""
    question = select(BroadcastRecipient.person_id, BroadcastRecipient.student_id).where(
        BroadcastRecipient.broadcast_id == broadcast_id, BroadcastRecipient.person_id == person_id
    )
    row = (await uow.execute(question)).first()
    return None if row is None else RecipientRow(*row)


# Answers


async def answer(uow: Uow, broadcast_id: BroadcastId, person_id: PersonId, option: int, now: datetime) -> bool:
    """Write an answer down, unless it is what they said last; whether it is new."""
    of = (BroadcastAnswer.broadcast_id == broadcast_id, BroadcastAnswer.person_id == person_id)
    newest = select(BroadcastAnswer.rev, BroadcastAnswer.option).where(*of).order_by(BroadcastAnswer.rev.desc())
    last = (await uow.execute(newest.limit(1))).first()
    if last is not None and last.option == option:
        return False
    row = {
        "broadcast_id": broadcast_id,
        "person_id": person_id,
        "rev": 1 if last is None else last.rev + 1,
        "option": option,
        "at": now,
    }
    # Of two phones that answer at once one is first; the other's tap finds its number taken and is no answer.
    return await uow.write(insert_into(uow, BroadcastAnswer).on_conflict_do_nothing(), row) > 0


async def answer_of(uow: Uow, broadcast_id: BroadcastId, person_id: PersonId) -> int | None:
    """What somebody said last."""
    question = (
        select(BroadcastAnswer.option)
        .where(BroadcastAnswer.broadcast_id == broadcast_id, BroadcastAnswer.person_id == person_id)
        .order_by(BroadcastAnswer.rev.desc())
        .limit(1)
    )
    found: int | None = (await uow.execute(question)).scalar_one_or_none()
    return found


async def answers(uow: Uow, broadcast_id: BroadcastId) -> dict[PersonId, int]:
    """What everybody said last."""
    question = (
        select(BroadcastAnswer.person_id, BroadcastAnswer.option)
        .where(BroadcastAnswer.broadcast_id == broadcast_id)
        .order_by(BroadcastAnswer.rev)
    )
    return {PersonId(row.person_id): row.option for row in await uow.execute(question)}


# Its items


def _items(broadcast_id: BroadcastId, keys: Collection[str]) -> Any:
    # By recipient and key, which an index holds; a bundle has none.
    people = select(BroadcastRecipient.person_id).where(BroadcastRecipient.broadcast_id == broadcast_id)
    return (
        Item.recipient_id.in_(people),
        Item.collapse_key.in_(sorted(keys)),
        Item.state == ItemState.WAITING.value,
        Item.value.is_not(None),
    )


async def hold(uow: Uow, broadcast_id: BroadcastId, keys: Collection[str], name: str, limit: int) -> int:
    """Hold what waits of a broadcast; how many items, at most `limit`."""
    free = (*_items(broadcast_id, keys), Item.hold.is_(None))
    return await uow.write(update(Item).where(Item.id.in_(in_order(*free).limit(limit)), *free).values(hold=name))


async def release(uow: Uow, broadcast_id: BroadcastId, keys: Collection[str], name: str, limit: int) -> int:
    """Let go what `hold` held; how many items, at most `limit`."""
    held = (*_items(broadcast_id, keys), Item.hold == name)
    return await uow.write(update(Item).where(Item.id.in_(in_order(*held).limit(limit)), *held).values(hold=null()))


async def void(uow: Uow, broadcast_id: BroadcastId, keys: Collection[str], reason: VoidReason, limit: int) -> int:
    """What waits of a broadcast will not be told; how many items, at most `limit`."""
    waits = _items(broadcast_id, keys)
    return await uow.write(
        update(Item)
        .where(Item.id.in_(in_order(*waits).limit(limit)), *waits)
        .values(state=ItemState.VOID.value, reason=reason.value)
    )


@dataclass(frozen=True, slots=True)
class ToldItem:
    """The newest item of a recipient under one key, which told them something that still stands."""

    recipient_id: PersonId
    student_id: PersonId | None
    collapse_key: str
    bot_id: BotId
    channel: str


async def standing(
    uow: Uow, broadcast_id: BroadcastId, keys: Collection[str], channel: str, limit: int
) -> list[ToldItem]:
    """What was told on a channel and has not been taken back: nothing newer under its key waits or was told.

    What is still on its way is not among it: whether there is something to take back isn't known yet.
    """
    newest = (
        select(func.max(Item.id).label("id"))
        .join(BroadcastRecipient, BroadcastRecipient.person_id == Item.recipient_id)
        .where(
            BroadcastRecipient.broadcast_id == broadcast_id,
            Item.collapse_key.in_(sorted(keys)),
            Item.state.in_([ItemState.WAITING.value, ItemState.TOLD.value]),
        )
        .group_by(Item.recipient_id, Item.collapse_key)
        .subquery()
    )
    found = await uow.execute(
        select(Item.recipient_id, Item.student_id, Item.collapse_key, Item.bot_id, Item.channel)
        .join(newest, newest.c.id == Item.id)
        .join(Letter, Letter.id == Item.letter_id)
        .where(Letter.external_id.is_not(None), Letter.state == LetterState.SENT.value)
        .where(Item.state == ItemState.TOLD.value, Item.value.is_not(None), Item.channel == channel)
        .order_by(Item.recipient_id, Item.collapse_key)
        .limit(limit)
    )
    return [ToldItem(*row) for row in found]


async def told_by(uow: Uow, broadcast_id: BroadcastId, key: str, until: datetime) -> dict[PersonId, BotId]:
    """By which bot each recipient was told, until a moment."""
    question = (
        select(Item.recipient_id, Item.bot_id)
        .join(BroadcastRecipient, BroadcastRecipient.person_id == Item.recipient_id)
        .where(
            BroadcastRecipient.broadcast_id == broadcast_id,
            Item.collapse_key == key,
            Item.state == ItemState.TOLD.value,
            Item.told_at <= until,
        )
    )
    return {PersonId(row.recipient_id): row.bot_id for row in await uow.execute(question)}


async def reminded(uow: Uow, broadcast_id: BroadcastId, key: str, value: str) -> set[PersonId]:
    """Whose reminder of this value has been put, whatever became of it."""
    question = (
        select(Item.recipient_id)
        .join(BroadcastRecipient, BroadcastRecipient.person_id == Item.recipient_id)
        .where(BroadcastRecipient.broadcast_id == broadcast_id, Item.collapse_key == key, Item.value == value)
    )
    return {PersonId(row.recipient_id) for row in await uow.execute(question)}
