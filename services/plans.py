"""«План»: how far a class is in its calendar-thematic plan, and whether the hours add up (М з, п.8.1; В 2.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services import drafts
from services.actor import Actor
from services.assignments import Assignment, access_assignment, assignments_of
from services.clock import Clock
from services.rules import plans as rules
from services.rules.plans import Lag, PlannedTopic
from services.timetable import school_calendar
from storage.repositories import plans as rows
from storage.repositories.plans import PlanRow, TaughtRow
from storage.uow import Storage, Uow
from storage.vocabulary import ClassId, SchoolId, SubgroupId, SubjectId, WorkKind

BIG_WORKS = frozenset({WorkKind.CONTROL, WorkKind.TEST, WorkKind.LABORATORY, WorkKind.PRACTICAL, WorkKind.EXAM})


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A class or subgroup and subject with its lag; `lag` None: there is no plan."""

    class_id: ClassId
    subgroup_id: SubgroupId | None
    subject_id: SubjectId
    audience: str
    subject: str
    lag: Lag | None


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A topic of the plan: when it was given, and whether it comes next."""

    ordinal: int
    title: str
    hours: int
    work_kind: WorkKind | None
    given_on: tuple[date, ...]
    comes_next: bool


@dataclass(frozen=True, slots=True)
class BigWork:
    """A control, laboratory or practical work ahead in the plan; `lessons`: how many lessons of the plan before it."""

    ordinal: int
    title: str
    kind: WorkKind
    lessons: int


@dataclass(frozen=True, slots=True)
class PlanView:
    """How a class goes through its plan.

    `hours`: of all topics; `curriculum`: hours a year by the curriculum, or, where nobody told (`by_timetable`), weekly
    hours × school weeks. `beside`: lessons whose topic isn't the plan's.
    """

    line: PlanLine
    topics: Sequence[PlannedLine]
    ahead: Sequence[BigWork]
    hours: int
    curriculum: int
    by_timetable: bool
    beside: int
    today: date
    clause: str

    @property
    def here(self) -> int:
        """The place in the list of the topic that comes next; the last one when all is given."""
        return next((n for n, one in enumerate(self.topics) if one.comes_next), max(0, len(self.topics) - 1))


class Plans:
    """Shows teachers the plans of what they teach."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def lines(self, actor: Actor) -> list[PlanLine]:
        """What the actor teaches this year, each with its lag; no text is awaited any more."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            found = await assignments_of(uow, actor, now.astimezone(actor.zone).date())
            lines = [await _line(uow, one, now) for one in found]
            awaited = await drafts.text_awaited(uow, actor, now)
        if awaited:
            await drafts.leave(self._storage, actor, now)
        return lines

    async def view(
        self, actor: Actor, class_id: ClassId, subgroup_id: SubgroupId | None, subject_id: SubjectId
    ) -> PlanView:
        """One plan, topic by topic. Raises NotFoundHere, NotYourSubject."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            one = await access_assignment(uow, actor, class_id, subgroup_id, subject_id, today)
            plan, taught = await _plan(uow, one), await _taught(uow, one, now)
            topics = plan.topics if plan is not None else ()
            known = {topic.id for topic in topics}
            given: dict[int, list[date]] = {topic.id: [] for topic in topics}
            for lesson in taught:
                if lesson.held and lesson.plan_topic_id in known:
                    given[lesson.plan_topic_id].append(lesson.on_date)
            order = [PlannedTopic(topic.id, topic.ordinal, topic.title, topic.hours) for topic in topics]
            coming = rules.upcoming(order, {topic: len(days) for topic, days in given.items()}, len(order))
            following = coming[0].id if coming else None
            curriculum = plan.curriculum_hours if plan is not None else None
            return PlanView(
                line=await _line(uow, one, now),
                topics=[
                    PlannedLine(
                        topic.ordinal,
                        topic.title,
                        topic.hours,
                        topic.work_kind,
                        tuple(given[topic.id]),
                        topic.id == following,
                    )
                    for topic in topics
                ],
                ahead=_ahead(plan, coming, given),
                hours=sum(topic.hours for topic in topics),
                curriculum=await _by_timetable(uow, one, now) if curriculum is None else curriculum,
                by_timetable=curriculum is None,
                beside=sum(
                    lesson.held and lesson.topic is not None and lesson.plan_topic_id is None for lesson in taught
                ),
                today=today,
                clause=one.regulation.clauses["plans"],
            )


async def _line(uow: Uow, one: Assignment, now: datetime) -> PlanLine:
    row, plan = one.row, await _plan(uow, one)
    lag = None
    if plan is not None and plan.topics:
        taught = await _taught(uow, one, now)
        given = sum(_is_given(lesson) for lesson in taught)
        lag = rules.lag(len(taught), given, sum(topic.hours for topic in plan.topics))
    return PlanLine(row.class_id, row.subgroup_id, row.subject_id, one.audience, row.subject, lag)


def _is_given(lesson: TaughtRow) -> bool:
    return lesson.held and lesson.topic is not None


async def _plan(uow: Uow, one: Assignment) -> PlanRow | None:
    return await rows.plan(uow, one.row.year_id, one.row.subject_id, one.row.level)


async def _taught(uow: Uow, one: Assignment, now: datetime) -> list[TaughtRow]:
    row = one.row
    return await rows.taught(uow, row.year_id, row.class_id, row.subgroup_id, row.subject_id, now)


def _ahead(plan: PlanRow | None, coming: Sequence[PlannedTopic], given: dict[int, list[date]]) -> list[BigWork]:
    """Control, laboratory and practical works that are still to come, with the lessons of the plan before each."""
    kinds = {topic.id: topic.work_kind for topic in plan.topics} if plan is not None else {}
    found, before = [], 0
    for topic in coming:
        kind = kinds[topic.id]
        if kind in BIG_WORKS:
            found.append(BigWork(topic.ordinal, topic.title, kind, before))
        before += max(0, topic.hours - len(given[topic.id]))
    return found


async def _by_timetable(uow: Uow, one: Assignment, now: datetime) -> int:
    """Hours a year by the timetable in force: lessons a week × weeks of the year that have a day of school."""
    row = one.row
    calendar = await school_calendar(uow, SchoolId(row.school_id), now)
    if calendar is None:
        return 0
    lessons, cycle = await rows.weekly_hours(
        uow, row.year_id, row.class_id, row.subgroup_id, row.subject_id, calendar.today(now)
    )
    days = (calendar.ends_on - calendar.starts_on).days + 1
    taught = (calendar.starts_on + timedelta(days=n) for n in range(days))
    weeks = {day.isocalendar()[:2] for day in taught if calendar.weekday_followed(day) is not None}
    return rules.hours_by_timetable(lessons, cycle, len(weeks))
