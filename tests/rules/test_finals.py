"""Term marks: their window, what is proposed, when families are told, and what asks for a second look."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from services.rules import averages, finals
from services.rules.averages import Scored
from services.rules.finals import Hint, Scope, Standing, Window
from services.rules.quiet_hours import Hours, default_hours
from services.rules.regulation import Regulation
from storage.vocabulary import EXEMPT, NOT_ASSESSED, DeliveryMode, TermScope, WorkKind

ZONE = ZoneInfo("Europe/Moscow")
RULES = Regulation()
USUAL = default_hours(RULES)


def at(hour: str, day: date = date(2026, 10, 22)) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour), ZONE).astimezone(UTC)


def school_days(
    *, holidays: Sequence[date] = (), working: Sequence[date] = (), saturdays: bool = True
) -> Callable[[date], bool]:
    """A calendar: Sunday is free, and so are holidays; working days are not."""
    return lambda day: day in working or (day not in holidays and day.weekday() < 5 + saturdays)


@pytest.mark.parametrize("key", ["term:7", "year:2", "exam:2", "final:2", "state_exam:2"])
def test_a_scope_reads_back_from_its_key(key: str) -> None:
    assert Scope.parse(key).key == key


@pytest.mark.parametrize("key", ["", "term", "term:x", "quarter:1"])
def test_what_is_no_scope_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        Scope.parse(key)


SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 25)  # a Sunday


@pytest.mark.parametrize(
    ("ends_on", "days", "window"),
    [
        # The term's dates run to Sunday: its last school day is Saturday.
        (OCTOBER, school_days(), Window(date(2026, 10, 19), date(2026, 10, 24))),
        (OCTOBER, school_days(saturdays=False), Window(date(2026, 10, 19), date(2026, 10, 23))),
        # A holiday at the end brings the window forward, to the week before if the whole week is free.
        (
            OCTOBER,
            school_days(holidays=[date(2026, 10, 23), date(2026, 10, 24)]),
            Window(date(2026, 10, 19), date(2026, 10, 22)),
        ),
        (
            OCTOBER,
            school_days(holidays=[date(2026, 10, day) for day in range(19, 25)]),
            Window(date(2026, 10, 12), date(2026, 10, 17)),
        ),
        # A working Sunday is a school day.
        (OCTOBER, school_days(working=[OCTOBER]), Window(date(2026, 10, 19), OCTOBER)),
        # A term that ends on a Wednesday: three days.
        (date(2026, 12, 30), school_days(), Window(date(2026, 12, 28), date(2026, 12, 30))),
        # The last week may lie on both sides of New Year.
        (date(2027, 1, 2), school_days(), Window(date(2026, 12, 28), date(2027, 1, 2))),
    ],
)
def test_the_window_is_the_last_school_week(ends_on: date, days: Callable[[date], bool], window: Window) -> None:
    assert finals.window(SEPTEMBER, ends_on, days) == window


def test_a_term_shorter_than_its_week_opens_with_it() -> None:
    wednesday = date(2026, 9, 2)
    assert finals.window(wednesday, date(2026, 9, 4), school_days()) == Window(wednesday, date(2026, 9, 4))


def test_before_the_window_is_ahead_and_after_it_late() -> None:
    window = Window(date(2026, 10, 19), date(2026, 10, 24))
    stands = {day: finals.standing(window, date(2026, 10, day)) for day in (18, 19, 24, 25)}
    assert stands == {18: Standing.AHEAD, 19: Standing.OPEN, 24: Standing.OPEN, 25: Standing.LATE}


def test_a_term_mark_is_of_the_scale_or_one_of_two_words() -> None:
    assert finals.values(RULES) == ("5", "4", "3", "2", "ОСВ", "Н/А")


@pytest.mark.parametrize(
    ("terms", "year"),
    [
        (["4", "5", "4", "5"], "5"),  # 4,5: half up
        (["4", "4", "4", "5"], "4"),
        (["3", "4"], "4"),
        (["2", "3", "2"], "2"),
        ([EXEMPT, "4", "4", "3"], "4"),  # ОСВ doesn't enter: 11 / 3
        ([NOT_ASSESSED, "5"], "5"),
        ([EXEMPT, NOT_ASSESSED], None),
        (["4", None, "5", "5"], None),  # a term is still missing
        ([], None),
    ],
)
def test_the_year_is_the_mean_of_its_terms_half_up(terms: list[str | None], year: str | None) -> None:
    assert finals.year_proposal(terms) == year


@pytest.mark.parametrize(
    ("year", "exam", "final"),
    [
        ("4", None, "4"),
        ("4", "5", "5"),
        ("5", "4", "5"),
        ("3", "5", "4"),
        ("4", EXEMPT, "4"),  # no exam was taken
        (None, "5", None),
        (EXEMPT, None, None),
    ],
)
def test_the_final_mark_is_by_the_year_and_the_exam(year: str | None, exam: str | None, final: str | None) -> None:
    assert finals.final_proposal(year, exam) == final


@pytest.mark.parametrize("kind", list(WorkKind))
@pytest.mark.parametrize("word", [EXEMPT, NOT_ASSESSED])
def test_words_never_enter_an_average(kind: WorkKind, word: str) -> None:
    """Invariant 10 of the regulation."""
    marks = [Scored("4", WorkKind.ANSWER), Scored("5", WorkKind.CONTROL)]
    assert averages.average([*marks, Scored(word, kind)], RULES) == averages.average(marks, RULES) == Decimal("4.75")


def test_exams_have_a_day_and_gia_two() -> None:
    came = at("14:00")
    assert finals.results_due(TermScope.EXAM, came, RULES) == came + timedelta(hours=24)
    assert finals.results_due(TermScope.STATE_EXAM, came, RULES) == came + timedelta(days=2)


FRIDAY = date(2026, 10, 23)
LATE_SLEEPER = Hours(DeliveryMode.INSTANT, 18 * 60 + 30, 0, 9 * 60)
NO_QUIET = Hours(DeliveryMode.INSTANT, 18 * 60 + 30, 0, 0)


@pytest.mark.parametrize(
    ("issued", "due", "hours", "told"),
    [
        (at("10:30"), None, USUAL, at("17:00")),
        (at("17:00"), None, USUAL, at("17:00")),
        (at("17:01"), None, USUAL, at("17:00", FRIDAY)),
        (at("23:30"), None, USUAL, at("17:00", FRIDAY)),
        # An exam: at once where seventeen o'clock would be after its twenty-four hours.
        (at("10:30"), at("20:00"), USUAL, at("17:00")),
        (at("10:30"), at("14:00"), USUAL, at("10:30")),
        (at("18:00"), at("15:00", FRIDAY), USUAL, at("18:00")),
        # Between nine and ten in the evening results still go, then they wait for the person's morning.
        (at("21:30"), at("23:00"), USUAL, at("21:30")),
        (at("22:00"), at("23:00"), USUAL, at("07:00", FRIDAY)),
        (at("22:30"), at("23:00"), LATE_SLEEPER, at("22:30")),
        (at("00:30", FRIDAY), at("01:00", FRIDAY), LATE_SLEEPER, at("09:00", FRIDAY)),
        (at("22:30"), at("23:00"), NO_QUIET, at("22:30")),
    ],
)
def test_families_are_told_at_five_or_earlier_where_the_clock_demands(
    issued: datetime, due: datetime | None, hours: Hours, told: datetime
) -> None:
    assert finals.told_at(issued, due, hours, ZONE, RULES) == told


def marks(*values: str, kind: WorkKind = WorkKind.ANSWER) -> list[Scored]:
    return [Scored(value, kind) for value in values]


@pytest.mark.parametrize(
    ("value", "given", "kinds", "hints"),
    [
        ("4", marks("4", "4", "4"), {WorkKind.CONTROL}, ()),
        ("5", marks("4", "4", "4", "5", "5"), {WorkKind.TEST}, (Hint.GAP,)),  # 4,40 is 0,60 away
        ("5", marks("4", "5", "4", "5", "4", "5", "4", "5", "4", "4", "5", "4"), {WorkKind.EXAM}, ()),  # 4,42
        ("3", marks("4", "4", "4"), {WorkKind.CONTROL}, (Hint.GAP,)),
        ("4", marks("4", "4", "4"), {WorkKind.ANSWER, WorkKind.ESSAY}, (Hint.NO_CONTROL,)),
        ("4", marks("4", "4"), {WorkKind.CONTROL}, (Hint.FEW_MARKS,)),
        ("5", marks("4"), set(), (Hint.GAP, Hint.NO_CONTROL, Hint.FEW_MARKS)),
        (None, [], {WorkKind.CONTROL}, (Hint.FEW_MARKS,)),
        (NOT_ASSESSED, [], {WorkKind.CONTROL}, ()),
        (EXEMPT, [], set(), ()),
        ("4", marks("4", "4", EXEMPT), {WorkKind.CONTROL}, (Hint.FEW_MARKS,)),  # a word is no mark
    ],
)
def test_what_is_odd_about_a_term_mark_is_named(
    value: str | None, given: list[Scored], kinds: set[WorkKind], hints: tuple[Hint, ...]
) -> None:
    assert finals.hints(value, given, 1, kinds, RULES) == hints


@pytest.mark.parametrize(("hours", "wanted"), [(0, 3), (1, 3), (2, 5), (3, 7), (6, 7)])
def test_more_hours_a_week_ask_for_more_marks(hours: int, wanted: int) -> None:
    assert finals.marks_wanted(hours, RULES) == wanted


@pytest.mark.parametrize(
    ("lessons", "until", "hours"),
    [(8, OCTOBER, 1), (16, OCTOBER, 2), (24, OCTOBER, 3), (12, OCTOBER, 2), (0, OCTOBER, 1), (3, SEPTEMBER, 3)],
)
def test_hours_a_week_are_counted_by_the_lessons(lessons: int, until: date, hours: int) -> None:
    assert finals.weekly_hours(lessons, SEPTEMBER, until) == hours


def test_a_class_is_spread_over_the_scale_and_the_exempt_count_nowhere() -> None:
    spread = finals.distribution(["5", "4", "4", "3", "2", NOT_ASSESSED, EXEMPT, None], RULES)
    assert dict(spread.counts) == {"5": 1, "4": 2, "3": 1, "2": 1, "ОСВ": 1, "Н/А": 1}
    assert (spread.blank, spread.quality, spread.success) == (1, 43, 57)  # 3 and 4 of 7


def test_a_class_of_exempt_students_has_no_per_cents() -> None:
    spread = finals.distribution([EXEMPT], RULES)
    assert (spread.quality, spread.success) == (None, None)
