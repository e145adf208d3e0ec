"""People as the school's office asks about them."""

from zoneinfo import ZoneInfo

from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from storage.repositories import people
from storage.repositories.people import ListedPerson
from storage.uow import Storage
from storage.vocabulary import PersonId, SchoolId


class NoSuchPerson(SchoolError):
    """Nobody has this number."""

    sentence = N_("Nobody has the number {id}. See: ./zvonok people")


class People:
    """Lists people with their roles and ties."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def everybody(self, school_id: SchoolId) -> list[ListedPerson]:
        """Everybody of a school as of today, by name."""
        async with self._storage.reading() as uow:
            zone = await people.zone_of_school(uow, school_id)
            return await people.list_people(uow, school_id, self._clock.now().astimezone(ZoneInfo(zone)).date())

    async def zone_of(self, person_id: PersonId) -> str:
        """The time zone a person's school lives in. Raises NoSuchPerson."""
        async with self._storage.reading() as uow:
            zone = await people.zone_of_person(uow, person_id)
        if zone is None:
            raise NoSuchPerson(id=person_id)
        return zone
