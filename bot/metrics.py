"""What a monitor reads at /metrics: numbers of this process and of the base, with no names in them.

The text format is Prometheus's. What stands in the base is asked at every reading; the rest is counted as it happens.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest

from services.outbox.experience import Counts
from storage.repositories.load import Load

LATENCY = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds


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
        self._queue = self._gauge("zvonok_items_due", "Items that may go now", "priority")
        self._age = self._gauge("zvonok_items_oldest_seconds", "How long the oldest of them is due", "priority")
        self._held = self._gauge("zvonok_items_held", "Items held by the operator")
        self._letters = self._gauge("zvonok_letters_open", "Letters on the wire or of unknown fate", "state")
        self._outcomes = self._gauge("zvonok_letters", "Outcomes of letters since the start", "outcome")
        self._owner = self._gauge("zvonok_owner", "1 where this process runs the bot")

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self._registry)

    def read(self, load: Load, counts: Counts, *, owner: bool) -> bytes:
        """The text of all numbers."""
        for gauge, values in ((self._updates, load.updates), (self._letters, load.letters)):
            for state, count in values.items():
                gauge.labels(state).set(count)
        self._lag.set(_seconds(load.oldest_update))
        for priority, (count, age) in load.due.items():
            self._queue.labels(priority).set(count)
            self._age.labels(priority).set(_seconds(age))
        self._held.set(load.held)
        for outcome in ("sent", "returned", "unknown", "copies", "dead", "told_to_wait"):
            self._outcomes.labels(outcome).set(getattr(counts, outcome))
        self._owner.set(owner)
        return generate_latest(self._registry)


def metrics_view(read: Callable[[], Awaitable[bytes]]) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The view that answers with `read`'s text."""

    async def metrics(request: web.Request) -> web.Response:
        return web.Response(body=await read(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return metrics


def _seconds(age: timedelta) -> float:
    return max(age.total_seconds(), 0.0)
