"""When a student may pass from one subgroup to another: at a term's end only (В 4.3.2, 4.4.12). Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

Span = tuple[date, date]  # a term's first and last day


def transfer_day(terms: Sequence[Span], today: date) -> date | None:
    """From which day a transfer made today counts: the first of the term that begins next, or begins today.

    None within a term, and after the last one.
    """
    for starts_on, ends_on in sorted(terms):
        if today <= starts_on:
            return starts_on
        if today <= ends_on:
            return None
    return None


def next_transfer_day(terms: Sequence[Span], today: date) -> date | None:
    """The first day, today or later, on which a transfer may be made; None when no term begins any more this year."""
    if transfer_day(terms, today) is not None:
        return today
    for _starts_on, ends_on in sorted(terms):
        after = ends_on + timedelta(days=1)
        if today < after and transfer_day(terms, after) is not None:
            return after
    return None
