"""Gaps: what a clock asks for and is not there yet, each with its due time, its state and the clause. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.rules import clocks
from services.rules.regulation import Regulation
from storage.vocabulary import (
    ClassId,
    ClockKind,
    ClockState,
    LessonId,
    RecordPart,
    SubgroupId,
    SubjectId,
    WorkId,
    WorkKind,
)

THE_DAYS = (RecordPart.TOPIC, RecordPart.ATTENDANCE)


@dataclass(frozen=True, slots=True)
class Gap:
    """One open thing of one clock. `due_at` is aware UTC and in time itself.

    What it is about, as far as its kind has it: the lesson with its day, number and hours, the column of marks, the
    class or subgroup with the subject, the scope of term marks. `missing`: parts of the record; `left`: how many
    marks, students or classes it still wants.
    """

    kind: ClockKind
    due_at: datetime
    state: ClockState
    clause: str
    audience: str = ""
    subject: str = ""
    on_date: date | None = None
    slot: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    missing: tuple[RecordPart, ...] = ()
    left: int = 0
    work_kind: WorkKind | None = None
    lesson_id: LessonId | None = None
    work_id: WorkId | None = None
    class_id: ClassId | None = None
    subgroup_id: SubgroupId | None = None
    subject_id: SubjectId | None = None
    scope: str = ""

    @property
    def token(self) -> str:
        """What names it in an item's value: gaps that one screen closes share one, a lesson's «12»."""
        match self.kind:
            case ClockKind.LESSON | ClockKind.HOMEWORK:
                return str(self.lesson_id)
            case ClockKind.WRITTEN_WORK | ClockKind.CHECKED_WORK:
                return f"w{self.work_id}" if self.work_id is not None else f"p{self.lesson_id}"
            case ClockKind.TERM_MARKS | ClockKind.RESULTS | ClockKind.STATE_EXAM:
                return f"t{self.class_id}.{self.subgroup_id or 0}.{self.subject_id}.{self.scope}"
            case ClockKind.VERIFICATION:
                return f"v{self.class_id}.{self.on_date}"
            case ClockKind.PLANS:
                return f"k{self.subject_id}.{self.audience}"
            case ClockKind.CLASS_LISTS:
                return "lists"
            case ClockKind.SECTIONS:
                return "sections"
            case ClockKind.BRIEFING:
                return f"b{self.class_id}"
            case ClockKind.CONTACTS:
                return f"c{self.class_id}"
            case ClockKind.PRINTED:
                return f"q{self.class_id}"


@dataclass(frozen=True, slots=True)
class OpenLesson:
    """A held lesson that something is missing of. `day_ends_at`: the last lesson's end of its pupils that day."""

    lesson_id: LessonId
    audience: str
    subject: str
    on_date: date
    slot: int
    starts_at: datetime
    ends_at: datetime
    room: str
    day_ends_at: datetime | None
    missing: tuple[RecordPart, ...]


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A written work with present students who have no mark; `work_id` None: planned, and no column yet."""

    lesson_id: LessonId
    work_id: WorkId | None
    kind: WorkKind
    checked_at: datetime | None
    left: int
    audience: str
    subject: str
    on_date: date
    slot: int


def of_lesson(lesson: OpenLesson, now: datetime, zone: ZoneInfo, regulation: Regulation) -> list[Gap]:
    """What a lesson still lacks: topic and attendance by its day's clock, homework by its own (О 2.5, 2.7)."""
    of_day = tuple(part for part in lesson.missing if part in THE_DAYS)
    found = []
    if of_day:
        found.append(
            _of_lesson(ClockKind.LESSON, clocks.lesson_due(lesson.on_date, zone), of_day, lesson, now, regulation)
        )
    if RecordPart.HOMEWORK in lesson.missing and lesson.day_ends_at is not None:
        due_at = clocks.homework_due(lesson.day_ends_at, regulation, lesson.room, zone)
        found.append(_of_lesson(ClockKind.HOMEWORK, due_at, (RecordPart.HOMEWORK,), lesson, now, regulation))
    return found


def _of_lesson(
    kind: ClockKind,
    due_at: datetime,
    missing: tuple[RecordPart, ...],
    lesson: OpenLesson,
    now: datetime,
    regulation: Regulation,
) -> Gap:
    return Gap(
        kind,
        due_at,
        clocks.state_of(due_at, None, now, clocks.soon(kind, regulation)),
        clocks.clause(kind, regulation),
        audience=lesson.audience,
        subject=lesson.subject,
        on_date=lesson.on_date,
        slot=lesson.slot,
        starts_at=lesson.starts_at,
        ends_at=lesson.ends_at,
        missing=missing,
        lesson_id=lesson.lesson_id,
    )


def of_work(work: OpenWork, now: datetime, zone: ZoneInfo, regulation: Regulation) -> Gap:
    """A written work's missing marks: by its days, or by the day on which it was checked (О п.4.7, 2.5)."""
    if work.checked_at is None:
        kind, due_at = ClockKind.WRITTEN_WORK, clocks.written_work_due(work.on_date, work.kind, zone, regulation)
    else:
        kind = ClockKind.CHECKED_WORK
        due_at = clocks.checked_work_due(work.checked_at, work.on_date, work.kind, zone, regulation)
    return Gap(
        kind,
        due_at,
        clocks.state_of(due_at, None, now, clocks.soon(kind, regulation)),
        clocks.clause(kind, regulation),
        audience=work.audience,
        subject=work.subject,
        on_date=work.on_date,
        slot=work.slot,
        left=work.left,
        work_kind=work.kind,
        lesson_id=work.lesson_id,
        work_id=work.work_id,
    )


def overdue(gaps: Iterable[Gap]) -> list[Gap]:
    """Those whose clock has ended, the longest overdue first."""
    return in_order(one for one in gaps if one.state is ClockState.OVERDUE)


def in_order(gaps: Iterable[Gap]) -> list[Gap]:
    """Gaps by the ends of their clocks; equal ones by day, lesson number and name."""
    return sorted(gaps, key=lambda one: (one.due_at, str(one.on_date), one.slot or 0, one.audience, one.token))


def by_token(gaps: Iterable[Gap]) -> dict[str, list[Gap]]:
    """Gaps that share a screen together: the most urgent thing first, within it as the card has its parts."""
    found: dict[str, list[Gap]] = {}
    for one in in_order(gaps):
        found.setdefault(one.token, []).append(one)
    kinds = list(ClockKind)
    return {token: sorted(own, key=lambda one: kinds.index(one.kind)) for token, own in found.items()}


def missing_of(gaps: Sequence[Gap]) -> list[RecordPart]:
    """The parts of a record that some gaps name, in the card's order."""
    named: Collection[RecordPart] = {part for one in gaps for part in one.missing}
    return [part for part in RecordPart if part in named]
