"""Names as schools write them."""

import pytest

from services.names import (
    FullName,
    class_key,
    class_name,
    fits,
    full_name,
    header_key,
    looks_like_class,
    name_of_parts,
    subgroup_key,
    subject_key,
)


@pytest.mark.parametrize(
    "text", ["7Б", "7 Б", "7-Б", "7–Б", '7"б"', "7 «Б»", "7 «Б» класс", "7 кл. Б", "7.Б", " 7б ", "7\u00a0Б", "7 - Б"]
)
def test_every_spelling_of_a_class_is_the_same_class(text: str) -> None:
    assert class_key(text) == "7б"
    assert class_name(text) == "7Б"
    assert looks_like_class(text)


def test_a_latin_letter_that_looks_russian_is_the_russian_one() -> None:
    assert class_key("7A") == class_key("7А")
    assert class_key("9B") == class_key("9В")


def test_classes_that_differ_stay_different() -> None:
    names = ["7Б", "8Б", "7В", "10Б", "1Б", "11А", "1А", "7ФМ", "7Ф", "01_25", "JC1", "Педсовет"]
    assert len({class_key(name) for name in names}) == len(names)


@pytest.mark.parametrize("text", ["12А", "Педсовет", "JC1", "7", "Б7", "01_25", ""])
def test_what_is_no_russian_class_is_not_taken_for_one(text: str) -> None:
    assert not looks_like_class(text)
    assert class_name(text) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Иванова Мария Петровна", FullName("Иванова", "Мария", "Петровна")),
        ("ИВАНОВА МАРИЯ ПЕТРОВНА", FullName("Иванова", "Мария", "Петровна")),
        ("иванова мария", FullName("Иванова", "Мария")),
        ("Иванова, Мария Петровна", FullName("Иванова", "Мария", "Петровна")),
        ("Иванова М.П.", FullName("Иванова", "М.", "П.")),
        ("Иванова М. П.", FullName("Иванова", "М.", "П.")),
        ("М.П. Иванова", FullName("Иванова", "М.", "П.")),
        ("Иванова М", FullName("Иванова", "М.")),
        ("Иванова", FullName("Иванова", "")),
        ("Мамин - Сибиряк Дмитрий", FullName("Мамин-Сибиряк", "Дмитрий")),
        ("РИМСКИЙ-КОРСАКОВ Н.А.", FullName("Римский-Корсаков", "Н.", "А.")),
        ("Алиев Рашид Мамед оглы", FullName("Алиев", "Рашид", "Мамед оглы")),
        ("О'Нил Джон", FullName("О'Нил", "Джон")),
        ("Ёлкин\u00a0Артём", FullName("Ёлкин", "Артём")),
        ("Троицк\u0438\u0438\u0306 Л.", FullName("Троицкий", "Л.")),
    ],
)
def test_a_persons_name_is_read(text: str, name: FullName) -> None:
    assert full_name(text) == name


@pytest.mark.parametrize(
    "text", ["", "7Б", "№ 5", "М.П.", "Иванова (староста)", "#ССЫЛКА!", "Итого: 25", "a b c d e f g"]
)
def test_what_is_no_name_is_none(text: str) -> None:
    assert full_name(text) is None


def test_a_name_of_three_cells_needs_a_surname_and_a_name() -> None:
    assert name_of_parts("Ким", "Ен Су", "") == FullName("Ким", "Ен Су")
    assert name_of_parts("Ким", "", "") is None
    assert name_of_parts("Ким", "15", "") is None


@pytest.mark.parametrize(
    ("short", "whole", "same"),
    [
        ("Иванова М.П.", "Иванова Мария Петровна", True),
        ("Иванова М.", "Иванова Мария Петровна", True),
        ("Иванова", "Иванова Мария Петровна", True),
        ("Иванова Мария", "Иванова Мария Петровна", True),
        ("Ёлкин А.", "Елкин Артём", True),
        ("Иванова М.С.", "Иванова Мария Петровна", False),
        ("Иванова Марина Петровна", "Иванова Мария Петровна", False),
        ("Иванов М.П.", "Иванова Мария Петровна", False),
    ],
)
def test_a_short_name_fits_a_whole_one(short: str, whole: str, same: bool) -> None:
    one, other = full_name(short), full_name(whole)
    assert one is not None
    assert other is not None
    assert fits(one, other) is same
    assert fits(other, one) is same


def test_subgroups_and_subjects_and_headers_are_told_by_what_matters() -> None:
    assert {subgroup_key(text) for text in ("1 группа", "Группа 1", "1-я группа", "гр. 1", "1")} == {"1"}
    assert subgroup_key("Английский 1") != subgroup_key("Английский 2")
    assert subgroup_key("мальчики") != subgroup_key("девочки")
    assert subgroup_key("группа") == "группа"
    assert subject_key("Английский  язык") == subject_key("английский язык")
    assert subject_key("«Музыка»") == subject_key("музыка")
    assert header_key("Ф.И.О.\nученика") == header_key("ФИО ученика")
    assert header_key("№ заявления") != header_key("заявления")


def test_invisible_signs_do_not_come_into_names() -> None:
    assert full_name("Ива\u200bнова\u202e Мария") == FullName("Иванова", "Мария")
    assert class_name("7\u00adБ\x00") == "7Б"
