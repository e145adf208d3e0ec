"""Homework beside its text: files, «как в прошлый раз», the way of doing, and homework of chosen students (О 2.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services import drafts
from services.access import NotInLesson, OwnLesson, access_lesson
from services.actor import Actor
from services.changes import Outcome
from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_, gettext
from services.lessons import Card, LessonTitle, card_of, part_of, title_of
from services.letters import news
from services.outbox import items
from services.records import (
    LIMITS,
    HomeworkChoice,
    HomeworkTooLong,
    NothingAwaited,
    NothingTyped,
    RecordPut,
    Wanted,
    await_text,
    homework_choice_of,
    last_time,
    open_part,
    put_part,
    put_typed_in,
    rev_of,
    tell_homework,
)
from services.rules import windows
from services.rules.short_names import Named
from storage.repositories import audit, lessons, recipients
from storage.repositories import homework as rows
from storage.repositories.homework import FileRow, NewFile, PersonalRow
from storage.uow import Storage, Uow
from storage.vocabulary import DraftPurpose, HomeworkWay, LessonId, PersonId, RecordPart

__all__ = ["ChosenSheet", "FileRow", "FilesPut", "Homework", "NewFile", "PersonalPut"]

PART, PURPOSE = RecordPart.HOMEWORK, DraftPurpose.HOMEWORK
MOST_FILES = 10
ATTACHED = N_("See the attachment.")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NothingLastTime(SchoolError):
    """The homework that was offered is no longer the last one."""

    sentence = N_("What was given last time has changed. Open the homework again.")


class TooManyFiles(SchoolError):
    """A lesson's homework has so many attachments."""

    sentence = N_("Ten files are attached already, more don't fit. Remove them first, or send one document.")


class FilesForAll(SchoolError):
    """A file came where a text for chosen students is awaited."""

    sentence = N_("Attachments go to everybody. Type the homework of these students, or press “Back” first.")


class NobodyChosen(SchoolError):
    """No student is chosen."""

    sentence = N_("Nobody is chosen. Tap the names first.")


class HomeworkChanged(SchoolError):
    """That homework was changed since, or taken back."""

    sentence = N_("This homework was changed since. Open the homework again.")


@dataclass(frozen=True, slots=True)
class FilesPut:
    """What became of a file: the homework as it stands, how many are attached.

    `prompt`: the message that asked; `same_album`: it already speaks of this album. `outcome`: of the caption.
    """

    title: LessonTitle
    text: str
    files: int
    last_file: int
    outcome: Outcome
    prompt: int | None
    same_album: bool


@dataclass(frozen=True, slots=True)
class ChosenStudent:
    """A student in the grid, whether chosen, and the own homework that stands."""

    name: Named
    chosen: bool
    homework: str | None


@dataclass(frozen=True, slots=True)
class ChosenSheet:
    """Whom the homework that will be typed is for."""

    title: LessonTitle
    students: Sequence[ChosenStudent]

    @property
    def chosen(self) -> list[ChosenStudent]:
        """Those who are."""
        return [one for one in self.students if one.chosen]


@dataclass(frozen=True, slots=True)
class PersonalPut:
    """What became of homework for chosen students; for SAVED `put_at` (microseconds) and `revs` name it to «Отменить».

    `revs`: the sum of the revisions it made, which any later change makes greater.
    """

    outcome: Outcome
    card: Card
    students: Sequence[Named]
    text: str | None
    put_at: int | None = None
    revs: int = 0
    author: str = ""
    prompt: int | None = None


