"""Cells of a school's sheets as values."""

from datetime import date

import pytest

from services.imports.values import (
    is_iso,
    read_date,
    read_email,
    read_phone,
    read_whole,
    split_application,
    split_list,
)

TODAY = date(2026, 9, 2)


@pytest.mark.parametrize(
    "text",
    [
        "01.09.2026", "1.9.2026", "01/09/2026", "1-9-2026", "01.09.26", "2026-09-01", "2026-09-01 00:00",
        "1 сентября 2026 г.", "1 сентября 2026 года", "«01» сентября 2026г.", "01 сен 2026", " 01.09.2026г. ",
    ],
)  # fmt: skip
def test_a_date_is_read_in_every_form(text: str) -> None:
    assert read_date(text, TODAY) == date(2026, 9, 1)


@pytest.mark.parametrize("text", ["", "31.02.2026", "вчера", "45000", "09.2026", "1 нисана 2026", "32.01.2026", "да"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text, TODAY) is None


def test_two_digits_of_a_year_mean_the_last_hundred_years() -> None:
    assert read_date("05.03.14", TODAY) == date(2014, 3, 5)
    assert read_date("05.03.79", TODAY) == date(1979, 3, 5)
    assert read_date("05.03.27", TODAY) == date(2027, 3, 5)
    assert read_date("05.03.28", TODAY) == date(1928, 3, 5)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("8 (900) 123-45-67", "+79001234567"),
        ("+7 900 123 45 67", "+79001234567"),
        ("9001234567", "+79001234567"),
        ("79001234567", "+79001234567"),
        ("+375 29 123 45 67", "+375291234567"),
        ("123-45-67", None),
        ("8 900 123-45-67, 8 900 765-43-21", None),
        ("нет", None),
    ],
)
def test_a_telephone_is_read(text: str, phone: str | None) -> None:
    assert read_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("Ivanova@Mail.RU", "ivanova@mail.ru"),
        ("a@b", None),
        ("a b@c.ru", None),
        ("a@b.ru; c@d.ru", None),
        ("нет", None),
    ],
)
def test_an_address_is_read(text: str, email: str | None) -> None:
    assert read_email(text) == email


@pytest.mark.parametrize(
    ("text", "number", "on"),
    [
        ("№ 15 от 28.08.2026", "15", date(2026, 8, 28)),
        ("15", "15", None),
        ("№15", "15", None),
        ("вх. 12-5 от 1 сентября 2026 г.", "вх. 12-5", date(2026, 9, 1)),
        ("15 от мамы", "15 от мамы", None),
        ("", "", None),
    ],
)
def test_an_application_may_have_its_date_in_the_same_cell(text: str, number: str, on: date | None) -> None:
    assert split_application(text, TODAY) == (number, on)


def test_whole_numbers_lists_and_spoiled_cells() -> None:
    assert [read_whole(text) for text in ("12", "12.", "12,0", "1,5", "двенадцать", "")] == [
        12,
        12,
        12,
        None,
        None,
        None,
    ]
    assert split_list("Английский 1, мальчики;\nИКТ 2 ,") == ["Английский 1", "мальчики", "ИКТ 2"]
    assert is_iso("2026-05-12")
    assert not is_iso("12-5")
