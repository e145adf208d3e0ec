"""Where a requested mark would stand: a column of a lesson, made or not yet, and the student in it."""

from dataclasses import dataclass
from datetime import date, datetime

from services.access import NotInLesson, OwnLesson, own_lesson, refusal_to_mark
from services.actor import Actor
from services.corrections.refusals import StillOpen, YearClosed
from services.errors import NotFoundHere
from services.marks import CORRECTABLE
from services.rules import clocks
from services.rules.short_names import Named
from storage.repositories import lessons
from storage.repositories import marks as rows
from storage.repositories.marks import MarkTap
from storage.uow import Uow
from storage.vocabulary import ClassId, LessonId, PersonId, SchoolId, WorkId, WorkKind

KEY = "mark"


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its name: it may not exist yet."""

    lesson_id: LessonId
    kind: WorkKind
    ordinal: int

    @property
    def target(self) -> str:
        """As a request stores it: «mark:<lesson>:<kind>:<ordinal>»."""
        return f"{KEY}:{self.lesson_id}:{self.kind.value}:{self.ordinal}"

    @classmethod
    def parse(cls, target: str) -> "Column | None":
        """The column of a stored target; None where it is another kind of mark."""
        key, *rest = target.split(":")
        if key != KEY:
            return None
        lesson, kind, ordinal = rest
        return cls(LessonId(int(lesson)), WorkKind(kind), int(ordinal))


@dataclass(frozen=True, slots=True)
class MarkPlace:
    """A student in a column: what stands there (None, 0: nothing) and all that a new revision needs."""

    lesson: OwnLesson
    column: Column
    work_id: WorkId | None
    student: Named
    class_id: ClassId
    takes_marks: bool
    value: str | None
    rev: int
    tap: MarkTap | None


async def find(
    uow: Uow, school_id: SchoolId, teacher_id: PersonId, column: Column, student_id: PersonId, today: date
) -> MarkPlace:
    """The place of a student's mark in a lesson that a person teaches.

    Raises NotFoundHere, NotYourLesson, NotInLesson.
    """
    lesson = own_lesson(await lessons.find(uow, column.lesson_id, school_id, teacher_id))
    works = await rows.works(uow, lesson.id)
    ensure_column(works, column)
    seat = next((one for one in await lessons.seats(uow, lesson.id) if one.student_id == student_id), None)
    if seat is None:
        raise NotInLesson
    named = Named(student_id, seat.last_name, seat.first_name, seat.middle_name)
    audience = next(one for one in lesson.row.audiences if one.class_id == seat.class_id)
    takes_marks = lesson.regulation.takes_marks(audience.level, audience.short_stay)
    class_id = ClassId(seat.class_id)
    work_id = next((one.id for one in works if (one.kind, one.ordinal) == (column.kind, column.ordinal)), None)
    if work_id is None:
        return MarkPlace(lesson, column, None, named, class_id, takes_marks, None, 0, None)
    tap = await rows.for_tap(uow, work_id, student_id, school_id, teacher_id, today)
    if tap is None or not tap.seated:
        raise NotInLesson
    return MarkPlace(lesson, column, work_id, named, class_id, takes_marks, tap.value, tap.rev, tap)


def ensure_column(works: list[rows.WorkRow], column: Column) -> None:
    """Raises NotFoundHere where a new column would skip a number."""
    if column.ordinal > sum(one.kind is column.kind for one in works) + 1:
        raise NotFoundHere


def ensure_needs_request(place: MarkPlace, now: datetime) -> None:
    """Raises StillOpen where the mark can be entered directly, YearClosed, and what no request can help."""
    refusal = refusal_to_mark(place.lesson, place.column.kind, now, takes_marks=place.takes_marks)
    if refusal is not None:
        if not isinstance(refusal, CORRECTABLE):
            raise refusal
        if place.lesson.row.year_closed:
            raise YearClosed
    elif (
        place.tap is None
        or place.tap.first_entered_at is None
        or now < clocks.undo_until(place.tap.first_entered_at, place.lesson.regulation)
    ):
        raise StillOpen


def ensure_correctable(lesson: OwnLesson, kind: WorkKind, now: datetime, *, takes_marks: bool) -> None:
    """Raises what no request can help: no marks here, a lesson that wasn't held, paper, a closed year."""
    refusal = refusal_to_mark(lesson, kind, now, takes_marks=takes_marks)
    if refusal is not None and not isinstance(refusal, CORRECTABLE):
        raise refusal
    if lesson.row.year_closed:
        raise YearClosed


def ensure_own(lesson: OwnLesson, actor: Actor) -> None:
    """Raises NotYourLesson for somebody who has left the staff."""
    own_lesson(lesson.row, actor)
