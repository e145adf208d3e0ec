"""How long what is kept (К 16; В 6(2).5): the journal five years, summary sheets with results twenty-five. Pure."""

from datetime import date, timedelta

JOURNAL_YEARS = 5
RESULTS_YEARS = 25
MAY_COME_BACK = timedelta(days=365)  # who left this year may be back in the next


def clause(*, results: bool) -> str:
    """By what a name is kept."""
    return "К 16" if results else "В 6(2).5"


def name_until(last_on: date | None, *, results: bool) -> date | None:
    """Until when a person's name stays in the journal after their last trace in it; None: they left none."""
    if last_on is None:
        return None
    years = RESULTS_YEARS if results else JOURNAL_YEARS
    try:
        return last_on.replace(year=last_on.year + years)
    except ValueError:  # 29 February
        return date(last_on.year + years, 3, 1)
