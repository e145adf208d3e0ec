"""Which topic of the calendar-thematic plan comes next (О 2.6; М п.8.1). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlannedTopic:
    """A topic of a plan in its order, with its hours."""

    id: int
    ordinal: int
    title: str
    hours: int = 1


def upcoming(topics: Sequence[PlannedTopic], taken: Mapping[int, int], count: int = 5) -> list[PlannedTopic]:
    """The next topics, the likeliest first. `taken`: topic id → lessons before this one that had it.

    The plan goes on from the furthest topic taken: a topic of several hours is offered until they are used up, one
    that was skipped is not offered again.
    """
    ordered = sorted(topics, key=lambda topic: topic.ordinal)
    furthest = max((place for place, topic in enumerate(ordered) if taken.get(topic.id)), default=None)
    if furthest is None:
        return ordered[:count]
    goes_on = taken[ordered[furthest].id] < ordered[furthest].hours
    start = furthest if goes_on else furthest + 1
    return ordered[start : start + count]


@dataclass(frozen=True, slots=True)
class Lag:
    """«План 34 / дано 31», in lessons."""

    planned: int
    given: int

    @property
    def behind(self) -> int:
        """How many lessons the class is behind its plan; 0 where it isn't."""
        return max(0, self.planned - self.given)


def lag(lessons: int, given: int, plan_hours: int) -> Lag:
    """How far a course should be by now, and how far it is (М з).

    `lessons`: the lessons that the timetable has had for the class or subgroup in the subject from the year's first
    day up to this moment; a cancelled one counts, since the plan had its hour there, a moved one counts once, where it
    is held; holidays have none. Planned are as many hours of the plan, at most all of them. `given`: of these lessons
    those that were held and have a topic.
    """
    return Lag(min(lessons, plan_hours), given)


def hours_by_timetable(lessons_in_cycle: int, weeks_in_cycle: int, school_weeks: int) -> int:
    """Hours a year by the timetable, where the curriculum's are not told: weekly hours × school weeks, rounded."""
    return round(lessons_in_cycle / weeks_in_cycle * school_weeks)
