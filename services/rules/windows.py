"""Until when a lesson may be recorded. Pure: a refusal is a value, and why it is one stands in the school's clauses."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from services.rules.regulation import Regulation
from storage.vocabulary import LessonState, RecordForm, RecordPart, WorkKind


class Refusal(StrEnum):
    """Why nothing may be entered."""

    AHEAD = "ahead"
    NOT_HELD = "not_held"
    ON_PAPER = "on_paper"
    TERM_CLOSED = "term_closed"
    NO_HOMEWORK_HERE = "no_homework_here"
    NO_MARKS_HERE = "no_marks_here"
    MARK_DAY_OVER = "mark_day_over"
    WRITTEN_WORK_OVER = "written_work_over"
    SUBSTITUTE_OVER = "substitute_over"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True)
class LessonSpan:
    """What the windows ask of a lesson: its moments (aware UTC), state and standing.

    `closed`: its term or year is. `takes_marks`: some class in it does (В 3.8). `substitute`: who asks is one here.
    `homework_due_at`: its homework's clock, where it has one; `works`: the kinds of its columns of marks.
    `handed_over`: a substitute gives it for who asks.
    """

    on_date: date
    starts_at: datetime
    state: LessonState
    record_form: RecordForm
    zone: ZoneInfo
    closed: bool
    takes_marks: bool
    substitute: bool = False
    homework_due_at: datetime | None = None
    works: frozenset[WorkKind] = frozenset()
    handed_over: bool = False


def is_held(state: LessonState) -> bool:
    """Whether a lesson of this state takes place where it stands (В 2.3)."""
    return state not in {LessonState.CANCELLED, LessonState.MOVED}


def day_end(on_date: date, zone: ZoneInfo) -> datetime:
    """The first moment after a school day (ours: «same day» ends 23:59 school time), aware UTC."""
    return datetime.combine(on_date + timedelta(days=1), time(0), zone).astimezone(UTC)


def written_work_end(on_date: date, kind: WorkKind, zone: ZoneInfo, regulation: Regulation) -> datetime:
    """The first moment after the days in which a work of this kind may be marked (О п.4.7, 2.5), aware UTC.

    Of a kind that is marked the same day it is the day's end.
    """
    return day_end(on_date + timedelta(days=regulation.days_to_mark(kind)), zone)


def clocks_end(lesson: LessonSpan, regulation: Regulation) -> datetime:
    """The first moment after a lesson's clocks: its day, its homework's hour, its written works' days (В 4.4.8)."""
    ends = [day_end(lesson.on_date, lesson.zone)]
    if lesson.homework_due_at is not None:
        ends.append(lesson.homework_due_at + timedelta(microseconds=1))
    ends += [written_work_end(lesson.on_date, kind, lesson.zone, regulation) for kind in lesson.works]
    return max(ends)


def why_not_record(lesson: LessonSpan, part: RecordPart, now: datetime, regulation: Regulation) -> Refusal | None:
    """Why a part of the record may not be entered or changed now; None: it may.

    Topic, attendance and homework are taken late too, until the term closes (О 2.5; В 4.4.3); a substitute's right
    ends with the lesson's clocks (М 5 учитель б; В 4.4.8), and until then nobody enters in the absent teacher's place
    but the substitute: one is responsible.
    """
    refusal = _why_nothing(lesson, now, regulation)
    if refusal is not None:
        return refusal
    if part is RecordPart.HOMEWORK and not lesson.takes_marks:
        return Refusal.NO_HOMEWORK_HERE
    if lesson.substitute and now >= clocks_end(lesson, regulation):
        return Refusal.SUBSTITUTE_OVER
    return None


def why_not_mark(lesson: LessonSpan, kind: WorkKind, now: datetime, regulation: Regulation) -> Refusal | None:
    """Why a mark for this kind of work may not be entered now; None: it may.

    A lesson's mark is entered on its day, a written work's within its days (О п.4.7, 2.5); back-dating is forbidden
    (М ж); class 1 and short-stay groups have none (В 3.8). A substitute begins no written work after the lesson's
    clocks: a new column would bring the right back that has ended.
    """
    if not lesson.takes_marks:
        return Refusal.NO_MARKS_HERE
    refusal = _why_nothing(lesson, now, regulation)
    if refusal is not None:
        return refusal
    if lesson.substitute and now >= clocks_end(lesson, regulation):
        return Refusal.SUBSTITUTE_OVER
    if now < day_end(lesson.on_date, lesson.zone):
        return None
    if regulation.days_to_mark(kind) == 0:
        return Refusal.MARK_DAY_OVER
    if now >= written_work_end(lesson.on_date, kind, lesson.zone, regulation):
        return Refusal.WRITTEN_WORK_OVER
    return None


def is_late(part: RecordPart, lesson: LessonSpan, entered_at: datetime, homework_due_at: datetime | None) -> bool:
    """Whether a part of the record was entered after its clock: the day's end, or the homework's hour (О 2.5, 2.7)."""
    if part is RecordPart.HOMEWORK:
        return homework_due_at is not None and entered_at > homework_due_at
    return entered_at >= day_end(lesson.on_date, lesson.zone)


def _why_nothing(lesson: LessonSpan, now: datetime, regulation: Regulation) -> Refusal | None:
    if lesson.record_form is RecordForm.PAPER:
        return Refusal.ON_PAPER
    if not is_held(lesson.state):
        return Refusal.NOT_HELD
    if lesson.handed_over and now < clocks_end(lesson, regulation):
        return Refusal.HANDED_OVER
    if now < lesson.starts_at:
        return Refusal.AHEAD
    if lesson.closed:
        return Refusal.TERM_CLOSED
    return None
