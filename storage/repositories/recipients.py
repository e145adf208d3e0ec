"""Who may be told about a student, and by which channel: the one definition, used by taps, evenings and the claim.

A guardian is told while the guardianship holds and rests on a recorded application and consent (О п.4.8). By Telegram:
while the consent given in the chat stands and the account is confirmed; somebody who blocked the bot stays a
recipient, and the items wait. By e-mail or on paper: by a contact that stands (О 1.6), with the written consent alone;
but a consent taken back in the chat ends these too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from storage.models.delivery import Item
from storage.models.family import Contact
from storage.models.people import Consent, Enrollment, Guardianship, Person, Preferences, TelegramAccount
from storage.models.school import School
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import AccountState, BotId, Channel, ContactState, DeliveryMode, PersonId, SchoolId

# The guardian as a person: the question these tables are joined to may have persons and schools of its own.
Guardian = aliased(Person, name="told_guardian")
OwnSchool = aliased(School, name="told_school")
Mail = aliased(Contact, name="told_mail")
Paper = aliased(Contact, name="told_paper")


@dataclass(frozen=True, slots=True)
class Recipient:
    """A guardian who may be told about one student, by their first channel.

    Hours they never chose are None (the regulation's hold).
    """

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
    channel: Channel = Channel.TELEGRAM


def columns() -> tuple[ColumnElement[Any], ...]:
    """What a question that uses `joins` selects, so that `from_row` finds it; no channel where nobody may be told."""
    return (
        Guardianship.school_id.label("told_school_id"),
        Guardianship.guardian_id.label("told_person_id"),
        bot_id().label("told_bot_id"),
        Guardianship.student_id.label("told_student_id"),
        Preferences.mode.label("told_mode"),
        Preferences.digest_minute.label("told_digest_minute"),
        Preferences.quiet_from_minute.label("told_quiet_from"),
        Preferences.quiet_until_minute.label("told_quiet_until"),
        Guardian.locale.label("told_locale"),
        Preferences.kinds.label("told_kinds"),
        first_channel().label("told_channel"),
    )


def joins(question: Select[Any], student: SQLColumnExpression[Any], on: date) -> Select[Any]:
    """The question with the recipients of `student`, a column of it, outer-joined: no guardian keeps its row."""
    return with_ways(question.outerjoin(Guardianship, and_(Guardianship.student_id == student, rests_on_paper(on))))


def with_ways(question: Select[Any]) -> Select[Any]:
    """A question about guardianships with all that decides how their guardians are told."""
    return (
        question.outerjoin(TelegramAccount, speaks())
        .outerjoin(Mail, and_(_contact(Mail, Channel.EMAIL), Mail.state == ContactState.CONFIRMED.value))
        .outerjoin(Paper, _contact(Paper, Channel.PAPER))
        .outerjoin(Guardian, Guardian.id == Guardianship.guardian_id)
        .outerjoin(Preferences, Preferences.person_id == Guardianship.guardian_id)
    )


def first_channel() -> ColumnElement[Any]:
    """The channel that a guardian's letters go by, in a question `with_ways`; NULL: none.

    A contact of a rank below zero comes before Telegram. Who blocked the bot is written to by e-mail where that
    stands, and else waited for.
    """
    email, telegram, paper = (literal(one.value) for one in (Channel.EMAIL, Channel.TELEGRAM, Channel.PAPER))
    connected = and_(TelegramAccount.id.is_not(None), consents())
    return case(
        (or_(bot_id().is_(None), ~or_(consents(), ~_ever_asked())), null()),
        (Mail.rank < 0, email),
        (Paper.rank < 0, paper),
        (and_(connected, or_(TelegramAccount.unreachable_at.is_(None), Mail.id.is_(None))), telegram),
        (Mail.id.is_not(None), email),
        (Paper.id.is_not(None), paper),
    )


def bot_id() -> ColumnElement[Any]:
    """The bot whose letters a guardian's are: their account's, else the school's."""
    own = select(OwnSchool.bot_id).where(OwnSchool.id == Guardianship.school_id).correlate(Guardianship)
    return func.coalesce(TelegramAccount.bot_id, own.scalar_subquery())


def _contact(contact: Any, channel: Channel) -> ColumnElement[bool]:
    return and_(
        contact.person_id == Guardianship.guardian_id,
        contact.channel == channel.value,
        contact.stopped_at.is_(None),
    )


def from_row(row: Any) -> Recipient | None:
    """The recipient in a row of such a question, if there is one."""
    if row.told_channel is None:
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
        channel=Channel(row.told_channel),
    )


def rests_on_paper(on: date) -> ColumnElement[bool]:
    """A guardianship that holds on a day, by its application and written consent."""
    return and_(
        holds_on(Guardianship.since_on, Guardianship.until_on, on),
        Guardianship.application.is_not(None),
        Guardianship.consent_on.is_not(None),
        Guardianship.awaiting_since.is_(None),
    )