class Homework:
    """Enters homework beside its text."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def put_typed(self, actor: Actor, text: str) -> RecordPut | PersonalPut:
        """Enter the typed homework: of the students the draft names, else of everybody."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await _awaited(uow, actor, now)
            if "typing" not in data:
                return await put_typed_in(uow, actor, PURPOSE, text, now)
            lesson = await open_part(uow, actor, LessonId(data["lesson"]), PART, now)
            put = await _put_personal(uow, actor, lesson, data, _typed(text), now)
            if put.outcome is Outcome.CHANGED:
                seen = {str(one): row.rev for one, row in (await rows.personal(uow, lesson.id)).items()}
                again = {one: seen.get(one, 0) for one in data["students"]}
                await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, {**data, "students": again}, now)
            else:
                await drafts.drop(uow, actor.bot_id, actor.user_id)
            return put

    async def put_file(self, actor: Actor, file: NewFile, caption: str, album: str | None = None) -> FilesPut:
        """Attach a file to the homework that is awaited; its caption is the homework's text. More may follow.

        A file without any text stands as «см. вложение». Raises NothingAwaited, TooManyFiles, FilesForAll.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await _awaited(uow, actor, now)
            if "typing" in data:
                raise FilesForAll
            lesson = await open_part(uow, actor, LessonId(data["lesson"]), PART, now)
            if lesson.row.files >= MOST_FILES:
                raise TooManyFiles
            await rows.add_file(uow, lesson.id, file, actor.person_id, now)
            lesson = await access_lesson(uow, actor, lesson.id)
            outcome, seen = Outcome.ALREADY, data["seen"]
            current = part_of(lesson, PART)
            text = _typed(caption) if caption.strip() else None
            if text or current is None or not current.value:
                way = HomeworkWay(data["way"]) if data.get("way") else None
                seen = seen if text else rev_of(lesson, PART)
                put = await put_part(uow, actor, lesson, Wanted(PART, text or gettext(ATTACHED), way=way), seen, now)
                outcome = put.outcome
                lesson = await access_lesson(uow, actor, lesson.id)
            current = part_of(lesson, PART)
            assert current is not None, "a file has its text"
            await tell_homework(uow, lesson, current.value, lesson.row.files, now)
            await _note_files(uow, actor, lesson, now)
            same = album is not None and data.get("album") == album
            again = {**data, "seen": rev_of(lesson, PART), "album": album}
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, again, now)
            attached = await rows.files(uow, lesson.id)
            return FilesPut(
                title_of(lesson), current.value, len(attached), attached[-1].id, outcome, data.get("prompt"), same
            )

    async def asked_in(self, actor: Actor, message_id: int) -> None:
        """Remember the message that now asks for the homework, so that it can be closed after the answer."""
        now = self._clock.now()
        async with self._storage.writing() as uow:
            data = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now)
            if data is not None:
                again = {**data, "prompt": message_id}
                await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, again, now)

    async def remove_files(self, actor: Actor, lesson_id: LessonId, up_to: int) -> HomeworkChoice:
        """End the attachments that were seen; what came since stays. The families see the text without them."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            if await rows.remove_files(uow, lesson.id, now, up_to):
                lesson = await access_lesson(uow, actor, lesson.id)
                current = part_of(lesson, PART)
                if current is not None and not lesson.row.files and current.value == gettext(ATTACHED):
                    await put_part(uow, actor, lesson, Wanted(PART, None), rev_of(lesson, PART), now)
                    lesson = await access_lesson(uow, actor, lesson.id)
                elif current is not None:
                    await tell_homework(uow, lesson, current.value, lesson.row.files, now)
                await _note_files(uow, actor, lesson, now)
            await await_text(uow, actor, lesson, PURPOSE, now)
            return await homework_choice_of(uow, lesson)

    async def files(self, actor: Actor, lesson_id: LessonId) -> tuple[LessonTitle, list[FileRow]]:
        """The attachments of a lesson the actor teaches."""
        async with self._storage.reading() as uow:
            lesson = await access_lesson(uow, actor, lesson_id)
            return title_of(lesson), await rows.files(uow, lesson.id)

    async def same_as_last_time(self, actor: Actor, lesson_id: LessonId, source: LessonId, seen: int) -> RecordPut:
        """«Как в прошлый раз»: text, way and attachments of the lesson that was shown. Raises NothingLastTime."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            last = await last_time(uow, lesson)
            if last is None or last.lesson_id != source:
                raise NothingLastTime
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            if last.files and rev_of(lesson, PART) == seen:
                await rows.copy_files(uow, source, lesson.id, actor.person_id, now)
                lesson = await access_lesson(uow, actor, lesson.id)
            return await put_part(uow, actor, lesson, Wanted(PART, last.text, way=last.way), seen, now)

    async def choose_way(
        self, actor: Actor, lesson_id: LessonId, way: HomeworkWay, seen: int, prompt: int | None = None
    ) -> tuple[HomeworkChoice, RecordPut | None]:
        """The way of doing: of the homework that stands, else of the one that will be typed; what became of it."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            current, put = part_of(lesson, PART), None
            if current is not None and current.value:
                put = await put_part(uow, actor, lesson, Wanted(PART, current.value, way=way), seen, now)
                lesson = await access_lesson(uow, actor, lesson.id)
            await await_text(uow, actor, lesson, PURPOSE, now, way=way.value, prompt=prompt)
            return await homework_choice_of(uow, lesson, way), put

    async def choose_students(self, actor: Actor, lesson_id: LessonId) -> ChosenSheet:
        """The grid of students whom the homework that will be typed is for; nobody is chosen at first."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            kept = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now) or {}
            chosen = kept.get("students", {}) if kept.get("lesson") == lesson.id else {}
            await await_text(uow, actor, lesson, PURPOSE, now, students=chosen)
            return await _sheet(uow, lesson, chosen)

    async def choose_student(
        self, actor: Actor, lesson_id: LessonId, student_id: PersonId, *, chosen: bool
    ) -> ChosenSheet:
        """Whether the homework that will be typed is for this student too. Raises NotInLesson."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            if student_id not in await _names(uow, lesson):
                raise NotInLesson
            kept = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now) or {}
            students: dict[str, int] = kept.get("students", {}) if kept.get("lesson") == lesson.id else {}
            standing = (await rows.personal(uow, lesson.id)).get(student_id)
            students = {one: rev for one, rev in students.items() if one != str(student_id)}
            if chosen:
                students[str(student_id)] = 0 if standing is None else standing.rev
            await await_text(uow, actor, lesson, PURPOSE, now, students=students)
            return await _sheet(uow, lesson, students)

    async def type_for_chosen(self, actor: Actor, lesson_id: LessonId, prompt: int | None = None) -> ChosenSheet:
        """Await the text for the chosen students. Raises NobodyChosen."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            students = await _chosen(uow, actor, lesson, now)
            await await_text(uow, actor, lesson, PURPOSE, now, students=students, typing=True, prompt=prompt)
            return await _sheet(uow, lesson, students)

    async def drop_personal(self, actor: Actor, lesson_id: LessonId) -> PersonalPut:
        """Take the chosen students' own homework back. Raises NobodyChosen."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            students = await _chosen(uow, actor, lesson, now)
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            return await _put_personal(uow, actor, lesson, {"students": students}, None, now)

    async def take_back(self, actor: Actor, lesson_id: LessonId, put_at: int, revs: int) -> PersonalPut:
        """«Отменить»: what was put for students at that moment stands as it did before. Raises HomeworkChanged."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            at = EPOCH + timedelta(microseconds=put_at)
            standing = await rows.personal(uow, lesson.id)
            own = [one for one in standing.values() if one.author_id == actor.person_id and one.entered_at == at]
            if sum(one.rev for one in own) != revs:
                raise HomeworkChanged
            for one in own:
                value, way = await rows.personal_revision(uow, lesson.id, one.student_id, one.rev - 1)
                await rows.add_personal(uow, lesson.id, one.student_id, one.rev + 1, value, way, actor.person_id, now)
                await _tell_personal(uow, lesson, [one.student_id], value, now)
            await _note_personal(uow, actor, lesson, {one.student_id: one.rev + 1 for one in own}, now)
            named = await _names(uow, lesson)
            lesson = await access_lesson(uow, actor, lesson.id)
            people = [named[one.student_id] for one in own if one.student_id in named]
            return PersonalPut(Outcome.SAVED, await card_of(uow, lesson, now), people, None)


async def _awaited(uow: Uow, actor: Actor, now: datetime) -> dict[str, Any]:
    data = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now)
    if data is None:
        raise NothingAwaited
    return data


def _typed(text: str) -> str:
    typed = text.replace("\x00", "").strip()
    if not typed:
        raise NothingTyped
    if len(typed) > LIMITS[PART]:
        raise HomeworkTooLong(length=len(typed), limit=LIMITS[PART])
    return typed


async def _chosen(uow: Uow, actor: Actor, lesson: OwnLesson, now: datetime) -> dict[str, int]:
    """The students the draft names who still sit in the lesson, each with the revision that was seen."""
    kept = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now) or {}
    seated = await _names(uow, lesson)
    students = {one: rev for one, rev in kept.get("students", {}).items() if int(one) in seated}
    if kept.get("lesson") != lesson.id or not students:
        raise NobodyChosen
    return students


async def _put_personal(
    uow: Uow, actor: Actor, lesson: OwnLesson, data: Mapping[str, Any], text: str | None, now: datetime
) -> PersonalPut:
    """The chosen students' own homework after the revisions that were seen: all of them, or none (О 2.7)."""
    named = await _names(uow, lesson)
    wanted = {PersonId(int(one)): rev for one, rev in data["students"].items() if int(one) in named}
    if not wanted:
        raise NobodyChosen
    people = [named[one] for one in wanted]
    standing = await rows.personal(uow, lesson.id)
    way = HomeworkWay(data["way"]) if data.get("way") else None
    newer = next((one for one in wanted if _rev(standing, one) != wanted[one]), None)
    if newer is not None:
        author = standing[newer].author
        return PersonalPut(Outcome.CHANGED, await card_of(uow, lesson, now), people, text, author=author)
    changed = {one: rev + 1 for one, rev in wanted.items() if _value(standing, one) != text}
    for student_id, rev in sorted(changed.items()):
        if not await rows.add_personal(uow, lesson.id, student_id, rev, text, way, actor.person_id, now):
            raise HomeworkChanged  # another transaction was quicker by a moment: all of this one is undone
    if changed:
        await _tell_personal(uow, lesson, list(changed), text, now)
        await _note_personal(uow, actor, lesson, changed, now)
    lesson = await access_lesson(uow, actor, lesson.id)
    card = await card_of(uow, lesson, now)
    prompt = data.get("prompt")
    if not changed:
        return PersonalPut(Outcome.ALREADY, card, people, text, prompt=prompt)
    put_at = (now - EPOCH) // timedelta(microseconds=1)
    return PersonalPut(Outcome.SAVED, card, people, text, put_at, sum(changed.values()), prompt=prompt)


