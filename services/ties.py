"""«Связь с ребёнком»: ending a guardianship by court, by date or as a mistake, and restoring it (О п.4.8).

From its day on no letter about the child goes, and the diary is closed; the rows and the audit keep that it was.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from services import drafts, relinking
from services.access import access_class_office
from services.actor import Actor
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.letters import announcements
from services.outbox import items
from services.relinking import note_access, occasion_of
from storage.repositories import joining
from storage.repositories import ties as rows
from storage.repositories.ties import TieRow
from storage.uow import Storage, Uow
from storage.vocabulary import ClassId, DraftPurpose, PersonId, Relation, TieEnd

FARTHEST = timedelta(days=400)
_DATE = re.compile(r"(?<!\d)(\d{1,2})[./](\d{1,2})(?:[./](\d{4}))?(?!\d)")


class NoTieDay(SchoolError):
    """The typed text holds no day a tie may end on."""

    sentence = N_(
        "Type the first day without the tie, for example 05.12 or 05.12.2026: within a year, not before it began."
    )


class TieOver(SchoolError):
    """The tie has ended, or is not there any more."""

    sentence = N_("This tie has ended already. Open the guardian anew.")


class TieHolds(SchoolError):
    """There is nothing to restore."""

    sentence = N_("This tie holds: there is nothing to restore.")


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie to one child. `until_on`: the first day without it; `over`: that day has come."""

    id: int
    student: str
    relation: Relation
    until_on: date | None
    reason: TieEnd | None
    over: bool


@dataclass(frozen=True, slots=True)
class TiesView:
    """A guardian's ties to the children of one class."""

    class_id: ClassId
    guardian_id: PersonId
    guardian: str
    ties: tuple[Tie, ...]
    today: date

    def of(self, tie_id: int) -> Tie:
        """One of them. Raises NotFoundHere."""
        found = next((tie for tie in self.ties if tie.id == tie_id), None)
        if found is None:
            raise NotFoundHere
        return found


