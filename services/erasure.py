"""Erasing a person who has left: everything beyond the journal at once, the name when the journal may be let go.

The proof says what went, what stays until when and by which clause, and never names the person. Its checksum stands in
the audit line of the erasure, and so in the sealed chain: a proof that was changed afterwards is found out.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_, gettext
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


class StillUnderWay(SchoolError):
    """A letter to the person has no known fate yet."""

    sentence = N_("A letter to this person is still on its way. Try again in a minute.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What erasing would do: `name_until` the day until which the name stays, None: it goes too.

    `clause`: by what it stays.
    """

    person_id: PersonId
    name_until: date | None
    clause: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done: rows by purpose, and the proof with its checksum over everything else in it."""

    plan: Plan
    rows: dict[str, int]
    proof: dict[str, Any]


class Erasure:
    """Erases people."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def plan(self, person_id: PersonId) -> Plan:
        """What erasing would do. Raises NoSuchPerson, NotGoneYet, StillUnderWay."""
        async with self._storage.reading() as uow:
            return (await self._plan(uow, person_id))[0]

    async def due(self) -> list[Plan]:
        """Whoever left more than a year ago and whose name need not be kept any more."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            people = await erasure.gone(uow, (now - keeping.MAY_COME_BACK).date(), ERASED)
            plans = [(await self._plan(uow, one))[0] for one in people]
        return [one for one in plans if one.name_until is None]

    async def erase(self, person_id: PersonId) -> Erased:
        """Do it, in one transaction. Raises NoSuchPerson, NotGoneYet, StillUnderWay."""
        now = self._clock.now()
        async with self._storage.writing() as uow:
            plan, school_id = await self._plan(uow, person_id)
            rows = await erasure.forget(uow, person_id, name=ERASED if plan.name_until is None else None)
            if await erasure.under_way(
                uow, person_id
            ):  # it left after the look above, and before their items were ours
                raise StillUnderWay
            proof = proof_of(plan, rows, now)
            await note(
                uow,
                school_id=school_id,
                actor_id=None,
                at=now,
                action="person_erased",
                subject=f"person:{person_id}",
                detail={"rows": rows, "name": plan.name_until is None, "proof": proof["sha256"]},
            )
        return Erased(plan, rows, proof)

    async def _plan(self, uow: Uow, person_id: PersonId) -> tuple[Plan, SchoolId]:
        found = await erasure.find(uow, person_id)
        if found is None:
            raise NoSuchPerson(id=person_id)
        school_id, timezone = found
        today = self._clock.now().astimezone(ZoneInfo(timezone)).date()
        known = await erasure.known(uow, person_id, today)
        if known.open_ties:
            raise NotGoneYet
        if known.under_way:
            raise StillUnderWay
        until = keeping.name_until(known.last_on, results=known.has_results)
        kept = until if until is not None and until > today else None
        return Plan(person_id, kept, keeping.clause(results=known.has_results)), school_id


# What stays of somebody who is erased, and why; by ids alone, once the name is gone.
KEPT = {
    "journal": N_("marks, attendance, records and term marks, by number: В 6(2).5, К 16"),
    "audit": N_("who did what, by number; sealed, so that nothing of it can be taken out: О 2.10"),
    "consents": N_("version, day given and day taken back: 152-ФЗ ст. 9"),
    "ties": N_("from and until which day; without the application: О п.4.8"),
}
COPIES = N_("backups made before hold the data until they are gone, at most a year; after a restore erase anew")


def proof_of(plan: Plan, rows: dict[str, int], now: datetime) -> dict[str, Any]:
    """The proof of an erasure: no name in it, and in `sha256` its checksum (of the rest, as `canonical` writes it)."""
    name = {"erased": plan.name_until is None, "until": plan.name_until and plan.name_until.isoformat()}
    proof = {
        "person": int(plan.person_id),
        "at": now.isoformat(),
        "removed": rows,
        "name": name | ({"clause": plan.clause} if plan.name_until else {}),
        "kept": {what: gettext(why) for what, why in KEPT.items()},
        "copies": gettext(COPIES),
    }
    return {**proof, "sha256": hashlib.sha256(canonical(proof)).hexdigest()}


def canonical(proof: dict[str, Any]) -> bytes:
    """A proof without its checksum, written in one way only."""
    rest = {name: value for name, value in proof.items() if name != "sha256"}
    return json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
