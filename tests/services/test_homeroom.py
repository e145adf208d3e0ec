"""«Мой класс»: who is connected, confirming, disconnecting, slips; of the own class only."""

import asyncio
from datetime import date

import pytest
from sqlalchemy import insert, select

from services.access import NotYourClass
from services.actor import Visitor
from services.connecting import WrongCode
from services.directory import Directory
from services.errors import NotFoundHere
from services.homeroom import (
    EmployeesAccount,
    Family,
    Homeroom,
    NoClass,
    NothingToConfirm,
    NothingToDisconnect,
    PapersMissing,
)
from services.joining import Joined, Joining, Offer
from storage.models.audit import AuditEntry
from storage.models.delivery import Item
from storage.models.people import Guardianship, PersonRole
from storage.repositories import recipients
from storage.uow import Storage
from storage.vocabulary import GuardianStanding, PersonId, Role
from tests import school as people
from tests.letters.mailbox import Mailbox
from tests.school import BOT, TODAY, Cast

PHONE = 5001
S = GuardianStanding


class Office:
    """The homeroom teacher of 7Б at work, with a mother of Андреев who isn't connected yet."""

    def __init__(self, storage: Storage, cast: Cast) -> None:
        self.storage, self.cast = storage, cast
        self.joining = Joining(storage, cast.clock, b"k" * 32)
        self.homeroom = Homeroom(storage, cast.clock, self.joining)
        self.directory = Directory(storage, cast.clock)
        self.teacher = cast.actor(cast.homeroom_teacher)
        self.mother = PersonId(0)

    async def guardian(self, name: str, student: str, *, papers: bool = True) -> PersonId:
        async with self.storage.writing() as uow:
            person_id = await people.person(uow, self.cast, name, Role.GUARDIAN)
            row = {
                "school_id": self.cast.school_id,
                "guardian_id": person_id,
                "student_id": self.cast.named(student),
                "relation": "mother",
                "since_on": date(2026, 9, 1),
                "application": "№ 7" if papers else None,
                "consent_on": date(2026, 9, 1) if papers else None,
            }
            await uow.execute(insert(Guardianship), row)
        return person_id

    async def joins(self, secret: str, user_id: int = PHONE) -> Joined:
        who = Visitor(BOT, user_id, user_id, "ru", None)
        offer = await self.joining.knock(who, secret)
        assert isinstance(offer, Offer)
        step = await self.joining.confirm_child(who, offer.invitation_id)
        return step if isinstance(step, Joined) else await self.joining.agree(who, offer.invitation_id)

    async def family(self, guardian_id: PersonId) -> Family:
        return (await self.homeroom.family(self.teacher, self.cast.class_7b, guardian_id))[1]

    async def told(self, student: str) -> set[int]:
        async with self.storage.reading() as uow:
            found = await recipients.recipients_of_students(uow, [self.cast.named(student)], TODAY)
        return {one.person_id for one in found}

    async def waiting(self, kind: str) -> list[int]:
        async with self.storage.reading() as uow:
            rows = await uow.execute(select(Item.recipient_id).where(Item.kind == kind, Item.state == "waiting"))
            return sorted(row.recipient_id for row in rows)


@pytest.fixture
async def office(storage: Storage) -> Office:
    office = Office(storage, await people.found(storage))
    office.mother = await office.guardian("Андреева Ирина Олеговна", "Андреев Пётр")
    return office


async def test_the_class_is_seen_by_how_its_families_stand(office: Office) -> None:
    bare = await office.guardian("Павлова Нина Сергеевна", "Павлов Лев", papers=False)
    view = await office.homeroom.view(office.teacher)
    assert view.name == "7Б"
    assert {family.guardian_id for family in view.of(S.CONNECTED)} == {
        office.cast.mother_larina,
        office.cast.father_larin,
        office.cast.mother_onegina,
    }
    assert [family.guardian_id for family in view.of(S.AWAY)] == [office.mother]
    assert [family.guardian_id for family in view.of(S.NO_PAPERS)] == [bare]
    assert len(view.without_guardians) == 26
    assert all(family.guardian_id != office.cast.mother_of_7a for family in view.families), "another class"


