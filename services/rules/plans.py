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
