"""Where students sit: classes and subgroups with their days. Who sits alike has the same lessons."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import bindparam, literal, select, union_all

from storage.models.people import Enrollment, SubgroupMember
from storage.uow import Uow
from storage.vocabulary import PersonId

# Of each class and subgroup: whether it is a subgroup, its id, the first day in it, the first day outside.
Seat = frozenset[tuple[bool, int, date, date | None]]
NOWHERE: Seat = frozenset()

WHO: Any = bindparam("students", expanding=True)
IN_CLASSES = select(
    Enrollment.student_id, literal(False).label("sub"), Enrollment.class_id, Enrollment.since_on, Enrollment.until_on
).where(Enrollment.student_id.in_(WHO))
IN_SUBGROUPS = select(
    SubgroupMember.student_id,
    literal(True),
    SubgroupMember.subgroup_id,
    SubgroupMember.since_on,
    SubgroupMember.until_on,
).where(SubgroupMember.student_id.in_(WHO))
SEATS = union_all(IN_CLASSES, IN_SUBGROUPS)


async def seats_of(uow: Uow, student_ids: Collection[PersonId]) -> dict[PersonId, Seat]:
    """The seats of students, of all their days."""
    found: dict[PersonId, set[tuple[bool, int, date, date | None]]] = defaultdict(set)
    for student_id, sub, room, since_on, until_on in await uow.execute(SEATS, {"students": list(student_ids)}):
        found[PersonId(student_id)].add((bool(sub), room, since_on, until_on))
    return {student_id: frozenset(seat) for student_id, seat in found.items()}