async def test_who_joined_when_and_how_is_told(office: Office) -> None:
    slips = await office.homeroom.slips(office.teacher, office.cast.class_7b)
    await office.joins(slips.slips[0].issued.token)
    family = await office.family(office.mother)
    assert (family.standing, family.by_code) == (S.CONNECTED, False)
    assert family.since is not None and f"{family.since:%d.%m %H:%M}" == "08.09 10:40"


async def test_a_typed_code_is_confirmed_and_the_diary_opens(office: Office) -> None:
    slips = await office.homeroom.slips(office.teacher, office.cast.class_7b)
    await office.joins(slips.slips[0].issued.code)
    assert (await office.family(office.mother)).standing is S.AWAITING
    assert await office.told("Андреев Пётр") == set()
    family = await office.homeroom.confirm(office.teacher, office.cast.class_7b, office.mother)
    assert (family.standing, family.by_code) == (S.CONNECTED, True)
    assert await office.told("Андреев Пётр") == {office.mother}
    assert await office.waiting("confirmed") == [office.mother]
    with pytest.raises(NothingToConfirm):
        await office.homeroom.confirm(office.teacher, office.cast.class_7b, office.mother)


async def test_a_child_added_by_a_typed_code_is_confirmed_too(office: Office) -> None:
    slips = await office.homeroom.slips(office.teacher, office.cast.class_7b)
    await office.joins(slips.slips[0].issued.token)
    twin = await office.guardian("Андреева Ирина", "Дмитриева Софья")
    second = await office.homeroom.slips(office.teacher, office.cast.class_7b, twin)
    assert (await office.joins(second.slips[0].issued.code)).awaiting
    assert (await office.family(office.mother)).standing is S.AWAITING
    await office.homeroom.confirm(office.teacher, office.cast.class_7b, office.mother)
    assert await office.told("Дмитриева Софья") == {office.mother}


async def test_disconnecting_stops_everything_at_once_and_says_so_where_it_was(office: Office) -> None:
    cast = office.cast
    left = await office.joining.issue_family(cast.mother_larina)
    _view, family = await office.homeroom.disconnect(office.teacher, cast.class_7b, cast.mother_larina)
    assert family.standing is S.AWAY
    assert await office.told("Ларина Татьяна") == {cast.father_larin}
    assert await office.directory.actor(cast.visitor(cast.mother_larina)) is None
    with pytest.raises(WrongCode):
        await office.joining.knock(cast.visitor(cast.mother_larina), left.token)
    with pytest.raises(NothingToDisconnect):
        await office.homeroom.disconnect(office.teacher, cast.class_7b, cast.mother_larina)
    box = Mailbox(office.storage, cast)
    assert await box.texts() == {
        cast.mother_larina: [
            "Классный руководитель отключил этот чат: письма прекращены, дневник закрыт.\n"
            "Чтобы вернуться, попросите у классного руководителя новый листок."
        ]
    }


async def test_an_employee_is_not_disconnected_by_a_colleague(office: Office) -> None:
    cast = office.cast
    async with office.storage.writing() as uow:
        row = {"school_id": cast.school_id, "person_id": cast.mother_larina, "role": "teacher", "since_on": TODAY}
        await uow.execute(insert(PersonRole), row)
    with pytest.raises(EmployeesAccount):
        await office.homeroom.disconnect(office.teacher, cast.class_7b, cast.mother_larina)


async def test_a_consent_taken_back_is_seen_as_that(office: Office) -> None:
    await office.joining.leave(office.cast.actor(office.cast.mother_larina))
    assert (await office.family(office.cast.mother_larina)).standing is S.LEFT


async def test_slips_are_for_those_who_are_not_connected_and_have_papers(office: Office) -> None:
    bare = await office.guardian("Павлова Нина Сергеевна", "Павлов Лев", papers=False)
    slips = await office.homeroom.slips(office.teacher, office.cast.class_7b)
    assert [one.family.guardian_id for one in slips.slips] == [office.mother]
    assert slips.without_papers == ("Павлова Нина Сергеевна (Павлов Лев)",)
    with pytest.raises(PapersMissing):
        await office.homeroom.slips(office.teacher, office.cast.class_7b, bare)
    async with office.storage.reading() as uow:
        noted = select(AuditEntry.subject).where(AuditEntry.action == "invitation.issue")
        assert [row.subject for row in await uow.execute(noted)] == [f"person:{office.mother}"]


