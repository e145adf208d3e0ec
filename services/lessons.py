"""Lessons as their teachers see them: the day's list and the lesson card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from services import drafts
from services.access import OwnLesson, access_lesson, own_lesson, refusal_to_record
from services.actor import Actor
from services.clock import Clock
from services.errors import SchoolError
from services.rules import plans, windows
from services.rules.plans import PlannedTopic
from services.rules.short_names import Named
from storage.repositories import attendance, lessons, records
from storage.repositories.attendance import Sheet, SheetRow
from storage.repositories.lesson_rows import WorkCount
from storage.repositories.records import LessonPlace, RecordRow
from storage.uow import Storage, Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AbsenceReason,
    AttendanceCode,
    HomeworkWay,
    LessonId,
    PersonId,
    RecordForm,
    RecordPart,
    SchoolId,
)

TOPICS_OFFERED = 5


@dataclass(frozen=True, slots=True)
class LessonTitle:
    """What names a lesson on every screen; moments are in school time."""

    lesson_id: LessonId
    audience: str
    subject: str
    slot: int
    on_date: date
    starts_at: datetime
    ends_at: datetime
    room: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the record that is entered: its text, who entered it (a surname) and when, in school time.

    `way`: of doing the homework (О 2.7).
    """

    value: str
    author: str
    entered_at: datetime
    late: bool
    way: HomeworkWay | None = None


@dataclass(frozen=True, slots=True)
class AbsentEarlier:
    """Who missed an earlier lesson of the day, with the reason if it is known."""

    student: Named
    reason: AbsenceReason | None


@dataclass(frozen=True, slots=True)
class Card:
    """The lesson card: the whole job of one lesson.

    `revs`: the newest revision of each part, 0 where none is; the buttons carry them. `refusal`: why nothing can be
    entered now. `homework_due_at` (school time) is None where no homework is due; `clause` names its clock.
    `files`, `personal`: attachments, and students with homework of their own. `minutes_late`: by student.
    `substitutions`: «Чехов А. → Бунина И.»; `state_reason`: why it isn't held, where it is not. `expected_absent`: who
    will not come by a guardian's word, until the attendance is confirmed; why is none of the lesson's business.
    """

    title: LessonTitle
    today: date
    refusal: SchoolError | None
    revs: dict[RecordPart, int]
    topic: Part | None
    next_topic: PlannedTopic | None
    attendance: Part | None
    absent: Sequence[Named]
    late: Sequence[Named]
    absent_earlier: Sequence[AbsentEarlier]
    students: int
    homework: Part | None
    takes_marks: bool
    homework_due_at: datetime | None
    clause: str
    works: Sequence[WorkCount]
    files: int = 0
    personal: int = 0
    minutes_late: Mapping[int, int] = field(default_factory=dict)
    substitutions: Sequence[str] = ()
    state_reason: str = ""
    expected_absent: Sequence[Named] = ()

    @property
    def complete(self) -> bool:
        """Topic, attendance confirmed, and homework where there is any (О п.4.7, 2.5; В 3.8)."""
        return bool(self.topic and self.attendance and (self.homework or not self.takes_marks))


class Standing(StrEnum):
    """How a lesson stands in the day's list."""

    DONE = "done"
    OPEN = "open"
    AHEAD = "ahead"
    NOT_HELD = "not_held"
    ON_PAPER = "on_paper"


@dataclass(frozen=True, slots=True)
class DayLesson:
    """A line of the day's list."""

    title: LessonTitle
    standing: Standing


@dataclass(frozen=True, slots=True)
class Day:
    """A teacher's day; `before` and `after` are the nearest days with lessons."""

    on_date: date
    today: date
    lessons: Sequence[DayLesson]
    before: date | None
    after: date | None


class Lessons:
    """Shows teachers their lessons."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def day(self, actor: Actor, on_date: date | None = None) -> Day:
        """A day's lessons of the actor, by default today's; no text is awaited any more.

        Who has left the staff has none, whatever the timetable says.
        """
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        shown = on_date or today
        if not actor.roles & STAFF_ROLES:
            return Day(shown, today, [], None, None)
        async with self._storage.reading() as uow:
            rows = await lessons.of_day(uow, actor.school_id, actor.person_id, shown)
            before, after = await lessons.neighbours(uow, actor.person_id, shown)
            awaited = await drafts.text_awaited(uow, actor, now)
        if awaited:
            await drafts.leave(self._storage, actor, now)
        return Day(shown, today, [_day_lesson(own_lesson(row), now) for row in rows], before, after)

    async def card(self, actor: Actor, lesson_id: LessonId) -> Card:
        """The card of a lesson the actor teaches; no text is awaited any more."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            card = await card_of(uow, await access_lesson(uow, actor, lesson_id), now)
            awaited = await drafts.text_awaited(uow, actor, now)
        if awaited:
            await drafts.leave(self._storage, actor, now)
        return card

    async def card_in(
        self, uow: Uow, school_id: SchoolId, teacher_id: PersonId, lesson_id: LessonId, now: datetime
    ) -> Card:
        """The card that goes to a teacher at the bell. Raises NotFoundHere, NotYourLesson."""
        return await card_of(uow, own_lesson(await lessons.find(uow, lesson_id, school_id, teacher_id)), now)


