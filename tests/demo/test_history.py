"""The demo's past is made up the same way every time, and keeps the school's rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.demo.history import PastLesson, PlannedTopic, absence, tell, topic_of
from bot.demo.homework import homework
from storage.vocabulary import AttendanceCode, WorkKind

TOPICS = [
    PlannedTopic(1, "Степень", 2, None),
    PlannedTopic(2, "Контрольная работа № 1", 1, WorkKind.CONTROL),
    PlannedTopic(3, "Одночлены", 3, None),
]
LESSON = PastLesson(
    id=5,
    on_date=date(2026, 11, 16),
    starts_at=datetime(2026, 11, 16, 6, 25, tzinfo=UTC),
    ends_at=datetime(2026, 11, 16, 7, 10, tzinfo=UTC),
    first=True,
    subject="Алгебра",
    takes_marks=True,
    teacher_id=900,
    homeroom_id=901,
    place=0,
    topics=TOPICS,
    students=list(range(100, 130)),
)
LATER = datetime(2026, 11, 23, 7, 28, tzinfo=UTC)
NOBODY: frozenset[int] = frozenset()


@pytest.mark.parametrize(
    ("place", "topic", "ends"),
    [(0, 1, False), (1, 1, True), (2, 2, True), (3, 3, False), (5, 3, True), (6, 3, False), (60, 3, False)],
)
def test_a_topic_takes_as_many_lessons_as_it_has_hours_and_the_last_one_stays(
    place: int, topic: int, ends: bool
) -> None:
    found, ended = topic_of(TOPICS, place)
    assert (found.id, ended) == (topic, ends)


def test_the_same_lesson_is_told_the_same_way() -> None:
    told = [tell(replace(LESSON), LATER, unfinished=False, spared=NOBODY) for _ in range(2)]
    assert told[0] == told[1]
    other = tell(replace(LESSON, id=6), LATER, unfinished=False, spared=NOBODY)
    assert other.works != told[0].works


def test_a_written_lesson_has_its_topic_attendance_and_homework_entered_within_it() -> None:
    story = tell(LESSON, LATER, unfinished=False, spared=NOBODY)
    assert [one.part for one in story.records] == ["topic", "attendance", "homework"]
    assert all(LESSON.starts_at < one.entered_at < LESSON.ends_at for one in story.records)
    assert (story.records[0].value, story.records[0].plan_topic_id) == ("Степень", 1)


def test_an_unfinished_lesson_lacks_its_homework_only() -> None:
    story = tell(LESSON, LATER, unfinished=True, spared=NOBODY)
    assert [one.part for one in story.records] == ["topic", "attendance"]


def test_a_class_without_marks_has_neither_marks_nor_homework() -> None:
    story = tell(replace(LESSON, takes_marks=False, place=2), LATER, unfinished=False, spared=NOBODY)
    assert [one.part for one in story.records] == ["topic", "attendance"]
    assert story.works == []


def test_everybody_present_and_nobody_absent_is_marked_for_written_work() -> None:
    lesson = next(
        lesson
        for day in range(1, 27)
        if (lesson := replace(LESSON, on_date=date(2026, 10, day), place=2))
        and any(absence(student, lesson.on_date) for student in lesson.students)
    )
    story = tell(lesson, LATER, unfinished=False, spared=NOBODY)
    absent = {one.student_id for one in story.attendance if one.code is AttendanceCode.ABSENT}
    assert absent == {student for student in lesson.students if absence(student, lesson.on_date)}
    (work,) = story.works
    assert work.kind is WorkKind.CONTROL
    assert set(work.marks) == set(lesson.students) - absent
    assert {value for value, _comment in work.marks.values()} <= {"2", "3", "4", "5"}


def test_written_work_is_not_marked_before_it_is_checked() -> None:
    story = tell(replace(LESSON, place=2), LESSON.ends_at + timedelta(hours=1), unfinished=False, spared=NOBODY)
    assert story.works == []


def test_a_reason_is_set_by_the_homeroom_teacher_after_lessons_and_not_before() -> None:
    day = next(day for day in range(1, 27) if any(absence(one, date(2026, 10, day)) for one in LESSON.students))
    lesson = replace(LESSON, on_date=date(2026, 10, day))
    morning = tell(lesson, lesson.ends_at + timedelta(minutes=20), unfinished=False, spared=NOBODY)
    assert {one.reason for one in morning.attendance if one.code is AttendanceCode.ABSENT} == {None}
    evening = tell(lesson, LATER, unfinished=False, spared=NOBODY)
    by_homeroom = [one for one in evening.attendance if one.rev == 2]
    assert by_homeroom and all(one.author_id == 901 and one.reason is not None for one in by_homeroom)


def test_children_of_the_connected_families_are_at_school() -> None:
    spared = frozenset(LESSON.students)
    for day in range(1, 27):
        story = tell(replace(LESSON, on_date=date(2026, 10, day)), LATER, unfinished=False, spared=spared)
        assert story.attendance == []


def test_few_students_are_away_and_an_illness_lasts_within_its_week() -> None:
    days = [date(2026, 9, 7) + timedelta(days=n) for n in range(100)]
    school_days = [day for day in days if day.weekday() < 5]
    away = sum(absence(student, day) is not None for student in range(60) for day in school_days)
    assert 0.01 < away / (60 * len(school_days)) < 0.07


def test_homework_names_later_paragraphs_as_the_year_goes_on() -> None:
    from random import Random

    texts = {homework("Алгебра", 60, Random(seed)) for seed in range(40)}
    assert any("§ 31" in text for text in texts)
    assert "" in texts
    assert homework("Музыка", 3, Random(1)) == ""
