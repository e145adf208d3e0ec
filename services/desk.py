"""The desk: whom people may ask when they are stuck."""

from collections.abc import Sequence

from services.actor import Actor
from services.clock import Clock
from storage.repositories import people
from storage.uow import Storage
from storage.vocabulary import Role


class Desk:
    """Names the journal's administrators to the people of their school."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def administrators(self, actor: Actor) -> Sequence[str]:
        """Their full names, by name."""
        today = self._clock.now().astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            return await people.names_with_role(uow, actor.school_id, Role.ADMINISTRATOR, today)
