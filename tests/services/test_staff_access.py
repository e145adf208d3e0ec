"""«Доступ»: the administrator's staff codes, and nobody else's."""

import pytest
from sqlalchemy import select

from services.actor import Visitor
from services.connecting import WrongCode
from services.directory import Directory
from services.errors import NotFoundHere
from services.joining import Joined, Joining
from services.staff_access import (
    EmployeeNotConnected,
    NobodyOfTheStaff,
    NotTheAdministrator,
    NotYourself,
    StaffAccess,
)
from storage.models.audit import AuditEntry
from storage.models.delivery import Item
from storage.uow import Storage
from storage.vocabulary import InvitationKind, PersonId, Role
from tests import school as people
from tests.school import BOT, Cast

PHONE = Visitor(BOT, 5001, 5001, "ru", None)


class Office:
    """An administrator, a director and a teacher who has no phone yet."""

    def __init__(self, storage: Storage, cast: Cast) -> None:
        self.storage, self.cast = storage, cast
        self.joining = Joining(storage, cast.clock, b"k" * 32)
        self.access = StaffAccess(storage, cast.clock, self.joining)
        self.directory = Directory(storage, cast.clock)
        self.head = self.director = self.newcomer = PersonId(0)

    async def waiting(self, kind: str) -> list[int]:
        async with self.storage.reading() as uow:
            rows = await uow.execute(select(Item.recipient_id).where(Item.kind == kind, Item.state == "waiting"))
            return sorted(row.recipient_id for row in rows)

    async def audited(self) -> list[str]:
        async with self.storage.reading() as uow:
            rows = await uow.execute(select(AuditEntry.action).where(AuditEntry.actor_id == self.head))
            return [row.action for row in rows]


@pytest.fixture
async def office(storage: Storage) -> Office:
    office = Office(storage, await people.found(storage))
    async with storage.writing() as uow:
        cast = office.cast
        office.head = await people.person(uow, cast, "Орлова Анна Сергеевна", Role.ADMINISTRATOR, connected=True)
        office.director = await people.person(uow, cast, "Попов Игорь Львович", Role.DIRECTOR, connected=True)
        office.newcomer = await people.person(uow, cast, "Ковалевская Софья Васильевна", Role.TEACHER)
    return office


async def test_the_staff_is_listed_by_name_and_found_by_the_beginning_of_one(office: Office) -> None:
    head = office.cast.actor(office.head)
    view = await office.access.view(head)
    names = [one.name for one in view.people]
    assert len(names) == 10 and view.connected == 9 and names == sorted(names)
    assert [one.person_id for one in await office.access.named(head, "ковал соф")] == [office.newcomer]
    for wrong in ("Ларина", "  ", "ъъъ"):
        with pytest.raises(NobodyOfTheStaff):
            await office.access.named(head, wrong)


async def test_a_code_lets_an_employee_in_once_and_a_newer_one_ends_it(office: Office) -> None:
    head = office.cast.actor(office.head)
    former = (await office.access.issue(head, office.newcomer)).issued
    made = (await office.access.issue(head, office.newcomer)).issued
    with pytest.raises(WrongCode):
        await office.joining.knock(PHONE, former.token)
    assert await office.joining.knock(PHONE, made.code) == Joined(InvitationKind.STAFF, awaiting=False)
    assert (await office.access.employee(head, office.newcomer)).account_id is not None
    assert await office.waiting("own_code") == []
    assert await office.audited() == ["invitation.issue", "invitation.issue"]


async def test_disconnecting_an_employee_closes_the_journal_at_once(office: Office) -> None:
    cast, head = office.cast, office.cast.actor(office.head)
    one = await office.access.disconnect(head, cast.owner)
    assert one.account_id is None
    assert await office.directory.actor(cast.visitor(cast.owner)) is None
    assert await office.waiting("revoked") == [cast.owner]
    with pytest.raises(EmployeeNotConnected):
        await office.access.disconnect(head, cast.owner)
    with pytest.raises(NotYourself):
        await office.access.disconnect(head, office.head)


async def test_a_code_for_oneself_is_told_to_the_director_and_every_administrator(office: Office) -> None:
    await office.access.issue(office.cast.actor(office.head), office.head)
    assert await office.waiting("own_code") == sorted([office.head, office.director])


async def test_nobody_but_the_administrator_gives_codes_and_only_to_the_staff(office: Office) -> None:
    cast = office.cast
    for who in (cast.owner, cast.homeroom_teacher, cast.deputy, office.director, cast.mother_larina):
        with pytest.raises(NotTheAdministrator):
            await office.access.view(cast.actor(who))
        with pytest.raises(NotTheAdministrator):
            await office.access.issue(cast.actor(who), cast.owner)
        with pytest.raises(NotTheAdministrator):
            await office.access.disconnect(cast.actor(who), cast.owner)
    for stranger in (cast.mother_larina, cast.larina):
        with pytest.raises(NotFoundHere):
            await office.access.issue(cast.actor(office.head), stranger)
