"""The tour's script speaks of the demo school as it is; the page walks it in tests/browser/test_tour.py."""

from collections.abc import Iterator
from typing import Any

from bot.demo import cast
from bot.demo.clock import DemoClock
from bot.demo.tour import tour
from services.clock import StoppedClock
from tests.demo.test_clock import CALENDAR, Ticks, local

SIGN = {"phone", "text", "read"}
HINT = {"phone", "message", "shows", "button", "link", "type", "jump", "anywhere", "say"}


def hints() -> Iterator[dict[str, Any]]:
    for step in tour()["steps"]:
        yield from step["hints"]


def test_every_step_is_of_a_phone_that_is_there_and_says_what_came_of_it() -> None:
    phones = {phone.id for phone in (*cast.CONNECTED, cast.NEWCOMER)}
    steps = tour()["steps"]
    assert 5 <= len(steps) <= 7
    for step in steps:
        assert {step["phone"], *(sign["phone"] for sign in step["until"])} <= phones
        assert step["title"] and step["text"] and step["done"] and step["until"] and step["hints"]
        assert all(set(sign) <= SIGN for sign in step["until"])
    assert all(set(hint) <= HINT and hint["phone"] in phones and hint["say"] for hint in hints())


def test_the_tour_points_at_jumps_that_the_clock_has() -> None:
    clock = StoppedClock(local("11-23", "10:38"))
    ticks = Ticks(clock)
    offered = {jump.id for jump in DemoClock(clock, CALENDAR, ticks, ticks.is_calm).jumps()}
    pointed = {hint["jump"] for hint in hints() if "jump" in hint}
    assert pointed and pointed <= offered


def test_the_welcome_tells_how_many_steps_there_are() -> None:
    assert tour()["welcome"]["note"].startswith(f"{len(tour()['steps'])} шагов")
