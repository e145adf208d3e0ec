"""The nightly backup: a tick that starts it once a local date, beside everything else."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.settings import Settings
from services.anchors import NAME as ANCHORS
from services.anchors import Anchors
from services.audit_chain import AuditChain
from services.backups import Backups
from services.clock import Clock
from storage.repositories import calendar, occurrences
from storage.uow import Storage

log = logging.getLogger("zvonok.backups")

AT = time(3)  # school time: nobody taps
TRY = "backup_try"
JOB, SCOPE = "backup", "installation"
AGAIN_AFTER = 600.0  # seconds after one that failed


def make_backups(settings: Settings) -> Backups:
    """The backups of the settings' base."""
    key = settings.backup_key
    return Backups(
        settings.database,
        settings.backup_dir,
        None if key is None else key.get_secret_value(),
        None if settings.secret_key is not None else settings.data_dir / "secret.key",
    )


def make_audit_chain(settings: Settings, storage: Storage, clock: Clock) -> AuditChain:
    """The chain of audit lines, with its anchors beside the backups, or with the data where there are none."""
    folder = settings.backup_dir or settings.data_dir
    return AuditChain(storage, clock, settings.key(), Anchors(folder / ANCHORS))


class NightlyBackup:
    """A tick: makes and verifies a backup every night, thins out the old ones, and says aloud when it can't."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        backups: Backups,
        spawn: Callable[[Coroutine[Any, Any, None], str], "asyncio.Task[None]"],
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._backups = backups
        self._spawn = spawn
        self.running: asyncio.Task[None] | None = None
        self._failed_at: float | None = None

    async def __call__(self, now: datetime) -> None:
        """Start tonight's, unless it is done, on its way, or has just failed."""
        if not self._backups.is_set_up or (self.running is not None and not self.running.done()):
            return
        if self._failed_at is not None and asyncio.get_running_loop().time() - self._failed_at < AGAIN_AFTER:
            return
        async with self._storage.reading() as uow:
            zones = await calendar.zones(uow)
            local = now.astimezone(ZoneInfo(zones[0])) if zones else None
            if local is None or local.time() < AT:
                return
            done = await occurrences.is_done(uow, JOB, SCOPE, local.date(), AT.isoformat("minutes"))
        # Another machine may have made tonight's, and be gone with it: whoever takes the bot over makes its own.
        if done and not await asyncio.to_thread(self._backups.is_old, now):
            return
        # Every bot's process looks; of those that share the base one makes it, and another may try ten minutes later.
        async with self._storage.writing() as uow:
            begins = await occurrences.claim(uow, TRY, SCOPE, local.date(), f"{local:%H:%M}"[:4] + "0", now)
        if begins:
            self.running = self._spawn(self._make(local), "backup")

    async def _make(self, local: datetime) -> None:
        try:
            made = await asyncio.to_thread(self._backups.make, self._clock.now())
            await asyncio.to_thread(self._backups.thin_out)
        except Exception as error:
            self._failed_at = asyncio.get_running_loop().time()
            log.critical("alarm backup_failed error=%s", type(error).__name__)
            return
        self._failed_at = None
        async with self._storage.writing() as uow:
            await occurrences.claim(uow, JOB, SCOPE, local.date(), AT.isoformat("minutes"), self._clock.now())
        log.info("backup_made bytes=%d", made.size)
