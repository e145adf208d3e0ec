"""The table of headers: every variant is understood, none means two things, and the documentation shows them all."""

from pathlib import Path

import pytest

from services.imports.headers import FORMS, Column, Form, Head, find_head, spellings
from services.imports.tables import Sheet
from services.names import header_key

DOCS = Path(__file__).resolve().parents[2] / "docs" / "imports.md"


def head_of(form: Form, *cells: str) -> Head:
    sheet: Sheet = {"name": "", "rows": [(1, list(cells))]}
    found = find_head(sheet, (form,))
    assert found is not None
    return found


@pytest.mark.parametrize("form", list(Form))
def test_no_header_of_a_form_means_two_columns(form: Form) -> None:
    meant: dict[str, tuple[str, int]] = {}
    for column in FORMS[form]:
        for text, slot in spellings(column):
            before = meant.setdefault(header_key(text), (column.field, slot))
            assert before == (column.field, slot), text


@pytest.mark.parametrize("form", list(Form))
def test_the_documentation_shows_every_header_with_its_variants(form: Form) -> None:
    text = DOCS.read_text(encoding="utf-8")
    for column in FORMS[form]:
        assert documented(column) in text, f"docs/imports.md lacks this line:\n{documented(column)}"


def documented(column: Column) -> str:
    """A column's line in the documentation's table."""
    return f"| {column.title} | {'; '.join(column.variants) or '—'} | {column.holds} |"


def test_case_spaces_dots_and_yo_do_not_matter() -> None:
    head = head_of(Form.STUDENTS, "ф. и. о.\nРЕБЕНКА", "КЛАСС ", "Дата  рождения", "№  Заявления", "Мать")
    assert [column.field for column in head.columns] == ["student", "class", "birth", "application", "guardian"]


def test_guardians_are_told_by_number_by_word_and_by_order() -> None:
    numbered = head_of(Form.STUDENTS, "ФИО", "Родитель 2", "Родитель 1", "Телефон 2", "Телефон родителя 1")
    assert [column.slot for column in numbered.columns] == [0, 2, 1, 2, 1]
    worded = head_of(Form.STUDENTS, "ФИО", "ФИО матери", "ФИО отца", "Телефон матери", "Телефон отца")
    assert [(column.field, column.slot) for column in worded.columns][1:] == [
        ("guardian", 1),
        ("guardian", 2),
        ("phone", 1),
        ("phone", 2),
    ]
    ordered = head_of(Form.STUDENTS, "ФИО", "Родитель", "Телефон", "Родитель", "Телефон", "E-mail")
    assert [(column.field, column.slot) for column in ordered.columns][1:] == [
        ("guardian", 1),
        ("phone", 1),
        ("guardian", 2),
        ("phone", 2),
        ("email", 0),  # after two guardians, of whom the first has none: whose it is, each row must leave no doubt
    ]


def test_a_telephone_without_a_guardian_on_its_left_is_the_students() -> None:
    head = head_of(Form.STUDENTS, "ФИО", "Класс", "Телефон", "Мать", "Телефон")
    assert [column.field for column in head.columns] == ["student", "class", "student_phone", "guardian", "phone"]


def test_a_header_below_a_title_is_found_and_unknown_columns_are_listed() -> None:
    sheet: Sheet = {
        "name": "7Б",
        "rows": [
            (1, ["Школа № 1"]),
            (2, ["Список класса на 01.09.2026"]),
            (4, ["№", "ФИО", "Рост"]),
            (5, ["1", "Иванов"]),
        ],
    }
    head = find_head(sheet, (Form.STUDENTS, Form.STAFF, Form.HOMEROOMS))
    assert head is not None
    assert (head.row, head.form, head.unknown) == (4, Form.STUDENTS, ["№", "Рост"])


def test_a_sheet_is_what_most_of_its_headers_say() -> None:
    forms = (Form.STUDENTS, Form.STAFF, Form.HOMEROOMS)
    kinds = {
        ("ФИО", "Класс", "Дата рождения"): Form.STUDENTS,
        ("ФИО", "Должность", "Телефон", "E-mail"): Form.STAFF,
        ("ФИО", "Должность", "Дата рождения", "Классное руководство"): Form.STAFF,
        ("Класс", "Классный руководитель"): Form.HOMEROOMS,
        ("Фамилия", "Имя", "Отчество", "Класс"): Form.STUDENTS,
    }
    for cells, form in kinds.items():
        head = find_head({"name": "", "rows": [(1, list(cells))]}, forms)
        assert head is not None
        assert head.form is form, cells
    assert find_head({"name": "", "rows": [(1, ["Меню", "Цена"])]}, forms) is None
