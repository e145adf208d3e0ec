"""Finals reach the families within a day: who was told when, and whom nobody could be told of (М Регл. 2)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update

from services.channels import handing_over
from services.finals.reaching import ResultsReach
from services.outbox.unreached import list_unreached, patience
from storage.models.delivery import Item
from storage.models.people import Homeroom, TelegramAccount
from storage.repositories import care
from storage.uow import Storage
from storage.vocabulary import ItemKind, PersonId
from tests.letters.mailbox import Mailbox
from tests.letters.test_results import issues
from tests.school import BOT, found

MONDAY = date(2026, 10, 19)
DAY, HOURS = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
async def box(storage: Storage) -> Mailbox:
    return Mailbox(storage, await found(storage))


async def cares(box: Mailbox) -> None:
    """What the postman and the tick do about the unreached."""
    now = box.cast.clock.now()
    async with box.storage.writing() as uow:
        put_before = now - patience(await care.regulations(uow))
        overdue = await care.overdue(uow, BOT, put_before, now - timedelta(minutes=5))
        await list_unreached(uow, overdue, now)
        await handing_over.take_over(uow, overdue, now)
    await ResultsReach(box.storage)(now)


async def letter_to(box: Mailbox, person: PersonId) -> str | None:
    got = (await box.brings()).get(person, [])
    found = [one.text for one in got if "Не доставлено" in one.text]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize("hour", ["08:05", "17:01", "21:30", "23:50"])
async def test_whenever_they_are_issued_the_ledger_shows_them_told_within_a_day(box: Mailbox, hour: str) -> None:
    school = box.cast
    box.clock_shows(hour, MONDAY)
    issued_at = school.clock.now()
    await issues(box, "Алгебра", "4", school.owner)
    for quarter in range(24 * 4 + 1):
        school.clock.set(issued_at + quarter * timedelta(minutes=15))
        async with box.storage.reading() as uow:
            question = select(Item.id).where(Item.kind == ItemKind.TERM_RESULT.value, Item.due_at <= school.clock.now())
            due = (await uow.execute(question.limit(1))).first()
        if due is not None:
            break
    await box.brings()
    async with box.storage.reading() as uow:
        told = select(Item.recipient_id, Item.state, Item.told_at).where(Item.kind == ItemKind.TERM_RESULT.value)
        rows = (await uow.execute(told)).all()
    assert {row.recipient_id for row in rows} == {school.mother_larina, school.father_larin, school.mother_onegina}
    assert {row.state for row in rows} == {"told"}
    assert all(row.told_at is not None and row.told_at - issued_at <= 24 * HOURS for row in rows)


async def test_at_twenty_hours_the_homeroom_teacher_gets_one_letter_of_all_whom_nothing_reached(box: Mailbox) -> None:
    school = box.cast
    box.clock_shows("15:00", MONDAY)
    async with box.storage.writing() as uow:
        gone = update(TelegramAccount).where(TelegramAccount.person_id == school.mother_onegina)
        await uow.write(gone.values(unreachable_at=school.clock.now(), unreachable_reason="blocked"))
    await issues(box, "Алгебра", "4", school.owner)
    box.clock_shows("17:00", MONDAY)
    await box.brings()
    box.clock_shows("10:59", MONDAY + DAY)
    await cares(box)
    box.clock_shows("11:01", MONDAY + DAY)
    assert await letter_to(box, school.homeroom_teacher) is None, "not yet twenty hours"
    await cares(box)
    box.clock_shows("11:17", MONDAY + DAY)
    await cares(box)
    letter = await letter_to(box, school.homeroom_teacher)
    assert letter is not None
    assert "Онегина Мария (Онегин Евгений) — итоги" in letter
    assert "Яковлева Вера (никто не подключён) — итоги" in letter
    assert "Ларина" not in letter.replace("Ларина Анна (никто не подключён)", "")
    box.clock_shows("15:00", MONDAY + DAY)
    await cares(box)
    box.clock_shows("16:00", MONDAY + DAY)
    assert await letter_to(box, school.homeroom_teacher) is None, "once"


async def test_results_that_wait_for_their_hour_are_on_no_list(box: Mailbox) -> None:
    school = box.cast
    box.clock_shows("17:30", MONDAY)
    await issues(box, "Алгебра", "4", school.owner)
    box.clock_shows("16:00", MONDAY + DAY)
    await cares(box)
    box.clock_shows("16:30", MONDAY + DAY)
    letter = await letter_to(box, school.homeroom_teacher)
    assert letter is not None, "of those whom nobody is there for"
    assert "Онегина" not in letter
    box.clock_shows("17:00", MONDAY + DAY)
    assert school.mother_onegina in await box.brings()


async def test_without_a_homeroom_teacher_the_leaders_have_the_list(box: Mailbox) -> None:
    school = box.cast
    async with box.storage.writing() as uow:
        await uow.execute(delete(Homeroom))
    box.clock_shows("11:00", MONDAY)
    await issues(box, "Алгебра", "4", school.owner)
    box.clock_shows("08:00", MONDAY + DAY)
    await cares(box)
    box.clock_shows("08:20", MONDAY + DAY)
    letter = await letter_to(box, school.deputy)
    assert letter is not None
    assert "Яковлева Вера (никто не подключён)" in letter
