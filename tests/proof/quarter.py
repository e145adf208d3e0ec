"""A school of twenty-seven classes lived through a quarter: made from a seed, kept as plain values, then stored.

Nothing here asks the product anything: what was taught, entered, missed and forgotten stands in these lists, and the
oracle recomputes from them. Moments are aware UTC; the school lives by Moscow's time.
"""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Moscow")
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 25)
HOLIDAY = date(2026, 9, 24)
WORKING_SATURDAY, FOLLOWED = date(2026, 9, 26), 3  # the holiday's Thursday is taught on Saturday
SHORT_DAY = date(2026, 10, 5)
BELLS = [(510, 555), (565, 610), (630, 675), (695, 740), (750, 795), (805, 850), (860, 905)]  # 8:30 … 15:05
SHORT_BELLS = [(510, 540), (545, 575), (585, 615), (625, 655), (660, 690), (695, 725), (730, 760)]
WRITTEN = ("control", "independent", "dictation", "test")
SUBJECTS = {  # lessons a week
    "Русский язык": 5,
    "Математика": 5,
    "Литература": 3,
    "Английский язык": 3,
    "Окружающий мир": 2,
    "История": 2,
    "Физкультура": 3,
    "Труд": 2,
    "Шахматы": 1,
}
IN_HALVES, ON_PAPER = "Английский язык", "Шахматы"
STUDENTS_A_CLASS = 28
NAMES = [f"{level}{letter}" for level in range(1, 9) for letter in "АБВ"] + ["9А", "10А", "11А"]


@dataclass
class Room:
    """A class: its students, and its two halves for English."""

    id: int
    name: str
    level: int
    students: list[int]
    halves: dict[int, list[int]]  # subgroup → students


@dataclass
class Taught:
    """A dated lesson and what became of it; `entered` has the moment of each part of its record."""

    id: int
    room: Room
    subgroup: int | None
    subject: int
    teacher: int
    day: date
    slot: int
    starts_at: datetime
    ends_at: datetime
    on_paper: bool
    state: str = "planned"
    substitute: int | None = None
    moved_from: int | None = None
    entered: dict[str, datetime] = field(default_factory=dict)
    absent: set[int] = field(default_factory=set)
    works: list["Work"] = field(default_factory=list)

    @property
    def students(self) -> list[int]:
        """Who sits there."""
        return self.room.students if self.subgroup is None else self.room.halves[self.subgroup]

    @property
    def held(self) -> bool:
        """Whether it takes place where it stands."""
        return self.state in {"planned", "substituted"}

    @property
    def responsible(self) -> int:
        """Who has to fill it in."""
        return self.teacher if self.substitute is None else self.substitute


@dataclass
class Work:
    """A column of marks: for each student all values ever entered, (value or None, moment) in order."""

    id: int
    kind: str
    created_at: datetime
    checked_at: datetime | None
    marks: dict[int, list[tuple[str | None, datetime]]]


@dataclass
class Leave:
    """A teacher's sick leave; `until` is the first day back."""

    teacher: int
    since: date
    until: date


@dataclass
class Quarter:
    """Everything that happened."""

    rooms: list[Room]
    teachers: list[int]
    subjects: dict[str, int]
    lessons: list[Taught]
    leaves: list[Leave]


def moment(day: date, minute: int) -> datetime:
    """A minute of a school day."""
    return datetime.combine(day, time(*divmod(minute, 60)), ZONE).astimezone(UTC)


def school_days(first: date = FIRST, last: date = LAST) -> list[tuple[date, int]]:
    """The taught days with the weekday each follows."""
    days = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day == WORKING_SATURDAY:
            days.append((day, FOLLOWED))
        elif day != HOLIDAY and day.weekday() < 5:
            days.append((day, day.weekday()))
    return days


def live(seed: int, until: datetime | None = None) -> Quarter:
    """A quarter from a seed; what would have been entered after `until` was not."""
    return _Life(seed, until or moment(LAST + timedelta(days=1), 0)).quarter()


