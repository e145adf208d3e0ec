"""The guardian's part: child, days, reason, shown back, sent; and shortening and withdrawing what was sent.

What is chosen travels in the buttons; only typed words wait in the draft. Nothing is written before «Отправить».
"""

from datetime import date, datetime, timedelta

from services import drafts, words
from services.absence_notes import telling
from services.absence_notes.days import Days, days_of
from services.absence_notes.refusals import (
    NoDatesTyped,
    NoteBegun,
    NotedAlready,
    NoteGone,
    NotShorter,
    WordsTooLong,
    WordsWanted,
)
from services.absence_notes.views import Child, DayChoice, Note, NoteDraft, NoteSent, NoteStart, view_of
from services.access import NotYourStudent, access_student
from services.actor import Actor
from services.clock import Clock
from services.errors import NotFoundHere
from services.names import clean
from services.outbox import items
from services.rules import notes as rules
from storage.repositories import absence_notes as rows
from storage.repositories import audit, diary, recipients
from storage.repositories.absence_notes import NewNote, NoteRow
from storage.uow import Storage, Uow
from storage.vocabulary import DraftPurpose, NoteId, NoteReason, NoteState, PersonId

LONGEST = 300
PURPOSE = DraftPurpose.ABSENCE_NOTE
DAYS, WORDS, DECLINE = "days", "words", "decline"  # what a draft awaits


