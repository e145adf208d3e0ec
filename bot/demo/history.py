"""The demo school's weeks before the demo: what its teachers wrote, lesson by lesson. Pure, and the same every time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from bot.demo.homework import has_homework, homework
from storage.vocabulary import AbsenceReason, AttendanceCode, WorkKind

SEED = 7


@dataclass(frozen=True, slots=True)
class PlannedTopic:
    """A topic of a plan with its hours and the kind of work it asks for."""

    id: int
    title: str
    hours: int
    kind: WorkKind | None


@dataclass(frozen=True, slots=True)
class PastLesson:
    """A lesson that was held; moments aware UTC. `place`: how many lessons the course had before it this year.

    `first`: the class's first lesson of that day. `homeroom_id`: who sets the reasons of absence.
    """

    id: int
    on_date: date
    starts_at: datetime
    ends_at: datetime
    first: bool
    subject: str
    takes_marks: bool
    teacher_id: int
    homeroom_id: int
    place: int
    topics: Sequence[PlannedTopic]
    students: Sequence[int]


@dataclass(frozen=True, slots=True)
class Written:
    """A part of a lesson's record."""

    part: str
    value: str
    plan_topic_id: int | None
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Missed:
    """A revision of a student's attendance."""

    student_id: int
    rev: int
    code: AttendanceCode
    reason: AbsenceReason | None
    author_id: int
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class Marked:
    """A column of marks: students' values and comments."""

    kind: WorkKind
    entered_at: datetime
    marks: Mapping[int, tuple[str, str]]


@dataclass
class Story:
    """All that stands in the journal for one lesson."""

    lesson: PastLesson
    records: list[Written] = field(default_factory=list)
    attendance: list[Missed] = field(default_factory=list)
    works: list[Marked] = field(default_factory=list)


def _dice(*facts: object) -> Random:
    """Chance that falls the same way for the same facts."""
    return Random(f"{SEED}/{facts}")  # noqa: S311 - nothing here is a secret


def topic_of(topics: Sequence[PlannedTopic], place: int) -> tuple[PlannedTopic, bool]:
    """The topic of a course's lesson number `place`, from 0, and whether it ends with it.

    Each topic takes as many lessons as it has hours; past the plan's end the last one goes on.
    """
    for topic in topics:
        if place < topic.hours:
            return topic, place == topic.hours - 1
        place -= topic.hours
    return topics[-1], False


def tell(lesson: PastLesson, now: datetime, *, unfinished: bool, spared: frozenset[int]) -> Story:
    """What stands in the journal of a lesson by `now`.

    `unfinished`: its homework is still to be written. `spared`: students who miss nothing that day.
    """
    random = _dice("lesson", lesson.id, str(lesson.on_date))
    story = Story(lesson)
    topic, ends = topic_of(lesson.topics, lesson.place)
    begun = lesson.starts_at + timedelta(minutes=random.randint(2, 9))
    story.records.append(Written("topic", topic.title, topic.id, begun))
    story.records.append(Written("attendance", "confirmed", None, begun + timedelta(minutes=2)))
    absent = set(_attendance(story, begun, now, spared))
    if lesson.takes_marks:
        if not unfinished:
            text = homework(lesson.subject, lesson.place, random)
            story.records.append(Written("homework", text, None, lesson.ends_at - timedelta(minutes=3)))
        present = [one for one in lesson.students if one not in absent]
        story.works = list(_works(lesson, topic.kind if ends else None, present, now, random))
    return story


def _attendance(story: Story, begun: datetime, now: datetime, spared: frozenset[int]) -> Iterable[int]:
    """Adds the day's absences; whoever is absent. The homeroom teacher knows the reason when the day is over."""
    lesson = story.lesson
    for student in lesson.students:
        if student in spared:
            continue
        reason = absence(student, lesson.on_date)
        entered = begun + timedelta(minutes=1)
        if reason is not None:
            yield student
            story.attendance.append(Missed(student, 1, AttendanceCode.ABSENT, None, lesson.teacher_id, entered))
            evening = lesson.ends_at + timedelta(hours=4)
            if evening < now:
                story.attendance.append(Missed(student, 2, AttendanceCode.ABSENT, reason, lesson.homeroom_id, evening))
        elif lesson.first and _dice("late", student, str(lesson.on_date)).random() < 0.015:
            story.attendance.append(Missed(student, 1, AttendanceCode.LATE, None, lesson.teacher_id, entered))


def absence(student: int, day: date) -> AbsenceReason | None:
    """Why a student is away on a day; None on most days. An illness takes up to four days of a week."""
    week = day.isocalendar()
    random = _dice("week", student, week.year, week.week)
    if random.random() > 0.11:
        return None
    reason = random.choices(list(AbsenceReason), weights=(6, 2, 1))[0]
    first = random.randint(1, 5)
    days = random.randint(2, 4) if reason is AbsenceReason.ILL else 1
    return reason if first <= week.weekday < first + days else None


def _works(
    lesson: PastLesson, kind: WorkKind | None, present: Sequence[int], now: datetime, random: Random
) -> Iterable[Marked]:
    """The columns of marks: everybody's work where there is a `kind` of it, else a few answers, now and then homework.

    Written work is checked by the next day's evening; until then its column is empty and not there.
    """
    if kind is not None:
        checked = lesson.ends_at + timedelta(hours=random.choice((5, 6, 29)))
        if checked < now:
            yield Marked(kind, checked, {one: (_value(one, random), "") for one in present})
        return
    answered = random.sample(present, min(len(present), random.randint(2, 6)))
    if answered:
        commented = answered[0] if random.random() < 0.2 else None
        marks = {
            one: (value := _value(one, random), _comment(value, random) if one == commented else "") for one in answered
        }
        yield Marked(WorkKind.ANSWER, lesson.ends_at - timedelta(minutes=6), marks)
    if has_homework(lesson.subject) and random.random() < 0.15:
        looked = random.sample(present, min(len(present), 8))
        yield Marked(
            WorkKind.HOMEWORK, lesson.ends_at - timedelta(minutes=4), {one: (_value(one, random), "") for one in looked}
        )


def _value(student: int, random: Random) -> str:
    """A mark as this student gets them: some learn better than others."""
    strength = _dice("strength", student).gauss(4.1, 0.5)
    return str(min(5, max(2, round(random.gauss(strength, 0.65)))))


def _comment(value: str, random: Random) -> str:
    return (
        random.choice(("Хорошая работа у доски", "Решено красивым способом")) if value >= "4" else "Повторить правило"
    )
