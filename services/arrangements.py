"""What substitutions and lesson states share: a day's lessons with who gives them, who is free, who has to know."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.actor import Actor
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.lessons import LessonTitle
from services.outbox import items
from services.outbox.items import Fact
from services.rules import quiet_hours, windows
from services.rules.regulation import Regulation
from services.rules.short_names import Named
from services.timetable import school_calendar
from storage.repositories import arrangements as rows
from storage.repositories import diary, substitutions
from storage.repositories.arrangements import ArrangedRow, PersonName, SeatedPart
from storage.repositories.substitutions import SubstitutionRow
from storage.uow import Uow
from storage.vocabulary import ItemKind, LessonId, LessonState, PersonId

BUNDLE = "lesson_changed"
SUBSTITUTE, ABSENT, CANCELLED, MOVED = "substitute", "absent", "cancelled", "moved"
"""What a change is to its recipient, as an item's value; None: the lesson is theirs, or not, as in the timetable."""


class ArrangedTermClosed(SchoolError):
    """The lesson's term is closed."""

    sentence = N_("The term of this lesson is closed: its lessons are changed no more.")


class LessonNotHeldAnyMore(SchoolError):
    """Only a lesson that is held is substituted, cancelled or moved."""

    sentence = N_("This lesson is cancelled or moved already. Restore it first.")


class LessonIsRecorded(SchoolError):
    """A lesson with a record was held (invariant: nothing is lost)."""

    sentence = N_(
        "This lesson has a record, so it was held. If it was not, its teacher takes the record back first, marks "
        "by a correction request; then press again."
    )


@dataclass(frozen=True, slots=True)
class Replaced:
    """A substitution of a lesson that stands."""

    id: int
    absent: Named
    substitute: Named
    reason: str


@dataclass(frozen=True, slots=True)
class Arranged:
    """A lesson as it is arranged. `teachers`: by the timetable; `moved_to`, `moved_from`: the other end of a move."""

    title: LessonTitle
    state: LessonState
    reason: str
    teachers: Sequence[Named]
    substitutions: Sequence[Replaced]
    moved_to: LessonTitle | None
    moved_from: LessonTitle | None

    @property
    def held(self) -> bool:
        """Whether it takes place where it stands."""
        return windows.is_held(self.state)

    @property
    def changed(self) -> bool:
        """Whether it differs from the timetable."""
        return self.state is not LessonState.PLANNED or self.moved_from is not None

    def of(self, absent_id: PersonId) -> Replaced | None:
        """The substitution of one of its teachers."""
        return next((one for one in self.substitutions if one.absent.id == absent_id), None)

    def by(self, substitute_id: PersonId) -> Replaced | None:
        """The substitution that somebody gives it by."""
        return next((one for one in self.substitutions if one.substitute.id == substitute_id), None)

    def concerns(self, person_id: PersonId) -> bool:
        """Whether somebody gives it, or would by the timetable."""
        return any(one.id == person_id for one in self.teachers) or self.by(person_id) is not None


@dataclass(frozen=True, slots=True)
class Conflict:
    """What stands in the way: whose (a class or a name), and the lesson there."""

    whose: str
    lesson: LessonTitle


class DayTable:
    """A school's day: who gives what, and when."""

    def __init__(self, found: Sequence[ArrangedRow], standing: Sequence[SubstitutionRow], zone: ZoneInfo) -> None:
        self.zone = zone
        self.rows = {one.id: one for one in found}
        self._handed = {(one.lesson_id, one.absent_id) for one in standing}
        self._lessons: dict[PersonId, list[ArrangedRow]] = {}
        for row in found:
            if windows.is_held(row.state):
                for giver in self.givers(row):
                    self._lessons.setdefault(giver, []).append(row)

    def givers(self, row: ArrangedRow) -> list[PersonId]:
        """Who gives a lesson, the absent left out."""
        return [one.person.id for one in row.teachers if (row.id, one.person.id) not in self._handed]

    def count(self, person_id: PersonId) -> int:
        """How many lessons somebody gives."""
        return len(self._lessons.get(person_id, ()))

    def given(self) -> Collection[PersonId]:
        """Everybody who gives lessons, or would by the timetable."""
        return {one.person.id for row in self.rows.values() for one in row.teachers}

    def busy(self, person_id: PersonId, starts_at: datetime, ends_at: datetime, but: LessonId) -> ArrangedRow | None:
        """The lesson that somebody gives at these hours, other than `but`."""
        lessons = (row for row in self._lessons.get(person_id, ()) if row.id != but)
        return next((row for row in lessons if _overlap(row, starts_at, ends_at)), None)

    def seated(
        self, parts: Iterable[SeatedPart], starts_at: datetime, ends_at: datetime, but: LessonId
    ) -> list[tuple[str, ArrangedRow]]:
        """The lessons that these classes or subgroups have at these hours, each with whose it is."""
        held = [row for row in self.rows.values() if row.id != but and windows.is_held(row.state)]
        at_once = [row for row in held if _overlap(row, starts_at, ends_at)]
        return [
            (part.class_name, row)
            for part in parts
            for row in at_once
            if any(_share(part, other) for other in row.audiences)
        ]


def _overlap(row: ArrangedRow, starts_at: datetime, ends_at: datetime) -> bool:
    return row.starts_at < ends_at and starts_at < row.ends_at


