"""Deciding: the deputy head sees what stands and what is wanted, approves, or declines with a reason (В 4.6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services import drafts, finals
from services.access import NotInLesson
from services.actor import Actor
from services.assignments import CONTROLLING, NotYourOffice
from services.changes import Outcome, Standing
from services.clock import Clock
from services.corrections import places, telling
from services.corrections.asking import reason_of
from services.corrections.places import Column, MarkPlace
from services.corrections.reasons import WhyNot, why_not
from services.corrections.refusals import AskerGone, NothingToCorrect, OwnRequest, RequestGone
from services.corrections.views import RequestView, view_of
from services.errors import NotFoundHere, NotYourLesson
from services.marks import facts_of, standing_of
from services.outbox import items
from services.outbox.items import Fact
from services.outbox.transport import Reachable
from storage.repositories import assignments as assigned
from storage.repositories import audit, corrections
from storage.repositories import marks as mark_rows
from storage.repositories.corrections import RequestRow
from storage.uow import Storage, Uow
from storage.vocabulary import STAFF_ROLES, DraftPurpose, RequestId, RequestState

PURPOSE = DraftPurpose.DECISION


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision.

    SAVED: it stands. ALREADY: somebody had decided, or the asker withdrew, before; `view` says what. CHANGED: the mark
    is no longer what the asker saw; nothing was written, `standing` (None: nothing) and `rev` say what it is now.
    """

    outcome: Outcome
    view: RequestView
    standing: Standing | None = None
    rev: int = 0


