"""A child's subjects in a term: averages and proposals; one subject with its marks, forecast and topics (М 2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.actor import Actor
from services.diary.door import Opened
from services.diary.terms import DiaryTerm, Terms, choose
from services.errors import NotFoundHere
from services.rules import averages
from services.rules.averages import Forecast, Scored
from services.rules.finals import Scope
from services.rules.places import Place, place
from services.rules.regulation import Regulation
from storage.repositories import diary, diary_days, diary_terms
from storage.repositories.diary import AbsenceLine
from storage.repositories.diary_terms import GivenMark
from storage.uow import Uow
from storage.vocabulary import AttendanceCode, HomeworkWay, LessonState, TermScope


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """A subject in the list. `issued`: its term mark, which families see; `proposal`: by the average as it is now."""

    id: int
    name: str
    marks: int
    average: Decimal | None
    proposal: str | None
    issued: str | None


@dataclass(frozen=True, slots=True)
class SubjectsView:
    """A child's subjects in a term, by name; `place`: the own place in the class, where the school shows it."""

    opened: Opened
    terms: Terms
    subjects: tuple[SubjectLine, ...]
    place: Place | None


@dataclass(frozen=True, slots=True)
class SubjectLesson:
    """A lesson of a subject with its topic and homework; `given` and `own` as of DiaryLesson."""

    on_date: date
    topic: str | None
    given: str | None
    way: HomeworkWay | None
    own: str | None
    absence: AbsenceLine | None


@dataclass(frozen=True, slots=True)
class SubjectView:
    """A subject in a term: marks and held lessons, the newest first; `absent` and `late` count lessons."""

    opened: Opened
    terms: Terms
    id: int
    name: str
    marks: tuple[GivenMark, ...]
    lessons: tuple[SubjectLesson, ...]
    average: Decimal | None
    proposal: str | None
    issued: str | None
    forecast: Forecast | None
    absent: int
    late: int


@dataclass(frozen=True, slots=True)
class TermMarks:
    """All marks of a term, by subject in the order of the lessons, each subject with its average."""

    opened: Opened
    terms: Terms
    subjects: tuple[tuple[SubjectLine, tuple[GivenMark, ...]], ...]
    regulation: Regulation


async def terms_in_view(uow: Uow, actor: Actor, own: Opened, term_id: int | None) -> tuple[Terms, Regulation]:
    """The terms of an opened diary with the school's rules. Raises NotFoundHere."""
    _name, _zone, stored = await diary.school(uow, actor.school_id)
    regulation = Regulation.from_json(stored)
    rows = await diary_terms.terms_of(uow, actor.school_id, own.child.id)
    return choose(rows, regulation, own.today, term_id), regulation


async def subjects(uow: Uow, actor: Actor, own: Opened, term_id: int | None) -> SubjectsView:
    """The subjects of a term: those taught in it so far or having marks."""
    terms, regulation = await terms_in_view(uow, actor, own, term_id)
    term = terms.chosen
    days = (actor.school_id, own.child.id, term.starts_on, term.ends_on)
    names = {row.id: row.name for row in await diary_terms.taught(uow, *days)}
    marks = await diary_terms.marks_between(uow, *days)
    names |= {mark.subject_id: mark.subject for mark in marks}
    issued = {one.subject_id: one.value for one in await _issued(uow, own, term)}
    lines = [
        _line(subject_id, name, [one for one in marks if one.subject_id == subject_id], issued, regulation)
        for subject_id, name in sorted(names.items(), key=lambda one: (one[1], one[0]))
    ]
    return SubjectsView(own, terms, tuple(lines), await _place(uow, own, terms, regulation))


async def subject(uow: Uow, actor: Actor, own: Opened, subject_id: int, term_id: int | None) -> SubjectView:
    """A subject in a term. Raises NotFoundHere for a subject that the school doesn't have."""
    terms, regulation = await terms_in_view(uow, actor, own, term_id)
    term = terms.chosen
    name = await diary_terms.subject_name(uow, actor.school_id, subject_id)
    if name is None:
        raise NotFoundHere
    in_school = (actor.school_id, own.child.id)
    given = await diary_terms.marks_between(uow, *in_school, term.starts_on, term.ends_on)
    lessons = await diary_days.lessons_of_subject(uow, *in_school, subject_id, term.starts_on, term.ends_on)
    issued = {one.subject_id: one.value for one in await _issued(uow, own, term)}
    marks = [one for one in given if one.subject_id == subject_id]
    line = _line(subject_id, name, marks, issued, regulation)
    held = [one for one in lessons if one.line.state not in (LessonState.CANCELLED, LessonState.MOVED)]
    codes = [one.absence.code for one in held if one.absence is not None]
    return SubjectView(
        opened=own,
        terms=terms,
        id=subject_id,
        name=name,
        marks=tuple(reversed(marks)),
        lessons=tuple(
            SubjectLesson(one.line.on_date, one.topic, one.given, one.way, one.own, one.absence)
            for one in reversed(held)
            if one.topic or one.given is not None or one.own or one.absence is not None
        ),
        average=line.average,
        proposal=line.proposal,
        issued=line.issued,
        forecast=averages.forecast(_scored(marks), regulation) if terms.current and line.issued is None else None,
        absent=codes.count(AttendanceCode.ABSENT),
        late=codes.count(AttendanceCode.LATE),
    )


async def term_marks(uow: Uow, actor: Actor, own: Opened, term_id: int | None) -> TermMarks:
    """The marks of a term for its picture; subjects without marks are left out."""
    terms, regulation = await terms_in_view(uow, actor, own, term_id)
    term = terms.chosen
    marks = await diary_terms.marks_between(uow, actor.school_id, own.child.id, term.starts_on, term.ends_on)
    names = {mark.subject_id: mark.subject for mark in marks}
    found = []
    for subject_id, name in sorted(names.items(), key=lambda one: (one[1], one[0])):
        of_subject = [one for one in marks if one.subject_id == subject_id]
        found.append((_line(subject_id, name, of_subject, {}, regulation), tuple(of_subject)))
    return TermMarks(own, terms, tuple(found), regulation)


async def _issued(uow: Uow, own: Opened, term: DiaryTerm) -> list[diary_terms.IssuedMark]:
    return await diary_terms.issued(uow, own.child.id, [Scope(TermScope.TERM, term.id).key])


async def _place(uow: Uow, own: Opened, terms: Terms, regulation: Regulation) -> Place | None:
    term = terms.chosen
    if not regulation.own_place or not term.takes_marks:
        return None
    numbers = [value for value in regulation.scale if averages.is_number(value)]
    on = min(own.today, term.ends_on)
    sums = await diary_terms.class_sums(
        uow, term.class_id, term.starts_on, term.ends_on, on, numbers, regulation.weights
    )
    return place(own.child.id, sums)


def _line(
    subject_id: int, name: str, marks: Sequence[GivenMark], issued: dict[int, str], regulation: Regulation
) -> SubjectLine:
    mean = averages.average(_scored(marks), regulation)
    proposal = averages.proposal(mean, regulation)
    return SubjectLine(subject_id, name, len(marks), mean, proposal, issued.get(subject_id))


def _scored(marks: Sequence[GivenMark]) -> list[Scored]:
    return [Scored(one.value, one.kind) for one in marks]
