"""A reason set on an absence that stands: a revision of its own, and what the family hears of it (М кл.рук. а)."""

from datetime import datetime

from services.access import OwnLesson
from services.actor import Actor
from services.errors import SchoolError
from services.i18n import N_
from services.letters import news
from services.outbox import items
from storage.repositories import absences, attendance, audit, recipients
from storage.uow import Uow
from storage.vocabulary import AbsenceReason, AttendanceCode, ItemKind, PersonId


class NobodyAbsent(SchoolError):
    """The student isn't marked absent on that day any more."""

    sentence = N_("Nobody marks this student absent on that day any more.")


async def explain(
    uow: Uow, actor: Actor, lesson: OwnLesson, student_id: PersonId, reason: AbsenceReason | None, now: datetime
) -> None:
    """One lesson's revision with the reason (None: open again), by the homeroom teacher, with its audit line.

    An alarm that still waits is dropped; a family that was alarmed hears that the reason is known. Raises NobodyAbsent
    where the lesson's teacher was quicker by a moment: then all of the use case is undone.
    """
    tap = await attendance.for_tap(
        uow, lesson.id, student_id, actor.school_id, actor.person_id, now.astimezone(actor.zone).date()
    )
    assert tap is not None, "the day was just read"
    rev = tap.rev + 1
    code = AttendanceCode.ABSENT
    if not await attendance.add(uow, lesson.id, student_id, rev, code, actor.person_id, now, reason=reason):
        raise NobodyAbsent
    await audit.note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action="absence_reason",
        subject=f"attendance:{lesson.id}:{student_id}",
        detail={"rev": rev, "reason": None if reason is None else reason.value},
    )
    if reason is None:
        return
    await items.cancel(uow, student_id=student_id, lesson_id=lesson.id, kind=ItemKind.ABSENCE)
    if reason is not AbsenceReason.INVALID:
        await items.cancel(uow, student_id=student_id, kind=ItemKind.ABSENT_DAYS)
    told = await absences.told_of(uow, lesson.id, student_id)
    if not told:
        return
    people = await recipients.recipients_of_students(uow, [student_id], now.astimezone(lesson.zone).date())
    facts = news.absence_explained(
        [one for one in people if one.person_id in told],
        lesson_id=lesson.id,
        student_id=student_id,
        now=now,
        zone=lesson.zone,
        regulation=lesson.regulation,
    )
    await items.put(uow, facts, now)
