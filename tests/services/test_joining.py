"""Joining: slips, codes, consent, second phones, second children, leaving and coming back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from services import codes, consent
from services.actor import Visitor
from services.connecting import AnotherBotsSlip, CodeMovesNothing, EmployeesChat, SomebodyElsesSlip, WrongCode
from services.directory import Directory
from services.errors import SchoolError
from services.invitations import Issued, NoApplication, NotAGuardian, NotStaff
from services.joining import Joined, Joining, Offer, StepsForgotten, TooManyTries
from services.rules.regulation import Regulation
from storage.models.delivery import Item
from storage.models.people import Consent, Guardianship, Invitation, JoinAttempts, TelegramAccount
from storage.models.school import School
from storage.repositories import recipients
from storage.uow import Storage
from storage.vocabulary import BotId, InvitationId, InvitationKind, PersonId, Role
from tests import school
from tests.school import BOT, TODAY, Cast

KEY = b"k" * 32
PHONE, OTHER_PHONE = 5001, 5002


def visitor(user_id: int = PHONE) -> Visitor:
    return Visitor(bot_id=BOT, user_id=user_id, chat_id=user_id, locale="ru", seq=None)


class Door:
    """A school's door with a new mother of Онегин and helpers to knock at it."""

    def __init__(self, storage: Storage, cast: Cast) -> None:
        self.storage = storage
        self.cast = cast
        self.joining = Joining(storage, cast.clock, KEY)
        self.directory = Directory(storage, cast.clock)
        self.mother = PersonId(0)

    async def guardian(self, name: str, student: PersonId, *, papers: bool = True) -> PersonId:
        async with self.storage.writing() as uow:
            person_id = await school.person(uow, self.cast, name, Role.GUARDIAN)
            row = {
                "school_id": self.cast.school_id,
                "guardian_id": person_id,
                "student_id": student,
                "relation": "mother",
                "since_on": date(2026, 9, 1),
                "application": "№ 7 от 01.09.2026" if papers else None,
                "consent_on": date(2026, 9, 1) if papers else None,
            }
            await uow.execute(insert(Guardianship), row)
        return person_id

    async def slip(self) -> Issued:
        return await self.joining.issue_family(self.mother, by=self.cast.homeroom_teacher)

    async def joins(self, secret: str, who: Visitor) -> Joined:
        offer = await self.joining.knock(who, secret)
        assert isinstance(offer, Offer)
        step = await self.joining.confirm_child(who, offer.invitation_id)
        return step if isinstance(step, Joined) else await self.joining.agree(who, offer.invitation_id)

    async def told(self, student: PersonId) -> set[int]:
        async with self.storage.reading() as uow:
            return {one.person_id for one in await recipients.recipients_of_students(uow, [student], TODAY)}

    async def items(self, kind: str) -> list[tuple[int, int | None]]:
        async with self.storage.reading() as uow:
            rows = await uow.execute(select(Item.recipient_id, Item.account_id).where(Item.kind == kind))
            return sorted((row[0], row[1]) for row in rows)


@pytest.fixture
async def door(storage: Storage) -> Door:
    door = Door(storage, await school.found(storage))
    door.mother = await door.guardian("Андреева Ирина Олеговна", door.cast.named("Андреев Пётр"))
    return door


async def refused(door: Door, who: Visitor, text: str) -> SchoolError:
    with pytest.raises(SchoolError) as refusal:
        await door.joining.knock(who, text)
    return refusal.value


async def test_a_link_leads_by_the_child_and_the_consent_into_the_diary(door: Door) -> None:
    slip = await door.slip()
    offer = await door.joining.knock(visitor(), slip.token)
    assert isinstance(offer, Offer)
    assert [(one.name, one.class_name) for one in offer.children] == [("Пётр Андреев", "7Б")]
    assert await door.directory.actor(visitor()) is None, "nothing is connected before the consent"
    step = await door.joining.confirm_child(visitor(), offer.invitation_id)
    assert isinstance(step, Offer) and step.agreeing
    done = await door.joining.agree(visitor(), offer.invitation_id)
    assert done.kind is InvitationKind.FAMILY and not done.awaiting
    actor = await door.directory.actor(visitor())
    assert actor is not None and actor.person_id == door.mother
    assert await door.told(door.cast.named("Андреев Пётр")) == {door.mother}


