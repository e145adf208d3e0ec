"""Marks: a lesson's columns and what stands in them (О 2.5, 2.6; М ж)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services import drafts, words
from services.access import (
    MarkDayOver,
    NotInLesson,
    OwnLesson,
    TermClosed,
    WrittenWorkOver,
    access_lesson,
    ensure_marks_open,
    own_lesson,
    refusal_to_mark,
)
from services.actor import Actor
from services.changes import Outcome, Standing
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.lessons import LessonTitle, title_of
from services.letters import news
from services.outbox import items
from services.rules import clocks
from services.rules import marks as rules
from services.rules.marks import Verdict
from services.rules.short_names import Named
from storage.repositories import audit
from storage.repositories import marks as rows
from storage.repositories.marks import MarkTap, Sheet, WorkRow
from storage.uow import Storage, Uow
from storage.vocabulary import AttendanceCode, LessonId, PersonId, WorkId, WorkKind


class UndoOver(SchoolError):
    """The time to replace or withdraw a mark is over (М ж)."""

    sentence = N_(
        "{name} has {value} ({author}, {day} at {hour}). A mark can be changed for {minutes} min ({clause}). "
        "A correction goes through the deputy head."
    )


CORRECTABLE = (UndoOver, MarkDayOver, WrittenWorkOver, TermClosed)  # refusals that a request is the way out of


@dataclass(frozen=True, slots=True)
class MarkedStudent:
    """A student in a column's grid, with the mark that stands (None: none), its revision and the attendance."""

    name: Named
    value: str | None
    rev: int
    attendance: AttendanceCode


@dataclass(frozen=True, slots=True)
class MarkSheet:
    """The grid of one column; `works` are all columns of the lesson in the order they were made.

    `checkable`: the work is a written one; `checked_at` in school time; `clause` names its clock.
    """

    title: LessonTitle
    work: WorkRow
    works: Sequence[WorkRow]
    students: Sequence[MarkedStudent]
    checkable: bool
    checked_at: datetime | None
    clause: str


@dataclass(frozen=True, slots=True)
class KindChoice:
    """The columns there are, and the kinds of work a new one may have now, each with its ordinal.

    `over`: the days of other kinds are over, and marks of them are for the asking.
    """

    title: LessonTitle
    works: Sequence[WorkRow]
    kinds: Sequence[tuple[WorkKind, int]]
    over: bool = False


@dataclass(frozen=True, slots=True)
class MarkChoice:
    """The marks to choose from for one student; `until` (school time): till when the one that stands may change."""

    title: LessonTitle
    work: WorkRow
    student: Named
    value: str | None
    comment: str
    rev: int
    scale: Sequence[str]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MarkPut:
    """What became of a tap on a mark.

    `value` is what was wanted (None: withdrawn), `rev` the newest revision now, `former` what stood before and what
    «Отменить» puts back, for SAVED; `standing` is for CHANGED.
    """

    outcome: Outcome
    sheet: MarkSheet
    student: Named
    value: str | None
    rev: int
    former: str | None = None
    standing: Standing | None = None


