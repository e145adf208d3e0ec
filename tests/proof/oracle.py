"""What a quarter's overdue lists and averages must be: reckoned slowly, lesson by lesson, from the lived values alone.

It shares no line with the product: moments come from the wall clock of the quarter, weights and days from the
regulation's text (§12, §13), halves are rounded by whole numbers.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.proof.quarter import WRITTEN, ZONE, Quarter, Taught, Work, moment

HOMEWORK_MINUTES = 90
WRITTEN_DAYS = 7
WEIGHTS = {"control": 3, "test": 3, "independent": 2, "dictation": 2, "answer": 1, "homework": 1}


@dataclass(frozen=True)
class Owed:
    """One overdue thing of a teacher; `what` are the record's parts, or how many students lack a mark."""

    teacher: int
    clock: str
    lesson: int
    work: int | None
    what: frozenset[str] | int


def overdue(quarter: Quarter, now: datetime) -> set[Owed]:
    """Everything whose clock has ended by `now`."""
    today = now.astimezone(ZONE).date()
    sick = {
        (one.teacher, one.since + timedelta(days=number))
        for one in quarter.leaves
        for number in range((one.until - one.since).days)
    }
    day_of_class: dict[tuple[int, date], list[Taught]] = defaultdict(list)
    for lesson in quarter.lessons:
        if lesson.held:
            day_of_class[lesson.room.id, lesson.day].append(lesson)
    found: set[Owed] = set()
    for lesson in quarter.lessons:
        who = lesson.responsible
        if not lesson.held or lesson.on_paper or lesson.starts_at > now:
            continue
        if (who, lesson.day) in sick or (who, today) in sick:
            continue
        found |= _record(lesson, day_of_class[lesson.room.id, lesson.day], now)
        for work in lesson.works:
            found |= _marks(lesson, work, now)
    return found


def _record(lesson: Taught, day: list[Taught], now: datetime) -> set[Owed]:
    found = set()
    missing = frozenset({"topic", "attendance"} - set(lesson.entered))
    if missing and now >= _midnight_after(lesson.day):
        found.add(Owed(lesson.responsible, "lesson", lesson.id, None, missing))
    if lesson.room.level != 1 and "homework" not in lesson.entered:
        pupils = set(lesson.students)
        last = max(other.ends_at for other in day if pupils & set(other.students))
        if now > last + timedelta(minutes=HOMEWORK_MINUTES):
            found.add(Owed(lesson.responsible, "homework", lesson.id, None, frozenset({"homework"})))
    return found


def _marks(lesson: Taught, work: Work, now: datetime) -> set[Owed]:
    if work.kind not in WRITTEN:
        return set()
    present = [student for student in lesson.students if student not in lesson.absent]
    left = sum(1 for student in present if not work.marks.get(student) or work.marks[student][-1][0] is None)
    end = _midnight_after(lesson.day + timedelta(days=WRITTEN_DAYS))
    clock = "written_work"
    if work.checked_at is not None:
        clock, end = "checked_work", min(end, _midnight_after(work.checked_at.astimezone(ZONE).date()))
    if left == 0 or now < end:
        return set()
    return {Owed(lesson.responsible, clock, lesson.id, work.id, left)}


def averages(quarter: Quarter) -> dict[tuple[int, int | None, int], dict[int, str]]:
    """Each student's average by (class, subgroup, subject), «4.57»; who has no mark isn't there."""
    sums: dict[tuple[int, int | None, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for lesson in quarter.lessons:
        for work in lesson.works:
            for student, values in work.marks.items():
                if values and values[-1][0] is not None:
                    pair = sums[lesson.room.id, lesson.subgroup, lesson.subject][student]
                    pair[0] += WEIGHTS[work.kind] * int(values[-1][0])
                    pair[1] += WEIGHTS[work.kind]
    return {
        key: {student: _two_places(total, weight) for student, (total, weight) in students.items()}
        for key, students in sums.items()
    }


def _two_places(total: int, weight: int) -> str:
    hundredths = (total * 200 + weight) // (2 * weight)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _midnight_after(day: date) -> datetime:
    return moment(day + timedelta(days=1), 0)
