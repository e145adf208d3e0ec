"""The teacher's screens as values: names in eight rows, uncut labels, buttons with their words, safe HTML."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.callbacks.lessons import PutAttendance, RestoreRecord
from handlers.callbacks.marks import PutMark
from handlers.screen import Button, Screen
from handlers.screens.attendance import attendance_sheet, confirmed, put_toast
from handlers.screens.homework import homework_choice
from handlers.screens.lessons import day, lesson_card
from handlers.screens.marks import kind_choice, mark_choice, mark_put, mark_sheet, toast
from handlers.screens.menu import menu
from handlers.screens.quick_line import line_card
from handlers.screens.records import record_put, topic_choice
from handlers.screens.reminders import reminder
from services.access import LessonNotHeld
from services.actor import Actor
from services.attendance import AttendanceConfirmed, AttendancePut, AttendanceSheet, SeatedStudent
from services.changes import Outcome, Standing
from services.i18n import speaking
from services.lessons import AbsentEarlier, Card, Day, DayLesson, LessonTitle, Part
from services.lessons import Standing as DayStanding
from services.marks import KindChoice, MarkChoice, MarkedStudent, MarkPut, MarkSheet
from services.quick_line import Asked, LineCard, LineMark
from services.records import HomeworkChoice, RecordPut, TopicChoice
from services.reminders import Reminder, Thing
from services.rules.gaps import Gap
from services.rules.plans import PlannedTopic
from services.rules.short_names import Named
from storage.repositories.lesson_rows import WorkCount
from storage.repositories.marks import WorkRow
from storage.vocabulary import (
    AbsenceReason,
    AccountId,
    AttendanceCode,
    BotId,
    ClockKind,
    ClockState,
    LessonId,
    PersonId,
    RecordPart,
    Role,
    SchoolId,
    WorkId,
    WorkKind,
)
from tests.school import STUDENTS_7B, TODAY

LONGEST_ID = 2**63 - 100
REV = 99_998
ZONE = ZoneInfo("Europe/Moscow")
AT = datetime(2026, 9, 8, 10, 42, tzinfo=ZONE)
TITLE = LessonTitle(
    LessonId(LONGEST_ID),
    "7Б",
    "Алгебра",
    3,
    TODAY,
    AT.replace(hour=10, minute=25),
    AT.replace(hour=11, minute=5),
    "301",
)
NASTY = LessonTitle(LessonId(1), "7Б <1>", "ОБЖ & <b>труд</b>", 3, TODAY, AT, AT + timedelta(minutes=40), "<script>")
ABSENT, LATE, PRESENT = AttendanceCode.ABSENT, AttendanceCode.LATE, AttendanceCode.PRESENT
WIDTHS = {1: 30, 2: 16, 3: 12, 4: 8, 5: 6}


class Checker(HTMLParser):
    """Telegram's HTML: a few tags, each closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        assert tag in {"b", "i", "u", "s", "code", "pre", "a"}, tag
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def checked(screen: Screen) -> str:
    """The screen's plain text, after everything that holds for every screen."""
    parser = Checker()
    parser.feed(screen.text)
    parser.close()
    assert not parser.open
    assert len(parser.text) <= 4000
    named = [row for row in screen.rows if any(is_name(button) for button in row)]
    assert len(named) <= 8
    for row in screen.rows:
        assert 1 <= len(row) <= 8
        for button in row:
            assert button.label.strip()
            assert len(button.label) <= WIDTHS[len(row)], button.label
            assert button.data is not None
            assert len(button.data.encode()) <= 64, button.data
    return parser.text


def is_name(button: Button) -> bool:
    """A button of a student; «Заменить» is about one, but is no name."""
    return (button.data or "").startswith(("pa1", "os1", "pn1")) and button.label not in {"Заменить", "Replace"}


def labels(screen: Screen) -> list[str]:
    return [button.label for row in screen.rows for button in row]


def tapped(screen: Screen, label: str) -> str:
    (button,) = [one for row in screen.rows for one in row if one.label == label]
    return button.data or ""