async def test_the_homeroom_teacher_hears_who_joined(door: Door) -> None:
    await door.joins((await door.slip()).token, visitor())
    assert [one for one, _ in await door.items("joined")] == [door.cast.homeroom_teacher]


async def test_only_hashes_of_codes_are_stored(door: Door) -> None:
    slip = await door.slip()
    async with door.storage.reading() as uow:
        stored = (await uow.execute(select(Invitation.token_hash, Invitation.code_hash))).one()
    assert {slip.token, slip.code.replace("-", "")}.isdisjoint(set(stored))
    assert len(slip.token) == 32 and codes.typed(slip.code) is not None


async def test_a_typed_code_waits_for_the_homeroom_teacher(door: Door) -> None:
    done = await door.joins((await door.slip()).code, visitor())
    assert done.awaiting
    assert await door.directory.actor(visitor()) is None
    assert (await door.joining.standing(visitor())).awaiting
    assert await door.told(door.cast.named("Андреев Пётр")) == set()


async def test_a_code_is_read_in_small_letters_and_russian_ones() -> None:
    assert codes.typed("аВеКм нРстх") == "ABEKMHPCTX"
    assert codes.typed("o1l2i-34567") == "0112134567"
    assert codes.typed("н Иванов") is None


async def test_wrong_used_and_expired_get_the_same_answer(door: Door) -> None:
    used, wrong = await door.slip(), "00000-00000"
    await door.joins(used.token, visitor())
    expired = await door.joining.issue_family(door.mother)
    said = {(await refused(door, visitor(OTHER_PHONE), text)).say() for text in (wrong, used.code, used.token)}
    door.cast.clock.advance(timedelta(days=7, seconds=1))
    said |= {(await refused(door, visitor(OTHER_PHONE), text)).say() for text in (expired.code, expired.token)}
    assert len(said) == 1


async def test_a_code_works_once_even_in_two_hands(door: Door) -> None:
    slip = await door.slip()
    for who in (visitor(), visitor(OTHER_PHONE)):
        offer = await door.joining.knock(who, slip.token)
        assert isinstance(offer, Offer)
        await door.joining.confirm_child(who, offer.invitation_id)
    await door.joining.agree(visitor(), slip.invitation_id)
    with pytest.raises(WrongCode):
        await door.joining.agree(visitor(OTHER_PHONE), slip.invitation_id)
    assert await door.directory.actor(visitor(OTHER_PHONE)) is None


async def test_a_new_slip_ends_the_older_one_from_the_same_hand(door: Door) -> None:
    lost, again = await door.slip(), await door.slip()
    from_the_office = await door.joining.issue_family(door.mother)
    assert isinstance(await refused(door, visitor(), lost.token), WrongCode)
    assert isinstance(await door.joining.knock(visitor(), from_the_office.token), Offer)
    assert isinstance(await door.joining.knock(visitor(), again.token), Offer)


async def test_five_wrong_codes_lock_that_user_for_a_day(door: Door) -> None:
    slip = await door.slip()
    for number in range(5):
        assert isinstance(await refused(door, visitor(), f"2222{number}-22222"), WrongCode)
    assert isinstance(await refused(door, visitor(), slip.code), TooManyTries)
    assert isinstance(await door.joining.knock(visitor(OTHER_PHONE), slip.code), Offer), "others may"
    assert isinstance(await door.joining.knock(visitor(), slip.token), Offer), "the link still works"
    # The right link made the wrong tries good: they are counted anew.
    for number in range(5):
        await refused(door, visitor(), f"3333{number}-22222")
    door.cast.clock.advance(timedelta(days=1, seconds=1))
    assert isinstance(await door.joining.knock(visitor(), slip.code), Offer)


