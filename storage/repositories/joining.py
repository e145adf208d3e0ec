"""The way in: the person behind a slip, accounts of the messenger, and who is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, insert, select, update

from storage.models.delivery import Item
from storage.models.people import Homeroom, Person, PersonRole, TelegramAccount
from storage.models.school import School
from storage.repositories.items import in_order
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AccountId,
    AccountState,
    BotId,
    ClassId,
    InvitationId,
    ItemState,
    PersonId,
    Role,
    SchoolId,
)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with the school's name, zone and regulation, and the bot that serves it; None: none does yet."""

    id: PersonId
    school_id: SchoolId
    last_name: str
    first_name: str
    middle_name: str
    school: str
    timezone: str
    regulation: dict[str, Any]
    bot_id: BotId | None


async def person(uow: Uow, person_id: PersonId, *, lock: bool = False) -> PersonRow | None:
    """A person; locked, so that two who join for the same person do so one after the other."""
    question = (
        select(
            Person.id,
            Person.school_id,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            School.name,
            School.timezone,
            School.regulation,
            School.bot_id,
        )
        .join(School, School.id == Person.school_id)
        .where(Person.id == person_id)
    )
    if lock:
        question = question.with_for_update(of=Person)
    row = (await uow.execute(question)).first()
    return None if row is None else PersonRow(*row)


async def roles(uow: Uow, person_id: PersonId, today: date) -> frozenset[Role]:
    """The roles a person holds on a day."""
    question = select(PersonRole.role).where(
        PersonRole.person_id == person_id, holds_on(PersonRole.since_on, PersonRole.until_on, today)
    )
    return frozenset(Role(row.role) for row in await uow.execute(question))


async def ensure_role(uow: Uow, school_id: SchoolId, person_id: PersonId, role: Role, today: date) -> None:
    """The person holds the role from today on, if not before."""
    if role not in await roles(uow, person_id, today):
        row = {"school_id": school_id, "person_id": person_id, "role": role.value, "since_on": today}
        await uow.execute(insert(PersonRole), row)


# --- accounts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A messenger account that isn't revoked."""

    id: AccountId
    person_id: PersonId
    user_id: int
    state: AccountState


async def account_of_user(uow: Uow, bot_id: BotId, user_id: int) -> AccountRow | None:
    """The account of a messenger user."""
    found = await _accounts(uow, TelegramAccount.bot_id == bot_id, TelegramAccount.user_id == user_id)
    return found[0] if found else None


async def accounts_of_person(uow: Uow, bot_id: BotId, person_id: PersonId) -> list[AccountRow]:
    """The account that speaks for a person, and the one that awaits to; at most one of each."""
    return await _accounts(uow, TelegramAccount.bot_id == bot_id, TelegramAccount.person_id == person_id)


async def _accounts(uow: Uow, *conditions: Any) -> list[AccountRow]:
    question = (
        select(TelegramAccount.id, TelegramAccount.person_id, TelegramAccount.user_id, TelegramAccount.state)
        .where(*conditions, TelegramAccount.state != AccountState.REVOKED.value)
        .order_by(TelegramAccount.state)
    )
    return [
        AccountRow(row.id, row.person_id, row.user_id, AccountState(row.state)) for row in await uow.execute(question)
    ]


async def add_account(
    uow: Uow,
    school_id: SchoolId,
    person_id: PersonId,
    bot_id: BotId,
    user_id: int,
    chat_id: int,
    state: AccountState,
    invitation_id: InvitationId | None,
    now: datetime,
) -> AccountId:
    """Connect a messenger user with a person."""
    row = {
        "school_id": school_id,
        "person_id": person_id,
        "bot_id": bot_id,
        "user_id": user_id,
        "chat_id": chat_id,
        "state": state.value,
        "linked_at": now,
        "invitation_id": invitation_id,
    }
    stored = await uow.execute(insert(TelegramAccount).values(row).returning(TelegramAccount.id))
    return AccountId(stored.scalar_one())


async def activate(uow: Uow, account_id: AccountId, now: datetime, by: PersonId | None) -> bool:
    """An awaiting account speaks for its person from now on; `by` None: its owner's own link proved it."""
    confirmed = update(TelegramAccount).where(
        TelegramAccount.id == account_id, TelegramAccount.state == AccountState.AWAITING.value
    )
    return await uow.write(confirmed.values(state=AccountState.ACTIVE.value, confirmed_at=now, confirmed_by=by)) == 1


async def revoke(uow: Uow, account_id: AccountId, now: datetime, by: PersonId | None) -> bool:
    """An account speaks for nobody any more."""
    ended = update(TelegramAccount).where(
        TelegramAccount.id == account_id, TelegramAccount.state != AccountState.REVOKED.value
    )
    return await uow.write(ended.values(state=AccountState.REVOKED.value, revoked_at=now, revoked_by=by)) == 1


async def hand_over_items(uow: Uow, from_id: PersonId, to_id: PersonId) -> None:
    """What waits for one person waits for the other, who is the same human; what both have waits once."""
    other = select(Item.collapse_key).where(Item.recipient_id == to_id, Item.state == ItemState.WAITING.value)
    own = (Item.recipient_id == from_id, Item.state == ItemState.WAITING.value, Item.collapse_key.not_in(other))
    await uow.write(update(Item).where(Item.id.in_(in_order(*own)), *own).values(recipient_id=to_id))


# --- who is told -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StaffAt:
    """Somebody of the staff with a chat at a bot."""

    person_id: PersonId
    bot_id: BotId


async def homeroom_teachers(uow: Uow, class_ids: Sequence[ClassId], today: date) -> list[StaffAt]:
    """Connected homeroom teachers of these classes who are still on the staff."""
    on_staff = exists().where(
        PersonRole.person_id == Homeroom.teacher_id,
        PersonRole.role.in_(sorted(role.value for role in STAFF_ROLES)),
        holds_on(PersonRole.since_on, PersonRole.until_on, today),
    )
    return await _staff(
        uow,
        select(Homeroom.teacher_id).where(
            Homeroom.class_id.in_(class_ids), holds_on(Homeroom.since_on, Homeroom.until_on, today), on_staff
        ),
    )


async def administrators(uow: Uow, school_id: SchoolId, today: date) -> list[StaffAt]:
    """The school's connected administrators."""
    return await _staff(
        uow,
        select(PersonRole.person_id).where(
            PersonRole.school_id == school_id,
            PersonRole.role == Role.ADMINISTRATOR.value,
            holds_on(PersonRole.since_on, PersonRole.until_on, today),
        ),
    )


async def _staff(uow: Uow, people: Any) -> list[StaffAt]:
    question = (
        select(TelegramAccount.person_id, TelegramAccount.bot_id)
        .where(TelegramAccount.person_id.in_(people), TelegramAccount.state == AccountState.ACTIVE.value)
        .order_by(TelegramAccount.person_id)
    )
    return [StaffAt(row.person_id, row.bot_id) for row in await uow.execute(question)]