def people(count: int = 30) -> list[Named]:
    return [Named(PersonId(LONGEST_ID + n), *name.split()) for n, name in enumerate(STUDENTS_7B[:count])]


def sheet(count: int = 30, codes: dict[int, AttendanceCode] | None = None) -> AttendanceSheet:
    students = [SeatedStudent(one, (codes or {}).get(n, PRESENT), REV) for n, one in enumerate(people(count))]
    return AttendanceSheet(TITLE, students, confirmed=False, rev=REV)


def mark_grid(count: int = 30, value: str | None = "5") -> MarkSheet:
    work = WorkRow(WorkId(LONGEST_ID), WorkKind.CONTROL, 1)
    students = [MarkedStudent(one, value, REV, ABSENT if n % 2 else PRESENT) for n, one in enumerate(people(count))]
    return MarkSheet(TITLE, work, [work], students, checkable=True, checked_at=None, clause="п. 2.5")


def card(**changes: Any) -> Card:
    values: dict[str, Any] = {
        "title": TITLE,
        "today": TODAY,
        "refusal": None,
        "revs": dict.fromkeys(RecordPart, REV),
        "topic": None,
        "next_topic": PlannedTopic(LONGEST_ID, 12, "Сложение и вычитание дробей с разными знаменателями"),
        "attendance": None,
        "absent": [],
        "late": [],
        "absent_earlier": [],
        "students": 30,
        "homework": None,
        "takes_marks": True,
        "homework_due_at": AT.replace(hour=15, minute=5),
        "clause": "п. 2.7",
        "works": [],
    }
    return Card(**{**values, **changes})


def part(value: str, *, late: bool = False) -> Part:
    return Part(value, "Смирнова", AT, late)


