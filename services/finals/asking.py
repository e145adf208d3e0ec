"""«Запросить исправление» of a term mark that was sent: the deputy head decides (М ж)."""

from collections.abc import Sequence
from dataclasses import dataclass

from services import words
from services.actor import Actor
from services.clock import Clock
from services.corrections import telling
from services.corrections.reasons import Why, why
from services.corrections.refusals import AlreadyAsked, NothingToCorrect, RequestGone, YearClosed
from services.corrections.views import RequestView, view_of
from services.errors import NotFoundHere
from services.finals import sheets
from services.finals.correcting import target_of
from services.finals.refusals import ChangedMeanwhile, OnlyReading
from services.finals.sheets import Access, Place, Sheet, StudentRow
from services.outbox import items
from services.rules import finals as rules
from storage.repositories import audit, corrections
from storage.repositories.corrections import NewRequest, RequestRow
from storage.uow import Storage, Uow
from storage.vocabulary import PersonId


@dataclass(frozen=True, slots=True)
class WantedChoice:
    """What may be wanted instead of an issued term mark: everything but what stands."""

    sheet: Sheet
    row: StudentRow
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that awaits its decision; `told`: somebody who decides was written to."""

    view: RequestView
    told: bool


class TermMarkRequests:
    """Takes teachers' requests about term marks."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def choose(self, actor: Actor, place: Place, student_id: PersonId) -> WantedChoice:
        """What may be wanted. Raises OnlyReading, YearClosed, AlreadyAsked, NotFoundHere where nothing was sent."""
        async with self._storage.reading() as uow:
            sheet, row = await self._askable(uow, actor, place, student_id)
        values = [value for value in rules.values(sheet.regulation) if value != row.value]
        return WantedChoice(sheet, row, values)

    async def ask(self, actor: Actor, place: Place, student_id: PersonId, wanted: str, reason: Why, seen: int) -> Asked:
        """Ask for a value instead of revision `seen`: the deputy heads are told. Raises what `choose` raises."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            sheet, row = await self._askable(uow, actor, place, student_id)
            if wanted not in rules.values(sheet.regulation):
                raise NotFoundHere
            if wanted == row.value:
                raise NothingToCorrect
            if row.rev != seen:
                raise ChangedMeanwhile
            target = target_of(place.subject_id, place.scope)
            new = NewRequest(
                school_id=actor.school_id,
                target=target,
                lesson_id=None,
                class_id=place.class_id,
                subject_id=place.subject_id,
                student_id=student_id,
                seen=seen,
                former=row.value,
                wanted=wanted,
                reason=why(reason),
                asked_by=actor.person_id,
                asked_at=now,
            )
            added = await corrections.add(uow, new)
            request = await corrections.open_of_target(uow, actor.school_id, target, student_id)
            if request is None:
                raise RequestGone  # decided in the same moment
            if not added:
                raise _already(request, actor)
            await audit.note(
                uow,
                school_id=actor.school_id,
                actor_id=actor.person_id,
                at=now,
                action="correction_asked",
                subject=f"request:{request.id}",
                detail={"target": target, "student": int(student_id), "seen": seen, "wanted": wanted},
            )
            facts = await telling.asked(uow, actor, request, now)
            await items.put(uow, facts, now)
            return Asked(await view_of(uow, request, actor.zone, mine=True), told=bool(facts))

    async def _askable(self, uow: Uow, actor: Actor, place: Place, student_id: PersonId) -> tuple[Sheet, StudentRow]:
        sheet = await sheets.load(uow, actor, place, self._clock.now())
        if sheet.access is not Access.ENTERS:
            raise OnlyReading
        if sheet.assignment.row.year_closed:
            raise YearClosed
        row = next((one for one in sheet.students if one.name.id == student_id), None)
        if row is None or not row.issued:
            raise NotFoundHere
        target = target_of(place.subject_id, place.scope)
        standing = await corrections.open_of_target(uow, actor.school_id, target, student_id)
        if standing is not None:
            raise _already(standing, actor)
        return sheet, row


def _already(request: RequestRow, actor: Actor) -> AlreadyAsked:
    asked_on = request.asked_at.astimezone(actor.zone).date()
    return AlreadyAsked(asker=request.asker, wanted=request.wanted, day=words.day_and_month(asked_on))
