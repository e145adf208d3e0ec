"""Homework, absences and plans with the longest names there are: everything fits a phone and Telegram."""

from datetime import date, timedelta

import pytest

from handlers.screens import absences, homework, plans
from handlers.screens.attendance import attendance_sheet
from services.absences import AbsenceDay, ClassAbsences, SeenLesson, StudentDay, Week
from services.attendance import AttendancePut
from services.changes import Outcome
from services.homework import FilesPut
from services.i18n import speaking
from services.personal_homework import ChosenSheet, ChosenStudent
from services.plans import BigWork, PlanLine, PlannedLine, PlanView
from services.records import HomeworkChoice, LastTime
from services.rules.plans import Lag
from storage.vocabulary import (
    AbsenceReason,
    AttendanceCode,
    ClassId,
    HomeworkWay,
    LessonId,
    SubjectId,
    WorkKind,
)
from tests.school import TODAY
from tests.screens.test_teacher_screens import AT, LONGEST_ID, TITLE, checked, labels, part, people, sheet

CLASS = ClassId(10**7)
LONG = "Очень длинная тема " * 20


def every_screen() -> list[object]:
    one, reason = people()[14], AbsenceReason.INVALID
    last = LastTime(LessonId(LONGEST_ID), TODAY, "Я" * 2000, HomeworkWay.PRACTICAL, 10)
    text = part("Я" * 2000)
    choice = HomeworkChoice(TITLE, text, AT, "п. 2.7", 99_999, HomeworkWay.ORAL, last, 10, LONGEST_ID, 30)
    chosen = ChosenSheet(TITLE, [ChosenStudent(name, True, "Я" * 2000) for name in people()])
    days = [AbsenceDay(name, TODAY, tuple(range(1, 9)), None, (2, 3), 5) for name in people()]
    overview = ClassAbsences(CLASS, "7Б", TODAY, days, verified=False)
    lessons = [
        SeenLesson(
            LessonId(LONGEST_ID), n, "Физическая культура", AttendanceCode.ABSENT, reason, None, "Ким", AT, ["А."], True
        )
        for n in range(1, 9)
    ]
    day = StudentDay(CLASS, "7Б", one, TODAY, TODAY, lessons, 99_999)
    week = Week(CLASS, "7Б", TODAY, TODAY + timedelta(days=9), {reason: 999, None: 9}, 9, None, None)
    line = PlanLine(CLASS, None, SubjectId(10**7), "7Б (англ. 1)", "Вероятность и статистика", Lag(134, 101))
    topics = [PlannedLine(n, LONG, 40, WorkKind.CONTROL, (TODAY,) * 40, n == 50) for n in range(1, 103)]
    ahead = [BigWork(n, LONG, WorkKind.CONTROL, n) for n in range(9)]
    view = PlanView(line, topics, ahead, 999, 999, True, 99, date(2026, 9, 8), "п. 8.1")
    return [
        homework.homework_choice(choice),
        homework.files_put(FilesPut(TITLE, "Я" * 2000, 10, LONGEST_ID, Outcome.CHANGED, None, False)),
        *(homework.students_choice(chosen, page) for page in range(2)),
        homework.typing_for(chosen),
        *(absences.overview(overview, page) for page in range(4)),
        absences.student_day(day),
        absences.week(week),
        plans.plans([line] * 20),
        plans.plan(view, 0, here=True),
        plans.plan(view, 99),
    ]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_screen_fits_a_phone_and_telegram(language: str) -> None:
    with speaking(language):
        for screen in every_screen():
            assert "{" not in checked(screen)  # type: ignore[arg-type]


def test_no_name_moves_from_under_the_finger_after_a_tap() -> None:
    """Whatever a tap came to, the rows below the names stay as many: the grid is anchored at its end."""
    one = people()[0]
    rows = set()
    for code in (AttendanceCode.ABSENT, AttendanceCode.LATE, AttendanceCode.PRESENT):
        marked = sheet(codes={0: code})
        rows.add(len(attendance_sheet(marked, 0, AttendancePut(Outcome.SAVED, marked, one, code, 1)).rows))
    assert rows | {len(attendance_sheet(sheet(), 0).rows)} == {10}


def test_minutes_are_offered_only_after_a_late_coming() -> None:
    marked = sheet(codes={0: AttendanceCode.LATE})
    put = AttendancePut(Outcome.SAVED, marked, people()[0], AttendanceCode.LATE, 1)
    assert {"Готово", "5", "10", "15", "20"} <= set(labels(attendance_sheet(marked, 0, put)))
    assert not {"5", "10"} & set(labels(attendance_sheet(marked, 0)))


def test_a_plan_opens_where_the_class_is() -> None:
    line = PlanLine(CLASS, None, SubjectId(5), "7Б", "Алгебра", Lag(34, 31))
    topics = [PlannedLine(n, f"Тема {n}", 1, None, (TODAY,) if n < 12 else (), n == 12) for n in range(1, 30)]
    view = PlanView(line, topics, [BigWork(20, "Контрольная", WorkKind.CONTROL, 8)], 102, 102, False, 0, TODAY, "п.")
    text = checked(plans.plan(view, 0, here=True))
    assert "План 34 / дано 31 · отставание: 3 урока" in text
    assert "Часов в плане 102, по учебному плану 102" in text
    assert "20. Контрольная — через 8 уроков" in text
    assert "👉 12. Тема 12" in text
