"""«Итоги»: who still owes term marks, what deserves a second look, closing a term (О 2.8; В 6(2).2)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services import words
from services.actor import Actor
from services.assignments import CONTROLLING, ensure_controls, ensure_decides
from services.calendar import SchoolCalendar
from services.clock import Clock
from services.errors import NotFoundHere
from services.finals import refusals, sheets
from services.finals import spans as all_spans
from services.finals.grid import hints_of
from services.finals.sheets import Place
from services.finals.spans import Span
from services.rules.finals import Hint, Scope
from services.rules.finals import Standing as Entry
from services.rules.regulation import Regulation
from services.rules.short_names import Named
from storage.repositories import audit, diary, rights
from storage.repositories import finals as rows
from storage.repositories.finals import Unissued
from storage.uow import Storage, Uow
from storage.vocabulary import STAFF_ROLES, ClassId, PersonId, TermId, TermScope

PLACES_SAID = 6


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class in the deputy head's list: in how many subjects somebody has no issued mark, and how many marks."""

    class_id: ClassId
    name: str
    subjects: int
    unfinished: int
    blanks: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The school's classes in a term, or the year; `spans`: what else there is; `may_close`: whether a term can be."""

    span: Span
    spans: Sequence[Span]
    classes: Sequence[ClassLine]
    may_close: bool


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """A subject of a class with its teachers' surnames, and how far its term marks are."""

    place: Place
    subject: str
    subgroup: str | None
    teachers: str
    students: int
    nothing: int
    drafts: int


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class in a span."""

    class_id: ClassId
    name: str
    span: Span
    spans: Sequence[Span]
    subjects: Sequence[SubjectLine]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A term mark that deserves a second look; `issued` false: a draft or a proposal yet."""

    name: Named
    value: str | None
    average: Decimal | None
    hints: Sequence[Hint]


@dataclass(frozen=True, slots=True)
class SubjectDoubts:
    """The doubts about a subject of a class; `no_control`: it had no control work in the term."""

    subject: str
    subgroup: str | None
    no_control: bool
    doubts: Sequence[Doubt]


class TermResults:
    """Shows and closes terms."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def overview(self, actor: Actor, scope: Scope | None = None) -> Overview:
        """The school in a scope, by default the first term that is to be closed. Raises NotYourOffice, NotFoundHere."""
        ensure_controls(actor)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar, regulation = await self._rules(uow, actor)
            today = calendar.today(now)
            spans = _of_school(calendar, regulation, today)
            span, states = await self._chosen(uow, actor, spans, scope, calendar, regulation)
        return Overview(span, spans, _by_class(states), _may_close(span, today))

    async def school_class(self, actor: Actor, class_id: ClassId, scope: Scope | None = None) -> ClassView:
        """A class that the actor controls or leads, by subject. Raises NotFoundHere, NotYourOffice."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar, regulation = await self._rules(uow, actor)
            today = calendar.today(now)
            found = await _access(uow, actor, class_id, sheets.day_of_year(calendar, now))
            spans = all_spans.spans_of(calendar, regulation, found.level, [], today)
            span, states = await self._chosen(uow, actor, spans, scope, calendar, regulation, class_id)
            people = {teacher for one in states for teacher in one.taught.teachers}
            names = await diary.names(uow, people) if people else {}
        subjects = [_line(one, span, names) for one in states]
        return ClassView(class_id, found.name, span, spans, subjects)

    async def doubts(self, actor: Actor, class_id: ClassId, scope: Scope) -> tuple[ClassView, list[SubjectDoubts]]:
        """A class's term marks that deserve a second look (В 6(2).2). Raises as school_class."""
        view = await self.school_class(actor, class_id, scope)
        found = []
        async with self._storage.reading() as uow:
            for line in view.subjects:
                sheet = await sheets.load(uow, actor, line.place, self._clock.now())
                place = line.place
                lessons = await rows.lessons_held(
                    uow, class_id, place.subgroup_id, place.subject_id, view.span.starts_on, view.span.ends_on
                )
                hinted = [(row, hints_of(sheet, row, lessons)) for row in sheet.students]
                doubts = [
                    Doubt(row.name, row.value, row.average, own)
                    for row, hints in hinted
                    if (own := [one for one in hints if one is not Hint.NO_CONTROL])
                ]
                no_control = any(Hint.NO_CONTROL in hints for _, hints in hinted)
                if doubts or no_control:
                    found.append(SubjectDoubts(line.subject, line.subgroup, no_control, doubts))
        return view, found

    async def close(self, actor: Actor, term_id: TermId) -> Overview:
        """Close a term for the whole school: nothing of it is entered any more but by request; once.

        Raises NotYourOffice, NotFoundHere, TermNotOver, TermHasBlanks (О 2.8).
        """
        ensure_decides(actor)
        now = self._clock.now()
        scope = Scope(TermScope.TERM, term_id)
        async with self._storage.writing(actor.seq, now=now) as uow:
            calendar, regulation = await self._rules(uow, actor)
            today = calendar.today(now)
            span = all_spans.chosen(_of_school(calendar, regulation, today), scope)
            if today < span.window.closes_on:
                raise refusals.TermNotOver(day=words.day_and_month(span.window.closes_on))
            states = await self._states(uow, actor, span, calendar, regulation)
            unfinished = [one for one in states if one.blanks]
            if unfinished and not span.closed:
                raise _blanks(unfinished, regulation)
            if await rows.close_term(uow, term_id, now):
                await audit.note(
                    uow,
                    school_id=actor.school_id,
                    actor_id=actor.person_id,
                    at=now,
                    action="term_closed",
                    subject=scope.key,
                    detail={},
                )
            calendar, _ = await self._rules(uow, actor)
            spans = _of_school(calendar, regulation, today)
        return Overview(all_spans.chosen(spans, scope), spans, _by_class(states), may_close=False)

    async def _rules(self, uow: Uow, actor: Actor) -> tuple[SchoolCalendar, Regulation]:
        calendar = await sheets.calendar_of(uow, actor, self._clock.now())
        _name, _zone, stored = await diary.school(uow, actor.school_id)
        return calendar, Regulation.from_json(stored)

    async def _chosen(
        self,
        uow: Uow,
        actor: Actor,
        spans: Sequence[Span],
        scope: Scope | None,
        calendar: SchoolCalendar,
        regulation: Regulation,
        class_id: ClassId | None = None,
    ) -> tuple[Span, list[Unissued]]:
        """The span of a scope; without one the first that is entered, isn't closed and had lessons, else the last."""
        if scope is not None:
            span = all_spans.chosen(spans, scope)
            return span, await self._states(uow, actor, span, calendar, regulation, class_id)
        today = calendar.today(self._clock.now())
        for span in spans:
            if not span.closed and span.standing(today) is not Entry.AHEAD:
                states = await self._states(uow, actor, span, calendar, regulation, class_id)
                if states:
                    return span, states
        if not spans:
            raise NotFoundHere
        span = max(spans, key=lambda one: one.starts_on)
        return span, await self._states(uow, actor, span, calendar, regulation, class_id)

    async def _states(
        self,
        uow: Uow,
        actor: Actor,
        span: Span,
        calendar: SchoolCalendar,
        regulation: Regulation,
        class_id: ClassId | None = None,
    ) -> list[Unissued]:
        kind = span.term_kind
        return await rows.states(
            uow,
            actor.school_id,
            scope=span.scope.key,
            since=span.starts_on,
            until=span.ends_on,
            on=span.counts_on(calendar.today(self._clock.now())),
            levels=all_spans.all_levels(regulation) if kind is None else all_spans.levels_of(kind, regulation),
            class_id=class_id,
        )


