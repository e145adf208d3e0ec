"""Writing the demo school's past: lessons without a record get what their teachers would have written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.demo import cast
from bot.demo.history import PastLesson, PlannedTopic, Story, tell
from services.calendar import SchoolCalendar
from services.names import fold
from services.rules.regulation import Regulation
from services.timetable import school_calendar
from storage.repositories import calendar as calendar_rows
from storage.repositories import demo, timetable
from storage.repositories.timetable import EntryRow
from storage.uow import Storage, Uow
from storage.vocabulary import SchoolId, WorkKind

Course = tuple[int, int, int | None]
"""A subject, a class, and a subgroup of it or None."""
NOBODY: frozenset[int] = frozenset()


async def fill(storage: Storage, school_id: SchoolId, since: datetime, now: datetime) -> tuple[int, int]:
    """Write the lessons without a record that began since a moment and have ended; how many lessons, how many marks.

    The last of the demo teacher's lessons of today is left without homework, so that there is a gap to close. Nobody
    is told anything: it is the past.
    """
    async with storage.reading() as uow:
        past = await _gather(uow, school_id, since, now)
    stories: dict[date, list[Story]] = defaultdict(list)
    for lesson in past.lessons:
        spared = past.spared if lesson.on_date == past.today else NOBODY
        stories[lesson.on_date].append(tell(lesson, now, unfinished=lesson.id == past.unfinished, spared=spared))
    for day in stories.values():
        async with storage.writing() as uow:
            await demo.write(uow, list(_records(day)), list(_attendance(day)))
            works = [(story, work) for story in day for work in story.works]
            await demo.write_works(
                uow,
                [row for story in day for row in _works(story)],
                [_marks(story.lesson.teacher_id, work.entered_at, work.marks) for story, work in works],
            )
    marks = sum(len(work.marks) for day in stories.values() for story in day for work in story.works)
    return len(past.lessons), marks


@dataclass(frozen=True)
class _Past:
    """What is to be written. `spared`: the children who miss nothing today; `unfinished`: today's lesson with a gap."""

    today: date
    lessons: list[PastLesson]
    spared: frozenset[int]
    unfinished: int | None


async def _gather(uow: Uow, school_id: SchoolId, since: datetime, now: datetime) -> _Past:
    calendar = await school_calendar(uow, school_id, now)
    rows = await calendar_rows.load(uow, school_id, since.date())
    assert calendar is not None and rows is not None  # the demo school is founded with its year
    regulation = Regulation.from_json(rows.regulation)
    places = _places(calendar, await timetable.entries(uow, school_id), calendar.today(since))
    seats = await demo.seats(uow, school_id)
    homerooms = await demo.homerooms(uow, school_id)
    topics = {
        plan: [
            PlannedTopic(ident, title, hours, WorkKind(kind) if kind else None) for ident, title, hours, kind in some
        ]
        for plan, some in (await demo.plan_topics(uow, school_id)).items()
    }
    keys = [fold(name) for name in cast.CHILDREN]
    people = await demo.people_by_key(uow, school_id, [*keys, cast.TEACHER.key])
    lessons: list[PastLesson] = []
    unfinished: int | None = None
    for row in await demo.empty_lessons(uow, school_id, since, now):
        course = (row.subject_id, row.class_id, row.subgroup_id)
        lessons.append(
            PastLesson(
                id=row.id,
                on_date=row.on_date,
                starts_at=row.starts_at,
                ends_at=row.ends_at,
                first=row.first,
                subject=row.subject,
                takes_marks=regulation.takes_marks(row.level, short_stay=False),
                teacher_id=row.teacher_id,
                homeroom_id=homerooms.get(row.class_id, row.teacher_id),
                place=places[course],
                topics=topics[row.subject_id, row.level],
                students=seats[row.class_id, row.subgroup_id],
            )
        )
        places[course] += 1
        if row.on_date == calendar.today(now) and row.teacher_id == people.get(cast.TEACHER.key):
            unfinished = row.id
    return _Past(calendar.today(now), lessons, frozenset(people[key] for key in keys if key in people), unfinished)


def _places(calendar: SchoolCalendar, entries: Mapping[date, list[EntryRow]], since: date) -> defaultdict[Course, int]:
    """How many lessons each course had from the year's start to a day, had its first timetable always been in force."""
    counts: defaultdict[Course, int] = defaultdict(int)
    first = entries[min(entries)] if entries else []
    day = calendar.starts_on
    while day < since:
        weekday = calendar.weekday_followed(day)
        for entry in first:
            week = calendar.week_of_cycle(day, len(entry.weeks) or 1)
            if entry.weekday == weekday and entry.weeks[week] == "1":
                for class_id, subgroup_id in entry.audience:
                    counts[entry.subject_id, class_id, subgroup_id] += 1
        day += timedelta(days=1)
    return counts


def _records(day: Iterable[Story]) -> Iterable[dict[str, Any]]:
    for story in day:
        for one in story.records:
            yield {
                "lesson_id": story.lesson.id,
                "part": one.part,
                "rev": 1,
                "value": one.value,
                "plan_topic_id": one.plan_topic_id,
                "author_id": story.lesson.teacher_id,
                "entered_at": one.entered_at,
            }


def _attendance(day: Iterable[Story]) -> Iterable[dict[str, Any]]:
    for story in day:
        for one in story.attendance:
            yield {
                "lesson_id": story.lesson.id,
                "student_id": one.student_id,
                "rev": one.rev,
                "code": one.code.value,
                "reason": one.reason.value if one.reason else None,
                "author_id": one.author_id,
                "entered_at": one.entered_at,
            }


def _works(story: Story) -> Iterable[dict[str, Any]]:
    for work in story.works:
        yield {
            "lesson_id": story.lesson.id,
            "kind": work.kind.value,
            "ordinal": 1,
            "author_id": story.lesson.teacher_id,
            "created_at": work.entered_at,
        }


def _marks(author_id: int, entered_at: datetime, marks: Mapping[int, tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "student_id": student_id,
            "rev": 1,
            "value": value,
            "comment": comment,
            "author_id": author_id,
            "entered_at": entered_at,
        }
        for student_id, (value, comment) in marks.items()
    ]
