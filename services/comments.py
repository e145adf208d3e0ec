"""Comments on marks: typed by the teacher in the mark's undo time, told to the family with the mark (product §3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services import drafts
from services.actor import Actor
from services.changes import Outcome
from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from services.lessons import LessonTitle, title_of
from services.marks import Entered, MarkPut, access_mark, facts_of, sheet_of, standing_of, undo_over
from services.names import clean
from services.outbox import items
from services.records import NothingAwaited, NothingTyped
from services.rules import clocks
from services.rules import marks as rules
from services.rules.marks import Verdict
from services.rules.regulation import Regulation
from services.rules.short_names import Named
from storage.repositories import audit
from storage.repositories import marks as rows
from storage.repositories.marks import MarkTap, WorkRow
from storage.uow import Storage, Uow
from storage.vocabulary import DraftPurpose, PersonId, WorkId

LONGEST = 300
PURPOSE = DraftPurpose.MARK_COMMENT


class NoMarkToComment(SchoolError):
    """A comment belongs to a mark."""

    sentence = N_("There is no mark here to comment on. Put the mark first.")


class CommentTooLong(SchoolError):
    """A comment is read on a phone."""

    sentence = N_("The comment has {length} characters, at most {limit} fit. Shorten it and send it again.")


@dataclass(frozen=True, slots=True)
class CommentAsked:
    """The mark a comment is awaited for, and the comment that stands («» none); `until` in school time."""

    title: LessonTitle
    work: WorkRow
    student: Named
    value: str
    comment: str
    rev: int
    until: datetime


@dataclass(frozen=True, slots=True)
class CommentPut:
    """What became of a comment (what was wanted; «» none): the grid with the mark, and the page it came from."""

    put: MarkPut
    comment: str
    page: int


class Comments:
    """Takes comments on marks."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def ask(self, actor: Actor, work_id: WorkId, student_id: PersonId, page: int) -> CommentAsked:
        """Await a comment on the mark that stands. Raises NoMarkToComment, UndoOver and every refusal of the door."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            tap, lesson = await access_mark(uow, actor, work_id, student_id, now)
            if tap.value is None or tap.first_entered_at is None:
                raise NoMarkToComment
            until = clocks.undo_until(tap.first_entered_at, lesson.regulation)
            if now >= until:
                raise undo_over(tap, lesson)
            data = {"work": int(work_id), "student": int(student_id), "seen": tap.rev, "page": page}
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
            return CommentAsked(
                title_of(lesson),
                tap.work,
                _named(student_id, tap),
                tap.value,
                tap.comment,
                tap.rev,
                until.astimezone(lesson.zone),
            )

    async def put_typed(self, actor: Actor, text: str) -> CommentPut:
        """The text that is awaited. Where somebody was faster it stays awaited, with the version now seen."""
        comment = clean(text)
        if not comment:
            raise NothingTyped
        if len(comment) > LONGEST:
            raise CommentTooLong(length=len(comment), limit=LONGEST)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.take(uow, actor.bot_id, actor.user_id, PURPOSE, now)
            if data is None:
                raise NothingAwaited
            put = await _put(uow, actor, data, comment, now)
            if put.put.outcome is Outcome.CHANGED:
                again = {**data, "seen": put.put.rev}
                await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, again, now)
            return put

    async def remove(self, actor: Actor, work_id: WorkId, student_id: PersonId, seen: int, page: int) -> CommentPut:
        """Take a mark's comment away; no text is awaited any more."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await drafts.take(uow, actor.bot_id, actor.user_id, PURPOSE, now)
            data = {"work": int(work_id), "student": int(student_id), "seen": seen, "page": page}
            return await _put(uow, actor, data, "", now)


async def _put(uow: Uow, actor: Actor, data: dict[str, Any], comment: str, now: datetime) -> CommentPut:
    work_id = WorkId(data["work"])
    entered = await _enter(uow, actor, work_id, PersonId(data["student"]), comment, data["seen"], now)
    await items.put(uow, entered.facts, now)
    sheet = sheet_of(entered.lesson, await rows.sheet(uow, entered.lesson.id), work_id)
    value = next((one.value for one in sheet.students if one.name.id == entered.student.id), None)
    put = MarkPut(entered.outcome, sheet, entered.student, value, entered.rev, standing=entered.standing)
    return CommentPut(put, comment, data["page"])


async def _enter(
    uow: Uow, actor: Actor, work_id: WorkId, student_id: PersonId, comment: str, seen: int, now: datetime
) -> Entered:
    """A comment as a new revision of its mark, by the rule of marks: after revision `seen`, in the undo time."""
    tap, lesson = await access_mark(uow, actor, work_id, student_id, now)
    verdict = _judge(tap, comment, seen, lesson.regulation, now)
    student = _named(student_id, tap)
    if verdict is Verdict.PUT:
        if await rows.add(uow, work_id, student_id, seen + 1, tap.value, actor.person_id, now, comment=comment):
            await audit.note(
                uow,
                school_id=lesson.row.school_id,
                actor_id=actor.person_id,
                at=now,
                action="mark_commented" if comment else "mark_comment_removed",
                subject=f"mark:{work_id}:{student_id}",
                detail={"rev": seen + 1, "value": tap.value},
            )
            facts = facts_of(lesson, tap, student_id, tap.value, comment, now)
            return Entered(Outcome.SAVED, lesson, student, seen + 1, tap.value, facts)
        tap, lesson = await access_mark(uow, actor, work_id, student_id, now)  # somebody was faster by a moment
        verdict = _judge(tap, comment, seen, lesson.regulation, now)
    if verdict is Verdict.UNDO_OVER:
        raise undo_over(tap, lesson)
    outcome = Outcome.ALREADY if verdict is Verdict.ALREADY else Outcome.CHANGED
    return Entered(outcome, lesson, student, tap.rev, standing=standing_of(tap, lesson.zone))


def _judge(tap: MarkTap, comment: str, seen: int, regulation: Regulation, now: datetime) -> Verdict:
    if tap.value is None:
        raise NoMarkToComment
    return rules.judge(
        wanted=comment,
        seen=seen,
        current=tap.comment,
        rev=tap.rev,
        first_entered_at=tap.first_entered_at,
        now=now,
        regulation=regulation,
    )


def _named(student_id: PersonId, tap: MarkTap) -> Named:
    return Named(student_id, tap.last_name, tap.first_name, tap.middle_name)