class Marks:
    """Enters marks."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def open(self, actor: Actor, lesson_id: LessonId) -> MarkSheet | KindChoice:
        """The lesson's newest column; the kinds of work where it has none. No text is awaited any more."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            lesson = await access_lesson(uow, actor, lesson_id)
            sheet = await rows.sheet(uow, lesson.id)
            awaited = await drafts.text_awaited(uow, actor, now)
        if awaited:
            await drafts.leave(self._storage, actor, now)
        if not sheet.works:
            return self._kinds(lesson, sheet.works)
        return sheet_of(lesson, sheet, sheet.works[-1].id)

    async def choose_kind(self, actor: Actor, lesson_id: LessonId) -> KindChoice:
        """The lesson's columns and the kinds of work for another."""
        async with self._storage.reading() as uow:
            lesson = await access_lesson(uow, actor, lesson_id)
            works = await rows.works(uow, lesson.id)
        return self._kinds(lesson, works)

    def _kinds(self, lesson: OwnLesson, works: Sequence[WorkRow]) -> KindChoice:
        now = self._clock.now()
        taken = {kind: sum(work.kind is kind for work in works) for kind in WorkKind}
        refusals = {kind: refusal_to_mark(lesson, kind, now) for kind in WorkKind}
        kinds = [(kind, taken[kind] + 1) for kind in WorkKind if refusals[kind] is None]
        if not kinds and not works:
            ensure_marks_open(lesson, WorkKind.ANSWER, now)
        return KindChoice(
            title_of(lesson), works, kinds, over=any(isinstance(one, CORRECTABLE) for one in refusals.values())
        )

    async def add_work(self, actor: Actor, lesson_id: LessonId, kind: WorkKind, ordinal: int) -> MarkSheet:
        """The column of a kind with this ordinal, made if it isn't there: pressed twice, it is one column."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await access_lesson(uow, actor, lesson_id)
            work_id = await work_of(uow, actor, lesson, kind, ordinal, now)
            return sheet_of(lesson, await rows.sheet(uow, lesson.id), work_id)

    async def sheet(self, actor: Actor, work_id: WorkId) -> MarkSheet:
        """The grid of a column of a lesson the actor teaches."""
        async with self._storage.reading() as uow:
            lesson_id = await rows.lesson_of_work(uow, work_id)
            if lesson_id is None:
                raise NotFoundHere
            lesson = await access_lesson(uow, actor, lesson_id)
            return sheet_of(lesson, await rows.sheet(uow, lesson.id), work_id)

    async def column(self, actor: Actor, work_id: WorkId) -> dict[str, Any]:
        """A column by its name, as requests name it: lesson, kind, ordinal. Raises NotFoundHere, NotYourLesson."""
        sheet = await self.sheet(actor, work_id)
        return {"lesson": sheet.title.lesson_id, "kind": sheet.work.kind, "ordinal": sheet.work.ordinal}

    async def choose(self, actor: Actor, work_id: WorkId, student_id: PersonId) -> MarkChoice:
        """What may be put for a student; refuses where nothing may. No text is awaited any more."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            tap, lesson = await access_mark(uow, actor, work_id, student_id, now)
            awaited = await drafts.text_awaited(uow, actor, now)
        if awaited:
            await drafts.leave(self._storage, actor, now)
        until = _until(tap, lesson)
        if until is not None and now >= until:
            raise undo_over(tap, lesson)
        local = None if until is None else until.astimezone(lesson.zone)
        scale = lesson.regulation.scale
        return MarkChoice(
            title_of(lesson),
            tap.work,
            Named(student_id, tap.last_name, tap.first_name, tap.middle_name),
            tap.value,
            tap.comment if tap.value is not None else "",
            tap.rev,
            scale,
            local,
        )

    async def put(self, actor: Actor, work_id: WorkId, student_id: PersonId, value: str | None, seen: int) -> MarkPut:
        """Put a mark after revision `seen`, or withdraw it (value None), in six statements; the family is told.

        Raises UndoOver where a mark stands that may not change any more, and every refusal of the door.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            done = await enter(uow, actor, work_id, student_id, value, seen, now)
            await items.put(uow, done.facts, now)
            sheet = sheet_of(done.lesson, await rows.sheet(uow, done.lesson.id), work_id)
        return MarkPut(done.outcome, sheet, done.student, value, done.rev, done.former, done.standing)


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of one mark; `facts` are to be put by whoever asked, all of a use case at once."""

    outcome: Outcome
    lesson: OwnLesson
    student: Named
    rev: int
    former: str | None = None
    facts: Sequence[items.Fact] = ()
    standing: Standing | None = None


async def enter(
    uow: Uow, actor: Actor, work_id: WorkId, student_id: PersonId, value: str | None, seen: int, now: datetime
) -> Entered:
    """Put or withdraw one mark after revision `seen`, with its audit line. Raises what Marks.put raises."""
    tap, lesson = await access_mark(uow, actor, work_id, student_id, now)
    if value is not None and not rules.in_scale(value, lesson.regulation):
        raise NotFoundHere
    student = Named(student_id, tap.last_name, tap.first_name, tap.middle_name)
    verdict = _judge(tap, lesson, value, seen, now)
    if verdict is Verdict.PUT:
        comment = _kept_comment(tap, lesson, now)
        if await rows.add(uow, work_id, student_id, seen + 1, value, actor.person_id, now, comment=comment):
            await _note(uow, actor, lesson, tap, student_id, seen + 1, value, now)
            facts = facts_of(lesson, tap, student_id, value, comment, now)
            return Entered(Outcome.SAVED, lesson, student, seen + 1, tap.value, facts)
        tap, lesson = await access_mark(uow, actor, work_id, student_id, now)  # somebody was faster by a moment
        verdict = _judge(tap, lesson, value, seen, now)
    if verdict is Verdict.UNDO_OVER:
        raise undo_over(tap, lesson)
    outcome = Outcome.ALREADY if verdict is Verdict.ALREADY else Outcome.CHANGED
    return Entered(outcome, lesson, student, tap.rev, standing=standing_of(tap, lesson.zone))


async def work_of(uow: Uow, actor: Actor, lesson: OwnLesson, kind: WorkKind, ordinal: int, now: datetime) -> WorkId:
    """The id of a lesson's column, made if it isn't there and its window is open. Raises why it isn't."""
    works = await rows.works(uow, lesson.id)
    found = next((work.id for work in works if (work.kind, work.ordinal) == (kind, ordinal)), None)
    if found is not None:
        return found
    ensure_marks_open(lesson, kind, now)
    if ordinal > sum(work.kind is kind for work in works) + 1:
        raise NotFoundHere
    await rows.add_work(uow, lesson.id, kind, ordinal, actor.person_id, now)
    works = await rows.works(uow, lesson.id)
    return next(work.id for work in works if (work.kind, work.ordinal) == (kind, ordinal))


