"""Whose bot it is: a lock file against a second process on the same data, a lease in the base against other hosts."""

import asyncio
import fcntl
import logging
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType

from storage.repositories import owner
from storage.uow import Storage
from storage.vocabulary import BotId

log = logging.getLogger("zvonok.owner")

TTL = timedelta(seconds=15)
RENEW_EVERY = 5.0
ASK_EVERY = 1.0


class Ownership:
    """The right to run a bot's lanes, ledger and ticks.

    The lock file holds a random name of this data directory: its lease may be taken again at once by whoever has the
    lock, so that a restart need not wait for the lease of the process that was killed. The lock is on a file of its
    own: closing any descriptor of the database's file would drop SQLite's locks.
    """

    def __init__(
        self, storage: Storage, bot_id: BotId, data_dir: Path, wrote: Callable[..., None] = lambda *, done: None
    ) -> None:
        self._storage = storage
        self._wrote = wrote
        self._bot_id = bot_id
        self._path = data_dir / f"owner-{bot_id}.lock"
        self._file: int | None = None
        self._holder = ""
        self.epoch: int | None = None
        self._until = 0.0  # by the loop's clock: how long the lease surely lasts

    def holds(self) -> bool:
        """Whether the lease surely lasts. A process that was frozen learns it here before it asks the base."""
        return self.epoch is not None and asyncio.get_running_loop().time() < self._until

    def ensure(self) -> None:
        """Ends the handling of an update here, as if it were cancelled, where the bot isn't surely ours.

        The update stays in the inbox, for the next owner.
        """
        if not self.holds():
            raise asyncio.CancelledError

    async def take(self) -> int:
        """Wait until the bot is ours; the new epoch."""
        loop, said = asyncio.get_running_loop(), False
        while True:
            asked_at = loop.time()
            if self._lock() and (epoch := await self._acquire()) is not None:
                break
            if not said:
                log.warning("owner_waits bot=%d another process runs it", self._bot_id)
                said = True
            await asyncio.sleep(ASK_EVERY)
        self.epoch, self._until = epoch, asked_at + TTL.total_seconds()
        log.info("owner_is_here bot=%d epoch=%d", self._bot_id, epoch)
        return epoch

    async def keep(self) -> None:
        """Renew the lease until it is lost: taken by another, or not renewed for as long as it lasts."""
        loop, pause = asyncio.get_running_loop(), RENEW_EVERY
        while self.holds():
            await asyncio.sleep(min(pause, max(self._until - loop.time(), 0.0)))
            asked_at = loop.time()
            try:
                # Behind all taps that wait, on a busy machine, the lease would end meanwhile.
                async with asyncio.timeout(RENEW_EVERY), self._storage.writing(quick=True, first=True) as uow:
                    renewed = self.epoch is not None and await owner.renew(uow, self._bot_id, self.epoch, TTL)
            except Exception as error:
                log.warning("lease_not_renewed error=%s", type(error).__name__)
                pause = ASK_EVERY
                continue
            if not renewed:
                break
            self._until, pause = asked_at + TTL.total_seconds(), RENEW_EVERY
        self._until = 0.0
        log.critical("alarm owner_lost bot=%d", self._bot_id)

    async def release(self) -> None:
        """Let another in."""
        if self.epoch is not None:
            async with self._storage.writing() as uow:
                await owner.release(uow, self._bot_id, self.epoch)
            self.epoch = None
        self.forget_lock()

    def forget_lock(self) -> None:
        """Let go of the file alone, as happens to a process that is killed."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    async def _acquire(self) -> int | None:
        try:
            async with self._storage.writing() as uow:
                epoch = await owner.acquire(uow, self._bot_id, self._holder, TTL)
                if epoch is not None:
                    await owner.serve_schools(uow, self._bot_id)
        except Exception:
            self._wrote(done=False)
            raise
        self._wrote(done=True)
        return epoch

    def _lock(self) -> bool:
        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        self._holder = os.pread(file, 64, 0).decode("ascii", "replace")
        if len(self._holder) != 32:
            self._holder = uuid4().hex
            os.ftruncate(file, 0)
            os.pwrite(file, self._holder.encode(), 0)
            os.fsync(file)
        return True


class OwnersReplies(BaseRequestMiddleware):
    """Lets requests pass while the bot is ours: nobody is answered twice."""

    def __init__(self, ensure: Callable[[], None]) -> None:
        self._ensure = ensure

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Any:
        """Pass a request on, or end."""
        self._ensure()
        return await make_request(bot, method)
