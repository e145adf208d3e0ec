"""A code that is typed, and a quick line that only looks like one."""

import pytest

from services import codes


@pytest.mark.parametrize("text", ["Касаткова 5", "каратаева 4", "Комарова 5 4", "Ставров 5 4 3", "Н Еремеева 2"])
def test_a_name_and_marks_are_no_code(text: str) -> None:
    assert codes.surely_typed(text) is None


@pytest.mark.parametrize("text", ["7KQ4M-X2B9T", "7kq4m x2b9t", "7KQ4MX2B9T", "  аВ3км — нРстх ", "ABCDE-FGHJK"])
def test_a_slips_code_is_one(text: str) -> None:
    assert codes.surely_typed(text) is not None
