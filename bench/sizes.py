"""How much each bench does: enough for a figure, or just enough to see that it runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """One measure of everything; counts are of one round where a bench goes in rounds."""

    rounds: int = 5  # product and bare code in turns; odd, so that one of them is the median
    teachers: int = 50
    warm_up: int = 200
    taps: int = 300
    steady_taps: int = 200
    letters: int = 1_500
    limited_letters: int = 400
    evening_guardians: int = 40_000
    growth_classes: int = 28
    growth_days: int = 170  # school days a year
    growth_rounds: int = 200
    starts: int = 3
    storm_teachers: int = 1_350
    storm_minutes: float = 10.0


TINY = Sizes(
    rounds=1,
    teachers=2,
    warm_up=2,
    taps=6,
    steady_taps=4,
    letters=60,
    limited_letters=10,
    evening_guardians=60,
    growth_classes=2,
    growth_days=6,
    growth_rounds=2,
    starts=1,
    storm_teachers=3,
    storm_minutes=0.02,
)
