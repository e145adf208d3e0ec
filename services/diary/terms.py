"""The terms of a child's whole history, and the one in view (М 2.5: any term, any time)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.errors import NotFoundHere
from services.rules.regulation import Regulation
from storage.repositories.diary_terms import SeatTerm
from storage.vocabulary import ClassId, TermKind


@dataclass(frozen=True, slots=True)
class DiaryTerm:
    """A term of one year of a child, with the class of then; a year that isn't divided is one term, `id` 0."""

    id: int
    kind: TermKind | None
    ordinal: int
    starts_on: date
    ends_on: date
    year_id: int
    year: str
    class_id: ClassId
    class_name: str
    takes_marks: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """The term in view, those begun in its year, and the nearest terms of the years around; `current`: it runs now."""

    chosen: DiaryTerm
    of_year: tuple[DiaryTerm, ...]
    year_before: DiaryTerm | None
    year_after: DiaryTerm | None
    current: bool


def choose(rows: Sequence[SeatTerm], regulation: Regulation, today: date, term_id: int | None) -> Terms:
    """The view of a term, by default of the newest begun. Raises NotFoundHere for a term that isn't the child's."""
    years = _years(rows, regulation, today)
    if not years:
        raise NotFoundHere
    every = [term for year in years for term in year]
    chosen = every[-1] if term_id is None else next((one for one in every if one.id == term_id), None)
    if chosen is None:
        raise NotFoundHere
    place = next(n for n, year in enumerate(years) if chosen in year)
    return Terms(
        chosen=chosen,
        of_year=years[place],
        year_before=years[place - 1][-1] if place > 0 else None,
        year_after=years[place + 1][-1] if place + 1 < len(years) else None,
        current=chosen == every[-1] and today <= chosen.ends_on,
    )


def _years(rows: Sequence[SeatTerm], regulation: Regulation, today: date) -> list[tuple[DiaryTerm, ...]]:
    """The begun terms, by year; a year that has not begun counts only where there is no other."""
    by_year: dict[int, list[SeatTerm]] = {}
    for row in rows:
        by_year.setdefault(row.year_id, []).append(row)
    years = [_terms(own, regulation) for own in by_year.values()]
    begun = [tuple(term for term in year if term.starts_on <= today) for year in years]
    return [year for year in begun if year] or [year[:1] for year in years]


def _terms(rows: Sequence[SeatTerm], regulation: Regulation) -> tuple[DiaryTerm, ...]:
    last = rows[-1]  # of the classes of a year, the one that the student came to last
    own = [row for row in rows if row.class_id == last.class_id]
    kind = regulation.term_kinds.get(str(last.level))
    takes_marks = regulation.takes_marks(last.level, last.short_stay)
    terms = {
        row.term_id: DiaryTerm(
            row.term_id,
            row.kind,
            row.ordinal,
            row.starts_on,
            row.ends_on,
            row.year_id,
            row.year,
            row.class_id,
            row.class_name,
            takes_marks,
        )
        for row in own
        if row.term_id is not None and row.kind is not None and row.kind.value == kind
    }
    if terms:
        return tuple(sorted(terms.values(), key=lambda term: term.starts_on))
    return (
        DiaryTerm(
            0,
            None,
            0,
            last.year_starts_on,
            last.year_ends_on,
            last.year_id,
            last.year,
            last.class_id,
            last.class_name,
            takes_marks,
        ),
    )
