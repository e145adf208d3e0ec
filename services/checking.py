"""«Проверил»: the checking of a written work is finished, and its marks are due that same day (О 2.5)."""

from services.access import access_lesson, ensure_marks_open
from services.actor import Actor
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.marks import MarkSheet, sheet_of
from services.rules import clocks
from storage.repositories import audit
from storage.repositories import marks as rows
from storage.uow import Storage
from storage.vocabulary import WorkId


class CheckedTooLongAgo(SchoolError):
    """«Проверил» is taken back in the undo time only."""

    sentence = N_("The work was declared checked more than {minutes} min ago; that stays in the journal.")


class Checking:
    """Notes that written works are checked."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def check(self, actor: Actor, work_id: WorkId) -> MarkSheet:
        """Say that a written work is checked; pressed twice, the first stands.

        Raises NotFoundHere for a kind that isn't written, and every refusal of the door and the window.
        """
        return await self._set(actor, work_id, checked=True)

    async def take_back(self, actor: Actor, work_id: WorkId) -> MarkSheet:
        """Take it back. Raises CheckedTooLongAgo after the undo time."""
        return await self._set(actor, work_id, checked=False)

    async def _set(self, actor: Actor, work_id: WorkId, *, checked: bool) -> MarkSheet:
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson_id = await rows.lesson_of_work(uow, work_id)
            if lesson_id is None:
                raise NotFoundHere
            lesson = await access_lesson(uow, actor, lesson_id)
            work = next(one for one in await rows.works(uow, lesson_id) if one.id == work_id)
            if lesson.regulation.days_to_mark(work.kind) == 0:
                raise NotFoundHere
            ensure_marks_open(lesson, work.kind, now)
            if not checked and work.checked_at and now >= clocks.undo_until(work.checked_at, lesson.regulation):
                raise CheckedTooLongAgo(minutes=lesson.regulation.undo_minutes)
            by, at = (actor.person_id, now) if checked else (None, None)
            if await rows.set_checked(uow, work_id, by, at):
                await audit.note(
                    uow,
                    school_id=lesson.row.school_id,
                    actor_id=actor.person_id,
                    at=now,
                    action="work_checked" if checked else "work_check_taken_back",
                    subject=f"work:{work_id}",
                    detail={"kind": work.kind.value},
                )
            return sheet_of(lesson, await rows.sheet(uow, lesson_id), work_id)
