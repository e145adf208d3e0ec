"""Averages, proposals and forecasts as a table (regulation §13)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.rules.averages import Forecast, Scored, average, forecast, mean_of_terms, proposal
from services.rules.regulation import Regulation
from storage.vocabulary import EXEMPT, NOT_ASSESSED, WorkKind

REGULATION = Regulation()


def scored(text: str) -> list[Scored]:
    """«5 4к ОСВ»: marks of answers, with «к» of control works."""
    kinds = {"к": WorkKind.CONTROL, "д": WorkKind.DICTATION}
    return [Scored(word.rstrip("кд"), kinds.get(word[-1], WorkKind.ANSWER)) for word in text.split()]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("", None),
        ("5", "5.00"),
        ("5 4", "4.50"),
        ("5 2к", "2.75"),  # (5 + 3·2) / 4
        ("4д 5", "4.33"),  # (2·4 + 5) / 3
        ("5 5 4", "4.67"),
        ("4 4 4 4 4 4 4 5", "4.13"),  # 4.125, half up
        (f"5 {EXEMPT} {NOT_ASSESSED} 3", "4.00"),
        (EXEMPT, None),
    ],
)
def test_an_average_is_weighted_and_rounds_half_up_to_two_places(marks: str, expected: str | None) -> None:
    found = average(scored(marks), REGULATION)
    assert found == (None if expected is None else Decimal(expected))


def test_a_weight_of_its_own_goes_before_the_kinds() -> None:
    assert average([Scored("5", WorkKind.ANSWER, 3), Scored("1", WorkKind.CONTROL, 1)], REGULATION) == Decimal("4.00")


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        (None, None),
        ("5.00", "5"),
        ("4.60", "5"),
        ("4.59", "4"),
        ("3.60", "4"),
        ("3.59", "3"),
        ("2.60", "3"),
        ("2.59", "2"),
        ("2.00", "2"),
    ],
)
def test_a_proposal_is_the_best_mark_whose_threshold_is_met(mean: str | None, expected: str | None) -> None:
    assert proposal(None if mean is None else Decimal(mean), REGULATION) == expected


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("", None),
        ("5", None),  # at the top
        ("5 5 4", None),  # 4.67 is a five already
        ("4", Forecast("5", "5", 2)),  # 4 5 5: 4.67
        ("5 4", Forecast("5", "5", 1)),  # 4.67
        ("3", Forecast("4", "5", 1)),  # 3 5: 4.00
        ("2к", Forecast("3", "5", 1)),  # (6 + 5) / 4 = 2.75
        ("4к 4к 4к", None),  # 14 fives would be needed
        (NOT_ASSESSED, None),
    ],
)
def test_a_forecast_is_the_fewest_further_marks_of_weight_one(marks: str, expected: Forecast | None) -> None:
    assert forecast(scored(marks), REGULATION) == expected


def test_a_school_of_twelve_marks_has_its_own_thresholds() -> None:
    twelve = replace(
        REGULATION,
        scale=tuple(str(mark) for mark in range(12, 0, -1)),
        proposals={"12": "11.50", "11": "10.50", "10": "9.50"},
    )
    assert proposal(Decimal("10.60"), twelve) == "11"
    assert forecast([Scored("11", WorkKind.ANSWER)], twelve) == Forecast("12", "12", 1)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        (["5", "4"], "5"),  # 4.5, half up
        (["4", "4", "5", "4"], "4"),
        (["3", "4", EXEMPT, None], "4"),
        ([EXEMPT, NOT_ASSESSED], None),
        (["2", "3", "3", "2"], "3"),
    ],
)
def test_the_years_mark_is_the_mean_of_the_terms_half_up(values: list[str | None], expected: str | None) -> None:
    assert mean_of_terms(values) == expected
