"""Erasing a person who has left: everything beyond the journal at once, the name when the journal may be let go.

The proof names tables and counts, and never the person.
"""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from services.people import NoSuchPerson
from services.rules import keeping
from storage.repositories import erasure
from storage.repositories.audit import note
from storage.uow import Storage, Uow
from storage.vocabulary import PersonId, SchoolId

ERASED = "Удалено"


class NotGoneYet(SchoolError):
    """The person still works, studies or is a guardian here."""

    sentence = N_(
        "This person still has a role, a class or a child here. End that first: then the data may be erased, and the "
        "name when the journal is old enough."
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """What erasing would do: `name_until` the day until which the name stays, None: it goes too."""

    person_id: PersonId
    name_until: date | None


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done: rows by purpose."""

    plan: Plan
    rows: dict[str, int]


class Erasure:
    """Erases people."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def plan(self, person_id: PersonId) -> Plan:
        """What erasing would do. Raises NoSuchPerson, NotGoneYet."""
        async with self._storage.reading() as uow:
            return (await self._plan(uow, person_id))[0]

    async def erase(self, person_id: PersonId) -> Erased:
        """Do it, in one transaction. Raises NoSuchPerson, NotGoneYet."""
        now = self._clock.now()
        async with self._storage.writing() as uow:
            plan, school_id = await self._plan(uow, person_id)
            rows = await erasure.forget(uow, person_id, name=ERASED if plan.name_until is None else None)
            await note(
                uow,
                school_id=school_id,
                actor_id=None,
                at=now,
                action="person_erased",
                subject=f"person:{person_id}",
                detail={"rows": rows, "name": plan.name_until is None},
            )
        return Erased(plan, rows)

    async def _plan(self, uow: Uow, person_id: PersonId) -> tuple[Plan, SchoolId]:
        found = await erasure.find(uow, person_id)
        if found is None:
            raise NoSuchPerson(id=person_id)
        school_id, timezone = found
        today = self._clock.now().astimezone(ZoneInfo(timezone)).date()
        known = await erasure.known(uow, person_id, today)
        if known.open_ties:
            raise NotGoneYet
        until = keeping.name_until(known.last_on, results=known.has_results)
        return Plan(person_id, until if until is not None and until > today else None), school_id
