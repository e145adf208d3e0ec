"""Whether this process is well: what /readyz answers and /metrics tells."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.backups import make_backups
from bot.disks import folders, free_bytes
from bot.metrics import Metrics, Reading, Sender
from bot.post import Post
from bot.scheduler import Metronome
from bot.settings import Settings
from services.clock import Clock, machine_now
from storage.repositories import due
from storage.repositories.load import load
from storage.repositories.owner import database_now
from storage.repositories.standing_by import Standbys, lease, standbys
from storage.uow import Storage, Uow
from storage.vocabulary import BotId

log = logging.getLogger("zvonok.health")

PATIENCE = 5.0  # seconds for the base


@dataclass(frozen=True, slots=True)
class Look:
    """What the watch judges. `base`: it answers; `served`: somebody runs the bot; `skew`: between the two clocks."""

    at: datetime
    base: bool
    owner: bool
    served: bool
    standbys: Standbys | None
    skew: timedelta | None
    ticked: timedelta | None
    backups: bool
    backup_age: timedelta | None
    disk: dict[str, int]


class Health:
    """Looks at the base, the postmen, the clock's jobs, the backups and the disks of one bot's service.

    A process is ready when the base answers and takes writes, and it can do its part: the owner sends and ticks; one
    that stands by takes updates in, and waits.
    """

    def __init__(
        self, settings: Settings, storage: Storage, clock: Clock, bot_id: BotId, post: Post, metronome: Metronome
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._bot_id = bot_id
        self._post = post
        self._metronome = metronome
        self._backups = make_backups(settings)
        self._folders = folders(settings)
        self.metrics = Metrics()
        self.owns: Callable[[], bool] = lambda: False
        self._failures = 0  # writes in a row

    def wrote(self, *, done: bool) -> None:
        """The door or the lease has written, or could not: a full disk, a lock. Two failures in a row are an alarm."""
        self._failures = 0 if done else self._failures + 1
        if self._failures == 2:
            log.critical("alarm nothing_stored the base takes no writes; what comes is refused")

    async def readiness(self) -> tuple[bool, dict[str, Any]]:
        """Whether it is ready, and what that is made of; no ids, no names."""
        owner = self.owns()
        senders = {one.channel.value: one.works for one in self._post.postmen}
        facts: dict[str, Any] = {
            "role": "owner" if owner else "standby",
            "database": False,
            "writes": self._failures == 0,
            "sender": all(senders.values()),
            "senders": senders,
            "oldest_due_seconds": 0,
            "last_tick_seconds": self._tick_age(),
        }
        try:
            async with asyncio.timeout(PATIENCE), self._storage.reading() as uow:
                since = await self._oldest(uow, self._clock.now())
                held = await lease(uow, self._bot_id)
            facts["database"] = True
            facts["oldest_due_seconds"] = max(round(age.total_seconds()) for age in since.values())
            facts["served"] = held is not None and held.left > timedelta(0)
            facts["paused"] = held is not None and held.paused
        except Exception as error:
            log.warning("not_ready error=%s", type(error).__name__)
        return facts["database"] and facts["writes"] and (not owner or facts["sender"]), facts

    async def read(self) -> bytes:
        """The text of /metrics."""
        async with self._storage.reading() as uow:
            now = self._clock.now()
            waits = await load(uow, self._bot_id, now)
            since = await self._oldest(uow, now)
            held = await lease(uow, self._bot_id)
            replicas = await standbys(uow)
        age, disk = await asyncio.to_thread(self._on_disk)
        ticked = self._tick_age()
        return self.metrics.read(
            Reading(
                load=waits,
                senders={
                    one.channel.value: Sender(one.works, since[one.channel.value], one.experience.counts)
                    for one in self._post.postmen
                },
                owner=self.owns(),
                lease=held,
                standbys=replicas,
                ticked=None if ticked is None else timedelta(seconds=ticked),
                backups=self._backups.is_set_up,
                backup_age=age,
                disk=disk,
            )
        )

    async def look(self) -> Look:
        """What a watch should know; never raises."""
        base, served, replicas, skew = False, False, None, None
        try:
            async with asyncio.timeout(PATIENCE), self._storage.reading() as uow:
                held = await lease(uow, self._bot_id)
                replicas = await standbys(uow)
                skew = abs(await database_now(uow) - machine_now())
            base, served = True, held is not None and held.left > timedelta(0)
        except Exception as error:
            log.warning("base_silent error=%s", type(error).__name__)
        age, disk = await asyncio.to_thread(self._on_disk)
        ticked = self._tick_age()
        return Look(
            at=machine_now(),
            base=base,
            owner=self.owns(),
            served=served,
            standbys=replicas,
            skew=skew,
            ticked=None if ticked is None else timedelta(seconds=ticked),
            backups=self._backups.is_set_up,
            backup_age=age,
            disk=disk,
        )

    async def _oldest(self, uow: Uow, now: datetime) -> dict[str, timedelta]:
        """By channel, how long the oldest letter that could go hasn't gone."""
        found = {}
        for one in self._post.postmen:
            since = await due.oldest_due(uow, self._bot_id, now, one.channel)
            found[one.channel.value] = timedelta(0) if since is None else now - since
        return found

    def _tick_age(self) -> int | None:
        """Seconds since a whole round of the clock's jobs ended; None where this process has made none."""
        at = self._metronome.ticked_at
        return None if at is None or not self.owns() else round(asyncio.get_running_loop().time() - at)

    def _on_disk(self) -> tuple[timedelta | None, dict[str, int]]:
        newest = next(iter(self._backups.all()), None)
        age = None if newest is None else machine_now() - newest.made_at
        return age, {place: free_bytes(folder) for place, folder in self._folders.items()}
