"""«Что мне придёт» says what letters do: every kind, mode and wish against the times they go at."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.i18n import speaking
from services.letters.promise import OF_GUARDIANS, OF_STUDENTS, promises, quiet
from services.rules import quiet_hours
from services.rules.quiet_hours import CHOICES, Hours, Way
from services.rules.regulation import Regulation
from storage.vocabulary import DeliveryMode, ItemKind

ZONE = ZoneInfo("Europe/Moscow")
RULES = Regulation()
EVENING = 19 * 60
MODE_OF = {Way.AT_ONCE: DeliveryMode.INSTANT, Way.EVENING: DeliveryMode.DIGEST, Way.NEVER: DeliveryMode.IMPORTANT}
WISHES = [None, *MODE_OF]
NOON = datetime(2026, 9, 8, 12, tzinfo=ZONE).astimezone(UTC)


def hours(mode: DeliveryMode, kind: ItemKind, wish: Way | None) -> Hours:
    return Hours(mode, EVENING, 21 * 60, 7 * 60, {} if wish is None else {kind: MODE_OF[wish]})


def said(kind: ItemKind, wished: Hours) -> tuple[Way, str]:
    with speaking("ru"):
        [promise] = [one for one in promises(wished, RULES) if one.kind is kind]
    return promise.way, promise.sentence


@pytest.mark.parametrize("wish", WISHES, ids=str)
@pytest.mark.parametrize("mode", list(DeliveryMode))
@pytest.mark.parametrize("kind", OF_GUARDIANS)
def test_the_words_say_when_letters_go(kind: ItemKind, mode: DeliveryMode, wish: Way | None) -> None:
    wished = hours(mode, kind, wish)
    way, sentence = said(kind, wished)
    times = quiet_hours.times(kind, wished, NOON, ZONE, RULES)
    if times is None:
        assert way is Way.NEVER and "без писем" in sentence
    elif times.due_at - NOON <= timedelta(minutes=5):
        assert way is Way.AT_ONCE and "без писем" not in sentence
    else:
        assert times.due_at.astimezone(ZONE).strftime("%H:%M") == "19:00"
        assert way is Way.EVENING and "19:00" in sentence


@pytest.mark.parametrize("kind", OF_GUARDIANS)
def test_what_the_school_must_tell_nobody_switches_off(kind: ItemKind) -> None:
    for mode in DeliveryMode:
        way, _sentence = said(kind, hours(mode, kind, Way.NEVER))
        assert (way is Way.NEVER) == (Way.NEVER in CHOICES.get(kind, ()))


@pytest.mark.parametrize("mode", list(DeliveryMode))
def test_tomorrows_substitutions_go_as_the_words_say(mode: DeliveryMode) -> None:
    tomorrow, ends_at = date(2026, 9, 9), NOON + timedelta(days=1)
    for wish, at, words in (
        (None, NOON.replace(hour=16), "завтрашние — в 19:00"),
        (Way.AT_ONCE, NOON + timedelta(minutes=2), "сразу, и завтрашние"),
    ):
        wished = hours(mode, ItemKind.TIMETABLE, wish)
        times = quiet_hours.of_lesson(ItemKind.TIMETABLE, wished, tomorrow, ends_at, NOON, ZONE, RULES)
        assert times is not None
        assert (times.due_at, times.expires_at) == (at, ends_at)
        assert words in said(ItemKind.TIMETABLE, wished)[1]


@pytest.mark.parametrize("kind", OF_GUARDIANS)
def test_the_quiet_hours_let_through_what_the_words_say(kind: ItemKind) -> None:
    night = NOON + timedelta(hours=10)
    times = quiet_hours.times(kind, hours(DeliveryMode.INSTANT, kind, None), night, ZONE, RULES)
    assert times is not None
    passes = times.due_at - night <= timedelta(minutes=5)
    assert passes == (kind is ItemKind.ABSENCE)
    with speaking("ru"):
        assert "об отсутствии на уроке" in (quiet(hours(DeliveryMode.INSTANT, kind, None)) or "")
    assert quiet(Hours(DeliveryMode.INSTANT, EVENING, 0, 0)) is None


def test_students_are_promised_homework_and_correspondence_only() -> None:
    assert [one.kind for one in promises(hours(DeliveryMode.DIGEST, ItemKind.HOMEWORK, None), RULES, student=True)] == [
        *OF_STUDENTS
    ]
