"""The journal of a class in a subject: the marks of a term that stand."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from services.marks import Marks
from storage.models.people import Enrollment
from storage.models.timetable import Lesson
from storage.repositories.journal import standing_marks
from storage.uow import Storage
from storage.vocabulary import ClassId, LessonId, PersonId, SubgroupId, SubjectId, WorkKind
from tests.school import TODAY, Cast, found

DAY = timedelta(days=1)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def marks(storage: Storage, school: Cast) -> Marks:
    return Marks(storage, school.clock)


async def put(
    marks: Marks,
    school: Cast,
    student: PersonId,
    *values: str | None,
    lesson: LessonId | None = None,
    kind: WorkKind = WorkKind.ANSWER,
    by: PersonId | None = None,
) -> None:
    """Values one after another in one column."""
    actor = school.actor(by or school.owner)
    sheet = await marks.add_work(actor, lesson or school.algebra, kind, 1)
    for seen, value in enumerate(values):
        await marks.put(actor, sheet.work.id, student, value, seen)


async def standing(
    storage: Storage,
    school: Cast,
    *,
    class_id: ClassId | None = None,
    subgroup_id: SubgroupId | None = None,
    subject: str = "Алгебра",
    since: date = TODAY,
    until: date = TODAY,
) -> list[tuple[PersonId, str]]:
    async with storage.reading() as uow:
        found = await standing_marks(
            uow,
            class_id=class_id or school.class_7b,
            subgroup_id=subgroup_id,
            subject_id=SubjectId(school.subjects[subject]),
            since=since,
            until=until,
        )
    return [(one.student_id, one.value) for one in found]


async def test_only_the_newest_revision_stands_and_a_withdrawn_mark_does_not(
    marks: Marks, school: Cast, storage: Storage
) -> None:
    await put(marks, school, school.larina, "4", "5")
    await put(marks, school, school.onegin, "3", None)
    assert await standing(storage, school) == [(school.larina, "5")]


async def test_marks_stand_from_the_first_day_to_the_last_inclusive(
    marks: Marks, school: Cast, storage: Storage
) -> None:
    await put(marks, school, school.larina, "4")
    assert await standing(storage, school, since=TODAY - DAY, until=TODAY) == [(school.larina, "4")]
    assert await standing(storage, school, since=TODAY + DAY, until=TODAY + DAY) == []
    assert await standing(storage, school, since=TODAY - DAY, until=TODAY - DAY) == []


async def test_marks_of_a_cancelled_lesson_and_of_another_subject_do_not_stand(
    marks: Marks, school: Cast, storage: Storage
) -> None:
    await put(marks, school, school.larina, "4")
    await put(marks, school, school.larina, "2", lesson=school.lessons["русский"], by=school.colleague)
    assert await standing(storage, school) == [(school.larina, "4")]
    async with storage.writing() as uow:
        await uow.execute(update(Lesson).where(Lesson.id == school.algebra).values(state="cancelled"))
    assert await standing(storage, school) == []


async def test_a_subgroup_has_the_marks_of_its_own(marks: Marks, school: Cast, storage: Storage) -> None:
    school.clock.set(school.at("11:50"))
    first, second = school.students[0], school.students[1]
    await put(marks, school, first, "5", lesson=school.lessons["английский 1"], by=school.colleague)
    await put(marks, school, second, "4", lesson=school.lessons["английский 2"], by=school.stranger)
    subject, halves = "Английский язык", [SubgroupId(half) for half in school.halves]
    assert await standing(storage, school, subject=subject, subgroup_id=halves[0]) == [(first, "5")]
    assert await standing(storage, school, subject=subject, subgroup_id=halves[1]) == [(second, "4")]
    assert await standing(storage, school, subject=subject) == [(first, "5"), (second, "4")]


async def test_a_student_who_changed_classes_brings_the_marks_along(
    marks: Marks, school: Cast, storage: Storage
) -> None:
    await put(marks, school, school.larina, "4")
    async with storage.writing() as uow:
        of_larina = (Enrollment.student_id == school.larina, Enrollment.class_id == school.class_7b)
        await uow.execute(update(Enrollment).where(*of_larina).values(until_on=TODAY + DAY))
        row = {"school_id": school.school_id, "student_id": school.larina, "class_id": school.class_7a}
        await uow.execute(insert(Enrollment), {**row, "since_on": TODAY + DAY})
    assert await standing(storage, school, class_id=school.class_7a, until=TODAY + 2 * DAY) == [(school.larina, "4")]
    assert await standing(storage, school, class_id=school.class_7a, until=TODAY) == []
