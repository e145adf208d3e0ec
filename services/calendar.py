"""The school's calendar as a value: years, terms, holidays, working Saturdays, bells; all in school time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.vocabulary import DayKind, TermKind

MONDAY = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """A bell: a lesson's number in the day, minutes from midnight in school time."""

    number: int
    starts_minute: int
    ends_minute: int


@dataclass(frozen=True, slots=True)
class TermSpan:
    """A term with its first and last day."""

    id: int
    kind: TermKind
    ordinal: int
    starts_on: date
    ends_on: date
    closed: bool = False


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that differs from its weekday."""

    kind: DayKind
    follows_weekday: int | None = None
    bells_id: int | None = None
    title: str = ""


@dataclass(frozen=True)
class SchoolCalendar:
    """One academic year of one school.

    `bells` maps a bell schedule's id to its slots; `usual_bells` is the one of ordinary days.
    """

    school_id: int
    year_id: int
    zone: ZoneInfo
    starts_on: date
    ends_on: date
    terms: Sequence[TermSpan]
    special: Mapping[date, SpecialDay]
    bells: Mapping[int, Sequence[Slot]]
    usual_bells: int | None

    def today(self, now: datetime) -> date:
        """The school's date at a moment."""
        return now.astimezone(self.zone).date()

    def weekday_followed(self, day: date) -> int | None:
        """Whose weekday's timetable a day follows, 0 Monday … 6 Sunday; None on days without lessons.

        A day is taught only if every division of the year has it in a term: the autumn holidays between two quarters
        are holidays for those who learn by half-years too. A day the calendar calls working is taught anyway.
        """
        special = self.special.get(day)
        if special is not None:
            if special.kind is DayKind.HOLIDAY:
                return None
            return day.weekday() if special.follows_weekday is None else special.follows_weekday
        taught = all(self.term_on(day, kind) is not None for kind in {term.kind for term in self.terms})
        return day.weekday() if taught else None

    def slots(self, day: date) -> dict[int, Slot]:
        """The bells of a day by lesson number."""
        special = self.special.get(day)
        chosen = special.bells_id if special is not None and special.bells_id is not None else self.usual_bells
        return {slot.number: slot for slot in self.bells.get(chosen, ())} if chosen is not None else {}

    def at(self, day: date, minute: int) -> datetime:
        """The UTC moment of a minute of a school day; where the clock jumps, the later reading."""
        local = datetime.combine(day, time(minute // 60 % 24, minute % 60), tzinfo=self.zone)
        return (local + timedelta(days=minute // (24 * 60))).astimezone(UTC)

    def week_of_cycle(self, day: date, week_count: int) -> int:
        """Which week of the timetable's cycle a day is in; the week of the year's first day is 0 («нечётная»)."""
        first_monday = self.starts_on - timedelta(days=self.starts_on.weekday())
        return (day - first_monday).days // 7 % week_count

    def term_on(self, day: date, kind: TermKind) -> TermSpan | None:
        """The term of a kind that a day belongs to."""
        return next((term for term in self.terms if term.kind is kind and term.starts_on <= day <= term.ends_on), None)
