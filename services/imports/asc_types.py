"""What an aSc export holds, as values."""

from collections import Counter
from dataclasses import dataclass, field

from services.names import FullName


@dataclass(frozen=True)
class AscPeriod:
    """A bell of the file; minutes from midnight, None where the file has no true times."""

    number: int
    starts: int | None
    ends: int | None


@dataclass(frozen=True)
class AscSubject:
    """A subject as the file writes it."""

    id: str
    name: str
    short: str


@dataclass(frozen=True)
class AscTeacher:
    """A teacher; `line` is where the file speaks of them."""

    id: str
    line: int
    name: FullName
    email: str
    phone: str


@dataclass(frozen=True)
class AscClass:
    """A class; `grade` is the level the file itself gives, None where it gives none; `also`: its other name's key."""

    id: str
    line: int
    name: str
    key: str
    also: str
    grade: int | None
    teacher_id: str


@dataclass(frozen=True)
class AscGroup:
    """A part of a class, or the whole of it."""

    id: str
    name: str
    class_id: str
    entire: bool
    division: str


@dataclass(frozen=True)
class AscLesson:
    """What is taught to whom by whom; ids are those of the file, all known to it."""

    id: str
    line: int
    subject_id: str
    class_ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    teacher_ids: tuple[str, ...]
    room_ids: tuple[str, ...]
    per_card: int
    per_week: float | None


@dataclass(frozen=True)
class AscCard:
    """One place of a lesson in the week; masks as tuples of positions, from 0."""

    lesson: AscLesson
    line: int
    period: int
    days: tuple[int, ...]
    weeks: tuple[int, ...]
    terms: tuple[int, ...]
    rooms: tuple[str, ...]


@dataclass
class AscFile:
    """The whole export. `counts` holds the rows of each table as they stood in the file."""

    periods: dict[int, AscPeriod] = field(default_factory=dict)
    subjects: dict[str, AscSubject] = field(default_factory=dict)
    teachers: dict[str, AscTeacher] = field(default_factory=dict)
    vacancies: set[str] = field(default_factory=set)
    rooms: dict[str, str] = field(default_factory=dict)
    classes: dict[str, AscClass] = field(default_factory=dict)
    groups: dict[str, AscGroup] = field(default_factory=dict)
    lessons: dict[str, AscLesson] = field(default_factory=dict)
    cards: list[AscCard] = field(default_factory=list)
    weekdays: dict[int, int] = field(default_factory=dict)
    week_count: int = 1
    term_count: int = 1
    counts: Counter[str] = field(default_factory=Counter)
