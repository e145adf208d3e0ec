"""The timetable of a child's week, as it will be: substitutions, cancelled and moved lessons are marked (В 2.3)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.actor import Actor
from services.diary.days import WEEK, monday_of
from services.diary.door import Opened
from services.diary.rest import Rest, rest_from
from services.rules.short_names import Named
from storage.repositories import diary_days, diary_timetable
from storage.repositories.diary_timetable import Elsewhere, TimetableRow
from storage.uow import Uow
from storage.vocabulary import LessonState


@dataclass(frozen=True, slots=True)
class TimetableLesson:
    """A lesson of the timetable; `starts_at` in school time. `substitutes`: «Чехов А. П.»."""

    number: int
    starts_at: datetime
    subject: str
    room: str
    cancelled: bool
    why: str
    substitutes: tuple[str, ...]
    moved_to: Elsewhere | None
    moved_from: Elsewhere | None


@dataclass(frozen=True, slots=True)
class WeekTimetable:
    """A week from its Monday: the days that have lessons; `before`, `after`: Mondays of the nearest weeks."""

    opened: Opened
    monday: date
    days: tuple[tuple[date, tuple[TimetableLesson, ...]], ...]
    before: date | None
    after: date | None
    rest: Rest | None = None


async def timetable(uow: Uow, actor: Actor, own: Opened, on_date: date) -> WeekTimetable:
    """The timetable of a day's week."""
    monday = monday_of(on_date)
    sunday = monday + WEEK - timedelta(days=1)
    rows = await diary_timetable.timetable(uow, actor.school_id, own.child.id, monday, sunday)
    before, after = await diary_days.days_around(uow, actor.school_id, own.child.id, monday, sunday)
    by_day: dict[date, list[TimetableLesson]] = {}
    for row in rows:
        by_day.setdefault(row.line.on_date, []).append(_lesson(row, actor))
    return WeekTimetable(
        opened=own,
        monday=monday,
        days=tuple((day, tuple(found)) for day, found in by_day.items()),
        before=None if before is None else monday_of(before),
        after=None if after is None else monday_of(after),
        rest=None if rows else await rest_from(uow, actor, monday, sunday, after),
    )


def _lesson(row: TimetableRow, actor: Actor) -> TimetableLesson:
    return TimetableLesson(
        number=row.line.slot,
        starts_at=row.line.starts_at.astimezone(actor.zone),
        subject=row.line.subject,
        room=row.line.room,
        cancelled=row.line.state in (LessonState.CANCELLED, LessonState.MOVED),
        why=row.line.state_reason,
        substitutes=tuple(Named(0, *name).initials for name in row.substitutes),
        moved_to=row.moved_to,
        moved_from=row.moved_from,
    )
