"""What a teacher teaches to whom, as the screens of journals, plans and term marks choose it."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from services.actor import Actor
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.rules.regulation import Regulation
from storage.repositories import assignments as rows
from storage.repositories.assignments import AssignmentRow
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, ClassId, RecordForm, Role, SubgroupId, SubjectId

CONTROLLING = frozenset({Role.DEPUTY, Role.DIRECTOR})


class NotYourSubject(SchoolError):
    """The subject is another teacher's in this class (О 2.3; В 5.3)."""

    sentence = N_("Another teacher has this subject in this class.")


class NotYourOffice(SchoolError):
    """What only the deputy head or the administrator does (regulation §2)."""

    sentence = N_("This is done by the deputy head or the journal's administrator.")


@dataclass(frozen=True, slots=True)
class Assignment:
    """A TeachingAssignment: a subject taught to a class or subgroup, with its school's rules."""

    row: AssignmentRow
    zone: ZoneInfo
    regulation: Regulation

    @property
    def audience(self) -> str:
        """«7Б» or «7Б (англ. 1)»."""
        return f"{self.row.class_name} ({self.row.subgroup})" if self.row.subgroup else self.row.class_name

    @property
    def takes_marks(self) -> bool:
        """Whether marks are given here at all (В 3.8)."""
        return self.regulation.takes_marks(self.row.level, self.row.short_stay)


def _with_rules(row: AssignmentRow) -> Assignment:
    return Assignment(row, ZoneInfo(row.timezone), Regulation.from_json(row.regulation))


async def assignments_of(uow: Uow, actor: Actor, today: date) -> list[Assignment]:
    """What the actor teaches this year; nothing for somebody who left the staff."""
    if not actor.roles & STAFF_ROLES:
        return []
    return [_with_rules(row) for row in await rows.of_teacher(uow, actor.school_id, actor.person_id, today)]


async def assignments_of_class(uow: Uow, actor: Actor, class_id: ClassId, today: date) -> list[Assignment]:
    """All that a class is taught this year, by subject and subgroup; whoever asks has the right to the class."""
    found = await rows.of_class(uow, actor.school_id, class_id, today)
    kept = [row for row in found if row.record_form is RecordForm.ELECTRONIC]
    return [_with_rules(row) for row in sorted(kept, key=lambda row: (row.subject, row.subgroup or ""))]


async def access_assignment(
    uow: Uow, actor: Actor, class_id: ClassId, subgroup_id: SubgroupId | None, subject_id: SubjectId, today: date
) -> Assignment:
    """A subject that the actor teaches to a class or subgroup. Raises NotFoundHere, NotYourSubject (О 2.3; В 5.3)."""
    wanted = (class_id, subgroup_id, subject_id)
    for one in await assignments_of(uow, actor, today):
        if (one.row.class_id, one.row.subgroup_id, one.row.subject_id) == wanted:
            return one
    for row in await rows.of_class(uow, actor.school_id, class_id, today):
        if (row.class_id, row.subgroup_id, row.subject_id) == wanted:
            raise NotYourSubject
    raise NotFoundHere


def ensure_controls(actor: Actor) -> None:
    """Raises NotYourOffice unless the actor is deputy head or director: who sees every journal (В 4.6, 5.2)."""
    if not actor.roles & CONTROLLING:
        raise NotYourOffice


def ensure_decides(actor: Actor) -> None:
    """Raises NotYourOffice unless the actor is a deputy head: who approves corrections and closes terms (В 4.6)."""
    if Role.DEPUTY not in actor.roles:
        raise NotYourOffice


def ensure_arranges(actor: Actor) -> None:
    """Raises NotYourOffice unless the actor may change timetable and substitutions (В 4.1.8; ours: the deputy too)."""
    if not actor.roles & {Role.ADMINISTRATOR, Role.DEPUTY}:
        raise NotYourOffice


def ensure_administers(actor: Actor) -> None:
    """Raises NotYourOffice unless the actor is the journal's administrator (В 4.4.12: who alone moves subgroups)."""
    if Role.ADMINISTRATOR not in actor.roles:
        raise NotYourOffice
