"""Until when a lesson may be recorded, as a table."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.rules.clocks import homework_due, undo_until
from services.rules.marks import Verdict, judge
from services.rules.regulation import Regulation
from services.rules.windows import LessonSpan, Refusal, day_end, is_late, why_not_mark, why_not_record
from storage.vocabulary import LessonState, RecordForm, RecordPart, WorkKind

MOSCOW = ZoneInfo("Europe/Moscow")
ON = date(2026, 9, 8)
BELL = datetime(2026, 9, 8, 10, 25, tzinfo=MOSCOW).astimezone(UTC)
DURING, MIDNIGHT = BELL + timedelta(minutes=20), datetime(2026, 9, 9, tzinfo=MOSCOW)
MONTH_LATER = BELL + timedelta(days=30)
TOPIC, ATTENDANCE, HOMEWORK = RecordPart.TOPIC, RecordPart.ATTENDANCE, RecordPart.HOMEWORK
RULES = Regulation()
SECOND, HOUR, WEEK = timedelta(seconds=1), timedelta(hours=1), timedelta(days=7)
OVER = Refusal.SUBSTITUTE_OVER


def span(**changes: object) -> LessonSpan:
    usual: dict[str, object] = {
        "on_date": ON,
        "starts_at": BELL,
        "state": LessonState.PLANNED,
        "record_form": RecordForm.ELECTRONIC,
        "zone": MOSCOW,
        "closed": False,
        "takes_marks": True,
    }
    return LessonSpan(**{**usual, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lesson", "part", "now", "refusal"),
    [
        (span(), TOPIC, BELL - SECOND, Refusal.AHEAD),
        (span(), TOPIC, BELL, None),
        (span(), ATTENDANCE, MIDNIGHT, None),
        (span(), HOMEWORK, MONTH_LATER, None),
        (span(closed=True), TOPIC, DURING, Refusal.TERM_CLOSED),
        (span(state=LessonState.CANCELLED), TOPIC, DURING, Refusal.NOT_HELD),
        (span(state=LessonState.MOVED), TOPIC, DURING, Refusal.NOT_HELD),
        (span(state=LessonState.SUBSTITUTED), TOPIC, DURING, None),
        (span(state=LessonState.CANCELLED), TOPIC, BELL - SECOND, Refusal.NOT_HELD),
        (span(record_form=RecordForm.PAPER), ATTENDANCE, DURING, Refusal.ON_PAPER),
        (span(takes_marks=False), HOMEWORK, DURING, Refusal.NO_HOMEWORK_HERE),
        (span(takes_marks=False), TOPIC, DURING, None),
        (span(takes_marks=False), ATTENDANCE, DURING, None),
        (span(substitute=True), TOPIC, MIDNIGHT - SECOND, None),
        (span(substitute=True), TOPIC, MIDNIGHT, Refusal.SUBSTITUTE_OVER),
        (span(substitute=True, homework_due_at=MIDNIGHT + HOUR), HOMEWORK, MIDNIGHT + HOUR, None),
        (span(substitute=True, homework_due_at=MIDNIGHT + HOUR), HOMEWORK, MIDNIGHT + HOUR + SECOND, OVER),
        (span(substitute=True, homework_due_at=BELL + HOUR), TOPIC, MIDNIGHT - SECOND, None),
        (span(substitute=True, works=frozenset({WorkKind.ANSWER})), ATTENDANCE, MIDNIGHT, OVER),
        (span(substitute=True, works=frozenset({WorkKind.CONTROL})), ATTENDANCE, MIDNIGHT + WEEK - SECOND, None),
        (span(substitute=True, works=frozenset({WorkKind.CONTROL})), ATTENDANCE, MIDNIGHT + WEEK, OVER),
    ],
)
def test_a_part_of_the_record_is_taken_until_the_term_closes(
    lesson: LessonSpan, part: RecordPart, now: datetime, refusal: Refusal | None
) -> None:
    assert why_not_record(lesson, part, now, RULES) is refusal


@pytest.mark.parametrize(
    ("lesson", "kind", "now", "refusal"),
    [
        (span(), WorkKind.ANSWER, BELL - SECOND, Refusal.AHEAD),
        (span(), WorkKind.ANSWER, MIDNIGHT - SECOND, None),
        (span(), WorkKind.ANSWER, MIDNIGHT, Refusal.MARK_DAY_OVER),
        (span(), WorkKind.HOMEWORK, MIDNIGHT, Refusal.MARK_DAY_OVER),
        (span(), WorkKind.CONTROL, MIDNIGHT, None),
        (span(), WorkKind.ESSAY, MIDNIGHT + timedelta(days=7) - SECOND, None),
        (span(), WorkKind.ESSAY, MIDNIGHT + timedelta(days=7), Refusal.WRITTEN_WORK_OVER),
        (span(takes_marks=False), WorkKind.CONTROL, DURING, Refusal.NO_MARKS_HERE),
        (span(state=LessonState.CANCELLED), WorkKind.CONTROL, DURING, Refusal.NOT_HELD),
        (span(record_form=RecordForm.PAPER), WorkKind.CONTROL, DURING, Refusal.ON_PAPER),
        (span(closed=True), WorkKind.CONTROL, DURING, Refusal.TERM_CLOSED),
        (span(substitute=True), WorkKind.CONTROL, MIDNIGHT - SECOND, None),
        (span(substitute=True), WorkKind.CONTROL, MIDNIGHT, OVER),
        (span(substitute=True, works=frozenset({WorkKind.CONTROL})), WorkKind.CONTROL, MIDNIGHT + WEEK - SECOND, None),
    ],
)
def test_a_mark_is_taken_on_its_day_and_a_written_one_in_its_week(
    lesson: LessonSpan, kind: WorkKind, now: datetime, refusal: Refusal | None
) -> None:
    assert why_not_mark(lesson, kind, now, RULES) is refusal


def test_the_written_works_week_is_the_schools_setting() -> None:
    two_days = Regulation(written_work_days=2)
    assert why_not_mark(span(), WorkKind.CONTROL, MIDNIGHT + timedelta(days=2) - SECOND, two_days) is None
    refusal = why_not_mark(span(), WorkKind.CONTROL, MIDNIGHT + timedelta(days=2), two_days)
    assert refusal is Refusal.WRITTEN_WORK_OVER


def test_a_kind_of_work_may_have_days_of_its_own() -> None:
    own = Regulation(work_days={"project": 14, "dictation": 3, "test": 0})
    for kind, days in ((WorkKind.PROJECT, 14), (WorkKind.DICTATION, 3), (WorkKind.CONTROL, 7)):
        assert why_not_mark(span(), kind, MIDNIGHT + timedelta(days=days) - SECOND, own) is None
        assert why_not_mark(span(), kind, MIDNIGHT + timedelta(days=days), own) is Refusal.WRITTEN_WORK_OVER
    assert why_not_mark(span(), WorkKind.TEST, MIDNIGHT, own) is Refusal.MARK_DAY_OVER


def test_a_school_day_ends_at_its_own_midnight() -> None:
    assert day_end(ON, MOSCOW) == datetime(2026, 9, 8, 21, tzinfo=UTC)
    assert day_end(ON, ZoneInfo("Asia/Magadan")) == datetime(2026, 9, 8, 13, tzinfo=UTC)


def test_topic_and_attendance_are_late_after_the_day_homework_after_its_hour() -> None:
    due = datetime(2026, 9, 8, 15, 5, tzinfo=MOSCOW)
    assert not is_late(TOPIC, span(), MIDNIGHT - SECOND, due)
    assert is_late(ATTENDANCE, span(), MIDNIGHT, due)
    assert not is_late(HOMEWORK, span(), due, due)
    assert is_late(HOMEWORK, span(), due + SECOND, due)
    assert not is_late(HOMEWORK, span(), MONTH_LATER, None)


def test_homework_is_due_ninety_minutes_after_the_last_lesson() -> None:
    last = datetime(2026, 9, 8, 13, 35, tzinfo=MOSCOW)
    assert homework_due(last, RULES, "301", MOSCOW) == datetime(2026, 9, 8, 15, 5, tzinfo=MOSCOW)
    assert undo_until(last, RULES) == last + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("wanted", "seen", "current", "rev", "minutes", "verdict"),
    [
        ("5", 0, None, 0, None, Verdict.PUT),
        ("5", 0, "5", 1, 3, Verdict.ALREADY),
        ("5", 0, "5", 1, 30, Verdict.ALREADY),
        ("5", 1, "4", 1, 9, Verdict.PUT),
        ("5", 1, "4", 1, 10, Verdict.UNDO_OVER),
        (None, 1, "4", 1, 9, Verdict.PUT),
        (None, 1, "4", 1, 10, Verdict.UNDO_OVER),
        ("5", 0, "4", 1, 3, Verdict.CHANGED),
        ("5", 0, "4", 1, 30, Verdict.UNDO_OVER),
        ("5", 2, None, 2, None, Verdict.PUT),
        ("5", 1, None, 2, None, Verdict.CHANGED),
        (None, 0, None, 0, None, Verdict.ALREADY),
        (None, 7, None, 2, None, Verdict.ALREADY),
        ("5", 7, "4", 1, 3, Verdict.CHANGED),
    ],
)
def test_what_becomes_of_a_tap_on_a_mark(
    wanted: str | None, seen: int, current: str | None, rev: int, minutes: int | None, verdict: Verdict
) -> None:
    first = None if minutes is None else DURING - timedelta(minutes=minutes)
    judged = judge(
        wanted=wanted, seen=seen, current=current, rev=rev, first_entered_at=first, now=DURING, regulation=RULES
    )
    assert judged is verdict
