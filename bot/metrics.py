"""What a monitor reads at /metrics: numbers of this process and of the base, with no names in them.

The text format is Prometheus's. What stands in the base is asked at every reading; the rest is counted as it happens.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from services.outbox.experience import Counts
from storage.repositories.load import Load
from storage.repositories.standing_by import Lease, Standbys

LATENCY = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
OUTCOMES = ("sent", "returned", "unknown", "copies", "dead", "told_to_wait")


@dataclass(frozen=True, slots=True)
class Sender:
    """A channel's postman: whether letters go, since when the oldest could have gone, what became of letters."""

    works: bool
    oldest_due: timedelta
    counts: Counts


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that a reading tells. `backup_age` None: there is none; `disk` is what is free, in bytes, by place."""

    load: Load
    senders: dict[str, Sender]
    owner: bool
    lease: Lease | None
    standbys: Standbys | None
    ticked: timedelta | None
    backups: bool
    backup_age: timedelta | None
    disk: dict[str, int] = field(default_factory=dict)


class Metrics:
    """The numbers of one bot's service."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.taps = Histogram(
            "zvonok_update_seconds",
            "From taking an update out of its lane to its answer",
            buckets=LATENCY,
            registry=self._registry,
        )
        self._updates = self._gauge("zvonok_inbox", "Updates not done yet, and dead", "state")
        self._lag = self._gauge("zvonok_inbox_oldest_seconds", "Age of the oldest update not done")
        self._queue = self._gauge("zvonok_items_due", "Items that may go now", "channel", "priority")
        self._age = self._gauge("zvonok_items_oldest_seconds", "How long the oldest is due", "channel", "priority")
        self._oldest = self._gauge(
            "zvonok_oldest_due_seconds", "How long the oldest letter that could go hasn't", "channel"
        )
        self._held = self._gauge("zvonok_items_held", "Items held by the operator")
        self._letters = self._gauge("zvonok_letters_open", "Letters on the wire or of unknown fate", "channel", "state")
        self._outcomes = _Outcomes()
        self._registry.register(self._outcomes)
        self._sender = self._gauge("zvonok_sender_up", "1 where letters of the channel go from here", "channel")
        self._owner = self._gauge("zvonok_owner", "1 where this process runs the bot")
        self._epoch = self._gauge("zvonok_owner_epoch", "How many times the bot was taken over")
        self._lease = self._gauge("zvonok_owner_lease_seconds", "How long the lease lasts yet, whoever has it")
        self._paused = self._gauge("zvonok_paused", "1 while nothing is sent after a restore or a move")
        self._standbys = self._gauge("zvonok_base_standbys", "Synchronous standbys of the base that are connected")
        self._demanded = self._gauge("zvonok_base_standby_demanded", "1 where the base waits for a standby")
        self._tick = self._gauge("zvonok_tick_age_seconds", "Since the clock's jobs were last looked after")
        self._backups = self._gauge("zvonok_backups_set_up", "1 where there is a folder for backups")
        self._backup = self._gauge("zvonok_backup_age_seconds", "Age of the newest backup; +Inf: there is none")
        self._disk = self._gauge("zvonok_disk_free_bytes", "Free space", "place")

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self._registry)

    def read(self, reading: Reading) -> bytes:
        """The text of all numbers."""
        self._read_load(reading.load)
        for channel, sender in reading.senders.items():
            self._sender.labels(channel).set(sender.works)
            self._oldest.labels(channel).set(_seconds(sender.oldest_due))
        self._outcomes.counts = {channel: sender.counts for channel, sender in reading.senders.items()}
        self._owner.set(reading.owner)
        if reading.lease is not None:
            self._epoch.set(reading.lease.epoch)
            self._lease.set(reading.lease.left.total_seconds())
            self._paused.set(reading.lease.paused)
        if reading.standbys is not None:
            self._standbys.set(reading.standbys.connected)
            self._demanded.set(reading.standbys.demanded)
        self._tick.set(0.0 if reading.ticked is None else _seconds(reading.ticked))
        self._backups.set(reading.backups)
        self._backup.set(float("inf") if reading.backup_age is None else _seconds(reading.backup_age))
        for place, free in reading.disk.items():
            self._disk.labels(place).set(free)
        return generate_latest(self._registry)

    def _read_load(self, load: Load) -> None:
        for state, count in load.updates.items():
            self._updates.labels(state).set(count)
        self._lag.set(_seconds(load.oldest_update))
        for (channel, priority), (count, age) in load.due.items():
            self._queue.labels(channel, priority).set(count)
            self._age.labels(channel, priority).set(_seconds(age))
        self._held.set(load.held)
        for (channel, state), count in load.letters.items():
            self._letters.labels(channel, state).set(count)


class _Outcomes(Collector):
    """What became of letters since the start: counted by the postmen, told as counters."""

    def __init__(self) -> None:
        self.counts: dict[str, Counts] = {}

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(
            "zvonok_letters", "Outcomes of letters since the start", labels=["channel", "outcome"]
        )
        for channel, counts in self.counts.items():
            for outcome in OUTCOMES:
                family.add_metric([channel, outcome], getattr(counts, outcome))
        yield family


def metrics_view(read: Callable[[], Awaitable[bytes]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The view that answers with `read`'s text."""

    async def metrics(request: web.Request) -> web.Response:
        return web.Response(body=await read(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return metrics


def _seconds(age: timedelta) -> float:
    return max(age.total_seconds(), 0.0)
