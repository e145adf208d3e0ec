"""The demo's clock jumps to the moments that make a school day, and stops wherever something may fall due."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo import clock as clocks
from bot.demo.clock import DemoClock
from bot.demo.moment import ZONE, calendar_of, demo_school
from services.calendar import SchoolCalendar
from services.clock import StoppedClock

CALENDAR = calendar_of(demo_school(2026))


def local(day: str, hour: str) -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{hour}").replace(tzinfo=ZONE)


class Ticks:
    """Counts the ticks with the moment of each."""

    def __init__(self, clock: StoppedClock) -> None:
        self.clock = clock
        self.seen: list[str] = []
        self.looks = 0

    async def is_calm(self) -> bool:
        """Whether the letters of the last tick have arrived: at the second look."""
        self.looks += 1
        return self.looks % 2 == 0

    async def __call__(self) -> None:
        assert self.looks == 2 * len(self.seen), "time went on before the letters arrived"
        self.seen.append(self.clock.now().astimezone(ZONE).strftime("%d %H:%M"))


def demo_clock(now: datetime) -> tuple[DemoClock, Ticks]:
    clock = StoppedClock(now)
    ticks = Ticks(clock)
    return DemoClock(clock, CALENDAR, ticks, ticks.is_calm), ticks


@pytest.mark.parametrize(
    ("target", "now", "expected"),
    [
        (clocks.next_bell, local("11-23", "10:38"), local("11-23", "11:35")),
        (clocks.next_bell, local("11-23", "10:30"), local("11-23", "11:35")),  # the bell that just rang is past
        (clocks.next_bell, local("11-23", "07:00"), local("11-23", "08:30")),
        (clocks.next_bell, local("11-27", "15:30"), local("11-30", "08:30")),  # Friday afternoon
        (clocks.next_bell, local("10-25", "12:00"), local("11-02", "08:30")),  # the autumn break
        (clocks.next_end, local("11-23", "10:38"), local("11-23", "11:15")),
        (clocks.next_end, local("11-23", "11:20"), local("11-23", "12:20")),  # in the break
        (clocks.next_evening, local("11-23", "10:38"), local("11-23", "18:30")),
        (clocks.next_evening, local("11-23", "18:30"), local("11-24", "18:30")),
        (clocks.next_morning, local("11-23", "10:38"), local("11-24", "08:00")),
        (clocks.next_morning, local("11-27", "10:38"), local("11-30", "08:00")),
        (clocks.week_later, local("11-23", "10:38"), local("11-30", "10:38")),
    ],
)
def test_a_jump_leads_to(
    target: Callable[[SchoolCalendar, datetime], datetime | None], now: datetime, expected: datetime
) -> None:
    assert target(CALENDAR, now.astimezone(UTC)) == expected


def test_after_the_last_day_no_bell_rings_but_days_go_on() -> None:
    june = datetime(2027, 6, 2, 7, 0, tzinfo=UTC)
    clock, _ticks = demo_clock(june)
    assert [jump.id for jump in clock.jumps()] == ["evening", "morning", "week"]


def jumps(now: datetime) -> list[tuple[str, str]]:
    clock, _ticks = demo_clock(now)
    return [(jump.title, jump.at.strftime("%d %H:%M")) for jump in clock.jumps() if jump.at]


def test_the_page_is_shown_the_days_moments_in_their_order_with_russian_titles() -> None:
    assert jumps(local("11-23", "10:38")) == [
        ("Конец урока", "23 11:15"),
        ("Следующий урок", "23 11:35"),
        ("Конец уроков", "23 15:05"),
        ("Вечерние письма", "23 18:30"),
        ("Новый день", "24 08:00"),
        ("Через неделю", "30 10:38"),
    ]


def test_the_end_of_the_last_lesson_is_the_end_of_lessons() -> None:
    assert jumps(local("11-23", "14:40"))[0] == ("Конец уроков", "23 15:05")


def test_on_friday_evening_the_next_day_is_monday_and_no_bell_is_offered() -> None:
    assert jumps(local("11-27", "19:00")) == [
        ("Вечерние письма", "28 18:30"), ("Новый день", "30 08:00"), ("Через неделю", "04 19:00"),
    ]  # fmt: skip


async def test_the_day_ends_when_its_last_lesson_does() -> None:
    clock, ticks = demo_clock(local("11-23", "13:20"))
    await clock.jump("day-end")
    assert ticks.seen == ["23 13:25", "23 14:10", "23 14:20", "23 15:05"]
    with pytest.raises(ValueError, match="уже позади"):
        await clock.jump("day-end")


async def test_two_moves_at_once_are_made_one_after_the_other() -> None:
    clock, ticks = demo_clock(local("11-23", "10:38"))
    await asyncio.gather(clock.jump("end"), clock.jump("bell"), clock.advance(60))
    assert ticks.seen == ["23 11:15", "23 11:35", "23 11:36"]


async def test_on_the_way_to_the_evening_every_bell_rings() -> None:
    clock, ticks = demo_clock(local("11-23", "12:00"))
    await clock.jump("evening")
    assert ticks.seen == [
        "23 12:20", "23 12:30", "23 13:15", "23 13:25", "23 14:10", "23 14:20", "23 15:05", "23 18:30",
    ]  # fmt: skip
    assert clock.now() == local("11-23", "18:30")


async def test_a_week_passes_by_mornings_and_evenings_and_the_bells_of_its_ends() -> None:
    clock, ticks = demo_clock(local("11-23", "14:30"))
    await clock.jump("week")
    assert ticks.seen[:3] == ["23 15:05", "23 18:30", "24 08:00"]
    assert ticks.seen[-1] == "30 14:30"
    assert len([tick for tick in ticks.seen if tick.endswith("18:30")]) == 7


async def test_time_goes_forward_only() -> None:
    clock, ticks = demo_clock(local("11-23", "10:38"))
    with pytest.raises(ValueError, match="только вперёд"):
        await clock.set(local("11-23", "10:37"))
    with pytest.raises(KeyError):
        await clock.jump("yesterday")
    await clock.advance(60)
    assert clock.now() == local("11-23", "10:38") + timedelta(minutes=1)
    assert ticks.seen == ["23 10:39"]
