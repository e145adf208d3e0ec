"""Guardianships as their homeroom teacher ends and restores them (О п.4.8); the rows stay."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, null, or_, select, update
from sqlalchemy.orm import aliased

from storage.models.people import Enrollment, Guardianship, Person
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import ClassId, PersonId, Relation, TieEnd


@dataclass(frozen=True, slots=True)
class TieRow:
    """A guardian's tie to a student of a class: it holds, will end, or was ended by hand (`reason`)."""

    id: int
    guardian_id: PersonId
    guardian_last_name: str
    guardian_first_name: str
    guardian_middle_name: str
    student_id: PersonId
    student: str
    relation: Relation
    since_on: date
    until_on: date | None
    reason: TieEnd | None


async def of_guardian(uow: Uow, class_id: ClassId, guardian_id: PersonId, today: date) -> list[TieRow]:
    """The ties of a guardian to the students of a class, by the student's name."""
    return await _found(uow, _ties(class_id, today).where(Guardianship.guardian_id == guardian_id))


async def of_class(uow: Uow, class_id: ClassId, tie_id: int, today: date) -> TieRow | None:
    """One tie, if its student sits in the class."""
    found = await _found(uow, _ties(class_id, today).where(Guardianship.id == tie_id))
    return found[0] if found else None


async def ended(uow: Uow, class_id: ClassId, today: date) -> list[TieRow]:
    """The ties to students of a class that were ended by hand and are over."""
    question = _ties(class_id, today).where(Guardianship.end_reason.is_not(None), Guardianship.until_on <= today)
    return await _found(uow, question)


def _ties(class_id: ClassId, today: date) -> Any:
    student = aliased(Person, name="student")
    return (
        select(
            Guardianship.id,
            Guardianship.guardian_id,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            Guardianship.student_id,
            student.last_name.label("student_last_name"),
            student.first_name.label("student_first_name"),
            Guardianship.relation,
            Guardianship.since_on,
            Guardianship.until_on,
            Guardianship.end_reason,
        )
        .select_from(Guardianship)
        .join(Person, Person.id == Guardianship.guardian_id)
        .join(student, student.id == Guardianship.student_id)
        .join(Enrollment, Enrollment.student_id == Guardianship.student_id)
        .where(
            Enrollment.class_id == class_id,
            holds_on(Enrollment.since_on, Enrollment.until_on, today),
            or_(Guardianship.end_reason.is_not(None), holds_on(Guardianship.since_on, Guardianship.until_on, today)),
        )
        .order_by(student.key, student.id, Guardianship.id)
    )


async def _found(uow: Uow, question: Select[Any]) -> list[TieRow]:
    return [
        TieRow(
            row.id,
            row.guardian_id,
            row.last_name,
            row.first_name,
            row.middle_name,
            row.student_id,
            f"{row.student_last_name} {row.student_first_name}",
            Relation(row.relation),
            row.since_on,
            row.until_on,
            None if row.end_reason is None else TieEnd(row.end_reason),
        )
        for row in await uow.execute(question)
    ]


async def end(uow: Uow, tie: TieRow, until_on: date, reason: TieEnd, by: PersonId, now: datetime) -> bool:
    """A tie ends on a day, or on another day than was said before; False: somebody was quicker."""
    seen = Guardianship.until_on.is_(None) if tie.until_on is None else Guardianship.until_on == tie.until_on
    ended = update(Guardianship).where(Guardianship.id == tie.id, seen)
    values = {"until_on": until_on, "end_reason": reason.value, "ended_at": now, "ended_by": by}
    return await uow.write(ended.values(values)) == 1


async def restore(uow: Uow, tie: TieRow) -> bool:
    """A tie that was ended by hand holds again; False: somebody was quicker."""
    ended = update(Guardianship).where(Guardianship.id == tie.id, Guardianship.end_reason.is_not(None))
    return await uow.write(ended.values(until_on=null(), end_reason=null(), ended_at=null(), ended_by=null())) == 1


async def holds_another(uow: Uow, tie: TieRow) -> bool:
    """Whether the guardian has another open tie to the same student."""
    question = select(Guardianship.id).where(
        Guardianship.guardian_id == tie.guardian_id,
        Guardianship.student_id == tie.student_id,
        Guardianship.until_on.is_(None),
        Guardianship.id != tie.id,
    )
    return (await uow.execute(question)).first() is not None
