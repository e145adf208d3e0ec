"""The absences of employees as the office enters them: who is away on a day, and from when till when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from storage.models.control import StaffLeave
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import LeaveKind, PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """An absence; `until_on`: the first day back, None while nobody knows. One with no day in it was withdrawn."""

    id: int
    person_id: PersonId
    kind: LeaveKind
    since_on: date
    until_on: date | None


COLUMNS = (StaffLeave.id, StaffLeave.person_id, StaffLeave.kind, StaffLeave.since_on, StaffLeave.until_on)


async def of_day(uow: Uow, school_id: SchoolId, day: date) -> dict[PersonId, LeaveRow]:
    """Who is away on a day, by person."""
    question = select(*COLUMNS).where(
        StaffLeave.school_id == school_id, holds_on(StaffLeave.since_on, StaffLeave.until_on, day)
    )
    found = [_row(one) for one in await uow.execute(question.order_by(StaffLeave.id))]
    return {one.person_id: one for one in found}


async def not_over(uow: Uow, school_id: SchoolId, day: date) -> list[LeaveRow]:
    """The absences that a day lies in or before, by their first day."""
    question = select(*COLUMNS).where(
        StaffLeave.school_id == school_id,
        or_(StaffLeave.until_on.is_(None), StaffLeave.until_on > day),
        or_(StaffLeave.until_on.is_(None), StaffLeave.until_on > StaffLeave.since_on),
    )
    return [_row(one) for one in await uow.execute(question.order_by(StaffLeave.since_on, StaffLeave.id))]


async def find(uow: Uow, school_id: SchoolId, leave_id: int) -> LeaveRow | None:
    """An absence of a school's employee."""
    question = select(*COLUMNS).where(StaffLeave.id == leave_id, StaffLeave.school_id == school_id)
    row = (await uow.execute(question)).first()
    return None if row is None else _row(row)


async def add(
    uow: Uow,
    school_id: SchoolId,
    person_id: PersonId,
    kind: LeaveKind,
    since_on: date,
    until_on: date | None,
    made_by: PersonId,
    now: datetime,
) -> int:
    """An absence begins; its id."""
    row = {
        "school_id": school_id,
        "person_id": person_id,
        "kind": kind.value,
        "since_on": since_on,
        "until_on": until_on,
        "made_by": made_by,
        "made_at": now,
    }
    made: int = (await uow.execute(insert(StaffLeave).values(row).returning(StaffLeave.id))).scalar_one()
    return made


async def set_end(uow: Uow, leave_id: int, until_on: date) -> None:
    """The first day back; the absence's own first day withdraws it."""
    await uow.write(update(StaffLeave).where(StaffLeave.id == leave_id).values(until_on=until_on))


def _row(row: Any) -> LeaveRow:
    return LeaveRow(row.id, row.person_id, LeaveKind(row.kind), row.since_on, row.until_on)