def _kept_comment(tap: MarkTap, lesson: OwnLesson, now: datetime) -> str:
    """A replaced mark keeps its comment, and so does one that «Отменить» puts back after a withdrawal."""
    undone = tap.entered_at is not None and now < clocks.undo_until(tap.entered_at, lesson.regulation)
    return tap.comment if tap.value is not None or undone else ""


def facts_of(
    lesson: OwnLesson,
    tap: MarkTap,
    student_id: PersonId,
    value: str | None,
    comment: str,
    now: datetime,
    told: Collection[PersonId] = (),
) -> list[items.Fact]:
    """What the family is told of a mark's new revision; `told`: of a corrected one, who had heard of it."""
    return news.mark_changed(
        tap.recipients,
        lesson_id=lesson.id,
        work_id=tap.work.id,
        student_id=student_id,
        value=news.with_comment(value, comment),
        now=now,
        zone=lesson.zone,
        regulation=lesson.regulation,
        told=told,
    )


async def _note(
    uow: Uow,
    actor: Actor,
    lesson: OwnLesson,
    tap: MarkTap,
    student_id: PersonId,
    rev: int,
    value: str | None,
    now: datetime,
) -> None:
    await audit.note(
        uow,
        school_id=lesson.row.school_id,
        actor_id=actor.person_id,
        at=now,
        action="mark_put" if value is not None else "mark_withdrawn",
        subject=f"mark:{tap.work.id}:{student_id}",
        detail={"rev": rev, "value": value},
    )


async def access_mark(
    uow: Uow, actor: Actor, work_id: WorkId, student_id: PersonId, now: datetime
) -> tuple[MarkTap, OwnLesson]:
    """A student in a column of a lesson the actor teaches, with the window open for it.

    Raises NotFoundHere, NotYourLesson, NotInLesson and why the window is closed.
    """
    today = now.astimezone(actor.zone).date()
    tap = await rows.for_tap(uow, work_id, student_id, actor.school_id, actor.person_id, today)
    if tap is None:
        raise NotFoundHere
    lesson = own_lesson(tap.lesson, actor)
    if not tap.seated:
        raise NotInLesson
    takes_marks = lesson.regulation.takes_marks(tap.level, tap.short_stay)
    ensure_marks_open(lesson, tap.work.kind, now, takes_marks=takes_marks)
    return tap, lesson


def _judge(tap: MarkTap, lesson: OwnLesson, value: str | None, seen: int, now: datetime) -> Verdict:
    return rules.judge(
        wanted=value,
        seen=seen,
        current=tap.value,
        rev=tap.rev,
        first_entered_at=tap.first_entered_at,
        now=now,
        regulation=lesson.regulation,
    )


def _until(tap: MarkTap, lesson: OwnLesson) -> datetime | None:
    if tap.first_entered_at is None:
        return None
    return clocks.undo_until(tap.first_entered_at, lesson.regulation)


def undo_over(tap: MarkTap, lesson: OwnLesson) -> UndoOver:
    """The refusal that says what stands, by whom, and till when it could change."""
    entered_at = (tap.entered_at or lesson.row.starts_at).astimezone(lesson.zone)
    return UndoOver(
        name=Named(0, tap.last_name, tap.first_name).usual,
        value=tap.value,
        author=tap.author,
        day=words.day_and_month(entered_at.date()),
        hour=words.hour(entered_at, lesson.zone),
        minutes=lesson.regulation.undo_minutes,
        clause=lesson.regulation.clauses["late_marks"],
    )


def standing_of(tap: MarkTap, zone: ZoneInfo) -> Standing | None:
    """What stands in a mark's place, by whom and when."""
    if tap.author is None or tap.entered_at is None:
        return None
    return Standing(tap.value, tap.author, tap.entered_at.astimezone(zone))


def sheet_of(lesson: OwnLesson, sheet: Sheet, work_id: WorkId) -> MarkSheet:
    """A column's grid. Raises NotFoundHere."""
    work = next((one for one in sheet.works if one.id == work_id), None)
    if work is None:  # the lesson has lost its students, and with them the sheet's rows
        raise NotFoundHere
    students = [
        MarkedStudent(
            Named(row.student_id, row.last_name, row.first_name, row.middle_name),
            row.marks[work_id].value,
            row.marks[work_id].rev,
            row.attendance,
        )
        for row in sheet.rows
    ]
    checked_at = None if work.checked_at is None else work.checked_at.astimezone(lesson.zone)
    checkable = lesson.regulation.days_to_mark(work.kind) > 0
    return MarkSheet(
        title_of(lesson), work, sheet.works, students, checkable, checked_at, lesson.regulation.clauses["written_work"]
    )
