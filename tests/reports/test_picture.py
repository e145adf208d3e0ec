"""The picture of a term: every mark in its strip, none hiding another, 1080 dots across."""

import struct
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from services.diary import Child, DiaryTerm, GivenMark, Opened, SubjectLine, TermMarks, Terms
from services.reports.picture import DISC, STRIP, average_line, picture_data, spots, term_picture
from services.rules.regulation import Regulation
from storage.vocabulary import ClassId, PersonId, TermKind, WorkKind

SINCE, UNTIL = date(2026, 9, 1), date(2026, 10, 25)
RULES = Regulation()


def marks(*days_and_values: tuple[int, str], kind: WorkKind = WorkKind.ANSWER) -> tuple[GivenMark, ...]:
    return tuple(
        GivenMark(1, "Алгебра", SINCE + timedelta(days=day), kind, 1, value, "молчи") for day, value in days_and_values
    )


def view(*subjects: tuple[GivenMark, ...], name: str = "Алгебра") -> TermMarks:
    term = DiaryTerm(1, TermKind.QUARTER, 1, SINCE, UNTIL, 1, "2026/27", ClassId(1), "7Б", True)
    child = Child(PersonId(1), "Татьяна", "Ларина")
    own = Opened(child, ClassId(1), "7Б", (child,), UNTIL)
    lines = tuple((SubjectLine(n, name, len(of), Decimal("4.33"), "4", None), of) for n, of in enumerate(subjects))
    return TermMarks(own, Terms(term, (term,), None, None, True), lines, RULES)


@pytest.mark.parametrize("count", [1, 2, 14, 60])
def test_no_mark_leaves_the_strip_or_passes_another(count: int) -> None:
    crowded = marks(*[(50, "5")] * count)
    placed = spots(crowded, SINCE, UNTIL, RULES)
    assert all(DISC / 2 - 0.1 <= spot.x <= STRIP - DISC / 2 + 0.1 for spot in placed)
    least = min(DISC, (STRIP - DISC) / max(1, count - 1))
    assert all(other.x - one.x >= least - 0.1 for one, other in pairwise(placed))


def test_better_marks_stand_higher_and_words_in_the_middle() -> None:
    heights = [spot.y for spot in spots(marks((0, "2"), (9, "3"), (20, "5"), (30, "Н/А")), SINCE, UNTIL, RULES)]
    assert heights == [0, pytest.approx(1 / 3, abs=0.01), 1, 0.5]


def test_the_line_is_the_weighted_average_after_each_mark() -> None:
    given = (*marks((0, "5")), *marks((10, "3"), kind=WorkKind.CONTROL), *marks((20, "5")))
    heights = [round(2 + 3 * y, 2) for _x, y in average_line(given, SINCE, UNTIL, RULES)]
    assert heights == [5, 3.5, 3.8]


def test_only_the_first_name_is_drawn_and_no_comment() -> None:
    drawn = str(picture_data(view(marks((1, "5")))))
    assert "Татьяна, 7Б" in drawn
    assert "Ларина" not in drawn and "молчи" not in drawn


async def test_the_picture_is_a_png_as_wide_as_a_phone() -> None:
    nasty = '#panic("x") *жирный* $ \\ <script>'
    whole = view(marks((1, "5"), (2, "Н/А")), *[marks(*[(n, "4") for n in range(40)])] * 20, name=nasty)
    whole = replace(whole, opened=replace(whole.opened, child=Child(PersonId(1), nasty * 3, "Ларина")))
    picture = await term_picture(whole, datetime(2026, 10, 20, tzinfo=UTC))
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1080 and width + height < 10_000, "the messenger takes no larger photo"
