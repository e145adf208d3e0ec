"""How much each gate does: the quick column in every test run, the nightly one when asked for."""

import json
import os
from dataclasses import dataclass, replace

COLUMN = "ZVONOK_GATES_COLUMN"  # quick (by default) or nightly
OTHERS = "ZVONOK_GATES_COUNTS"  # numbers in place of the column's, by name


@dataclass(frozen=True)
class Counts:
    """One column."""

    passes: tuple[int, ...] = (1, 3, 6)  # at the n-th pass of a point, once for each n
    kills: int = 15
    terms: int = 5
    owners: int = 1
    crashes: int = 1
    failovers: int = 1
    cuts: int = 5  # of all connections to the base
    deeds: int = 1_000
    digests: int = 300
    urgent: int = 40
    readers: int = 60  # of a broadcast
    updates: int = 2_000
    fills: int = 1  # times that the disk is full
    locks: tuple[float, ...] = (1.5,)  # seconds that another process holds the base
    waits_ms: str = "400"  # for a lock; none: as long as in a school
    corruptions: int = 20
    restores: int = 1
    flood: int = 400  # messages of one person
    flood_seconds: float = 3.5  # in which the others tap
    strangers: int = 60


NIGHTLY = Counts(
    passes=(1, 2, 3, 4, 5, 6, 8, 10, 12) * 2 + (1, 2, 3, 4, 5, 6, 7),
    kills=200,
    terms=60,
    owners=20,
    crashes=20,
    failovers=20,
    cuts=60,
    deeds=20_000,
    digests=20_000,
    urgent=1_000,
    readers=1_500,
    updates=50_000,
    fills=20,
    locks=(5.0, 30.0, 60.0),
    waits_ms="",
    corruptions=200,
    restores=20,
    flood=1_000,
    flood_seconds=30.0,
    strangers=2_000,
)
COUNTS = replace(
    NIGHTLY if os.environ.get(COLUMN) == "nightly" else Counts(), **json.loads(os.environ.get(OTHERS) or "{}")
)