def consents() -> ColumnElement[bool]:
    """That a consent given in the chat stands."""
    return (
        exists()
        .where(Consent.person_id == Guardianship.guardian_id, Consent.revoked_at.is_(None))
        .correlate(Guardianship)
    )


def _ever_asked() -> ColumnElement[bool]:
    return exists().where(Consent.person_id == Guardianship.guardian_id).correlate(Guardianship)


def rests(on: date) -> ColumnElement[bool]:
    """A guardianship that holds on a day, on paper and in the chat: the right to ask in the chat."""
    return and_(rests_on_paper(on), consents())


def rests_by_any_way(on: date) -> ColumnElement[bool]:
    """A guardianship that somebody may be told by: on paper, and nothing taken back in the chat."""
    return and_(rests_on_paper(on), or_(consents(), ~_ever_asked()))


def speaks() -> ColumnElement[bool]:
    """A confirmed account of the guardian."""
    return and_(
        TelegramAccount.person_id == Guardianship.guardian_id, TelegramAccount.state == AccountState.ACTIVE.value
    )


def sits(student: Any, on: date) -> ColumnElement[bool]:
    """Whether a student, a column of the question, is in some class of the school; of who has left nothing is told."""
    return exists().where(Enrollment.student_id == student, holds_on(Enrollment.since_on, Enrollment.until_on, on))


def may_still_be_told(on: date) -> ColumnElement[bool]:
    """For the claim: an item about a student is told only while its recipient has the right to it.

    Of students' own homework the confirmed account says enough; who has left the school is told of no more.
    """
    agrees = or_(consents(), and_(Item.channel != Channel.TELEGRAM.value, ~_ever_asked()))
    right = (
        exists()
        .where(
            Guardianship.guardian_id == Item.recipient_id,
            Guardianship.student_id == Item.student_id,
            rests_on_paper(on),
            agrees,
        )
        .correlate(Item)
    )
    own = or_(Item.student_id == Item.recipient_id, right)
    return or_(Item.student_id.is_(None), and_(own, sits(Item.student_id, on).correlate(Item)))


ON = cast(date, bindparam("on", type_=Date))
OF_STUDENTS = (
    with_ways(select(*columns()).select_from(Guardianship))
    .where(Guardianship.student_id.in_(bindparam("students", expanding=True)), rests_on_paper(ON))
    .where(sits(Guardianship.student_id, ON).correlate(Guardianship))
    .order_by(Guardianship.student_id, Guardianship.guardian_id)
)
OF_GUARDIAN = (
    select(Guardianship.student_id)
    .join(Person, Person.id == Guardianship.student_id)
    .where(Guardianship.guardian_id == bindparam("guardian"), rests(ON))
    .order_by(Person.key, Person.id)
)


TOLD_OF = (
    select(Guardianship.student_id)
    .join(Person, Person.id == Guardianship.student_id)
    .where(Guardianship.guardian_id == bindparam("guardian"), rests_by_any_way(ON))
    .order_by(Person.key, Person.id)
)


async def recipients_of_students(uow: Uow, student_ids: Collection[PersonId], on: date) -> list[Recipient]:
    """Everybody who may be told about these students, by student and person."""
    rows = await uow.execute(OF_STUDENTS, {"students": list(student_ids), "on": on})
    found = [from_row(row) for row in rows]
    return [one for one in found if one is not None]


async def students_of(uow: Uow, guardian_id: PersonId, on: date) -> list[PersonId]:
    """The students somebody may ask about in the chat, by name."""
    rows = await uow.execute(OF_GUARDIAN, {"guardian": guardian_id, "on": on})
    return [PersonId(row.student_id) for row in rows]


async def told_of(uow: Uow, guardian_id: PersonId, on: date) -> list[PersonId]:
    """The students somebody's letters, by whatever channel, may be about; by name."""
    rows = await uow.execute(TOLD_OF, {"guardian": guardian_id, "on": on})
    return [PersonId(row.student_id) for row in rows]


TOLD_OF_EACH = (
    select(Guardianship.guardian_id, Guardianship.student_id)
    .join(Person, Person.id == Guardianship.student_id)
    .where(Guardianship.guardian_id.in_(bindparam("guardians", expanding=True)), rests_by_any_way(ON))
    .order_by(Person.key, Person.id)
)


async def told_of_each(uow: Uow, guardian_ids: Collection[PersonId], on: date) -> dict[PersonId, list[PersonId]]:
    """The same of several: by guardian, then by name."""
    found: dict[PersonId, list[PersonId]] = {}
    for row in await uow.execute(TOLD_OF_EACH, {"guardians": list(guardian_ids), "on": on}):
        found.setdefault(PersonId(row.guardian_id), []).append(PersonId(row.student_id))
    return found
