"""When a letter may go: the table of kinds, people's wishes, quiet hours over midnight and over clock changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from services.rules import quiet_hours
from services.rules.quiet_hours import Hours, default_hours, times
from services.rules.regulation import Regulation
from storage.vocabulary import DeliveryMode, ItemKind

MOSCOW, BERLIN, LORD_HOWE = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
RULES = Regulation()
INSTANT, DIGEST, IMPORTANT = DeliveryMode.INSTANT, DeliveryMode.DIGEST, DeliveryMode.IMPORTANT


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    """«8 10:25» of September 2026, or a whole date, in a zone's wall time."""
    day, hour = text.split()
    on = date.fromisoformat(day) if "-" in day else date(2026, 9, int(day))
    return datetime.combine(on, datetime.strptime(hour, "%H:%M").time(), zone).astimezone(UTC)  # noqa: DTZ007


def hours(mode: DeliveryMode = INSTANT, digest: str = "18:30", quiet: str = "21:00–07:00") -> Hours:
    def minute(text: str) -> int:
        hour, _, rest = text.partition(":")
        return int(hour) * 60 + int(rest)

    since, until = quiet.split("–")
    return Hours(mode, minute(digest), minute(since), minute(until))


@pytest.mark.parametrize(
    ("kind", "mode", "now", "due", "expires", "priority"),
    [
        (ItemKind.ABSENCE, DIGEST, "8 10:25", timedelta(seconds=15), timedelta(hours=6), 0),
        (ItemKind.ABSENCE, IMPORTANT, "8 23:25", timedelta(seconds=15), timedelta(hours=6), 0),
        (ItemKind.ABSENCE_WITHDRAWN, DIGEST, "8 23:25", timedelta(0), timedelta(hours=6), 0),
        (ItemKind.MARK, INSTANT, "8 10:25", timedelta(seconds=60), timedelta(hours=72), 2),
        (ItemKind.HOMEWORK, INSTANT, "8 10:25", timedelta(seconds=60), timedelta(hours=72), 2),
        (ItemKind.REVOKED, DIGEST, "8 23:25", timedelta(0), timedelta(days=7), 0),
        (ItemKind.RELINKED, DIGEST, "8 23:25", timedelta(0), timedelta(days=7), 0),
        (ItemKind.LESSON_CARD, DIGEST, "8 08:30", timedelta(0), timedelta(hours=24), 1),
        (ItemKind.JOINED, DIGEST, "8 10:25", timedelta(0), timedelta(days=7), 1),
    ],
)
def test_the_table_of_kinds_told_at_once(
    kind: ItemKind, mode: DeliveryMode, now: str, due: timedelta, expires: timedelta, priority: int
) -> None:
    found = times(kind, hours(mode), at(now), MOSCOW, RULES)
    assert found is not None
    assert (found.due_at - at(now), found.expires_at, found.priority) == (due, at(now) + due + expires, priority)
    assert not found.evening


@pytest.mark.parametrize("kind", list(ItemKind))
def test_every_kind_has_its_row(kind: ItemKind) -> None:
    row = quiet_hours.timing(kind, RULES)
    assert 0 <= row.priority <= 4


def test_news_at_once_wait_a_minute_and_never_more_than_five() -> None:
    found = times(ItemKind.MARK, hours(), at("8 10:25"), MOSCOW, RULES)
    assert found is not None
    assert found.cap_at - at("8 10:25") == timedelta(seconds=300)


def test_the_windows_are_the_schools_settings() -> None:
    own = Regulation(news_window_seconds=10, news_cap_seconds=20, absence_window_seconds=3)
    mark = times(ItemKind.MARK, hours(), at("8 10:25"), MOSCOW, own)
    absence = times(ItemKind.ABSENCE, hours(), at("8 10:25"), MOSCOW, own)
    assert mark is not None and absence is not None
    assert (mark.due_at - at("8 10:25"), mark.cap_at - at("8 10:25")) == (timedelta(seconds=10), timedelta(seconds=20))
    assert absence.due_at - at("8 10:25") == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("8 20:58", "8 20:59"),
        ("8 20:59", "9 07:00"),  # its window ends in the quiet hours
        ("8 21:00", "9 07:00"),
        ("8 23:59", "9 07:00"),
        ("9 00:00", "9 07:00"),
        ("9 06:59", "9 07:00"),
        ("9 07:00", "9 07:01"),
    ],
)
def test_quiet_hours_over_midnight_hold_marks_back(now: str, due: str) -> None:
    found = times(ItemKind.MARK, hours(), at(now), MOSCOW, RULES)
    assert found is not None
    assert found.due_at == at(due)
    assert found.cap_at >= found.due_at
    assert found.expires_at == at(due) + timedelta(hours=72)


@pytest.mark.parametrize(("now", "due"), [("8 12:59", "8 13:00"), ("8 13:00", "8 15:00"), ("8 15:00", "8 15:01")])
def test_quiet_hours_within_a_day(now: str, due: str) -> None:
    found = times(ItemKind.MARK, hours(quiet="13:01–15:00"), at(now), MOSCOW, RULES)
    assert found is not None
    assert found.due_at == at(due)


