"""The directory: who a messenger user is in the school."""

from zoneinfo import ZoneInfo

from services.actor import Actor, Visitor
from services.clock import Clock
from storage.repositories import people
from storage.uow import Storage


class Directory:
    """Finds the person behind a messenger account."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def actor(self, visitor: Visitor) -> Actor | None:
        """The connected person, or None; an account that awaits confirmation or was revoked is nobody."""
        async with self._storage.reading() as uow:
            found = await people.find_actor(uow, visitor.bot_id, visitor.user_id, self._clock.now())
        if found is None:
            return None
        return Actor(
            person_id=found.person_id,
            account_id=found.account_id,
            school_id=found.school_id,
            roles=found.roles,
            homeroom=found.homeroom,
            locale=found.locale,
            zone=ZoneInfo(found.timezone),
            bot_id=visitor.bot_id,
            user_id=visitor.user_id,
            chat_id=visitor.chat_id,
            seq=visitor.seq,
        )
