"""What waits follows new wishes, and a correction reaches whoever had heard of the mark."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.actor import Actor
from services.corrections import Corrections, Decisions
from services.corrections.reasons import Why
from services.preferences import Preferences
from services.rules.quiet_hours import Way
from storage.models.delivery import Item
from storage.uow import Storage
from storage.vocabulary import DeliveryMode, ItemKind, WorkKind
from tests.letters.mailbox import Mailbox
from tests.school import TODAY, found
from tests.services.test_corrections import answer

TOMORROW = TODAY + timedelta(days=1)


class Wishes(Mailbox):
    """Mother Ларина reads at once, father Ларин in the evening."""

    @property
    def wishes(self) -> Preferences:
        return Preferences(self.storage, self.cast.clock)

    @property
    def mother(self) -> Actor:
        return self.cast.actor(self.cast.mother_larina)

    async def corrects(self, value: str) -> None:
        school = self.cast
        corrections, decisions = Corrections(self.storage, school.clock), Decisions(self.storage, school.clock)
        owner = school.actor(school.owner)
        draft = await corrections.want(owner, answer(school), school.larina, value)
        await corrections.choose_reason(owner, draft.number, Why.SLIP)
        sent = await corrections.send(owner, draft.number)
        assert sent.view.id is not None
        await decisions.approve(school.actor(school.deputy), sent.view.id, sent.view.seen)


@pytest.fixture
async def box(storage: Storage) -> Wishes:
    return Wishes(storage, await found(storage))


async def test_who_ends_the_quiet_hours_gets_what_they_held(box: Wishes) -> None:
    box.clock_shows("22:00")
    await box.marks_(box.cast.larina, "5", WorkKind.ANSWER, box.cast.algebra, box.cast.owner)
    box.clock_shows("22:10")
    assert await box.texts() == {}
    await box.wishes.no_quiet(box.mother)
    box.cast.clock.advance(timedelta(seconds=61))
    assert (await box.texts())[box.cast.mother_larina] == ["Татьяна: алгебра — 5 (ответ)"]


async def test_longer_quiet_hours_hold_what_was_due_before_their_end(box: Wishes) -> None:
    box.clock_shows("22:00")
    await box.marks_(box.cast.larina, "5", WorkKind.ANSWER, box.cast.algebra, box.cast.owner)
    await box.wishes.quiet_until(box.mother, 9 * 60)
    for hour, comes in (("07:00", False), ("08:59", False), ("09:00", True)):
        box.clock_shows(hour, TOMORROW)
        assert (box.cast.mother_larina in await box.texts()) is comes


async def test_a_kind_that_is_switched_off_leaves_nothing_waiting(box: Wishes) -> None:
    box.clock_shows("22:00")
    await box.marks_(box.cast.larina, "5", WorkKind.ANSWER, box.cast.algebra, box.cast.owner)
    await box.wishes.choose_kind(box.mother, ItemKind.MARK, Way.NEVER)
    await box.gives("№ 312–315", box.cast.algebra, box.cast.owner)
    box.clock_shows("07:00", TOMORROW)
    [letter] = (await box.texts())[box.cast.mother_larina]
    assert "№ 312–315" in letter and "ответ" not in letter


async def test_marks_at_once_and_homework_in_the_evening(box: Wishes) -> None:
    school = box.cast
    father = school.actor(school.father_larin)
    await box.wishes.choose_kind(father, ItemKind.MARK, Way.AT_ONCE)
    await box.marks_(school.larina, "5", WorkKind.ANSWER, school.algebra, school.owner)
    await box.gives("№ 312–315", school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=61))
    assert (await box.texts())[school.father_larin] == ["Татьяна: алгебра — 5 (ответ)"]
    box.clock_shows("18:30")
    await box.evening()
    assert "№ 312–315" in (await box.texts())[school.father_larin][0]


async def test_a_correction_reaches_in_the_evening_who_had_heard_of_the_mark_and_nobody_else(box: Wishes) -> None:
    school = box.cast
    await box.wishes.choose_mode(school.actor(school.father_larin), DeliveryMode.IMPORTANT)
    await box.marks_(school.larina, "4", WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=61))
    assert set(await box.texts()) == {school.mother_larina}
    await box.wishes.choose_mode(box.mother, DeliveryMode.IMPORTANT)
    school.clock.advance(timedelta(minutes=11))
    await box.corrects("5")
    await box.corrects("3")  # what stands when the evening comes is told, once
    box.clock_shows("18:30")
    got = await box.texts()
    assert "исправлено 4 → 3 (ответ)" in got[school.mother_larina][0]
    assert school.father_larin not in got


async def test_a_correction_back_to_what_was_told_is_no_news(box: Wishes) -> None:
    school = box.cast
    await box.marks_(school.larina, "4", WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(minutes=11))
    await box.texts()
    await box.corrects("5")
    await box.corrects("4")
    school.clock.advance(timedelta(minutes=5))
    assert school.mother_larina not in await box.texts()
    async with box.storage.reading() as uow:
        rows = await uow.execute(
            select(Item.state, Item.reason).where(Item.recipient_id == school.mother_larina).order_by(Item.id)
        )
        assert [tuple(row) for row in rows] == [("told", None), ("void", "back_to_base")]
