"""Absences of employees: while one lasts nothing is reminded of, and its days ask what becomes of the lessons."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services import drafts
from services.actor import Actor
from services.arrangements import arranged, day_table
from services.assignments import ensure_arranges
from services.changes import Outcome
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.rules.short_names import Named
from services.substitutions import finding
from services.substitutions.views import Leave, NotOnTheStaff
from storage.repositories import arrangements as rows
from storage.repositories import staff_leave
from storage.repositories.audit import note
from storage.repositories.staff_leave import LeaveRow
from storage.uow import Storage, Uow
from storage.vocabulary import DraftPurpose, LeaveKind, PersonId

DAYS_SHOWN = 8
LONGEST = timedelta(days=366)
LOOKED_THROUGH = 28  # days with lessons are looked for so far ahead: so far they are laid out
_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}))?")


class LeaveEndsBeforeItBegins(SchoolError):
    """An absence has at least one day, and at most a year."""

    sentence = N_("Its last day comes before its first, or more than a year later. Choose the days anew.")


class NoDateFound(SchoolError):
    """The typed text holds no date."""

    sentence = N_("Write the last day of the absence: 20.11 or 20.11.2026.")


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day of an absence: its lessons, and how many of them nobody gives."""

    on_date: date
    lessons: int
    uncovered: int


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """An employee's absence that isn't over."""

    person: Named
    leave: Leave


@dataclass(frozen=True, slots=True)
class Leaves:
    """Everybody's absences that are not over."""

    today: date
    lines: Sequence[LeaveLine]


@dataclass(frozen=True, slots=True)
class PersonLeave:
    """One employee: absences that are not over, and the days of them that have lessons, the nearest first."""

    person: Named
    today: date
    leaves: Sequence[Leave]
    days: Sequence[DayOff]


@dataclass(frozen=True, slots=True)
class UntilAsked:
    """Till when somebody is away; a typed last day is awaited."""

    person: Named
    today: date
    kind: LeaveKind
    since_on: date


@dataclass(frozen=True, slots=True)
class LeavePut:
    """What became of a tap, with the person as they stand."""

    outcome: Outcome
    view: PersonLeave


class StaffLeaves:
    """Enters who is away."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def everybody(self, actor: Actor) -> Leaves:
        """The absences of the school that are not over."""
        ensure_arranges(actor)
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            found = await staff_leave.not_over(uow, actor.school_id, today)
            people = {one: await finding.person(uow, actor, one) for one in {row.person_id for row in found}}
        return Leaves(today, [LeaveLine(people[row.person_id], _leave(row)) for row in found])

    async def person(self, actor: Actor, person_id: PersonId) -> PersonLeave:
        """One employee's absences, and «Что с уроками?»."""
        ensure_arranges(actor)
        async with self._storage.reading() as uow:
            return await _view(uow, actor, person_id, self._clock.now())

    async def ask_until(self, actor: Actor, person_id: PersonId, kind: LeaveKind, since_on: date) -> UntilAsked:
        """Till when? A typed last day is awaited."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            person = await finding.person(uow, actor, person_id)
            data = {"ask": "until", "person": int(person_id), "kind": kind.value, "since": since_on.isoformat()}
            await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.ARRANGEMENT, data, now)
        return UntilAsked(person, now.astimezone(actor.zone).date(), kind, since_on)

    async def put(
        self, actor: Actor, person_id: PersonId, kind: LeaveKind, since_on: date, until_on: date | None
    ) -> LeavePut:
        """Somebody is away from `since_on`; `until_on` is the first day back, None while nobody knows.

        An absence that overlaps gives way on the days they share. Raises LeaveEndsBeforeItBegins, NotOnTheStaff.
        """
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            return await _put(uow, actor, person_id, kind, since_on, until_on, now)

    async def put_typed(self, actor: Actor, text: str) -> LeavePut:
        """The same, with the last day typed. Raises NoDateFound; the question stands then."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.take(uow, actor.bot_id, actor.user_id, DraftPurpose.ARRANGEMENT, now)
            if data is None or data["ask"] != "until":
                raise NotFoundHere
            since_on = date.fromisoformat(data["since"])
            until_on = last_day(text, since_on) + timedelta(days=1)
            return await _put(uow, actor, PersonId(data["person"]), LeaveKind(data["kind"]), since_on, until_on, now)

    async def end(self, actor: Actor, leave_id: int) -> LeavePut:
        """The employee is back today; an absence that hasn't begun, or begins today, is withdrawn."""
        ensure_arranges(actor)
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.writing(actor.seq, now=now) as uow:
            found = await staff_leave.find(uow, actor.school_id, leave_id)
            if found is None:
                raise NotFoundHere
            back = max(today, found.since_on)
            outcome = Outcome.ALREADY
            if found.until_on is None or found.until_on > back:
                await staff_leave.set_end(uow, leave_id, back)
                await _note(uow, actor, found.person_id, "staff_leave_ended", {"until": back.isoformat()}, now)
                outcome = Outcome.SAVED
            return LeavePut(outcome, await _view(uow, actor, found.person_id, now))


