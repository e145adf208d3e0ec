"""Who may be told about a student: the one definition, used by taps, by the evening and at the claim.

A guardian is told while the guardianship holds and rests on a recorded application and consent (О п.4.8), the consent
given in the chat stands, and the Telegram account is confirmed. Somebody who blocked the bot stays a recipient: the
items wait.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, Select, SQLColumnExpression, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from storage.models.delivery import Item
from storage.models.people import Consent, Guardianship, Person, Preferences, TelegramAccount
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import AccountState, BotId, DeliveryMode, PersonId, SchoolId

# The guardian as a person: the question these tables are joined to may have persons of its own.
Guardian = aliased(Person, name="told_guardian")


@dataclass(frozen=True, slots=True)
class Recipient:
    """A guardian who may be told about one student; hours they never chose are None (the regulation's hold)."""

    school_id: SchoolId
    person_id: PersonId
    bot_id: BotId
    student_id: PersonId
    mode: DeliveryMode | None
    digest_minute: int | None
    quiet_from: int | None
    quiet_until: int | None
    locale: str
    kinds: dict[str, str] | None = None  # ItemKind → DeliveryMode, where a kind goes another way than `mode`


def columns() -> tuple[ColumnElement[Any], ...]:
    """What a question that uses `joins` selects, so that `from_row` finds it; all NULL where nobody may be told."""
    return (
        TelegramAccount.school_id.label("told_school_id"),
        TelegramAccount.person_id.label("told_person_id"),
        TelegramAccount.bot_id.label("told_bot_id"),
        Guardianship.student_id.label("told_student_id"),
        Preferences.mode.label("told_mode"),
        Preferences.digest_minute.label("told_digest_minute"),
        Preferences.quiet_from_minute.label("told_quiet_from"),
        Preferences.quiet_until_minute.label("told_quiet_until"),
        Guardian.locale.label("told_locale"),
        Preferences.kinds.label("told_kinds"),
    )


def joins(question: Select[Any], student: SQLColumnExpression[Any], on: date) -> Select[Any]:
    """The question with the recipients of `student`, a column of it, outer-joined: no guardian keeps its row."""
    return (
        question.outerjoin(Guardianship, and_(Guardianship.student_id == student, rests(on)))
        .outerjoin(TelegramAccount, speaks())
        .outerjoin(Guardian, Guardian.id == TelegramAccount.person_id)
        .outerjoin(Preferences, Preferences.person_id == TelegramAccount.person_id)
    )


def from_row(row: Any) -> Recipient | None:
    """The recipient in a row of such a question, if there is one."""
    if row.told_person_id is None:
        return None
    return Recipient(
        school_id=row.told_school_id,
        person_id=row.told_person_id,
        bot_id=row.told_bot_id,
        student_id=row.told_student_id,
        mode=None if row.told_mode is None else DeliveryMode(row.told_mode),
        digest_minute=row.told_digest_minute,
        quiet_from=row.told_quiet_from,
        quiet_until=row.told_quiet_until,
        locale=row.told_locale,
        kinds=row.told_kinds,
    )


def rests(on: date) -> ColumnElement[bool]:
    """A guardianship that holds on a day, on paper and in the chat."""
    consents = (
        exists()
        .where(Consent.person_id == Guardianship.guardian_id, Consent.revoked_at.is_(None))
        .correlate(Guardianship)
    )
    return and_(
        holds_on(Guardianship.since_on, Guardianship.until_on, on),
        Guardianship.application.is_not(None),
        Guardianship.consent_on.is_not(None),
        Guardianship.awaiting_since.is_(None),
        consents,
    )


def speaks() -> ColumnElement[bool]:
    """A confirmed account of the guardian."""
    return and_(
        TelegramAccount.person_id == Guardianship.guardian_id, TelegramAccount.state == AccountState.ACTIVE.value
    )


def may_still_be_told(on: date) -> ColumnElement[bool]:
    """For the claim: an item about a student is told only while its recipient has the right to it.

    Of students' own homework the confirmed account says enough.
    """
    right = (
        exists()
        .where(Guardianship.guardian_id == Item.recipient_id, Guardianship.student_id == Item.student_id, rests(on))
        .correlate(Item)
    )
    return or_(Item.student_id.is_(None), Item.student_id == Item.recipient_id, right)


ON = cast(date, bindparam("on", type_=Date))
OF_STUDENTS = (
    select(*columns())
    .select_from(Guardianship)
    .join(TelegramAccount, speaks())
    .join(Guardian, Guardian.id == TelegramAccount.person_id)
    .outerjoin(Preferences, Preferences.person_id == TelegramAccount.person_id)
    .where(Guardianship.student_id.in_(bindparam("students", expanding=True)), rests(ON))
    .order_by(Guardianship.student_id, TelegramAccount.person_id)
)
OF_GUARDIAN = (
    select(Guardianship.student_id)
    .join(Person, Person.id == Guardianship.student_id)
    .where(Guardianship.guardian_id == bindparam("guardian"), rests(ON))
    .order_by(Person.key, Person.id)
)


async def recipients_of_students(uow: Uow, student_ids: Collection[PersonId], on: date) -> list[Recipient]:
    """Everybody who may be told about these students, by student and person."""
    rows = await uow.execute(OF_STUDENTS, {"students": list(student_ids), "on": on})
    found = [from_row(row) for row in rows]
    return [one for one in found if one is not None]


async def students_of(uow: Uow, guardian_id: PersonId, on: date) -> list[PersonId]:
    """The students somebody may be told about, by name."""
    rows = await uow.execute(OF_GUARDIAN, {"guardian": guardian_id, "on": on})
    return [PersonId(row.student_id) for row in rows]
