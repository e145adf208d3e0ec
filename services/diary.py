"""The diary: a family's view of the journal, day by day; own children only (В 3.7)."""

from dataclasses import dataclass
from datetime import date, datetime

from services.access import access_student
from services.actor import Actor
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from storage.repositories import diary, guardians, homework, recipients
from storage.repositories.diary import AbsenceLine, MarkLine, ToDo
from storage.repositories.homework import FileRow
from storage.uow import Storage, Uow
from storage.vocabulary import HomeworkWay, LessonId, LessonState, PersonId, RecordPart

__all__ = ["AbsenceLine", "Child", "Diary", "DiaryDay", "DiaryLesson", "MarkLine", "ToDo"]


class NoDiary(SchoolError):
    """Nobody's record is open to this person."""

    sentence = N_("No diary is open to you. Open the link of your slip, or ask the homeroom teacher for one.")


class ConsentTakenBack(SchoolError):
    """The guardian took the consent back."""

    sentence = N_(
        "The consent is taken back, so the diary is closed. To open it again: “Settings”, “Give consent again”."
    )


@dataclass(frozen=True, slots=True)
class Child:
    """A child one may switch to."""

    id: PersonId
    first_name: str
    last_name: str


@dataclass(frozen=True, slots=True)
class DiaryLesson:
    """A lesson of the day. `starts_at` and `ends_at` are in school time.

    `todo`: what has to be done for it; `given`: what was given in it, «» where nothing was («не задано»), None where
    the teacher hasn't said yet; `files`: how many attachments that has; `own`: what was given to this child alone.
    """

    id: LessonId
    number: int
    starts_at: datetime
    ends_at: datetime
    subject: str
    room: str
    cancelled: bool
    why: str
    topic: str | None
    marks: tuple[MarkLine, ...]
    absence: AbsenceLine | None
    todo: tuple[ToDo, ...]
    given: str | None
    way: HomeworkWay | None = None
    files: int = 0
    own: str | None = None


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """A child's day, the nearest days with lessons around it, and the other children."""

    child: Child
    class_name: str
    children: tuple[Child, ...]
    on_date: date
    today: date
    lessons: tuple[DiaryLesson, ...]
    before: date | None
    after: date | None


class Diary:
    """Opens the diary of own children, and one's own."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def day(self, actor: Actor, student_id: PersonId | None = None, on_date: date | None = None) -> DiaryDay:
        """A day, by default today, of a child, by default the first.

        Raises NoDiary, ConsentTakenBack, NotFoundHere, NotYourStudent.
        """
        today = self._clock.now().astimezone(actor.zone).date()
        on_date = on_date or today
        async with self._storage.reading() as uow:
            children = await _children(uow, actor, today)
            if student_id is None and not children:
                raise NoDiary if await guardians.consents(uow, actor.person_id) else ConsentTakenBack
            wanted = children[0].id if student_id is None else student_id
            student = await access_student(uow, actor, wanted, today)
            before, after = await diary.days_around(uow, actor.school_id, wanted, on_date)
            return DiaryDay(
                child=Child(student.id, student.first_name, student.last_name),
                class_name=student.class_name,
                children=children,
                on_date=on_date,
                today=today,
                lessons=await _lessons(uow, actor, wanted, on_date),
                before=before,
                after=after,
            )

    async def files(self, actor: Actor, student_id: PersonId, lesson_id: LessonId) -> tuple[str, list[FileRow]]:
        """The attachments of a child's homework, with the subject. Raises NotFoundHere, NotYourStudent."""
        today = self._clock.now().astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            await access_student(uow, actor, student_id, today)
            subject = await diary.subject_of_seat(uow, actor.school_id, student_id, lesson_id)
            if subject is None:
                raise NotFoundHere
            return subject, await homework.files(uow, lesson_id)

    async def children(self, actor: Actor) -> tuple[Child, ...]:
        """Whose diaries are open to this person, by name."""
        today = self._clock.now().astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            return await _children(uow, actor, today)


async def _children(uow: Uow, actor: Actor, today: date) -> tuple[Child, ...]:
    own = await recipients.students_of(uow, actor.person_id, today)
    names = await diary.names(uow, own)
    return tuple(Child(student_id, *names[student_id]) for student_id in own)


async def _lessons(uow: Uow, actor: Actor, student_id: PersonId, day: date) -> tuple[DiaryLesson, ...]:
    lines = await diary.lessons_of_day(uow, actor.school_id, student_id, day)
    ids = [line.id for line in lines]
    if not ids:
        return ()
    marks = await diary.marks_of(uow, student_id, ids)
    absences = await diary.absences(uow, student_id, ids)
    entries = await diary.entries(uow, ids)
    todo = await diary.homework_for(uow, actor.school_id, student_id, day, {line.subject_id for line in lines})
    files = await homework.file_counts(uow, ids)
    own = await homework.own(uow, student_id, ids)
    ways = await diary.ways(uow, ids)
    return tuple(
        DiaryLesson(
            id=line.id,
            number=line.slot,
            starts_at=line.starts_at.astimezone(actor.zone),
            ends_at=line.ends_at.astimezone(actor.zone),
            subject=line.subject,
            room=line.room,
            cancelled=line.state in (LessonState.CANCELLED, LessonState.MOVED),
            why=line.state_reason,
            topic=entries.get(line.id, {}).get(RecordPart.TOPIC),
            marks=tuple(marks.get(line.id, ())),
            absence=absences.get(line.id),
            # Two lessons of a subject share their homework: it stands at the first.
            todo=tuple(todo.pop(line.subject_id, ())),
            given=entries.get(line.id, {}).get(RecordPart.HOMEWORK),
            way=ways.get(line.id),
            files=files.get(line.id, 0),
            own=own.get(line.id),
        )
        for line in lines
    )
