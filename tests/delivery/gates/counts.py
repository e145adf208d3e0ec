"""How much each gate does: the quick column in every test run, the nightly one when asked for."""

import os
from dataclasses import dataclass, fields

COLUMN = "ZVONOK_GATES_COLUMN"  # quick (by default) or nightly


@dataclass(frozen=True)
class Counts:
    """One column."""

    passes: tuple[int, ...] = (1, 3, 6)  # at the n-th pass of a point, once for each n
    kills: int = 15
    terms: int = 5
    owners: int = 1
    crashes: int = 1
    deeds: int = 1_000
    digests: int = 300
    urgent: int = 40
    readers: int = 60  # of a broadcast
    updates: int = 2_000


NIGHTLY = Counts(
    passes=(1, 2, 3, 4, 5, 6, 8, 10, 12) * 2 + (1, 2, 3, 4, 5, 6, 7),
    kills=200,
    terms=60,
    owners=20,
    crashes=20,
    deeds=20_000,
    digests=20_000,
    urgent=1_000,
    readers=1_500,
    updates=50_000,
)
COUNTS = NIGHTLY if os.environ.get(COLUMN) == "nightly" else Counts()


def described(counts: Counts) -> dict[str, object]:
    """The column by name."""
    return {one.name: getattr(counts, one.name) for one in fields(counts)}
