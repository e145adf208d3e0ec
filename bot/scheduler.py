"""The metronome: calls the ticks every fifteen seconds and keeps nothing of its own (delivery, §4)."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from services.clock import Clock
from storage.failures import passes

log = logging.getLogger("zvonok.scheduler")

EVERY = 15  # real seconds, whatever the school's clock does
HURRIED_EVERY = 3  # for a job that has said there is something to do


class Tick(Protocol):
    """A job of the clock: looks what fell due and does it, each occurrence once."""

    async def __call__(self, now: datetime) -> None:
        """Do what is due at `now`, school time, aware UTC."""
        ...


@runtime_checkable
class Hurried(Protocol):
    """A job that may be looked after between ticks; it returns at once where there is nothing to do."""

    async def hurried(self, now: datetime) -> None:
        """Do what is due at `now`, school time, aware UTC."""
        ...


class Metronome:
    """Runs the ticks one after another, never two rounds at once."""

    def __init__(self, clock: Clock, ticks: Sequence[Tick], ours: Callable[[], bool] = lambda: True) -> None:
        self._clock = clock
        self._ticks = ticks
        self._ours = ours  # whether the bot is still this process's; asked before each job
        self._one_round = asyncio.Lock()
        self._stopped = False
        self._scheduler: Any = None
        self._rounds: set[asyncio.Future[None]] = set()
        self.ticked_at: float | None = None  # by the loop's clock: when the last whole round ended

    def start(self) -> None:
        """Tick now and from now on."""
        self._stopped = False
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        )
        self._scheduler.add_job(self._beat, "interval", seconds=EVERY)
        if any(isinstance(job, Hurried) for job in self._ticks):
            self._scheduler.add_job(self._hurried_beat, "interval", seconds=HURRIED_EVERY)
        self._scheduler.start()

    async def stop(self) -> None:
        """No more rounds; the running one ends."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        self._stopped = True
        async with self._one_round:
            pass

    async def _beat(self) -> None:
        """Let a round begin, unless one is on. One of the scheduler's own would be cancelled in the middle at stop."""
        self._begin(self.tick())

    async def _hurried_beat(self) -> None:
        self._begin(self._round([job.hurried for job in self._ticks if isinstance(job, Hurried)]))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        if self._one_round.locked():
            work.close()
            return
        running = asyncio.ensure_future(work)
        self._rounds.add(running)
        running.add_done_callback(self._rounds.discard)

    async def tick(self) -> None:
        """One round; a job that fails is logged and hinders no other."""
        await self._round(self._ticks)
        self.ticked_at = asyncio.get_running_loop().time()

    async def _round(self, jobs: Sequence[Tick]) -> None:
        async with self._one_round:
            for job in jobs:
                if self._stopped or not self._ours():
                    return
                try:
                    await job(self._clock.now())
                except Exception as error:
                    if passes(error):
                        log.warning("tick_put_off job=%s error=%s", _name(job), type(error).__name__)
                    else:
                        log.critical("alarm tick_failed job=%s", _name(job), exc_info=error)


def _name(job: Tick) -> str:
    return getattr(job, "__qualname__", type(job).__qualname__)
