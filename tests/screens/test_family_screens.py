"""The family's and the homeroom teacher's screens as values: what they say, uncut labels, safe HTML, a 360-px phone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.callbacks.help import Guide
from handlers.screen import Screen
from handlers.screens import access, diary, joining, preferences
from handlers.screens import help as help_screens
from handlers.screens.menu import menu
from services.actor import Actor
from services.diary import Child as DiaryChild
from services.diary import DiaryDay, DiaryLesson
from services.homeroom import ClassView, Family
from services.i18n import speaking
from services.joining import Child, Offer
from services.letters.typeset import LIMIT, shown_length
from services.preferences import Choice
from services.rules.quiet_hours import Hours
from services.rules.regulation import Regulation
from services.student_access import StudentLine, StudentStanding, StudentsView
from storage.repositories.diary import AbsenceLine, MarkLine, ToDo
from storage.repositories.homeroom import LedClass
from storage.vocabulary import (
    AccountId,
    AttendanceCode,
    BotId,
    ClassId,
    DeliveryMode,
    GuardianStanding,
    InvitationId,
    LessonId,
    PersonId,
    Relation,
    Role,
    SchoolId,
    WorkKind,
)
from tests.school import TODAY
from tests.screens.test_teacher_screens import checked, labels

LONGEST_ID = 2**63 - 100
LONGEST_REF = 10**8 - 1  # of what stands with two others in a button
ZONE = ZoneInfo("Europe/Moscow")
AT = datetime(2026, 9, 8, 10, 25, tzinfo=ZONE)
TOMORROW = TODAY + timedelta(days=1)
LONG = "Константинопольская-Преображенская Александра Константиновна"
BELOW = ["ДЗ на завтра", "Неделя", "Пропуски", "Итоги", "Меню"]
NASTY = "<b>ОБЖ</b> & <script>"


@pytest.fixture(params=["ru", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


def offer(*, agreeing: bool = False) -> Offer:
    children = tuple(
        Child(PersonId(LONGEST_ID), name, "7Б", relation)
        for name, relation in ((f"{LONG}", Relation.OTHER), (NASTY, Relation.MOTHER))
    )
    return Offer(InvitationId(LONGEST_ID), LONG, f"Школа {NASTY}", children, agreeing, Regulation())


def lesson(number: int, text: str = "№ 312–315", **changes: object) -> DiaryLesson:
    made = DiaryLesson(
        id=LessonId(LONGEST_ID),
        number=number,
        starts_at=AT,
        ends_at=AT + timedelta(minutes=40),
        subject="Алгебра",
        room="301",
        cancelled=False,
        why="",
        topic=text,
        marks=(
            MarkLine(LessonId(1), WorkKind.CONTROL, 1, "5", ""),
            MarkLine(LessonId(1), WorkKind.ANSWER, 2, "3", text),
        ),
        absence=None,
        todo=(ToDo(LessonId(LONGEST_ID), text, None, 0),),
        given=text,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def a_day(*lessons: DiaryLesson, children: int = 1, name: str = "Татьяна") -> DiaryDay:
    own = tuple(DiaryChild(PersonId(LONGEST_ID + n), name, "Ларина") for n in range(children))
    return DiaryDay(own[0], "7Б", own, TODAY, TODAY, lessons, TODAY - timedelta(days=1), TOMORROW)


def family(number: int = 0, standing: GuardianStanding = GuardianStanding.CONNECTED) -> Family:
    connected = standing not in (GuardianStanding.AWAY, GuardianStanding.NO_PAPERS)
    return Family(
        guardian_id=PersonId(LONGEST_ID + number),
        name=LONG,
        short_name="Константинопольская-Преображенская А.",
        children=("Константинопольская Ева", f"Константинопольский {NASTY}"),
        relation=Relation.OTHER,
        standing=standing,
        since=AT if connected else None,
        by_code=standing is GuardianStanding.AWAITING,
        account_id=AccountId(LONGEST_ID) if connected else None,
        staff=False,
        recorded=standing is not GuardianStanding.NO_PAPERS,
    )


def a_class() -> ClassView:
    families = tuple(family(n, standing) for n in range(31) for standing in GuardianStanding)
    names = tuple(f"{LONG} {n}" for n in range(30))
    classes = (LedClass(ClassId(LONGEST_REF), "7Б"), LedClass(ClassId(LONGEST_REF - 1), "10 физико-математический"))
    return ClassView(ClassId(LONGEST_REF), "7Б", families, names, classes, TODAY, 3, students=30, students_awaiting=2)


def the_students(level: int = 7) -> StudentsView:
    lines = [
        StudentLine(
            student_id=PersonId(LONGEST_ID + number),
            name=f"{LONG} {NASTY}",
            short_name=f"Константинопольская-Преображенская {NASTY}",
            standing=standing,
            since=AT if standing is not StudentStanding.AWAY else None,
            account_id=AccountId(LONGEST_ID) if standing is not StudentStanding.AWAY else None,
            newcomer_id=AccountId(LONGEST_ID - 1) if standing is StudentStanding.AWAITING else None,
            may_have_slip=standing is not StudentStanding.NO_PAPERS,
        )
        for number, standing in enumerate(list(StudentStanding) * 6)
    ]
    return StudentsView(ClassId(LONGEST_REF), "7Б", led=True, level=level, level_from=5, lines=tuple(lines))


def choice(mode: DeliveryMode = DeliveryMode.DIGEST, *, consents: bool = True, student: bool = False) -> Choice:
    return Choice(
        hours=Hours(mode, 18 * 60 + 30, 21 * 60, 7 * 60),
        regulation=Regulation(),
        children=("Пётр", NASTY),
        consents=consents,
        full_names=False,
        locale="ru",
        student=student,
    )


def actor(*roles: Role, homeroom: bool = False) -> Actor:
    ids = (PersonId(1), AccountId(1), SchoolId(1))
    return Actor(*ids, frozenset(roles), homeroom, "ru", ZONE, BotId(1), 1, 1, None)


def every_screen() -> list[Screen]:
    view = a_class()
    return [
        joining.hello(),
        *(help_screens.guide(one) for one in Guide),
        help_screens.for_strangers(),
        help_screens.help_page(actor(Role.GUARDIAN, Role.TEACHER, homeroom=True), [NASTY]),
        joining.awaiting(),
        joining.declined(),
        joining.ask_to_leave(),
        joining.left(),
        joining.offered(offer()),
        joining.offered(offer(agreeing=True)),
        joining.consent_again(f"Школа {NASTY}", Regulation(full_names_in_letters=True, consent_words=NASTY)),
        diary.day(a_day()),
        diary.day(a_day(*(lesson(n) for n in range(1, 9)), children=5, name="Александрина-Виктория")),
        diary.day(a_day(*(lesson(n, "читать " * 300) for n in range(1, 11)))),
        diary.day(a_day(lesson(1, NASTY, subject=NASTY, room=NASTY), lesson(2, cancelled=True, why=NASTY))),
        *(preferences.preferences(choice(mode)) for mode in DeliveryMode),
        preferences.preferences(choice(consents=False)),
        preferences.preferences(choice(student=True)),
        preferences.hours(choice()),
        preferences.quiet_hours(choice()),
        preferences.kinds(choice()),
        preferences.kinds(choice(student=True)),
        *(preferences.kind(choice(), kind) for kind in choice().kinds),
        preferences.languages(choice()),
        access.access(view),
        access.ask_for_slips(view),
        *(access.guardians(view, standing, page) for standing in GuardianStanding for page in (0, 3, 99)),
        *(access.guardian(view.class_id, family(0, standing)) for standing in GuardianStanding),
        access.ask_to_disconnect(view.class_id, family()),
        *(access.students(the_students(level), page) for level in (4, 7) for page in (0, 99)),
        *(access.student(the_students(), line.student_id) for line in the_students().lines[:5]),
        *(access.ask_for_student_slips(the_students(level)) for level in (4, 7)),
        access.ask_to_disconnect_student(the_students(), the_students().lines[0].student_id),
        menu(actor(Role.TEACHER, Role.GUARDIAN, homeroom=True)),
    ]


def test_every_screen_fits_a_phone_in_every_language(language: str) -> None:
    for screen in every_screen():
        assert checked(screen).strip()
        assert shown_length(screen.text) <= LIMIT
        assert len([row for row in screen.rows if len(row) == 1]) <= 11


def test_the_family_learns_whose_diary_a_slip_opens() -> None:
    one = replace(offer(), holder="Ларина Прасковья Ивановна", children=offer().children[:1])
    one = replace(one, children=(Child(PersonId(1), "Татьяна Ларина", "7Б", Relation.MOTHER),))
    screen = joining.whose_child(one)
    assert checked(screen) == "Листок для: Ларина Прасковья Ивановна.\n\nТатьяна Ларина, 7Б. Вы — мать.\n\nВсё верно?"
    assert labels(screen) == ["Да, всё верно", "Нет, это не мой листок"]


def test_the_consent_says_what_who_where_and_how_to_take_it_back() -> None:
    text = checked(joining.consent_text(offer(agreeing=True)))
    for word in ("оценки", "только вы", "за рубежом", "без фамилии", "/stop", "Отозвать согласие", "письменное"):
        assert word in text, word
    assert labels(joining.consent_text(offer(agreeing=True))) == ["Согласен(на)", "Не согласен(на)"]


def test_a_day_reads_like_a_diary() -> None:
    view = a_day(
        lesson(3, marks=lesson(3).marks[:1], topic="Сложение дробей"),
        lesson(4, subject="Физика", marks=(), topic=None, todo=(), given="", room=""),
        lesson(
            5,
            subject="История",
            marks=(),
            topic=None,
            todo=(),
            given=None,
            absence=AbsenceLine(AttendanceCode.ABSENT, None, None),
        ),
        lesson(6, subject="Химия", cancelled=True, why="актировка"),
    )
    assert checked(diary.day(view)) == (
        "Татьяна, 7Б · сегодня, вт 8 сентября\n"
        "\n"
        "3. Алгебра · 10:25 · каб. 301\n"
        "Оценки: 5 (контрольная работа)\n"
        "Тема: Сложение дробей\n"
        "К уроку: № 312–315\n"
        "Задано: № 312–315\n"
        "\n"
        "4. Физика · 10:25\n"
        "Не задано\n"
        "\n"
        "5. История · 10:25 · каб. 301\n"
        "Нет на уроке\n"
        "\n"
        "6. Химия · 10:25\n"
        "Урок отменён: актировка"
    )
    assert labels(diary.day(view)) == ["← пн 7", "ср 9 →", *BELOW]


def test_another_day_leads_back_to_today_and_the_child_in_view_is_marked() -> None:
    view = replace(a_day(children=2), on_date=TOMORROW, before=TODAY, after=None)
    assert labels(diary.day(view)) == ["← вт 8", "Сегодня", "• Татьяна Ларина", "Татьяна Ларина", *BELOW]


def test_what_comes_is_said_in_words() -> None:
    assert checked(preferences.preferences(choice())) == (
        "Что вам приходит\n"
        "О ком: Пётр, <b>ОБЖ</b> & <script>\n"
        "\n"
        "Нет на уроке — сразу.\n"
        "Другие пропуски дня и опоздания — в 18:30.\n"
        "Несколько дней без причины — утром.\n"
        "Оценки — в 18:30.\n"
        "Домашнее задание — в 18:30; заданное позже — ещё раз до тихих часов.\n"
        "Замены и отмены: сегодняшние — сразу, завтрашние — в 18:30.\n"
        "Итоговые оценки — в 17:00 того дня, когда их выставили.\n"
        "Если за четверть выходит двойка — по средам в 17:00.\n"
        "Итоги недели — по субботам в 10:00.\n"
        "Переписка — сразу.\n"
        "Рассылки школы — сразу.\n"
        "В 18:30 — одно письмо обо всём, с уроками на завтра.\n"
        "\n"
        "С 21:00 до 07:00 тихо: придёт только об отсутствии на уроке и срочное.\n"
        "\n"
        "В письмах — только имя, без фамилии."
    )


def test_a_student_chooses_hours_and_homework_only() -> None:
    screen = preferences.preferences(choice(student=True))
    assert checked(screen).splitlines()[:4] == [
        "Что вам приходит",
        "",
        "Домашнее задание — в 18:30; заданное позже — ещё раз до тихих часов.",
        "Переписка — сразу.",
    ]
    assert labels(screen) == ["Час письма: 18:30", "Тихо: 21:00–07:00", "По видам писем", "Русский", "Меню"]


def test_eight_names_a_page_and_both_ways_to_turn() -> None:
    screen = access.guardians(a_class(), GuardianStanding.AWAY, 1)
    assert len([button for button in screen.rows if len(button) == 1]) == 8 + 1
    assert labels(screen)[-3:] == ["← 1/4", "3/4 →", "Назад"]


def test_a_guardian_who_awaits_can_be_confirmed_or_disconnected() -> None:
    screen = access.guardian(ClassId(1), family(0, GuardianStanding.AWAITING))
    assert labels(screen) == [
        "Подтвердить",
        "Новый листок",
        "Отключить",
        "Связь с ребёнком",
        "Назад",
    ]


def test_a_phone_that_typed_a_code_beside_a_connected_one_is_confirmed_or_not() -> None:
    screen = access.guardian(
        ClassId(1), replace(family(0, GuardianStanding.AWAITING), newcomer_id=AccountId(LONGEST_ID - 1))
    )
    assert labels(screen)[:2] == ["Подтвердить", "Не подтверждать"]
    assert "Он работает, пока вы не подтвердите, и тогда отключится." in screen.text


def test_a_guardian_without_papers_gets_no_slip() -> None:
    assert labels(access.guardian(ClassId(1), family(0, GuardianStanding.NO_PAPERS))) == ["Связь с ребёнком", "Назад"]


TEACHING = ["Мои уроки", "Планы", "Журнал", "Четвертные"]
DIARY = ["Дневник", "Неделя", "Предметы", "Итоги"]
FAMILY = [*DIARY, "Не придёт", "Написать учителю", "Переписка", "Настройки"]


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (actor(Role.TEACHER), [*TEACHING, "Переписка"]),
        (actor(Role.TEACHER, homeroom=True), [*TEACHING, "Мой класс", "Рассылка", "Переписка"]),
        (actor(Role.GUARDIAN), FAMILY),
        (actor(Role.STUDENT), [*DIARY, "Написать учителю", "Переписка", "Настройки"]),
        (actor(Role.TEACHER, Role.GUARDIAN, homeroom=True), [*TEACHING, "Мой класс", "Рассылка", *FAMILY]),
    ],
)
def test_the_menu_is_by_what_a_person_is(person: Actor, words: list[str]) -> None:
    assert labels(menu(person)) == words
