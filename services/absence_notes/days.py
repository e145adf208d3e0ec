"""Which days a note may name: school days from now on, within the year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services import words
from services.absence_notes.refusals import DayIsPast, DaysTurned, NoSchoolThen, TooFarAhead
from services.errors import NotFoundHere
from services.gaps import frame_of
from services.rules import notes as rules
from services.rules.working_days import Works
from storage.repositories import absence_notes as rows
from storage.uow import Uow
from storage.vocabulary import PersonId, SchoolId

OFFERED = 40


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a school as a note sees them: the first and last one it may name."""

    works: Works
    today: date
    first: date
    last: date

    def offered(self, since: date | None = None) -> Sequence[date]:
        """The school days to choose from, the nearest first."""
        return rules.school_days(max(self.first, since or self.first), self.last, self.works)[:OFFERED]

    def ensure(self, since: date, until: date) -> tuple[date, date]:
        """The first and last school day of these. Raises DayIsPast, DaysTurned, TooFarAhead, NoSchoolThen."""
        if since < self.first:
            raise DayIsPast(day=words.day(self.first, self.today))
        if until < since:
            raise DaysTurned
        if until > self.last:
            raise TooFarAhead(day=words.day_and_month(self.last))
        found = rules.trimmed(since, until, self.works)
        if found is None:
            raise NoSchoolThen
        return found

    def count(self, since: date, until: date) -> int:
        """How many school days there are from one day to another."""
        return len(rules.school_days(since, until, self.works))


async def days_of(uow: Uow, school_id: SchoolId, student_id: PersonId, now: datetime) -> Days:
    """The days that a note about a student may name now. Raises NotFoundHere before the school has a year."""
    frame = await frame_of(uow, school_id, now)
    if frame is None:
        raise NotFoundHere
    today = frame.today
    first = rules.first_day(today, await rows.lessons_end_at(uow, school_id, student_id, today), now)
    return Days(frame.works, today, first, min(today + rules.AHEAD, frame.calendar.ends_on))
