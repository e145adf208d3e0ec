"""What a bot's process looks after: its own schools, and the base as a whole where it is the first of the bots."""

import logging
from collections.abc import Sequence
from datetime import datetime

from bot.scheduler import Tick
from storage.repositories import owner
from storage.uow import Storage
from storage.vocabulary import BotId

log = logging.getLogger("zvonok.serving")


class ServeSchools:
    """A tick: a school that nobody serves is taken by the only bot there is; one without a school says so, once."""

    def __init__(self, storage: Storage, bot_id: BotId) -> None:
        self._storage = storage
        self._bot_id = bot_id
        self._said = False

    async def __call__(self, now: datetime) -> None:
        """Look which schools are whose."""
        async with self._storage.reading() as uow:
            schools = await owner.served(uow)
        if any(one.bot_id is None for one in schools):
            async with self._storage.writing() as uow:
                await owner.serve_schools(uow, self._bot_id)
                schools = await owner.served(uow)
        idle = bool(schools) and all(one.bot_id != self._bot_id for one in schools)
        if idle and not self._said:
            log.critical("alarm serves_no_school bot=%d", self._bot_id)
        self._said = idle


class OncePerBase:
    """A tick: the jobs of the whole base, run by one of its bots, the one with the lowest number of those that run."""

    def __init__(self, storage: Storage, bot_id: BotId, jobs: Sequence[Tick]) -> None:
        self._storage = storage
        self._bot_id = bot_id
        self._jobs = jobs

    async def __call__(self, now: datetime) -> None:
        """Do them, each with the others' failures passed on at the end."""
        async with self._storage.reading() as uow:
            if not await owner.leads(uow, self._bot_id):
                return
        failed: list[Exception] = []
        for job in self._jobs:
            try:
                await job(now)
            except Exception as error:
                failed.append(error)
        if failed:
            raise failed[0] if len(failed) == 1 else ExceptionGroup("jobs of the base", failed)
