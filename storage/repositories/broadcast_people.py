"""How a broadcast stands with each of its recipients: one definition for the counts, the lists and the next pause."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from storage.models.broadcasts import BroadcastAnswer, BroadcastRecipient
from storage.models.delivery import Item, Letter
from storage.models.family import Acknowledgement
from storage.models.people import Enrollment, Person, TelegramAccount
from storage.models.school import SchoolClass
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import (
    AccountState,
    AcknowledgedKind,
    BroadcastId,
    Channel,
    ClassId,
    ItemState,
    LetterState,
    PersonId,
    VoidReason,
)


class Standing(StrEnum):
    """How a broadcast stands with one recipient."""

    DELIVERED = "delivered"
    WAITING = "waiting"
    UNREACHED = "unreached"  # no way to them, refused, too late, or no longer entitled
    RECALLED = "recalled"  # it never went, or its letter was deleted
    KEPT = "kept"  # recalled, but its letter could not be deleted


@dataclass(frozen=True, slots=True)
class Counts:
    """How many recipients stand how; `attempts` and `errors`: letters that came to an end, and those refused."""

    people: int = 0
    delivered: int = 0
    waiting: int = 0
    unreached: int = 0
    recalled: int = 0
    kept: int = 0
    read: int = 0
    answered: int = 0
    attempts: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """One recipient: who, through which student, of which class, how it stands with them, and what they said."""

    person_id: PersonId
    last_name: str
    first_name: str
    middle_name: str
    student_id: PersonId | None
    student_last_name: str | None
    student_first_name: str | None
    class_id: ClassId | None
    class_name: str | None
    standing: Standing
    channel: Channel | None
    read: bool
    option: int | None


def key_of(broadcast_id: BroadcastId) -> str:
    """The key of a broadcast's items; its files have keys of their own."""
    return f"broadcast:{broadcast_id}"


def _from(broadcast_id: BroadcastId, *columns: Any) -> Select[Any]:
    """Recipients, each with the newest item under the broadcast's key and its letter, where there are any."""
    newer = aliased(Item)
    newest = (
        select(func.max(newer.id))
        .where(newer.recipient_id == BroadcastRecipient.person_id, newer.collapse_key == key_of(broadcast_id))
        .correlate(BroadcastRecipient)
        .scalar_subquery()
    )
    return (
        select(*columns)
        .select_from(BroadcastRecipient)
        .outerjoin(Item, Item.id == newest)
        .outerjoin(Letter, Letter.id == Item.letter_id)
        .where(BroadcastRecipient.broadcast_id == broadcast_id)
    )


def _standing() -> ColumnElement[str]:
    # Paper waits for its print; the mail postman finds its own address.
    chat = exists().where(
        TelegramAccount.bot_id == Item.bot_id,
        TelegramAccount.person_id == Item.recipient_id,
        TelegramAccount.state == AccountState.ACTIVE.value,
        TelegramAccount.unreachable_at.is_(None),
    )
    told, waits = Item.state == ItemState.TOLD.value, Item.state == ItemState.WAITING.value
    taken_back = Item.value.is_(None)
    open_letter = Letter.state.in_([LetterState.SENDING.value, LetterState.UNKNOWN.value])
    return case(
        (Item.id.is_(None), literal(Standing.UNREACHED.value)),
        (and_(taken_back, told, Letter.state == LetterState.SENT.value), literal(Standing.RECALLED.value)),
        (and_(taken_back, or_(waits, open_letter)), literal(Standing.DELIVERED.value)),
        (taken_back, literal(Standing.KEPT.value)),
        (and_(told, Letter.state == LetterState.SENT.value), literal(Standing.DELIVERED.value)),
        (and_(told, open_letter), literal(Standing.WAITING.value)),
        (and_(waits, or_(Item.channel != Channel.TELEGRAM.value, chat)), literal(Standing.WAITING.value)),
        (
            and_(Item.state == ItemState.VOID.value, Item.reason == VoidReason.RECALLED.value),
            literal(Standing.RECALLED.value),
        ),
        else_=literal(Standing.UNREACHED.value),
    )


def _refused() -> ColumnElement[bool]:
    """Given back by the messenger and still waiting, or never taken. An item is counted up when it is given back."""
    given_back = and_(Item.state == ItemState.WAITING.value, Item.rev > 1, Item.value.is_not(None))
    return or_(given_back, and_(Item.state == ItemState.VOID.value, Item.reason == VoidReason.DEAD.value))


