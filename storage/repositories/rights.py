"""Who stands how to a student or a class: what services.access decides by."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from storage.models.people import Enrollment, Guardianship, Homeroom, Person
from storage.models.school import SchoolClass
from storage.repositories import recipients
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import ClassId, PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student of a class, and how the asker stands to them. `guarded`: a guardianship that may be used today.

    `sits`: in that class today; else it is the last one, and the own record may be read (О п.4.8).
    """

    id: PersonId
    school_id: SchoolId
    last_name: str
    first_name: str
    middle_name: str
    class_id: ClassId
    class_name: str
    level: int
    short_stay: bool
    guarded: bool
    led: bool
    sits: bool


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class of the school; `led`: the asker is its homeroom teacher today."""

    id: ClassId
    school_id: SchoolId
    name: str
    level: int
    short_stay: bool
    led: bool


def _led(class_id: Any, person_id: PersonId, today: date) -> ColumnElement[bool]:
    return exists().where(
        Homeroom.class_id == class_id,
        Homeroom.teacher_id == person_id,
        holds_on(Homeroom.since_on, Homeroom.until_on, today),
    )


async def student(
    uow: Uow, student_id: PersonId, school_id: SchoolId, person_id: PersonId, today: date
) -> StudentRow | None:
    """A student who sits in a class or sat in one, as a person stands to them."""
    guarded = exists().where(
        Guardianship.student_id == Person.id, Guardianship.guardian_id == person_id, recipients.rests(today)
    )
    sits = holds_on(Enrollment.since_on, Enrollment.until_on, today)
    question = (
        select(
            Person.id,
            Person.school_id,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            SchoolClass.id,
            SchoolClass.name,
            SchoolClass.level,
            SchoolClass.short_stay,
            guarded.correlate(Person),
            _led(SchoolClass.id, person_id, today).correlate(SchoolClass),
            sits,
        )
        .join(Enrollment, Enrollment.student_id == Person.id)
        .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .where(
            Person.id == student_id,
            Person.school_id == school_id,
            Enrollment.since_on <= today,
        )
        .order_by(sits.desc(), Enrollment.since_on.desc())
    )
    row = (await uow.execute(question)).first()
    return None if row is None else StudentRow(*row)


async def school_class(
    uow: Uow, class_id: ClassId, school_id: SchoolId, person_id: PersonId, today: date
) -> ClassRow | None:
    """A class, as a person stands to it."""
    question = select(
        SchoolClass.id,
        SchoolClass.school_id,
        SchoolClass.name,
        SchoolClass.level,
        SchoolClass.short_stay,
        _led(SchoolClass.id, person_id, today).correlate(SchoolClass),
    ).where(SchoolClass.id == class_id, SchoolClass.school_id == school_id)
    row = (await uow.execute(question)).first()
    return None if row is None else ClassRow(*row)
