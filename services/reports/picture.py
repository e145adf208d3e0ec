"""The picture of a term: marks over time, a strip for each subject with its average line, for a phone in any light."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from babel.dates import format_date

from services import words
from services.diary import GivenMark, TermMarks
from services.i18n import gettext as _
from services.i18n import spoken
from services.letters.typeset import cut
from services.reports.typeset import draw
from services.rules import averages
from services.rules.averages import Scored
from services.rules.finals import is_control
from services.rules.regulation import Regulation
from storage.vocabulary import TermScope

STRIP = 168.0  # points of a strip from the term's first day to its last
DISC = 13.0  # points across of a mark's disc: closer ones would hide each other
NAME_SIGNS = 30


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a mark stands in its strip: points from the left, and its worth from 0 (the worst) to 1."""

    x: float
    y: float


async def term_picture(view: TermMarks, now: datetime) -> bytes:
    """PNG of a term's marks, at least one; drawn in a thread, kept nowhere.

    Only the child's first name and class are in it.
    """
    return await asyncio.to_thread(draw, "term.typ", picture_data(view), now)


def picture_data(view: TermMarks) -> dict[str, object]:
    """What the template draws."""
    term, regulation = view.terms.chosen, view.regulation
    name = term.year if term.kind is None else words.term_scope(TermScope.TERM, term.kind, term.ordinal)
    return {
        "title": f"{cut(view.opened.child.first_name, 24)}, {cut(term.class_name, 12)}",
        "term": f"{name} {term.year}" if term.kind is not None else name,
        "months": [
            {"x": _along(day, term.starts_on, term.ends_on), "label": format_date(day, "LLL", locale=spoken())}
            for day in _months(term.starts_on, term.ends_on)
        ],
        "subjects": [
            {
                "name": cut(line.name, NAME_SIGNS),
                "average": "" if line.average is None else words.average(line.average),
                "marks": [
                    {"x": spot.x, "y": spot.y, "value": cut(mark.value, 3), "heavy": is_control(mark.kind, regulation)}
                    for mark, spot in zip(marks, spots(marks, term.starts_on, term.ends_on, regulation), strict=True)
                ],
                "line": average_line(marks, term.starts_on, term.ends_on, regulation),
            }
            for line, marks in view.subjects
        ],
        "words": {
            "average": _("average"),
            "heavy": _("control work, test"),
            "light": _("other marks"),
            "line": _("the average as it went"),
        },
    }


def spots(marks: Sequence[GivenMark], since: date, until: date, regulation: Regulation) -> list[Spot]:
    """Where the marks stand, in their order: by day, moved apart so that none hides another."""
    wanted = [_along(mark.on_date, since, until) for mark in marks]
    gap = min(DISC, (STRIP - DISC) / max(1, len(wanted) - 1))
    places: list[float] = []
    for x in wanted:
        places.append(max(x, places[-1] + gap) if places else max(x, DISC / 2))
    limit = STRIP - DISC / 2
    for n in range(len(places) - 1, -1, -1):  # those pushed over the edge push the others back
        places[n] = min(places[n], limit)
        limit = places[n] - gap
    assert all(one < other + 0.01 for one, other in pairwise(places))
    return [Spot(round(x, 2), _worth(mark.value, regulation)) for mark, x in zip(marks, places, strict=True)]


def average_line(
    marks: Sequence[GivenMark], since: date, until: date, regulation: Regulation
) -> list[tuple[float, float]]:
    """The average after each mark, as points of the strip; empty where nothing enters it."""
    found = []
    for n, spot in enumerate(spots(marks, since, until, regulation), 1):
        mean = averages.average((Scored(one.value, one.kind) for one in marks[:n]), regulation)
        if mean is not None:
            found.append((spot.x, _height(mean, regulation)))
    return found


def _worth(value: str, regulation: Regulation) -> float:
    return _height(Decimal(value), regulation) if averages.is_number(value) else 0.5


def _height(value: Decimal, regulation: Regulation) -> float:
    numbers = [int(one) for one in regulation.scale if averages.is_number(one)]
    lowest, highest = min(numbers), max(numbers)
    return round(float((value - lowest) / max(1, highest - lowest)), 4)


def _along(day: date, since: date, until: date) -> float:
    """A day as points of the strip."""
    days = max(1, (until - since).days)
    return round(STRIP * min(max((day - since).days, 0), days) / days, 2)


def _months(since: date, until: date) -> list[date]:
    """The first days of the months that begin within a term, and its own first day."""
    found = [since]
    day = (since.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= until:
        if (day - found[-1]).days > 14:
            found.append(day)
        else:
            found[-1] = day
        day = (day + timedelta(days=32)).replace(day=1)
    return found