def _share(one: SeatedPart, other: SeatedPart) -> bool:
    if one.class_id != other.class_id:
        return False
    return one.subgroup_id is None or other.subgroup_id is None or one.subgroup_id == other.subgroup_id


async def day_table(uow: Uow, actor: Actor, day: date) -> DayTable:
    """A day of the actor's school."""
    found = await rows.of_day(uow, actor.school_id, day)
    return DayTable(found, await substitutions.in_force(uow, [one.id for one in found]), actor.zone)


def named(person: PersonName) -> Named:
    """Somebody as screens name them."""
    return Named(person.id, person.last, person.first, person.middle)


def title(row: ArrangedRow, zone: ZoneInfo) -> LessonTitle:
    """What names a lesson."""
    audience = ", ".join(
        one.class_name if one.subgroup is None else f"{one.class_name} ({one.subgroup})" for one in row.audiences
    )
    return LessonTitle(
        row.id,
        audience,
        row.subject,
        row.slot,
        row.on_date,
        row.starts_at.astimezone(zone),
        row.ends_at.astimezone(zone),
        row.room,
    )


async def arranged(uow: Uow, actor: Actor, found: Sequence[ArrangedRow]) -> list[Arranged]:
    """These lessons with their substitutions and the other ends of their moves."""
    ids = [one.id for one in found]
    standing: dict[LessonId, list[SubstitutionRow]] = {}
    for one in await substitutions.in_force(uow, ids):
        standing.setdefault(one.lesson_id, []).append(one)
    went = await rows.followers(uow, [one.id for one in found if one.state is LessonState.MOVED])
    ends = {*went.values(), *(one.moved_from_id for one in found if one.moved_from_id is not None)}
    others = {one.id: title(one, actor.zone) for one in await rows.by_ids(uow, actor.school_id, ends)}
    absent = {one.absent_id for many in standing.values() for one in many}
    names = {one.person.id: named(one.person) for row in found for one in row.teachers}
    for person_id in absent - names.keys():
        person = await rows.person(uow, actor.school_id, person_id)
        if person is not None:
            names[person_id] = named(person)
    return [_arranged(row, standing.get(row.id, []), names, went, others, actor.zone) for row in found]


def _arranged(
    row: ArrangedRow,
    standing: Sequence[SubstitutionRow],
    names: Mapping[PersonId, Named],
    went: Mapping[LessonId, LessonId],
    others: Mapping[LessonId, LessonTitle],
    zone: ZoneInfo,
) -> Arranged:
    to_id = went.get(row.id)
    return Arranged(
        title=title(row, zone),
        state=row.state,
        reason=row.state_reason,
        teachers=[named(one.person) for one in row.teachers if not one.substitute],
        substitutions=[
            Replaced(one.id, names[one.absent_id], names[one.substitute_id], one.reason) for one in standing
        ],
        moved_to=None if to_id is None else others.get(to_id),
        moved_from=None if row.moved_from_id is None else others.get(row.moved_from_id),
    )


async def access_arranged(uow: Uow, actor: Actor, lesson_id: LessonId) -> Arranged:
    """A lesson of the actor's school. Raises NotFoundHere. Who may change it, `ensure_arranges` says."""
    found = await rows.by_ids(uow, actor.school_id, [lesson_id])
    if not found:
        raise NotFoundHere
    return (await arranged(uow, actor, found))[0]


async def ensure_open(uow: Uow, actor: Actor, on_date: date, now: datetime) -> None:
    """Raises ArrangedTermClosed where a day's lessons may be changed no more: a term of it is closed, or the year."""
    calendar = await school_calendar(uow, actor.school_id, now)
    if calendar is None or not calendar.starts_on <= on_date <= calendar.ends_on:
        raise ArrangedTermClosed
    if any(term.closed and term.starts_on <= on_date <= term.ends_on for term in calendar.terms):
        raise ArrangedTermClosed


async def tell(uow: Uow, actor: Actor, lesson: Arranged, values: Mapping[int, str | None], now: datetime) -> None:
    """Let these people know what a lesson is to them now (see SUBSTITUTE…); the actor knows."""
    _name, _zone, stored = await diary.school(uow, actor.school_id)
    regulation = Regulation.from_json(stored)
    people = {PersonId(one) for one in values} - {actor.person_id}
    times = quiet_hours.times(
        ItemKind.LESSON_CHANGED, quiet_hours.default_hours(regulation), now, actor.zone, regulation
    )
    assert times is not None, "it goes to everybody"
    ends_at = lesson.title.ends_at.astimezone(now.tzinfo)
    facts = [
        Fact(
            school_id=actor.school_id,
            bot_id=bot_id,
            recipient_id=person_id,
            kind=ItemKind.LESSON_CHANGED,
            bundle=BUNDLE,
            collapse_key=f"changed:{lesson.title.lesson_id}",
            value=values[person_id],
            priority=times.priority,
            due_at=times.due_at,
            cap_at=times.cap_at,
            expires_at=None if times.expires_at is None else max(times.expires_at, ends_at),
            lesson_id=lesson.title.lesson_id,
        )
        for person_id, bot_id in await rows.chats(uow, people)
    ]
    await items.put(uow, facts, now)
