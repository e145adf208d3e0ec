"""The deputy head's control: what is overdue in the school, by teacher, and one list of it a working day (М 3.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services import gaps
from services.actor import Actor
from services.assignments import ensure_controls
from services.clock import Clock
from services.errors import NotFoundHere
from services.gaps import Frame
from services.outbox import items
from services.outbox.items import Fact
from services.rules import clocks, quiet_hours
from services.rules import gaps as rules
from services.rules.gaps import Gap
from services.rules.short_names import Named
from storage.repositories import calendar as calendar_rows
from storage.repositories import duties, leave, occurrences
from storage.uow import Storage, Uow
from storage.vocabulary import BotId, ItemKind, PersonId, Role, SchoolId

JOB = "control"


@dataclass(frozen=True, slots=True)
class Late:
    """A teacher with what is overdue: things, each with its gaps, the longest overdue first."""

    teacher: Named
    things: Sequence[Sequence[Gap]]


@dataclass(frozen=True, slots=True)
class Overdue:
    """The school's overdue list: those with most of it first."""

    teachers: Sequence[Late]
    zone: ZoneInfo
    now: datetime

    @property
    def count(self) -> int:
        """How many things are overdue."""
        return sum(len(one.things) for one in self.teachers)


@dataclass(frozen=True, slots=True)
class OverdueOf:
    """One teacher's page; no things when all was filled in meanwhile."""

    late: Late
    zone: ZoneInfo
    now: datetime


class Control:
    """Shows the overdue list, and is a tick: it tells the deputy heads of it once a working day."""

    def __init__(self, storage: Storage, clock: Clock, bot_id: BotId | None = None) -> None:
        self._storage = storage
        self._clock = clock
        self._bot_id = bot_id  # whose schools the tick looks after; None: every school's
        # Only spares the base: the truth of what was done stands in the occurrences.
        self._done: set[tuple[SchoolId, date]] = set()

    async def overview(self, actor: Actor) -> Overdue:
        """What is overdue in the school. Raises NotYourOffice."""
        ensure_controls(actor)
        async with self._storage.reading() as uow:
            return await overdue(uow, actor.school_id, actor.zone, self._clock.now())

    async def of_teacher(self, actor: Actor, teacher_id: PersonId) -> OverdueOf:
        """What is overdue with one teacher of the school. Raises NotYourOffice, NotFoundHere."""
        ensure_controls(actor)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            found = [one for one in await duties.names(uow, [teacher_id]) if one.school_id == actor.school_id]
            if not found:
                raise NotFoundHere
            own = rules.overdue(await gaps.gaps_of(uow, actor.school_id, teacher_id, now))
        return OverdueOf(_late(found[0], own), actor.zone, now)

    async def list_in(self, uow: Uow, school_id: SchoolId, zone: ZoneInfo, now: datetime) -> Overdue | None:
        """What the day's list says; None where nothing is overdue any more."""
        found = await overdue(uow, school_id, zone, now)
        return found if found.teachers else None

    async def __call__(self, now: datetime) -> None:
        """The tick: at the control minute of a working day, within working hours, a list to each deputy head."""
        async with self._storage.reading() as uow:
            school_ids = await calendar_rows.school_ids(uow, self._bot_id)
        for school_id in school_ids:
            await self._tell(school_id, now)

    async def _tell(self, school_id: SchoolId, now: datetime) -> None:
        async with self._storage.reading() as uow:
            frame = await gaps.frame_of(uow, school_id, now)
            if frame is None or (school_id, frame.today) in self._done or not _is_time(frame):
                return
            on = frame.today
            if await occurrences.is_done(uow, JOB, _scope(school_id), on, ""):
                self._done.add((school_id, on))
                return
            facts = await _facts(uow, frame) if (await gaps.overdue_of(uow, school_id, now)) else []
        async with self._storage.writing() as uow:
            if await occurrences.claim(uow, JOB, _scope(school_id), on, "", now):
                await items.put(uow, facts, now)
        self._done.add((school_id, on))


async def overdue(uow: Uow, school_id: SchoolId, zone: ZoneInfo, now: datetime) -> Overdue:
    """The school's overdue list by teacher."""
    found = await gaps.overdue_of(uow, school_id, now)
    people = await duties.names(uow, found)
    late = [_late(one, found[one.person_id]) for one in people]
    return Overdue(sorted(late, key=lambda one: -len(one.things)), zone, now)


def _late(person: duties.Named, own: Sequence[Gap]) -> Late:
    named = Named(person.person_id, person.last_name, person.first_name, person.middle_name)
    return Late(named, list(rules.by_token(own).values()))


def _is_time(frame: Frame) -> bool:
    """Whether the control minute has come on a working day that isn't over; the list is of the day's morning."""
    if not frame.works(frame.today):
        return False
    at = clocks.wall_time(frame.today, frame.regulation.control_minute, frame.zone)
    ends = clocks.wall_time(frame.today, frame.regulation.working_until_minute, frame.zone)
    return at <= frame.now <= max(at, ends)


async def _facts(uow: Uow, frame: Frame) -> list[Fact]:
    """A list for each deputy head who has a chat and isn't away."""
    deputies = await duties.in_office(uow, frame.school_id, [Role.DEPUTY], frame.today)
    deputies -= await leave.on_leave(uow, deputies, frame.today)
    timing = quiet_hours.timing(ItemKind.CONTROL, frame.regulation)
    assert timing.expires is not None, "a list of yesterday is nobody's to read"
    return [
        Fact(
            school_id=frame.school_id,
            bot_id=bot_id,
            recipient_id=person_id,
            kind=ItemKind.CONTROL,
            bundle=f"control:{frame.today.isoformat()}",
            collapse_key=f"control:{frame.today.isoformat()}",
            value=frame.today.isoformat(),
            priority=timing.priority,
            due_at=frame.now,
            cap_at=frame.now,
            expires_at=frame.now + timing.expires,
        )
        for person_id, bot_id in sorted((await duties.bots(uow, deputies, frame.today)).items())
    ]


def _scope(school_id: SchoolId) -> str:
    return f"school:{school_id}"
