"""The directory: who a messenger user is in the school."""

from zoneinfo import ZoneInfo

from services import consent
from services.actor import Actor, Visitor
from services.clock import Clock
from services.rules.regulation import Regulation
from storage.repositories import guardians, people
from storage.uow import Storage
from storage.vocabulary import Role


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
            outdated = False
            if Role.GUARDIAN in found.roles:
                given, stored = await guardians.consents_and_regulation(uow, found.person_id)
                outdated = bool(given) and consent.version(Regulation.from_json(stored)) not in given
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
            asked_anew=outdated,
        )
