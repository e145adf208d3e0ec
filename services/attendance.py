"""Attendance: who is absent or late, and the press that confirms it (О 2.5; М учитель а)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services import drafts
from services.access import NotInLesson, OwnLesson, access_lesson, ensure_record_open, own_lesson
from services.actor import Actor
from services.changes import Outcome, Standing
from services.clock import Clock
from services.errors import NotFoundHere
from services.lessons import Card, LessonTitle, card_of, named, title_of
from services.letters import news
from services.outbox import items
from services.records import note_record
from services.rules import attendance as rules
from services.rules import notes, windows
from services.rules.short_names import Named
from storage.repositories import attendance as rows
from storage.repositories import audit, records
from storage.repositories.attendance import AttendanceTap, Sheet
from storage.uow import Storage, Uow
from storage.vocabulary import AbsenceReason, AttendanceCode, ItemKind, LessonId, NoteState, PersonId, RecordPart

PART = RecordPart.ATTENDANCE


@dataclass(frozen=True, slots=True)
class SeatedStudent:
    """A student in the grid, with the attendance that stands and its revision.

    `expected_absent`: a guardian has written that they will not come.
    """

    name: Named
    code: AttendanceCode
    rev: int
    minutes_late: int | None = None
    expected_absent: bool = False


@dataclass(frozen=True, slots=True)
class AttendanceSheet:
    """The grid of a lesson; `rev` is the newest revision of «Готово», 0 where there was none."""

    title: LessonTitle
    students: Sequence[SeatedStudent]
    confirmed: bool
    rev: int

    @property
    def all_present(self) -> bool:
        """Whether nobody is absent or late."""
        return all(one.code is AttendanceCode.PRESENT for one in self.students)


@dataclass(frozen=True, slots=True)
class AttendancePut:
    """What became of a tap on a name; `rev` is the student's newest revision, `standing` is for CHANGED."""

    outcome: Outcome
    sheet: AttendanceSheet
    student: Named
    code: AttendanceCode
    rev: int
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class AttendanceConfirmed:
    """What became of «Готово» or «Все присутствуют».

    `sheet` instead of a card: somebody is marked, or the attendance was changed meanwhile; it wants a look first.
    `back_to`: the revision that «Отменить» restores, for SAVED.
    """

    outcome: Outcome
    card: Card | None
    sheet: AttendanceSheet | None = None
    back_to: int | None = None