class AbsenceNotes:
    """Takes guardians' notes."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def start(self, actor: Actor, student_id: PersonId | None = None) -> NoteStart:
        """«Не придёт»: an only child is chosen by itself, and its days may be typed. Raises NotFoundHere."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.writing(actor.seq, now=now) as uow:
            children = await _children(uow, actor, today)
            if not children:
                raise NotFoundHere
            if student_id is None and len(children) == 1:
                student_id = children[0].student_id
            notes = await rows.of_guardian(
                uow, actor.school_id, actor.person_id, [one.student_id for one in children], today
            )
            shown = [view_of(one, today) for one in notes]
            if student_id is None:
                await drafts.drop(uow, actor.bot_id, actor.user_id)
                return NoteStart(children, None, [], today, shown)
            child = await _child(uow, actor, student_id, today)
            days = await days_of(uow, actor.school_id, student_id, now)
            data = {"ask": DAYS, "student": int(student_id)}
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
            own = [one for one in shown if one.student.id == student_id]
            return NoteStart(children, child, days.offered(), today, own)

    async def choose_day(self, actor: Actor, student_id: PersonId, since: date | None = None) -> DayChoice:
        """The school days to choose from: the first of the absence, or, after `since`, its last."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            child = await _child(uow, actor, student_id, now.astimezone(actor.zone).date())
            days = await days_of(uow, actor.school_id, student_id, now)
            if since is not None:
                days.ensure(since, since)
        return DayChoice(child, since, days.offered(since), days.today)

    async def ask_reason(self, actor: Actor, student_id: PersonId, since: date, until: date) -> NoteDraft:
        """These days: why? A reason typed is another one. Raises what the days refuse, NotedAlready."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            found = await self._drafted(uow, actor, student_id, since, until, now)
            await _await_words(uow, actor, found, NoteReason.OTHER, now)
            return found

    async def type_days(self, actor: Actor, text: str) -> NoteDraft:
        """«до 12.04», «с 10.04 по 12.04» of the child on the screen. Raises NoDatesTyped, NoteGone."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now)
            if data is None or data["ask"] != DAYS:
                raise NoteGone
            student_id = PersonId(data["student"])
            days = await days_of(uow, actor.school_id, student_id, now)
            typed = rules.typed(text, days.first)
            if typed is None:
                raise NoDatesTyped
            found = await self._drafted(uow, actor, student_id, *typed, now)
            await _await_words(uow, actor, found, NoteReason.OTHER, now)
            return found

    async def shown_back(
        self, actor: Actor, student_id: PersonId, since: date, until: date, reason: NoteReason
    ) -> NoteDraft:
        """The whole note, before it is sent; words may be typed now."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            found = await self._drafted(uow, actor, student_id, since, until, now, reason)
            await _await_words(uow, actor, found, reason, now)
            return found

    async def type_words(self, actor: Actor, text: str) -> NoteDraft:
        """The guardian's own words; typed again, they are replaced. Raises WordsTooLong, NoteGone."""
        now = self._clock.now()
        said = words_of(text)
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now)
            if data is None or data["ask"] != WORDS:
                raise NoteGone
            since, until = date.fromisoformat(data["since"]), date.fromisoformat(data["until"])
            found = await self._drafted(
                uow, actor, PersonId(data["student"]), since, until, now, NoteReason(data["reason"]), said
            )
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, {**data, "words": said}, now)
            return found

    async def send(self, actor: Actor, student_id: PersonId, since: date, until: date, reason: NoteReason) -> NoteSent:
        """Send the note to the homeroom teacher; sent twice, it is sent once. Raises WordsWanted, NotedAlready."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await _child(uow, actor, student_id, today)
            await rows.lock_student(uow, student_id)
            same = await rows.overlapping(uow, actor.school_id, student_id, since, until, today)
            if same is not None and _is_same(same, actor, since, until, reason):
                return NoteSent(view_of(same, today), told=True, already=True)
            typed = await self._typed(uow, actor, student_id, since, until, reason, now)
            if reason is NoteReason.OTHER and not typed:
                raise WordsWanted
            found = await self._drafted(uow, actor, student_id, since, until, now, reason, typed)
            new = NewNote(actor.school_id, student_id, actor.person_id, found.from_on, found.until_on, reason, typed)
            note_id = await rows.add(uow, new, now)
            row = await rows.find(uow, actor.school_id, note_id, today)
            assert row is not None, "it was just written"
            facts = await telling.to_homeroom(uow, actor, row, NoteState.ASKED, row.until_on, now)
            await items.put(uow, facts, now)
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            await note_down(uow, actor, row, "absence_note_asked", now)
            return NoteSent(view_of(row, today), told=bool(facts))

    async def own(self, actor: Actor, note_id: NoteId) -> Note:
        """An own note of an own child. Raises NotFoundHere, NotYourStudent."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            return view_of(await _own(uow, actor, note_id, today), today)

    async def days_to_end(self, actor: Actor, note_id: NoteId) -> tuple[Note, list[date]]:
        """On which earlier school days an own note may end. Raises NoteGone where it stands no more."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            row = await _own(uow, actor, note_id, today)
            note = view_of(row, today)
            if not note.stands:
                raise NoteGone
            days = await days_of(uow, actor.school_id, row.student_id, now)
        return note, _ends(note, days)

    async def shorten(self, actor: Actor, note_id: NoteId, until: date, seen: date) -> Note:
        """Let an own note end earlier; `seen` is the end on the screen. Raises NotShorter, NoteGone."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await _own(uow, actor, note_id, today)
            note = view_of(row, today)
            if row.until_on == until:
                return note
            if not note.stands or row.until_on != seen:
                raise NoteGone
            if until not in _ends(note, await days_of(uow, actor.school_id, row.student_id, now)):
                raise NotShorter
            if not await rows.shorten(uow, note_id, until, seen):
                raise NoteGone
            await items.put(uow, await telling.to_homeroom(uow, actor, row, row.state, until, now), now)
            await note_down(uow, actor, row, "absence_note_shortened", now)
            return view_of(await _own(uow, actor, note_id, today), today)

    async def withdraw(self, actor: Actor, note_id: NoteId) -> Note:
        """Take an own note back: an open one, or a confirmed one whose days haven't begun. Raises NoteBegun."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.writing(actor.seq, now=now) as uow:
            row = await _own(uow, actor, note_id, today)
            if row.state is NoteState.WITHDRAWN:
                return view_of(row, today)
            if row.state is NoteState.CONFIRMED and row.from_on < today:
                raise NoteBegun
            was = (NoteState.ASKED, NoteState.CONFIRMED)
            if not await rows.decide(uow, note_id, NoteState.WITHDRAWN, None, now, was=was):
                raise NoteGone
            facts = await telling.to_homeroom(uow, actor, row, NoteState.WITHDRAWN, row.until_on, now)
            await items.put(uow, facts, now)
            await note_down(uow, actor, row, "absence_note_withdrawn", now)
            return view_of(await _own(uow, actor, note_id, today), today)

    async def _drafted(
        self,
        uow: Uow,
        actor: Actor,
        student_id: PersonId,
        since: date,
        until: date,
        now: datetime,
        reason: NoteReason | None = None,
        said: str = "",
    ) -> NoteDraft:
        """The note as it would be written now; everything that speaks against it is raised."""
        today = now.astimezone(actor.zone).date()
        child = await _child(uow, actor, student_id, today)
        days = await days_of(uow, actor.school_id, student_id, now)
        since, until = days.ensure(since, until)
        standing = await rows.overlapping(uow, actor.school_id, student_id, since, until, today)
        if standing is not None:
            raise NotedAlready(days=words.days(standing.from_on, standing.until_on))
        return NoteDraft(child, since, until, days.count(since, until), today, reason, said)

    async def _typed(
        self, uow: Uow, actor: Actor, student_id: PersonId, since: date, until: date, reason: NoteReason, now: datetime
    ) -> str:
        """The words typed for exactly this note."""
        data = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now)
        if data is None or data["ask"] != WORDS:
            return ""
        about = (data["student"], data["since"], data["until"], data["reason"])
        return str(data["words"]) if about == (student_id, str(since), str(until), reason.value) else ""


def words_of(text: str) -> str:
    """Typed words in one line. Raises WordsWanted, WordsTooLong."""
    said = clean(text)
    if not said:
        raise WordsWanted
    if len(said) > LONGEST:
        raise WordsTooLong(length=len(said), limit=LONGEST)
    return said


async def note_down(uow: Uow, actor: Actor, row: NoteRow, action: str, now: datetime) -> None:
    """The audit line: ids and days, nothing of the reason."""
    await audit.note(
        uow,
        school_id=row.school_id,
        actor_id=actor.person_id,
        at=now,
        action=action,
        subject=f"absence_note:{row.id}",
        detail={"student": int(row.student_id), "from": str(row.from_on), "until": str(row.until_on)},
    )


async def _await_words(uow: Uow, actor: Actor, found: NoteDraft, reason: NoteReason, now: datetime) -> None:
    """What is typed next are the words of this note."""
    data = {
        "ask": WORDS,
        "student": int(found.child.student_id),
        "since": found.from_on.isoformat(),
        "until": found.until_on.isoformat(),
        "reason": reason.value,
        "words": "",
    }
    await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)


async def _children(uow: Uow, actor: Actor, today: date) -> list[Child]:
    found = await recipients.students_of(uow, actor.person_id, today)
    named = await diary.names(uow, found)
    return [Child(one, named[one][0]) for one in found]


async def _child(uow: Uow, actor: Actor, student_id: PersonId, today: date) -> Child:
    """An own child; a student writes no notes about themselves. Raises NotFoundHere, NotYourStudent."""
    student = await access_student(uow, actor, student_id, today)
    if not student.guarded or not student.sits:  # who has left is missed by nobody
        raise NotYourStudent
    return Child(student.id, student.first_name)


async def _own(uow: Uow, actor: Actor, note_id: NoteId, today: date) -> NoteRow:
    row = await rows.find(uow, actor.school_id, note_id, today)
    if row is None or row.guardian_id != actor.person_id:
        raise NotFoundHere
    await _child(uow, actor, row.student_id, today)
    return row


def _is_same(row: NoteRow, actor: Actor, since: date, until: date, reason: NoteReason) -> bool:
    return (row.guardian_id, row.from_on, row.until_on, row.reason) == (actor.person_id, since, until, reason)


def _ends(note: Note, days: Days) -> list[date]:
    """The earlier school days a note may end on: none further back than yesterday's, since what passed has passed."""
    since = max(note.from_on, note.today - timedelta(days=1))
    return [on for on in rules.school_days(since, note.until_on, days.works) if on < note.until_on]
