"""Names on buttons that a narrow phone shows whole."""

import pytest

from handlers.screens.names import with_children


@pytest.mark.parametrize(
    ("name", "children", "label"),
    [
        ("Ларина П.", ["Татьяна"], "Ларина П. (Татьяна)"),
        ("Ларина П.", ["Татьяна", "Ольга"], "Ларина П. (Татьяна, Ольга)"),
        ("Рождественская С.", ["Елизавета", "Егор"], "Рождественская С. (Ели., Его.)"),
        ("Константинопольская С.", ["Ева", "Ия"], "Константинопольская… (Е., И.)"),
        ("Иванова С.", [], "Иванова С."),
    ],
)
def test_a_guardians_label_is_never_cut_within_the_childrens_names(name: str, children: list[str], label: str) -> None:
    assert with_children(name, children, 30) == label
    assert len(label) <= 30
