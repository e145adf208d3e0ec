"""Subgroups with who is in them, and the rows that a transfer writes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, exists, insert, or_, select, update

from storage.models.people import Enrollment, Person, SubgroupMember
from storage.models.school import AcademicYear, SchoolClass, Subgroup
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import ClassId, PersonId, SchoolId, SubgroupId


@dataclass(frozen=True, slots=True)
class ClassWithParts:
    """A class that is divided."""

    id: ClassId
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class PartRow:
    """A subgroup of a class."""

    id: SubgroupId
    class_id: ClassId
    name: str
    division: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A student of a class."""

    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A student in a subgroup; `until_on`: the first day outside."""

    id: int
    subgroup_id: SubgroupId
    student_id: PersonId
    since_on: date
    until_on: date | None

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.since_on <= day and (self.until_on is None or day < self.until_on)


async def classes(uow: Uow, school_id: SchoolId, today: date) -> list[ClassWithParts]:
    """The classes of a day's year that have subgroups, by level and name."""
    question = (
        select(SchoolClass.id, SchoolClass.name, SchoolClass.level)
        .join(AcademicYear, AcademicYear.id == SchoolClass.year_id)
        .where(
            SchoolClass.school_id == school_id,
            AcademicYear.starts_on <= today,
            AcademicYear.ends_on >= today,
            AcademicYear.closed_at.is_(None),
            exists().where(Subgroup.class_id == SchoolClass.id),
        )
        .order_by(SchoolClass.level, SchoolClass.key)
    )
    return [ClassWithParts(*row) for row in await uow.execute(question)]


async def parts(uow: Uow, class_id: ClassId) -> list[PartRow]:
    """The subgroups of a class, by name."""
    question = select(Subgroup.id, Subgroup.class_id, Subgroup.name, Subgroup.division)
    rows = await uow.execute(question.where(Subgroup.class_id == class_id).order_by(Subgroup.key, Subgroup.id))
    return [PartRow(*row) for row in rows]


async def part(uow: Uow, school_id: SchoolId, subgroup_id: SubgroupId) -> PartRow | None:
    """A subgroup of a school."""
    question = select(Subgroup.id, Subgroup.class_id, Subgroup.name, Subgroup.division)
    row = (await uow.execute(question.where(Subgroup.id == subgroup_id, Subgroup.school_id == school_id))).first()
    return None if row is None else PartRow(*row)


async def enrolled(uow: Uow, class_id: ClassId, day: date) -> list[Enrolled]:
    """The students of a class on a day, by name."""
    question = (
        select(Person.id, Person.last_name, Person.first_name, Person.middle_name)
        .join(Enrollment, Enrollment.student_id == Person.id)
        .where(Enrollment.class_id == class_id, holds_on(Enrollment.since_on, Enrollment.until_on, day))
        .order_by(Person.key, Person.id)
    )
    return [Enrolled(*row) for row in await uow.execute(question)]


async def memberships(
    uow: Uow, subgroup_ids: Collection[SubgroupId], day: date, student_id: PersonId | None = None
) -> list[Membership]:
    """Who is in these subgroups on a day or later; of one student or of all."""
    question = select(
        SubgroupMember.id,
        SubgroupMember.subgroup_id,
        SubgroupMember.student_id,
        SubgroupMember.since_on,
        SubgroupMember.until_on,
    ).where(
        SubgroupMember.subgroup_id.in_(sorted(subgroup_ids)),
        or_(SubgroupMember.until_on.is_(None), SubgroupMember.until_on >= day),
    )
    if student_id is not None:
        question = question.where(SubgroupMember.student_id == student_id)
    return [Membership(*row) for row in await uow.execute(question.order_by(SubgroupMember.id))]


async def lock(uow: Uow, student_id: PersonId) -> None:
    """Let the transfers of one student go one after another."""
    await uow.execute(select(Person.id).where(Person.id == student_id).with_for_update())


async def end(uow: Uow, membership_id: int, until_on: date | None) -> None:
    """The first day outside the subgroup; None: it goes on."""
    await uow.write(update(SubgroupMember).where(SubgroupMember.id == membership_id).values(until_on=until_on))


async def drop(uow: Uow, membership_id: int) -> None:
    """Forget a membership that never came into force."""
    await uow.write(delete(SubgroupMember).where(SubgroupMember.id == membership_id))


async def add(uow: Uow, subgroup_id: SubgroupId, student_id: PersonId, since_on: date) -> None:
    """A student joins a subgroup."""
    row = {"subgroup_id": subgroup_id, "student_id": student_id, "since_on": since_on}
    await uow.execute(insert(SubgroupMember), row)