class Attendance:
    """Enters attendance."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def sheet(self, actor: Actor, lesson_id: LessonId) -> AttendanceSheet:
        """The grid of a lesson the actor teaches; no text is awaited any more."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            lesson = await access_lesson(uow, actor, lesson_id)
            ensure_record_open(lesson, PART, now)
            sheet = _sheet(lesson, await rows.sheet(uow, lesson.id))
            awaited = await drafts.text_awaited(uow, actor, now)
        if awaited:
            await drafts.leave(self._storage, actor, now)
        return sheet

    async def put(
        self,
        actor: Actor,
        lesson_id: LessonId,
        student_id: PersonId,
        code: AttendanceCode,
        seen: int,
        minutes_late: int | None = None,
    ) -> AttendancePut:
        """Enter one student's attendance after revision `seen`, in six statements; the family hears of an absence.

        `minutes_late`: by how much somebody was late, where it is said.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            done = await enter(uow, actor, lesson_id, student_id, code, seen, now, minutes_late)
            await items.put(uow, done.facts, now)
            sheet = _sheet(done.lesson, await rows.sheet(uow, lesson_id))
        return AttendancePut(done.outcome, sheet, done.student, code, done.rev, done.standing)

    async def confirm(self, actor: Actor, lesson_id: LessonId, seen: int) -> AttendanceConfirmed:
        """«Готово»: the attendance stands as marked; what was to wait for it goes now."""
        return await self._confirm(actor, lesson_id, seen, all_present=False)

    async def confirm_all_present(self, actor: Actor, lesson_id: LessonId, seen: int) -> AttendanceConfirmed:
        """«Все присутствуют»: confirms, unless somebody is marked absent or late: then the grid is to be looked at."""
        return await self._confirm(actor, lesson_id, seen, all_present=True)

    async def _confirm(self, actor: Actor, lesson_id: LessonId, seen: int, *, all_present: bool) -> AttendanceConfirmed:
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await access_lesson(uow, actor, lesson_id)
            ensure_record_open(lesson, PART, now)
            marked = await rows.sheet(uow, lesson.id, with_day=True)
            sheet = _sheet(lesson, marked)
            if all_present and not sheet.all_present:
                return AttendanceConfirmed(Outcome.CHANGED, None, sheet)
            if sheet.confirmed:
                return AttendanceConfirmed(Outcome.ALREADY, await card_of(uow, lesson, now, marked))
            fresh = sheet.rev == seen
            if not fresh or not await records.add(
                uow, lesson.id, PART, seen + 1, records.CONFIRMED, actor.person_id, now
            ):
                return await self._confirmed_meanwhile(uow, actor, lesson, now)
            await note_record(uow, actor, lesson, PART, seen + 1, now)
            await items.hasten(
                uow, lesson.id, ItemKind.ABSENCE, now + timedelta(seconds=lesson.regulation.absence_window_seconds)
            )
            lesson = await access_lesson(uow, actor, lesson_id)
            return AttendanceConfirmed(Outcome.SAVED, await card_of(uow, lesson, now, marked), back_to=seen)

    async def _confirmed_meanwhile(
        self, uow: Uow, actor: Actor, lesson: OwnLesson, now: datetime
    ) -> AttendanceConfirmed:
        lesson = await access_lesson(uow, actor, lesson.id)
        marked = await rows.sheet(uow, lesson.id, with_day=True)
        if marked.confirmed:
            return AttendanceConfirmed(Outcome.ALREADY, await card_of(uow, lesson, now, marked))
        return AttendanceConfirmed(Outcome.CHANGED, None, _sheet(lesson, marked))


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of one student's attendance; `facts` are to be put by whoever asked, all of a use case at once."""

    outcome: Outcome
    lesson: OwnLesson
    student: Named
    rev: int
    facts: Sequence[items.Fact] = ()
    standing: Standing | None = None


async def enter(
    uow: Uow,
    actor: Actor,
    lesson_id: LessonId,
    student_id: PersonId,
    code: AttendanceCode,
    seen: int,
    now: datetime,
    minutes_late: int | None = None,
) -> Entered:
    """Enter one student's attendance after revision `seen`, with its audit line.

    A reason that the homeroom teacher has set for the day, or has confirmed beforehand by an absence note, holds for a
    further absence as well.
    """
    tap, lesson = await _access(uow, actor, lesson_id, student_id, now)
    stands = tap.code is code and minutes_late in {None, tap.minutes_late}
    if not stands and tap.rev == seen:
        reason = _reason(tap) if code is AttendanceCode.ABSENT else None
        added = await rows.add(
            uow,
            lesson_id,
            student_id,
            seen + 1,
            code,
            actor.person_id,
            now,
            reason=reason,
            minutes_late=minutes_late,
        )
        if added:
            await _note(uow, actor, lesson, student_id, seen + 1, code, now)
            facts = _facts(lesson, tap, student_id, code, now)
            facts += await _promoted(uow, lesson, tap, student_id, code, now)
            return Entered(Outcome.SAVED, lesson, _name(tap, student_id), seen + 1, facts)
        tap, lesson = await _access(uow, actor, lesson_id, student_id, now)  # somebody was faster by a moment
    stands = tap.code is code and minutes_late in {None, tap.minutes_late}
    outcome = Outcome.ALREADY if stands else Outcome.CHANGED
    return Entered(outcome, lesson, _name(tap, student_id), tap.rev, standing=_standing(tap, lesson))


def _facts(
    lesson: OwnLesson, tap: AttendanceTap, student_id: PersonId, code: AttendanceCode, now: datetime
) -> list[items.Fact]:
    """What the family of a student is told of a changed attendance; only on the lesson's own day is it an alarm."""
    today = now < windows.day_end(lesson.row.on_date, lesson.zone)
    return news.absence_tapped(
        tap.recipients,
        lesson_id=lesson.id,
        student_id=student_id,
        code=code,
        alarm=today and rules.alarms(lesson.row.slot, tap.others, _reason(tap) is not None),
        knowing=_knowing(tap),
        confirmed=tap.confirmed,
        now=now,
        zone=lesson.zone,
        regulation=lesson.regulation,
    )