async def test_chatting_is_no_wrong_code(door: Door) -> None:
    for _ in range(6):
        assert isinstance(await refused(door, visitor(), "junk"), WrongCode)
    assert isinstance(await door.joining.knock(visitor(), (await door.slip()).code), Offer)


async def test_no_code_without_application_and_consent(door: Door) -> None:
    bare = await door.guardian("Павлова Нина Сергеевна", door.cast.named("Павлов Лев"), papers=False)
    with pytest.raises(NoApplication):
        await door.joining.issue_family(bare)
    with pytest.raises(NoApplication):
        await door.joining.issue_family(bare, application="№ 9")
    issued = await door.joining.issue_family(bare, application="№ 9 от 02.09.2026", consent_on=date(2026, 9, 2))
    assert isinstance(await door.joining.knock(visitor(), issued.token), Offer)


async def test_a_refused_code_leaves_no_paper_behind(door: Door) -> None:
    bare = await door.guardian("Павлова Нина Сергеевна", door.cast.named("Павлов Лев"), papers=False)
    with pytest.raises(NoApplication):
        await door.joining.issue_family(bare, application="№ 9")
    async with door.storage.reading() as uow:
        found = await uow.execute(select(Guardianship.application).where(Guardianship.guardian_id == bare))
        assert found.scalar_one() is None


async def test_codes_are_issued_only_to_whom_they_fit(door: Door) -> None:
    with pytest.raises(NotStaff):
        await door.joining.issue_staff(door.mother)
    with pytest.raises(NotAGuardian):
        await door.joining.issue_family(door.cast.colleague)


async def test_a_slip_without_right_any_more_is_a_wrong_code(door: Door) -> None:
    slip = await door.slip()
    async with door.storage.writing() as uow:
        await uow.write(
            update(Guardianship).where(Guardianship.guardian_id == door.mother).values(until_on=date(2026, 9, 2))
        )
    assert isinstance(await refused(door, visitor(), slip.token), WrongCode)


async def test_the_steps_cannot_be_jumped_or_forged(door: Door) -> None:
    slip = await door.slip()
    with pytest.raises(StepsForgotten):
        await door.joining.agree(visitor(), InvitationId(1))
    offer = await door.joining.knock(visitor(), slip.token)
    assert isinstance(offer, Offer)
    with pytest.raises(StepsForgotten):
        await door.joining.agree(visitor(), offer.invitation_id)
    with pytest.raises(StepsForgotten):
        await door.joining.confirm_child(visitor(), InvitationId(offer.invitation_id + 1))
    with pytest.raises(StepsForgotten):
        await door.joining.confirm_child(visitor(OTHER_PHONE), offer.invitation_id)
    assert await door.directory.actor(visitor()) is None


async def test_agreeing_twice_is_agreeing_once(door: Door) -> None:
    slip = await door.slip()
    await door.joins(slip.token, visitor())
    async with door.storage.reading() as uow:
        invitation_id = (await uow.execute(select(Invitation.id))).scalar_one()
    again = await door.joining.agree(visitor(), InvitationId(invitation_id))
    assert not again.awaiting
    async with door.storage.reading() as uow:
        consents = select(func.count()).select_from(Consent).where(Consent.person_id == door.mother)
        assert (await uow.execute(consents)).scalar_one() == 1


async def test_declining_keeps_the_code_good(door: Door) -> None:
    slip = await door.slip()
    await door.joining.knock(visitor(), slip.token)
    await door.joining.decline(visitor())
    assert (await door.joining.standing(visitor())).offer is None
    assert not (await door.joins(slip.token, visitor())).awaiting


async def test_an_interrupted_joining_goes_on_where_it_was(door: Door) -> None:
    offer = await door.joining.knock(visitor(), (await door.slip()).token)
    assert isinstance(offer, Offer)
    await door.joining.confirm_child(visitor(), offer.invitation_id)
    standing = await Joining(door.storage, door.cast.clock, KEY).standing(visitor())
    assert standing.offer is not None and standing.offer.agreeing