async def test_a_second_print_ends_the_first(office: Office) -> None:
    first = await office.homeroom.slips(office.teacher, office.cast.class_7b)
    await office.homeroom.slips(office.teacher, office.cast.class_7b)
    with pytest.raises(WrongCode):
        await office.joins(first.slips[0].issued.token)


async def test_a_new_phone_gets_a_new_slip(office: Office) -> None:
    slips = await office.homeroom.slips(office.teacher, office.cast.class_7b, office.cast.mother_onegina)
    await office.joins(slips.slips[0].issued.token)
    actor = await office.directory.actor(Visitor(BOT, PHONE, PHONE, "ru", None))
    assert actor is not None and actor.person_id == office.cast.mother_onegina


@pytest.mark.parametrize("who", ["owner", "colleague", "deputy", "mother_larina"])
async def test_only_the_homeroom_teacher_opens_the_class(office: Office, who: str) -> None:
    actor, class_id, guardian = office.cast.actor(getattr(office.cast, who)), office.cast.class_7b, office.mother
    homeroom = office.homeroom
    for act in (
        homeroom.view(actor, class_id),
        homeroom.family(actor, class_id, guardian),
        homeroom.confirm(actor, class_id, guardian),
        homeroom.disconnect(actor, class_id, guardian),
        homeroom.slips(actor, class_id),
        homeroom.slips(actor, class_id, guardian),
    ):
        with pytest.raises(NotYourClass):
            await act
    with pytest.raises(NoClass):
        await homeroom.view(actor)


async def test_a_homeroom_teacher_reaches_nobody_of_another_class(office: Office) -> None:
    homeroom, cast = office.homeroom, office.cast
    with pytest.raises(NotYourClass):
        await homeroom.view(office.teacher, cast.class_7a)
    for act in (
        homeroom.family(office.teacher, cast.class_7b, cast.mother_of_7a),
        homeroom.disconnect(office.teacher, cast.class_7b, cast.mother_of_7a),
        homeroom.slips(office.teacher, cast.class_7b, cast.mother_of_7a),
    ):
        with pytest.raises(NotFoundHere):
            await act


