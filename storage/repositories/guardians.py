"""Guardians and their children: the ties, the papers and consents they rest on."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, exists, insert, null, select, update

from storage.models.people import Consent, Enrollment, Guardianship, Homeroom, Person
from storage.models.school import School, SchoolClass
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import ClassId, PersonId, Relation, SchoolId


async def consents(uow: Uow, person_id: PersonId) -> bool:
    """Whether a consent given in a chat stands."""
    return bool((await uow.execute(select(_stands(person_id)))).scalar_one())


def _stands(person_id: Any) -> Any:
    return exists().where(Consent.person_id == person_id, Consent.revoked_at.is_(None))


async def standing_consents(uow: Uow, person_id: PersonId) -> frozenset[str]:
    """The versions of the text that somebody agrees to."""
    question = select(Consent.version).where(Consent.person_id == person_id, Consent.revoked_at.is_(None))
    return frozenset(row.version for row in await uow.execute(question))


CONSENTS = (
    select(Consent.version, School.regulation)
    .join(School, School.id == Consent.school_id)
    .where(Consent.person_id == bindparam("person"), Consent.revoked_at.is_(None))
)


async def consents_and_regulation(uow: Uow, person_id: PersonId) -> tuple[frozenset[str], dict[str, Any]]:
    """The versions that somebody agrees to, and the school's settings; asked at every tap of a guardian."""
    rows = list(await uow.execute(CONSENTS, {"person": person_id}))
    return frozenset(row.version for row in rows), rows[0].regulation if rows else {}


async def add_consent(uow: Uow, school_id: SchoolId, person_id: PersonId, version: str, now: datetime) -> None:
    """Somebody agreed to this version of the text."""
    row = {"school_id": school_id, "person_id": person_id, "version": version, "given_at": now}
    await uow.execute(insert(Consent), row)


