"""Students with a diary of their own: slips, joining, confirming, disconnecting; their account is theirs alone."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from services.access import NotYourClass, access_student
from services.actor import Actor, Visitor
from services.connecting import EmployeesSlip, StudentsChat, StudentsSlip, WrongCode
from services.directory import Directory
from services.errors import NotFoundHere, SchoolError
from services.homeroom import NothingToConfirm
from services.invitations import NoOwnDiary
from services.joining import Joined, Joining, Offer
from services.student_access import NoSlipForStudents, StudentAccess, StudentNotConnected, StudentStanding
from storage.models.delivery import Item
from storage.models.people import Consent, Guardianship, TelegramAccount
from storage.uow import Storage
from storage.vocabulary import InvitationKind, PersonId, Role
from tests import school as people
from tests.school import BOT, TODAY, Cast

PHONE, OTHER_PHONE = 5001, 5002
S = StudentStanding


class Office:
    """The homeroom teacher of 7Б, and Ларина Татьяна, whose mother's and father's papers are recorded."""

    def __init__(self, storage: Storage, cast: Cast) -> None:
        self.storage, self.cast = storage, cast
        self.joining = Joining(storage, cast.clock, b"k" * 32)
        self.access = StudentAccess(storage, cast.clock, self.joining)
        self.directory = Directory(storage, cast.clock)
        self.teacher = cast.actor(cast.homeroom_teacher)

    async def slip(self, student_id: PersonId | None = None) -> str:
        wanted = student_id or self.cast.larina
        return (await self.access.slips(self.teacher, self.cast.class_7b, wanted)).slips[0][1].token

    async def code(self) -> str:
        return (await self.access.slips(self.teacher, self.cast.class_7b, self.cast.larina)).slips[0][1].code

    async def joins(self, secret: str, user_id: int = PHONE) -> Joined:
        offer = await self.joining.knock(visitor(user_id), secret)
        assert isinstance(offer, Offer)
        done = await self.joining.confirm_child(visitor(user_id), offer.invitation_id)
        assert isinstance(done, Joined)
        return done

    async def standing(self) -> StudentStanding:
        view = await self.access.view(self.teacher, self.cast.class_7b)
        return next(line.standing for line in view.lines if line.student_id == self.cast.larina)

    async def waiting(self, kind: str) -> list[int]:
        async with self.storage.reading() as uow:
            found = await uow.execute(select(Item.recipient_id).where(Item.kind == kind, Item.state == "waiting"))
            return sorted(row.recipient_id for row in found)


def visitor(user_id: int = PHONE) -> Visitor:
    return Visitor(BOT, user_id, user_id, "ru", None)


@pytest.fixture
async def office(storage: Storage) -> Office:
    return Office(storage, await people.found(storage))


async def refused(office: Office, who: Visitor, text: str) -> SchoolError:
    with pytest.raises(SchoolError) as refusal:
        await office.joining.knock(who, text)
    return refusal.value


async def test_a_student_comes_in_by_the_link_of_the_own_slip(office: Office) -> None:
    slip = await office.slip()
    offer = await office.joining.knock(visitor(), slip)
    assert isinstance(offer, Offer) and (offer.holder, offer.own_class) == ("Ларина Татьяна", "7Б")
    done = await office.joining.confirm_child(visitor(), offer.invitation_id)
    assert done == Joined(InvitationKind.STUDENT, awaiting=False)
    actor = await office.directory.actor(visitor())
    assert actor is not None and actor.person_id == office.cast.larina and actor.roles == {Role.STUDENT}
    assert await office.standing() is S.CONNECTED
    assert await office.waiting("joined") == [office.cast.homeroom_teacher]


async def test_the_student_reads_the_own_record_and_nobody_elses(office: Office) -> None:
    await office.joins(await office.slip())
    actor = await office.directory.actor(visitor())
    assert actor is not None
    async with office.storage.reading() as uow:
        assert (await access_student(uow, actor, office.cast.larina, TODAY)).id == office.cast.larina
        with pytest.raises(SchoolError):
            await access_student(uow, actor, office.cast.onegin, TODAY)


async def test_a_students_typed_code_waits_for_the_homeroom_teacher(office: Office) -> None:
    done = await office.joins(await office.code())
    assert done.awaiting and await office.directory.actor(visitor()) is None
    assert await office.standing() is S.AWAITING
    await office.access.confirm(office.teacher, office.cast.class_7b, office.cast.larina)
    assert await office.directory.actor(visitor()) is not None
    assert await office.waiting("confirmed") == [office.cast.larina]
    with pytest.raises(NothingToConfirm):
        await office.access.confirm(office.teacher, office.cast.class_7b, office.cast.larina)


async def test_a_phone_that_is_not_the_students_is_not_confirmed_and_the_former_one_goes_on(office: Office) -> None:
    await office.joins(await office.slip())
    await office.joins(await office.code(), OTHER_PHONE)
    assert await office.directory.actor(visitor()) is not None, "nobody has confirmed the other phone"
    await office.access.refuse(office.teacher, office.cast.class_7b, office.cast.larina)
    assert await office.directory.actor(visitor(OTHER_PHONE)) is None
    assert await office.directory.actor(visitor()) is not None
    assert await office.standing() is S.CONNECTED


async def test_no_slip_without_a_guardians_papers_and_none_for_the_younger(office: Office) -> None:
    cast = office.cast
    with pytest.raises(NoSlipForStudents):
        await office.access.slips(office.teacher, cast.class_7b, cast.named("Павлов Лев"))
    view = await office.access.view(office.teacher, cast.class_7b)
    assert {line.student_id for line in view.of(S.AWAY)} == {cast.larina, cast.onegin}
    slips = await office.access.slips(office.teacher, cast.class_7b)
    assert [line.student_id for line, _issued in slips.slips] == [cast.larina, cast.onegin]
    assert len(slips.without_papers) == 28


async def test_the_school_says_from_which_class_on_students_come_in(storage: Storage) -> None:
    office = Office(storage, await people.found(storage, regulation={"student_level_from": 8}))
    with pytest.raises(NoSlipForStudents):
        await office.slip()
    with pytest.raises(NoOwnDiary):
        await office.joining.issue_student(office.cast.larina)
    assert not (await office.access.slips(office.teacher, office.cast.class_7b)).slips


async def test_a_slip_dies_when_the_papers_it_rests_on_end(office: Office) -> None:
    slip = await office.slip()
    async with office.storage.writing() as uow:
        ended = update(Guardianship).where(Guardianship.student_id == office.cast.larina)
        await uow.write(ended.values(until_on=TODAY))
    assert isinstance(await refused(office, visitor(), slip), WrongCode)


async def test_a_student_does_not_work_under_a_guardians_or_teachers_account(office: Office) -> None:
    slip = await office.slip()
    for adult in (office.cast.mother_larina, office.cast.mother_onegina, office.cast.owner):
        refusal = await refused(office, office.cast.visitor(adult), slip)
        assert isinstance(refusal, StudentsSlip) and "Ларина Татьяна" in refusal.say()
    await office.joins(slip)  # it wasn't used up


async def test_no_adult_comes_into_a_students_chat(office: Office) -> None:
    await office.joins(await office.slip())
    mothers = await office.joining.issue_family(office.cast.mother_larina)
    teachers = await office.joining.issue_staff(office.cast.owner)
    for token in (mothers.token, teachers.token):
        assert isinstance(await refused(office, visitor(), token), StudentsChat)
    other = await office.slip(office.cast.onegin)
    assert isinstance(await refused(office, visitor(), other), StudentsSlip), "nor a classmate"


async def test_a_familys_slip_never_lets_in_an_employee_with_an_employees_rights(office: Office) -> None:
    cast = office.cast
    async with office.storage.writing() as uow:
        await people.guard(uow, cast, cast.deputy, cast.onegin)
    slip = await office.joining.issue_family(cast.deputy, by=cast.homeroom_teacher)
    assert isinstance(await refused(office, visitor(), slip.token), EmployeesSlip)
    offer = await office.joining.knock(cast.visitor(cast.deputy), slip.token)
    assert isinstance(offer, Offer), "in the employee's own chat it opens"


async def test_disconnecting_a_student_closes_the_diary_and_ends_the_codes(office: Office) -> None:
    await office.joins(await office.slip())
    spare = await office.slip()
    await office.access.disconnect(office.teacher, office.cast.class_7b, office.cast.larina)
    assert await office.directory.actor(visitor()) is None
    assert isinstance(await refused(office, visitor(), spare), WrongCode)
    assert await office.waiting("revoked") == [office.cast.larina]
    with pytest.raises(StudentNotConnected):
        await office.access.disconnect(office.teacher, office.cast.class_7b, office.cast.larina)


async def test_students_give_no_consent_of_their_own_and_may_stop(office: Office) -> None:
    await office.joins(await office.slip())
    async with office.storage.reading() as uow:
        given = await uow.execute(select(Consent.id).where(Consent.person_id == office.cast.larina))
        assert given.first() is None
    actor = await office.directory.actor(visitor())
    assert actor is not None
    await office.joining.leave(actor)
    assert await office.directory.actor(visitor()) is None
    async with office.storage.reading() as uow:
        state = await uow.execute(select(TelegramAccount.state).where(TelegramAccount.user_id == PHONE))
        assert state.scalar_one() == "revoked"


async def test_strangers_see_no_students_and_the_administrator_only_looks_and_disconnects(office: Office) -> None:
    cast = office.cast
    await office.joins(await office.slip())
    for who in (cast.owner, cast.colleague, cast.mother_larina, cast.deputy):
        with pytest.raises(NotYourClass):
            await office.access.view(cast.actor(who), cast.class_7b)
        with pytest.raises(NotYourClass):
            await office.access.slips(cast.actor(who), cast.class_7b)
    head: Actor = replace(cast.actor(cast.deputy), roles=frozenset({Role.ADMINISTRATOR}))
    view = await office.access.view(head, cast.class_7b)
    assert not view.led and len(view.lines) == 30
    with pytest.raises(NotYourClass):
        await office.access.slips(head, cast.class_7b)
    with pytest.raises(NotFoundHere):
        await office.access.disconnect(head, cast.class_7b, cast.student_of_7a)
    await office.access.disconnect(head, cast.class_7b, cast.larina)
    assert await office.directory.actor(visitor()) is None
