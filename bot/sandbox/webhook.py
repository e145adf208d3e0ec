"""Updates pushed to the bot's webhook: in order inside a lane, lanes in parallel, retried until taken or a day old."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp

from bot.sandbox.events import dumps
from bot.sandbox.state import Json
from bot.sandbox.tasks import Tasks
from bot.sandbox.times import system_now
from bot.sandbox.updates import Pending, UpdateQueue

logger = logging.getLogger(__name__)

DEFAULT_CONNECTIONS = 40
FIRST_RETRY = 0.5
LONGEST_RETRY = 60.0
LONGEST_RETRY_AFTER = 3600.0
ANSWER_WITHIN = 60.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header


@dataclass(frozen=True)
class WebhookSettings:
    """Where updates go."""

    url: str
    secret: str = ""
    max_connections: int = DEFAULT_CONNECTIONS


@dataclass
class _Failure:
    """Why an update wasn't taken, and when the bot wishes to be asked again, in seconds (0: it didn't say)."""

    reason: str
    retry_after: float = 0.0


class Webhook:
    """Sends what the queue holds.

    1. Every lane has at most one update on the wire; at most `max_connections` lanes are on the wire.
    2. 2xx confirms the update; the lane goes on at once.
    3. Anything else keeps it: the lane waits Retry-After, or first_retry doubled with each failure up to a minute.
    """

    def __init__(self, queue: UpdateQueue, tasks: Tasks, first_retry: float = FIRST_RETRY) -> None:
        self._queue = queue
        self._tasks = tasks
        self._first_retry = first_retry
        self.settings: WebhookSettings | None = None
        self.last_error: tuple[int, str] | None = None
        self.on_change: Callable[[], None] = lambda: None
        self._loop_task: asyncio.Task[None] | None = None
        self._lanes: dict[int, deque[Pending]] = {}
        self._ready: list[tuple[float, int, int]] = []
        self._order = itertools.count()
        self._fails: dict[int, int] = {}
        self._on_wire = 0
        self._wake = asyncio.Event()

    @property
    def url(self) -> str:
        """The address, '' without a webhook."""
        return self.settings.url if self.settings else ""

    async def set(self, settings: WebhookSettings | None) -> None:
        """Start sending to another address, or stop."""
        await self.stop()
        self.settings = settings
        self.last_error = None
        if settings:
            self.start()
        self.on_change()

    def start(self) -> None:
        """Send everything pending and what comes later."""
        if self.settings is None:
            return
        self._lanes, self._ready, self._fails, self._on_wire = {}, [], {}, 0
        self._queue.on_add = self._add
        for pending in self._queue.waiting():
            self._add(pending)
        self._loop_task = self._tasks.spawn(self._run(self.settings), "webhook")

    async def stop(self) -> None:
        """Stop sending; what is on the wire is cut and stays pending."""
        self._queue.on_add = None
        if self._loop_task:
            self._loop_task.cancel()
            await asyncio.gather(self._loop_task, return_exceptions=True)
            self._loop_task = None

    def info(self) -> Json:
        """The Bot API's WebhookInfo."""
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue),
        }
        if self.settings:
            info["max_connections"] = self.settings.max_connections
        if self.last_error:
            info["last_error_date"], info["last_error_message"] = self.last_error
        if self._queue.allowed:
            info["allowed_updates"] = self._queue.allowed
        return info

    def _add(self, pending: Pending) -> None:
        lane = self._lanes.setdefault(pending.lane, deque())
        lane.append(pending)
        if len(lane) == 1:
            self._schedule(pending.lane, 0.0)

    def _schedule(self, lane: int, delay: float) -> None:
        at = asyncio.get_running_loop().time() + delay
        heapq.heappush(self._ready, (at, next(self._order), lane))
        self._wake.set()

    async def _run(self, settings: WebhookSettings) -> None:
        connector = aiohttp.TCPConnector(limit=settings.max_connections)
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session, asyncio.TaskGroup() as group:
            while True:
                self._wake.clear()
                delay = self._start_ready(settings, session, group)
                try:
                    await asyncio.wait_for(self._wake.wait(), delay)
                except TimeoutError:
                    continue

    def _start_ready(
        self, settings: WebhookSettings, session: aiohttp.ClientSession, group: asyncio.TaskGroup
    ) -> float | None:
        """Send the lanes whose time has come; seconds until the next, None if none waits for time."""
        now = asyncio.get_running_loop().time()
        while self._ready and self._ready[0][0] <= now and self._on_wire < settings.max_connections:
            _, _, lane = heapq.heappop(self._ready)
            self._on_wire += 1
            group.create_task(self._send_first(lane, settings, session))
        if not self._ready or self._on_wire >= settings.max_connections:
            return None
        return max(0.0, self._ready[0][0] - now)

    async def _send_first(self, lane: int, settings: WebhookSettings, session: aiohttp.ClientSession) -> None:
        pending = self._lanes[lane][0]
        if not self._queue.holds(pending.id):  # a day old, or dropped by the bot
            failure = None
        else:
            failure = await self._post(pending, settings, session)
        self._on_wire -= 1
        if failure is None:
            self._taken(lane, pending)
        else:
            self._failed(lane, pending, failure)
        self._wake.set()

    def _taken(self, lane: int, pending: Pending) -> None:
        self._fails.pop(lane, None)
        if self._queue.confirm(pending.id):
            self._lanes[lane].popleft()
        if self._lanes[lane]:
            self._schedule(lane, 0.0)
        else:
            del self._lanes[lane]

    def _failed(self, lane: int, pending: Pending, failure: _Failure) -> None:
        fails = self._fails[lane] = self._fails.get(lane, 0) + 1
        backoff = min(LONGEST_RETRY, self._first_retry * 2 ** min(fails - 1, 16))
        self.last_error = int(system_now().timestamp()), failure.reason
        self.on_change()
        logger.info("webhook_failed update=%d fails=%d", pending.id, fails)
        self._schedule(lane, min(failure.retry_after, LONGEST_RETRY_AFTER) or backoff)

    async def _post(
        self, pending: Pending, settings: WebhookSettings, session: aiohttp.ClientSession
    ) -> _Failure | None:
        headers = {"Content-Type": "application/json"}
        if settings.secret:
            headers[SECRET_HEADER] = settings.secret
        body = dumps(pending.as_update()).encode()
        try:
            async with session.post(settings.url, data=body, headers=headers, allow_redirects=False) as response:
                await response.read()
        except TimeoutError:
            return _Failure("Read timeout expired")
        except aiohttp.ClientConnectorError:
            return _Failure("Connection refused")
        except aiohttp.ClientError:
            return _Failure("Webhook connection closed")
        if 200 <= response.status <= 299:
            return None
        after = response.headers.get("Retry-After", "")
        reason = f"Wrong response from the webhook: {response.status} {response.reason or ''}".rstrip()
        return _Failure(reason, float(after) if after.isdecimal() else 0.0)
