"""What letters about students are written from: the rows behind the items, read once for a letter.

How openly they name a student, the reader's channel says (services.letters.reader.Naming).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.letters.reader import Reader
from services.outbox.transport import DueItem
from storage.repositories import diary
from storage.repositories.diary import LessonLine
from storage.uow import Uow
from storage.vocabulary import HomeworkWay, ItemKind, LessonId, PersonId, WorkId, WorkKind


@dataclass(frozen=True, slots=True)
class Sources:
    """Lessons, columns and names behind the items of a letter, and the school's day and rules."""

    reader: Reader
    lessons: dict[LessonId, LessonLine]
    works: dict[WorkId, tuple[WorkKind, int]]
    names: dict[PersonId, tuple[str, str]]
    due_on: dict[tuple[PersonId, LessonId], date]
    ways: dict[LessonId, HomeworkWay]

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
    work_ids = {item.work_id for item in items if item.work_id is not None}
    due_on: dict[tuple[PersonId, LessonId], date] = {}
    for student_id in sorted(students):
        given = [
            item.lesson_id
            for item in items
            if item.kind is ItemKind.HOMEWORK and item.student_id == student_id and item.lesson_id is not None
        ]
        if given:
            dates = await diary.due_dates(uow, student_id, given)
            due_on |= {(student_id, lesson_id): on for lesson_id, on in dates.items()}
    given_in = {item.lesson_id for item in items if item.kind is ItemKind.HOMEWORK and item.lesson_id is not None}
    return Sources(
        reader=reader,
        lessons=await diary.lessons(uow, {item.lesson_id for item in items if item.lesson_id is not None}),
        works=await diary.works(uow, work_ids) if work_ids else {},
        names=await diary.names(uow, students),
        due_on=due_on,
        ways=await diary.ways(uow, given_in) if given_in else {},
    )
