"""The diary: a child's day as the family sees it, and nobody else's."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from services.access import NotYourStudent
from services.attendance import Attendance
from services.diary import ConsentTakenBack, Diary, DiaryDay, DiaryLesson, NoDiary
from services.errors import NotFoundHere, SchoolError
from services.joining import Joining
from services.marks import Marks
from services.records import Records
from storage.models.people import Guardianship, Person
from storage.models.school import School
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, DraftPurpose, PersonId, Role, WorkKind
from tests import school as people
from tests.school import TODAY, Cast, found

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def diary(storage: Storage, school: Cast) -> Diary:
    return Diary(storage, school.clock)


def lesson(view: DiaryDay, number: int) -> DiaryLesson:
    return next(one for one in view.lessons if one.number == number)


async def fill_in(storage: Storage, school: Cast) -> None:
    """Algebra of the day: a topic, homework, two marks and an absence."""
    owner = school.actor(school.owner)
    records, marks = Records(storage, school.clock), Marks(storage, school.clock)
    await records.put_plan_topic(owner, school.algebra, school.topics[0], 0)
    await records.choose_homework(owner, school.algebra)
    await records.put_typed(owner, DraftPurpose.HOMEWORK, "№ 312–315")
    for kind, value in ((WorkKind.CONTROL, "5"), (WorkKind.ANSWER, "3")):
        work = (await marks.add_work(owner, school.algebra, kind, 1)).work.id
        await marks.put(owner, work, school.larina, value, 0)
    await Attendance(storage, school.clock).put(owner, school.algebra, school.onegin, AttendanceCode.LATE, 0)


async def test_a_day_shows_what_the_journal_has_of_the_own_child(storage: Storage, school: Cast, diary: Diary) -> None:
    await fill_in(storage, school)
    view = await diary.day(school.actor(school.mother_larina))
    assert (view.child.first_name, view.class_name, view.on_date) == ("Татьяна", "7Б", TODAY)
    algebra = lesson(view, 3)
    assert (algebra.subject, algebra.topic, algebra.given) == ("Алгебра", "Натуральные числа", "№ 312–315")
    assert [(one.kind, one.value) for one in algebra.marks] == [(WorkKind.CONTROL, "5"), (WorkKind.ANSWER, "3")]
    assert algebra.absence is None
    assert f"{algebra.starts_at:%H:%M}" == "10:25"


async def test_another_childs_marks_are_not_in_it(storage: Storage, school: Cast, diary: Diary) -> None:
    await fill_in(storage, school)
    algebra = lesson(await diary.day(school.actor(school.mother_onegina)), 3)
    assert algebra.marks == ()
    assert algebra.absence is not None and algebra.absence.code is AttendanceCode.LATE


async def test_a_withdrawn_mark_is_gone(storage: Storage, school: Cast, diary: Diary) -> None:
    owner, marks = school.actor(school.owner), Marks(storage, school.clock)
    work = (await marks.add_work(owner, school.algebra, WorkKind.ANSWER, 1)).work.id
    await marks.put(owner, work, school.larina, "3", 0)
    await marks.put(owner, work, school.larina, None, 1)
    assert lesson(await diary.day(school.actor(school.mother_larina)), 3).marks == ()


async def test_tomorrow_says_what_has_to_be_done(storage: Storage, school: Cast, diary: Diary) -> None:
    await fill_in(storage, school)
    view = await diary.day(school.actor(school.mother_larina), on_date=TOMORROW)
    assert [(one.number, one.subject, [todo.text for todo in one.todo], one.given) for one in view.lessons] == [
        (3, "Алгебра", ["№ 312–315"], None)
    ]
    assert (view.before, view.after) == (TODAY, None)


async def test_only_the_own_subgroups_lessons_are_shown(school: Cast, diary: Diary) -> None:
    view = await diary.day(school.actor(school.mother_larina))
    assert [one.number for one in view.lessons] == [1, 2, 3, 4, 5, 6], "one English lesson of the two"


async def test_a_day_without_lessons_is_empty_and_knows_the_way_back(school: Cast, diary: Diary) -> None:
    view = await diary.day(school.actor(school.mother_larina), on_date=TODAY + timedelta(days=30))
    assert view.lessons == ()
    assert view.before == TOMORROW


@pytest.mark.parametrize("who", ["mother_onegina", "mother_of_7a", "stranger", "owner", "homeroom_teacher", "deputy"])
async def test_nobody_opens_anothers_child_whatever_the_button_says(school: Cast, diary: Diary, who: str) -> None:
    with pytest.raises(SchoolError) as refusal:
        await diary.day(school.actor(getattr(school, who)), school.larina, TODAY)
    assert isinstance(refusal.value, NotYourStudent | NotFoundHere)


async def test_both_guardians_open_their_child(school: Cast, diary: Diary) -> None:
    for who in (school.mother_larina, school.father_larin):
        assert (await diary.day(school.actor(who), school.larina)).child.id == school.larina


async def test_a_person_of_another_school_is_not_even_there(storage: Storage, school: Cast, diary: Diary) -> None:
    async with storage.writing() as uow:
        values = {"name": "Школа №2", "timezone": "Europe/Moscow", "regulation": {}, "created_at": school.clock.now()}
        other = (await uow.execute(insert(School).values(**values).returning(School.id))).scalar_one()
        row = {"school_id": other, "last_name": "Ларина", "first_name": "Ольга", "middle_name": "", "key": "ларина"}
        student = (await uow.execute(insert(Person).values(**row).returning(Person.id))).scalar_one()
    with pytest.raises(NotFoundHere):
        await diary.day(school.actor(school.mother_larina), PersonId(student))


async def test_an_ended_guardianship_closes_the_diary_at_once(storage: Storage, school: Cast, diary: Diary) -> None:
    async with storage.writing() as uow:
        await uow.write(
            update(Guardianship).where(Guardianship.guardian_id == school.father_larin).values(until_on=TODAY)
        )
    with pytest.raises(NotYourStudent):
        await diary.day(school.actor(school.father_larin), school.larina)
    with pytest.raises(NoDiary):
        await diary.day(school.actor(school.father_larin))
    assert (await diary.day(school.actor(school.mother_larina))).child.id == school.larina


async def test_a_guardianship_without_papers_opens_nothing(storage: Storage, school: Cast, diary: Diary) -> None:
    async with storage.writing() as uow:
        await uow.write(
            update(Guardianship).where(Guardianship.guardian_id == school.father_larin).values(consent_on=None)
        )
    with pytest.raises(NotYourStudent):
        await diary.day(school.actor(school.father_larin), school.larina)


async def test_a_consent_taken_back_closes_the_diary_and_says_how_to_open_it(
    storage: Storage, school: Cast, diary: Diary
) -> None:
    mother = school.actor(school.mother_larina)
    joining = Joining(storage, school.clock, b"key")
    await joining.leave(mother)
    with pytest.raises(ConsentTakenBack):
        await diary.day(mother)
    with pytest.raises(NotYourStudent):
        await diary.day(mother, school.larina)
    await joining.come_back(mother)
    assert (await diary.day(mother)).child.id == school.larina


async def test_several_children_are_offered_by_name(storage: Storage, school: Cast, diary: Diary) -> None:
    async with storage.writing() as uow:
        mother = await people.person(uow, school, "Иванова Анна Сергеевна", Role.GUARDIAN, connected=True)
        for name in ("Иванова Милана", "Иванов Иван"):
            await people.guard(uow, school, mother, school.named(name))
    view = await diary.day(school.actor(mother))
    assert [child.first_name for child in view.children] == ["Иван", "Милана"]
    assert view.child.first_name == "Иван"
    other = await diary.day(school.actor(mother), view.children[1].id)
    assert other.child.first_name == "Милана"