class Ties:
    """The office of guardianships; the class's homeroom teacher and the administrator."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def view(self, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> TiesView:
        """A guardian's ties in a class. Raises NotFoundHere, NotYourClass."""
        async with self._storage.reading() as uow:
            return await self._view(uow, actor, class_id, guardian_id)

    async def of_tie(self, actor: Actor, class_id: ClassId, tie_id: int) -> tuple[TiesView, Tie]:
        """The same, by one of the ties. Raises NotFoundHere, NotYourClass."""
        async with self._storage.reading() as uow:
            return await self._of_tie(uow, actor, class_id, tie_id)

    async def ask_day(self, actor: Actor, class_id: ClassId, tie_id: int, reason: TieEnd) -> tuple[TiesView, Tie]:
        """From which day on? A typed day is awaited. Raises NotFoundHere, NotYourClass, TieOver."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            view, tie = await self._of_tie(uow, actor, class_id, tie_id)
            if tie.over:
                raise TieOver
            data = {"class": class_id, "tie": tie_id, "reason": reason.value}
            await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.TIE_END, data, now)
            return view, tie

    async def typed_day(self, actor: Actor, text: str) -> tuple[TiesView, Tie, TieEnd, date]:
        """The day that was typed, to be confirmed. Raises NoTieDay, NotFoundHere; the question stands then."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.peek(uow, actor.bot_id, actor.user_id, DraftPurpose.TIE_END, now)
            if data is None:
                raise NotFoundHere
            view, tie = await self._of_tie(uow, actor, ClassId(data["class"]), data["tie"])
            day = read_day(text, view.today)
            await self._ensure_day(uow, view, tie, day)
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            return view, tie, TieEnd(data["reason"]), day

    async def end(
        self, actor: Actor, class_id: ClassId, tie_id: int, reason: TieEnd, until_on: date
    ) -> tuple[TiesView, Tie]:
        """«Закончить»: `until_on` is the first day without the tie. Raises NoTieDay, TieOver, NotYourClass."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            view, tie = await self._of_tie(uow, actor, class_id, tie_id)
            if (tie.until_on, tie.reason) == (until_on, reason):
                return view, tie  # pressed twice
            row = await self._ensure_day(uow, view, tie, until_on)
            if tie.over or not await rows.end(uow, row, until_on, reason, actor.person_id, now):
                raise TieOver
            if until_on <= view.today:
                await items.cancel(uow, recipient_id=row.guardian_id, student_id=row.student_id)
            await self._tell(uow, actor, row, until_on, now)
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            detail: dict[str, object] = {
                "student": row.student_id,
                "tie": tie_id,
                "until": until_on.isoformat(),
                "reason": reason.value,
            }
            await note_access(uow, actor, "guardianship.end", row.guardian_id, detail, now)
            return await self._of_tie(uow, actor, class_id, tie_id)

    async def restore(self, actor: Actor, class_id: ClassId, tie_id: int) -> tuple[TiesView, Tie]:
        """It was a mistake: the tie holds again, as if without a break. Raises TieHolds, NotYourClass."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            view, _tie = await self._of_tie(uow, actor, class_id, tie_id)
            row = await rows.of_class(uow, class_id, tie_id, view.today)
            if row is None or await rows.holds_another(uow, row) or not await rows.restore(uow, row):
                raise TieHolds
            await self._tell(uow, actor, row, None, now)
            detail: dict[str, object] = {"student": row.student_id, "tie": tie_id}
            await note_access(uow, actor, "guardianship.restore", row.guardian_id, detail, now)
            return await self._of_tie(uow, actor, class_id, tie_id)

    async def _tell(self, uow: Uow, actor: Actor, row: TieRow, until_on: date | None, now: datetime) -> None:
        """A calm word to a connected guardian on the day itself; one that still waits is taken back by a restoring."""
        known = await joining.accounts_of_person(uow, actor.bot_id, row.guardian_id)
        if not any(relinking.speaks(one) for one in known):
            return
        begins = now if until_on is None else datetime.combine(until_on, time(), actor.zone)
        occasion = await occasion_of(uow, actor, now)
        await items.put(
            uow, [announcements.tie_ended(occasion, actor.bot_id, row.guardian_id, row.id, until_on, begins)], now
        )

    async def _ensure_day(self, uow: Uow, view: TiesView, tie: Tie, until_on: date) -> TieRow:
        row = await rows.of_class(uow, view.class_id, tie.id, view.today)
        if row is None:
            raise NotFoundHere
        if not row.since_on <= until_on <= view.today + FARTHEST:
            raise NoTieDay
        return row

    async def _of_tie(self, uow: Uow, actor: Actor, class_id: ClassId, tie_id: int) -> tuple[TiesView, Tie]:
        today = self._clock.now().astimezone(actor.zone).date()
        await access_class_office(uow, actor, class_id, today)
        row = await rows.of_class(uow, class_id, tie_id, today)
        if row is None:
            raise NotFoundHere
        view = await self._view(uow, actor, class_id, row.guardian_id)
        return view, view.of(tie_id)

    async def _view(self, uow: Uow, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> TiesView:
        today = self._clock.now().astimezone(actor.zone).date()
        await access_class_office(uow, actor, class_id, today)
        found = await rows.of_guardian(uow, class_id, guardian_id, today)
        if not found:
            raise NotFoundHere
        first = found[0]
        name = (first.guardian_last_name, first.guardian_first_name, first.guardian_middle_name)
        return TiesView(
            class_id,
            guardian_id,
            " ".join(part for part in name if part),
            tuple(_tie(one, today) for one in found),
            today,
        )


def read_day(text: str, today: date) -> date:
    """A typed day, «с 05.12»; without a year the next such day. Raises NoTieDay."""
    found = _DATE.search(text)
    if found is None:
        raise NoTieDay
    day, month, year = int(found[1]), int(found[2]), int(found[3] or today.year)
    try:
        on = date(year, month, day)
        return on if found[3] or on >= today else date(year + 1, month, day)
    except ValueError:
        raise NoTieDay from None


def _tie(row: TieRow, today: date) -> Tie:
    over = row.until_on is not None and row.until_on <= today
    return Tie(row.id, row.student, row.relation, row.until_on, row.reason, over)
