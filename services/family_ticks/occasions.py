"""When the families' own clocks strike, by the school's day and regulation. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.rules import quiet_hours
from services.rules.regulation import Regulation

DAY = timedelta(days=1)
AHEAD = timedelta(minutes=5)  # so that items wait before the hour strikes


class Job(StrEnum):
    """What is told."""

    WEEKLY = "weekly_letter"
    ABSENT_DAYS = "absent_days"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class Occasion:
    """A job of a local day: told `at`, and not after `until`; `slot` names its hour."""

    job: Job
    on: date
    at: datetime
    until: datetime
    slot: str


def due(now: datetime, zone: ZoneInfo, regulation: Regulation) -> list[Occasion]:
    """The occasions that have come, or come within minutes, and that still make sense: what was missed is caught up.

    Days of absence are spoken of on working days, which only the school's calendar knows.
    """
    today = now.astimezone(zone).date()
    found = [
        *_weekly(Job.WEEKLY, today, regulation.weekly_weekday, regulation.weekly_minute, timedelta(hours=48), zone),
        *_weekly(Job.RISK, today, regulation.risk_weekday, regulation.risk_minute, timedelta(days=7), zone),
    ]
    found += [
        _occasion(Job.ABSENT_DAYS, on, regulation.working_from_minute, timedelta(hours=24), zone)
        for on in (today - DAY, today)
    ]
    return [one for one in found if one.at - AHEAD <= now < one.until]


def _weekly(job: Job, today: date, weekday: int, minute: int, lives: timedelta, zone: ZoneInfo) -> list[Occasion]:
    last = today - DAY * ((today.weekday() - weekday) % 7)
    return [_occasion(job, on, minute, lives, zone) for on in (last - 7 * DAY, last)]


def _occasion(job: Job, on: date, minute: int, lives: timedelta, zone: ZoneInfo) -> Occasion:
    at = quiet_hours.evening_of(on, minute, zone)
    return Occasion(job, on, at, at + lives, f"{minute // 60:02}:{minute % 60:02}")
