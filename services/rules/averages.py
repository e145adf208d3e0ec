"""Averages, and what they propose (regulation §13). Pure, in decimal fractions: a threshold is met or it isn't."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from services.rules.regulation import Regulation
from storage.vocabulary import WorkKind

TWO_PLACES = Decimal("0.01")
FARTHEST = 10  # marks: a forecast further off than that helps nobody


@dataclass(frozen=True, slots=True)
class Scored:
    """A mark and the kind of work it was given for; `weight` None: the kind's own in the regulation."""

    value: str
    kind: WorkKind
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """The fewest further marks of weight 1 that lift the proposal: `count` times `value` make it `target`."""

    target: str
    value: str
    count: int


def is_number(value: str | None) -> bool:
    """Whether a value enters averages: ОСВ, Н/А and other words don't (О 2.8)."""
    return value is not None and value.isascii() and value.isdigit()


def average(marks: Iterable[Scored], regulation: Regulation) -> Decimal | None:
    """Σ weight·mark / Σ weight, two places, half up; None where nothing has weight."""
    return _quotient(*_sums(marks, regulation))


def proposal(mean: Decimal | None, regulation: Regulation) -> str | None:
    """The term mark that an average proposes: the best whose threshold it meets, else the worst of the scale."""
    if mean is None:
        return None
    return next((value for value, least in _thresholds(regulation) if mean >= least), _worst(regulation))


def forecast(marks: Sequence[Scored], regulation: Regulation) -> Forecast | None:
    """How the next better proposal is reached soonest: «до 5: две пятёрки».

    None without an average, at the top, or where ten of the best marks don't reach it.
    """
    total, weight = _sums(marks, regulation)
    mean = _quotient(total, weight)
    if mean is None:
        return None
    better = [(value, least) for value, least in _thresholds(regulation) if mean < least]
    if not better:
        return None
    target, least = better[-1]
    best = max(filter(is_number, regulation.scale), key=int)
    for count in range(1, FARTHEST + 1):
        reached = _quotient(total + count * int(best), weight + count)
        if reached is not None and reached >= least:
            return Forecast(target, best, count)
    return None


def mean_of_terms(values: Iterable[str | None]) -> str | None:
    """The year's mark: the mean of the term marks, half up (ours); None where no term has a number."""
    numbers = [int(value) for value in values if value is not None and is_number(value)]
    if not numbers:
        return None
    return str((Decimal(sum(numbers)) / len(numbers)).quantize(Decimal(1), ROUND_HALF_UP))


def fails(value: str, regulation: Regulation) -> bool:
    """Whether a term mark is the failing one: the worst of the scale."""
    return value == _worst(regulation)


def _sums(marks: Iterable[Scored], regulation: Regulation) -> tuple[int, int]:
    total = weight = 0
    for one in marks:
        if is_number(one.value):
            own = regulation.weights.get(one.kind.value, 1) if one.weight is None else one.weight
            total += own * int(one.value)
            weight += own
    return total, weight


def _quotient(total: int, weight: int) -> Decimal | None:
    return (Decimal(total) / weight).quantize(TWO_PLACES, ROUND_HALF_UP) if weight else None


def _thresholds(regulation: Regulation) -> list[tuple[str, Decimal]]:
    """The marks that an average must earn, the best first."""
    return sorted(
        ((value, Decimal(least)) for value, least in regulation.proposals.items()), key=lambda one: one[1], reverse=True
    )


def _worst(regulation: Regulation) -> str:
    return min(filter(is_number, regulation.scale), key=int)