async def test_a_second_slip_of_the_same_person_adds_the_child_to_the_chat(door: Door) -> None:
    await door.joins((await door.slip()).token, visitor())
    twin = await door.guardian("Андреева Ирина", door.cast.named("Дмитриева Софья"))
    done = await door.joins((await door.joining.issue_family(twin)).token, visitor())
    assert not done.awaiting
    assert await door.told(door.cast.named("Дмитриева Софья")) == {door.mother}
    assert await door.told(door.cast.named("Андреев Пётр")) == {door.mother}


async def test_a_child_added_by_a_typed_code_is_hidden_until_confirmed(door: Door) -> None:
    await door.joins((await door.slip()).token, visitor())
    twin = await door.guardian("Андреева Ирина", door.cast.named("Дмитриева Софья"))
    done = await door.joins((await door.joining.issue_family(twin)).code, visitor())
    assert done.awaiting
    assert await door.told(door.cast.named("Дмитриева Софья")) == set()
    assert await door.told(door.cast.named("Андреев Пётр")) == {door.mother}, "the first child stays"


async def test_the_other_parents_slip_is_left_unused(door: Door) -> None:
    await door.joins((await door.slip()).token, visitor())
    father = await door.guardian("Андреев Олег Игоревич", door.cast.named("Андреев Пётр"))
    slip = await door.joining.issue_family(father)
    assert isinstance(await refused(door, visitor(), slip.token), SomebodyElsesSlip)
    await door.joins(slip.token, visitor(OTHER_PHONE))
    assert await door.told(door.cast.named("Андреев Пётр")) == {door.mother, father}


async def test_a_namesake_who_guards_the_same_child_is_another_human(door: Door) -> None:
    await door.joins((await door.slip()).token, visitor())
    namesake = await door.guardian("Андреева Ирина", door.cast.named("Андреев Пётр"))
    slip = await door.joining.issue_family(namesake)
    assert isinstance(await refused(door, visitor(), slip.token), SomebodyElsesSlip)


async def test_another_phone_takes_over_and_both_sides_hear_of_it(door: Door) -> None:
    async with door.storage.writing() as uow:
        head = await school.person(uow, door.cast, "Ключевский Василий", Role.ADMINISTRATOR, connected=True)
    await door.joins((await door.slip()).token, visitor())
    async with door.storage.reading() as uow:
        old = (await uow.execute(select(TelegramAccount.id).where(TelegramAccount.user_id == PHONE))).scalar_one()
    await door.joins((await door.slip()).token, visitor(OTHER_PHONE))
    assert await door.directory.actor(visitor()) is None
    actor = await door.directory.actor(visitor(OTHER_PHONE))
    assert actor is not None and actor.person_id == door.mother
    assert await door.items("relinked") == sorted([(door.mother, old), (head, None)])


async def test_a_staff_code_opens_at_once(door: Door) -> None:
    async with door.storage.writing() as uow:
        new = await school.person(uow, door.cast, "Ковалевская Софья Васильевна", Role.TEACHER)
    issued = await door.joining.issue_staff(new)
    done = await door.joining.knock(visitor(), issued.code)
    assert done == Joined(InvitationKind.STAFF, awaiting=False)
    actor = await door.directory.actor(visitor())
    assert actor is not None and actor.roles == {Role.TEACHER}


async def test_an_employee_keeps_the_children_they_came_with(door: Door) -> None:
    await door.joins((await door.slip()).token, visitor())
    async with door.storage.writing() as uow:
        teacher = await school.person(uow, door.cast, "Андреева Ирина Олеговна", Role.TEACHER)
    await door.joining.knock(visitor(), (await door.joining.issue_staff(teacher)).code)
    actor = await door.directory.actor(visitor())
    assert actor is not None and actor.roles == {Role.TEACHER, Role.GUARDIAN}
    assert await door.told(door.cast.named("Андреев Пётр")) == {teacher}


