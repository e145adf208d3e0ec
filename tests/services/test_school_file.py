"""What a school's description may say, and how a wrong one is refused."""

from datetime import date
from pathlib import Path

import pytest

from services.school_file import BadSchoolFile, read_school_file
from storage.vocabulary import DayKind, TermKind

SAMPLE = (Path(__file__).parents[2] / "school.example.toml").read_text(encoding="utf-8")


def test_the_shipped_sample_is_a_good_school() -> None:
    spec = read_school_file(SAMPLE)
    assert spec.administrator.full == "Орлова Анна Сергеевна"
    assert [(term.kind, term.ordinal) for term in spec.terms] == [
        *((TermKind.QUARTER, number) for number in (1, 2, 3, 4)),
        *((TermKind.HALF_YEAR, number) for number in (1, 2)),
    ]
    assert spec.bells[0].lessons[0] == (8 * 60 + 30, 9 * 60 + 15)
    days = {day.on_date: day for day in spec.days}
    assert days[date(2027, 2, 23)].kind is DayKind.HOLIDAY
    assert days[date(2027, 2, 20)].follows_weekday == 0
    assert spec.classes == {"7А": 7, "7Б": 7}
    assert spec.regulation.term_kind(7) is TermKind.QUARTER
    assert spec.regulation.clauses["same_day"] == "п. 4.7"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('timezone = "Europe/Moscow"', 'timezone = "Москва"', "timezone"),
        ("starts = 2026-09-01\nends = 2027-05-31\n\n# Чет", "starts = 2027-06-01\nends = 2027-05-31\n\n# Чет", "year"),
        ("starts = 2026-11-02", "starts = 2026-10-20", "quarter"),
        ('"8:30-9:15", "9:25-10:10"', '"8:30-9:15", "9:10-10:10"', "Обычные"),
        ("8:30-9:15", "8.30-9.15", "8.30"),
        ("usual = true\nlessons", "usual = false\nlessons", "usual"),
        ("from = 2026-11-04", 'from = "4 ноября"', "4 ноября"),
        ('follows = "пн"', 'follows = "понедельник"', "working"),
        ('bells = "Сокращённые"', 'bells = "Короткие"', "working"),
        ('"7Б" = 7', '"7Б" = "7"', "7Б"),
        ('administrator = "Орлова Анна Сергеевна"', 'administrator = "Орлова"', "administrator"),
        ("undo_minutes = 10", "undo_minuts = 10", "undo_minuts"),
        ('name = "Школа № 1"\n', "", "name"),
        ("[year]", "[year", "TOML"),
    ],
)
def test_a_wrong_word_is_named(old: str, new: str, says: str) -> None:
    assert old in SAMPLE
    with pytest.raises(BadSchoolFile) as refusal:
        read_school_file(SAMPLE.replace(old, new, 1))
    assert says in refusal.value.say()
