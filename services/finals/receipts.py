"""«Результаты получены»: the moment from which exam and ГИА results have their clock (М Регл. 2; В 4.4.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.actor import Actor
from services.assignments import ensure_decides
from services.clock import Clock
from services.errors import NotFoundHere
from services.finals import sheets
from services.finals import spans as all_spans
from services.finals.refusals import NoSuchMoment
from services.finals.sheets import Place
from services.rules import finals as rules
from services.rules.finals import Scope
from services.rules.regulation import Regulation
from storage.repositories import audit, diary
from storage.repositories import finals as rows
from storage.repositories import receipts as receipt_rows
from storage.repositories.finals import TaughtRow
from storage.repositories.receipts import ReceiptRow
from storage.uow import Storage, Uow
from storage.vocabulary import ClassId, SubjectId, TermScope

DAYS_BACK = 7
RECEIVED = (TermScope.EXAM, TermScope.STATE_EXAM)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Results that were received, and until when (school time) they stand in the journal.

    `places`: the grids they are entered in, one for each subgroup that the subject has, with its name.
    """

    row: ReceiptRow
    scope: Scope
    received_at: datetime
    due_at: datetime
    places: Sequence[tuple[Place, str | None]]

    @property
    def issued(self) -> bool:
        """Whether the families have what was entered, each subgroup's too."""
        return not self.row.waiting


@dataclass(frozen=True, slots=True)
class Receivable:
    """A class's subjects of which results may come, and what came already; `kinds`: of exams, of ГИА."""

    class_id: ClassId
    name: str
    subjects: Sequence[tuple[SubjectId, str]]
    kinds: Sequence[TermScope]
    now: datetime


class Receipts:
    """Registers results that come from outside; the deputy head's."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def received(self, actor: Actor) -> list[Receipt]:
        """What was received this year, the first received first. Raises NotYourOffice."""
        ensure_decides(actor)
        async with self._storage.reading() as uow:
            calendar = await sheets.calendar_of(uow, actor, self._clock.now())
            regulation = await _regulation(uow, actor)
            found = await receipt_rows.receipts(uow, actor.school_id, calendar.year_id)
            taught = await self._taught(uow, actor) if found else []
        return [_receipt(one, taught, actor, regulation) for one in found]

    async def classes(self, actor: Actor) -> list[tuple[ClassId, str]]:
        """The classes whose results may be registered. Raises NotYourOffice."""
        ensure_decides(actor)
        async with self._storage.reading() as uow:
            found = await self._taught(uow, actor)
        return list({one.class_id: one.class_name for one in found}.items())

    async def of_class(
        self, actor: Actor, class_id: ClassId, kind: TermScope, subject_id: SubjectId | None = None
    ) -> Receivable:
        """What may be registered for a class, of this kind and subject too. Raises NotYourOffice, NotFoundHere."""
        ensure_decides(actor)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            regulation = await _regulation(uow, actor)
            taught = await self._taught(uow, actor, class_id)
        if not taught:
            raise NotFoundHere
        subjects = {one.subject_id: one.subject for one in taught}
        kinds = RECEIVED if taught[0].level in regulation.state_exam_levels else RECEIVED[:1]
        if kind not in kinds or (subject_id is not None and subject_id not in subjects):
            raise NotFoundHere
        return Receivable(class_id, taught[0].class_name, list(subjects.items()), kinds, now.astimezone(actor.zone))

    async def register(
        self, actor: Actor, class_id: ClassId, subject_id: SubjectId, kind: TermScope, received_at: datetime
    ) -> list[Receipt]:
        """Results of a class in a subject came at a moment, perhaps before now; pressed twice, they came once.

        Raises NotYourOffice, NotFoundHere, NoSuchMoment.
        """
        await self.of_class(actor, class_id, kind, subject_id)
        now = self._clock.now()
        if not now - timedelta(days=DAYS_BACK) <= received_at <= now:
            raise NoSuchMoment(days=DAYS_BACK)
        async with self._storage.writing(actor.seq, now=now) as uow:
            calendar = await sheets.calendar_of(uow, actor, now)
            regulation = await _regulation(uow, actor)
            scope = Scope(kind, calendar.year_id)
            added = await receipt_rows.add_receipt(
                uow,
                school_id=actor.school_id,
                class_id=class_id,
                subject_id=subject_id,
                scope=scope.key,
                received_at=received_at,
                made_by=actor.person_id,
                made_at=now,
            )
            if added:
                await audit.note(
                    uow,
                    school_id=actor.school_id,
                    actor_id=actor.person_id,
                    at=now,
                    action="results_received",
                    subject=f"results:{class_id}:{subject_id}:{scope.key}",
                    detail={"received_at": received_at.isoformat()},
                )
            found = await receipt_rows.receipts(uow, actor.school_id, calendar.year_id)
            taught = await self._taught(uow, actor) if found else []
        return [_receipt(one, taught, actor, regulation) for one in found]

    async def _taught(self, uow: Uow, actor: Actor, class_id: ClassId | None = None) -> list[TaughtRow]:
        calendar = await sheets.calendar_of(uow, actor, self._clock.now())
        regulation = await _regulation(uow, actor)
        return await rows.taught(
            uow,
            actor.school_id,
            since=calendar.starts_on,
            until=calendar.ends_on,
            levels=all_spans.all_levels(regulation),
            class_id=class_id,
        )


async def _regulation(uow: Uow, actor: Actor) -> Regulation:
    _name, _zone, stored = await diary.school(uow, actor.school_id)
    return Regulation.from_json(stored)


def _receipt(row: ReceiptRow, taught: Sequence[TaughtRow], actor: Actor, regulation: Regulation) -> Receipt:
    scope = Scope.parse(row.scope)
    due_at = rules.results_due(scope.kind, row.received_at, regulation)
    places = [
        (Place(row.class_id, one.subgroup_id, row.subject_id, scope), one.subgroup)
        for one in taught
        if (one.class_id, one.subject_id) == (row.class_id, row.subject_id)
    ]
    return Receipt(row, scope, row.received_at.astimezone(actor.zone), due_at.astimezone(actor.zone), places)