class _Life:
    def __init__(self, seed: int, until: datetime) -> None:
        self._random = random.Random(seed)
        self._until = until
        self._ids = iter(range(1, 10_000_000))

    def quarter(self) -> Quarter:
        rooms = [self._room(number + 1, name) for number, name in enumerate(NAMES)]
        teachers = [900_001 + number for number in range(60)]
        subjects = {name: number + 1 for number, name in enumerate(SUBJECTS)}
        leaves = [
            Leave(teacher, day, day + timedelta(days=self._random.randint(2, 9)))
            for teacher in self._random.sample(teachers, 6)
            for day in [FIRST + timedelta(days=self._random.randint(3, 45))]
        ]
        lessons: list[Taught] = []
        for room in rooms:
            lessons += self._taught(room, teachers, subjects)
        self._change(lessons, teachers)
        care = {teacher: self._random.choice([0.99, 0.97, 0.93, 0.8]) for teacher in teachers}
        for lesson in lessons:
            if lesson.held and not lesson.on_paper:
                self._keep(lesson, care[lesson.responsible])
        return Quarter(rooms, teachers, subjects, lessons, leaves)

    def _room(self, number: int, name: str) -> Room:
        students = [number * 1000 + place for place in range(1, STUDENTS_A_CLASS + 1)]
        half = len(students) // 2
        halves = {number * 10 + 1: students[:half], number * 10 + 2: students[half:]}
        return Room(number, name, int(name[:-1]), students, halves)

    def _taught(self, room: Room, teachers: list[int], subjects: dict[str, int]) -> list[Taught]:
        week = [subject for subject, count in SUBJECTS.items() for _ in range(count)]
        self._random.shuffle(week)
        places = [(weekday, slot) for slot in range(1, 8) for weekday in range(5)][: len(week)]
        teaching = {subject: self._random.sample(teachers, 2) for subject in SUBJECTS}
        lessons = []
        for day, weekday in school_days():
            bells = SHORT_BELLS if day == SHORT_DAY else BELLS
            for (on, slot), subject in zip(places, week, strict=True):
                if on != weekday:
                    continue
                starts, ends = bells[slot - 1]
                parts = list(room.halves) if subject == IN_HALVES else [None]
                for number, subgroup in enumerate(parts):
                    lessons.append(
                        Taught(
                            next(self._ids),
                            room,
                            subgroup,
                            subjects[subject],
                            teaching[subject][number],
                            day,
                            slot,
                            moment(day, starts),
                            moment(day, ends),
                            subject == ON_PAPER,
                        )
                    )
        return lessons

    def _change(self, lessons: list[Taught], teachers: list[int]) -> None:
        """Cancel some, hand some to a substitute, move some to the seventh lesson of the same day."""
        for lesson in list(lessons):
            chance = self._random.random()
            if chance < 0.03:
                lesson.state = "cancelled"
            elif chance < 0.07:
                lesson.state = "substituted"
                lesson.substitute = self._random.choice([one for one in teachers if one != lesson.teacher])
            elif chance < 0.08 and lesson.slot < 7:
                lesson.state = "moved"
                starts, ends = (SHORT_BELLS if lesson.day == SHORT_DAY else BELLS)[6]
                lessons.append(
                    Taught(
                        next(self._ids),
                        lesson.room,
                        lesson.subgroup,
                        lesson.subject,
                        lesson.teacher,
                        lesson.day,
                        7,
                        moment(lesson.day, starts),
                        moment(lesson.day, ends),
                        lesson.on_paper,
                        moved_from=lesson.id,
                    )
                )

    def _keep(self, lesson: Taught, care: float) -> None:
        """What its teacher entered, and when."""
        for part in ("topic", "attendance", "homework"):
            if part == "homework" and lesson.room.level == 1:
                continue
            when = self._when(lesson, care)
            if when is not None and when <= self._until:
                lesson.entered[part] = when
        if lesson.starts_at > self._until:
            return
        lesson.absent = {one for one in lesson.students if self._random.random() < 0.05}
        if lesson.room.level == 1:
            return
        present = [one for one in lesson.students if one not in lesson.absent]
        if self._random.random() < 0.7:
            self._answers(lesson, present)
        if self._random.random() < 0.12:
            self._written(lesson, present)

    def _when(self, lesson: Taught, care: float) -> datetime | None:
        luck = self._random.random()
        if luck < care - 0.12:
            return lesson.starts_at + timedelta(minutes=self._random.randint(3, 44))
        if luck < care - 0.05:
            return lesson.ends_at + timedelta(minutes=self._random.randint(5, 400))
        if luck < care:
            return lesson.ends_at + timedelta(hours=self._random.randint(20, 90))
        return None

    def _answers(self, lesson: Taught, present: list[int]) -> None:
        at = lesson.starts_at + timedelta(minutes=30)
        if at > self._until:
            return
        marks = {
            student: self._values(at, at + timedelta(minutes=9))
            for student in self._random.sample(present, min(len(present), self._random.randint(1, 4)))
        }
        lesson.works.append(Work(next(self._ids), self._random.choice(["answer", "homework"]), at, None, marks))

    def _written(self, lesson: Taught, present: list[int]) -> None:
        created_at = lesson.starts_at + timedelta(minutes=20)
        if created_at > self._until:
            return
        after = timedelta(days=self._random.randint(0, 6), minutes=self._random.randint(60, 300))
        entered_at = created_at + after
        marks: dict[int, list[tuple[str | None, datetime]]] = {}
        checked_at = None
        if entered_at <= self._until and self._random.random() < 0.85:
            checked_at = entered_at if self._random.random() < 0.3 else None
            left_out = self._random.random() < 0.25
            for student in present:
                if not (left_out and self._random.random() < 0.15):
                    marks[student] = self._values(entered_at, entered_at + timedelta(minutes=9))
        lesson.works.append(Work(next(self._ids), self._random.choice(WRITTEN), created_at, checked_at, marks))

    def _values(self, at: datetime, until: datetime) -> list[tuple[str | None, datetime]]:
        values: list[tuple[str | None, datetime]] = [(self._random.choice("5554443332"), at)]
        luck = self._random.random()
        if luck < 0.05:
            values.append((self._random.choice("5432"), until))
        elif luck < 0.08:
            values.append((None, until))
        return [one for one in values if one[1] <= self._until]
