"""Names on buttons: how wide they may be, in one column or two."""

from collections.abc import Sequence

from handlers.screen import ROWS_OF_NAMES, shortened
from services.rules.short_names import Named, short_names

WIDTHS = {1: 30, 2: 16}  # signs of a button that a phone of 360 px shows uncut


def columns_for(count: int) -> int:
    """One column while all names fit on a page, else two."""
    return 1 if count <= ROWS_OF_NAMES else 2


def labels(people: Sequence[Named], columns: int, taken: int = 0) -> dict[int, str]:
    """A short name for each, no two alike, with `taken` signs left for what stands beside it."""
    return short_names(people, WIDTHS[columns] - taken)


def with_children(name: str, children: Sequence[str], width: int) -> str:
    """A guardian with the first names of the children, «Рождественская С. (Ел., Ег.)», never cut in a bracket.

    Where they don't fit whole, each keeps three letters, two, or one; last the surname is cut.
    """
    for letters in (None, 3, 2, 1):
        said = ", ".join(one if letters is None or len(one) <= letters else f"{one[:letters]}." for one in children)
        label = f"{name} ({said})" if said else name
        if len(label) <= width:
            return label
    return f"{shortened(name, max(width - len(said) - 3, 4))} ({said})"[:width]
