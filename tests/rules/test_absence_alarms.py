"""Which absence goes at once: the first of the day, or the first after being present."""

import pytest

from services.rules.attendance import alarms, next_code
from storage.vocabulary import AttendanceCode

P, A, L = AttendanceCode.PRESENT, AttendanceCode.ABSENT, AttendanceCode.LATE


@pytest.mark.parametrize(
    ("slot", "day", "told"),
    [
        (1, {}, True),
        (3, {}, True),
        (2, {1: A}, False),
        (3, {1: A, 2: P}, True),
        (3, {2: P}, True),
        (3, {2: L}, True),
        (4, {2: A}, False),  # nothing is known of the third
        (1, {2: A}, False),  # the second lesson was entered first, and told
        (2, {1: P, 3: A}, False),
        (2, {1: A, 3: P}, False),
        (3, {1: A, 2: P, 4: P}, True),
        (1, {2: P, 3: A}, True),
    ],
)
def test_an_absence_alarms_unless_it_goes_on_from_one_that_did(
    slot: int, day: dict[int, AttendanceCode], told: bool
) -> None:
    assert alarms(slot, day, reason_known=False) is told


def test_a_known_reason_alarms_nobody() -> None:
    assert not alarms(1, {}, reason_known=True)


def test_three_taps_come_round() -> None:
    assert [next_code(code) for code in (P, A, L)] == [A, L, P]
