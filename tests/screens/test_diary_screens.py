"""The diary's views as values: what they say, uncut labels, safe HTML, and no text too long for a message."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from handlers.screen import Screen
from handlers.screens import diary_subjects, diary_terms, diary_weeks
from handlers.screens.diary import day
from services.diary import (
    AbsenceCount,
    AbsenceLine,
    AbsencesView,
    AbsentRow,
    Child,
    DiaryDay,
    DiaryLesson,
    DiaryTerm,
    DiaryWeek,
    Elsewhere,
    GivenMark,
    MarkLine,
    Opened,
    Rest,
    RestKind,
    SubjectLesson,
    SubjectLine,
    SubjectsView,
    SubjectView,
    Terms,
    TimetableLesson,
    ToDo,
    WeekTimetable,
    YearResult,
    YearView,
)
from services.i18n import speaking
from services.letters.typeset import LIMIT, shown_length
from services.rules.averages import Forecast
from services.rules.places import Place
from storage.vocabulary import (
    AbsenceReason,
    AttendanceCode,
    ClassId,
    LessonId,
    PersonId,
    TermKind,
    TermScope,
    WorkKind,
)
from tests.school import TODAY
from tests.screens.test_teacher_screens import checked, labels

LONGEST_ID = 2**63 - 100
REF = 10**10 - 50
AT = datetime(2026, 9, 8, 10, 25, tzinfo=ZoneInfo("Europe/Moscow"))
MONDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
NASTY = "<b>Основы безопасности</b> & защиты Родины <script>"
LONG = "выучить " * 200


@pytest.fixture(params=["ru", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


def term(ordinal: int, year: str = "2026/27", *, kind: TermKind = TermKind.QUARTER) -> DiaryTerm:
    since = date(2026, 9, 1) + timedelta(days=60 * ordinal)
    until = since + timedelta(days=55)
    return DiaryTerm(REF + ordinal, kind, ordinal, since, until, 1, year, ClassId(1), "7Б", True)


def own(children: int = 1, name: str = "Татьяна") -> Opened:
    family = tuple(Child(PersonId(LONGEST_ID + n), name, "Ларина") for n in range(children))
    return Opened(family[0], ClassId(1), "7Б", family, TODAY)


def terms(count: int = 1, *, around: bool = False, kind: TermKind = TermKind.QUARTER) -> Terms:
    of_year = tuple(term(n, kind=kind) for n in range(1, count + 1))
    before, after = (term(4, "2025/26"), term(2, "2027/28")) if around else (None, None)
    return Terms(of_year[-1], of_year, before, after, not around)


def lesson(number: int, text: str = "№ 312–315", **changes: object) -> DiaryLesson:
    todo = (ToDo(LessonId(LONGEST_ID), text, None, 2), ToDo(LessonId(LONGEST_ID), text, None, 0, own=True))
    marks = tuple(MarkLine(LessonId(1), WorkKind.CONTROL, n, value, text) for n, value in ((1, "5"), (2, "4")))
    ends = AT + timedelta(minutes=40)
    made = DiaryLesson(
        LessonId(LONGEST_ID), number, AT, ends, "Алгебра", "301", False, "", text, marks, None, todo, text, said=True
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def a_week(days: int, lessons: int, text: str, **changes: object) -> DiaryWeek:
    found = tuple(
        (MONDAY + timedelta(days=n), tuple(lesson(number, text, **changes) for number in range(1, lessons + 1)))
        for n in range(days)
    )
    return DiaryWeek(own(3), MONDAY, found, MONDAY - timedelta(days=7), MONDAY + timedelta(days=7))


def entry(number: int, **changes: object) -> TimetableLesson:
    return replace(
        TimetableLesson(number, AT, "Алгебра", "301", False, "", (), None, None),
        **changes,  # type: ignore[arg-type]
    )


def a_subject(
    marks: int = 2, lessons: int = 2, text: str = "Молодец", name: str = "Алгебра", topic: str | None = None
) -> SubjectView:
    return SubjectView(
        opened=own(),
        terms=terms(),
        id=REF,
        name=name,
        marks=tuple(GivenMark(1, name, TODAY, WorkKind.CONTROL, n + 1, "5", text) for n in range(marks)),
        lessons=tuple(SubjectLesson(TODAY, topic or text, text, None, text, absent()) for _ in range(lessons)),
        average=Decimal("4.50") if marks else None,
        proposal="4" if marks else None,
        issued=None,
        forecast=Forecast("5", "5", 2) if marks else None,
        absent=2,
        late=1,
    )


def absent(code: AttendanceCode = AttendanceCode.ABSENT, minutes: int | None = None) -> AbsenceLine:
    return AbsenceLine(code, AbsenceReason.ILL if code is AttendanceCode.ABSENT else None, minutes)


def absences(days: int, a_day: int, subject: str = "Алгебра") -> AbsencesView:
    rows = tuple(AbsentRow(TODAY, n, AT, subject, absent()) for n in range(1, a_day + 1))
    count = AbsenceCount(days * a_day, ((AbsenceReason.ILL, days * a_day), (None, 1)), days, 2)
    view = terms(4, around=True)
    found = tuple((TODAY - timedelta(days=n), rows) for n in range(days))
    return AbsencesView(own(2), view, found, tuple((one, count) for one in view.of_year))


def a_year(subjects: int, name: str = "Алгебра") -> YearView:
    view = terms(4, around=True)
    results = tuple(YearResult(TermScope.TERM, one, "5") for one in view.of_year)
    whole = (*results, *(YearResult(scope, None, "Н/А") for scope in TermScope if scope is not TermScope.TERM))
    return YearView(own(2), view, tuple((f"{name} {n}", whole) for n in range(subjects)))


def subjects(count: int, **changes: object) -> SubjectsView:
    lines = tuple(SubjectLine(REF, f"{NASTY} {n}", 12, Decimal("4.50"), "4", "5") for n in range(count))
    view = SubjectsView(own(3), terms(4, around=True), lines, Place(2, 3, 28, Decimal("4.33")))
    return replace(view, **changes)  # type: ignore[arg-type]


def every_screen() -> list[Screen]:
    rests = [None, *(Rest(kind, until, NASTY) for kind in RestKind for until in (None, TODAY)), Rest(RestKind.FEAST)]
    nothing = DiaryDay(own().child, "7Б", own(2).children, TODAY, TODAY, (), None, None)
    changed = entry(2, cancelled=True, why=LONG, moved_to=Elsewhere(TOMORROW, 3), subject=NASTY)
    moved = entry(3, substitutes=("Константинопольская-Преображенская А. К.",) * 2, moved_from=Elsewhere(MONDAY, 1))
    week = tuple(
        (MONDAY + timedelta(days=n), (*(entry(k) for k in range(8)), changed, moved, entry(9, cancelled=True)))
        for n in range(6)
    )
    empty = WeekTimetable(own(), MONDAY, (), None, None)
    return [
        *(day(replace(nothing, rest=why)) for why in rests),
        *(diary_weeks.to_do(replace(nothing, rest=why)) for why in rests),
        diary_weeks.to_do(replace(nothing, lessons=tuple(lesson(n, LONG, subject=f"{NASTY} {n}") for n in range(9)))),
        diary_weeks.week(a_week(6, 9, LONG, subject=NASTY, absence=absent())),
        *(diary_weeks.week(replace(a_week(0, 0, ""), rest=why)) for why in rests),
        diary_weeks.timetable(replace(empty, opened=own(4), days=week, before=MONDAY, after=MONDAY)),
        diary_weeks.timetable(replace(empty, monday=MONDAY - timedelta(days=14))),
        diary_subjects.subjects(subjects(0)),
        diary_subjects.subjects(subjects(40)),
        diary_subjects.subjects(subjects(5, place=None, terms=terms(3, kind=TermKind.TRIMESTER))),
        diary_subjects.subjects(subjects(5, terms=terms(2, around=True, kind=TermKind.HALF_YEAR))),
        *(show(a_subject(0, 0), 9) for show in (diary_subjects.subject, diary_subjects.topics)),
        *(show(a_subject(300, 300, LONG, NASTY), 4) for show in (diary_subjects.subject, diary_subjects.topics)),
        diary_terms.absences(absences(60, 9, NASTY), 2),
        diary_terms.absences(absences(0, 0), 0),
        diary_terms.year(a_year(0)),
        diary_terms.year(a_year(30, NASTY)),
    ]


def test_every_view_fits_a_phone_in_every_language(language: str) -> None:
    for screen in every_screen():
        assert checked(screen).strip()
        assert shown_length(screen.text) <= LIMIT
        assert len(screen.rows) <= 20


def test_a_week_is_one_screen() -> None:
    lessons = (
        lesson(1, todo=(), absence=absent()),
        lesson(2, subject="История", marks=(), todo=(ToDo(LessonId(1), "§ 5", None, 0),)),
        lesson(3, subject="Химия", cancelled=True),
    )
    view = DiaryWeek(own(), MONDAY, ((TODAY, lessons),), None, MONDAY + timedelta(days=7))
    assert checked(diary_weeks.week(view)) == (
        "Татьяна, 7Б · неделя, 7–13 сентября\n"
        "\n"
        "вт 8 сентября\n"
        "1. Алгебра: 5, 4 · нет\n"
        "2. История\n"
        "ДЗ: § 5\n"
        "3. Химия отменён"
    )
    expected = ["вт 8", "пн 14 →", "Расписание", "ДЗ на завтра", "Дневник", "Меню"]
    assert labels(diary_weeks.week(view)) == expected


def test_holidays_are_said_kindly() -> None:
    view = DiaryWeek(own(), MONDAY, (), None, None, Rest(RestKind.HOLIDAYS, date(2026, 11, 9)))
    assert checked(diary_weeks.week(view)).endswith("\n\nКаникулы до 9 ноября.")


def test_a_timetable_says_what_differs() -> None:
    lessons = (
        entry(1),
        entry(2, subject="История", substitutes=("Чехов А. П.",)),
        entry(3, subject="Химия", cancelled=True, why="актировка"),
        entry(4, subject="Физика", cancelled=True, moved_to=Elsewhere(TOMORROW, 3)),
        entry(5, subject="Физика", room="", moved_from=Elsewhere(MONDAY, 2)),
    )
    view = WeekTimetable(own(), MONDAY, ((TODAY, lessons),), None, None)
    assert checked(diary_weeks.timetable(view)).split("\n")[3:] == [
        "1. 10:25 Алгебра · каб. 301",
        "2. 10:25 История · каб. 301 · замена: Чехов А. П.",
        "3. 10:25 Химия отменён: актировка",
        "4. 10:25 Физика перенесён на ср 9 сентября, 3-й урок",
        "5. 10:25 Физика · перенесён сюда: был пн 7 сентября, 2-й урок",
    ]


def test_homework_ahead_says_what_nobody_has_written_yet() -> None:
    lessons = (
        lesson(1, todo=(ToDo(LessonId(1), "№ 312", None, 1),)),
        lesson(2, subject="История", todo=(), said=True),
        lesson(3, subject="Химия", todo=(), said=False),
    )
    view = DiaryDay(own().child, "7Б", own().children, TOMORROW, TODAY, lessons, None, None)
    assert checked(diary_weeks.to_do(view)) == (
        "Татьяна, 7Б · ДЗ на завтра, ср 9 сентября\n\n"
        "Алгебра\n№ 312 📎 1\n\nИстория\nНе задано\n\nХимия\nПока не записано"
    )


def test_the_list_of_subjects_says_averages_and_the_own_place() -> None:
    lines = (
        SubjectLine(1, "Алгебра", 6, Decimal("4.33"), "4", None),
        SubjectLine(2, "История", 4, Decimal("4.75"), "5", "5"),
        SubjectLine(3, "Музыка", 0, None, None, None),
    )
    screen = diary_subjects.subjects(subjects(0, opened=own(), terms=terms(2), subjects=lines))
    assert checked(screen) == (
        "Татьяна, 7Б · 2-я четверть\n"
        "\n"
        "Место в классе по среднему баллу 4,33: 2–3 из 28\n"
        "\n"
        "Алгебра — 4,33, выходит 4 (6 оц.)\n"
        "История — 5, средний балл 4,75\n"
        "Музыка — оценок пока нет"
    )
    names = ["Алгебра", "История", "Музыка"]
    below = ["1 четв.", "• 2 четв.", "Пропуски", "Картинка", "Итоги", "Меню"]
    assert labels(screen) == [*names, *below]


def test_a_subject_reads_like_a_page_of_a_diary() -> None:
    assert checked(diary_subjects.subject(a_subject(1, 1, topic="Степень"), 0)) == (
        "Татьяна, 7Б · алгебра, 1-я четверть\n"
        "\n"
        "Средний балл 4,50, выходит 4\n"
        "Прогноз — до 5: две пятёрки\n"
        "Пропущено уроков: 2, опозданий: 1\n"
        "\n"
        "5 · контрольная работа, вт 8 сентября\n"
        "Молодец\n"
        "\n"
        "Последние темы:\n"
        "вт 8 сентября — Степень"
    )


def test_absences_name_their_reasons_to_the_family_itself() -> None:
    rows = (
        AbsentRow(TODAY, 1, AT, "Алгебра", absent()),
        AbsentRow(TODAY, 2, AT, "История", absent()),
        AbsentRow(TODAY, 3, AT, "Химия", AbsenceLine(AttendanceCode.ABSENT, None, None)),
        AbsentRow(TODAY, 4, AT, "Химия", absent(AttendanceCode.LATE, 5)),
    )
    count = AbsenceCount(3, ((AbsenceReason.ILL, 2), (None, 1)), 1, 1)
    view = AbsencesView(own(), terms(), ((TODAY, rows),), ((terms().chosen, count),))
    assert checked(diary_terms.absences(view, 0)) == (
        "Татьяна, 7Б · пропуски, 1-я четверть\n"
        "\n"
        "1-я четверть: пропущено 3 урока (болеет — 2, причина пока не указана — 1), опозданий: 1\n"
        "\n"
        "вт 8 сентября\n"
        "Уроки 1, 2: болеет\n"
        "3-й урок: причина пока не указана\n"
        "4-й урок: опоздание 5 мин"
    )
