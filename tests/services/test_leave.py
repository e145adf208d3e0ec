"""Absences of employees: from when till when, and what becomes of the lessons of these days."""

from datetime import date, timedelta

import pytest

from services.actor import Actor
from services.assignments import NotYourOffice
from services.changes import Outcome
from services.errors import NotFoundHere
from services.leave import LeaveEndsBeforeItBegins, NoDateFound, StaffLeaves, last_day
from services.substitutions.office import Substitutions
from services.substitutions.views import NotOnTheStaff
from storage.repositories.leave import on_leave
from storage.uow import Storage
from storage.vocabulary import ChangeReason, LeaveKind
from tests.school import TODAY, Cast, found

SICK, TRIP = LeaveKind.SICK, LeaveKind.TRIP
TOMORROW = TODAY + timedelta(days=1)
FRIDAY = date(2026, 9, 11)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def leaves(storage: Storage, school: Cast) -> StaffLeaves:
    return StaffLeaves(storage, school.clock)


@pytest.fixture
def deputy(school: Cast) -> Actor:
    return school.actor(school.deputy)


async def test_a_leave_asks_what_becomes_of_its_lessons(
    storage: Storage, leaves: StaffLeaves, deputy: Actor, school: Cast
) -> None:
    put = await leaves.put(deputy, school.owner, SICK, TODAY, FRIDAY)
    assert put.outcome is Outcome.SAVED
    # Of today's six one is cancelled; tomorrow has the algebra.
    assert [(one.on_date, one.lessons, one.uncovered) for one in put.view.days] == [(TODAY, 6, 5), (TOMORROW, 1, 1)]
    async with storage.reading() as uow:
        assert await on_leave(uow, [school.owner], TODAY) == {school.owner}
        assert await on_leave(uow, [school.owner], FRIDAY) == set()
    office = Substitutions(storage, school.clock)
    await office.put(deputy, school.lessons["завтра"], school.owner, school.substitute, 0, ChangeReason.SICK)
    assert (await leaves.person(deputy, school.owner)).days[1].uncovered == 0
    day = await office.day(deputy)
    assert [(one.person.last, one.kind, one.uncovered) for one in day.away] == [("Вишневская", SICK, 5)]


async def test_the_same_leave_twice_is_one(leaves: StaffLeaves, deputy: Actor, school: Cast) -> None:
    await leaves.put(deputy, school.owner, SICK, TODAY, None)
    again = await leaves.put(deputy, school.owner, SICK, TODAY, None)
    assert again.outcome is Outcome.ALREADY
    assert len((await leaves.everybody(deputy)).lines) == 1


async def test_a_newer_leave_takes_the_place_of_the_days_it_shares(
    leaves: StaffLeaves, deputy: Actor, school: Cast
) -> None:
    await leaves.put(deputy, school.owner, SICK, TODAY, None)
    put = await leaves.put(deputy, school.owner, TRIP, FRIDAY, FRIDAY + timedelta(days=3))
    assert [(one.kind, one.since_on, one.until_on) for one in put.view.leaves] == [
        (SICK, TODAY, FRIDAY),
        (TRIP, FRIDAY, FRIDAY + timedelta(days=3)),
    ]
    put = await leaves.put(deputy, school.owner, SICK, TODAY, FRIDAY + timedelta(days=7))
    assert [(one.kind, one.since_on) for one in put.view.leaves] == [(SICK, TODAY)]


async def test_a_trip_interrupts_a_longer_leave_and_a_correction_replaces_it(
    leaves: StaffLeaves, deputy: Actor, school: Cast
) -> None:
    monday, end = FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=14)
    await leaves.put(deputy, school.owner, LeaveKind.LEAVE, TODAY, end)
    put = await leaves.put(deputy, school.owner, TRIP, FRIDAY, monday)
    standing = [(one.kind, one.since_on, one.until_on) for one in put.view.leaves]
    assert standing == [(LeaveKind.LEAVE, TODAY, FRIDAY), (TRIP, FRIDAY, monday), (LeaveKind.LEAVE, monday, end)]
    put = await leaves.put(deputy, school.owner, LeaveKind.LEAVE, TODAY, monday)
    assert [(one.kind, one.since_on, one.until_on) for one in put.view.leaves] == [
        (LeaveKind.LEAVE, TODAY, monday),
        (LeaveKind.LEAVE, monday, end),
    ]


async def test_back_at_work_ends_it_today_and_one_to_come_is_withdrawn(
    storage: Storage, leaves: StaffLeaves, deputy: Actor, school: Cast
) -> None:
    await leaves.put(deputy, school.owner, SICK, TODAY - timedelta(days=2), None)
    [one] = (await leaves.person(deputy, school.owner)).leaves
    done = await leaves.end(deputy, one.id)
    assert (done.outcome, done.view.leaves) == (Outcome.SAVED, [])
    assert (await leaves.end(deputy, one.id)).outcome is Outcome.ALREADY
    async with storage.reading() as uow:
        assert await on_leave(uow, [school.owner], TODAY - timedelta(days=1)) == {school.owner}
        assert await on_leave(uow, [school.owner], TODAY) == set()
    put = await leaves.put(deputy, school.owner, TRIP, TOMORROW, FRIDAY)
    await leaves.end(deputy, put.view.leaves[0].id)
    async with storage.reading() as uow:
        assert await on_leave(uow, [school.owner], TOMORROW) == set()


async def test_the_last_day_may_be_typed(leaves: StaffLeaves, deputy: Actor, school: Cast) -> None:
    await leaves.ask_until(deputy, school.owner, SICK, TODAY)
    with pytest.raises(NoDateFound):
        await leaves.put_typed(deputy, "не знаю")
    put = await leaves.put_typed(deputy, "до 10.09")
    assert put.view.leaves[0].until_on == FRIDAY
    assert last_day("10.01", TODAY) == date(2027, 1, 10)
    assert last_day("8.9.2026", TODAY) == TODAY
    for wrong in ("31.02", "0.0"):
        with pytest.raises(NoDateFound):
            last_day(wrong, TODAY)


async def test_refusals(leaves: StaffLeaves, deputy: Actor, school: Cast) -> None:
    with pytest.raises(LeaveEndsBeforeItBegins):
        await leaves.put(deputy, school.owner, SICK, TODAY, TODAY)
    with pytest.raises(NotOnTheStaff):
        await leaves.put(deputy, school.mother_larina, SICK, TODAY, None)
    with pytest.raises(NotFoundHere):
        await leaves.end(deputy, 99)
    for nobody in (school.owner, school.homeroom_teacher, school.mother_larina):
        actor = school.actor(nobody)
        for call in (
            leaves.everybody(actor),
            leaves.person(actor, school.owner),
            leaves.ask_until(actor, school.owner, SICK, TODAY),
            leaves.put(actor, school.owner, SICK, TODAY, None),
            leaves.put_typed(actor, "10.09"),
            leaves.end(actor, 1),
        ):
            with pytest.raises(NotYourOffice):
                await call
