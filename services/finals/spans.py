"""What term marks of a class can be for, and in which days each is entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.calendar import SchoolCalendar, TermSpan
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.rules import finals as rules
from services.rules.finals import Scope, Standing, Window
from services.rules.regulation import Regulation
from storage.repositories.receipts import ReceiptRow
from storage.vocabulary import TermKind, TermScope

SUNDAY = 6


class NotReceived(SchoolError):
    """Exam and ГИА results are entered after their receipt is registered (М Регл. 2; В 4.4.5)."""

    sentence = N_("These results haven't been received yet. The deputy head registers them in “Results”.")


@dataclass(frozen=True, slots=True)
class Span:
    """A scope with its days and the window of its entry.

    `ordinal` counts the terms of `term_kind`; both are of terms only. `closed`: nothing is entered any more. `due_at`:
    until when received results stand in the journal.
    """

    scope: Scope
    term_kind: TermKind | None
    ordinal: int
    starts_on: date
    ends_on: date
    window: Window
    closed: bool
    due_at: datetime | None = None

    def standing(self, today: date) -> Standing:
        """Whether entry has begun, and whether it is late."""
        return rules.standing(self.window, today)

    def counts_on(self, today: date) -> date:
        """The day whose students have this mark: the last of the span, or today within it."""
        return max(self.starts_on, min(today, self.ends_on))


def is_school_day(calendar: SchoolCalendar, day: date) -> bool:
    """Whether a day has lessons; Sunday only where the calendar says so."""
    if calendar.weekday_followed(day) is None:
        return False
    return day.weekday() != SUNDAY or day in calendar.special


def term_span(calendar: SchoolCalendar, term: TermSpan, *, year_closed: bool = False) -> Span:
    """A term as a span."""
    window = rules.window(term.starts_on, term.ends_on, lambda day: is_school_day(calendar, day))
    scope = Scope(TermScope.TERM, term.id)
    closed = term.closed or year_closed
    return Span(scope, term.kind, term.ordinal, term.starts_on, term.ends_on, window, closed)


def terms_of(calendar: SchoolCalendar, kind: TermKind) -> list[TermSpan]:
    """The year's terms of a kind in their order."""
    return sorted((term for term in calendar.terms if term.kind is kind), key=lambda term: term.ordinal)


def spans_of(
    calendar: SchoolCalendar,
    regulation: Regulation,
    level: int,
    received: Sequence[ReceiptRow],
    today: date,
    *,
    year_closed: bool = False,
) -> list[Span]:
    """What a class of a level has term marks for so far: the terms begun, the year, exams and the final mark.

    The year and the final mark come with the last term's window, an exam with its receipt. `received` are the receipts
    of one class and subject.
    """
    terms = [
        term_span(calendar, term, year_closed=year_closed) for term in terms_of(calendar, regulation.term_kind(level))
    ]
    found = [one for one in terms if one.starts_on <= today]
    if terms and terms[-1].window.opens_on <= today:
        found.append(_of_year(calendar, TermScope.YEAR, terms[-1].window, closed=year_closed))
    exams = [_of_receipt(calendar, one, regulation, closed=year_closed) for one in received]
    found += [one for one in exams if one.scope.kind is TermScope.EXAM]
    has_final = level in regulation.state_exam_levels or any(one.scope.kind is TermScope.EXAM for one in exams)
    if has_final and terms and terms[-1].window.opens_on <= today:
        found.append(_of_year(calendar, TermScope.FINAL, terms[-1].window, closed=year_closed))
    return found + [one for one in exams if one.scope.kind is TermScope.STATE_EXAM]


def chosen(spans: Sequence[Span], scope: Scope) -> Span:
    """The span of a scope. Raises NotReceived for an exam that has no receipt, NotFoundHere."""
    found = next((one for one in spans if one.scope == scope), None)
    if found is not None:
        return found
    if scope.kind in {TermScope.EXAM, TermScope.STATE_EXAM}:
        raise NotReceived
    raise NotFoundHere


def levels_of(kind: TermKind, regulation: Regulation) -> list[int]:
    """The levels whose year is divided like this and that take marks (В 3.8)."""
    return [
        int(level)
        for level, name in regulation.term_kinds.items()
        if name == kind.value and regulation.takes_marks(int(level), False)
    ]


def all_levels(regulation: Regulation) -> list[int]:
    """Every level that takes marks."""
    return [int(level) for level in regulation.term_kinds if regulation.takes_marks(int(level), False)]


def _of_year(calendar: SchoolCalendar, kind: TermScope, window: Window, *, closed: bool) -> Span:
    scope = Scope(kind, calendar.year_id)
    return Span(scope, None, 0, calendar.starts_on, calendar.ends_on, window, closed)


def _of_receipt(calendar: SchoolCalendar, receipt: ReceiptRow, regulation: Regulation, *, closed: bool) -> Span:
    scope = Scope.parse(receipt.scope)
    due_at = rules.results_due(scope.kind, receipt.received_at, regulation)
    window = Window(calendar.today(receipt.received_at), calendar.today(due_at))
    return Span(scope, None, 0, calendar.starts_on, calendar.ends_on, window, closed, due_at)
