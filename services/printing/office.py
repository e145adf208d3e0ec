"""The homeroom teacher's print: a sheet for each guardian on paper and student, handed over against a signature.

One ledger knows who was told what: a sheet is a letter of the channel paper, and what waited for its guardian is told
by it. Pressed twice in a day it is one print: what has come since goes with the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.access import access_class
from services.actor import Actor
from services.broadcasts.content import letter_text
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.finals import sheets as finals_sheets
from services.i18n import N_, speaking
from services.letters.broadcasts import broadcast_of
from services.letters.typeset import plain
from services.printing.sheet import MOST_LETTERS, Days, Told, content, told_of
from services.rules.duties import Duty, duty
from services.rules.regulation import Regulation
from storage.repositories import audit, broadcasts, diary, recipients
from storage.repositories import printing as rows
from storage.repositories.printing import Batch, PaperTie, WaitingItem
from storage.repositories.printing import Sheet as Sheet  # for whoever shows a print
from storage.uow import Storage, Uow
from storage.vocabulary import Channel, ClassId, ItemKind, PersonId

BROADCASTS = frozenset({ItemKind.BROADCAST, ItemKind.BROADCAST_URGENT})
ENTERED_LATE = frozenset({ItemKind.MARK, ItemKind.ABSENCE_LATER})
FARTHEST = timedelta(days=31)  # how far back a sheet reaches for them
SHEETS_AT_ONCE = 4  # in one transaction: a week of one guardian's waiting facts is some dozens


class NobodyOnPaper(SchoolError):
    """No family of the class asked for paper."""

    sentence = N_("No family of this class gets paper. The way is chosen in the guardian's card, by an application.")


@dataclass(frozen=True, slots=True)
class PrintView:
    """How a class's printing stands. `sheets`: of the last print; `due`: when the next one is."""

    class_id: ClassId
    name: str
    ties: tuple[PaperTie, ...]
    last: Batch | None
    sheets: tuple[Sheet, ...]
    due: Duty | None
    today: date
    every: int
    clause: str

    @property
    def left(self) -> list[Sheet]:
        """The sheets that nobody has taken."""
        return [one for one in self.sheets if one.handed_on is None]


@dataclass(frozen=True, slots=True)
class Printed:
    """A print as it is set: the register, and each sheet as it was frozen."""

    school: str
    class_name: str
    batch: Batch
    sheets: tuple[Sheet, ...]
    now: datetime


