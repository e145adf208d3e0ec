"""Students whose issued results nobody could be told of, and on whose list that stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from storage.models.delivery import Item
from storage.models.finals import TermMark
from storage.models.people import Enrollment, Guardianship, Homeroom, PersonRole, TelegramAccount
from storage.models.school import School, SchoolClass
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, AccountState, BotId, PersonId, Role, SchoolId

STAFF = tuple(sorted(role.value for role in STAFF_ROLES))
LEADERS = (Role.ADMINISTRATOR.value, Role.DEPUTY.value, Role.DIRECTOR.value)
OF_RESULTS = ("term_mark:", "term_mark;")  # from the first key of results to the first after the last


@dataclass(frozen=True, slots=True)
class Untold:
    """A student with results for a scope that no letter was ever put for."""

    school_id: SchoolId
    student_id: PersonId
    scope: str


async def untold(uow: Uow, since: datetime, until: datetime, bot_id: BotId | None = None) -> list[Untold]:
    """Whose results of a scope were issued between two moments, and no guardian has a fact of them.

    With a bot only of the schools it serves.
    """
    question = (
        select(SchoolClass.school_id, TermMark.student_id, TermMark.scope)
        .distinct()
        .join(SchoolClass, SchoolClass.id == TermMark.class_id)
        .where(
            TermMark.entered_at > since,
            TermMark.entered_at <= until,
            TermMark.issued.is_(True),
            TermMark.value.is_not(None),
        )
        .order_by(TermMark.student_id, TermMark.scope)
    )
    if bot_id is not None:
        question = question.join(School, School.id == SchoolClass.school_id).where(School.bot_id == bot_id)
    found = [
        Untold(SchoolId(row.school_id), PersonId(row.student_id), row.scope) for row in await uow.execute(question)
    ]
    if not found:
        return []
    facts = await uow.execute(
        select(Item.collapse_key)
        .join(Guardianship, Guardianship.guardian_id == Item.recipient_id)
        .where(
            Guardianship.student_id.in_({one.student_id for one in found}),
            Item.collapse_key >= OF_RESULTS[0],
            Item.collapse_key < OF_RESULTS[1],
        )
        .distinct()
    )
    told = set()
    for row in facts:
        _key, student, _subject, scope = row.collapse_key.split(":", 3)
        told.add((int(student), scope))
    return [one for one in found if (one.student_id, one.scope) not in told]


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody of the staff on whose list a student's family stands, and the bot that writes to them."""

    person_id: PersonId
    bot_id: BotId
    student_id: PersonId


async def listeners(uow: Uow, student_ids: Collection[PersonId], today: date) -> list[Listener]:
    """The homeroom teachers of students; for those without one who can be written to, the school's leaders."""
    homerooms = _connected(
        select(Enrollment.student_id, PersonRole.person_id, TelegramAccount.bot_id)
        .join(Homeroom, Homeroom.class_id == Enrollment.class_id)
        .join(PersonRole, PersonRole.person_id == Homeroom.teacher_id)
        .where(PersonRole.role.in_(STAFF), holds_on(Homeroom.since_on, Homeroom.until_on, today)),
        student_ids,
        today,
    )
    found = _listeners((await uow.execute(homerooms)).all())
    alone = set(student_ids) - {one.student_id for one in found}
    if alone:
        leaders = _connected(
            select(Enrollment.student_id, PersonRole.person_id, TelegramAccount.bot_id)
            .join(PersonRole, PersonRole.school_id == Enrollment.school_id)
            .where(PersonRole.role.in_(LEADERS)),
            alone,
            today,
        )
        found += _listeners((await uow.execute(leaders)).all())
    return found


def _connected(
    question: Select[*tuple[Any, ...]], student_ids: Collection[PersonId], today: date
) -> Select[*tuple[Any, ...]]:
    return (
        question.join(TelegramAccount, TelegramAccount.person_id == PersonRole.person_id)
        .where(
            Enrollment.student_id.in_(student_ids),
            TelegramAccount.state == AccountState.ACTIVE.value,
            holds_on(Enrollment.since_on, Enrollment.until_on, today),
            holds_on(PersonRole.since_on, PersonRole.until_on, today),
        )
        .distinct()
        .order_by(Enrollment.student_id, PersonRole.person_id)
    )


def _listeners(rows: Sequence[Any]) -> list[Listener]:
    return [Listener(PersonId(row.person_id), BotId(row.bot_id), PersonId(row.student_id)) for row in rows]


async def entries(uow: Uow, person_ids: Collection[PersonId], keys: Collection[str]) -> set[tuple[PersonId, str]]:
    """Which of these keys stand on whose list already."""
    question = select(Item.recipient_id, Item.collapse_key).where(
        Item.recipient_id.in_(person_ids), Item.collapse_key.in_(keys)
    )
    return {(PersonId(row.recipient_id), row.collapse_key) for row in await uow.execute(question)}