def last_day(text: str, since_on: date) -> date:
    """The last day of an absence in a typed text, «до 20.11»; without a year the next such day. Raises NoDateFound."""
    found = _DATE.search(text)
    if found is None:
        raise NoDateFound
    day, month, year = int(found[1]), int(found[2]), int(found[3] or since_on.year)
    try:
        on = date(year, month, day)
        return on if found[3] or on >= since_on else date(year + 1, month, day)
    except ValueError:
        raise NoDateFound from None


async def _put(
    uow: Uow,
    actor: Actor,
    person_id: PersonId,
    kind: LeaveKind,
    since_on: date,
    until_on: date | None,
    now: datetime,
) -> LeavePut:
    if until_on is not None and not since_on < until_on <= since_on + LONGEST:
        raise LeaveEndsBeforeItBegins
    if person_id not in {one.id for one in await rows.staff(uow, actor.school_id, since_on)}:
        raise NotOnTheStaff
    standing = [one for one in await staff_leave.not_over(uow, actor.school_id, since_on) if one.person_id == person_id]
    overlapping = [one for one in standing if until_on is None or one.since_on < until_on]
    outcome = Outcome.ALREADY
    if [(one.kind, one.since_on, one.until_on) for one in overlapping] != [(kind, since_on, until_on)]:
        for one in overlapping:
            await staff_leave.set_end(uow, one.id, max(min(since_on, one.until_on or since_on), one.since_on))
        made = await staff_leave.add(uow, actor.school_id, person_id, kind, since_on, until_on, actor.person_id, now)
        for one in overlapping:
            if until_on is not None and _goes_on_after(one, kind, since_on, until_on):
                again = (one.kind, until_on, one.until_on)
                await staff_leave.add(uow, actor.school_id, person_id, *again, actor.person_id, now)
        detail = {"leave": made, "since": since_on.isoformat(), "until": until_on.isoformat() if until_on else None}
        await _note(uow, actor, person_id, "staff_leave", detail, now)
        outcome = Outcome.SAVED
    await drafts.drop(uow, actor.bot_id, actor.user_id)
    return LeavePut(outcome, await _view(uow, actor, person_id, now))


def _goes_on_after(row: LeaveRow, kind: LeaveKind, since_on: date, until_on: date) -> bool:
    """Whether an absence is only interrupted: a trip in the middle of a leave whose end is known.

    One of the same kind, or from the same day on, is a correction; an end that nobody knows has come by then.
    """
    if row.until_on is None or row.kind is kind:
        return False
    return row.since_on < since_on and until_on < row.until_on


async def _view(uow: Uow, actor: Actor, person_id: PersonId, now: datetime) -> PersonLeave:
    today = now.astimezone(actor.zone).date()
    person = await finding.person(uow, actor, person_id)
    own = [one for one in await staff_leave.not_over(uow, actor.school_id, today) if one.person_id == person_id]
    days: list[DayOff] = []
    for number in range(LOOKED_THROUGH):
        day = today + timedelta(days=number)
        if len(days) < DAYS_SHOWN and any(_covers(one, day) for one in own):
            table = await day_table(uow, actor, day)
            mine = [row for row in table.rows.values() if any(one.person.id == person_id for one in row.teachers)]
            if mine:
                lessons = await arranged(uow, actor, mine)
                days.append(DayOff(day, len(lessons), finding.uncovered(lessons, person_id)))
    return PersonLeave(person, today, [_leave(one) for one in own], days)


def _covers(row: LeaveRow, day: date) -> bool:
    return row.since_on <= day and (row.until_on is None or day < row.until_on)


def _leave(row: LeaveRow) -> Leave:
    return Leave(row.id, row.kind, row.since_on, row.until_on)


async def _note(
    uow: Uow, actor: Actor, person_id: PersonId, action: str, detail: dict[str, object], now: datetime
) -> None:
    await note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action=action,
        subject=f"person:{person_id}",
        detail=detail,
    )
