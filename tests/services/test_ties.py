"""«Связь с ребёнком»: ending a guardianship by court or by date, and restoring it; of the own class only."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from services.access import NotYourClass, access_student
from services.actor import Actor
from services.errors import NotFoundHere, SchoolError
from services.homeroom import Homeroom
from services.joining import Joining
from services.ties import NoTieDay, Tie, TieHolds, TieOver, Ties, read_day
from storage.models.audit import AuditEntry
from storage.models.people import Guardianship
from storage.uow import Storage
from storage.vocabulary import GuardianStanding, PersonId, Role, TieEnd, WorkKind
from tests.letters.mailbox import Mailbox
from tests.school import TODAY, Cast, found

TOMORROW = TODAY + timedelta(days=1)
CLOSED = (
    "Школа закрыла вам доступ к одному из дневников: писем из него больше не будет.\n"
    "На вопросы ответят классный руководитель и канцелярия."
)


class Office:
    """The homeroom teacher of 7Б, the mother of Ларина Татьяна, and everybody's mailbox."""

    def __init__(self, storage: Storage, cast: Cast) -> None:
        self.storage, self.cast = storage, cast
        self.ties = Ties(storage, cast.clock)
        self.box = Mailbox(storage, cast)
        self.teacher = cast.actor(cast.homeroom_teacher)

    async def tie(self) -> Tie:
        return (await self.ties.view(self.teacher, self.cast.class_7b, self.cast.mother_larina)).ties[0]

    async def ends(self, day: date = TODAY, reason: TieEnd = TieEnd.COURT) -> Tie:
        return (await self.ties.end(self.teacher, self.cast.class_7b, (await self.tie()).id, reason, day))[1]

    async def reads(self, person: PersonId, student: PersonId, on: date = TODAY) -> bool:
        async with self.storage.reading() as uow:
            try:
                await access_student(uow, self.cast.actor(person), student, on)
            except SchoolError:
                return False
        return True


@pytest.fixture
async def office(storage: Storage) -> Office:
    return Office(storage, await found(storage))


async def test_by_court_the_diary_closes_the_letter_that_waits_stays_unsent_and_one_calm_word_goes(
    office: Office,
) -> None:
    cast = office.cast
    await office.box.marks_(cast.larina, "5", WorkKind.ANSWER, cast.algebra, cast.owner)
    assert (await office.ends()).over
    cast.clock.advance(timedelta(seconds=61))
    got = await office.box.texts()
    assert got[cast.mother_larina] == [CLOSED], "no mark, and no child's name"
    assert not await office.reads(cast.mother_larina, cast.larina)
    assert await office.reads(cast.father_larin, cast.larina), "the other guardian's tie is another"
    async with office.storage.reading() as uow:
        row = (await uow.execute(select(Guardianship).where(Guardianship.guardian_id == cast.mother_larina))).one()
        audited = select(AuditEntry.detail).where(AuditEntry.action == "guardianship.end")
        detail = (await uow.execute(audited)).scalar_one()
    assert row.until_on == TODAY
    assert detail["reason"] == "court" and detail["until"] == TODAY.isoformat()


async def test_a_day_ahead_ends_it_on_that_day_and_not_before(office: Office) -> None:
    cast = office.cast
    assert not (await office.ends(TOMORROW, TieEnd.ADULT)).over
    assert await office.reads(cast.mother_larina, cast.larina)
    assert await office.box.texts() == {}
    office.box.clock_shows("06:59", TOMORROW)
    assert await office.box.texts() == {}, "nobody is woken by it"
    assert not await office.reads(cast.mother_larina, cast.larina, TOMORROW)
    office.box.clock_shows("07:00", TOMORROW)
    assert await office.box.texts() == {cast.mother_larina: [CLOSED]}


async def test_a_mistake_is_restored_before_the_day_without_a_word_and_after_it_with_one(office: Office) -> None:
    cast = office.cast
    tie = await office.ends(TOMORROW)
    await office.ties.restore(office.teacher, cast.class_7b, tie.id)
    office.box.clock_shows("08:00", TOMORROW)
    assert await office.box.texts() == {}
    await office.ends(TOMORROW)
    assert await office.box.texts() == {cast.mother_larina: [CLOSED]}
    await office.ties.restore(office.teacher, cast.class_7b, tie.id)
    assert await office.box.texts() == {cast.mother_larina: ["Школа снова открыла вам дневник."]}
    assert await office.reads(cast.mother_larina, cast.larina, TOMORROW)
    with pytest.raises(TieHolds):
        await office.ties.restore(office.teacher, cast.class_7b, tie.id)


async def test_an_ended_tie_stands_on_a_list_of_its_own_and_ends_once(office: Office) -> None:
    cast = office.cast
    tie = await office.ends()
    assert await office.ends() == tie, "pressed twice"
    with pytest.raises(TieOver):
        await office.ties.end(office.teacher, cast.class_7b, tie.id, TieEnd.MOVED, TODAY)
    homeroom = Homeroom(office.storage, cast.clock, Joining(office.storage, cast.clock, b"k" * 32))
    view = await homeroom.access(office.teacher, cast.class_7b)
    assert [one.guardian_id for one in view.of(GuardianStanding.ENDED)] == [cast.mother_larina]
    assert cast.mother_larina not in {one.guardian_id for one in view.families}


async def test_a_typed_day_is_read_and_one_too_far_or_unreadable_is_refused(office: Office) -> None:
    cast = office.cast
    tie = await office.tie()
    await office.ties.ask_day(office.teacher, cast.class_7b, tie.id, TieEnd.COURT)
    for wrong in ("завтра", "32.13", "05.12.2030", "01.08.2026"):
        with pytest.raises(NoTieDay):
            await office.ties.typed_day(office.teacher, wrong)
    _view, _tie, reason, day = await office.ties.typed_day(office.teacher, "с 05.12")
    assert (reason, day) == (TieEnd.COURT, date(2026, 12, 5))
    assert read_day("1.2", TODAY) == date(2027, 2, 1)


async def test_only_the_homeroom_teacher_and_the_administrator_end_ties(office: Office) -> None:
    cast = office.cast
    tie = await office.tie()
    for who in (cast.owner, cast.colleague, cast.deputy, cast.mother_larina, cast.father_larin):
        with pytest.raises(NotYourClass):
            await office.ties.view(cast.actor(who), cast.class_7b, cast.mother_larina)
        with pytest.raises(NotYourClass):
            await office.ties.end(cast.actor(who), cast.class_7b, tie.id, TieEnd.COURT, TODAY)
        with pytest.raises(NotYourClass):
            await office.ties.restore(cast.actor(who), cast.class_7b, tie.id)
    with pytest.raises(NotFoundHere):
        await office.ties.view(office.teacher, cast.class_7b, cast.mother_of_7a)
    head: Actor = replace(cast.actor(cast.deputy), roles=frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(NotFoundHere):
        await office.ties.end(head, cast.class_7a, tie.id, TieEnd.COURT, TODAY)
    assert (await office.ties.end(head, cast.class_7b, tie.id, TieEnd.COURT, TODAY))[1].over
