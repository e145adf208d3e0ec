"""The staff with their accounts, for the administrator."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from storage.models.people import Person, PersonRole, TelegramAccount
from storage.models.school import AcademicYear, SchoolClass
from storage.repositories.people import holds_on
from storage.repositories.students import accounts
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, AccountId, AccountState, BotId, ClassId, PersonId, Role, SchoolId


@dataclass(frozen=True, slots=True)
class Named:
    """A person with a full name."""

    id: PersonId
    last_name: str
    first_name: str
    middle_name: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody of the staff with the roles of the day and the account that speaks for them."""

    person: Named
    roles: tuple[Role, ...]
    account_id: AccountId | None
    linked_at: datetime | None
    unreachable: bool


async def staff(uow: Uow, school_id: SchoolId, today: date) -> list[StaffRow]:
    """Everybody of the staff today, by name."""
    active, _awaiting = accounts()
    question = (
        select(
            Person.id,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            PersonRole.role,
            active.c.id.label("account_id"),
            active.c.linked_at,
            active.c.unreachable_at,
        )
        .join(PersonRole, PersonRole.person_id == Person.id)
        .outerjoin(active, active.c.person_id == Person.id)
        .where(
            Person.school_id == school_id,
            PersonRole.role.in_(sorted(role.value for role in STAFF_ROLES)),
            holds_on(PersonRole.since_on, PersonRole.until_on, today),
        )
        .order_by(Person.key, Person.id, PersonRole.role)
    )
    rows = list(await uow.execute(question))
    roles: dict[int, list[Role]] = defaultdict(list)
    for row in rows:
        if Role(row.role) not in roles[row.id]:
            roles[row.id].append(Role(row.role))
    first = {row.id: row for row in reversed(rows)}
    return [
        StaffRow(
            Named(PersonId(row.id), row.last_name, row.first_name, row.middle_name),
            tuple(roles[row.id]),
            row.account_id,
            row.linked_at,
            row.unreachable_at is not None,
        )
        for row in (first[person_id] for person_id in roles)
    ]


async def heads(uow: Uow, school_id: SchoolId, today: date) -> list[tuple[PersonId, BotId]]:
    """The school's connected directors and administrators, each with a bot."""
    question = (
        select(TelegramAccount.person_id, TelegramAccount.bot_id)
        .join(PersonRole, PersonRole.person_id == TelegramAccount.person_id)
        .where(
            PersonRole.school_id == school_id,
            PersonRole.role.in_([Role.ADMINISTRATOR.value, Role.DIRECTOR.value]),
            holds_on(PersonRole.since_on, PersonRole.until_on, today),
            TelegramAccount.state == AccountState.ACTIVE.value,
        )
        .distinct()
        .order_by(TelegramAccount.person_id)
    )
    return [(PersonId(row.person_id), BotId(row.bot_id)) for row in await uow.execute(question)]


@dataclass(frozen=True, slots=True)
class ClassName:
    """A class of the year."""

    id: ClassId
    name: str


async def classes(uow: Uow, school_id: SchoolId, today: date) -> list[ClassName]:
    """The classes of the year that a day lies in, by level and name."""
    question = (
        select(SchoolClass.id, SchoolClass.name)
        .join(AcademicYear, AcademicYear.id == SchoolClass.year_id)
        .where(SchoolClass.school_id == school_id, AcademicYear.starts_on <= today, AcademicYear.ends_on >= today)
        .order_by(SchoolClass.level, SchoolClass.key)
    )
    return [ClassName(ClassId(row.id), row.name) for row in await uow.execute(question)]
