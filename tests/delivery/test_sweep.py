"""One user's updates keep their order, whoever stored them and however many wait."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.lanes import AT_ONCE, Lanes
from bot.sweep import Sweep
from bot.tasks import Tasks
from storage.repositories import inbox
from storage.repositories.inbox import Arrival, Waiting
from storage.uow import Storage
from storage.vocabulary import BotId, InboxSeq, InboxState
from tests.delivery.conftest import BOT, NOW
from tests.delivery.test_lanes import School
from tests.support.waiting import eventually

TAP = '{"callback_query":{}}'


@dataclass
class Desk:
    """A base, its lanes, and who lines up."""

    storage: Storage
    school: School
    lanes: Lanes
    sweep: Sweep
    stored: int = 0

    async def store(self, lanes: Sequence[int], bot: BotId = BOT) -> list[Waiting]:
        """One commit of the inbox, by this process or by another."""
        first, self.stored = self.stored + 1, self.stored + len(lanes)
        arrivals = [Arrival(first + place, lane, TAP) for place, lane in enumerate(lanes)]
        async with self.storage.writing() as uow:
            return await inbox.store(uow, bot, arrivals, NOW)

    async def all_handled(self, count: int) -> None:
        await eventually(lambda: len(self.school.finished) == count)


@asynccontextmanager
async def desk(storage: Storage) -> AsyncIterator[Desk]:
    tasks, school = Tasks(), School()
    lanes = Lanes(school.handle, school.apologise, school.slow_down, school.probe, school.finish, tasks)
    here = Desk(storage, school, lanes, Sweep(storage, BOT, lanes))
    lanes.start()
    yield here
    here.sweep.end()
    assert await lanes.stop(20)


async def test_more_than_a_thousand_that_wait_are_all_lined_up_before_what_comes_now(storage: Storage) -> None:
    async with desk(storage) as here:
        waiting = [one for _ in range(8) for one in await here.store(range(150))]
        gate = asyncio.Event()
        here.school.gates = {one.seq: gate for one in waiting[:AT_ONCE]}
        newer = await here.store(range(150))
        lining_up = asyncio.ensure_future(here.sweep.begin())
        await asyncio.sleep(0)
        here.sweep.deliver(newer)  # by the door, while the base is still being read
        await lining_up
        newest = await here.store(range(150))
        here.sweep.deliver(newest)
        running = asyncio.ensure_future(here.sweep.run())
        gate.set()
        everything = [*waiting, *newer, *newest]
        await here.all_handled(len(everything))
        running.cancel()
        for lane in range(150):
            own = [one.seq for one in everything if one.lane == lane]
            assert [seq for seq in here.school.handled if seq in set(own)] == own


async def test_what_another_process_stored_is_not_overtaken_by_what_comes_here(storage: Storage) -> None:
    async with desk(storage) as here:
        await here.sweep.begin()
        first = await here.store([7, 8])
        here.sweep.deliver(first)
        elsewhere = await here.store([7])
        last = await here.store([7, 8])
        here.sweep.deliver(last)
        running = asyncio.ensure_future(here.sweep.run())
        await here.all_handled(5)
        running.cancel()
        in_order = [first[0].seq, elsewhere[0].seq, last[0].seq]
        assert [seq for seq in here.school.handled if seq in in_order] == in_order


async def test_what_another_process_is_still_storing_is_not_overtaken_either(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sweep.EVERY", 60.0)  # no look by itself comes in between
    storage = Storage(postgres_url)
    numbered, commit = asyncio.Event(), asyncio.Event()

    async def slowly() -> list[Waiting]:
        async with storage.writing() as uow:
            stored = await inbox.store(uow, BOT, [Arrival(1_000, 7, TAP)], NOW)
            numbered.set()
            await commit.wait()
        return stored

    async with desk(storage) as here:
        await here.sweep.begin()
        here.sweep.deliver(await here.store([8]))
        running = asyncio.ensure_future(here.sweep.run())
        elsewhere = asyncio.ensure_future(slowly())
        await numbered.wait()
        here.sweep.deliver(await here.store([8]))
        await here.all_handled(2)
        commit.set()
        older = await elsewhere
        newer = await here.store([7])  # the messenger brings it now that the older one is stored
        here.sweep.deliver(newer)
        await here.all_handled(4)
        running.cancel()
        assert here.school.handled[2:] == [older[0].seq, newer[0].seq]
    await storage.close()


async def test_what_is_stored_here_alone_waits_for_no_look(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.sweep.SEEN", 0.0)
    async with desk(storage) as here:
        here.sweep.deliver(await here.store([7]))  # the bot isn't ours yet: it stands in the base
        await here.sweep.begin()
        await here.all_handled(1)
        monkeypatch.setattr(inbox, "new_seqs", None)  # nobody asks
        for turn in range(3):
            here.sweep.deliver(await here.store([7, 8]))
            await here.all_handled(3 + 2 * turn)
        assert here.school.handled == sorted(here.school.handled)


async def test_an_update_done_meanwhile_is_not_lined_up_again(storage: Storage) -> None:
    async with desk(storage) as here:
        [one] = await here.store([7])
        here.lanes.put([one])
        await here.all_handled(1)
        async with storage.writing() as uow:
            await inbox.finish(uow, [inbox.Finished(one.seq, InboxState.DONE, True)], NOW)
        here.lanes.settled([one.seq])
        here.lanes.put([one])  # by a look that read the base before the mark
        assert here.lanes.idle
    assert here.school.handled == [one.seq]


async def test_what_a_look_found_before_the_door_told_of_it_is_lined_up_once(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sweep.AGAIN", 0.0)
    asks, failed = inbox.new_seqs, asyncio.Event()

    async def fails(*_: object) -> list[InboxSeq]:
        failed.set()
        monkeypatch.setattr(inbox, "new_seqs", asks)
        raise TimeoutError

    async with desk(storage) as here:
        [one] = await here.store([7])
        await here.sweep.begin()
        here.sweep.deliver([one])
        await here.all_handled(1)
        async with storage.writing() as uow:
            await inbox.finish(uow, [inbox.Finished(one.seq, InboxState.DONE, True)], NOW)
        here.lanes.settled([one.seq])
        monkeypatch.setattr(inbox, "new_seqs", fails)
        running = asyncio.ensure_future(here.sweep.run())
        await failed.wait()
        await here.store([7])
        await eventually(lambda: len(here.school.finished) >= 2)
        running.cancel()
        assert here.school.handled.count(one.seq) == 1
