"""Asking: column, student, value, reason, shown back, sent; and one's own requests.

What is chosen waits in a draft, so that the reason may be typed; nothing is asked before «Отправить запрос».
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services import drafts, words
from services.access import access_lesson, refusal_to_mark
from services.actor import Actor
from services.clock import Clock
from services.corrections import places, telling
from services.corrections.places import Column, MarkPlace
from services.corrections.reasons import Why, why
from services.corrections.refusals import (
    AlreadyAsked,
    NothingToCorrect,
    ReasonTooLong,
    RequestGone,
    YearClosed,
)
from services.corrections.views import RequestView, view_of
from services.errors import NotFoundHere
from services.lessons import LessonTitle, title_of
from services.marks import CORRECTABLE, MarkedStudent, sheet_of
from services.names import clean
from services.outbox import items
from services.records import NothingTyped
from services.rules import marks as rules
from services.rules.short_names import Named
from storage.repositories import audit, corrections, lessons
from storage.repositories import marks as mark_rows
from storage.repositories.corrections import NewRequest, RequestRow
from storage.repositories.marks import WorkRow
from storage.uow import Storage, Uow
from storage.vocabulary import (
    AttendanceCode,
    DraftPurpose,
    LessonId,
    PersonId,
    RequestId,
    RequestState,
    SubjectId,
    WorkKind,
)

LONGEST = 300
LISTED = 40
PURPOSE = DraftPurpose.CORRECTION


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """The lesson's columns, and the kinds of work for a new one that only a request can make."""

    title: LessonTitle
    works: Sequence[WorkRow]
    kinds: Sequence[tuple[WorkKind, int]]


@dataclass(frozen=True, slots=True)
class ColumnGrid:
    """The students of a column, made or not yet, with what stands."""

    title: LessonTitle
    column: Column
    students: Sequence[MarkedStudent]


@dataclass(frozen=True, slots=True)
class ValueChoice:
    """What may be wanted for a student; `value` stands there now (None: nothing)."""

    title: LessonTitle
    column: Column
    student: Named
    value: str | None
    scale: Sequence[str]


@dataclass(frozen=True, slots=True)
class RequestDraft:
    """A request being written; `reason` is «» until it is chosen or typed. `number` is on its buttons."""

    number: int
    column: Column
    view: RequestView


@dataclass(frozen=True, slots=True)
class RequestSent:
    """A request that awaits its decision; `told`: somebody who decides was written to."""

    view: RequestView
    told: bool


