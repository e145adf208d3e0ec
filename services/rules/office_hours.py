"""Office hours: when staff are written to by families (regulation §13, `working_…_minute`). Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.rules.regulation import Regulation
from services.rules.working_days import DAY, Works, working_day_from


def read_from(now: datetime, regulation: Regulation, zone: ZoneInfo, works: Works) -> datetime:
    """From when a letter written `now` is read: at once in office hours, else when they next begin; aware UTC.

    Raises NoWorkingDay.
    """
    today = now.astimezone(zone).date()
    if works(today):
        if now < (begins := _moment(today, regulation.working_from_minute, zone)):
            return begins
        if now < _moment(today, regulation.working_until_minute, zone):
            return now
    return _moment(working_day_from(today + DAY, works), regulation.working_from_minute, zone)


def _moment(on: date, minute: int, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(on, time(), zone)
    return (midnight + timedelta(minutes=minute)).astimezone(UTC)
