"""Subgroups: transfers by the administrator alone, at a term's end only; nothing of the history goes (В 4.4.12)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from services.actor import Actor
from services.assignments import NotYourOffice
from services.changes import Outcome
from services.errors import NotFoundHere
from services.rules.transfers import next_transfer_day, transfer_day
from services.subgroups import NoTransferThisYear, OtherTransferDay, Subgroups, TransferWithinTerm
from storage.models.people import SubgroupMember
from storage.models.school import Term
from storage.uow import Storage
from storage.vocabulary import Role, SubgroupId
from tests.school import Cast, enrol, found, person

BREAK, SECOND = date(2026, 10, 26), date(2026, 11, 2)
TERMS = [(date(2026, 9, 1), date(2026, 10, 25)), (SECOND, date(2026, 12, 30))]


@pytest.fixture
async def school(storage: Storage) -> Cast:
    """The school with a second quarter; its deputy is the journal's administrator too."""
    school = await found(storage)
    async with storage.writing() as uow:
        values = {"school_id": school.school_id, "year_id": school.year_id, "kind": "quarter", "ordinal": 2}
        await uow.execute(insert(Term), {**values, "starts_on": SECOND, "ends_on": date(2026, 12, 30)})
    school.roles[school.deputy] = frozenset({Role.DEPUTY, Role.ADMINISTRATOR})
    return school


@pytest.fixture
def office(storage: Storage, school: Cast) -> Subgroups:
    return Subgroups(storage, school.clock)


@pytest.fixture
def administrator(school: Cast) -> Actor:
    return school.actor(school.deputy)


async def history(storage: Storage, student: int) -> list[tuple[int, date, date | None]]:
    async with storage.reading() as uow:
        rows = await uow.execute(
            select(SubgroupMember.subgroup_id, SubgroupMember.since_on, SubgroupMember.until_on)
            .where(SubgroupMember.student_id == student)
            .order_by(SubgroupMember.since_on)
        )
        return [tuple(row) for row in rows]


def test_a_transfer_counts_from_the_next_term_and_only_between_terms() -> None:
    table = {
        date(2026, 8, 20): (date(2026, 9, 1), date(2026, 8, 20)),
        date(2026, 9, 1): (date(2026, 9, 1), date(2026, 9, 1)),
        date(2026, 9, 2): (None, BREAK),
        date(2026, 10, 25): (None, BREAK),
        BREAK: (SECOND, BREAK),
        date(2026, 11, 1): (SECOND, date(2026, 11, 1)),
        SECOND: (SECOND, SECOND),
        SECOND + timedelta(days=1): (None, None),
        date(2027, 1, 5): (None, None),
    }
    for today, (counts_from, possible_on) in table.items():
        assert transfer_day(TERMS, today) == counts_from, today
        assert next_transfer_day(TERMS, today) == possible_on, today


async def test_within_a_term_a_transfer_is_refused_with_the_next_day(
    storage: Storage, office: Subgroups, administrator: Actor, school: Cast
) -> None:
    one, other = map(SubgroupId, school.halves)
    before = await history(storage, school.larina)
    with pytest.raises(TransferWithinTerm) as refusal:
        await office.transfer(administrator, school.larina, one, SECOND)
    assert "26" in refusal.value.say()
    assert "п. 4.4.12" in refusal.value.say()
    with pytest.raises(TransferWithinTerm):
        await office.choose(administrator, school.larina, other)
    school.clock.set(school.at("10:00", SECOND + timedelta(days=1)))
    with pytest.raises(NoTransferThisYear):
        await office.transfer(administrator, school.larina, one, SECOND)
    assert await history(storage, school.larina) == before


async def test_between_terms_a_student_passes_from_the_new_term_s_first_day(
    storage: Storage, office: Subgroups, administrator: Actor, school: Cast
) -> None:
    first, second = map(SubgroupId, school.halves)
    school.clock.set(school.at("10:00", BREAK))
    student = school.students[0]
    choice = await office.choose(administrator, student, first)
    assert (choice.since_on, [part.name for part in choice.others]) == (SECOND, ["англ. 2"])
    done = await office.transfer(administrator, student, second, SECOND)
    assert done.outcome is Outcome.SAVED
    assert student in [one.id for one in done.view.students]
    again = await office.transfer(administrator, student, second, SECOND)
    assert again.outcome is Outcome.ALREADY
    year = date(2026, 9, 1)
    assert await history(storage, student) == [(first, year, SECOND), (second, SECOND, None)]
    # A change of mind before the term begins leaves no trace of what never was.
    await office.transfer(administrator, student, first, SECOND)
    assert await history(storage, student) == [(first, year, None)]
    view = await office.of_class(administrator, school.class_7b)
    assert [[part.count for part in one.parts] for one in view.divisions] == [[15, 15]]


async def test_an_old_button_of_another_term_moves_nobody(
    office: Subgroups, administrator: Actor, school: Cast
) -> None:
    school.clock.set(school.at("10:00", BREAK))
    with pytest.raises(OtherTransferDay):
        await office.transfer(administrator, school.students[0], SubgroupId(school.halves[1]), date(2026, 9, 1))


async def test_a_newcomer_joins_a_subgroup_within_a_term_too(
    storage: Storage, office: Subgroups, administrator: Actor, school: Cast
) -> None:
    async with storage.writing() as uow:
        newcomer = await person(uow, school, "Новиков Семён", Role.STUDENT)
        await enrol(uow, school, newcomer, school.class_7b)
    today = date(2026, 9, 8)
    view = await office.of_class(administrator, school.class_7b)
    assert [one.last for one in view.divisions[0].outside] == ["Новиков"]
    first = SubgroupId(school.halves[0])
    choice = await office.choose(administrator, newcomer, first)
    assert (choice.now_in, choice.since_on, len(choice.others)) == (None, today, 2)
    await office.transfer(administrator, newcomer, first, today)
    assert await history(storage, newcomer) == [(first, today, None)]
    with pytest.raises(TransferWithinTerm):
        await office.transfer(administrator, newcomer, SubgroupId(school.halves[1]), today)


async def test_only_the_administrator_sees_and_moves(office: Subgroups, school: Cast) -> None:
    school.roles[school.partner] = frozenset({Role.DEPUTY})
    part = SubgroupId(school.halves[0])
    for nobody in (school.partner, school.owner, school.homeroom_teacher, school.mother_larina):
        actor = school.actor(nobody)
        for call in (
            office.classes(actor),
            office.of_class(actor, school.class_7b),
            office.members(actor, part),
            office.choose(actor, school.larina, part),
            office.transfer(actor, school.larina, part, SECOND),
        ):
            with pytest.raises(NotYourOffice):
                await call


async def test_a_student_of_another_class_has_no_place_there(
    office: Subgroups, administrator: Actor, school: Cast
) -> None:
    school.clock.set(school.at("10:00", BREAK))
    with pytest.raises(NotFoundHere):
        await office.transfer(administrator, school.student_of_7a, SubgroupId(school.halves[0]), SECOND)
