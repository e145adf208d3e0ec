"""Names on buttons: how wide they may be, in one column or two."""

from collections.abc import Sequence

from handlers.screen import ROWS_OF_NAMES
from services.rules.short_names import Named, short_names

WIDTHS = {1: 30, 2: 16}  # signs of a button that a phone of 360 px shows uncut


def columns_for(count: int) -> int:
    """One column while all names fit on a page, else two."""
    return 1 if count <= ROWS_OF_NAMES else 2


def labels(people: Sequence[Named], columns: int, taken: int = 0) -> dict[int, str]:
    """A short name for each, no two alike, with `taken` signs left for what stands beside it."""
    return short_names(people, WIDTHS[columns] - taken)
