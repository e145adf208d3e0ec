"""A student's own place in the class by average; nobody else's is told (В 4.7.2). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.rules.averages import TWO_PLACES
from storage.vocabulary import PersonId

FEWEST = 5  # students compared: among fewer, one's place tells the others' averages


@dataclass(frozen=True, slots=True)
class Place:
    """From which place to which (equal averages share them), of how many, by which average of the subjects."""

    first: int
    last: int
    of: int
    average: Decimal


def place(student: PersonId, sums: Mapping[PersonId, Sequence[tuple[int, int]]]) -> Place | None:
    """The place of a student among those of a class who have marks; None without marks, or among too few.

    `sums`: Σ weight·mark and Σ weight of every subject of everybody. The mean of the subjects' averages is compared as
    it is shown, with two places, half up: who sees the same number shares the place.
    """
    means = {one: _mean(subjects) for one, subjects in sums.items()}
    known = {one: mean for one, mean in means.items() if mean is not None}
    own = known.get(student)
    if own is None or len(known) < FEWEST:
        return None
    better = sum(mean > own for mean in known.values())
    equal = sum(mean == own for mean in known.values())
    return Place(better + 1, better + equal, len(known), own)


def _mean(subjects: Sequence[tuple[int, int]]) -> Decimal | None:
    averages = [_rounded(Decimal(total) / weight) for total, weight in subjects if weight]
    return _rounded(sum(averages, Decimal(0)) / len(averages)) if averages else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(TWO_PLACES, ROUND_HALF_UP)
