"""Homework beside its text: files, «как в прошлый раз», the way of doing (О 2.7)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services import drafts
from services.access import OwnLesson, access_lesson
from services.actor import Actor
from services.changes import Outcome
from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_, gettext
from services.lessons import LessonTitle, part_of, title_of
from services.personal_homework import PersonalPut, put_typed_for_chosen
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
from storage.repositories import audit
from storage.repositories import homework as rows
from storage.repositories.homework import FileRow, NewFile
from storage.uow import Storage, Uow
from storage.vocabulary import DraftPurpose, HomeworkWay, LessonId, RecordPart

__all__ = ["FileRow", "FilesPut", "Homework", "NewFile", "PersonalPut"]

PART, PURPOSE = RecordPart.HOMEWORK, DraftPurpose.HOMEWORK
MOST_FILES = 10
ATTACHED = N_("See the attachment.")


class NothingLastTime(SchoolError):
    """The homework that was offered is no longer the last one."""

    sentence = N_("What was given last time has changed. Open the homework again.")


class TooManyFiles(SchoolError):
    """A lesson's homework has so many attachments."""

    sentence = N_("Ten files are attached already, more don't fit. Remove them first, or send one document.")


class FilesForAll(SchoolError):
    """A file came where a text for chosen students is awaited."""

    sentence = N_("Attachments go to everybody. Type the homework of these students, or press “Back” first.")


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
            return await put_typed_for_chosen(uow, actor, data, _typed(text), now)

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
        """«Как в прошлый раз»: text, way and attachments of the lesson shown. Raises NothingLastTime, TooManyFiles."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            last = await last_time(uow, lesson)
            if last is None or last.lesson_id != source:
                raise NothingLastTime
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            copied = 0
            if last.files and rev_of(lesson, PART) == seen:
                copied = await rows.copy_files(uow, source, lesson.id, actor.person_id, now)
                lesson = await access_lesson(uow, actor, lesson.id)
                if lesson.row.files > MOST_FILES:
                    raise TooManyFiles
            put = await put_part(uow, actor, lesson, Wanted(PART, last.text, way=last.way), seen, now)
            if copied:
                if put.outcome is Outcome.CHANGED:
                    raise NothingLastTime  # a colleague was quicker by a moment: nothing of this one stays
                await tell_homework(uow, lesson, last.text, lesson.row.files, now)
                await _note_files(uow, actor, lesson, now)
            return put

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
