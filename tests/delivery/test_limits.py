"""The pace: how many in a second, who first, and when to be still."""

import asyncio
import random
from itertools import count, pairwise

import pytest

from services.outbox.limits import REPLY, Breaker, Crowd, Gcra, Limits
from services.outbox.pace import Pace


def most_in_a_second(moments: list[float]) -> int:
    return max(sum(1 for other in moments if one <= other < one + 1) for one in moments)


def drained(cell: Gcra, count: int, start: float = 100.0) -> list[float]:
    now, moments = start, []
    for _ in range(count):
        now = cell.ready_at(now)
        cell.take(now)
        moments.append(now)
    return moments


def test_a_bot_never_writes_more_than_thirty_times_in_any_second() -> None:
    limits = Limits()
    moments = drained(Gcra(1 / limits.bot_rate, limits.bot_burst), 500)
    assert most_in_a_second(moments) <= 30
    assert moments[-1] - moments[0] <= 500 / limits.bot_rate


def test_nor_does_it_after_pauses_of_any_length() -> None:
    chance = random.Random(1)
    cell, now, moments = Gcra(1 / 25, 5), 0.0, []
    for _ in range(2000):
        now = cell.ready_at(now + chance.choice([0, 0, 0, 0.01, 0.2, 1.5]))
        cell.take(now)
        moments.append(now)
    assert most_in_a_second(moments) <= 30


def test_a_full_bucket_of_thirty_would_let_nearly_twice_as_many_through() -> None:
    assert most_in_a_second(drained(Gcra(1 / 30, 30), 100)) >= 59


def test_a_chat_takes_one_letter_in_its_interval() -> None:
    moments = drained(Gcra(1.1), 10)
    assert all(abs(later - earlier - 1.1) < 1e-6 for earlier, later in pairwise(moments))


class Time:
    """Monotonic seconds that a test moves, and that a pace and its timers go by."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def turn_of_the_loop() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_replies_go_before_letters_and_urgent_letters_before_others() -> None:
    pace = Pace(Limits(bot_rate=20.0, bot_burst=1))
    await pace.take("1", 4)
    order: list[str] = []

    async def ask(name: str, priority: int) -> None:
        await pace.take(name, priority)
        order.append(name)

    asking = [asyncio.ensure_future(ask(name, priority)) for name, priority in (("2", 4), ("3", 0), ("4", REPLY))]
    await asyncio.wait_for(asyncio.gather(*asking), 5)
    assert order == ["4", "3", "2"]


async def test_a_chat_that_must_wait_holds_up_no_other_chat() -> None:
    pace = Pace(Limits(bot_rate=1000.0, bot_burst=5))
    pace.hold_chat("1", 60.0)
    waiting = asyncio.ensure_future(pace.take("1", 0))
    await asyncio.wait_for(pace.take("2", 4), 5)
    assert not waiting.done()
    waiting.cancel()


async def test_replies_may_come_in_a_short_burst_and_letters_not() -> None:
    time = Time()
    pace = Pace(Limits(bot_rate=1000.0, bot_burst=10), time)
    for _ in range(3):
        await pace.take("1", REPLY)
    assert pace.chat_ready_at("1", REPLY, time.now) > time.now
    await pace.take("2", 2)
    assert pace.chat_ready_at("2", 2, time.now) == time.now + 1.1


async def test_a_cancelled_turn_takes_no_token() -> None:
    pace = Pace(Limits(bot_rate=20.0, bot_burst=1))
    await pace.take("1", 2)
    cancelled = asyncio.ensure_future(pace.take("2", 0))
    kept = asyncio.ensure_future(pace.take("3", 2))
    await turn_of_the_loop()
    cancelled.cancel()
    await asyncio.wait_for(kept, 5)
    assert cancelled.cancelled()


@pytest.mark.parametrize("still", [0.2, 0.9, 1.5])
async def test_no_second_sees_more_than_thirty_however_the_process_stands_still(still: float) -> None:
    """It stands still where that hurts most: between the promise of tokens and their requests."""
    time, gone = Time(), list[float]()
    pace = Pace(Limits(), time)

    async def ask(chat: int) -> None:
        await pace.take(f"{chat}", chat % 4)
        gone.append(time.now)

    asking = [asyncio.ensure_future(ask(chat)) for chat in range(300)]
    await turn_of_the_loop()
    for step in count():
        if len(gone) == len(asking):
            break
        pace._pump()  # as its timer would
        time.now += still if step % 150 < 2 else 0.01
        await turn_of_the_loop()
    assert most_in_a_second(gone) <= 30
    assert time.now - gone[0] < 300 / 25 + still * 2 * 15  # and it goes on


async def test_a_chats_interval_counts_from_the_request_and_not_from_its_promise() -> None:
    time = Time()
    pace = Pace(Limits(), time)
    pace.hold_chat("1", 1.0)
    letter = asyncio.ensure_future(pace.take("1", 2))
    await turn_of_the_loop()
    time.now += 1.0
    pace._pump()
    time.now += 1.0
    await letter
    assert pace.chat_ready_at("1", 2, time.now) == time.now + 1.1


async def test_who_is_cancelled_with_a_token_promised_gives_it_back() -> None:
    time = Time()
    pace = Pace(Limits(bot_rate=1.0, bot_burst=1), time)
    pace.hold_bot(1.0)
    first, second = (asyncio.ensure_future(pace.take(chat, 2)) for chat in ("1", "2"))
    await turn_of_the_loop()
    time.now += 1.0
    pace._pump()
    first.cancel()
    await turn_of_the_loop()
    pace._pump()
    await asyncio.wait_for(second, 5)
    assert first.cancelled()


async def test_a_held_bot_writes_to_nobody() -> None:
    time = Time()
    pace = Pace(Limits(), time)
    pace.hold_bot(30.0)
    assert pace.bot_ready_at(time.now) == time.now + 30.0
    waiting = asyncio.ensure_future(pace.take("1", REPLY))
    await turn_of_the_loop()
    assert not waiting.done()
    waiting.cancel()


async def test_held_chats_are_named_until_their_time_is_over() -> None:
    time = Time()
    pace = Pace(Limits(), time)
    pace.hold_chat("1", 60.0)
    assert pace.held_chats(1.0) == ["1"]
    time.now += 59.5
    assert pace.held_chats(1.0) == []


def test_five_requests_that_never_left_pause_the_bot_and_one_probes() -> None:
    breaker = Breaker()
    for moment in range(4):
        breaker.note(float(moment), failed=True)
    assert breaker.width(4.0, 8) == 8
    breaker.note(4.0, failed=True)
    assert breaker.width(4.0, 8) == 0
    assert breaker.until(4.0) == 9.0
    assert breaker.width(9.0, 8) == 1
    breaker.note(9.5, failed=True)
    assert (breaker.width(9.5, 8), breaker.until(9.5)) == (0, 19.5)
    breaker.note(20.0, failed=False)
    assert breaker.width(20.0, 8) == 8


def test_failures_far_apart_pause_nothing() -> None:
    breaker = Breaker()
    for moment in range(0, 100, 10):
        breaker.note(float(moment), failed=True)
    assert breaker.width(100.0, 8) == 8


def test_three_chats_told_to_wait_within_five_seconds_mean_the_bot() -> None:
    crowd = Crowd()
    assert [crowd.note(0.0, "1"), crowd.note(1.0, "1"), crowd.note(2.0, "2"), crowd.note(4.0, "3")] == [
        False,
        False,
        False,
        True,
    ]
    assert not crowd.note(20.0, "4")
