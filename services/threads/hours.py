"""Office hours by the school's calendar and the employee's absences."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.rules import office_hours
from services.rules.regulation import Regulation
from services.rules.working_days import NoWorkingDay, Works
from services.timetable import school_calendar
from services.working_week import FIVE_DAYS, working_days
from storage.repositories import correspondents, diary, duties
from storage.uow import Uow
from storage.vocabulary import PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the school's people are written to."""

    regulation: Regulation
    zone: ZoneInfo
    works: Works

    async def read_from(self, uow: Uow, person_id: PersonId | None, now: datetime) -> tuple[datetime, bool]:
        """From when somebody (None: the administration) reads what is written now; whether their return is unknown."""
        away = (
            [] if person_id is None else await correspondents.leave_of(uow, person_id, now.astimezone(self.zone).date())
        )

        def is_there(day: date) -> bool:
            return self.works(day) and not any(since <= day and (until is None or day < until) for since, until in away)

        try:
            return office_hours.read_from(now, self.regulation, self.zone, is_there), False
        except NoWorkingDay:
            return office_hours.read_from(now, self.regulation, self.zone, self.works), True


async def staff_until(uow: Uow, school_id: SchoolId, now: datetime) -> datetime | None:
    """Until when a letter to the staff that is due waits, since it was held up beyond their hours; None: it may go."""
    hours = await office_hours_of(uow, school_id, now)
    begins, _unknown = await hours.read_from(uow, None, now)
    return begins if begins > now else None


async def office_hours_of(uow: Uow, school_id: SchoolId, now: datetime) -> OfficeHours:
    """The school's."""
    _name, timezone, stored = await diary.school(uow, school_id)
    zone = ZoneInfo(timezone)
    calendar = await school_calendar(uow, school_id, now)
    if calendar is None:
        return OfficeHours(Regulation.from_json(stored), zone, lambda day: day.weekday() in FIVE_DAYS)
    taught = await duties.weekdays_taught(uow, school_id, calendar.year_id)
    return OfficeHours(Regulation.from_json(stored), zone, working_days(calendar, taught))
