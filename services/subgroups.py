"""Subgroups: the administrator moves students between them, at a term's end only (В 4.3.2, 4.4.12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services import words
from services.actor import Actor
from services.assignments import ensure_administers
from services.changes import Outcome
from services.clock import Clock
from services.divisions import excludes
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.rules import transfers
from services.rules.regulation import Regulation
from services.rules.short_names import Named
from services.timetable import school_calendar
from storage.repositories import diary
from storage.repositories import subgroups as rows
from storage.repositories.audit import note
from storage.repositories.subgroups import ClassWithParts as ClassWithParts  # for screens
from storage.repositories.subgroups import Membership, PartRow
from storage.uow import Storage, Uow
from storage.vocabulary import ClassId, PersonId, SubgroupId


class TransferWithinTerm(SchoolError):
    """Within a term nobody passes from one subgroup to another (В 4.4.12)."""

    sentence = N_("Students pass between subgroups at a term's end only ({clause}). The next time: from {day}.")


class NoTransferThisYear(SchoolError):
    """No term begins any more this year."""

    sentence = N_("Students pass between subgroups at a term's end only ({clause}). The next time: with the new year.")


class OtherTransferDay(SchoolError):
    """The button names a day that a transfer made now doesn't count from."""

    sentence = N_("This screen is out of date: open the subgroup anew.")


@dataclass(frozen=True, slots=True)
class Window:
    """When transfers count from, if they may be made today; else when they may next be made. `clause` says so."""

    since_on: date | None
    next_on: date | None
    clause: str

    def refusal(self) -> SchoolError:
        """Why nobody may be moved today, and when."""
        if self.next_on is None:
            return NoTransferThisYear(clause=self.clause)
        return TransferWithinTerm(clause=self.clause, day=words.day_and_month(self.next_on))


@dataclass(frozen=True, slots=True)
class Part:
    """A subgroup with how many are in it."""

    id: SubgroupId
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Division:
    """Subgroups that exclude each other, and the students of the class who are in none of them."""

    parts: Sequence[Part]
    outside: Sequence[Named]


@dataclass(frozen=True, slots=True)
class ClassParts:
    """The divisions of a class as of `on_date`: the day that transfers count from, or today."""

    class_id: ClassId
    name: str
    on_date: date
    today: date
    window: Window
    divisions: Sequence[Division]


@dataclass(frozen=True, slots=True)
class PartMembers:
    """Who is in a subgroup as of `on_date`."""

    part: Part
    class_id: ClassId
    class_name: str
    on_date: date
    today: date
    window: Window
    students: Sequence[Named]


@dataclass(frozen=True, slots=True)
class TransferChoice:
    """Where a student may go, and from which day it would count. `now_in` is None for somebody in no subgroup yet."""

    student: Named
    class_id: ClassId
    class_name: str
    today: date
    since_on: date
    now_in: PartRow | None
    others: Sequence[PartRow]


@dataclass(frozen=True, slots=True)
class Transferred:
    """What became of a tap, with the subgroup the student is in from that day."""

    outcome: Outcome
    student: Named
    since_on: date
    view: PartMembers