async def test_a_child_that_awaits_confirmation_awaits_it_at_the_employee_too(door: Door) -> None:
    await door.joins((await door.slip()).token, visitor())
    twin = await door.guardian("Андреева Ирина", door.cast.named("Дмитриева Софья"))
    await door.joins((await door.joining.issue_family(twin)).code, visitor())
    async with door.storage.writing() as uow:
        teacher = await school.person(uow, door.cast, "Андреева Ирина Олеговна", Role.TEACHER)
    await door.joining.knock(visitor(), (await door.joining.issue_staff(teacher)).code)
    assert await door.told(door.cast.named("Андреев Пётр")) == {teacher}
    assert await door.told(door.cast.named("Дмитриева Софья")) == set()


async def test_a_chat_is_one_employee(door: Door) -> None:
    async with door.storage.writing() as uow:
        new = await school.person(uow, door.cast, "Ковалевская Софья Васильевна", Role.TEACHER)
    issued = await door.joining.issue_staff(new)
    colleague = replace(visitor(), user_id=int(door.cast.colleague), chat_id=int(door.cast.colleague))
    assert isinstance(await refused(door, colleague, issued.code), EmployeesChat)


async def test_leaving_stops_letters_and_keeps_the_chat_for_coming_back(door: Door) -> None:
    await door.joins((await door.slip()).token, visitor())
    actor = await door.directory.actor(visitor())
    assert actor is not None
    await door.joining.leave(actor)
    assert await door.told(door.cast.named("Андреев Пётр")) == set()
    await door.joining.leave(actor)
    await door.joining.come_back(actor)
    assert await door.told(door.cast.named("Андреев Пётр")) == {door.mother}
    async with door.storage.reading() as uow:
        given = select(Consent.revoked_at).where(Consent.person_id == door.mother).order_by(Consent.id)
        first, second = (await uow.execute(given)).scalars().all()
    assert first is not None and second is None


async def test_stopping_before_the_consent_forgets_the_slip(door: Door) -> None:
    slip = await door.slip()
    await door.joining.knock(visitor(), slip.token)
    await door.joining.leave(visitor())
    assert (await door.joining.standing(visitor())).offer is None


async def test_stopping_while_awaiting_ends_the_account(door: Door) -> None:
    await door.joins((await door.slip()).code, visitor())
    await door.joining.leave(visitor())
    assert not (await door.joining.standing(visitor())).awaiting
    assert not (await door.joins((await door.slip()).token, visitor())).awaiting


async def test_an_employees_new_phone_takes_over_and_both_sides_hear_of_it(door: Door) -> None:
    async with door.storage.writing() as uow:
        head = await school.person(uow, door.cast, "Ключевский Василий", Role.ADMINISTRATOR, connected=True)
    former = door.cast.accounts[door.cast.owner]
    await door.joining.knock(visitor(), (await door.joining.issue_staff(door.cast.owner)).code)
    assert await door.directory.actor(door.cast.visitor(door.cast.owner)) is None
    actor = await door.directory.actor(visitor())
    assert actor is not None and actor.person_id == door.cast.owner
    assert await door.items("relinked") == sorted([(door.cast.owner, former), (head, None)])


async def test_a_code_does_not_move_a_child_that_another_phone_has(door: Door) -> None:
    """A mother recorded twice, once a child, connected on two phones."""
    twin = await door.guardian("Андреева Ирина", door.cast.named("Дмитриева Софья"))
    await door.joins((await door.slip()).token, visitor())
    await door.joins((await door.joining.issue_family(twin)).token, visitor(OTHER_PHONE))
    again = await door.joining.issue_family(twin)
    with pytest.raises(CodeMovesNothing):
        await door.joins(again.code, visitor())
    assert await door.directory.actor(visitor(OTHER_PHONE)) is not None
    assert await door.told(door.cast.named("Дмитриева Софья")) == {twin}
    await door.joins(again.token, visitor())
    assert await door.told(door.cast.named("Дмитриева Софья")) == {door.mother}