async def _tell_personal(
    uow: Uow, lesson: OwnLesson, students: Sequence[PersonId], text: str | None, now: datetime
) -> None:
    """Each student's own homework reaches that student's guardians and nobody else."""
    told = await recipients.recipients_of_students(uow, students, now.astimezone(lesson.zone).date())
    facts = news.homework_changed(
        told, lesson_id=lesson.id, text=text, now=now, zone=lesson.zone, regulation=lesson.regulation, own=True
    )
    await items.put(uow, facts, now)


async def _note_personal(
    uow: Uow, actor: Actor, lesson: OwnLesson, revs: Mapping[PersonId, int], now: datetime
) -> None:
    late = windows.is_late(PART, lesson.span(), now, lesson.homework_due_at)
    for student_id, rev in revs.items():
        await audit.note(
            uow,
            school_id=lesson.row.school_id,
            actor_id=actor.person_id,
            at=now,
            action="personal_homework_put",
            subject=f"homework:{lesson.id}:{student_id}",
            detail={"rev": rev, "late": late},
        )


async def _note_files(uow: Uow, actor: Actor, lesson: OwnLesson, now: datetime) -> None:
    await audit.note(
        uow,
        school_id=lesson.row.school_id,
        actor_id=actor.person_id,
        at=now,
        action="homework_files",
        subject=f"lesson:{lesson.id}",
        detail={"files": lesson.row.files, "late": windows.is_late(PART, lesson.span(), now, lesson.homework_due_at)},
    )


async def _sheet(uow: Uow, lesson: OwnLesson, chosen: Mapping[str, int]) -> ChosenSheet:
    standing = await rows.personal(uow, lesson.id)
    students = [
        ChosenStudent(name, str(student_id) in chosen, _value(standing, student_id))
        for student_id, name in (await _names(uow, lesson)).items()
    ]
    return ChosenSheet(title_of(lesson), students)


async def _names(uow: Uow, lesson: OwnLesson) -> dict[PersonId, Named]:
    """Who sits in the lesson and may be given homework (В 3.8), by name."""
    with_homework = {
        one.class_id for one in lesson.row.audiences if lesson.regulation.takes_marks(one.level, one.short_stay)
    }
    return {
        one.student_id: Named(one.student_id, one.last_name, one.first_name, one.middle_name)
        for one in await lessons.seats(uow, lesson.id)
        if one.class_id in with_homework
    }


def _rev(standing: Mapping[PersonId, PersonalRow], student_id: PersonId) -> int:
    return standing[student_id].rev if student_id in standing else 0


def _value(standing: Mapping[PersonId, PersonalRow], student_id: PersonId) -> str | None:
    return standing[student_id].value if student_id in standing else None