async def _promoted(
    uow: Uow, lesson: OwnLesson, tap: AttendanceTap, student_id: PersonId, code: AttendanceCode, now: datetime
) -> list[items.Fact]:
    """The alarm of an absence that had joined the one withdrawn now: told if none of the lessons it goes on in was."""
    today = now < windows.day_end(lesson.row.on_date, lesson.zone)
    if code is AttendanceCode.ABSENT or tap.code is not AttendanceCode.ABSENT or not today:
        return []
    slots = rules.left_behind(lesson.row.slot, tap.others)
    going_on = [one for one in sorted(tap.day, key=lambda one: one.slot) if one.slot in slots]
    if not going_on or any(one.reason for one in going_on) or _reason(tap) is not None:
        return []
    if await rows.is_alarmed(uow, student_id, [one.lesson_id for one in going_on]):
        return []
    return news.absence_tapped(
        tap.recipients,
        lesson_id=going_on[0].lesson_id,
        student_id=student_id,
        code=AttendanceCode.ABSENT,
        alarm=True,
        knowing=_knowing(tap),
        confirmed=going_on[0].confirmed,
        now=now,
        zone=lesson.zone,
        regulation=lesson.regulation,
    )


def _reason(tap: AttendanceTap) -> AbsenceReason | None:
    """Why the student is absent that day: what the homeroom teacher has set, else what a confirmed note says."""
    confirmed = (one.reason for one in tap.notes if one.state is NoteState.CONFIRMED)
    return tap.reason or next((notes.LETTERS[one] for one in confirmed), None)


def _knowing(tap: AttendanceTap) -> set[PersonId]:
    """Guardians who wrote that the student will not come, confirmed or not: what they know alarms nobody.

    The other guardian is alarmed until the homeroom teacher confirms (ours).
    """
    return {one.guardian_id for one in tap.notes}


async def _note(
    uow: Uow, actor: Actor, lesson: OwnLesson, student_id: PersonId, rev: int, code: AttendanceCode, now: datetime
) -> None:
    """The audit line; what is entered after the lesson's day is noted as late (О 2.5)."""
    await audit.note(
        uow,
        school_id=lesson.row.school_id,
        actor_id=actor.person_id,
        at=now,
        action="attendance_put",
        subject=f"attendance:{lesson.id}:{student_id}",
        detail={"rev": rev, "code": code.value, "late": windows.is_late(PART, lesson.span(), now, None)},
    )


async def _access(
    uow: Uow, actor: Actor, lesson_id: LessonId, student_id: PersonId, now: datetime
) -> tuple[AttendanceTap, OwnLesson]:
    """A student in a lesson the actor teaches. Raises NotFoundHere, NotYourLesson, NotInLesson and why it is closed."""
    today = now.astimezone(actor.zone).date()
    tap = await rows.for_tap(uow, lesson_id, student_id, actor.school_id, actor.person_id, today, in_turn=True)
    if tap is None:
        raise NotFoundHere
    lesson = own_lesson(tap.lesson, actor)
    ensure_record_open(lesson, PART, now)
    if not tap.seated:
        raise NotInLesson
    return tap, lesson


def _sheet(lesson: OwnLesson, sheet: Sheet) -> AttendanceSheet:
    students = [
        SeatedStudent(named(row), row.code, row.rev, row.minutes_late, row.expected_absent) for row in sheet.rows
    ]
    return AttendanceSheet(title_of(lesson), students, sheet.confirmed, sheet.rev)


def _name(tap: AttendanceTap, student_id: PersonId) -> Named:
    return Named(student_id, tap.last_name, tap.first_name, tap.middle_name)


def _standing(tap: AttendanceTap, lesson: OwnLesson) -> Standing | None:
    if tap.author is None or tap.entered_at is None:
        return None
    return Standing(tap.code.value, tap.author, tap.entered_at.astimezone(lesson.zone))
