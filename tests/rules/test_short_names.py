"""Short names: narrow, and no two alike."""

from hypothesis import given
from hypothesis import strategies as st

from services.rules.short_names import Named, short_names
from tests.school import STUDENTS_7B

LETTERS = st.text("абвгдеёИПРС", min_size=1, max_size=24)
PEOPLE = st.lists(st.tuples(LETTERS, LETTERS, LETTERS), max_size=40)


def people(*names: str) -> list[Named]:
    return [Named(number, *name.split()) for number, name in enumerate(names, 1)]


def labels(*names: str, width: int = 16) -> list[str]:
    return list(short_names(people(*names), width).values())


def test_a_name_is_the_surname_with_an_initial() -> None:
    assert labels("Иванова Мария", "Ёлкин Артём Петрович") == ["Иванова М.", "Ёлкин А."]


def test_namesakes_are_told_apart_by_more_of_the_first_name() -> None:
    assert sorted(labels("Иванова Мария", "Иванова Милана", "Иванова Ольга")) == [
        "Иванова Ма.",
        "Иванова Ми.",
        "Иванова О.",
    ]


def test_full_namesakes_are_told_apart_by_the_middle_name_or_a_number() -> None:
    assert labels("Иванов Иван Петрович", "Иванов Иван Олегович") == ["Иванов И. П.", "Иванов И. О."]
    assert labels("Иванов Иван", "Иванов Иван") == ["Иванов И. 1", "Иванов И. 2"]


def test_a_long_surname_is_cut_and_the_initial_stays() -> None:
    assert labels("Константинопольская Ева") == ["Константиноп… Е."]


def test_cut_surnames_that_look_alike_are_told_apart() -> None:
    cut = labels("Рождественская Елизавета", "Рождественский Егор", width=13)
    assert len(set(cut)) == 2
    assert all(len(one) <= 13 for one in cut)


def test_the_whole_class_fits_two_columns_with_a_sign_beside() -> None:
    shown = labels(*STUDENTS_7B, width=13)
    assert len(set(shown)) == 30
    assert max(map(len, shown)) <= 13


@given(PEOPLE, st.integers(9, 30))
def test_whoever_comes_no_two_labels_are_alike_and_none_is_too_wide(
    names: list[tuple[str, str, str]], width: int
) -> None:
    found = short_names([Named(number, *name) for number, name in enumerate(names)], width)
    assert len(set(found.values())) == len(names)
    assert all(len(label) <= width for label in found.values())
