"""What a homeroom teacher asks about the families of the own class."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from storage.models.people import Consent, Enrollment, Guardianship, Homeroom, Person, PersonRole
from storage.models.school import SchoolClass
from storage.repositories.people import holds_on
from storage.repositories.students import accounts
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, AccountId, ClassId, PersonId, Relation


@dataclass(frozen=True, slots=True)
class LedClass:
    """A class somebody is homeroom teacher of."""

    id: ClassId
    name: str


async def led_classes(uow: Uow, teacher_id: PersonId, today: date) -> list[LedClass]:
    """The classes of a homeroom teacher today, by level and name."""
    question = (
        select(SchoolClass.id, SchoolClass.name)
        .join(Homeroom, Homeroom.class_id == SchoolClass.id)
        .where(Homeroom.teacher_id == teacher_id, holds_on(Homeroom.since_on, Homeroom.until_on, today))
        .order_by(SchoolClass.level, SchoolClass.key)
    )
    return [LedClass(row.id, row.name) for row in await uow.execute(question)]


async def led_since(uow: Uow, class_id: ClassId, teacher_id: PersonId, today: date) -> date | None:
    """From which day on somebody leads a class today."""
    question = select(Homeroom.since_on).where(
        Homeroom.class_id == class_id,
        Homeroom.teacher_id == teacher_id,
        holds_on(Homeroom.since_on, Homeroom.until_on, today),
    )
    return (await uow.execute(question)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class Tie:
    """A guardian of one student of the class, with the account, if any, and how papers and consent stand.

    `recorded`: application and consent on paper; `awaiting`: the child was added by a typed code; `agreed`: a consent
    was given in the chat at some time; `agrees`: it stands. `newcomer_id`: an account that awaits to speak.
    """

    guardian_id: PersonId
    last_name: str
    first_name: str
    middle_name: str
    relation: Relation
    student_id: PersonId
    student_last_name: str
    student_first_name: str
    recorded: bool
    awaiting: bool
    agreed: bool
    agrees: bool
    staff: bool
    account_id: AccountId | None
    linked_at: datetime | None
    confirmed_at: datetime | None
    unreachable: bool
    newcomer_id: AccountId | None
    newcomer_at: datetime | None


async def ties(uow: Uow, class_id: ClassId, today: date) -> list[Tie]:
    """Every guardian of every student of a class today, by the student's name, then the guardian's."""
    student = aliased(Person, name="student")
    active, awaiting = accounts()
    agreed = exists().where(Consent.person_id == Guardianship.guardian_id).correlate(Guardianship)
    agrees = (
        exists()
        .where(Consent.person_id == Guardianship.guardian_id, Consent.revoked_at.is_(None))
        .correlate(Guardianship)
    )
    staff = (
        exists()
        .where(
            PersonRole.person_id == Guardianship.guardian_id,
            PersonRole.role.in_([role.value for role in STAFF_ROLES]),
            holds_on(PersonRole.since_on, PersonRole.until_on, today),
        )
        .correlate(Guardianship)
    )
    question = (
        select(
            Guardianship.guardian_id,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            Guardianship.relation,
            Guardianship.student_id,
            student.last_name.label("student_last_name"),
            student.first_name.label("student_first_name"),
            Guardianship.application,
            Guardianship.consent_on,
            Guardianship.awaiting_since,
            agreed.label("agreed"),
            agrees.label("agrees"),
            staff.label("staff"),
            active.c.id.label("account_id"),
            active.c.linked_at,
            active.c.confirmed_at,
            active.c.unreachable_at,
            awaiting.c.id.label("newcomer_id"),
            awaiting.c.linked_at.label("newcomer_at"),
        )
        .select_from(Enrollment)
        .join(student, student.id == Enrollment.student_id)
        .join(Guardianship, Guardianship.student_id == Enrollment.student_id)
        .join(Person, Person.id == Guardianship.guardian_id)
        .outerjoin(active, active.c.person_id == Guardianship.guardian_id)
        .outerjoin(awaiting, awaiting.c.person_id == Guardianship.guardian_id)
        .where(
            Enrollment.class_id == class_id,
            holds_on(Enrollment.since_on, Enrollment.until_on, today),
            holds_on(Guardianship.since_on, Guardianship.until_on, today),
        )
        .order_by(student.key, student.id, Person.key, Person.id)
    )
    return [
        Tie(
            guardian_id=row.guardian_id,
            last_name=row.last_name,
            first_name=row.first_name,
            middle_name=row.middle_name,
            relation=Relation(row.relation),
            student_id=row.student_id,
            student_last_name=row.student_last_name,
            student_first_name=row.student_first_name,
            recorded=row.application is not None and row.consent_on is not None,
            awaiting=row.awaiting_since is not None,
            agreed=bool(row.agreed),
            agrees=bool(row.agrees),
            staff=bool(row.staff),
            account_id=row.account_id,
            linked_at=row.linked_at,
            confirmed_at=row.confirmed_at,
            unreachable=row.unreachable_at is not None,
            newcomer_id=row.newcomer_id,
            newcomer_at=row.newcomer_at,
        )
        for row in await uow.execute(question)
    ]


async def students_without_guardians(uow: Uow, class_id: ClassId, today: date) -> list[str]:
    """Students of a class whom nobody is recorded for, by name."""
    guarded = (
        exists()
        .where(
            Guardianship.student_id == Enrollment.student_id,
            holds_on(Guardianship.since_on, Guardianship.until_on, today),
        )
        .correlate(Enrollment)
    )
    question = (
        select(Person.last_name, Person.first_name)
        .join(Enrollment, Enrollment.student_id == Person.id)
        .where(Enrollment.class_id == class_id, holds_on(Enrollment.since_on, Enrollment.until_on, today), ~guarded)
        .order_by(Person.key, Person.id)
    )
    return [f"{row.last_name} {row.first_name}" for row in await uow.execute(question)]
