"""What the diary's views share: the heading, the children's names, the terms, why there are no lessons."""

from collections.abc import Callable, Sequence
from datetime import date

from aiogram.filters.callback_data import CallbackData

from handlers.screen import Button, esc, grid, shortened, tap
from handlers.screens.finals import SPANS_A_ROW
from services import words
from services.diary import Child, DiaryTerm, Opened, Rest, RestKind, Terms
from services.i18n import gettext as _
from services.letters.typeset import fits
from storage.vocabulary import TermScope

NAME_WIDTH = 14


def heading(own: Opened, what: str, class_name: str | None = None) -> str:
    """«Татьяна, 7Б · пропуски», as HTML; `what` is HTML."""
    return f"<b>{esc(own.child.first_name)}, {esc(class_name or own.class_name)}</b> · {what}"


def children_rows(
    child: Child, children: Sequence[Child], opens: Callable[[Child], CallbackData]
) -> list[list[Button]]:
    """The names of several children, the one in view marked; none where there is one child."""
    if len(children) < 2:
        return []
    return grid((tap(_name(one, child, children), opens(one)) for one in children), 2)


def _name(one: Child, child: Child, children: Sequence[Child]) -> str:
    """The first name, told apart from a brother's of the same name by the surname."""
    namesakes = sum(other.first_name == one.first_name for other in children)
    name = one.first_name if namesakes == 1 else f"{one.first_name} {one.last_name}"
    return ("• " if one.id == child.id else "") + shortened(name, NAME_WIDTH)


def term_rows(terms: Terms, opens: Callable[[DiaryTerm], CallbackData]) -> list[list[Button]]:
    """The begun terms of the year in view, and the ways to the years around."""
    rows = []
    if len(terms.of_year) > 1:
        buttons = (tap(("• " if one == terms.chosen else "") + _short(one), opens(one)) for one in terms.of_year)
        rows += grid(buttons, 2 if len(terms.of_year) == 4 else SPANS_A_ROW)
    return rows + year_rows(terms, opens)


def year_rows(terms: Terms, opens: Callable[[DiaryTerm], CallbackData]) -> list[list[Button]]:
    """The ways to the years before and after."""
    turn = []
    if terms.year_before is not None:
        turn.append(tap(f"← {shortened(terms.year_before.year, 12)}", opens(terms.year_before)))
    if terms.year_after is not None:
        turn.append(tap(f"{shortened(terms.year_after.year, 12)} →", opens(terms.year_after)))
    return [turn] if turn else []


def term_words(term: DiaryTerm, terms: Terms) -> str:
    """A term within a heading, «1-я четверть»; of another year than the newest with the year."""
    said = term.year if term.kind is None else words.term_scope(TermScope.TERM, term.kind, term.ordinal)
    return said if terms.year_after is None or term.kind is None else f"{said} {term.year}"


def _short(term: DiaryTerm) -> str:
    return words.term_scope_button(TermScope.TERM, term.kind, term.ordinal)


def first_fitting(texts: Callable[[int], str], widths: Sequence[int]) -> str:
    """The text at the first of these widths of people's words at which one message takes it."""
    text = ""
    for width in widths:
        text = texts(width)
        if fits(text):
            break
    return text


def turning(
    before: date | None, after: date | None, now: Button | None, opens: Callable[[date], CallbackData]
) -> list[Button]:
    """The row that turns to the days or weeks around."""
    row = []
    if before is not None:
        row.append(tap(f"← {words.short_day(before)}", opens(before)))
    if now is not None:
        row.append(now)
    if after is not None:
        row.append(tap(f"{words.short_day(after)} →", opens(after)))
    return row


def rest(why: Rest | None, otherwise: str) -> str:
    """Why there are no lessons, as HTML; `otherwise` where the calendar gives no reason."""
    if why is None:
        return otherwise
    match why.kind:
        case RestKind.FEAST:
            return _("A day off: {title}.").format(title=esc(why.title)) if why.title else _("A day off, no lessons.")
        case RestKind.SUMMER:
            if why.until is None:
                return _("Summer holidays.")
            return _("Summer holidays until {day}.").format(day=words.day_and_month(why.until))
        case RestKind.HOLIDAYS:
            if why.until is None:
                return _("Holidays.")
            return _("Holidays until {day}.").format(day=words.day_and_month(why.until))