class Decisions:
    """Shows requests and decides them."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def waiting(self, actor: Actor) -> Sequence[RequestView]:
        """What awaits a decision, the oldest first. Raises NotYourOffice."""
        if not actor.roles & CONTROLLING:
            raise NotYourOffice
        now = self._clock.now()
        async with self._storage.reading() as uow:
            rows = await corrections.open_of_school(uow, actor.school_id)
            return [await self._view(uow, actor, row, now) for row in rows]

    async def open(self, actor: Actor, request_id: RequestId) -> RequestView:
        """A request, to its asker and to those who see every journal. Raises NotFoundHere."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            row = await corrections.find(uow, request_id, actor.school_id)
            if row is None or not (row.asked_by == actor.person_id or actor.roles & CONTROLLING):
                raise NotFoundHere
            return await self._view(uow, actor, row, now)

    async def view_in(self, uow: Uow, recipient: Reachable, request_id: RequestId, now: datetime) -> RequestView | None:
        """A request as its letter shows it; None where the reader has no part in it any more."""
        row = await corrections.find(uow, request_id, recipient.school_id)
        if row is None:
            return None
        if row.asked_by == recipient.person_id:
            return await view_of(uow, row, recipient.zone, mine=True)
        today = now.astimezone(recipient.zone).date()
        own = await corrections.roles_of(uow, recipient.person_id, today)
        decides = bool(own & telling.deciding_roles(await corrections.roles_of(uow, row.asked_by, today)))
        return await view_of(uow, row, recipient.zone, decides=True) if decides else None

    async def approve(self, actor: Actor, request_id: RequestId, seen: int) -> Decided:
        """Approve what was asked of the mark's revision `seen`: a new revision supersedes it, the family is told once.

        Raises NotFoundHere, NotYourOffice, OwnRequest, AskerGone, NothingToCorrect, and what no request can help.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._to_decide(uow, actor, request_id, now)
            if row.state is not RequestState.OPEN:
                return Decided(Outcome.ALREADY, await self._view(uow, actor, row, now))
            await _ensure_asker(uow, row, now, actor)
            if Column.parse(row.target) is None:
                facts = await finals.correct(uow, replace(actor, person_id=row.asked_by), row, now)
            else:
                place = await _place(uow, row, now, actor)
                if place.value == row.wanted:
                    raise NothingToCorrect
                if place.rev != seen:
                    return await self._stale(uow, actor, row, place, now)
                written = await _supersede(uow, actor, row, place, now)
                if written is None:  # somebody was faster by a moment
                    place = await _place(uow, row, now, actor)
                    return await self._stale(uow, actor, row, place, now)
                facts = written
            return await self._close(uow, actor, row, RequestState.APPROVED, "", facts, now)

    async def ask_why(self, actor: Actor, request_id: RequestId) -> RequestView:
        """Await the reason to decline. A request that is decided is shown as it stands, and nothing is awaited."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await self._to_decide(uow, actor, request_id, now)
            if row.state is RequestState.OPEN:
                data = {"request": int(request_id)}
                await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
            return await self._view(uow, actor, row, now)

    async def decline(self, actor: Actor, request_id: RequestId, reason: WhyNot) -> Decided:
        """Decline for one of the usual reasons."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await drafts.take(uow, actor.bot_id, actor.user_id, PURPOSE, now)
            return await self._decline(uow, actor, request_id, why_not(reason), now)

    async def type_decline(self, actor: Actor, text: str) -> Decided:
        """Decline for a typed reason. Raises NothingTyped, ReasonTooLong, RequestGone."""
        reason = reason_of(text)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.take(uow, actor.bot_id, actor.user_id, PURPOSE, now)
            if data is None:
                raise RequestGone
            return await self._decline(uow, actor, RequestId(data["request"]), reason, now)

    async def _decline(self, uow: Uow, actor: Actor, request_id: RequestId, reason: str, now: datetime) -> Decided:
        row = await self._to_decide(uow, actor, request_id, now)
        if row.state is not RequestState.OPEN:
            return Decided(Outcome.ALREADY, await self._view(uow, actor, row, now))
        return await self._close(uow, actor, row, RequestState.DECLINED, reason, [], now)

    async def _to_decide(self, uow: Uow, actor: Actor, request_id: RequestId, now: datetime) -> RequestRow:
        """The request, locked: of two who decide at once the later finds it decided."""
        await corrections.lock(uow, request_id)
        row = await corrections.find(uow, request_id, actor.school_id)
        if row is None:
            raise NotFoundHere
        if row.asked_by == actor.person_id:
            raise OwnRequest
        if not await _decides(uow, actor, row, now):
            raise NotYourOffice
        return row

    async def _close(
        self,
        uow: Uow,
        actor: Actor,
        row: RequestRow,
        state: RequestState,
        reason: str,
        facts: Sequence[Fact],
        now: datetime,
    ) -> Decided:
        closed = await corrections.close(uow, row.id, state, actor.person_id, now, reason)
        assert closed, "the request was locked while it was open"
        await audit.note(
            uow,
            school_id=actor.school_id,
            actor_id=actor.person_id,
            at=now,
            action=f"correction_{state.value}",
            subject=f"request:{row.id}",
            detail={"target": row.target, "student": int(row.student_id), "wanted": row.wanted},
        )
        told = await telling.ended(uow, actor, row, state, now)
        await items.put(uow, [*facts, *told], now)
        ended = await corrections.find(uow, row.id, actor.school_id)
        assert ended is not None, "requests are never deleted"
        return Decided(Outcome.SAVED, await self._view(uow, actor, ended, now))

    async def _stale(self, uow: Uow, actor: Actor, row: RequestRow, place: MarkPlace, now: datetime) -> Decided:
        standing = None if place.tap is None else standing_of(place.tap, place.lesson.zone)
        return Decided(Outcome.CHANGED, await self._view(uow, actor, row, now), standing, place.rev)

    async def _view(self, uow: Uow, actor: Actor, row: RequestRow, now: datetime) -> RequestView:
        mine = row.asked_by == actor.person_id
        decides = not mine and await _decides(uow, actor, row, now)
        return await view_of(uow, row, actor.zone, mine=mine, decides=decides)


async def _decides(uow: Uow, actor: Actor, row: RequestRow, now: datetime) -> bool:
    today = now.astimezone(actor.zone).date()
    return bool(actor.roles & telling.deciding_roles(await corrections.roles_of(uow, row.asked_by, today)))


async def _ensure_asker(uow: Uow, row: RequestRow, now: datetime, actor: Actor) -> None:
    """Raises AskerGone for somebody who has left the staff, or no longer has the subject a term mark is of."""
    today = now.astimezone(actor.zone).date()
    if not await corrections.roles_of(uow, row.asked_by, today) & STAFF_ROLES:
        raise AskerGone(asker=row.asker)
    if row.lesson_id is None:
        taught = await assigned.of_teacher(uow, row.school_id, row.asked_by, today)
        if not any((one.class_id, one.subject_id) == (row.class_id, row.subject_id) for one in taught):
            raise AskerGone(asker=row.asker)


async def _place(uow: Uow, row: RequestRow, now: datetime, actor: Actor) -> MarkPlace:
    """Where the asker would enter the mark. Raises AskerGone and what no request can help."""
    today = now.astimezone(actor.zone).date()
    column = Column.parse(row.target)
    assert column is not None, "a request about a lesson's mark"
    try:
        place = await places.find(uow, row.school_id, row.asked_by, column, row.student_id, today)
    except NotYourLesson as gone:
        raise AskerGone(asker=row.asker) from gone
    places.ensure_correctable(place.lesson, column.kind, now, takes_marks=place.takes_marks)
    return place


async def _supersede(uow: Uow, actor: Actor, row: RequestRow, place: MarkPlace, now: datetime) -> list[Fact] | None:
    """Add the wanted revision after the one that stands, entered for the asker; None where one came between.

    The deputy head enters no marks (В 4.6): the row names the teacher, and the request the decision.
    """
    column, today = place.column, now.astimezone(actor.zone).date()
    work_id = place.work_id
    if work_id is None:
        await mark_rows.add_work(uow, column.lesson_id, column.kind, column.ordinal, row.asked_by, now)
        works = await mark_rows.works(uow, column.lesson_id)
        work_id = next(one.id for one in works if (one.kind, one.ordinal) == (column.kind, column.ordinal))
    tap = await mark_rows.for_tap(uow, work_id, row.student_id, row.school_id, row.asked_by, today)
    if tap is None or not tap.seated:
        raise NotInLesson
    comment = tap.comment if tap.value is not None else ""
    rev = place.rev + 1
    added = await mark_rows.add(
        uow, work_id, row.student_id, rev, row.wanted, row.asked_by, now, comment=comment, request_id=row.id
    )
    if not added:
        return None
    await audit.note(
        uow,
        school_id=row.school_id,
        actor_id=actor.person_id,
        at=now,
        action="mark_corrected",
        subject=f"mark:{work_id}:{row.student_id}",
        detail={"rev": rev, "value": row.wanted, "request": int(row.id)},
    )
    told = await corrections.told_of_mark(uow, place.lesson.id, work_id, row.student_id)
    return facts_of(place.lesson, tap, row.student_id, row.wanted, comment, now, told)