class Printing:
    """The office of printed information (О 1.6; В 4.6.7); a homeroom teacher's, of the own class."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def view(self, actor: Actor, class_id: ClassId) -> PrintView:
        """How the printing stands. Raises NotFoundHere, NotYourClass."""
        async with self._storage.reading() as uow:
            return await self._view(uow, actor, class_id)

    async def make(self, actor: Actor, class_id: ClassId) -> Printed:
        """Print what the families on paper are to know, from the day of the last print until today.

        Raises NotFoundHere, NotYourClass, NobodyOnPaper.
        """
        now = self._clock.now()
        async with self._storage.reading() as uow:
            view = await self._view(uow, actor, class_id)
            if not view.ties:
                raise NobodyOnPaper
            days = await self._days(uow, actor, view)
            drawn = await self._draw(uow, actor, view, days)
        batch: Batch | None = None
        chunks = [drawn[first : first + SHEETS_AT_ONCE] for first in range(0, len(drawn), SHEETS_AT_ONCE)]
        for number, chunk in enumerate(chunks, 1):
            seq = actor.seq if number == len(chunks) else None  # the tap is done when the last of them is
            async with self._storage.writing(seq, now=now) as uow:
                await access_class(uow, actor, class_id, view.today)
                batch = await rows.begin(
                    uow,
                    school_id=actor.school_id,
                    class_id=class_id,
                    since_on=days.since,
                    until_on=days.until,
                    printed_by=actor.person_id,
                    now=now,
                )
                for tie, drawing, items in chunk:
                    letter_id = await rows.add_sheet(
                        uow,
                        batch_id=batch.id,
                        guardian_id=tie.guardian_id,
                        student_id=tie.student_id,
                        bot_id=actor.bot_id,
                        content=drawing,
                        now=now,
                    )
                    if letter_id is not None:
                        await rows.claim(uow, items, letter_id, now)
                if number == 1:
                    await _note(uow, actor, "sheets_printed", f"print:{batch.id}", {"sheets": len(drawn)}, now)
        assert batch is not None, "somebody is on paper"
        return await self.again(actor, batch.id)

    async def again(self, actor: Actor, batch_id: int) -> Printed:
        """A print once more, as it was. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            batch = await rows.batch(uow, actor.school_id, batch_id)
            if batch is None:
                raise NotFoundHere
            school_class = await access_class(uow, actor, batch.class_id, now.astimezone(actor.zone).date())
            school, _zone, _stored = await diary.school(uow, actor.school_id)
            return Printed(school, school_class.name, batch, tuple(await rows.sheets(uow, batch.id)), now)

    async def hand(self, actor: Actor, sheet_id: int, *, handed: bool) -> PrintView:
        """«Передано»: the family has signed for its sheet, or has not after all. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.writing(actor.seq, now=now) as uow:
            class_id = await rows.class_of_sheet(uow, actor.school_id, sheet_id)
            if class_id is None:
                raise NotFoundHere
            await access_class(uow, actor, class_id, today)
            if await rows.hand(uow, sheet_id, today if handed else None, actor.person_id):
                action = "sheet_handed" if handed else "sheet_not_handed"
                await _note(uow, actor, action, f"print_sheet:{sheet_id}", {}, now)
            return await self._view(uow, actor, class_id)

    async def _view(self, uow: Uow, actor: Actor, class_id: ClassId) -> PrintView:
        today = self._clock.now().astimezone(actor.zone).date()
        school_class = await access_class(uow, actor, class_id, today)
        _name, _zone, stored = await diary.school(uow, actor.school_id)
        regulation = Regulation.from_json(stored)
        ties = await paper_ties(uow, class_id, today)
        last = await rows.last_batch(uow, class_id)
        return PrintView(
            class_id=class_id,
            name=school_class.name,
            ties=tuple(ties),
            last=last,
            sheets=() if last is None else tuple(await rows.sheets(uow, last.id)),
            due=duty_of(last, ties, regulation, today),
            today=today,
            every=regulation.print_days,
            clause=regulation.clauses["printed"],
        )

    async def _days(self, uow: Uow, actor: Actor, view: PrintView) -> Days:
        """Today's print keeps its days; another begins with the last one's day, which went on, within the year."""
        if view.last is not None and view.last.until_on == view.today:
            return Days(view.last.since_on, view.today)
        calendar = await finals_sheets.calendar_of(uow, actor, self._clock.now())
        since = view.today - timedelta(days=view.every - 1) if view.last is None else view.last.until_on
        return Days(min(max(since, calendar.starts_on), view.today), view.today)

    async def _draw(
        self, uow: Uow, actor: Actor, view: PrintView, days: Days
    ) -> list[tuple[PaperTie, dict[str, object], list[WaitingItem]]]:
        _name, _zone, stored = await diary.school(uow, actor.school_id)
        regulation = Regulation.from_json(stored)
        waiting = await rows.waiting(uow, {one.guardian_id for one in view.ties})
        about = {broadcast_of(one.collapse_key) for one in waiting if one.kind in BROADCASTS}
        said = [one for one in [await broadcasts.find(uow, each) for each in sorted(about)] if one is not None]
        told: dict[tuple[PersonId, str, Days, frozenset[str]], Told] = {}
        drawn = []
        of_nobody: set[PersonId] = set()  # what is about no student stands on the guardian's first sheet
        for tie in view.ties:
            own = [
                one
                for one in waiting
                if one.recipient_id == tie.guardian_id
                and (one.student_id == tie.student_id or (one.student_id is None and tie.guardian_id not in of_nobody))
            ]
            of_nobody.add(tie.guardian_id)
            wanted = {broadcast_of(one.collapse_key) for one in own if one.kind in BROADCASTS}
            shown = [one for one in said if one.id in wanted][:MOST_LETTERS]
            late = wanted - {one.id for one in shown}  # waits for the next print
            own = [one for one in own if one.kind not in BROADCASTS or broadcast_of(one.collapse_key) not in late]
            since, scopes = _since(days, own), _scopes(own)
            with speaking(tie.locale):
                key = (tie.student_id, tie.locale, since, scopes)
                if key not in told:
                    told[key] = await told_of(uow, actor.school_id, tie.student_id, since, scopes, regulation)
                letters = [plain(letter_text(one, view.name, Channel.PAPER)) for one in shown]
                drawing = content(tie, view.name, since, told[key], letters, regulation)
            drawn.append((tie, drawing, own))
        return drawn


def duty_of(last: Batch | None, ties: Sequence[PaperTie], regulation: Regulation, today: date) -> Duty | None:
    """When the next print is due; None where nobody is on paper."""
    if not ties:
        return None
    printed = None if last is None else last.until_on
    return duty(printed, min(one.since for one in ties), regulation.print_days, today)


async def printing_duty(uow: Uow, class_id: ClassId, regulation: Regulation, today: date) -> Duty | None:
    """When a class's next print is due; None where nobody of it is on paper. The right is the caller's to ask."""
    ties = await paper_ties(uow, class_id, today)
    return duty_of(await rows.last_batch(uow, class_id), ties, regulation, today)


async def paper_ties(uow: Uow, class_id: ClassId, today: date) -> list[PaperTie]:
    """The register of a class: whose first way is paper, and for whom something waits on paper."""
    ties = await rows.ties(uow, class_id, today)
    if not ties:
        return []
    students = {one.student_id for one in ties}
    first = {
        (one.person_id, one.student_id)
        for one in await recipients.recipients_of_students(uow, students, today)
        if one.channel is Channel.PAPER
    }
    waits = {(one.recipient_id, one.student_id) for one in await rows.waiting(uow, {one.guardian_id for one in ties})}
    return [
        one for one in ties if (one.guardian_id, one.student_id) in first | waits or (one.guardian_id, None) in waits
    ]


def _since(days: Days, items: Sequence[WaitingItem]) -> Days:
    """The days of a sheet: what was entered late for a day before them reaches back to it."""
    about = [one.lesson_on for one in items if one.kind in ENTERED_LATE and one.lesson_on is not None]
    return Days(max(min([days.since, *about]), days.since - FARTHEST), days.until)


def _scopes(items: Sequence[WaitingItem]) -> frozenset[str]:
    """Of what term or year results wait: «term_mark:120:3:term:5» is of «term:5»."""
    return frozenset(one.collapse_key.split(":", 3)[3] for one in items if one.kind is ItemKind.TERM_RESULT)


async def _note(uow: Uow, actor: Actor, action: str, subject: str, detail: Mapping[str, object], now: datetime) -> None:
    await audit.note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action=action,
        subject=subject,
        detail=detail,
    )
