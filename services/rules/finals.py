"""Term marks: what they stand for, when they are entered and told, and which ask for a second look (О 2.8). Pure."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.rules import averages, quiet_hours
from services.rules.averages import Scored
from services.rules.quiet_hours import Hours
from services.rules.regulation import Regulation
from storage.vocabulary import EXEMPT, NOT_ASSESSED, TermScope, WorkKind

DAY = timedelta(days=1)
CONTROL_WEIGHT = 3  # the kinds that weigh as much as a control work are control works to the quality check
WORDS = (EXEMPT, NOT_ASSESSED)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a term mark stands for: a term by its id, or the year, exam, final or ГИА of a year by the year's id."""

    kind: TermScope
    number: int

    @property
    def key(self) -> str:
        """As it is stored: «term:7», «year:2»."""
        return f"{self.kind.value}:{self.number}"

    @classmethod
    def parse(cls, key: str) -> "Scope":
        """The scope of a stored key. Raises ValueError."""
        kind, _, number = key.partition(":")
        return cls(TermScope(kind), int(number))


@dataclass(frozen=True, slots=True)
class Window:
    """The days in which term marks are entered, both included."""

    opens_on: date
    closes_on: date


class Standing(StrEnum):
    """Where a day stands to a window."""

    AHEAD = "ahead"
    OPEN = "open"
    LATE = "late"  # entry is still taken until the term is closed, and shown as late


def window(starts_on: date, ends_on: date, is_school_day: Callable[[date], bool]) -> Window:
    """From the Monday of a term's last school week to its last school day (О 2.8; В 4.4.5).

    A term without a school day has the week of its last day.
    """
    last = ends_on
    while last > starts_on and not is_school_day(last):
        last -= DAY
    if not is_school_day(last):
        last = ends_on
    return Window(max(starts_on, last - timedelta(days=last.weekday())), last)


def standing(given: Window, today: date) -> Standing:
    """Whether entry has begun on a day, and whether it is late already."""
    if today < given.opens_on:
        return Standing.AHEAD
    return Standing.OPEN if today <= given.closes_on else Standing.LATE


def values(regulation: Regulation) -> tuple[str, ...]:
    """What may stand as a term mark: a mark of the scale, ОСВ or Н/А (О 2.8)."""
    return (*regulation.scale, *WORDS)


def year_proposal(term_marks: Sequence[str | None]) -> str | None:
    """The year's mark by those of all its terms; None while one is missing or where none is a number (§13)."""
    return None if None in term_marks else averages.mean_of_terms(term_marks)


def final_proposal(year: str | None, exam: str | None) -> str | None:
    """The final mark: the year's, with an exam the mean of both, half up (ours); None without the year's."""
    if year is None or not averages.is_number(year):
        return None
    return year if exam is None else averages.mean_of_terms([year, exam])


def allows_blanks(kind: TermScope) -> bool:
    """Whether the list may be sent with blanks: not everybody takes an exam, but everybody has a term mark (О 2.8)."""
    return kind in {TermScope.EXAM, TermScope.STATE_EXAM}


def results_due(kind: TermScope, received_at: datetime, regulation: Regulation) -> datetime:
    """Until when received results stand in the journal: exams 24 h (М Регл. 2), ГИА 2 days (В 4.4.5)."""
    if kind is TermScope.STATE_EXAM:
        return received_at + timedelta(days=regulation.state_exam_days)
    return received_at + timedelta(hours=regulation.results_hours)


def told_at(
    issued_at: datetime, due_at: datetime | None, hours: Hours, zone: ZoneInfo, regulation: Regulation
) -> datetime:
    """When a family is told what was issued: at the next results hour, or at once where `due_at` comes before it.

    Results wait for the end of a person's quiet hours only from the results' own evening hour on (product §3).
    """
    usual = quiet_hours.next_at(issued_at, regulation.results_minute, zone)
    return after_quiet(issued_at if due_at is not None and due_at < usual else usual, hours, zone, regulation)


