"""What letters about students are written from: the rows behind the items, read once for a letter.

How openly they name a student, the reader's channel says (services.letters.reader.Naming).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.letters.changes import Change
from services.letters.reader import Reader
from services.letters.shelf import shelf_of
from services.outbox.transport import DueItem
from services.rules.short_names import Named
from storage.repositories import arrangements, diary
from storage.repositories.diary import LessonLine
from storage.uow import Uow
from storage.vocabulary import AttendanceCode, HomeworkWay, ItemKind, LessonId, PersonId, WorkId, WorkKind

ABSENCES = frozenset({ItemKind.ABSENCE, ItemKind.ABSENCE_WITHDRAWN, ItemKind.ABSENCE_LATER})


@dataclass(frozen=True, slots=True)
class Sources:
    """Lessons, columns and names behind the items of a letter, and the school's day and rules."""

    reader: Reader
    lessons: dict[LessonId, LessonLine]
    works: dict[WorkId, tuple[WorkKind, int]]
    names: dict[PersonId, tuple[str, str]]
    due_on: dict[tuple[PersonId, LessonId], date]
    ways: dict[LessonId, HomeworkWay]
    explained: frozenset[tuple[PersonId, LessonId]]  # absences whose reason is known by now
    substitutes: dict[PersonId, str]

    def name(self, student_id: PersonId) -> str:
        """What a letter calls a student: the first name, or in full, as the channel may (product §3)."""
        return self.reader.called(self.names[student_id])

    @property
    def today(self) -> date:
        """The school's date."""
        return self.reader.today

    def way(self, lesson_id: LessonId) -> HomeworkWay | None:
        """How a lesson's general homework is to be done."""
        return self.ways.get(lesson_id)


async def gather(uow: Uow, reader: Reader, items: Sequence[DueItem], more_students: Sequence[PersonId] = ()) -> Sources:
    """Read what the items speak of; `more_students` are named too."""
    students = {item.student_id for item in items if item.student_id is not None} | set(more_students)
    changes = [told for item in items if item.kind is ItemKind.TIMETABLE and (told := Change.read(item.value))]
    lesson_ids = {item.lesson_id for item in items if item.lesson_id is not None}
    lesson_ids |= {told.moved_to for told in changes if told.moved_to is not None}
    shelf = shelf_of(uow)
    people = {person for told in changes for person in told.substitutes}
    work_ids = {item.work_id for item in items if item.work_id is not None}
    due_on: dict[tuple[PersonId, LessonId], date] = {}
    for student_id in sorted(students):
        given = [
            item.lesson_id
            for item in items
            if item.kind is ItemKind.HOMEWORK and item.student_id == student_id and item.lesson_id is not None
        ]
        if given:
            dates = await shelf.due_dates(uow, reader.school_id, student_id, given)
            due_on |= {(student_id, lesson_id): on for lesson_id, on in dates.items()}
    given_in = {item.lesson_id for item in items if item.kind is ItemKind.HOMEWORK and item.lesson_id is not None}
    return Sources(
        reader=reader,
        lessons=await shelf.lessons(uow, lesson_ids),
        works=await shelf.works(uow, work_ids),
        names=await shelf.names(uow, students),
        due_on=due_on,
        ways=await shelf.ways(uow, given_in),
        explained=await _explained(uow, items),
        substitutes={
            one: Named(found.id, found.last, found.first, found.middle).initials
            for one in sorted(people)
            if (found := await arrangements.person(uow, reader.school_id, one)) is not None
        },
    )


async def _explained(uow: Uow, items: Sequence[DueItem]) -> frozenset[tuple[PersonId, LessonId]]:
    """The absences among the items whose reason the homeroom teacher has set since."""
    missed: dict[PersonId, list[LessonId]] = {}
    for item in items:
        if item.kind in ABSENCES and item.value and item.student_id is not None and item.lesson_id is not None:
            missed.setdefault(item.student_id, []).append(item.lesson_id)
    found = set()
    for student_id, lesson_ids in sorted(missed.items()):
        for lesson_id, line in (await diary.absences(uow, student_id, lesson_ids)).items():
            if line.code is AttendanceCode.ABSENT and line.reason is not None:
                found.add((student_id, lesson_id))
    return frozenset(found)
