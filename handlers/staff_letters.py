"""Letters to the staff, and of correspondence to either side: screens that come by themselves, a class a kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from handlers.screen import Screen
from handlers.screens.absence_notes import note as absence_note
from handlers.screens.broadcast_progress import progress
from handlers.screens.broadcasts import letter as broadcast
from handlers.screens.control import morning
from handlers.screens.corrections import decision_letter, request
from handlers.screens.lesson_changes import changes
from handlers.screens.lessons import lesson_card
from handlers.screens.reminders import reminder
from handlers.screens.threads import letter
from services.absence_notes import NoteDecisions
from services.absence_notes.telling import note_of
from services.broadcasts.content import BroadcastFile
from services.broadcasts.progress import BroadcastProgress
from services.control import Control
from services.corrections import Decisions
from services.corrections.telling import request_of
from services.errors import SchoolError
from services.lesson_changes import changes_in
from services.lessons import Lessons
from services.letters.broadcasts import broadcast_letter, broadcast_of
from services.letters.threads import thread_letter
from services.outbox.transport import DueItem, Later, Reachable, Uow
from services.reminders import Reminders
from services.threads.hours import staff_until
from storage.vocabulary import ItemId, ItemKind, NoteState, RequestState


@dataclass(frozen=True, slots=True)
class Drawn:
    """A screen to send; `in_place`: over the letter that said this before, if there is one.

    `item_ids`: the items it tells, None all of them. `file` goes with it, its text as the caption. `taken_back`: the
    letter that said this before is deleted.
    """

    screen: Screen
    silent: bool = False
    in_place: bool = False
    item_ids: Sequence[ItemId] | None = None
    file: BroadcastFile | None = None
    taken_back: bool = False


class StaffLetter(Protocol):
    """Draws the due items of one bundle; None: there is nothing to say any more; Later: at a bad hour."""

    async def __call__(
        self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime
    ) -> Drawn | Later | None: ...


class LessonCards:
    """The lesson card at the bell: silent, as it stands now."""

    def __init__(self, lessons: Lessons) -> None:
        self._lessons = lessons

    async def __call__(self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Drawn | None:
        """None where the lesson is another teacher's by now."""
        lesson_id = items[-1].lesson_id
        if lesson_id is None:
            return None
        try:
            card = await self._lessons.card_in(uow, recipient.school_id, recipient.person_id, lesson_id, now)
        except SchoolError:
            return None
        return Drawn(lesson_card(card), silent=True)


