"""A child's days: one, a week of them, and what has to be done for the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.actor import Actor
from services.diary.door import Child, Opened
from services.diary.rest import Rest, rest_from
from storage.repositories import diary, diary_days
from storage.repositories.diary import AbsenceLine, MarkLine, ToDo
from storage.repositories.diary_days import Due, WholeLesson
from storage.uow import Uow
from storage.vocabulary import HomeworkWay, LessonId, LessonState

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DiaryLesson:
    """A lesson of the day. `starts_at` and `ends_at` are in school time.

    `todo`: what has to be done for it; `said`: whether its teacher has said what, or that there is nothing; `given`:
    what was given in it, «» where nothing was («не задано»), None where the teacher hasn't said yet; `files`: how many
    attachments that has; `own`: what was given to this child alone.
    """

    id: LessonId
    number: int
    starts_at: datetime
    ends_at: datetime
    subject: str
    room: str
    cancelled: bool
    why: str
    topic: str | None
    marks: tuple[MarkLine, ...]
    absence: AbsenceLine | None
    todo: tuple[ToDo, ...]
    given: str | None
    way: HomeworkWay | None = None
    files: int = 0
    own: str | None = None
    said: bool = False


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """A child's day, the nearest days with lessons around it, and the other children; `rest`: why it has no lessons."""

    child: Child
    class_name: str
    children: tuple[Child, ...]
    on_date: date
    today: date
    lessons: tuple[DiaryLesson, ...]
    before: date | None
    after: date | None
    rest: Rest | None = None


@dataclass(frozen=True, slots=True)
class DiaryWeek:
    """A child's week from its Monday: the days that have lessons; `before`, `after`: Mondays of the nearest weeks."""

    opened: Opened
    monday: date
    days: tuple[tuple[date, tuple[DiaryLesson, ...]], ...]
    before: date | None
    after: date | None
    rest: Rest | None = None


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


async def day(uow: Uow, actor: Actor, own: Opened, on_date: date) -> DiaryDay:
    """A day of an opened diary."""
    lessons = await _lessons(uow, actor, own, on_date, on_date)
    before, after = await diary_days.days_around(uow, actor.school_id, own.child.id, on_date, on_date)
    rest = None if lessons else await rest_from(uow, actor, on_date, on_date, after)
    return DiaryDay(
        own.child,
        own.class_name,
        own.children,
        on_date,
        own.today,
        tuple(lessons.get(on_date, ())),
        before,
        after,
        rest,
    )


async def next_day(uow: Uow, actor: Actor, own: Opened) -> DiaryDay:
    """The next day with lessons after today, without its marks: what has to be done for it."""
    _before, after = await diary_days.days_around(uow, actor.school_id, own.child.id, own.today, own.today)
    on_date = after or own.today + timedelta(days=1)
    lessons = {} if after is None else await _lessons(uow, actor, own, on_date, on_date, marks=False)
    rest = None if lessons else await rest_from(uow, actor, on_date, on_date, None)
    return DiaryDay(
        own.child, own.class_name, own.children, on_date, own.today, tuple(lessons.get(on_date, ())), None, None, rest
    )


async def week(uow: Uow, actor: Actor, own: Opened, on_date: date) -> DiaryWeek:
    """The week of a day of an opened diary."""
    monday = monday_of(on_date)
    sunday = monday + WEEK - timedelta(days=1)
    lessons = await _lessons(uow, actor, own, monday, sunday)
    before, after = await diary_days.days_around(uow, actor.school_id, own.child.id, monday, sunday)
    return DiaryWeek(
        opened=own,
        monday=monday,
        days=tuple((day, tuple(found)) for day, found in lessons.items()),
        before=None if before is None else monday_of(before),
        after=None if after is None else monday_of(after),
        rest=None if lessons else await rest_from(uow, actor, monday, sunday, after),
    )


async def _lessons(
    uow: Uow, actor: Actor, own: Opened, since: date, until: date, *, marks: bool = True
) -> dict[date, list[DiaryLesson]]:
    """The lessons of some days, by day; days without lessons are left out."""
    found = await diary_days.lessons_between(uow, actor.school_id, own.child.id, since, until)
    if not found:
        return {}
    given = await diary.marks_of(uow, own.child.id, [one.line.id for one in found]) if marks else {}
    wanted = {(one.line.subject_id, one.line.on_date) for one in found}
    due = await diary_days.homework_due(uow, actor.school_id, own.child.id, wanted)
    by_day: dict[date, list[DiaryLesson]] = {}
    for one in found:
        by_day.setdefault(one.line.on_date, []).append(_lesson(one, actor, given, due))
    return by_day


def _lesson(
    one: WholeLesson,
    actor: Actor,
    marks: Mapping[LessonId, Sequence[MarkLine]],
    due: dict[tuple[int, date], Due],
) -> DiaryLesson:
    cancelled = one.line.state in (LessonState.CANCELLED, LessonState.MOVED)
    # Two lessons of a subject in a day share their homework: it stands at the first that is held.
    key = (one.line.subject_id, one.line.on_date)
    todo = Due((), False) if cancelled else due.pop(key, Due((), True))
    return DiaryLesson(
        id=one.line.id,
        number=one.line.slot,
        starts_at=one.line.starts_at.astimezone(actor.zone),
        ends_at=one.line.ends_at.astimezone(actor.zone),
        subject=one.line.subject,
        room=one.line.room,
        cancelled=cancelled,
        why=one.line.state_reason,
        topic=one.topic,
        marks=tuple(marks.get(one.line.id, ())),
        absence=one.absence,
        todo=todo.todo,
        given=one.given,
        way=one.way,
        files=one.files,
        own=one.own,
        said=todo.said,
    )
