"""Visits: one a person and day, by the school's date; old ones are forgotten."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services.visits import KEPT, Visits
from storage.models.family import Visit
from storage.repositories import visits as rows
from storage.uow import Storage
from storage.vocabulary import PersonId
from tests.school import TODAY, Cast, at, found


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


async def days(storage: Storage, school: Cast, since: date, until: date) -> dict[PersonId, int]:
    async with storage.reading() as uow:
        return await rows.days_of(uow, [school.mother_larina, school.father_larin], since, until)


async def test_a_day_counts_once_however_often_somebody_comes(storage: Storage, school: Cast) -> None:
    visits, mother = Visits(storage), school.actor(school.mother_larina)
    for hour in ("07:30", "12:00", "23:59"):
        await visits.note(mother, at(hour))
    await Visits(storage).note(mother, at("20:00"))  # another process knows nothing of it
    await visits.note(mother, at("08:00", TODAY + timedelta(days=1)))
    monday = TODAY - timedelta(days=1)
    assert await days(storage, school, monday, monday + timedelta(days=6)) == {school.mother_larina: 2}


async def test_the_day_is_the_schools_date(storage: Storage, school: Cast) -> None:
    await Visits(storage).note(school.actor(school.father_larin), at("00:30"))  # 21:30 of the day before in UTC
    assert await days(storage, school, TODAY, TODAY) == {school.father_larin: 1}


async def test_old_visits_are_forgotten_and_the_rest_stays(storage: Storage, school: Cast) -> None:
    mother, now = school.actor(school.mother_larina), at("12:00")
    for moment in (now - KEPT - timedelta(days=2), now - KEPT + timedelta(days=2), now):
        await Visits(storage).note(mother, moment)
    prune = Visits(storage)
    for _ in range(2):
        await prune(now)
    async with storage.reading() as uow:
        kept = sorted(row.on_date for row in await uow.execute(select(Visit.on_date)))
    assert kept == [(now - KEPT).date() + timedelta(days=2), TODAY]
