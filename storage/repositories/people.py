"""Questions about people: accounts, roles, ties."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.models.people import Enrollment, Guardianship, Homeroom, Person, PersonRole, TelegramAccount
from storage.models.school import School, SchoolClass
from storage.prepared import Prepared
from storage.uow import Uow
from storage.vocabulary import AccountId, AccountState, BotId, PersonId, Role, SchoolId

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class FoundActor:
    """A connected person with the roles of the day."""

    person_id: PersonId
    account_id: AccountId
    school_id: SchoolId
    timezone: str
    locale: str
    roles: frozenset[Role]
    homeroom: bool


def holds_on(
    since: InstrumentedAttribute[date], until: InstrumentedAttribute[date | None], day: date
) -> ColumnElement[bool]:
    """A tie that holds on a day: `until_on` is the first day without it."""
    return and_(since <= day, or_(until.is_(None), until > day))


ACTOR = Prepared(
    select(
        TelegramAccount.id,
        TelegramAccount.person_id,
        Person.locale,
        TelegramAccount.school_id,
        School.timezone,
        PersonRole.role,
        PersonRole.since_on,
        PersonRole.until_on,
        Homeroom.since_on.label("led_since"),
        Homeroom.until_on.label("led_until"),
    )
    .join(Person, Person.id == TelegramAccount.person_id)
    .join(School, School.id == TelegramAccount.school_id)
    .outerjoin(PersonRole, PersonRole.person_id == Person.id)
    .outerjoin(Homeroom, Homeroom.teacher_id == Person.id)
    .where(
        TelegramAccount.bot_id == bindparam("bot"),
        TelegramAccount.user_id == bindparam("user"),
        TelegramAccount.state == AccountState.ACTIVE,
    )
)


async def find_actor(uow: Uow, bot_id: BotId, user_id: int, now: datetime) -> FoundActor | None:
    """Who speaks through an active account; one indexed query, whose day the school's zone decides afterwards."""
    rows = await uow.ask(ACTOR, {"bot": bot_id, "user": user_id})
    if not rows:
        return None
    one = rows[0]
    today = now.astimezone(ZoneInfo(one.timezone)).date()
    held = frozenset(Role(row.role) for row in rows if _holds(row.since_on, row.until_on, today))
    leads = any(_holds(row.led_since, row.led_until, today) for row in rows)
    return FoundActor(one.person_id, one.id, one.school_id, one.timezone, one.locale, held, leads)


def _holds(since: date | None, until: date | None, day: date) -> bool:
    """What `holds_on` asks of the base, of a row that may be missing."""
    return since is not None and since <= day and (until is None or until > day)


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person as `./zvonok people` lists them."""

    id: int
    name: str
    roles: tuple[str, ...]
    class_name: str | None
    homeroom_of: str | None
    guardian_of: tuple[int, ...]
    connected: str | None


async def list_people(uow: Uow, school_id: SchoolId, today: date) -> list[ListedPerson]:
    """Everybody of a school with roles, class, ties and the state of the account, by name."""
    people = (
        await uow.execute(
            select(Person.id, Person.last_name, Person.first_name, Person.middle_name)
            .where(Person.school_id == school_id)
            .order_by(Person.key, Person.id)
        )
    ).all()
    roles = await _gathered(
        uow,
        select(PersonRole.person_id, PersonRole.role).where(
            PersonRole.school_id == school_id, holds_on(PersonRole.since_on, PersonRole.until_on, today)
        ),
    )
    classes = await _gathered(
        uow,
        select(Enrollment.student_id, SchoolClass.name)
        .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .where(Enrollment.school_id == school_id, holds_on(Enrollment.since_on, Enrollment.until_on, today)),
    )
    homerooms = await _gathered(
        uow,
        select(Homeroom.teacher_id, SchoolClass.name)
        .join(SchoolClass, SchoolClass.id == Homeroom.class_id)
        .where(Homeroom.school_id == school_id, holds_on(Homeroom.since_on, Homeroom.until_on, today)),
    )
    children = await _gathered(
        uow,
        select(Guardianship.guardian_id, Guardianship.student_id).where(
            Guardianship.school_id == school_id, holds_on(Guardianship.since_on, Guardianship.until_on, today)
        ),
    )
    accounts = await _gathered(
        uow,
        select(TelegramAccount.person_id, TelegramAccount.state).where(
            TelegramAccount.school_id == school_id, TelegramAccount.state != AccountState.REVOKED
        ),
    )
    return [
        ListedPerson(
            id=one.id,
            name=" ".join(part for part in (one.last_name, one.first_name, one.middle_name) if part),
            roles=tuple(sorted(roles.get(one.id, ()))),
            class_name=next(iter(classes.get(one.id, ())), None),
            homeroom_of=", ".join(homerooms.get(one.id, ())) or None,
            guardian_of=tuple(sorted(children.get(one.id, ()))),
            connected=next(iter(accounts.get(one.id, ())), None),
        )
        for one in people
    ]


async def _gathered(uow: Uow, question: Select[int, Value]) -> dict[int, list[Value]]:
    found: dict[int, list[Value]] = {}
    for key, value in await uow.execute(question):
        found.setdefault(key, []).append(value)
    return found


async def zone_of_school(uow: Uow, school_id: SchoolId) -> str:
    """A school's time zone."""
    zone: str = (await uow.execute(select(School.timezone).where(School.id == school_id))).scalar_one()
    return zone


async def zone_of_person(uow: Uow, person_id: PersonId) -> str | None:
    """The time zone of a person's school."""
    zones = select(School.timezone).join(Person, Person.school_id == School.id).where(Person.id == person_id)
    return (await uow.execute(zones)).scalar_one_or_none()


async def names_with_role(uow: Uow, school_id: SchoolId, role: Role, today: date) -> list[str]:
    """The full names of those who hold a role on a day, by name."""
    question = (
        select(Person.last_name, Person.first_name, Person.middle_name)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(
            Person.school_id == school_id,
            PersonRole.role == role.value,
            holds_on(PersonRole.since_on, PersonRole.until_on, today),
        )
        .order_by(Person.key, Person.id)
    )
    return [" ".join(part for part in row if part) for row in await uow.execute(question)]