@pytest.fixture(params=["ru", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


# --- Every screen, in both languages ----------------------------------------------------------------------------------


def every_screen() -> list[Screen]:
    grid, marks, long_card = sheet(codes={0: ABSENT, 14: LATE}), mark_grid(), card()
    standing = Standing("late", "Константинопольская", AT)
    student = people()[14]
    put = AttendancePut(Outcome.CHANGED, grid, student, ABSENT, REV, standing)
    mark = MarkPut(Outcome.SAVED, marks, student, "5", REV, "4")
    works = [WorkRow(WorkId(LONGEST_ID + n), kind, 12) for n, kind in enumerate(WorkKind)]
    topics = [PlannedTopic(LONGEST_ID + n, 100 + n, "Очень длинная тема " * 20) for n in range(5)]
    text = part("Я" * 2000, late=True)
    asked = Asked(3, "Ларина", people(8))
    line = LineCard(LONGEST_ID, TITLE, people(), people(9), {}, asked, ["<b>"] * 20)
    marked = {(WorkKind.CONTROL, 2): [LineMark(one, "5", "4") for one in people()]}
    opened = [gap(ClockKind.LESSON), gap(ClockKind.HOMEWORK)]
    record = RecordPut(RecordPart.TOPIC, Outcome.SAVED, long_card, back_to=REV)
    late = RecordPut(RecordPart.HOMEWORK, Outcome.CHANGED, long_card, Standing("Я" * 2000, "Смирнова", AT))
    week = Day(TODAY, TODAY + timedelta(days=1), [DayLesson(TITLE, one) for one in DayStanding], TODAY, TODAY)
    return [
        day(week),
        day(Day(TODAY, TODAY, [], None, None)),
        lesson_card(long_card),
        lesson_card(card(title=NASTY, topic=part("<i>"), homework=text, absent=people(), late=people())),
        lesson_card(card(refusal=LessonNotHeld(), works=[WorkCount(WorkKind.CONTROL, 1, 5)])),
        lesson_card(card(takes_marks=False, absent_earlier=[AbsentEarlier(student, AbsenceReason.ILL)])),
        *(attendance_sheet(grid, page) for page in range(3)),
        attendance_sheet(sheet(8)),
        attendance_sheet(grid, 0, put),
        confirmed(AttendanceConfirmed(Outcome.SAVED, long_card, back_to=REV)),
        confirmed(AttendanceConfirmed(Outcome.CHANGED, None, grid)),
        *(mark_sheet(marks, page, mark) for page in range(2)),
        mark_sheet(mark_grid(8)),
        mark_put(MarkPut(Outcome.CHANGED, marks, student, None, REV, standing=standing), 1),
        mark_choice(
            MarkChoice(TITLE, works[0], student, "5", "Решено двумя способами", REV, ("5", "4", "3", "2"), AT), 1
        ),
        mark_choice(MarkChoice(TITLE, works[0], student, None, "", 0, tuple(map(str, range(1, 13))), None), 1),
        kind_choice(KindChoice(TITLE, works, [(kind, 12) for kind in WorkKind])),
        topic_choice(TopicChoice(TITLE, text, topics, REV)),
        topic_choice(TopicChoice(NASTY, None, [], 0)),
        homework_choice(HomeworkChoice(TITLE, text, AT, "п. 2.7", REV)),
        record_put(record),
        record_put(late),
        record_put(late, RestoreRecord(lesson=1, part=RecordPart.TOPIC, back_to=0, seen=1)),
        line_card(line),
        line_card(LineCard(LONGEST_ID, NASTY, [], [], marked, None, [], changed=True)),
        reminder(said([opened, opened], at_bell=True)),
        reminder(said([opened] * 20)),
        reminder(said([])),
        *(reminder(said([gap(kind)])) for kind in ClockKind),
    ]


def test_every_screen_fits_a_phone_and_telegram(language: str) -> None:
    for screen in every_screen():
        text = checked(screen)
        assert "{" not in text, text


# --- The attendance grid ----------------------------------------------------------------------------------------------


def test_thirty_names_stand_in_two_columns_on_two_pages() -> None:
    pages = [attendance_sheet(sheet(), page) for page in range(2)]
    named = [[row for row in page.rows if is_name(row[0])] for page in pages]
    assert [len(rows) for rows in named] == [8, 7]
    assert sum(len(row) for rows in named for row in rows) == 30
    assert "2/2 →" in labels(pages[0])
    assert "← 1/2" in labels(pages[1])


def test_three_absent_of_thirty_take_six_taps_of_sixteen_five() -> None:
    """«Посещаемость», the names with the page turns between them, «Готово» (product, §2)."""
    for count, most in ((30, 6), (16, 5)):
        wanted, page, taps = [0, count // 2, count - 1], 0, 1
        for place in wanted:
            while True:
                screen = attendance_sheet(sheet(count), page)
                here = [button.data for row in screen.rows for button in row if is_name(button)]
                target = PutAttendance(
                    lesson=LONGEST_ID, student=LONGEST_ID + place, code=ABSENT, seen=REV, page=page
                ).pack()
                taps += 1
                if target in here:
                    break
                page += 1
        assert taps + 1 <= most, count


def test_a_name_wants_the_next_state_and_shows_the_present_one() -> None:
    screen = attendance_sheet(sheet(codes={0: ABSENT, 1: LATE}), 0)
    first, second, third = [button for row in screen.rows[:2] for button in row][:3]
    assert (first.label, first.data) == ("❌ Абдурахма… П.", f"pa1:{LONGEST_ID}:{LONGEST_ID}:late:{REV}:0")
    assert second.label == "🕓 Андреев П."
    assert (second.data or "").split(":")[3] == "present"
    assert third.label == "Барановск… К."
    assert (third.data or "").split(":")[3] == "absent"


def test_nobody_marked_means_all_present_somebody_means_done() -> None:
    assert "Все присутствуют" in labels(attendance_sheet(sheet()))
    assert "Готово" not in labels(attendance_sheet(sheet()))
    marked = labels(attendance_sheet(sheet(codes={3: LATE})))
    assert "Готово" in marked
    assert "Все присутствуют" not in marked


def test_the_answer_to_a_tap_has_the_full_name() -> None:
    student = people()[0]
    assert put_toast(AttendancePut(Outcome.SAVED, sheet(), student, ABSENT, 1)) == "Абдурахманова Патимат — нет"
    assert put_toast(AttendancePut(Outcome.ALREADY, sheet(), student, ABSENT, 1)) == "Уже сохранено."
    standing = Standing("late", "Смирнова", AT)
    put = AttendancePut(Outcome.CHANGED, sheet(), student, ABSENT, 7, standing)
    assert put_toast(put) == "Изменено: Смирнова, 10:42 — опоздал(а)."
    screen = attendance_sheet(sheet(), 0, put)
    assert "Абдурахманова Патимат: заменить на «нет»?" in checked(screen)
    assert tapped(screen, "Заменить").endswith(":absent:7:0")


# --- The card ---------------------------------------------------------------------------------------------------------


def test_an_empty_card_shows_what_is_to_be_done_and_its_clock() -> None:
    screen = lesson_card(card())
    assert checked(screen).splitlines() == [
        "7Б · Алгебра",
        "3-й урок, 10:25–11:05 · каб. 301 · сегодня, вт 8 сентября",
        "",
        "▫ Тема",
        "▫ Посещаемость",
        "▫ ДЗ до 15:05, п. 2.7",
        "▫ Оценки",
    ]
    assert labels(screen) == [
        "Тема: Сложение и вычитание др…",
        "Все присутствуют",
        "Не задано",
        "Посещаемость",
        "Тема",
        "ДЗ",
        "Оценки",
        "Мои уроки",
    ]


def test_a_full_card_says_so() -> None:
    full = card(
        topic=part("Дроби", late=True),
        next_topic=None,
        attendance=part("confirmed"),
        absent=people(2),
        homework=part(""),
        works=[WorkCount(WorkKind.CONTROL, 1, 12), WorkCount(WorkKind.ANSWER, 2, 3)],
    )
    text = checked(lesson_card(full))
    assert "✅ Тема: Дроби · позже срока" in text
    assert "✅ Посещаемость: нет 2: Абдурахманова П., Андреев П." in text
    assert "✅ ДЗ: не задано" in text
    assert "✅ Оценки: контрольная работа — 12 оценок, ответ 2 — 3 оценки" in text
    assert "Всё заполнено." in text
    assert {"Все присутствуют", "Не задано"}.isdisjoint(labels(lesson_card(full)))


def test_a_card_with_somebody_marked_waits_for_done() -> None:
    screen = lesson_card(card(late=people(1)))
    assert "▫ Посещаемость: опоздали 1: Абдурахманова П. — нажмите «Готово»" in checked(screen)
    assert "Готово" in labels(screen)
    assert "Все присутствуют" not in labels(screen)


def test_everybody_present_is_said_in_words() -> None:
    text = checked(lesson_card(card(attendance=part("confirmed"))))
    assert "✅ Посещаемость: все на месте (30)" in text


def test_class_1_has_neither_homework_nor_marks_on_its_card() -> None:
    screen = lesson_card(card(takes_marks=False, homework_due_at=None))
    assert "ДЗ" not in checked(screen)
    assert "Оценки" not in checked(screen)
    assert {"ДЗ", "Оценки", "Не задано"}.isdisjoint(labels(screen))


def test_a_closed_lesson_says_why_and_offers_nothing_to_press() -> None:
    screen = lesson_card(card(refusal=LessonNotHeld()))
    assert "Урок отменён или перенесён, записей в нём нет." in checked(screen)
    assert labels(screen) == ["Мои уроки"]


def test_what_people_wrote_is_shown_as_they_wrote_it() -> None:
    text = checked(lesson_card(card(title=NASTY, topic=part("<b>a & b"), homework=part("</b>"))))
    assert "7Б <1> · ОБЖ & <b>труд</b>" in text
    assert "Тема: <b>a & b" in text


# --- Marks ------------------------------------------------------------------------------------------------------------


def test_a_mark_stands_beside_its_name_and_an_absence_where_no_mark_is() -> None:
    shown = labels(mark_sheet(mark_grid(value="5")))
    assert "Андреев П. 5" in shown
    assert "Андреев П. н" in labels(mark_sheet(mark_grid(value=None)))


def test_a_saved_mark_can_be_taken_back_by_one_tap() -> None:
    student = people()[0]
    replaced = MarkPut(Outcome.SAVED, mark_grid(), student, "5", 2, "4")
    assert toast(replaced) == "Абдурахманова Патимат — 5"
    undo = PutMark(work=LONGEST_ID, student=LONGEST_ID, value="4", seen=2, page=1).pack()
    assert tapped(mark_put(replaced, 1), "Отменить") == undo
    first = MarkPut(Outcome.SAVED, mark_grid(), student, "5", 1, None)
    assert tapped(mark_put(first, 0), "Отменить").split(":")[3] == "-"


def test_who_was_faster_is_named_and_may_be_replaced() -> None:
    put = MarkPut(Outcome.CHANGED, mark_grid(), people()[0], "5", 3, standing=Standing("4", "Смирнова", AT))
    screen = mark_put(put, 0)
    assert checked(screen).splitlines() == [
        "Абдурахманова Патимат",
        "Изменено: Смирнова, 10:42 — 4. Заменить на 5?",
    ]
    assert tapped(screen, "Заменить").endswith(":5:3:0")


def test_the_marks_of_the_scale_are_one_row() -> None:
    work = WorkRow(WorkId(1), WorkKind.ANSWER, 1)
    screen = mark_choice(MarkChoice(TITLE, work, people()[0], "4", "", 1, ("5", "4", "3", "2"), AT), 0)
    assert [button.label for button in screen.rows[0]] == ["5", "4", "3", "2"]
    assert labels(screen)[4:] == ["Убрать", "Комментарий", "Назад"]
    assert "Стоит 4, изменить можно до 10:42." in checked(screen)


# --- The rest ---------------------------------------------------------------------------------------------------------


def test_a_quick_line_is_shown_back_before_it_is_written() -> None:
    first, second = people(2)
    marks = {(WorkKind.CONTROL, 1): [LineMark(second, "5", "4")]}
    screen = line_card(LineCard(5, TITLE, [first], [], marks, None, ["Печорин"]))
    assert checked(screen).splitlines()[1:] == [
        "нет: Абдурахманова Патимат",
        "контрольная работа: Андреев Пётр — 4 → 5",
        "Не понял: «Печорин»",
    ]
    assert labels(screen) == ["Записать", "Отменить"]


def test_an_ambiguous_name_is_asked_before_anything_is_saved() -> None:
    screen = line_card(LineCard(5, TITLE, people(1), [], {}, Asked(1, "Ларина", people(2)), []))
    assert "Кто это — «Ларина»?" in checked(screen)
    assert "Записать" not in labels(screen)


def gap(kind: ClockKind, state: ClockState = ClockState.OPEN, **about: Any) -> Gap:
    parts = {ClockKind.LESSON: (RecordPart.TOPIC,), ClockKind.HOMEWORK: (RecordPart.HOMEWORK,)}.get(kind, ())
    usual = {
        "audience": "7Б",
        "subject": "Алгебра",
        "on_date": TITLE.on_date,
        "slot": 3,
        "starts_at": TITLE.starts_at,
        "ends_at": TITLE.ends_at,
        "missing": parts,
        "left": 21,
        "work_kind": WorkKind.CONTROL,
        "lesson_id": LONGEST_ID,
        "work_id": LONGEST_ID,
        "class_id": 11,
        "subject_id": 12,
        "scope": "term:1",
    }
    due_at = about.pop("due_at", AT.replace(hour=15, minute=5))
    return Gap(kind, due_at, state, "п. 2.7", **{**usual, **about})


def said(things: list[list[Gap] | Gap], *, at_bell: bool = False) -> Reminder:
    listed = [Thing("", one if isinstance(one, list) else [one]) for one in things]
    return Reminder(listed, [] if listed else [TITLE], not listed, at_bell, ZONE, AT)


def test_the_nudge_opens_each_lesson_in_place_and_turns_into_done() -> None:
    screen = reminder(said([[gap(ClockKind.LESSON), gap(ClockKind.HOMEWORK)]], at_bell=True))
    assert checked(screen).splitlines() == [
        "Урок закончился, осталось заполнить:",
        "▫ 7Б · Алгебра, 3-й урок, 10:25–11:05 — тема, ДЗ до 15:05, п. 2.7",
    ]
    assert tapped(screen, "3 · 7Б Алгебра") == f"on1:{LONGEST_ID}"
    done = reminder(said([]))
    assert checked(done).startswith("Готово")
    assert labels(done) == []


def test_every_clock_is_said_in_its_own_words() -> None:
    late, soon = ClockState.OVERDUE, ClockState.DUE_SOON
    later = AT.replace(day=15, hour=23, minute=59)
    lines = checked(
        reminder(
            said(
                [
                    gap(ClockKind.LESSON, late, on_date=date(2026, 9, 7), due_at=AT.replace(day=7, hour=23)),
                    gap(ClockKind.HOMEWORK, late),
                    gap(ClockKind.WRITTEN_WORK, soon, due_at=later),
                    gap(ClockKind.WRITTEN_WORK, soon, due_at=later, work_id=None),
                    gap(ClockKind.CHECKED_WORK, soon, due_at=AT.replace(hour=23, minute=59)),
                    gap(ClockKind.TERM_MARKS, due_at=later),
                    gap(ClockKind.VERIFICATION, due_at=later, subject="", on_date=date(2026, 9, 7)),
                    gap(ClockKind.PLANS, late, audience="7", due_at=AT.replace(day=1)),
                    gap(ClockKind.CLASS_LISTS, late, audience="7В", due_at=AT.replace(day=1)),
                    gap(ClockKind.SECTIONS, audience="7В", due_at=later),
                ]
            )
        )
    ).splitlines()
    assert lines == [
        "Осталось заполнить:",
        "▫ 7Б · Алгебра, 3-й урок, 10:25–11:05, 7 сентября — тема (срок был 7 сентября, п. 2.7)",
        "▫ 7Б · Алгебра, 3-й урок, 10:25–11:05 — ДЗ (срок был 15:05, п. 2.7)",
        "▫ 7Б · Алгебра, контрольная работа, 8 сентября — без оценки 21, до 15 сентября, п. 2.7",
        "▫ 7Б · Алгебра, контрольная работа, 8 сентября — нет столбца оценок, до 15 сентября, п. 2.7",
        "▫ 7Б · Алгебра, контрольная работа, 8 сентября — без оценки 21, срок сегодня, п. 2.7",
        "▫ 7Б · Алгебра — без итоговой оценки 21, до 15 сентября, п. 2.7",
        "▫ 7Б — сверить посещаемость за неделю с 7 сентября, до 15 сентября, п. 2.7",
        "▫ Алгебра, 7 класс — нет КТП, срок был 1 сентября, п. 2.7",
        "▫ Списки классов — никого нет в списках: 7В, срок был 1 сентября, п. 2.7",
        "▫ Разделы журнала — нет уроков в расписании: 7В, до 15 сентября, п. 2.7",
    ]


def test_the_menu_shows_lessons_to_those_who_teach() -> None:
    def who(*roles: Role) -> Actor:
        return Actor(PersonId(1), AccountId(1), SchoolId(1), frozenset(roles), False, "ru", ZONE, BotId(1), 1, 1, None)

    assert "Мои уроки" in labels(menu(who(Role.TEACHER)))
    assert "Мои уроки" in labels(menu(who(Role.EDUCATOR)))
    assert "Мои уроки" not in labels(menu(who(Role.GUARDIAN)))


def test_a_days_lessons_lead_back_to_the_menu() -> None:
    with speaking("ru"):
        shown = day(Day(TODAY, TODAY, [], None, None))
    assert [button.label for button in shown.rows[-1]] == ["Меню"]