class Corrections:
    """Takes teachers' requests."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def columns(self, actor: Actor, lesson_id: LessonId) -> ColumnChoice:
        """Where a mark may be asked for. Raises what no request can help."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            lesson = await access_lesson(uow, actor, lesson_id)
            works = await mark_rows.works(uow, lesson.id)
        refusals = {kind: refusal_to_mark(lesson, kind, now) for kind in WorkKind}
        if lesson.row.year_closed:
            raise YearClosed
        hopeless = next((one for one in refusals.values() if one and not isinstance(one, CORRECTABLE)), None)
        if hopeless is not None:
            raise hopeless
        taken = {kind: sum(work.kind is kind for work in works) for kind in WorkKind}
        kinds = [(kind, taken[kind] + 1) for kind in WorkKind if refusals[kind] is not None]
        return ColumnChoice(title_of(lesson), works, kinds)

    async def students(self, actor: Actor, column: Column) -> ColumnGrid:
        """The students of a column. Raises what no request can help."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            lesson = await access_lesson(uow, actor, column.lesson_id)
            places.ensure_correctable(lesson, column.kind, now, takes_marks=lesson.takes_marks)
            sheet = await mark_rows.sheet(uow, lesson.id)
            places.ensure_column(sheet.works, column)
            seats = await lessons.seats(uow, lesson.id)
        work = next((one for one in sheet.works if (one.kind, one.ordinal) == (column.kind, column.ordinal)), None)
        if work is not None:
            return ColumnGrid(title_of(lesson), column, sheet_of(lesson, sheet, work.id).students)
        present = AttendanceCode.PRESENT
        named = [Named(one.student_id, one.last_name, one.first_name, one.middle_name) for one in seats]
        return ColumnGrid(title_of(lesson), column, [MarkedStudent(one, None, 0, present) for one in named])

    async def values(self, actor: Actor, column: Column, student_id: PersonId) -> ValueChoice:
        """What may be wanted for a student. Raises StillOpen, AlreadyAsked and what no request can help."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            place = await _askable(uow, actor, column, student_id, now)
        scale = place.lesson.regulation.scale
        return ValueChoice(title_of(place.lesson), column, place.student, place.value, scale)

    async def want(self, actor: Actor, column: Column, student_id: PersonId, value: str | None) -> RequestDraft:
        """Begin a request for a value (None: withdraw); its reason is awaited as a text."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            place = await _askable(uow, actor, column, student_id, now)
            if value is not None and not rules.in_scale(value, place.lesson.regulation):
                raise NotFoundHere
            if value == place.value:
                raise NothingToCorrect
            data = {
                "number": actor.seq or int(now.timestamp() * 1000),
                "lesson": int(column.lesson_id),
                "kind": column.kind.value,
                "ordinal": column.ordinal,
                "student": int(student_id),
                "wanted": value,
                "reason": "",
            }
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
            return _drafted(actor, data, place, now)

    async def choose_reason(self, actor: Actor, number: int, reason: Why) -> RequestDraft:
        """Take one of the usual reasons. Raises RequestGone."""
        return await self._reason(actor, number, why(reason))

    async def type_reason(self, actor: Actor, text: str) -> RequestDraft:
        """Take a typed reason; typed again, it is replaced. Raises NothingTyped, ReasonTooLong, RequestGone."""
        return await self._reason(actor, None, reason_of(text))

    async def _reason(self, actor: Actor, number: int | None, reason: str) -> RequestDraft:
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await _waiting(uow, actor, number, now)
            place = await _askable(uow, actor, _column(data), PersonId(data["student"]), now)
            # What is shown back is what will be sent: the revision that stands now.
            data = {**data, "reason": reason, "seen": place.rev, "former": place.value}
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
            return _drafted(actor, data, place, now)

    async def drop(self, actor: Actor, number: int) -> Column:
        """Forget a request being written. Raises RequestGone."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await _waiting(uow, actor, number, now)
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            return _column(data)

    async def send(self, actor: Actor, number: int) -> RequestSent:
        """Ask: the deputy heads are told. Raises RequestGone, AlreadyAsked and every refusal of `want`."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await _waiting(uow, actor, number, now)
            if not data["reason"]:
                raise RequestGone
            column, student_id = _column(data), PersonId(data["student"])
            place = await _askable(uow, actor, column, student_id, now)
            new = NewRequest(
                school_id=actor.school_id,
                target=column.target,
                lesson_id=column.lesson_id,
                class_id=place.class_id,
                subject_id=SubjectId(place.lesson.row.subject_id),
                student_id=student_id,
                seen=data["seen"],
                former=data["former"],
                wanted=data["wanted"],
                reason=data["reason"],
                asked_by=actor.person_id,
                asked_at=now,
            )
            added = await corrections.add(uow, new)
            row = await corrections.open_of_target(uow, actor.school_id, column.target, student_id)
            if not added or row is None:
                raise _already(row, actor)
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            await _note(uow, actor, row, "correction_asked", now)
            facts = await telling.asked(uow, actor, row, now)
            await items.put(uow, facts, now)
            return RequestSent(await view_of(uow, row, actor.zone, mine=True), told=bool(facts))

    async def own(self, actor: Actor) -> list[RequestView]:
        """The actor's requests, the newest first."""
        async with self._storage.reading() as uow:
            rows = await corrections.of_asker(uow, actor.school_id, actor.person_id, LISTED)
            return [await view_of(uow, row, actor.zone, mine=True) for row in rows]

    async def withdraw(self, actor: Actor, request_id: RequestId) -> RequestView:
        """Take an own request back while it is open; the deputy heads' letters say so."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await corrections.lock(uow, request_id)
            row = await corrections.find(uow, request_id, actor.school_id)
            if row is None or row.asked_by != actor.person_id:
                raise NotFoundHere
            if await corrections.close(uow, request_id, RequestState.WITHDRAWN, actor.person_id, now):
                await _note(uow, actor, row, "correction_withdrawn", now)
                await items.put(uow, await telling.ended(uow, actor, row, RequestState.WITHDRAWN, now), now)
            row = await corrections.find(uow, request_id, actor.school_id)
            assert row is not None, "requests are never deleted"
            return await view_of(uow, row, actor.zone, mine=True)


def reason_of(text: str) -> str:
    """A typed reason in one line. Raises NothingTyped, ReasonTooLong."""
    reason = clean(text)
    if not reason:
        raise NothingTyped
    if len(reason) > LONGEST:
        raise ReasonTooLong(length=len(reason), limit=LONGEST)
    return reason


async def _askable(uow: Uow, actor: Actor, column: Column, student_id: PersonId, now: datetime) -> MarkPlace:
    today = now.astimezone(actor.zone).date()
    place = await places.find(uow, actor.school_id, actor.person_id, column, student_id, today)
    places.ensure_own(place.lesson, actor)
    places.ensure_needs_request(place, now)
    standing = await corrections.open_of_target(uow, actor.school_id, column.target, student_id)
    if standing is not None:
        raise _already(standing, actor)
    return place


async def _waiting(uow: Uow, actor: Actor, number: int | None, now: datetime) -> dict[str, Any]:
    data = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now)
    if data is None or (number is not None and data["number"] != number):
        raise RequestGone
    return data


def _column(data: dict[str, Any]) -> Column:
    return Column(LessonId(data["lesson"]), WorkKind(data["kind"]), data["ordinal"])


def _already(row: RequestRow | None, actor: Actor) -> Exception:
    if row is None:
        return RequestGone()
    asked_on = row.asked_at.astimezone(actor.zone).date()
    return AlreadyAsked(asker=row.asker, wanted=words.mark(row.wanted), day=words.day_and_month(asked_on))


def _drafted(actor: Actor, data: dict[str, Any], place: MarkPlace, now: datetime) -> RequestDraft:
    row = place.lesson.row
    column = place.column
    audience = next(one for one in row.audiences if one.class_id == place.class_id)
    view = RequestView(
        id=None,
        class_name=audience.class_name,
        subject=row.subject,
        on_date=row.on_date,
        what=words.work_kind(column.kind, column.ordinal),
        student=place.student,
        seen=place.rev,
        former=place.value,
        wanted=data["wanted"],
        reason=data["reason"],
        asker="",
        asked_at=now.astimezone(actor.zone),
        lesson_id=row.id,
        mine=True,
    )
    return RequestDraft(data["number"], column, view)


async def _note(uow: Uow, actor: Actor, row: RequestRow, action: str, now: datetime) -> None:
    await audit.note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action=action,
        subject=f"request:{row.id}",
        detail={"target": row.target, "student": int(row.student_id), "seen": row.seen, "wanted": row.wanted},
    )