async def revoke_consents(uow: Uow, person_id: PersonId, now: datetime) -> int:
    """Somebody agrees no more; the rows stay, since they say what once held."""
    return await uow.write(
        update(Consent).where(Consent.person_id == person_id, Consent.revoked_at.is_(None)).values(revoked_at=now)
    )


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A child of a guardian. `recorded`: application and consent stand on paper; `awaiting`: not confirmed yet."""

    guardianship_id: int
    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str
    class_id: ClassId | None
    class_name: str
    relation: Relation
    recorded: bool
    awaiting: bool


async def children(uow: Uow, guardian_id: PersonId, today: date) -> list[ChildRow]:
    """The children of a guardian today, by name."""
    question = (
        select(
            Guardianship.id,
            Guardianship.student_id,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            SchoolClass.id.label("class_id"),
            SchoolClass.name.label("class_name"),
            Guardianship.relation,
            Guardianship.application,
            Guardianship.consent_on,
            Guardianship.awaiting_since,
        )
        .join(Person, Person.id == Guardianship.student_id)
        .outerjoin(
            Enrollment,
            (Enrollment.student_id == Person.id) & holds_on(Enrollment.since_on, Enrollment.until_on, today),
        )
        .outerjoin(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .where(Guardianship.guardian_id == guardian_id, holds_on(Guardianship.since_on, Guardianship.until_on, today))
        .order_by(Person.key, Person.id, Enrollment.since_on.desc())
    )
    found: dict[int, ChildRow] = {}
    for row in await uow.execute(question):
        recorded = row.application is not None and row.consent_on is not None
        child = ChildRow(
            guardianship_id=row.id,
            student_id=row.student_id,
            last_name=row.last_name,
            first_name=row.first_name,
            middle_name=row.middle_name,
            class_id=row.class_id,
            class_name=row.class_name or "",
            relation=Relation(row.relation),
            recorded=recorded,
            awaiting=row.awaiting_since is not None,
        )
        found.setdefault(row.student_id, child)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class LedStudent:
    """A student of a class that somebody is homeroom teacher of."""

    student_id: PersonId
    class_id: ClassId
    last_name: str
    first_name: str


async def students_led(uow: Uow, teacher_id: PersonId, today: date) -> list[LedStudent]:
    """The students of the classes that somebody is homeroom teacher of, by name."""
    question = (
        select(Person.id, Enrollment.class_id, Person.last_name, Person.first_name)
        .join(Enrollment, Enrollment.student_id == Person.id)
        .join(Homeroom, Homeroom.class_id == Enrollment.class_id)
        .where(
            Homeroom.teacher_id == teacher_id,
            holds_on(Homeroom.since_on, Homeroom.until_on, today),
            holds_on(Enrollment.since_on, Enrollment.until_on, today),
        )
        .order_by(Person.key, Person.id)
    )
    return [LedStudent(row.id, row.class_id, row.last_name, row.first_name) for row in await uow.execute(question)]


async def led_students(uow: Uow, teacher_id: PersonId, today: date) -> set[PersonId]:
    """The students of the classes that somebody is homeroom teacher of."""
    question = (
        select(Enrollment.student_id)
        .join(Homeroom, Homeroom.class_id == Enrollment.class_id)
        .where(
            Homeroom.teacher_id == teacher_id,
            holds_on(Homeroom.since_on, Homeroom.until_on, today),
            holds_on(Enrollment.since_on, Enrollment.until_on, today),
        )
    )
    return {PersonId(row.student_id) for row in await uow.execute(question)}


async def record_application(
    uow: Uow,
    guardian_id: PersonId,
    today: date,
    *,
    application: str | None,
    application_on: date | None,
    consent_on: date | None,
) -> None:
    """Write down a written application and consent for all the guardian's children that lack them (О п.4.8)."""
    given = {"application": application, "application_on": application_on, "consent_on": consent_on}
    for name, value in given.items():
        column = getattr(Guardianship, name)
        if value is not None:
            await uow.write(
                update(Guardianship)
                .where(
                    Guardianship.guardian_id == guardian_id,
                    holds_on(Guardianship.since_on, Guardianship.until_on, today),
                    column.is_(None),
                )
                .values({name: value})
            )


async def take_over(
    uow: Uow, guardian_id: PersonId, from_id: PersonId, child: ChildRow, today: date, awaiting_since: datetime | None
) -> None:
    """A child's tie follows the human: from the person of the slip to the person the chat speaks for."""
    own = (
        await uow.execute(
            select(Guardianship.id, Guardianship.application, Guardianship.consent_on).where(
                Guardianship.guardian_id == guardian_id,
                Guardianship.student_id == child.student_id,
                Guardianship.until_on.is_(None),
            )
        )
    ).first()
    if own is None:
        await uow.write(
            update(Guardianship)
            .where(Guardianship.id == child.guardianship_id, Guardianship.guardian_id == from_id)
            .values(guardian_id=guardian_id, awaiting_since=awaiting_since)
        )
        return
    paper = (
        await uow.execute(
            select(Guardianship.application, Guardianship.application_on, Guardianship.consent_on).where(
                Guardianship.id == child.guardianship_id
            )
        )
    ).one()
    await uow.write(update(Guardianship).where(Guardianship.id == child.guardianship_id).values(until_on=today))
    if own.application is None or own.consent_on is None:
        await uow.write(
            update(Guardianship)
            .where(Guardianship.id == own.id)
            .values(
                application=paper.application,
                application_on=paper.application_on,
                consent_on=paper.consent_on,
                awaiting_since=awaiting_since,
            )
        )


async def confirm_children(uow: Uow, guardian_id: PersonId, student_ids: Collection[PersonId]) -> int:
    """Children that a typed code added are shown from now on."""
    return await uow.write(
        update(Guardianship)
        .where(
            Guardianship.guardian_id == guardian_id,
            Guardianship.student_id.in_(student_ids),
            Guardianship.awaiting_since.is_not(None),
        )
        .values(awaiting_since=null())
    )
