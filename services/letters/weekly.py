"""The weekly letter: of all children what the week brought, averages with forecasts, and what works are ahead."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from services import words
from services.letters.diary_news import NAME_WIDTH, Written
from services.letters.reader import Reader
from services.letters.shelf import shelf_of
from services.letters.typeset import cut, fits, in_sentence, typeset
from services.outbox.transport import DueItem
from services.rules import averages, windows
from services.rules import plans as plan_rules
from services.rules.averages import Scored
from services.rules.plans import PlannedTopic
from services.rules.working_days import monday_of
from storage.repositories import diary_days, diary_terms, family_ticks
from storage.repositories.diary_terms import GivenMark, SeatTerm
from storage.repositories.family_ticks import PlannedWork
from storage.uow import Uow
from storage.vocabulary import AttendanceCode, PersonId, SubjectId, WorkKind

WEEK, DAY = timedelta(days=7), timedelta(days=1)
AHEAD = frozenset({WorkKind.CONTROL, WorkKind.TEST, WorkKind.EXAM})


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """A subject: the week's marks, the term's average, and what would lift it («до 5: две пятёрки»)."""

    subject: str
    marks: str
    mean: str | None
    forecast: str | None


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A work of next week by its plan."""

    day: str
    subject: str
    work: str


@dataclass(slots=True)
class ChildWeek:
    """A child's week; `missed`: lessons, `unexplained` of them without a reason; `late`: came late so often."""

    name: str
    subjects: list[SubjectLine] = field(default_factory=list)
    missed: int = 0
    unexplained: int = 0
    late: int = 0
    works: list[WorkLine] = field(default_factory=list)

    @property
    def news(self) -> bool:
        """Whether the week brought anything, or the next one does."""
        return bool(self.missed or self.late or self.works or any(one.marks for one in self.subjects))


async def weekly(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """The letter of the week whose day the item names; None where no child had anything."""
    on = max((date.fromisoformat(item.value) for item in items if item.value), default=reader.today)
    monday = monday_of(on)
    shelf = shelf_of(uow)
    own = await shelf.children(uow, reader.person_id, reader.today)
    names = await shelf.names(uow, own)
    children = [await _week(uow, reader, student, reader.called(names[student]), monday) for student in own]
    shown = [one for one in children if one.news]
    if not shown:
        return None
    told = tuple(item.id for item in items)
    about = [student for student, one in zip(own, children, strict=True) if one.news]
    since, until = words.weekday(monday), words.weekday(on)
    for smaller in (_whole, _of_the_week, _without_forecasts):
        shorter = [smaller(one) for one in shown]
        if fits(text := typeset("weekly", since=since, until=until, children=shorter, left_out=False)):
            return Written(text, told, tuple(about))
    while True:  # a family of many: the rest is in the diary
        shorter = shorter[:-1]
        text = typeset("weekly", since=since, until=until, children=shorter, left_out=True)
        if fits(text) or not shorter:
            return Written(text, told, tuple(about))


async def _week(uow: Uow, reader: Reader, student_id: PersonId, name: str, monday: date) -> ChildWeek:
    child = ChildWeek(cut(name, NAME_WIDTH))
    sunday = monday + WEEK - DAY
    seat = _seat(await diary_terms.terms_of(uow, reader.school_id, student_id), sunday, reader)
    if seat is None:
        return child
    if reader.regulation.takes_marks(seat.level, seat.short_stay):
        marks = await diary_terms.marks_between(uow, reader.school_id, student_id, min(seat.starts_on, monday), sunday)
        child.subjects = _subjects(marks, seat.starts_on, monday, reader)
        child.works = await _works(uow, reader, student_id, seat, monday + WEEK)
    for one in await diary_terms.absences_between(uow, reader.school_id, student_id, monday, sunday):
        if one.line.code is AttendanceCode.LATE:
            child.late += 1
        else:
            child.missed += 1
            child.unexplained += one.line.reason is None
    return child


def _seat(seats: Sequence[SeatTerm], on: date, reader: Reader) -> SeatTerm | None:
    """The class and term of a day; in holidays the term before them."""
    own = [
        one
        for one in seats
        if one.kind is reader.regulation.term_kind(one.level)
        and one.starts_on <= on
        and one.year_starts_on <= on <= one.year_ends_on
    ]
    return max(own, key=lambda one: one.starts_on, default=None)


def _subjects(marks: Sequence[GivenMark], since: date, monday: date, reader: Reader) -> list[SubjectLine]:
    lines = []
    for subject in sorted({one.subject for one in marks}):
        own = [one for one in marks if one.subject == subject]
        scored = [Scored(one.value, one.kind) for one in own if one.on_date >= since]
        mean = averages.average(scored, reader.regulation)
        lifted = averages.forecast(scored, reader.regulation)
        lines.append(
            SubjectLine(
                cut(in_sentence(subject), NAME_WIDTH),
                ", ".join(one.value for one in own if one.on_date >= monday),
                None if mean is None else words.average(mean),
                None if lifted is None else words.forecast(lifted),
            )
        )
    return lines


async def _works(uow: Uow, reader: Reader, student_id: PersonId, seat: SeatTerm, next_monday: date) -> list[WorkLine]:
    """The works of next week: the plan goes on, topic by topic, through the lessons from today to next Sunday."""
    lessons = [
        one
        for one in await diary_days.lessons_between(
            uow, reader.school_id, student_id, next_monday - DAY, next_monday + WEEK - DAY
        )
        if windows.is_held(one.line.state)
    ]
    subjects = {SubjectId(one.line.subject_id) for one in lessons}
    plans = await family_ticks.planned(uow, seat.year_id, seat.level, subjects)
    plans = {subject: own for subject, own in plans.items() if any(one.kind in AHEAD for one in own)}
    if not plans:
        return []
    topics = [one.id for own in plans.values() for one in own]
    taken = await family_ticks.taken(uow, reader.school_id, student_id, topics)
    found = []
    for subject, own in plans.items():
        coming, said = _hours(own, taken), set[int]()
        for lesson, topic in zip((one for one in lessons if one.line.subject_id == subject), coming, strict=False):
            if topic.kind in AHEAD and topic.id not in said and lesson.line.on_date >= next_monday:
                said.add(topic.id)  # a work of two hours is told of by its first
                day = words.weekday(lesson.line.on_date)
                name = cut(in_sentence(lesson.line.subject), NAME_WIDTH)
                found.append((lesson.line.starts_at, WorkLine(day, name, cut(topic.title, NAME_WIDTH))))
    return [line for _at, line in sorted(found, key=lambda one: one[0])]


def _hours(plan: Sequence[PlannedWork], taken: dict[int, int]) -> list[PlannedWork]:
    """What each coming lesson is about, hour by hour."""
    by_id = {one.id: one for one in plan}
    order = [PlannedTopic(one.id, one.ordinal, one.title, one.hours) for one in plan]
    hours: list[PlannedWork] = []
    for topic in plan_rules.upcoming(order, taken, len(order)):
        hours += [by_id[topic.id]] * max(1, topic.hours - taken.get(topic.id, 0))
    return hours


def _whole(child: ChildWeek) -> ChildWeek:
    return child


def _of_the_week(child: ChildWeek) -> ChildWeek:
    """Only the subjects that the week brought marks in."""
    return replace(child, subjects=[one for one in child.subjects if one.marks])


def _without_forecasts(child: ChildWeek) -> ChildWeek:
    return replace(child, subjects=[replace(one, forecast=None) for one in child.subjects if one.marks][:12])
