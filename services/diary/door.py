"""The door to a diary: own children, or oneself; nothing that a button says opens another's (В 3.7, 4.7.3)."""

from dataclasses import dataclass
from datetime import date

from services.access import access_student
from services.actor import Actor
from services.diary.refusals import ConsentTakenBack, NoDiary
from storage.repositories import diary_days, guardians
from storage.repositories.rights import StudentRow
from storage.uow import Uow
from storage.vocabulary import ClassId, PersonId, Role


@dataclass(frozen=True, slots=True)
class Child:
    """A child one may switch to."""

    id: PersonId
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose diary is open, the class of today, and the other children; `today` in school time."""

    child: Child
    class_id: ClassId
    class_name: str
    children: tuple[Child, ...]
    today: date


async def children_of(uow: Uow, actor: Actor, today: date) -> tuple[Child, ...]:
    """Whose diaries are open to this person, by name."""
    own = await diary_days.children(uow, actor.person_id, today, oneself=Role.STUDENT in actor.roles)
    return tuple(Child(one.id, one.first_name, one.last_name) for one in own)


async def opened(uow: Uow, actor: Actor, student_id: PersonId | None, today: date) -> Opened:
    """The diary of a child, by default of the first. Raises NoDiary, ConsentTakenBack, NotFoundHere, NotYourStudent."""
    children = await children_of(uow, actor, today)
    if student_id is None and not children:
        raise NoDiary if await guardians.consents(uow, actor.person_id) else ConsentTakenBack
    student = await access_student(uow, actor, children[0].id if student_id is None else student_id, today)
    return _opened(student, children, today)


def _opened(student: StudentRow, children: tuple[Child, ...], today: date) -> Opened:
    child = Child(student.id, student.first_name, student.last_name)
    return Opened(child, student.class_id, student.class_name, children, today)
