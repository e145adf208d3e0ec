"""What notices speak of: accounts with their people, and letters that weren't delivered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from storage.models.delivery import Item
from storage.models.people import Person, TelegramAccount
from storage.uow import Uow
from storage.vocabulary import AccountId, AccountState, ItemId, ItemKind, PersonId


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in whatever state, with its person's name; `another`: another account speaks for that person."""

    id: AccountId
    person_id: PersonId
    state: AccountState
    last_name: str
    first_name: str
    middle_name: str
    another: bool

    @property
    def full_name(self) -> str:
        """«Ларина Прасковья Ивановна»."""
        return " ".join(part for part in (self.last_name, self.first_name, self.middle_name) if part)

    @property
    def short_name(self) -> str:
        """«Ларина П.»."""
        return f"{self.last_name} {self.first_name[:1]}."


async def accounts(uow: Uow, account_ids: Collection[AccountId]) -> list[AccountLine]:
    """Accounts by id, in order of their people's names."""
    other = aliased(TelegramAccount)
    another = exists().where(
        other.person_id == TelegramAccount.person_id,
        other.id != TelegramAccount.id,
        other.state == AccountState.ACTIVE.value,
    )
    question = (
        select(
            TelegramAccount.id,
            TelegramAccount.person_id,
            TelegramAccount.state,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            another.correlate(TelegramAccount),
        )
        .join(Person, Person.id == TelegramAccount.person_id)
        .where(TelegramAccount.id.in_(account_ids))
        .order_by(Person.key, TelegramAccount.id)
    )
    return [
        AccountLine(row[0], row[1], AccountState(row[2]), row[3], row[4], row[5], bool(row[6]))
        for row in await uow.execute(question)
    ]


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A fact that a family didn't get."""

    guardian: str
    student: str
    kind: ItemKind
    due_at: datetime


async def undelivered(uow: Uow, item_ids: Collection[ItemId]) -> list[Undelivered]:
    """Facts by the ids of their items."""
    student = aliased(Person)
    question = (
        select(
            Item.kind,
            Item.due_at,
            Person.last_name,
            Person.first_name,
            student.last_name.label("student_last_name"),
            student.first_name.label("student_first_name"),
        )
        .join(Person, Person.id == Item.recipient_id)
        .outerjoin(student, student.id == Item.student_id)
        .where(Item.id.in_(item_ids))
        .order_by(Item.id)
    )
    return [
        Undelivered(
            f"{row.last_name} {row.first_name}",
            f"{row.student_last_name} {row.student_first_name}" if row.student_last_name else "",
            ItemKind(row.kind),
            row.due_at,
        )
        for row in await uow.execute(question)
    ]
