"""The quick line's grammar: a table of what teachers type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.quick_line import looks_like_one, one_slip, parse, work_kind
from services.rules.short_names import Named
from storage.vocabulary import AttendanceCode, WorkKind
from tests.school import STUDENTS_7B

PEOPLE = [Named(number, *name.split()) for number, name in enumerate(STUDENTS_7B, 1)]
PEOPLE += [Named(98, "Аль Хассан", "Омар"), Named(99, "Петров-Водкин", "Кузьма", "Сергеевич")]
NAMES = {one.id: one.usual for one in PEOPLE}
SCALE = ("5", "4", "3", "2")
H, O = "absent", "late"  # noqa: E741 - as they are typed
CONTROL, LAB = WorkKind.CONTROL.value, WorkKind.LABORATORY.value


def read(text: str) -> list[tuple[str, str]]:
    """(who, what) of every entry; several candidates by «|»."""
    line = parse(text, PEOPLE, SCALE)
    return [
        (
            "|".join(NAMES[one] for one in entry.who),
            (entry.code.value if entry.code else "") + (entry.value or "") + (f" {entry.kind}" if entry.kind else ""),
        )
        for entry in line.entries
    ]


def odd(text: str) -> tuple[str, ...]:
    return parse(text, PEOPLE, SCALE).odd


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("н Кузнецов Онегин, о Сидоров", [("Кузнецов Никита", H), ("Онегин Евгений", H), ("Сидоров Кирилл", O)]),
        ("Кузнецов 5, Онегин 4 контр", [("Кузнецов Никита", f"5 {CONTROL}"), ("Онегин Евгений", f"4 {CONTROL}")]),
        ("н Кузнецов, Онегин 5", [("Кузнецов Никита", H), ("Онегин Евгений", "5")]),
        ("н Кузнецов, Онегин", [("Кузнецов Никита", H), ("Онегин Евгений", H)]),
        ("Н КУЗНЕЦОВ", [("Кузнецов Никита", H)]),
        ("н: Кузнецов", [("Кузнецов Никита", H)]),
        ("кузнецов н, онегин опоздал", [("Кузнецов Никита", H), ("Онегин Евгений", O)]),
        ("Кузнецов отсутствует", [("Кузнецов Никита", H)]),
        ("ёлкин 5", [("Ёлкин Артём", "5")]),
        ("Елкин 5", [("Ёлкин Артём", "5")]),
        ("Фёдоров н", [("Фёдоров Денис", H)]),
        ("федоров н", [("Фёдоров Денис", H)]),
        ("Ларина Т 5", [("Ларина Татьяна", "5")]),
        ("Ларина Т. 5", [("Ларина Татьяна", "5")]),
        ("Ларина тат 5", [("Ларина Татьяна", "5")]),
        ("Ларина 5", [("Ларина Анна|Ларина Татьяна", "5")]),
        ("Иванов 5", [("Иванов Иван", "5")]),  # exact before «begins so»
        ("Иванова Мил 5", [("Иванова Милана", "5")]),
        ("кузн 4", [("Кузнецов Никита", "4")]),
        ("Кузнцов 4", [("Кузнецов Никита", "4")]),
        ("Кузнеецов 4", [("Кузнецов Никита", "4")]),
        ("Кузнецво 4", [("Кузнецов Никита", "4")]),
        ("Рождественска 4", [("Рождественская Елизавета", "4")]),
        ("Рождеств 4", [("Рождественская Елизавета|Рождественский Егор", "4")]),
        ("Печорин 4", [("", "4")]),
        ("Павв 4", [("", "4")]),  # too short for guessing
        ("5 Кузнецов Онегин", [("Кузнецов Никита", "5"), ("Онегин Евгений", "5")]),
        (
            "5: Кузнецов, Онегин; 4: Сидоров",
            [("Кузнецов Никита", "5"), ("Онегин Евгений", "5"), ("Сидоров Кирилл", "4")],
        ),
        ("Кузнецов Онегин 5", [("Кузнецов Никита", "5"), ("Онегин Евгений", "5")]),
        ("Кузнецов 5 Онегин 4", [("Кузнецов Никита", "5"), ("Онегин Евгений", "4")]),
        ("Кузнецов-5\nОнегин5", [("Кузнецов Никита", "5"), ("Онегин Евгений", "5")]),
        ("лаб: Кузнецов 5, Онегин 4", [("Кузнецов Никита", f"5 {LAB}"), ("Онегин Евгений", f"4 {LAB}")]),
        ("Кузнецов 5 к/р", [("Кузнецов Никита", f"5 {CONTROL}")]),
        ("Кузнецов 5 контрольная", [("Кузнецов Никита", f"5 {CONTROL}")]),
        ("Аль Хассан 5", [("Аль Хассан Омар", "5")]),
        ("Петров-Водкин 5", [("Петров-Водкин Кузьма", "5")]),
        ("Петров П 5", [("Петров Пётр", "5")]),
        ("Петров Пётр 5", [("Петров Пётр", "5")]),
        ("н Онегин о Кузнецов", [("Онегин Евгений", H), ("Кузнецов Никита", O)]),
        ("Некрасова О. 5", [("Некрасова Ольга", "5")]),  # an initial, for it has its full stop
        ("Некрасова о", [("Некрасова Ольга", O)]),  # not an initial
        ("н, Онегин", [("Онегин Евгений", H)]),
    ],
)
def test_what_teachers_type(text: str, entries: list[tuple[str, str]]) -> None:
    assert read(text) == entries


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Кузнецов 5 4", ("4",)),
        ("Кузнецов 7", ("7", "Кузнецов")),
        ("н Онегин, Кузнецов 7", ("7", "Кузнецов")),
        ("н Онегин 5", ("5",)),
        ("Кузнецов", ("Кузнецов",)),
        ("Кузнецов 5, спасибо", ("спасибо",)),
    ],
)
def test_what_nothing_could_be_made_of_is_said(text: str, words: tuple[str, ...]) -> None:
    assert odd(text) == words


def test_an_unknown_number_after_a_name_is_never_taken_for_an_absence() -> None:
    assert read("н Онегин, Кузнецов 7") == [("Онегин Евгений", H)]


def test_a_surname_that_begins_like_a_kind_of_work_is_a_surname() -> None:
    line = parse("Сам 5", [Named(1, "Сам", "Ли")], SCALE)
    assert line.entries[0].who == (1,)


@pytest.mark.parametrize("text", ["н Иванов", "Иванов 5", "Иванова опоздала", "5 Иванов"])
def test_a_line_looks_like_one(text: str) -> None:
    assert looks_like_one(text)


@pytest.mark.parametrize("text", ["", "н", "5", "Добрый день!", "Когда каникулы?", "спасибо"])
def test_a_talk_does_not(text: str) -> None:
    assert not looks_like_one(text)


@pytest.mark.parametrize(
    ("typed", "meant", "slip"),
    [
        ("иванов", "иванова", True),
        ("ивнаов", "иванов", True),
        ("ивонов", "иванов", True),
        ("иваанов", "иванов", True),
        ("иванов", "иванов", False),
        ("ивннаов", "иванов", False),
        ("сидоров", "петров", False),
        ("абвг", "бавгд", False),
    ],
)
def test_one_slip_of_the_finger(typed: str, meant: str, slip: bool) -> None:
    assert one_slip(typed, meant) is slip
    assert one_slip(meant, typed) is slip


def test_kinds_of_work_have_their_short_words() -> None:
    assert [work_kind(word) for word in ("контр", "к/р", "самост", "дикт", "лабор", "тест", "дз")] == [
        WorkKind.CONTROL,
        WorkKind.CONTROL,
        WorkKind.INDEPENDENT,
        WorkKind.DICTATION,
        WorkKind.LABORATORY,
        WorkKind.TEST,
        WorkKind.HOMEWORK,
    ]
    assert work_kind("Тихонов") is None


@given(st.text("нНоО5472,;.\n ИвановПетрМС-ё/кр", max_size=60))
def test_whatever_is_typed_is_read_without_a_fall_and_no_absence_is_made_up(text: str) -> None:
    line = parse(text, PEOPLE, SCALE)
    for entry in line.entries:
        assert (entry.code is None) != (entry.value is None)
        assert entry.value is None or entry.value in SCALE
        assert entry.code in (None, AttendanceCode.ABSENT, AttendanceCode.LATE)
        assert set(entry.who) <= set(NAMES)
