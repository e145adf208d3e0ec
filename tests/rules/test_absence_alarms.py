"""Which absence goes at once: the first of the day, or the first after being present."""

from datetime import date, timedelta

import pytest

from services.rules.attendance import Attended, alarms, contradictions, days_running, left_behind, next_code
from storage.vocabulary import AbsenceReason, AttendanceCode

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


# --- What of a day contradicts itself, and days running ---------------------------------------------------------------

VALID, INVALID = AbsenceReason.VALID, AbsenceReason.INVALID


def attended(*codes: AttendanceCode | tuple[AttendanceCode, AbsenceReason]) -> list[Attended]:
    """A day from its first lesson on."""
    return [
        Attended(slot, *one) if isinstance(one, tuple) else Attended(slot, one) for slot, one in enumerate(codes, 1)
    ]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (attended(P, A, P), [2]),
        (attended(P, A, A, L), [2, 3]),
        (attended(L, A, P, A, P), [2, 4]),
        (attended(A, A, P), []),  # came later
        (attended(P, A, A), []),  # went home
        (attended(A, A), []),
        (attended(P, (A, VALID), P), []),  # looked into
        (attended(P, (A, INVALID), A, P), [3]),
        ([], []),
    ],
)
def test_absent_between_two_of_being_present_contradicts_itself_until_a_reason_is_set(
    day: list[Attended], found: list[int]
) -> None:
    assert contradictions(day) == found
    assert contradictions(list(reversed(day))) == found, "lessons are entered in any order"


@pytest.mark.parametrize(
    ("days", "running"),
    [
        ([], 0),
        ([attended(A)], 1),
        ([attended(P), attended(A, A), attended(A)], 2),
        ([attended(A), attended(P, A), attended(A)], 1),  # a day at school ends the row
        ([attended(A), attended((A, VALID)), attended(A)], 1),
        ([attended((A, INVALID)), attended(A)], 2),
        ([attended(A), attended(P)], 0),
    ],
)
def test_days_running_count_back_from_the_last_day_known(days: list[list[Attended]], running: int) -> None:
    assert days_running({date(2026, 9, 7) + timedelta(days=n): day for n, day in enumerate(days)}) == running


def test_what_an_absence_leaves_behind_is_the_block_after_it() -> None:
    assert left_behind(1, {2: A, 3: A, 4: P, 5: A}) == [2, 3]
    assert left_behind(2, {1: A, 3: P}) == []
    assert left_behind(2, {1: A, 3: L, 4: A}) == []