class Subgroups:
    """Shows subgroups and moves students between them."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def classes(self, actor: Actor) -> list[ClassWithParts]:
        """The classes that are divided."""
        ensure_administers(actor)
        async with self._storage.reading() as uow:
            return await rows.classes(uow, actor.school_id, self._today(actor))

    async def of_class(self, actor: Actor, class_id: ClassId) -> ClassParts:
        """The divisions of a class."""
        ensure_administers(actor)
        async with self._storage.reading() as uow:
            room = await _Room.of(uow, actor, class_id, self._clock.now())
            parts = await rows.parts(uow, class_id)
            ties = await rows.memberships(uow, [one.id for one in parts], room.on_date)
            students = [
                Named(one.student_id, one.last_name, one.first_name, one.middle_name)
                for one in await rows.enrolled(uow, class_id, room.on_date)
            ]
        present = {one.id for one in students}
        holding = [tie for tie in ties if tie.holds(room.on_date) and tie.student_id in present]
        divisions = []
        for many in _divisions(parts):
            ids = {one.id for one in many}
            inside = {tie.student_id for tie in holding if tie.subgroup_id in ids}
            divisions.append(
                Division(
                    [Part(one.id, one.name, sum(tie.subgroup_id == one.id for tie in holding)) for one in many],
                    [one for one in students if one.id not in inside],
                )
            )
        return ClassParts(class_id, room.name, room.on_date, room.today, room.window, divisions)

    async def members(self, actor: Actor, subgroup_id: SubgroupId) -> PartMembers:
        """Who is in a subgroup."""
        ensure_administers(actor)
        async with self._storage.reading() as uow:
            return await _members(uow, actor, await _part(uow, actor, subgroup_id), self._clock.now())

    async def choose(self, actor: Actor, student_id: PersonId, subgroup_id: SubgroupId) -> TransferChoice:
        """Where a student of the subgroup's division may go. Raises TransferWithinTerm, NoTransferThisYear.

        Somebody who is in no subgroup of it joins one today: that is no transfer.
        """
        ensure_administers(actor)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            return await _choice(uow, actor, student_id, await _part(uow, actor, subgroup_id), now)

    async def transfer(
        self, actor: Actor, student_id: PersonId, subgroup_id: SubgroupId, since_on: date
    ) -> Transferred:
        """Let a student be in a subgroup from a day on; the former membership ends there and stays in the history."""
        ensure_administers(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            part = await _part(uow, actor, subgroup_id)
            await rows.lock(uow, student_id)
            choice = await _choice(uow, actor, student_id, part, now)
            if choice.since_on != since_on and not (choice.now_in and choice.now_in.id == part.id):
                raise OtherTransferDay
            outcome = Outcome.ALREADY
            if choice.now_in is None or choice.now_in.id != part.id:
                await _write(uow, student_id, part, since_on)
                await note(
                    uow,
                    school_id=actor.school_id,
                    actor_id=actor.person_id,
                    at=now,
                    action="subgroup_transfer",
                    subject=f"person:{student_id}",
                    detail={
                        "to": part.id,
                        "from": choice.now_in.id if choice.now_in else None,
                        "since": since_on.isoformat(),
                    },
                )
                outcome = Outcome.SAVED
            return Transferred(outcome, choice.student, since_on, await _members(uow, actor, part, now))

    def _today(self, actor: Actor) -> date:
        return self._clock.now().astimezone(actor.zone).date()


@dataclass(frozen=True, slots=True)
class _Room:
    """A class with its window of transfers."""

    name: str
    today: date
    window: Window

    @property
    def on_date(self) -> date:
        """As of when its subgroups are shown."""
        return self.window.since_on or self.today

    @classmethod
    async def of(cls, uow: Uow, actor: Actor, class_id: ClassId, now: datetime) -> "_Room":
        """Raises NotFoundHere."""
        calendar = await school_calendar(uow, actor.school_id, now)
        if calendar is None:
            raise NotFoundHere
        today = calendar.today(now)
        found = next((one for one in await rows.classes(uow, actor.school_id, today) if one.id == class_id), None)
        if found is None:
            raise NotFoundHere
        _name, _zone, stored = await diary.school(uow, actor.school_id)
        regulation = Regulation.from_json(stored)
        kind = regulation.term_kind(found.level)
        terms = [(term.starts_on, term.ends_on) for term in calendar.terms if term.kind is kind]
        window = Window(
            transfers.transfer_day(terms, today),
            transfers.next_transfer_day(terms, today),
            regulation.clauses["subgroups"],
        )
        return cls(found.name, today, window)


async def _part(uow: Uow, actor: Actor, subgroup_id: SubgroupId) -> PartRow:
    found = await rows.part(uow, actor.school_id, subgroup_id)
    if found is None:
        raise NotFoundHere
    return found


async def _members(uow: Uow, actor: Actor, part: PartRow, now: datetime) -> PartMembers:
    room = await _Room.of(uow, actor, part.class_id, now)
    ties = await rows.memberships(uow, [part.id], room.on_date)
    inside = {tie.student_id for tie in ties if tie.holds(room.on_date)}
    students = [
        Named(one.student_id, one.last_name, one.first_name, one.middle_name)
        for one in await rows.enrolled(uow, part.class_id, room.on_date)
        if one.student_id in inside
    ]
    shown = Part(part.id, part.name, len(students))
    return PartMembers(shown, part.class_id, room.name, room.on_date, room.today, room.window, students)


async def _choice(uow: Uow, actor: Actor, student_id: PersonId, part: PartRow, now: datetime) -> TransferChoice:
    room = await _Room.of(uow, actor, part.class_id, now)
    division = next(many for many in _divisions(await rows.parts(uow, part.class_id)) if part in many)
    ties = await rows.memberships(uow, [one.id for one in division], room.on_date, student_id)
    holding = next((tie for tie in ties if tie.holds(room.on_date)), None)
    if holding is not None and room.window.since_on is None:
        raise room.window.refusal()
    since_on = room.today if holding is None else room.on_date
    if holding is None and room.window.since_on is not None:
        since_on = room.on_date
    student = next(
        (one for one in await rows.enrolled(uow, part.class_id, since_on) if one.student_id == student_id), None
    )
    if student is None:
        raise NotFoundHere
    now_in = next((one for one in division if holding is not None and one.id == holding.subgroup_id), None)
    return TransferChoice(
        Named(student_id, student.last_name, student.first_name, student.middle_name),
        part.class_id,
        room.name,
        room.today,
        since_on,
        now_in,
        [one for one in division if now_in is None or one.id != now_in.id],
    )


async def _write(uow: Uow, student_id: PersonId, part: PartRow, since_on: date) -> None:
    """End what the new membership excludes; what would only have begun then is forgotten, what ended for it goes on."""
    division = next(many for many in _divisions(await rows.parts(uow, part.class_id)) if part in many)
    ties = await rows.memberships(uow, [one.id for one in division], since_on, student_id)
    goes_on: Membership | None = None
    for tie in ties:
        if tie.since_on >= since_on:
            await rows.drop(uow, tie.id)
        elif tie.subgroup_id == part.id:
            goes_on = tie
        elif tie.until_on != since_on:
            await rows.end(uow, tie.id, since_on)
    if goes_on is not None:
        await rows.end(uow, goes_on.id, None)
    else:
        await rows.add(uow, part.id, student_id, since_on)


def _divisions(parts: Sequence[PartRow]) -> list[list[PartRow]]:
    """Subgroups that exclude each other, together."""
    found: list[list[PartRow]] = []
    for one in parts:
        many = next((many for many in found if excludes(_named(many[0]), _named(one))), None)
        if many is None:
            found.append([one])
        else:
            many.append(one)
    return found


def _named(part: PartRow) -> tuple[str, str]:
    return part.name, part.division