def after_quiet(moment: datetime, hours: Hours, zone: ZoneInfo, regulation: Regulation) -> datetime:
    """The moment itself, or the end of the quiet hours that hold results back."""
    late = Hours(hours.mode, hours.digest_minute, regulation.results_quiet_from_minute, hours.quiet_until)
    if quiet_hours.in_quiet(moment, hours, zone) and quiet_hours.in_quiet(moment, late, zone):
        return quiet_hours.next_at(moment, hours.quiet_until, zone)
    return moment


class Hint(StrEnum):
    """Why a term mark deserves a second look (В 6(2).2)."""

    GAP = "gap"  # far from its average
    NO_CONTROL = "no_control"  # no control work in the term
    FEW_MARKS = "few_marks"  # fewer than the week's hours ask for (М д)


def hints(
    value: str | None, marks: Sequence[Scored], weekly_hours: int, kinds: Collection[WorkKind], regulation: Regulation
) -> tuple[Hint, ...]:
    """What is odd about a student's term mark, by the marks of the term and the kinds of work the class had in it.

    ОСВ has nothing to be checked against, Н/А no average.
    """
    if value == EXEMPT:
        return ()
    found = []
    if is_far(value, averages.average(marks, regulation), regulation):
        found.append(Hint.GAP)
    if not any(is_control(kind, regulation) for kind in kinds):
        found.append(Hint.NO_CONTROL)
    if value != NOT_ASSESSED and sum(averages.is_number(one.value) for one in marks) < marks_wanted(
        weekly_hours, regulation
    ):
        found.append(Hint.FEW_MARKS)
    return tuple(found)


def is_far(value: str | None, mean: Decimal | None, regulation: Regulation) -> bool:
    """Whether a mark is far enough from its average to be shown for a second look."""
    if value is None or mean is None or not averages.is_number(value):
        return False
    return abs(Decimal(value) - mean) >= Decimal(regulation.final_gap)


def is_control(kind: WorkKind, regulation: Regulation) -> bool:
    """Whether a kind of work counts as a control work."""
    return regulation.weights.get(kind.value, 1) >= CONTROL_WEIGHT


def marks_wanted(weekly_hours: int, regulation: Regulation) -> int:
    """How many marks a term asks for by the hours a week; the most hours named stand for all above (М д)."""
    known = sorted(int(hours) for hours in regulation.marks_minimum)
    fitting = [hours for hours in known if hours <= max(1, weekly_hours)]
    return regulation.marks_minimum[str(fitting[-1])] if fitting else 0


def weekly_hours(lessons: int, since: date, until: date) -> int:
    """Hours a week by the lessons from one day to another, rounded half up, one at least."""
    weeks = max(Decimal(1), Decimal((until - since).days + 1) / 7)
    return max(1, int((Decimal(lessons) / weeks).quantize(Decimal(1), ROUND_HALF_UP)))


@dataclass(frozen=True, slots=True)
class Distribution:
    """How term marks, given or proposed, are spread; `blank`: neither given nor proposed.

    `quality` and `success` are whole per cents of those who aren't exempt: the two best marks of the scale, and all
    marks but the worst. None where everybody is exempt.
    """

    counts: tuple[tuple[str, int], ...]
    blank: int
    quality: int | None
    success: int | None


def distribution(given: Sequence[str | None], regulation: Regulation) -> Distribution:
    """The spread of a class's term marks (В 2.2, 6(2).2)."""
    counts = tuple((value, given.count(value)) for value in values(regulation))
    graded = [value for value in given if value != EXEMPT]
    by_worth = sorted(filter(averages.is_number, regulation.scale), key=int)
    good = sum(value in by_worth[-2:] for value in graded)
    passed = sum(value in by_worth[1:] for value in graded)
    return Distribution(counts, given.count(None), _per_cent(good, len(graded)), _per_cent(passed, len(graded)))


def worst(regulation: Regulation) -> str:
    """The mark of the scale that is no success."""
    return min(filter(averages.is_number, regulation.scale), key=int)


def _per_cent(part: int, whole: int) -> int | None:
    if whole == 0:
        return None
    return int((Decimal(100 * part) / whole).quantize(Decimal(1), ROUND_HALF_UP))
