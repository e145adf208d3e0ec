"""Students as people with an account of their own: where they sit, what their access rests on, who is connected."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from storage.models.people import Enrollment, Guardianship, Person, TelegramAccount
from storage.models.school import SchoolClass
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import AccountId, AccountState, ClassId, PersonId


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A student's class today. `recorded`: a guardian's application and consent stand on paper (О п.4.8)."""

    class_id: ClassId
    class_name: str
    level: int
    recorded: bool


def _recorded(student: Any, today: date) -> ColumnElement[bool]:
    return exists().where(
        Guardianship.student_id == student,
        holds_on(Guardianship.since_on, Guardianship.until_on, today),
        Guardianship.application.is_not(None),
        Guardianship.consent_on.is_not(None),
    )


async def enrolled(uow: Uow, student_id: PersonId, today: date) -> Enrolled | None:
    """The class that somebody sits in today."""
    question = (
        select(
            SchoolClass.id,
            SchoolClass.name,
            SchoolClass.level,
            _recorded(Enrollment.student_id, today).correlate(Enrollment).label("recorded"),
        )
        .select_from(Enrollment)
        .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .where(Enrollment.student_id == student_id, holds_on(Enrollment.since_on, Enrollment.until_on, today))
        .order_by(Enrollment.since_on.desc())
    )
    row = (await uow.execute(question)).first()
    return None if row is None else Enrolled(row.id, row.name, row.level, bool(row.recorded))


@dataclass(frozen=True, slots=True)
class StudentAccount:
    """A student of a class with the account that speaks for them, and the one that awaits to."""

    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str
    recorded: bool
    account_id: AccountId | None
    linked_at: datetime | None
    unreachable: bool
    awaiting_id: AccountId | None
    awaiting_at: datetime | None


async def of_class(uow: Uow, class_id: ClassId, today: date) -> list[StudentAccount]:
    """Every student of a class today, by name."""
    active, awaiting = accounts()
    question = (
        select(
            Person.id,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            _recorded(Enrollment.student_id, today).correlate(Enrollment).label("recorded"),
            active.c.id.label("account_id"),
            active.c.linked_at,
            active.c.unreachable_at,
            awaiting.c.id.label("awaiting_id"),
            awaiting.c.linked_at.label("awaiting_at"),
        )
        .select_from(Enrollment)
        .join(Person, Person.id == Enrollment.student_id)
        .outerjoin(active, active.c.person_id == Person.id)
        .outerjoin(awaiting, awaiting.c.person_id == Person.id)
        .where(Enrollment.class_id == class_id, holds_on(Enrollment.since_on, Enrollment.until_on, today))
        .order_by(Person.key, Person.id)
    )
    return [
        StudentAccount(
            student_id=row.id,
            last_name=row.last_name,
            first_name=row.first_name,
            middle_name=row.middle_name,
            recorded=bool(row.recorded),
            account_id=row.account_id,
            linked_at=row.linked_at,
            unreachable=row.unreachable_at is not None,
            awaiting_id=row.awaiting_id,
            awaiting_at=row.awaiting_at,
        )
        for row in await uow.execute(question)
    ]


def accounts() -> tuple[Any, Any]:
    """The accounts that speak and those that await to, as two tables; at most one row of each a person and bot."""
    kept = (
        TelegramAccount.id,
        TelegramAccount.person_id,
        TelegramAccount.linked_at,
        TelegramAccount.confirmed_at,
        TelegramAccount.unreachable_at,
    )
    return (
        select(*kept).where(TelegramAccount.state == AccountState.ACTIVE.value).subquery("active"),
        select(*kept).where(TelegramAccount.state == AccountState.AWAITING.value).subquery("awaiting"),
    )
