"""The office of correspondence: whom to write to, writing, reading, handing over, turning to the administration."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from services import drafts
from services.actor import Actor
from services.assignments import CONTROLLING
from services.clock import Clock
from services.diary import ConsentTakenBack, NoDiary
from services.errors import NotFoundHere
from services.threads import reading, saying, writing
from services.threads.reading import titled
from services.threads.refusals import NotAmongTeachers
from services.threads.rights import Place, access_family, access_thread, lately, side_of
from services.threads.views import (
    Addressee,
    Attachment,
    ChildToWrite,
    Choice,
    Doubted,
    HandOverChoice,
    Prompt,
    Sent,
    ThreadView,
    Titled,
)
from services.threads.writing import HandOverTo
from storage.repositories import audit, corrections, correspondents, diary, guardians, recipients
from storage.repositories import threads as rows
from storage.repositories.correspondents import TeacherRow
from storage.repositories.homework import NewFile
from storage.repositories.threads import NewEntry
from storage.uow import Storage, Uow
from storage.vocabulary import DraftPurpose, FileKind, PersonId, Role, ThreadEntryKind, ThreadId, ThreadSide

LISTED = 80


class Threads:
    """Carries letters between families and the school's people."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def choose(self, actor: Actor, student_id: PersonId | None = None) -> Choice:
        """Whom to write to; about the only child, or which one. Raises NoDiary, ConsentTakenBack, NotYourStudent."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            own = await recipients.students_of(uow, actor.person_id, today)
            names = await diary.names(uow, own)
            children = [ChildToWrite(one, *names[one]) for one in own]
            if student_id is None and len(children) > 1:
                return Choice(children, None, "", (), office=False, unconnected=0)
            if student_id is None and not own and Role.STUDENT not in actor.roles:
                raise NoDiary if await guardians.consents(uow, actor.person_id) else ConsentTakenBack
            wanted = student_id or (own[0] if own else actor.person_id)
            student = await access_family(uow, actor, wanted, today)
            teachers = [one for one in await _teachers(uow, actor, wanted, today) if one.id != actor.person_id]
            connected = [one for one in teachers if one.connected]
            return Choice(
                children=children,
                child=ChildToWrite(student.id, student.first_name, student.last_name),
                class_name=student.class_name,
                teachers=[
                    Addressee(one.id, saying.initials(one.name), one.subjects, one.homeroom) for one in connected
                ],
                office=wanted != actor.person_id and await _office_is_there(uow, actor, today),
                unconnected=len(teachers) - len(connected),
            )

    async def begin(self, actor: Actor, student_id: PersonId, teacher_id: PersonId | None) -> Prompt:
        """Await a letter to a teacher of the student, or (None) to the administration. Raises NotAmongTeachers, …"""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await access_family(uow, actor, student_id, today)
            other = await _addressee(uow, actor, student_id, teacher_id, today)
            thread_id = await rows.latest(uow, student_id, actor.person_id, teacher_id)
            if thread_id is not None:
                return await _prompt(uow, actor, await access_thread(uow, actor, thread_id, now), now)
            data = {"student": int(student_id), "teacher": None if teacher_id is None else int(teacher_id)}
            await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.THREAD, data, now)
            names = await diary.names(uow, [student_id])
            about = "" if student_id == actor.person_id else names[student_id][0]
            title = Titled(ThreadId(0), ThreadSide.FAMILY, other, about, other, 0, now.astimezone(actor.zone))
            return Prompt(title, None, student_id, today)

    async def answer(self, actor: Actor, thread_id: ThreadId) -> Prompt:
        """Await a letter in a thread, which is read by this. Raises why nothing can be written."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            place = await access_thread(uow, actor, thread_id, now)
            if place.closed is not None:
                raise place.closed
            return await _prompt(uow, actor, place, now)

    async def stop(self, actor: Actor) -> bool:
        """Nothing is written after all; False where nothing was awaited any more, since the letter is on its way."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            user = (uow, actor.bot_id, actor.user_id)
            doubted = await drafts.take(*user, DraftPurpose.LETTER_OR_LINE, now)
            return doubted is not None or await drafts.take(*user, DraftPurpose.THREAD, now) is not None

    async def write(self, actor: Actor, text: str) -> Sent:
        """Send the typed letter: an entry, and an item for the other side. Raises EntryTooLong, TooManyEntries, …"""
        return await self._write(actor, DraftPurpose.THREAD, writing.typed(text), None, None)

    async def write_file(
        self, actor: Actor, file: NewFile, caption: str, album: str | None = None, *, more: bool = False
    ) -> Sent:
        """Send a photo or document, with its caption; `more`: another file of an album. Raises as `write`."""
        purpose = DraftPurpose.THREAD_ALBUM if more else DraftPurpose.THREAD
        return await self._write(actor, purpose, writing.tidy(caption), file, album)

    async def doubt(self, actor: Actor, text: str) -> Doubted:
        """Keep a typed letter that reads like a quick line until its author says which it is. Raises EntryTooLong, …"""
        kept = writing.typed(text)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await writing.awaited(uow, actor, DraftPurpose.THREAD, None, now)
            asked = actor.seq or int(now.timestamp() * 1000)
            held = {"asked": asked, "text": kept, "letter": data}
            await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.LETTER_OR_LINE, held, now)
            return Doubted(asked, kept)

    async def send_doubted(self, actor: Actor, asked: int) -> Sent:
        """It is a letter: send it. Raises LetterNotAwaited and as `write`."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            held = await writing.doubted(uow, actor, asked, now)
            place = await self._place(uow, actor, held["letter"], now)
            sent = await writing.put(uow, actor, place, _entry(place, actor, held["text"], None, now))
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            return sent

    async def doubted_text(self, actor: Actor, asked: int) -> str:
        """It is no letter: what was typed, for the journal. Raises LetterNotAwaited."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            return str((await writing.doubted(uow, actor, asked, now))["text"])

    async def _write(
        self, actor: Actor, purpose: DraftPurpose, text: str, file: NewFile | None, album: str | None
    ) -> Sent:
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await writing.awaited(uow, actor, purpose, album, now)
            place = await self._place(uow, actor, data, now)
            new = _entry(place, actor, text, file, now)
            sent = await writing.put(uow, actor, place, new, again=purpose is DraftPurpose.THREAD_ALBUM)
            if album is None:
                await drafts.drop(uow, actor.bot_id, actor.user_id)
            else:
                more = {"thread": int(place.row.id), "album": album}
                await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.THREAD_ALBUM, more, now)
            return sent

    async def _place(self, uow: Uow, actor: Actor, data: dict[str, Any], now: datetime) -> Place:
        """The thread that a draft is for; opened by its first letter."""
        if "thread" in data:
            return await access_thread(uow, actor, ThreadId(data["thread"]), now)
        student_id = PersonId(data["student"])
        teacher_id = None if data["teacher"] is None else PersonId(data["teacher"])
        today = now.astimezone(actor.zone).date()
        await access_family(uow, actor, student_id, today)
        await _addressee(uow, actor, student_id, teacher_id, today)
        thread_id = await rows.latest(uow, student_id, actor.person_id, teacher_id)
        if thread_id is None:
            thread_id = await rows.open_thread(uow, actor.school_id, student_id, actor.person_id, teacher_id, now)
            await _note(uow, actor, thread_id, "thread_opened", now, {"student": int(student_id)})
        return await access_thread(uow, actor, thread_id, now)

    async def list(self, actor: Actor) -> Sequence[Titled]:
        """«Переписка»: the actor's threads, the newest first."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            found = await rows.listed(
                uow,
                actor.school_id,
                actor.person_id,
                today,
                lately(today),
                office=bool(actor.roles & CONTROLLING),
                limit=LISTED,
            )
            in_full = await reading.full_names(uow, found[0]) if found else False
        seen = [(row, side_of(row, actor.person_id, actor.roles)) for row in found]
        return [titled(Place(row, side), names_in_full=in_full, zone=actor.zone) for row, side in seen if side]

    async def open(self, actor: Actor, thread_id: ThreadId) -> ThreadView:
        """A thread, which is read by this. Raises NotFoundHere, NoLongerYours, NoLongerTeaching, NotYourStudent."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            place = await access_thread(uow, actor, thread_id, now)
            return await _opened(uow, actor, place, now)

    async def attachment(self, actor: Actor, entry_id: int) -> Attachment:
        """A file that stands in a thread of the actor's. Raises NotFoundHere and as `open`."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            entry = await rows.entry(uow, entry_id)
            if entry is None or entry.file_kind is None:
                raise NotFoundHere
            await access_thread(uow, actor, entry.thread_id, now)
            return Attachment(entry.file_kind is FileKind.PHOTO, entry.file_id, saying.author(entry))

    async def hand_over_choice(self, actor: Actor, thread_id: ThreadId) -> HandOverChoice:
        """Whom the thread may be handed to. Raises NoHandingOver."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            place = await writing.handed_by(uow, actor, thread_id, now)
            homeroom = await writing.homeroom_of(uow, actor, place, now)
            title = titled(place, names_in_full=False, zone=actor.zone)
            name = None if homeroom is None else saying.initials(homeroom.name)
            return HandOverChoice(title, name, office=place.row.teacher_id is not None)

    async def ask_note(self, actor: Actor, thread_id: ThreadId, to: HandOverTo) -> HandOverChoice:
        """Await the note with which the thread is handed over. Raises NoHandingOver."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            place = await writing.handed_by(uow, actor, thread_id, now)
            target = await writing.target_of(uow, actor, place, to, now)
            data = {"thread": int(thread_id), "to": to.value}
            await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.HAND_OVER, data, now)
            title = titled(place, names_in_full=False, zone=actor.zone)
            name = None if target is None else saying.initials(target.name)
            return HandOverChoice(title, name, office=target is None)

    async def type_note(self, actor: Actor, text: str) -> Sent:
        """Hand the thread over with the typed note. Raises as `hand_over`, EntryTooLong."""
        note = writing.typed(text)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await writing.awaited(uow, actor, DraftPurpose.HAND_OVER, None, now)
            return await writing.hand_over(uow, actor, ThreadId(data["thread"]), HandOverTo(data["to"]), note, now)

    async def hand_over(self, actor: Actor, thread_id: ThreadId, to: HandOverTo) -> Sent:
        """Hand the thread over without a note; both sides are told. Raises NoHandingOver, NoLongerYours."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            return await writing.hand_over(uow, actor, thread_id, to, "", now)

    async def complaint(self, actor: Actor, thread_id: ThreadId) -> Titled:
        """Before «Передать администрации»: what would be shown. Raises NotFoundHere."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            place = await access_thread(uow, actor, thread_id, now)
            if place.side is not ThreadSide.FAMILY:
                raise NotFoundHere
            return titled(place, names_in_full=False, zone=actor.zone)

    async def complain(self, actor: Actor, thread_id: ThreadId) -> ThreadView:
        """«Передать администрации»: it sees the thread from now on, and is told; once. Raises NotFoundHere."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            place = await access_thread(uow, actor, thread_id, now)
            if place.side is not ThreadSide.FAMILY or place.row.teacher_id is None:
                raise NotFoundHere
            if await rows.complain(uow, thread_id, now):
                new = NewEntry(thread_id, ThreadEntryKind.COMPLAINT, place.side, actor.person_id, "", now)
                await _note(uow, actor, thread_id, "thread_complained", now, {})
                place = await access_thread(uow, actor, thread_id, now)
                await writing.put(uow, actor, place, new, complaint=True)
            return await _opened(uow, actor, place, now)


def _entry(place: Place, actor: Actor, text: str, file: NewFile | None, now: datetime) -> NewEntry:
    return NewEntry(
        thread_id=place.row.id,
        kind=ThreadEntryKind.WRITTEN,
        side=place.side,
        author_id=actor.person_id,
        text=text,
        at=now,
        file=file,
    )


async def _opened(uow: Uow, actor: Actor, place: Place, now: datetime) -> ThreadView:
    today = now.astimezone(actor.zone).date()
    view = await reading.view_of(uow, place, actor.person_id, actor.zone, today)
    if view.entries:
        await rows.note_read(uow, place.row.id, actor.person_id, view.entries[0].id, now)
    return view


async def _prompt(uow: Uow, actor: Actor, place: Place, now: datetime) -> Prompt:
    data = {"thread": int(place.row.id)}
    await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.THREAD, data, now)
    view = await _opened(uow, actor, place, now)
    answers = next((one for one in view.entries if not one.own and one.deed is None), None)
    return Prompt(view.title, answers, place.row.student_id, view.today)


async def _teachers(uow: Uow, actor: Actor, student_id: PersonId, today: date) -> list[TeacherRow]:
    return await correspondents.teachers_of(uow, actor.school_id, student_id, today, lately(today))


async def _office_is_there(uow: Uow, actor: Actor, today: date) -> bool:
    officers = await corrections.officers(uow, actor.school_id, CONTROLLING, today)
    return any(one.person_id != actor.person_id for one in officers)


async def _addressee(uow: Uow, actor: Actor, student_id: PersonId, teacher_id: PersonId | None, today: date) -> str:
    """The one to write to, by name. Raises NotAmongTeachers; a student writes to own teachers only (В 2.2)."""
    if teacher_id is None:
        if student_id == actor.person_id or not await _office_is_there(uow, actor, today):
            raise NotAmongTeachers
        return saying.office()
    for one in await _teachers(uow, actor, student_id, today):
        if one.id == teacher_id and one.connected and one.id != actor.person_id:
            return saying.initials(one.name)
    raise NotAmongTeachers


async def _note(
    uow: Uow, actor: Actor, thread_id: ThreadId, action: str, now: datetime, detail: dict[str, Any]
) -> None:
    await audit.note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action=action,
        subject=f"thread:{thread_id}",
        detail=detail,
    )
