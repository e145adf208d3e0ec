"""The operator's hand on what waits: held after a restore, until it is released or dropped (delivery, §5)."""

from collections.abc import Awaitable, Callable

from services.clock import Clock, machine_now
from services.errors import SchoolError
from services.i18n import N_
from services.outbox.unreached import Loss, lost
from storage.repositories import holding as rows
from storage.repositories import owner
from storage.repositories.holding import Standing as Standing
from storage.uow import Storage, Uow

CHUNK = 200  # rows a transaction


class ServiceRuns(SchoolError):
    """A process runs a bot on this base."""

    sentence = N_("The service is running. Stop it and try again: what it sends meanwhile, nobody could take back.")


class Holding:
    """Holds, releases and drops items, and tells how the post stands."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def hold(self, reason: str) -> int:
        """Everything that waits now stays until it is released; how many items. News that come later go their way."""
        return await self._in_chunks(lambda uow: rows.hold(uow, reason, CHUNK))

    async def ensure_silent(self) -> None:
        """Raises ServiceRuns while a process runs a bot on this base; one that was killed counts for its lease."""
        async with self._storage.reading() as uow:
            if await owner.is_served(uow):
                raise ServiceRuns

    async def quarantine(self) -> int:
        """After a restore: what waits is held and nothing is sent until `release` or `drop`; how many items wait.

        Both stand in what `storage.backup.put_back` makes already, but for a base of an early version.
        """
        async with self._storage.writing() as uow:
            await rows.pause(uow, self._clock.now())
        await self.hold("restore")
        async with self._storage.reading() as uow:
            return await rows.held(uow)

    async def release(self) -> int:
        """What is held may go; how many items. What came too late meanwhile goes on the list of the unreached.

        A pause after a restore ends.
        """
        async with self._storage.writing() as uow:
            await rows.unpause(uow)
        return await self._in_chunks(self._release)

    async def drop(self) -> int:
        """What is held will never be told; how many items.

        After a restore that is also what the clock has made due since: families got it from the base that is gone.
        """
        async with self._storage.reading() as uow:
            quarantined = await rows.paused(uow)
        if quarantined:
            await self._in_chunks(lambda uow: rows.hold(uow, "restore", CHUNK, due_by=self._clock.now()))
        count = await self._in_chunks(lambda uow: rows.drop(uow, CHUNK))
        async with self._storage.writing() as uow:
            await rows.unpause(uow)
        return count

    async def standing(self) -> tuple[Standing, list[Loss]]:
        """How the post stands, and what broke the promise."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            return await rows.standing(uow, now), await lost(uow, now, machine_now())

    @staticmethod
    async def _release(uow: Uow) -> int:
        uow.put_items = True
        return await rows.release(uow, CHUNK)

    async def _in_chunks(self, step: Callable[[Uow], Awaitable[int]]) -> int:
        """Take a step, a transaction each, until one finds less than a chunk; how many rows in all."""
        count = 0
        while True:
            async with self._storage.writing() as uow:
                done = await step(uow)
            count += done
            if done < CHUNK:
                return count