class OpenThings:
    """A nudge at a lesson's end, or a reminder; it edits itself, at last to «готово»."""

    def __init__(self, reminders: Reminders) -> None:
        self._reminders = reminders

    async def __call__(self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Drawn | None:
        """None where all was filled in before it went."""
        one = items[-1]
        who = (recipient.school_id, recipient.person_id)
        view = await self._reminders.said(uow, *who, one.kind, one.value, one.base, now)
        return None if view is None else Drawn(reminder(view), in_place=True)


class MorningLists:
    """What is overdue in the school, to a deputy head."""

    def __init__(self, control: Control) -> None:
        self._control = control

    async def __call__(self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Drawn | None:
        """None where nothing is overdue any more."""
        view = await self._control.list_in(uow, recipient.school_id, recipient.zone, now)
        return None if view is None else Drawn(morning(view))


class CorrectionsAsked:
    """A request to those who decide; decided or withdrawn, its letter says so in place."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions

    async def __call__(self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Drawn | None:
        """None where it ended before it was told, or is no longer the reader's to decide."""
        item = items[-1]
        view = await self._decisions.view_in(uow, recipient, request_of(item.collapse_key), now)
        if view is None or (view.state is not RequestState.OPEN and item.base is None):
            return None
        return Drawn(request(view, letter=True), in_place=True)


class CorrectionsDecided:
    """The decision, to who asked."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions

    async def __call__(self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Drawn | None:
        """None where there is no such request."""
        view = await self._decisions.view_in(uow, recipient, request_of(items[-1].collapse_key), now)
        return None if view is None else Drawn(decision_letter(view))


class NotesAsked:
    """A guardian's absence note to the homeroom teacher; changed, decided or withdrawn, its letter says so in place."""

    def __init__(self, decisions: NoteDecisions) -> None:
        self._decisions = decisions

    async def __call__(self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Drawn | None:
        """None where it was withdrawn before it was told, or the class is another's by now."""
        item = items[-1]
        view = await self._decisions.view_in(uow, recipient, note_of(item.collapse_key), now)
        if view is None or (view.state is not NoteState.ASKED and item.base is None):
            return None
        return Drawn(absence_note(view), in_place=True)


class LessonsChanged:
    """Lessons substituted, cancelled or moved, to their teachers: one letter of all that waits."""

    async def __call__(self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Drawn | None:
        """None where none of the lessons is there any more."""
        told = await changes_in(uow, recipient, items)
        return Drawn(changes(told, now.astimezone(recipient.zone).date())) if told else None


class ThreadLetters:
    """What was written in a thread since, to either side; to the staff in its office hours."""

    async def __call__(
        self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime
    ) -> Drawn | Later | None:
        """None where the reader is no side of the thread any more."""
        if items[0].kind is ItemKind.THREAD_STAFF:
            until = await staff_until(uow, recipient.school_id, now)
            if until is not None:
                return Later(until)
        view = await thread_letter(uow, recipient, items, now)
        return None if view is None else Drawn(letter(view), item_ids=view.item_ids)


class BroadcastLetters:
    """A broadcast, its files and reminders, to whoever is in its audience; recalled, its letter goes."""

    async def __call__(self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Drawn | None:
        """None where it was taken back before it went, or there is nothing to delete."""
        item = items[-1]
        if item.kind is ItemKind.BROADCAST_RECALL:
            return None if item.previous_letter_id is None else Drawn(Screen(""), taken_back=True)
        view = await broadcast_letter(uow, recipient, item, now)
        return None if view is None else Drawn(broadcast(view), file=view.file)


class BroadcastFigures:
    """How a broadcast goes, to its author: one message that edits itself."""

    def __init__(self, office: BroadcastProgress) -> None:
        self._office = office

    async def __call__(self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime) -> Drawn | None:
        """None where it is somebody else's."""
        id_ = broadcast_of(items[-1].collapse_key)
        view = await self._office.said_in(uow, recipient.person_id, id_, recipient.zone, now)
        return None if view is None else Drawn(progress(view), silent=True, in_place=True)


def staff_letters(offices: Mapping[str, Any]) -> dict[ItemKind, StaffLetter]:
    """Who draws what, of the school's offices."""
    return {
        ItemKind.LESSON_CARD: LessonCards(offices["lessons"]),
        ItemKind.LESSON_NUDGE: OpenThings(offices["reminders"]),
        ItemKind.REMINDER: OpenThings(offices["reminders"]),
        ItemKind.LESSON_CHANGED: LessonsChanged(),
        ItemKind.CONTROL: MorningLists(offices["control"]),
        ItemKind.CORRECTION_ASKED: CorrectionsAsked(offices["decisions"]),
        ItemKind.CORRECTION_DECIDED: CorrectionsDecided(offices["decisions"]),
        ItemKind.NOTE_ASKED: NotesAsked(offices["note_decisions"]),
        ItemKind.BROADCAST: BroadcastLetters(),
        ItemKind.BROADCAST_URGENT: BroadcastLetters(),
        ItemKind.BROADCAST_RECALL: BroadcastLetters(),
        ItemKind.BROADCAST_PROGRESS: BroadcastFigures(offices["broadcast_progress"]),
        ItemKind.THREAD: ThreadLetters(),
        ItemKind.THREAD_STAFF: ThreadLetters(),
    }
