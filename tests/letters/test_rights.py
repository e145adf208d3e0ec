"""Whom letters go to: right, consent and account are looked at once more when a letter leaves."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.joining import Joining
from services.letters import notices
from services.outbox.unreached import list_unreached
from storage.models.delivery import Item
from storage.models.people import Guardianship, TelegramAccount
from storage.repositories import care
from storage.repositories.unreached import LISTED
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, WorkKind
from tests.letters.mailbox import Mailbox
from tests.school import BOT, TODAY, found

ABSENT = AttendanceCode.ABSENT


@pytest.fixture
async def box(storage: Storage) -> Mailbox:
    return Mailbox(storage, await found(storage))


async def state_of(box: Mailbox, person: int) -> list[tuple[str, str | None]]:
    async with box.storage.reading() as uow:
        rows = await uow.execute(select(Item.state, Item.reason).where(Item.recipient_id == person))
        return [(row.state, row.reason) for row in rows]


async def test_an_ended_guardianship_ends_the_letters_that_wait(box: Mailbox) -> None:
    school = box.cast
    await box.marks_(school.larina, "5", WorkKind.ANSWER, school.algebra, school.owner)
    async with box.storage.writing() as uow:
        ended = update(Guardianship).where(Guardianship.guardian_id == school.mother_larina)
        await uow.write(ended.values(until_on=TODAY))
    school.clock.advance(timedelta(seconds=61))
    assert await box.texts() == {}
    assert await state_of(box, school.mother_larina) == [("void", "cancelled")]


async def test_a_consent_taken_back_ends_the_letters_that_wait(box: Mailbox) -> None:
    school = box.cast
    await box.says(school.larina, ABSENT, school.algebra, school.owner)
    await Joining(box.storage, school.clock, b"key").leave(school.actor(school.mother_larina))
    school.clock.advance(timedelta(seconds=16))
    assert set(await box.texts()) == {school.father_larin}
    await box.says(school.larina, AttendanceCode.PRESENT, school.algebra, school.owner)
    assert set(await box.texts()) == {school.father_larin}, "nor is it taken back to her"


async def test_no_letter_reaches_the_guardians_of_other_children(box: Mailbox) -> None:
    school = box.cast
    await box.marks_(school.larina, "5", WorkKind.ANSWER, school.algebra, school.owner)
    await box.says(school.larina, ABSENT, school.algebra, school.owner)
    await box.gives("№ 1", school.algebra, school.owner)
    box.clock_shows("18:30")
    await box.evening()
    for person, texts in (await box.texts()).items():
        known: dict[int, str] = {
            school.mother_larina: "Татьяна",
            school.father_larin: "Татьяна",
            school.mother_onegina: "Евгений",
        }
        named = {name for name in ("Татьяна", "Евгений") for text in texts if name in text}
        assert named == {known[person]}


async def test_letters_for_somebody_who_blocked_the_bot_wait_and_come_as_one(box: Mailbox) -> None:
    school = box.cast

    async def blocked(yes: bool) -> None:
        async with box.storage.writing() as uow:
            account = update(TelegramAccount).where(TelegramAccount.person_id == school.mother_larina)
            await uow.write(account.values(unreachable_at=school.clock.now() if yes else None))

    await blocked(True)
    for kind in (WorkKind.ANSWER, WorkKind.CONTROL):
        await box.marks_(school.larina, "5", kind, school.algebra, school.owner)
        school.clock.advance(timedelta(minutes=10))
        assert await box.texts() == {}
    await blocked(False)
    assert await box.texts() == {school.mother_larina: ["Татьяна: алгебра — 5 (ответ), 5 (контрольная работа)"]}


async def test_the_homeroom_teacher_reads_whom_a_letter_did_not_reach_in_time(box: Mailbox) -> None:
    school = box.cast
    async with box.storage.writing() as uow:
        account = update(TelegramAccount).where(TelegramAccount.person_id == school.mother_onegina)
        await uow.write(account.values(unreachable_at=school.clock.now()))
    await box.says(school.onegin, ABSENT, school.algebra, school.owner)
    school.clock.advance(timedelta(hours=7))
    async with box.storage.writing() as uow:
        late = await care.expire(uow, BOT, school.clock.now())
        await list_unreached(uow, late, school.clock.now())
    school.clock.advance(timedelta(minutes=15))
    assert (await box.texts())[school.homeroom_teacher] == [
        "<b>Не доставлено вовремя</b>\n"
        "Онегина Мария (Онегин Евгений) — отсутствие, сегодня, вт 8 сентября\n"
        "Сообщите семьям, пожалуйста, по телефону."
    ]


def test_every_kind_that_may_miss_its_time_has_its_word() -> None:
    assert set(LISTED) <= {kind.value for kind in notices.WHAT}