def _read(broadcast_id: BroadcastId) -> ColumnElement[bool]:
    return exists().where(
        Acknowledgement.person_id == BroadcastRecipient.person_id,
        Acknowledgement.kind == AcknowledgedKind.BROADCAST.value,
        Acknowledgement.subject == str(broadcast_id),
    )


def _option(broadcast_id: BroadcastId) -> ColumnElement[int]:
    return (
        select(BroadcastAnswer.option)
        .where(
            BroadcastAnswer.broadcast_id == broadcast_id,
            BroadcastAnswer.person_id == BroadcastRecipient.person_id,
        )
        .order_by(BroadcastAnswer.rev.desc())
        .limit(1)
        .correlate(BroadcastRecipient)
        .scalar_subquery()
    )


async def counts(uow: Uow, broadcast_id: BroadcastId) -> Counts:
    """How a broadcast stands."""
    people = _from(
        broadcast_id,
        _standing().label("standing"),
        _refused().label("refused"),
        (Item.state == ItemState.TOLD.value).label("told"),
        _read(broadcast_id).label("read"),
        _option(broadcast_id).label("option"),
    ).subquery()

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(condition)

    row = (
        await uow.execute(
            select(
                func.count(),
                *(number(people.c.standing == one.value) for one in Standing),
                number(people.c.read),
                number(people.c.option.is_not(None)),
                number(or_(people.c.told, people.c.refused)),
                number(people.c.refused),
            )
        )
    ).one()
    return Counts(*row)


async def count_answers(uow: Uow, broadcast_id: BroadcastId) -> dict[int, int]:
    """How many chose each option."""
    said = _from(broadcast_id, _option(broadcast_id).label("option")).subquery()
    found = await uow.execute(
        select(said.c.option, func.count()).where(said.c.option.is_not(None)).group_by(said.c.option)
    )
    return {row[0]: row[1] for row in found}


async def count_silent(uow: Uow, broadcast_id: BroadcastId, *, asks_reading: bool, asks: bool) -> int:
    """How many it reached that haven't done all they were asked for: «Ознакомлен(а)», an answer."""
    if not asks_reading and not asks:
        return 0
    people = _from(
        broadcast_id,
        _standing().label("standing"),
        _read(broadcast_id).label("read"),
        _option(broadcast_id).label("option"),
    ).subquery()
    missing = [~people.c.read] if asks_reading else []
    missing += [people.c.option.is_(None)] if asks else []
    question = select(func.count()).where(people.c.standing == Standing.DELIVERED.value, or_(*missing))
    found: int = (await uow.execute(question)).scalar_one()
    return found


async def readers(uow: Uow, broadcast_id: BroadcastId, today: date) -> list[Reader]:
    """Every recipient, by class, student and name; those without a student after the classes."""
    student, person = aliased(Person, name="reason"), aliased(Person, name="reader")
    question = (
        _from(
            broadcast_id,
            person.id.label("person_id"),
            person.last_name,
            person.first_name,
            person.middle_name,
            BroadcastRecipient.student_id,
            student.last_name.label("student_last_name"),
            student.first_name.label("student_first_name"),
            SchoolClass.id.label("class_id"),
            SchoolClass.name.label("class_name"),
            _standing().label("standing"),
            Item.channel,
            _read(broadcast_id).label("read"),
            _option(broadcast_id).label("option"),
        )
        .join(person, person.id == BroadcastRecipient.person_id)
        .outerjoin(student, student.id == BroadcastRecipient.student_id)
        .outerjoin(
            Enrollment,
            and_(
                Enrollment.student_id == BroadcastRecipient.student_id,
                holds_on(Enrollment.since_on, Enrollment.until_on, today),
            ),
        )
        .outerjoin(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .order_by(SchoolClass.level.is_(None), SchoolClass.level, SchoolClass.key, student.key, person.key, person.id)
    )
    found: dict[int, Reader] = {}
    for row in await uow.execute(question):
        reader = Reader(
            person_id=PersonId(row.person_id),
            last_name=row.last_name,
            first_name=row.first_name,
            middle_name=row.middle_name,
            student_id=row.student_id,
            student_last_name=row.student_last_name,
            student_first_name=row.student_first_name,
            class_id=row.class_id,
            class_name=row.class_name,
            standing=Standing(row.standing),
            channel=None if row.channel is None else Channel(row.channel),
            read=bool(row.read),
            option=row.option,
        )
        found.setdefault(row.person_id, reader)
    return list(found.values())
