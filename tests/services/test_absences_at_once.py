"""Two deeds about one child's day at the same moment: the second sees what the first did, on PostgreSQL too.

The first stands before its commit when the second begins; SQLite has one writer, so there the second waits anyway.
"""

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any

import pytest
from sqlalchemy import select

from services.absence_notes import AbsenceNotes, NoteDecisions
from services.absences import Absences
from services.attendance import Attendance
from storage.models.delivery import Item
from storage.models.journal import Attendance as AttendanceRow
from storage.uow import Storage, Uow
from storage.vocabulary import AbsenceReason, AttendanceCode, LessonId, NoteReason, PersonId
from tests.delivery.test_races import at_locks
from tests.school import TODAY, Cast, found


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage, now="11:00")


async def at_once(storage: Storage, first: Coroutine[Any, Any, Any], second: Coroutine[Any, Any, Any]) -> None:
    """The second begins before the first has committed."""
    begun: list[asyncio.Task[Any]] = []

    async def hold(uow: Uow) -> None:
        storage.before_commit = None
        begun.append(asyncio.get_running_loop().create_task(second, context=contextvars.Context()))
        await at_locks(storage, 1, begun[0])

    storage.before_commit = hold
    await first
    await begun[0]


def absent(storage: Storage, school: Cast, lesson: LessonId, teacher: PersonId) -> Coroutine[Any, Any, Any]:
    return Attendance(storage, school.clock).put(school.actor(teacher), lesson, school.larina, AttendanceCode.ABSENT, 0)


async def alarmed(storage: Storage) -> list[tuple[int, int]]:
    """Whom of which lesson's absence."""
    alarms = select(Item.recipient_id, Item.lesson_id).where(Item.kind == "absence", Item.state == "waiting")
    async with storage.reading() as uow:
        return [(row[0], row[1]) for row in await uow.execute(alarms.order_by(Item.id))]


async def reasons(storage: Storage, school: Cast) -> list[str | None]:
    """The reasons of the algebra lesson's revisions."""
    entered = select(AttendanceRow.reason).where(AttendanceRow.lesson_id == school.algebra)
    async with storage.reading() as uow:
        return [row[0] for row in await uow.execute(entered.order_by(AttendanceRow.rev))]


async def test_two_absences_of_one_day_entered_at_once_alarm_once(storage: Storage, school: Cast) -> None:
    russian = absent(storage, school, school.lessons["русский"], school.colleague)
    algebra = absent(storage, school, school.algebra, school.owner)
    await at_once(storage, russian, algebra)
    mothers = [lesson for who, lesson in await alarmed(storage) if who == school.mother_larina]
    assert mothers == [school.lessons["русский"]], "the other joins it"


@pytest.mark.parametrize("note_first", [True, False], ids=["note first", "tap first"])
async def test_a_note_confirmed_while_its_absence_is_entered_explains_it(
    storage: Storage, school: Cast, note_first: bool
) -> None:
    notes, decisions = AbsenceNotes(storage, school.clock), NoteDecisions(storage, school.clock)
    sent = await notes.send(school.actor(school.mother_larina), school.larina, TODAY, TODAY, NoteReason.ILL)
    confirm = decisions.confirm(school.actor(school.homeroom_teacher), sent.note.id)
    tap = absent(storage, school, school.algebra, school.owner)
    await at_once(storage, *((confirm, tap) if note_first else (tap, confirm)))
    assert (await reasons(storage, school))[-1] == AbsenceReason.ILL.value
    assert await alarmed(storage) == []


async def test_a_reason_set_while_a_further_absence_is_entered_holds_for_it(storage: Storage, school: Cast) -> None:
    await absent(storage, school, school.lessons["русский"], school.colleague)
    absences, homeroom = Absences(storage, school.clock), school.actor(school.homeroom_teacher)
    seen = (await absences.day(homeroom, school.larina, TODAY)).rev
    reason = absences.set_reason(homeroom, school.larina, TODAY, AbsenceReason.ILL, seen)
    await at_once(storage, reason, absent(storage, school, school.algebra, school.owner))
    assert await reasons(storage, school) == [AbsenceReason.ILL.value]
    assert await alarmed(storage) == []
