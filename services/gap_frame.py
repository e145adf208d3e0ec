"""What gaps are looked for in: a school at a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.calendar import SchoolCalendar, TermSpan
from services.rules import clocks
from services.rules.gaps import Gap
from services.rules.regulation import Regulation
from services.rules.working_days import Works
from services.timetable import school_calendar
from services.working_week import working_days
from storage.repositories import diary, duties
from storage.repositories.gaps import LessonFound
from storage.uow import Uow
from storage.vocabulary import ClockKind, SchoolId, WorkKind


@dataclass(frozen=True)
class Frame:
    """A school at a moment: its calendar, rules and working days."""

    school_id: SchoolId
    calendar: SchoolCalendar
    regulation: Regulation
    works: Works
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The school's time zone."""
        return self.calendar.zone

    @property
    def today(self) -> date:
        """The school's date."""
        return self.calendar.today(self.now)

    @property
    def written(self) -> list[WorkKind]:
        """The kinds of work whose marks have days of their own."""
        return [kind for kind in WorkKind if self.regulation.days_to_mark(kind) > 0]

    def terms_of(self, level: int) -> Iterable[TermSpan]:
        """The terms of a level's year."""
        kind = self.regulation.term_kinds.get(str(level))
        return (term for term in self.calendar.terms if term.kind.value == kind)

    def is_closed(self, lesson: LessonFound) -> bool:
        """Whether a term that a lesson lies in is closed: nothing is taken for it any more."""
        return any(
            term.closed and term.starts_on <= lesson.on_date <= term.ends_on
            for level in lesson.levels
            for term in self.terms_of(level)
        )

    def open_since(self) -> date:
        """From which day on lessons may still be recorded: the first day of the earliest term that isn't closed."""
        return min((term.starts_on for term in self.calendar.terms if not term.closed), default=self.calendar.ends_on)


async def frame_of(uow: Uow, school_id: SchoolId, now: datetime) -> Frame | None:
    """A school at a moment; None before it has a year."""
    calendar = await school_calendar(uow, school_id, now)
    if calendar is None:
        return None
    _name, _zone, stored = await diary.school(uow, school_id)
    taught = await duties.weekdays_taught(uow, school_id, calendar.year_id)
    return Frame(school_id, calendar, Regulation.from_json(stored), working_days(calendar, taught), now)


def gap_of(frame: Frame, kind: ClockKind, due_at: datetime, **about: object) -> Gap:
    """A gap of a clock that runs until `due_at`, as it stands now; `about`: what it is of."""
    state = clocks.state_of(due_at, None, frame.now, clocks.soon(kind, frame.regulation))
    return Gap(kind, due_at, state, clocks.clause(kind, frame.regulation), **about)  # type: ignore[arg-type]