async def _access(uow: Uow, actor: Actor, class_id: ClassId, day: date) -> rights.ClassRow:
    found = await rights.school_class(uow, class_id, actor.school_id, actor.person_id, day)
    if found is None:
        raise NotFoundHere
    if not actor.roles & CONTROLLING and not (found.led and actor.roles & STAFF_ROLES):
        ensure_controls(actor)
    return found


def _of_school(calendar: SchoolCalendar, regulation: Regulation, today: date) -> list[Span]:
    """The terms begun, those of most classes first, and the year from its last term's window on."""
    kinds = sorted({term.kind for term in calendar.terms}, key=lambda kind: -len(all_spans.levels_of(kind, regulation)))
    found: list[Span] = []
    years: list[Span] = []
    for kind in kinds:
        levels = all_spans.levels_of(kind, regulation)
        if levels:
            spans = all_spans.spans_of(calendar, regulation, levels[0], [], today)
            found += [one for one in spans if one.scope.kind is TermScope.TERM]
            years += [one for one in spans if one.scope.kind is TermScope.YEAR]
    return [*found, *years[:1]]


def _may_close(span: Span, today: date) -> bool:
    return span.scope.kind is TermScope.TERM and not span.closed and today >= span.window.closes_on


def _by_class(states: Sequence[Unissued]) -> list[ClassLine]:
    by_class: dict[ClassId, list[Unissued]] = defaultdict(list)
    for one in states:
        by_class[one.taught.class_id].append(one)
    return [
        ClassLine(
            class_id,
            own[0].taught.class_name,
            len(own),
            sum(one.blanks > 0 for one in own),
            sum(one.blanks for one in own),
        )
        for class_id, own in by_class.items()
    ]


def _line(one: Unissued, span: Span, names: dict[PersonId, tuple[str, str]]) -> SubjectLine:
    taught = one.taught
    teachers = ", ".join(names[teacher][1] for teacher in taught.teachers if teacher in names)
    place = Place(taught.class_id, taught.subgroup_id, taught.subject_id, span.scope)
    return SubjectLine(place, taught.subject, taught.subgroup, teachers, one.students, one.nothing, one.drafts)


def _blanks(unfinished: Sequence[Unissued], regulation: Regulation) -> refusals.TermHasBlanks:
    said = ", ".join(f"{one.taught.class_name} {one.taught.subject}" for one in unfinished[:PLACES_SAID])
    if len(unfinished) > PLACES_SAID:
        said += f" (+{len(unfinished) - PLACES_SAID})"
    return refusals.TermHasBlanks(places=said, clause=regulation.clauses["term_marks"])
