"""Lanes: order for one, side by side for many, and nobody stuck."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram.exceptions import TelegramForbiddenError, TelegramNetworkError
from aiogram.methods import SendMessage
from sqlalchemy.exc import OperationalError

from bot import lanes as lanes_module
from bot.lanes import FLOOD, Lanes
from bot.tasks import Tasks
from storage.repositories.inbox import Waiting
from storage.uow import AlreadyDone
from storage.vocabulary import InboxSeq, InboxState
from tests.support.waiting import eventually

LOCKED = OperationalError("BEGIN", {}, Exception("locked"))
METHOD = SendMessage(chat_id=1, text="x")


def update(seq: int, lane: int = 7, kind: str = "message") -> Waiting:
    return Waiting(InboxSeq(seq), seq, lane, json.dumps({"update_id": seq, kind: {}}))


@dataclass
class School:
    """Handles updates as scripted, and remembers what happened."""

    handled: list[int] = field(default_factory=list)
    finished: dict[int, tuple[InboxState, bool]] = field(default_factory=dict)
    told: list[tuple[str, int]] = field(default_factory=list)
    failures: dict[int, list[BaseException]] = field(default_factory=dict)
    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    probes: list[Exception] = field(default_factory=list)
    probed: int = 0

    async def handle(self, one: Waiting) -> None:
        self.handled.append(one.seq)
        if one.seq in self.gates:
            await self.gates[one.seq].wait()
        if self.failures.get(one.seq):
            raise self.failures[one.seq].pop(0)

    async def apologise(self, one: Waiting) -> None:
        self.told.append(("sorry", one.seq))

    async def slow_down(self, one: Waiting) -> None:
        self.told.append(("slow down", one.seq))

    async def probe(self) -> None:
        self.probed += 1
        if self.probes:
            raise self.probes.pop(0)

    def finish(self, seq: InboxSeq, state: InboxState = InboxState.DONE, *, answered: bool = True) -> None:
        self.finished[seq] = (state, answered)


@asynccontextmanager
async def running(school: School) -> AsyncIterator[Lanes]:
    tasks = Tasks()
    lanes = Lanes(school.handle, school.apologise, school.slow_down, school.probe, school.finish, tasks)
    lanes.start()
    yield lanes
    assert await lanes.stop(20)
    assert await tasks.finish(20) == 0


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes_module, "RETRY", (0.0, 0.01, 0.02))
    monkeypatch.setattr(lanes_module, "PROBE_EVERY", 0.01)


async def test_one_users_updates_keep_their_order_and_others_do_not_wait() -> None:
    school = School(gates={1: asyncio.Event()})
    async with running(school) as lanes:
        lanes.put([update(1), update(2), update(3, lane=8), update(4)])
        await eventually(lambda: 3 in school.finished)
        assert school.handled == [1, 3]
        school.gates[1].set()
        await eventually(lambda: len(school.finished) == 4)
        assert school.handled == [1, 3, 2, 4]


async def test_an_update_lined_up_twice_is_handled_once_until_its_mark_is_written() -> None:
    school = School()
    async with running(school) as lanes:
        lanes.put([update(1)])
        await eventually(lambda: 1 in school.finished)
        lanes.put([update(1)])
        assert lanes.missing([InboxSeq(1), InboxSeq(2)]) == [2]
        lanes.settled([InboxSeq(1)])
        # A sweep that began before the mark was written must not bring it back.
        assert lanes.missing([InboxSeq(1)]) == []
        lanes.begin_sweep()
        assert lanes.missing([InboxSeq(1)]) == []
        lanes.begin_sweep()
        assert lanes.missing([InboxSeq(1)]) == [1]
    assert school.handled == [1]


async def test_a_storage_failure_is_tried_again_before_the_next_update() -> None:
    school = School(failures={1: [LOCKED, LOCKED]})
    async with running(school) as lanes:
        lanes.put([update(1), update(2)])
        await eventually(lambda: len(school.finished) == 2)
    assert school.handled == [1, 1, 1, 2]
    assert set(school.finished.values()) == {(InboxState.DONE, True)}


async def test_all_lanes_pause_until_the_base_answers() -> None:
    school = School(failures={1: [LOCKED] * 4}, probes=[LOCKED] * 3)
    async with running(school) as lanes:
        lanes.put([update(1)])
        await eventually(lambda: school.probed >= 1)
        lanes.put([update(2, lane=8)])
        await eventually(lambda: len(school.finished) == 2)
    assert school.probed == 4
    assert school.handled[:4] == [1, 1, 1, 1]
    assert school.told == []


async def test_an_update_that_always_fails_while_the_base_answers_is_dead() -> None:
    school = School(failures={1: [LOCKED] * 100})
    async with running(school) as lanes:
        lanes.put([update(1), update(2)])
        await eventually(lambda: len(school.finished) == 2)
    assert school.finished == {1: (InboxState.DEAD, True), 2: (InboxState.DONE, True)}


async def test_a_bug_is_apologised_for_once_and_the_lane_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    school = School(failures={1: [ValueError("Иванов")]})
    async with running(school) as lanes:
        lanes.put([update(1), update(2)])
        await eventually(lambda: len(school.finished) == 2)
    assert school.finished == {1: (InboxState.DEAD, True), 2: (InboxState.DONE, True)}
    assert school.told == [("sorry", 1)]
    assert "alarm update_dead seq=1" in caplog.text


async def test_an_apology_that_is_a_bug_itself_ends_no_lane(monkeypatch: pytest.MonkeyPatch) -> None:
    school = School(failures={1: [ValueError("a bug")]})

    async def stumbling(one: Waiting) -> None:
        raise ValueError("another")

    monkeypatch.setattr(school, "apologise", stumbling)
    async with running(school) as lanes:
        lanes.put([update(1), update(2)])
        await eventually(lambda: len(school.finished) == 2, within=5)
    assert school.finished == {1: (InboxState.DEAD, True), 2: (InboxState.DONE, True)}


async def test_what_a_lane_that_broke_off_had_in_hand_is_found_by_the_next_sweep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    school, tasks = School(failures={1: [ValueError("a bug")]}), Tasks()

    def stumbling(seq: InboxSeq, *told: object, **more: object) -> None:
        raise ValueError("another")

    lanes = Lanes(school.handle, school.apologise, school.slow_down, school.probe, stumbling, tasks)
    lanes.start()
    lanes.put([update(1), update(2)])
    assert await tasks.finish(5) == 0
    lanes.begin_sweep()
    assert lanes.missing([InboxSeq(1), InboxSeq(2)]) == [1, 2]


async def test_what_ends_while_the_bot_is_not_surely_ours_waits_in_its_lane() -> None:
    school = School(failures={1: [asyncio.CancelledError(), asyncio.CancelledError()]})
    async with running(school) as lanes:
        lanes.put([update(1), update(2), update(3, lane=8)])
        await eventually(lambda: len(school.finished) == 3)
    assert [seq for seq in school.handled if seq != 3] == [1, 1, 1, 2]


async def test_an_update_done_before_is_simply_done() -> None:
    school = School(failures={1: [AlreadyDone()]})
    async with running(school) as lanes:
        lanes.put([update(1)])
        await eventually(lambda: len(school.finished) == 1)
    assert school.finished == {1: (InboxState.DONE, True)}


async def test_an_answer_the_network_swallowed_is_tried_again_and_then_left_for_a_fresh_card() -> None:
    failure = TelegramNetworkError(METHOD, "timeout")
    school = School(failures={1: [failure], 2: [failure] * 10})
    async with running(school) as lanes:
        lanes.put([update(1), update(2)])
        await eventually(lambda: len(school.finished) == 2)
    assert school.finished == {1: (InboxState.DONE, True), 2: (InboxState.DONE, False)}
    assert school.told == []


async def test_somebody_who_blocked_us_is_not_asked_again() -> None:
    school = School(failures={1: [TelegramForbiddenError(METHOD, "Forbidden: bot was blocked by the user")]})
    async with running(school) as lanes:
        lanes.put([update(1)])
        await eventually(lambda: len(school.finished) == 1)
    assert (school.handled, school.finished) == ([1], {1: (InboxState.DONE, True)})


async def test_a_flood_loses_messages_but_no_taps_and_is_told_once() -> None:
    school = School(gates={1: asyncio.Event()})
    async with running(school) as lanes:
        lanes.put([update(seq) for seq in range(1, FLOOD + 1)])
        lanes.put([update(FLOOD + 1), update(FLOOD + 2), update(FLOOD + 3, kind="callback_query")])
        await eventually(lambda: bool(school.told))
        assert school.finished == {
            FLOOD + 1: (InboxState.IGNORED, False),
            FLOOD + 2: (InboxState.IGNORED, False),
        }
        school.gates[1].set()
        await eventually(lambda: len(school.finished) == FLOOD + 3)
    assert school.told == [("slow down", FLOOD + 1)]
    assert FLOOD + 3 in school.handled


async def test_once_somebody_knows_that_he_floods_us_his_messages_may_be_left_out_at_the_door() -> None:
    school = School(gates={1: asyncio.Event()})
    async with running(school) as lanes:
        lanes.put([update(seq) for seq in range(1, FLOOD + 1)])
        assert not lanes.turns_away(7)
        lanes.put([update(FLOOD + 1)])
        assert lanes.turns_away(7) and not lanes.turns_away(8)
        school.gates[1].set()
        await eventually(lambda: not lanes.turns_away(7))


@pytest.mark.parametrize("trouble", [TelegramNetworkError(METHOD, "timeout"), asyncio.CancelledError()])
async def test_who_could_not_be_told_that_messages_are_left_out_is_told_again(
    monkeypatch: pytest.MonkeyPatch, trouble: BaseException
) -> None:
    school = School(gates={1: asyncio.Event()})
    heard = [False, True]

    async def slow_down(one: Waiting) -> None:
        school.told.append(("slow down", one.seq))
        if not heard.pop(0):
            raise trouble

    monkeypatch.setattr(school, "slow_down", slow_down)
    async with running(school) as lanes:
        lanes.put([update(seq) for seq in range(1, FLOOD + 2)])
        await eventually(lambda: len(school.told) == 1 and not lanes.turns_away(7))
        lanes.put([update(FLOOD + 2), update(FLOOD + 3)])
        await eventually(lambda: not heard)
        school.gates[1].set()
    assert school.told == [("slow down", FLOOD + 1), ("slow down", FLOOD + 2)]


async def test_stopping_ends_what_is_handled_and_leaves_the_rest() -> None:
    school = School(gates={1: asyncio.Event()})
    tasks = Tasks()
    lanes = Lanes(school.handle, school.apologise, school.slow_down, school.probe, school.finish, tasks)
    lanes.start()
    lanes.put([update(1), update(2)])
    await eventually(lambda: school.handled == [1])
    stopping: asyncio.Task[Any] = asyncio.ensure_future(lanes.stop(20))
    await asyncio.sleep(0)
    lanes.put([update(3, lane=9)])
    school.gates[1].set()
    assert await stopping
    assert school.finished == {1: (InboxState.DONE, True)}
    assert school.handled == [1]


async def test_a_handler_that_hangs_does_not_hold_up_the_stop_for_ever() -> None:
    school = School(gates={1: asyncio.Event()})
    tasks = Tasks()
    lanes = Lanes(school.handle, school.apologise, school.slow_down, school.probe, school.finish, tasks)
    lanes.start()
    lanes.put([update(1)])
    await eventually(lambda: school.handled == [1])
    assert not await lanes.stop(0.05)
    assert await tasks.finish(0.05) == 1
