"""Whom a broadcast may be for: classes and parallels, the students in them, their guardians, the staff."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from storage.models.people import Enrollment, Guardianship, PersonRole, SubgroupMember
from storage.models.school import AcademicYear, SchoolClass
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, ClassId, PersonId, SchoolId, SubgroupId


@dataclass(frozen=True, slots=True)
class SchoolClassRow:
    """A class of the present year."""

    id: ClassId
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class GuardedBy:
    """A guardian of a student; whether letters may go to them, storage/repositories/recipients says."""

    student_id: PersonId
    guardian_id: PersonId


async def classes(uow: Uow, school_id: SchoolId, today: date) -> list[SchoolClassRow]:
    """The classes of a day's year, by level and name."""
    question = (
        select(SchoolClass.id, SchoolClass.name, SchoolClass.level)
        .join(AcademicYear, AcademicYear.id == SchoolClass.year_id)
        .where(SchoolClass.school_id == school_id, AcademicYear.starts_on <= today, AcademicYear.ends_on >= today)
        .order_by(SchoolClass.level, SchoolClass.key)
    )
    return [SchoolClassRow(*row) for row in await uow.execute(question)]


async def students(
    uow: Uow, school_id: SchoolId, today: date, *, level: int | None = None, class_id: ClassId | None = None
) -> list[PersonId]:
    """The students of a school on a day, of one parallel or class where given, by class."""
    question = _enrolled(school_id, today)
    if level is not None:
        question = question.where(SchoolClass.level == level)
    if class_id is not None:
        question = question.where(SchoolClass.id == class_id)
    return [PersonId(row.student_id) for row in await uow.execute(question)]


async def students_of_subgroup(uow: Uow, school_id: SchoolId, subgroup_id: SubgroupId, today: date) -> list[PersonId]:
    """The students who sit in a subgroup on a day."""
    question = (
        _enrolled(school_id, today)
        .join(SubgroupMember, SubgroupMember.student_id == Enrollment.student_id)
        .where(
            SubgroupMember.subgroup_id == subgroup_id,
            holds_on(SubgroupMember.since_on, SubgroupMember.until_on, today),
        )
    )
    return [PersonId(row.student_id) for row in await uow.execute(question)]


def _enrolled(school_id: SchoolId, today: date) -> Select[Any]:
    return (
        select(Enrollment.student_id)
        .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .join(AcademicYear, AcademicYear.id == SchoolClass.year_id)
        .where(
            SchoolClass.school_id == school_id,
            AcademicYear.starts_on <= today,
            AcademicYear.ends_on >= today,
            holds_on(Enrollment.since_on, Enrollment.until_on, today),
        )
        .order_by(SchoolClass.level, SchoolClass.key, Enrollment.student_id)
    )


async def guardians(uow: Uow, student_ids: Collection[PersonId], today: date) -> list[GuardedBy]:
    """Everybody who is recorded as a guardian of these students on a day, with or without papers."""
    question = (
        select(Guardianship.student_id, Guardianship.guardian_id)
        .where(
            Guardianship.student_id.in_(list(student_ids)),
            holds_on(Guardianship.since_on, Guardianship.until_on, today),
        )
        .order_by(Guardianship.student_id, Guardianship.guardian_id)
    )
    return [GuardedBy(*row) for row in await uow.execute(question)]


async def staff(uow: Uow, school_id: SchoolId, today: date) -> list[PersonId]:
    """Everybody who works at the school on a day."""
    question = (
        select(PersonRole.person_id)
        .where(
            PersonRole.school_id == school_id,
            PersonRole.role.in_(sorted(role.value for role in STAFF_ROLES)),
            holds_on(PersonRole.since_on, PersonRole.until_on, today),
        )
        .distinct()
        .order_by(PersonRole.person_id)
    )
    return [PersonId(row.person_id) for row in await uow.execute(question)]


async def belongs(uow: Uow, school_id: SchoolId, person_id: PersonId, today: date) -> bool:
    """Whether somebody works or learns at the school on a day."""
    works = select(PersonRole.id).where(
        PersonRole.school_id == school_id,
        PersonRole.person_id == person_id,
        PersonRole.role.in_(sorted(role.value for role in STAFF_ROLES)),
        holds_on(PersonRole.since_on, PersonRole.until_on, today),
    )
    if (await uow.execute(works)).first() is not None:
        return True
    learns = _enrolled(school_id, today).where(Enrollment.student_id == person_id)
    return (await uow.execute(learns)).first() is not None