async def card_of(uow: Uow, lesson: OwnLesson, now: datetime, sheet: Sheet | None = None) -> Card:
    """The card of a lesson as it stands in this transaction; `sheet` where it was read already."""
    sheet = sheet or await attendance.sheet(uow, lesson.id, with_day=True)
    refusal = refusal_to_record(lesson, RecordPart.TOPIC, now)
    parts = lesson.row.parts
    next_topic = None
    if refusal is None and _value(parts, RecordPart.TOPIC) is None:
        next_topic = next(iter(await topics_of(uow, lesson, 1)), None)
    due_at = lesson.homework_due_at
    return Card(
        title=title_of(lesson),
        today=now.astimezone(lesson.zone).date(),
        refusal=refusal,
        revs={part: parts[part].rev if part in parts else 0 for part in RecordPart},
        topic=part_of(lesson, RecordPart.TOPIC),
        next_topic=next_topic,
        attendance=part_of(lesson, RecordPart.ATTENDANCE),
        absent=[named(row) for row in sheet.rows if row.code is AttendanceCode.ABSENT],
        late=[named(row) for row in sheet.rows if row.code is AttendanceCode.LATE],
        absent_earlier=[AbsentEarlier(named(row), row.reason) for row in sheet.rows if row.absent_earlier],
        students=len(sheet.rows),
        homework=part_of(lesson, RecordPart.HOMEWORK),
        takes_marks=lesson.takes_marks,
        homework_due_at=None if due_at is None else due_at.astimezone(lesson.zone),
        clause=lesson.regulation.clauses["homework"],
        works=lesson.row.works,
        files=lesson.row.files,
        personal=lesson.row.personal,
        minutes_late={row.student_id: row.minutes_late for row in sheet.rows if row.minutes_late is not None},
        substitutions=lesson.row.substitutions,
        state_reason="" if windows.is_held(lesson.row.state) else lesson.row.state_reason,
        expected_absent=[] if sheet.confirmed else [named(row) for row in sheet.rows if row.expected_absent],
    )


async def topics_of(uow: Uow, lesson: OwnLesson, count: int = TOPICS_OFFERED) -> list[PlannedTopic]:
    """The next topics of the lesson's plan (О 2.6), counted for its first class or subgroup."""
    row, first = lesson.row, lesson.row.audiences[0]
    place = LessonPlace(first.class_id, first.subgroup_id, row.starts_at)
    found = await records.plan_topics(uow, row.school_id, row.year_id, row.subject_id, first.level, place)
    topics = [PlannedTopic(one.id, one.ordinal, one.title, one.hours) for one in found]
    return plans.upcoming(topics, {one.id: one.taken for one in found}, count)


def title_of(lesson: OwnLesson) -> LessonTitle:
    """What names a lesson."""
    row = lesson.row
    starts_at, ends_at = row.starts_at.astimezone(lesson.zone), row.ends_at.astimezone(lesson.zone)
    return LessonTitle(row.id, lesson.audience, row.subject, row.slot, row.on_date, starts_at, ends_at, row.room)


def named(row: SheetRow) -> Named:
    """The student of a sheet's row."""
    return Named(row.student_id, row.last_name, row.first_name, row.middle_name)


def missing_parts(lesson: OwnLesson) -> list[RecordPart]:
    """What a complete record still lacks: topic, attendance, and homework where there is any (О 2.5; В 3.8)."""
    needed = [RecordPart.TOPIC, RecordPart.ATTENDANCE, *([RecordPart.HOMEWORK] if lesson.takes_marks else [])]
    return [part for part in needed if _value(lesson.row.parts, part) is None]


def _day_lesson(lesson: OwnLesson, now: datetime) -> DayLesson:
    return DayLesson(title_of(lesson), _standing(lesson, now))


def _standing(lesson: OwnLesson, now: datetime) -> Standing:
    if not windows.is_held(lesson.row.state):
        return Standing.NOT_HELD
    if lesson.row.record_form is RecordForm.PAPER:
        return Standing.ON_PAPER
    if now < lesson.row.starts_at:
        return Standing.AHEAD
    return Standing.OPEN if missing_parts(lesson) else Standing.DONE


def _value(parts: dict[RecordPart, RecordRow], part: RecordPart) -> str | None:
    return parts[part].value if part in parts else None


def part_of(lesson: OwnLesson, part: RecordPart) -> Part | None:
    """A part of a lesson's record, if it is entered."""
    row = lesson.row.parts.get(part)
    if row is None or row.value is None:
        return None
    late = windows.is_late(part, lesson.span(), row.entered_at, lesson.homework_due_at)
    return Part(row.value, row.author, row.entered_at.astimezone(lesson.zone), late, row.way)