def test_equal_hours_mean_no_quiet() -> None:
    found = times(ItemKind.MARK, hours(quiet="00:00–00:00"), at("8 03:00"), MOSCOW, RULES)
    assert found is not None
    assert found.due_at == at("8 03:01")


@pytest.mark.parametrize(
    ("now", "due"),
    [("8 08:40", "8 18:30"), ("8 18:30", "8 18:30"), ("8 18:31", "9 18:30"), ("8 23:50", "9 18:30")],
)
def test_evening_readers_get_marks_in_the_evening(now: str, due: str) -> None:
    found = times(ItemKind.MARK, hours(DIGEST), at(now), MOSCOW, RULES)
    assert found is not None
    assert (found.due_at, found.evening, found.priority) == (at(due), True, 4)
    assert found.expires_at == at(due) + timedelta(hours=72)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("8 18:30", "8 18:30"),
        ("8 18:31", "8 20:45"),
        ("8 20:44", "8 20:45"),
        ("8 20:50", "8 20:51"),
        ("8 20:59", "9 18:30"),  # no time is left before the quiet hours
        ("8 22:00", "9 18:30"),
        ("9 00:30", "9 18:30"),
    ],
)
def test_late_homework_goes_once_more_before_quiet_hours(now: str, due: str) -> None:
    found = times(ItemKind.HOMEWORK, hours(DIGEST), at(now), MOSCOW, RULES)
    assert found is not None
    assert (found.due_at, found.evening) == (at(due), True)


def test_only_whats_important_leaves_marks_and_homework_out() -> None:
    for kind in (ItemKind.MARK, ItemKind.HOMEWORK):
        assert times(kind, hours(IMPORTANT), at("8 10:25"), MOSCOW, RULES) is None


@pytest.mark.parametrize("mode", list(DeliveryMode))
def test_further_absences_of_the_day_come_in_the_evening_to_everybody(mode: DeliveryMode) -> None:
    found = times(ItemKind.ABSENCE_LATER, hours(mode), at("8 10:25"), MOSCOW, RULES)
    assert found is not None
    assert (found.due_at, found.evening) == (at("8 18:30"), True)


def test_the_evening_letter_makes_sense_until_eight_next_morning() -> None:
    found = times(ItemKind.DIGEST, hours(DIGEST), at("8 18:25"), MOSCOW, RULES)
    assert found is not None
    assert (found.due_at, found.expires_at) == (at("8 18:30"), at("9 08:00"))


def test_an_unconfirmed_absence_waits_five_minutes_after_the_last_tap() -> None:
    found = quiet_hours.unconfirmed_absence(at("8 10:25"), RULES)
    assert found.due_at == at("8 10:30")
    assert found.cap_at == at("8 10:40")


def test_the_hour_that_clocks_skip_is_taken_after_the_gap() -> None:
    # Berlin, 29 March 2026: 02:00–03:00 doesn't exist.
    found = quiet_hours.next_at(at("2026-03-29 01:10", BERLIN), 2 * 60 + 30, BERLIN)
    assert found.astimezone(BERLIN) == datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN)


def test_of_an_hour_shown_twice_the_one_ahead_counts() -> None:
    # Berlin, 25 October 2026: 02:00–03:00 comes twice.
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN).astimezone(UTC)
    second = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1).astimezone(UTC)
    assert second - first == timedelta(hours=1)
    assert quiet_hours.next_at(first, 150, BERLIN) == first
    assert quiet_hours.next_at(first + timedelta(minutes=1), 150, BERLIN) == second
    assert quiet_hours.next_at(second + timedelta(minutes=1), 150, BERLIN) > second + timedelta(hours=23)


def test_quiet_hours_that_end_in_the_hour_shown_twice_end_after_the_moment() -> None:
    night = hours(quiet="21:00–02:30")
    moment = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1).astimezone(UTC)
    assert quiet_hours.in_quiet(moment, night, BERLIN)
    assert quiet_hours.after_quiet(moment, night, BERLIN) == moment + timedelta(minutes=20)


@pytest.mark.parametrize("zone", [BERLIN, LORD_HOWE, MOSCOW])
def test_the_evening_comes_once_on_every_date_of_a_year(zone: ZoneInfo) -> None:
    wanted = hours(DIGEST, digest="02:15")  # in the hour that clocks skip and repeat
    moment, dates = datetime(2026, 1, 1, tzinfo=UTC), []
    for _ in range(365):
        moment = quiet_hours.evening(moment, wanted, zone)
        dates.append(moment.astimezone(zone).date())
        moment += timedelta(seconds=1)
    assert len(set(dates)) == 365
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(dates))


def test_the_regulation_gives_the_hours_nobody_chose() -> None:
    assert default_hours(RULES) == hours(DIGEST)
