"""Who has left the staff has no lessons any more, and hears of nobody's class."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from services.lessons import Lessons
from storage.models.people import PersonRole
from storage.repositories import joining
from storage.uow import Storage
from storage.vocabulary import PersonId
from tests.school import TODAY, Cast, found


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


async def leaves(storage: Storage, school: Cast, person_id: PersonId) -> None:
    """All roles end today."""
    async with storage.writing() as uow:
        await uow.write(update(PersonRole).where(PersonRole.person_id == person_id).values(until_on=TODAY))
    school.roles[person_id] = frozenset()


async def test_the_day_lists_no_lessons_for_somebody_who_left(storage: Storage, school: Cast) -> None:
    lessons = Lessons(storage, school.clock)
    assert (await lessons.day(school.actor(school.owner))).lessons
    await leaves(storage, school, school.owner)
    day = await lessons.day(school.actor(school.owner))
    assert (list(day.lessons), day.before, day.after) == ([], None, None)
    assert list((await lessons.day(school.actor(school.owner), TODAY + timedelta(days=1))).lessons) == []


async def test_a_homeroom_teacher_who_left_hears_of_no_family(storage: Storage, school: Cast) -> None:
    async with storage.reading() as uow:
        assert await joining.homeroom_teachers(uow, [school.class_7b], TODAY)
    await leaves(storage, school, school.homeroom_teacher)
    async with storage.reading() as uow:
        assert await joining.homeroom_teachers(uow, [school.class_7b], TODAY) == []
