"""Who may open a thread and write in it: the ties of the day decide, at every tap and again when a letter leaves."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.access import NotYourStudent, access_student
from services.actor import Actor
from services.assignments import CONTROLLING
from services.diary import ConsentTakenBack
from services.errors import NotFoundHere, SchoolError
from services.threads.refusals import FamilyGone, NoLongerTeaching, NoLongerYours, TeacherGone
from storage.repositories import guardians
from storage.repositories import threads as rows
from storage.repositories.rights import StudentRow
from storage.repositories.threads import ThreadRow
from storage.uow import Uow
from storage.vocabulary import PersonId, Role, SchoolId, ThreadId, ThreadSide

# Somebody whose last lesson with the student lies longer back, and none ahead, teaches there no more.
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Place:
    """A thread and the side from which it is seen."""

    row: ThreadRow
    side: ThreadSide

    @property
    def closed(self) -> SchoolError | None:
        """Why nothing can be written, if so; what was written stays."""
        if self.side is ThreadSide.FAMILY:
            return None if self.row.teacher_may else TeacherGone()
        return None if self.row.family_may else FamilyGone()


def lately(today: date) -> date:
    """Since when lessons count as teaching a student."""
    return today - LATELY


def side_of(row: ThreadRow, person_id: PersonId, roles: Collection[Role]) -> ThreadSide | None:
    """From which side somebody sees a thread today; None: from none."""
    if person_id == row.family_id:
        return ThreadSide.FAMILY if row.family_may else None
    if person_id == row.teacher_id:
        return ThreadSide.TEACHER if row.teacher_may else None
    office = bool(CONTROLLING & set(roles)) and (row.teacher_id is None or row.complained_at is not None)
    return ThreadSide.OFFICE if office else None


async def access_thread(uow: Uow, actor: Actor, thread_id: ThreadId, now: datetime) -> Place:
    """A thread the actor is a side of. Raises NotFoundHere and why one's own is closed."""
    today = now.astimezone(actor.zone).date()
    row = await find(uow, thread_id, actor.school_id, actor.person_id, now, actor.zone)
    if row is None:
        raise NotFoundHere
    side = side_of(row, actor.person_id, actor.roles)
    if side is not None:
        return Place(row, side)
    if row.family_id == actor.person_id:
        await access_family(uow, actor, row.student_id, today)
        raise NotYourStudent
    if row.teacher_id == actor.person_id:
        raise NoLongerTeaching
    raise NoLongerYours if actor.person_id in await rows.reads(uow, thread_id) else NotFoundHere


async def access_family(uow: Uow, actor: Actor, student_id: PersonId, today: date) -> StudentRow:
    """A student for whom the actor may write: an own child, or oneself. Raises NotFoundHere, ConsentTakenBack, …"""
    try:
        student = await access_student(uow, actor, student_id, today)
        if not student.sits:
            raise NotFoundHere  # who has left is read about, not written about
        return student
    except NotYourStudent:
        own = {child.student_id for child in await guardians.children(uow, actor.person_id, today)}
        if student_id in own and not await guardians.consents(uow, actor.person_id):
            raise ConsentTakenBack from None
        raise


async def find(
    uow: Uow, thread_id: ThreadId, school_id: SchoolId, reader: PersonId, now: datetime, zone: ZoneInfo
) -> ThreadRow | None:
    """A thread with what its sides may today."""
    today = now.astimezone(zone).date()
    return await rows.find(uow, thread_id, school_id, reader, today, lately(today))
