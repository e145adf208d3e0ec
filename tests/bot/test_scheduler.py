"""The metronome: rounds one after another, and a stop that lets the running one end."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy.exc import OperationalError

from bot import scheduler
from bot.scheduler import Metronome
from services.clock import SystemClock

PATIENCE = 10


class Job:
    """A job that takes as long as it is told to."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.began = self.ended = 0

    async def __call__(self, now: datetime) -> None:
        self.began += 1
        self.begun.set()
        await self.go_on.wait()
        self.ended += 1


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "EVERY", 0.01)


@pytest.mark.usefixtures("quick")
async def test_a_stop_lets_the_running_round_end_and_begins_no_other(caplog: pytest.LogCaptureFixture) -> None:
    job = Job()
    metronome = Metronome(SystemClock(), [job])
    metronome.start()
    await asyncio.wait_for(job.begun.wait(), PATIENCE)
    stopping = asyncio.ensure_future(metronome.stop())
    await asyncio.sleep(0.1)  # ten beats more, were it not stopping
    assert not stopping.done()
    job.go_on.set()
    await asyncio.wait_for(stopping, PATIENCE)
    assert (job.began, job.ended) == (1, 1)
    assert [one for one in caplog.records if one.levelname in {"ERROR", "CRITICAL"}] == []


@pytest.mark.usefixtures("quick")
async def test_a_round_that_lasts_gathers_no_others_behind_it() -> None:
    job, other = Job(), Job()
    other.go_on.set()
    metronome = Metronome(SystemClock(), [job, other])
    metronome.start()
    await asyncio.wait_for(job.begun.wait(), PATIENCE)
    await asyncio.sleep(0.1)
    assert job.began == 1
    job.go_on.set()
    await asyncio.wait_for(other.begun.wait(), PATIENCE)
    await metronome.stop()


async def test_a_job_that_fails_is_logged_and_hinders_no_other(caplog: pytest.LogCaptureFixture) -> None:
    async def fails(now: datetime) -> None:
        raise ValueError("a mistake")

    job = Job()
    job.go_on.set()
    await Metronome(SystemClock(), [fails, job]).tick()
    assert job.ended == 1
    assert "alarm tick_failed" in caplog.text


async def test_whose_bot_is_anothers_by_now_begins_no_job() -> None:
    job, ours = Job(), [False]
    job.go_on.set()
    metronome = Metronome(SystemClock(), [job], lambda: ours[0])
    await metronome.tick()
    assert job.began == 0
    ours[0] = True
    await metronome.tick()
    assert job.began == 1


async def test_a_base_that_is_away_puts_a_job_off_without_an_alarm(caplog: pytest.LogCaptureFixture) -> None:
    async def away(now: datetime) -> None:
        raise OperationalError("SELECT", None, Exception())

    await Metronome(SystemClock(), [away]).tick()
    assert "tick_put_off" in caplog.text
    assert "alarm tick_failed" not in caplog.text
