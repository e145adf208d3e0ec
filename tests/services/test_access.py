"""The one door: owner, colleague and stranger before lessons, students and classes."""

from datetime import date

import pytest
from sqlalchemy import Update, update

from services.access import NotYourClass, NotYourStudent, access_class, access_lesson, access_student
from services.attendance import Attendance
from services.directory import Directory
from services.errors import NotFoundHere, NotYourLesson
from services.marks import Marks
from services.quick_line import QuickLine
from storage.models.people import Consent, Guardianship, Homeroom, PersonRole
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, ClassId, LessonId, PersonId, WorkKind
from tests.school import TODAY, Cast, found

ANSWER = WorkKind.ANSWER


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


async def test_a_lesson_opens_to_its_teachers_only(school: Cast, storage: Storage) -> None:
    async with storage.reading() as uow:
        for teacher in (school.owner, school.partner):
            lesson = await access_lesson(uow, school.actor(teacher), school.algebra)
            assert (lesson.audience, lesson.row.subject) == ("7Б", "Алгебра")
        for other in (school.colleague, school.stranger, school.deputy, school.mother_larina):
            with pytest.raises(NotYourLesson):
                await access_lesson(uow, school.actor(other), school.algebra)


async def test_another_schools_lesson_is_no_lesson(school: Cast, storage: Storage) -> None:
    other = await found(storage)
    async with storage.reading() as uow:
        with pytest.raises(NotFoundHere):
            await access_lesson(uow, school.actor(school.owner), other.algebra)
        with pytest.raises(NotFoundHere):
            await access_lesson(uow, school.actor(school.owner), LessonId(2**62))


async def test_a_subgroup_is_named_with_its_class(school: Cast, storage: Storage) -> None:
    async with storage.reading() as uow:
        lesson = await access_lesson(uow, school.actor(school.colleague), school.lessons["английский 1"])
    assert lesson.audience == "7Б (англ. 1)"


async def test_a_child_opens_to_its_guardians_and_to_itself(school: Cast, storage: Storage) -> None:
    async with storage.reading() as uow:
        for guardian in (school.mother_larina, school.father_larin):
            child = await access_student(uow, school.actor(guardian), school.larina, TODAY)
            assert (child.class_name, child.first_name) == ("7Б", "Татьяна")
        for other in (school.mother_onegina, school.owner, school.homeroom_teacher, school.deputy):
            with pytest.raises(NotYourStudent):
                await access_student(uow, school.actor(other), school.larina, TODAY)
        with pytest.raises(NotFoundHere):
            await access_student(uow, school.actor(school.mother_larina), PersonId(2**62), TODAY)


async def test_a_student_opens_the_own_record(school: Cast, storage: Storage) -> None:
    school.accounts[school.larina] = 1
    async with storage.reading() as uow:
        own = await access_student(uow, school.actor(school.larina), school.larina, TODAY)
        assert own.id == school.larina
        with pytest.raises(NotYourStudent):
            await access_student(uow, school.actor(school.larina), school.onegin, TODAY)


@pytest.mark.parametrize(
    "change",
    [
        update(Guardianship).values(until_on=TODAY),
        update(Guardianship).values(since_on=date(2026, 9, 9)),
        update(Guardianship).values(application=None),
        update(Guardianship).values(consent_on=None),
        update(Consent).values(revoked_at=Consent.given_at),
    ],
    ids=["ended", "not yet begun", "no application", "no consent on paper", "consent revoked"],
)
async def test_without_a_live_guardianship_on_paper_and_consent_there_is_no_record(
    school: Cast, storage: Storage, change: Update
) -> None:
    async with storage.writing() as uow:
        await uow.write(change)
    async with storage.reading() as uow:
        with pytest.raises(NotYourStudent):
            await access_student(uow, school.actor(school.mother_larina), school.larina, TODAY)


async def test_a_class_opens_to_its_homeroom_teacher_of_the_day(school: Cast, storage: Storage) -> None:
    async with storage.reading() as uow:
        led = await access_class(uow, school.actor(school.homeroom_teacher), school.class_7b, TODAY)
        assert led.name == "7Б"
        for other in (school.owner, school.stranger, school.mother_larina):
            with pytest.raises(NotYourClass):
                await access_class(uow, school.actor(other), school.class_7b, TODAY)
        with pytest.raises(NotYourClass):
            await access_class(uow, school.actor(school.homeroom_teacher), school.class_7a, TODAY)
        with pytest.raises(NotFoundHere):
            await access_class(uow, school.actor(school.homeroom_teacher), ClassId(2**62), TODAY)
    async with storage.writing() as uow:
        await uow.write(update(Homeroom).values(until_on=TODAY))
    async with storage.reading() as uow:
        with pytest.raises(NotYourClass):
            await access_class(uow, school.actor(school.homeroom_teacher), school.class_7b, TODAY)


async def test_who_left_the_school_keeps_no_lesson_and_no_class(school: Cast, storage: Storage) -> None:
    teachers = (school.owner, school.homeroom_teacher)
    async with storage.writing() as uow:
        await uow.write(update(PersonRole).where(PersonRole.person_id.in_(teachers)).values(until_on=TODAY))
    directory = Directory(storage, school.clock)
    owner, leader = [await directory.actor(school.visitor(teacher)) for teacher in teachers]
    assert owner is not None and leader is not None
    async with storage.reading() as uow:
        with pytest.raises(NotYourLesson):
            await access_lesson(uow, owner, school.algebra)
        with pytest.raises(NotYourClass):
            await access_class(uow, leader, school.class_7b, TODAY)
    with pytest.raises(NotYourLesson):
        await Attendance(storage, school.clock).put(owner, school.algebra, school.larina, AttendanceCode.ABSENT, 0)
    with pytest.raises(NotYourLesson):
        await QuickLine(storage, school.clock).read(owner, "н Онегин")
    work = (await Marks(storage, school.clock).add_work(school.actor(school.partner), school.algebra, ANSWER, 1)).work
    with pytest.raises(NotYourLesson):
        await Marks(storage, school.clock).put(owner, work.id, school.larina, "5", 0)
