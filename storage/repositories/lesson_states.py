"""Lessons held instead of moved ones: where a chain of moves went, and taking away what nothing refers to."""

from sqlalchemy import delete, exists, select

from storage.models.control import CorrectionRequest, Substitution
from storage.models.delivery import Item
from storage.models.journal import Attendance, HomeworkFile, LessonRecord, LessonWork, PersonalHomework
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.uow import Uow
from storage.vocabulary import LessonId

REFERRING = (
    LessonRecord,
    Attendance,
    LessonWork,
    PersonalHomework,
    HomeworkFile,
    CorrectionRequest,
    Substitution,
    Item,
)


async def line_of(uow: Uow, lesson_id: LessonId) -> list[LessonId]:
    """The lessons that a moved one was moved to, and these on, the last first."""
    found: list[LessonId] = []
    ends = [lesson_id]
    while ends:
        rows = await uow.execute(select(Lesson.id).where(Lesson.moved_from_id.in_(ends)).order_by(Lesson.id))
        ends = [LessonId(row.id) for row in rows]
        found += ends
    return found[::-1]


async def remove_unused(uow: Uow, lesson_id: LessonId) -> bool:
    """Take a lesson away that nothing was ever entered into or told of; False where something was."""
    used = [exists().where(table.lesson_id == lesson_id) for table in REFERRING]
    used.append(exists().where(Lesson.moved_from_id == lesson_id))
    if any((await uow.execute(select(*used))).one()):
        return False
    await uow.write(delete(LessonTeacher).where(LessonTeacher.lesson_id == lesson_id))
    await uow.write(delete(LessonAudience).where(LessonAudience.lesson_id == lesson_id))
    await uow.write(delete(Lesson).where(Lesson.id == lesson_id))
    return True