async def test_two_confirmations_at_once_are_one(office: Office) -> None:
    slips = await office.homeroom.slips(office.teacher, office.cast.class_7b)
    await office.joins(slips.slips[0].issued.code)
    act = office.homeroom.confirm
    done = await asyncio.gather(
        *(act(office.teacher, office.cast.class_7b, office.mother) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in done) == ["Family", "NothingToConfirm"]
    assert await office.waiting("confirmed") == [office.mother]


async def test_the_notice_of_a_typed_code_names_the_child_and_offers_to_confirm(office: Office) -> None:
    slips = await office.homeroom.slips(office.teacher, office.cast.class_7b)
    await office.joins(slips.slips[0].issued.code)
    [notice] = (await Mailbox(office.storage, office.cast).brings())[office.cast.homeroom_teacher]
    assert notice.text == (
        "<b>Подключение к дневнику</b>\n"
        "Андреева Ирина Олеговна — Андреев Пётр, 7Б (мать)\n"
        "Код набран вручную. Подтвердите, пожалуйста, что знаете этого человека."
    )
    assert notice.buttons == ["Подтвердить: Андреева И."]


async def test_the_owner_of_the_former_phone_is_warned_there(office: Office) -> None:
    cast = office.cast
    slips = await office.homeroom.slips(office.teacher, cast.class_7b, cast.mother_onegina)
    await office.joins(slips.slips[0].issued.token)
    letters = await Mailbox(office.storage, cast).texts()
    assert letters[cast.mother_onegina] == [
        "Ваш листок открыли с другого аккаунта Telegram. Этот чат отключён: письма теперь идут туда.\n"
        "Если это были не вы, сразу скажите классному руководителю или администратору."
    ]


async def test_administrators_hear_of_another_phone_and_the_guardian_of_the_confirmation(office: Office) -> None:
    cast = office.cast
    async with office.storage.writing() as uow:
        head = await people.person(uow, cast, "Ключевский Василий Осипович", Role.ADMINISTRATOR, connected=True)
    slips = await office.homeroom.slips(office.teacher, cast.class_7b, cast.mother_onegina)
    await office.joins(slips.slips[0].issued.code)
    await office.homeroom.confirm(office.teacher, cast.class_7b, cast.mother_onegina)
    letters = await Mailbox(office.storage, cast).texts()
    assert letters[head] == [
        "Онегина Мария Львовна: вход с другого аккаунта Telegram. Прежний отключён.\n"
        "Если телефон не менялся, отключите новый."
    ]
    assert letters[PHONE] == ["Классный руководитель подтвердил доступ: дневник открыт."]


async def test_a_code_typed_on_another_phone_leaves_the_connected_one_until_it_is_confirmed(office: Office) -> None:
    cast = office.cast
    async with office.storage.writing() as uow:
        head = await people.person(uow, cast, "Орлова Анна Сергеевна", Role.ADMINISTRATOR, connected=True)
    slip = (await office.homeroom.slips(office.teacher, cast.class_7b, cast.mother_larina)).slips[0].issued
    assert (await office.joins(slip.code)).awaiting
    assert await office.directory.actor(cast.visitor(cast.mother_larina)) is not None
    assert cast.mother_larina in await office.told("Ларина Татьяна")
    assert await office.waiting("relinked") == [cast.mother_larina], "the chat that is connected hears of the attempt"
    family = await office.family(cast.mother_larina)
    assert family.standing is S.AWAITING and family.account_id != family.newcomer_id
    await office.homeroom.confirm(office.teacher, cast.class_7b, cast.mother_larina)
    assert await office.directory.actor(cast.visitor(cast.mother_larina)) is None
    assert await office.directory.actor(Visitor(BOT, PHONE, PHONE, "ru", None)) is not None
    assert await office.waiting("relinked") == sorted([cast.mother_larina, cast.mother_larina, head])
    assert (await office.family(cast.mother_larina)).standing is S.CONNECTED


async def test_a_code_typed_on_another_phone_that_is_not_confirmed_changes_nothing(office: Office) -> None:
    cast = office.cast
    slip = (await office.homeroom.slips(office.teacher, cast.class_7b, cast.mother_larina)).slips[0].issued
    await office.joins(slip.code)
    family = await office.homeroom.refuse(office.teacher, cast.class_7b, cast.mother_larina)
    assert (family.standing, family.newcomer_id) == (S.CONNECTED, None)
    assert await office.directory.actor(cast.visitor(cast.mother_larina)) is not None
    assert await office.directory.actor(Visitor(BOT, PHONE, PHONE, "ru", None)) is None
    with pytest.raises(NothingToConfirm):
        await office.homeroom.refuse(office.teacher, cast.class_7b, cast.mother_larina)
    with pytest.raises(NothingToConfirm):
        await office.homeroom.confirm(office.teacher, cast.class_7b, cast.mother_larina)


async def test_who_typed_anothers_code_can_stop_nobodys_letters_and_give_nobodys_consent(office: Office) -> None:
    cast = office.cast
    thief = Visitor(BOT, PHONE, PHONE, "ru", None)
    slip = (await office.homeroom.slips(office.teacher, cast.class_7b, cast.mother_larina)).slips[0].issued
    await office.joins(slip.code)
    await office.joining.leave(thief)
    assert cast.mother_larina in await office.told("Ларина Татьяна")
    await office.joining.leave(cast.actor(cast.mother_larina))
    again = (await office.homeroom.slips(office.teacher, cast.class_7b, cast.mother_larina)).slips[0].issued
    await office.joins(again.code)
    assert cast.mother_larina not in await office.told("Ларина Татьяна"), "she took her consent back"
    await office.homeroom.confirm(office.teacher, cast.class_7b, cast.mother_larina)
    assert cast.mother_larina in await office.told("Ларина Татьяна"), "the confirmed phone had agreed"


async def test_the_newest_of_two_phones_that_typed_codes_awaits(office: Office) -> None:
    slips = [(await office.homeroom.slips(office.teacher, office.cast.class_7b, office.mother)).slips[0].issued]
    await office.joins(slips[0].code, PHONE)
    slips.append((await office.homeroom.slips(office.teacher, office.cast.class_7b, office.mother)).slips[0].issued)
    await office.joins(slips[1].code, PHONE + 1)
    assert not (await office.joining.standing(Visitor(BOT, PHONE, PHONE, "ru", None))).awaiting
    await office.homeroom.confirm(office.teacher, office.cast.class_7b, office.mother)
    assert await office.directory.actor(Visitor(BOT, PHONE + 1, PHONE + 1, "ru", None)) is not None