async def test_a_changed_text_of_the_consent_is_asked_about_anew_and_older_answers_stay(door: Door) -> None:
    await door.joins((await door.slip()).token, visitor())
    actor = await door.directory.actor(visitor())
    assert actor is not None and not actor.asked_anew
    async with door.storage.writing() as uow:
        changed = {"consent_version": "2", "consent_words": "Снимки класса публикуются на сайте школы."}
        await uow.write(update(School).values(regulation=changed))
    actor = await door.directory.actor(visitor())
    assert actor is not None and actor.asked_anew
    assert await door.told(door.cast.named("Андреев Пётр")) == {door.mother}, "until she answers the old one holds"
    _school, regulation = await door.joining.consent_asked(actor)
    assert "Снимки класса публикуются на сайте школы." in consent.paragraphs("Школа №1", regulation)
    await door.joining.come_back(actor)
    actor = await door.directory.actor(visitor())
    assert actor is not None and not actor.asked_anew
    async with door.storage.reading() as uow:
        rows = await uow.execute(select(Consent.version, Consent.revoked_at).where(Consent.person_id == door.mother))
        assert sorted(row.version for row in rows if row.revoked_at is None) == ["1", "1.2"]
    await door.joining.leave(actor)
    assert await door.told(door.cast.named("Андреев Пётр")) == set(), "taken back, no version holds"


async def test_full_names_in_letters_are_another_text_of_the_consent() -> None:
    plain, full = Regulation(), Regulation(full_names_in_letters=True)
    by_channel = Regulation(minimal_by_channel={"telegram": "full", "email": "name", "paper": "full"})
    assert consent.version(plain) == "1" and consent.version(full) == consent.version(by_channel) == "1f"


async def test_the_answer_to_a_code_tells_nothing_about_it(door: Door) -> None:
    """Never issued, used, ended, expired, and one whose right is gone: one sentence, and one count of tries."""
    used = await door.slip()
    await door.joins(used.token, visitor())
    ended = await door.joining.issue_family(door.mother)
    await door.joining.issue_family(door.mother)
    rightless = await door.guardian("Павлова Нина Сергеевна", door.cast.named("Павлов Лев"))
    gone = await door.joining.issue_family(rightless)
    async with door.storage.writing() as uow:
        await uow.write(update(Guardianship).where(Guardianship.guardian_id == rightless).values(until_on=TODAY))
    said = set()
    for number, code in enumerate(("2222A-22222", used.code, ended.code, gone.code)):
        said.add((await refused(door, visitor(OTHER_PHONE), code)).say())
        async with door.storage.reading() as uow:
            tries = select(JoinAttempts.failed).where(JoinAttempts.user_id == OTHER_PHONE)
            assert (await uow.execute(tries)).scalar_one() == number + 1
    assert len(said) == 1


async def test_a_slip_opens_at_the_bot_of_its_school_and_at_no_other(storage: Storage, door: Door) -> None:
    slip = await door.slip()
    async with storage.writing() as uow:
        await uow.write(update(School).where(School.id == door.cast.school_id).values(bot_id=BOT + 1))
    for secret in (slip.token, slip.code):
        assert isinstance(await refused(door, visitor(), secret), AnotherBotsSlip)  # it was no guess: it fits
    assert isinstance(await door.joining.knock(replace(visitor(), bot_id=BotId(BOT + 1)), slip.token), Offer)


async def test_who_has_the_same_name_at_another_school_is_another_person(storage: Storage, door: Door) -> None:
    slip = await door.slip()
    other = await school.found(storage)
    async with storage.writing() as uow:
        namesake = await school.person(uow, other, "Андреева Ирина Олеговна", Role.GUARDIAN, connected=True)
    for secret in (slip.token, slip.code):
        assert isinstance(await refused(door, visitor(namesake), secret), SomebodyElsesSlip)
