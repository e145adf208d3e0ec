"""Writing the demo school's past: lessons without a record get what their teachers would have written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo import cast
from bot.demo.history import PastLesson, PlannedTopic, Story, tell
from services.calendar import SchoolCalendar
from services.letters import news
from services.names import fold
from services.outbox import items
from services.rules.regulation import Regulation
from services.timetable import school_calendar
from storage.repositories import calendar as calendar_rows
from storage.repositories import demo, recipients, timetable
from storage.repositories.demo import Course, EmptyLesson
from storage.repositories.timetable import EntryRow
from storage.uow import Storage, Uow
from storage.vocabulary import LessonId, PersonId, SchoolId, WorkId, WorkKind

NOBODY: frozenset[int] = frozenset()


async def fill(storage: Storage, school_id: SchoolId, since: datetime, now: datetime) -> tuple[int, int]:
    """Write the lessons without a record that began since a moment and have ended; how many lessons, how many marks.

    The last of the demo teacher's lessons of today is left without homework, so that there is a gap to close. Nobody
    is told anything: it is the past.
    """
    past = await _gather(storage, school_id, since, now)
    stories: dict[date, list[Story]] = defaultdict(list)
    for lesson in past.lessons:
        stories[lesson.on_date].append(past.story(lesson, now))
    for day in stories.values():
        async with storage.writing() as uow:
            await _write(uow, day)
    marks = sum(len(work.marks) for day in stories.values() for story in day for work in story.works)
    return len(past.lessons), marks


class Colleagues:
    """The teachers of the demo school who have no phone: a tick writes their lessons when they end, and families hear.

    Only lessons that began since `since` are written.
    """

    def __init__(self, storage: Storage, since: datetime) -> None:
        self._storage = storage
        self._since = since

    async def __call__(self, now: datetime) -> None:
        """The tick."""
        async with self._storage.reading() as uow:
            schools = await calendar_rows.school_ids(uow)
        for school_id in schools:
            past = await _gather(self._storage, school_id, self._since, now, nobody_connected=True)
            for lesson in past.lessons:
                await self._teach(past.story(lesson, now), past, now)

    async def _teach(self, story: Story, past: "_Past", now: datetime) -> None:
        lesson_id = LessonId(story.lesson.id)
        about: Any = {"now": now, "zone": past.zone, "regulation": past.regulation}
        async with self._storage.writing() as uow:
            work_ids = await _write(uow, [story])
            students = [PersonId(student_id) for student_id in story.lesson.students]
            told = await recipients.recipients_of_students(uow, students, story.lesson.on_date)
            facts = [
                fact
                for work_id, work in zip(work_ids, story.works, strict=True)
                for student_id, (value, _comment) in work.marks.items()
                for fact in news.mark_changed(
                    told, lesson_id=lesson_id, work_id=work_id, student_id=PersonId(student_id), value=value, **about
                )
            ]
            for one in story.records:
                if one.part == "homework":
                    facts += news.homework_changed(told, lesson_id=lesson_id, text=one.value, **about)
            await items.put(uow, facts, now)


async def _write(uow: Uow, stories: Sequence[Story]) -> list[WorkId]:
    """Put what was told of some lessons into the journal; the ids of their columns of marks, in order."""
    await demo.write(uow, list(_records(stories)), list(_attendance(stories)))
    return await demo.write_works(
        uow,
        [row for story in stories for row in _works(story)],
        [_marks(story.lesson.teacher_id, work.entered_at, work.marks) for story in stories for work in story.works],
    )


@dataclass(frozen=True)
class _Past:
    """What is to be written. `spared`: the children who miss nothing today; `unfinished`: today's lesson with a gap."""

    today: date
    zone: ZoneInfo
    regulation: Regulation
    lessons: list[PastLesson]
    spared: frozenset[int]
    unfinished: int | None

    def story(self, lesson: PastLesson, now: datetime) -> Story:
        """What stands in the journal of one of the lessons by now."""
        spared = self.spared if lesson.on_date == self.today else NOBODY
        return tell(lesson, now, unfinished=lesson.id == self.unfinished, spared=spared)


async def _gather(
    storage: Storage, school_id: SchoolId, since: datetime, now: datetime, *, nobody_connected: bool = False
) -> _Past:
    async with storage.reading() as uow:
        empty = await demo.empty_lessons(uow, school_id, since, now, nobody_connected=nobody_connected)
        return await _past(uow, school_id, empty, now)


async def _past(uow: Uow, school_id: SchoolId, empty: list[EmptyLesson], now: datetime) -> _Past:
    calendar = await school_calendar(uow, school_id, now)
    rows = await calendar_rows.load(uow, school_id, now.date())
    assert calendar is not None and rows is not None  # the demo school is founded with its year
    regulation = Regulation.from_json(rows.regulation)
    today = calendar.today(now)
    if not empty:
        return _Past(today, calendar.zone, regulation, [], NOBODY, None)
    places = _places(calendar, await timetable.entries(uow, school_id), empty)
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
    for row in empty:
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
                place=places[row.id],
                topics=topics[row.subject_id, row.level],
                students=seats[row.class_id, row.subgroup_id],
            )
        )
        if row.on_date == today and row.teacher_id == people.get(cast.TEACHER.key):
            unfinished = row.id
    spared = frozenset(people[key] for key in keys if key in people)
    return _Past(today, calendar.zone, regulation, lessons, spared, unfinished)


def _places(
    calendar: SchoolCalendar, entries: Mapping[date, list[EntryRow]], lessons: Sequence[EmptyLesson]
) -> dict[int, int]:
    """How many lessons its course had this year before each lesson, as if the first timetable had always stood."""
    first = sorted(entries[min(entries)], key=lambda entry: entry.slot) if entries else []
    wanted: dict[date, list[EmptyLesson]] = defaultdict(list)
    for lesson in lessons:
        wanted[lesson.on_date].append(lesson)
    counts: defaultdict[Course, int] = defaultdict(int)
    places: dict[int, int] = {}
    day = calendar.starts_on
    while len(places) < len(lessons):
        for slot, course in _courses(calendar, first, day):
            places |= {one.id: counts[course] for one in wanted[day] if (one.slot, one.course) == (slot, course)}
            counts[course] += 1
        places |= {one.id: counts[one.course] for one in wanted[day] if one.id not in places}  # another timetable's
        day += timedelta(days=1)
    return places


def _courses(calendar: SchoolCalendar, entries: Iterable[EntryRow], day: date) -> Iterable[tuple[int, Course]]:
    """The courses of a day with their slots, in order."""
    weekday = calendar.weekday_followed(day)
    for entry in entries:
        week = calendar.week_of_cycle(day, len(entry.weeks) or 1)
        if entry.weekday == weekday and entry.weeks[week] == "1":
            for class_id, subgroup_id in entry.audience:
                yield entry.slot, (entry.subject_id, class_id, subgroup_id)


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
