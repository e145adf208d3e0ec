"""The journal of a class in a subject: the marks of a term that stand."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from services.assignments import NotYourSubject
from services.errors import NotFoundHere
from services.journal import Journal
from services.marks import Marks
from services.rules.averages import Forecast
from storage.models.people import Enrollment
from storage.models.timetable import Lesson
from storage.repositories.journal import standing_marks
from storage.uow import Storage
from storage.vocabulary import ClassId, LessonId, PersonId, SubgroupId, SubjectId, TermId, WorkKind
from tests.school import TODAY, Cast, add_lesson, found

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


@pytest.fixture
def journal(storage: Storage, school: Cast) -> Journal:
    return Journal(storage, school.clock)


def algebra(school: Cast) -> tuple[ClassId, SubgroupId | None, SubjectId]:
    return school.class_7b, None, SubjectId(school.subjects["Алгебра"])


async def test_a_teacher_chooses_among_own_classes_that_have_marks(journal: Journal, school: Cast) -> None:
    found = await journal.choose(school.actor(school.owner))
    assert [(one.assignment.audience, one.assignment.row.subject) for one in found] == [
        ("7А", "Алгебра"),
        ("7Б", "Алгебра"),
    ]  # neither class 1 nor the short-stay group
    assert {one.term_id for one in found} == {1}


async def test_the_term_shows_averages_and_who_has_no_mark_or_one(
    marks: Marks, journal: Journal, school: Cast, storage: Storage
) -> None:
    await put(marks, school, school.larina, "4")
    await put(marks, school, school.larina, "5", kind=WorkKind.CONTROL)
    await put(marks, school, school.onegin, "3")
    view = await journal.term(school.actor(school.owner), *algebra(school), TermId(1))
    assert (view.audience, view.subject, len(view.lines)) == ("7Б", "Алгебра", 30)
    lines = {one.name.id: (one.count, str(one.average), one.proposal) for one in view.lines}
    assert lines[school.larina] == (2, "4.75", "5")  # (4 + 3·5) / 4
    assert lines[school.onegin] == (1, "3.00", "3")
    assert [one.name.id for one in view.with_one_mark] == [school.onegin]
    assert len(view.without_marks) == 28
    assert view.wanted == 3  # a lesson or two in the whole term: one hour a week


async def test_the_minimum_follows_the_hours_a_week(journal: Journal, school: Cast, storage: Storage) -> None:
    for week in range(1, 7):
        for day, slot in ((0, 1), (2, 2), (3, 3)):
            on = TODAY + timedelta(days=7 * week + day - 1)
            await add_lesson(storage, school, "Алгебра", slot, on, key=f"{week}.{day}")
    view = await journal.term(school.actor(school.owner), *algebra(school), TermId(1))
    assert view.wanted == 7  # 20 lessons in 8 weeks: 2.5 hours, half up


async def test_a_students_term_lists_the_marks_with_weights_and_the_forecast(
    marks: Marks, journal: Journal, school: Cast
) -> None:
    await put(marks, school, school.larina, "4")
    await put(marks, school, school.larina, "4", kind=WorkKind.CONTROL)
    view = await journal.student(school.actor(school.owner), *algebra(school), TermId(1), school.larina)
    assert [(one.mark.value, one.mark.kind, one.weight) for one in view.marks] == [
        ("4", WorkKind.ANSWER, 1),
        ("4", WorkKind.CONTROL, 3),
    ]
    assert view.forecast == Forecast("5", "5", 6)
    with pytest.raises(NotFoundHere):
        await journal.student(school.actor(school.owner), *algebra(school), TermId(1), school.student_of_7a)


async def test_the_journal_is_the_teachers_own_and_read_by_who_leads_or_controls(
    journal: Journal, school: Cast
) -> None:
    for reader in (school.owner, school.partner, school.homeroom_teacher, school.deputy):
        await journal.term(school.actor(reader), *algebra(school), TermId(1))
        await journal.student(school.actor(reader), *algebra(school), TermId(1), school.larina)
    for other in (school.colleague, school.stranger, school.substitute, school.mother_larina):
        with pytest.raises(NotYourSubject):
            await journal.term(school.actor(other), *algebra(school), TermId(1))
        with pytest.raises(NotYourSubject):
            await journal.student(school.actor(other), *algebra(school), TermId(1), school.larina)
    with pytest.raises(NotFoundHere):
        await journal.term(school.actor(school.owner), *algebra(school), TermId(99))
    assert await journal.choose(school.actor(school.mother_larina)) == []
