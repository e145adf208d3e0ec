"""Results of a year of a child's history, read only; the current year's are «Итоги» (services.finals.family)."""

from dataclasses import dataclass

from services.actor import Actor
from services.diary.door import Opened
from services.diary.subjects import terms_in_view
from services.diary.terms import DiaryTerm, Terms
from services.rules.finals import Scope
from storage.repositories import diary_terms
from storage.uow import Uow
from storage.vocabulary import TermScope

OF_YEAR = (TermScope.YEAR, TermScope.EXAM, TermScope.FINAL, TermScope.STATE_EXAM)


@dataclass(frozen=True, slots=True)
class YearResult:
    """A result of the year: of a term, or (None) of the scope named."""

    scope: TermScope
    term: DiaryTerm | None
    value: str


@dataclass(frozen=True, slots=True)
class YearView:
    """What was issued in a year, by subject in the order of the scopes."""

    opened: Opened
    terms: Terms
    subjects: tuple[tuple[str, tuple[YearResult, ...]], ...]


async def year(uow: Uow, actor: Actor, own: Opened, term_id: int | None) -> YearView:
    """The results of the year that a term lies in. Raises NotFoundHere."""
    terms, _regulation = await terms_in_view(uow, actor, own, term_id)
    scopes: dict[str, tuple[TermScope, DiaryTerm | None]] = {
        Scope(TermScope.TERM, term.id).key: (TermScope.TERM, term) for term in terms.of_year
    }
    scopes |= {Scope(kind, terms.chosen.year_id).key: (kind, None) for kind in OF_YEAR}
    order = list(scopes)
    found: dict[int, tuple[str, list[diary_terms.IssuedMark]]] = {}
    for mark in await diary_terms.issued(uow, own.child.id, order):
        found.setdefault(mark.subject_id, (mark.subject, []))[1].append(mark)
    return YearView(
        own,
        terms,
        tuple(
            (
                name,
                tuple(
                    YearResult(*scopes[mark.scope], mark.value)
                    for mark in sorted(marks, key=lambda mark: order.index(mark.scope))
                ),
            )
            for name, marks in found.values()
        ),
    )
