"""Reminders: the card at the bell, the nudge at the end, «готово», and nothing over a card that is open."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from services.attendance import Attendance
from services.errors import NotYourLesson
from services.lessons import Lessons
from services.records import Records
from services.reminders import Reminders, cards
from services.reminders.said import said
from services.rules.gaps import missing_of
from storage.models.delivery import Item
from storage.models.people import PersonRole
from storage.models.timetable import LessonTeacher
from storage.uow import Storage, Uow
from storage.vocabulary import ItemKind, LessonId, PersonId, RecordPart
from tests.school import TODAY, Cast, add_lesson, cancel, found

CARD, NUDGE = ItemKind.LESSON_CARD, ItemKind.LESSON_NUDGE


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
async def reminders(storage: Storage, school: Cast) -> Reminders:
    """The tick, as it has run all morning: the bells before the algebra have been heard."""
    made = Reminders(storage, school.clock)
    await ring(made, school, "10:24")
    school.clock.set(school.at("10:40"))
    return made


async def items(storage: Storage, kind: ItemKind, teacher: PersonId | None = None) -> list[Any]:
    async with storage.reading() as uow:
        question = select(Item).with_only_columns(
            Item.id, Item.recipient_id, Item.lesson_id, Item.value, Item.base, Item.state, Item.due_at, Item.bundle
        )
        question = question.where(Item.kind == kind.value).order_by(Item.id)
        rows = (await uow.execute(question)).all()
    return [row for row in rows if teacher in (None, row.recipient_id)]


async def nudges(storage: Storage, teacher: PersonId) -> list[Any]:
    """A teacher's nudges of the bell at 11:05, which ends the algebra; those of earlier lessons are not asked about."""
    return [row for row in await items(storage, NUDGE, teacher) if row.bundle.endswith(":1105")]


async def tell(storage: Storage) -> None:
    """As if the postman had sent all that waits."""
    async with storage.writing() as uow:
        await uow.write(update(Item).where(Item.state == "waiting").values(state="told"))


async def fill(storage: Storage, school: Cast, lesson: LessonId) -> None:
    owner = school.actor(school.owner)
    records = Records(storage, school.clock)
    await records.put_plan_topic(owner, lesson, school.topics[0], 0)
    await Attendance(storage, school.clock).confirm_all_present(owner, lesson, 0)
    await records.no_homework(owner, lesson, 0)


async def ring(reminders: Reminders, school: Cast, hour: str) -> None:
    school.clock.set(school.at(hour))
    await reminders(school.clock.now())


async def test_a_teacher_who_left_gets_no_card_and_no_nudge(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    async with storage.writing() as uow:
        await uow.write(update(PersonRole).where(PersonRole.person_id == school.owner).values(until_on=TODAY))
    await ring(reminders, school, "10:25")
    await ring(reminders, school, "11:06")
    at_bell = [row for row in await items(storage, CARD) if row.lesson_id == school.algebra]
    assert {row.recipient_id for row in at_bell} == {school.partner}
    assert await nudges(storage, school.owner) == []
    assert await nudges(storage, school.partner)


async def test_at_the_bell_each_teacher_of_the_lesson_gets_its_card_once(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    await ring(reminders, school, "10:25")
    await ring(reminders, school, "10:26")
    await Reminders(storage, school.clock)(school.clock.now())  # after a restart too
    at_bell = [row for row in await items(storage, CARD) if row.lesson_id == school.algebra]
    assert {row.recipient_id for row in at_bell} == {school.owner, school.partner}
    assert len(at_bell) == 2


async def test_before_the_bell_there_is_no_card(reminders: Reminders, school: Cast, storage: Storage) -> None:
    await ring(reminders, school, "10:24")
    assert school.algebra not in {row.lesson_id for row in await items(storage, CARD)}


async def test_a_service_that_was_down_at_the_bell_sends_the_card_while_the_lesson_is_on(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    await ring(reminders, school, "11:00")
    lessons = {row.lesson_id for row in await items(storage, CARD)}
    assert school.algebra in lessons
    assert school.lessons["история"] not in lessons  # over


async def test_cancelled_and_paper_lessons_and_those_without_students_are_left_alone(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    empty = await add_lesson(storage, school, "Алгебра", 6, audience=[(school.empty_class, None)])
    await cancel(storage, school.lessons["литература"])
    for hour in ("11:25", "12:05", "12:50", "13:35"):
        await ring(reminders, school, hour)
    alone = {empty, school.lessons["отменён"], school.lessons["шахматы"], school.lessons["литература"]}
    assert {row.lesson_id for row in await items(storage, CARD)}.isdisjoint(alone)
    named = {int(lesson) for row in await items(storage, NUDGE) for lesson in row.value.split(",")}
    assert named.isdisjoint(alone)
    assert school.lessons["физкультура"] in named


async def test_a_lesson_left_open_is_nudged_at_its_end_once(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    await ring(reminders, school, "11:05")
    await ring(reminders, school, "11:06")
    (nudge,) = await nudges(storage, school.owner)
    assert nudge.value == str(school.algebra)
    assert nudge.bundle == f"nudge:{school.owner}:2026-09-08:1105"
    assert nudge.due_at == school.at("11:05")
    async with storage.reading() as uow:
        view = await said(uow, school.school_id, school.owner, NUDGE, nudge.value, nudge.base, school.clock.now())
    assert view is not None
    (thing,) = view.things
    assert thing.token == str(school.algebra)
    assert missing_of(thing.gaps) == [RecordPart.TOPIC, RecordPart.ATTENDANCE, RecordPart.HOMEWORK]


async def test_a_lesson_that_is_filled_in_is_not_nudged(reminders: Reminders, school: Cast, storage: Storage) -> None:
    await fill(storage, school, school.algebra)
    await ring(reminders, school, "11:05")
    assert await nudges(storage, school.owner) == []
    assert await nudges(storage, school.partner) == []


async def test_two_lessons_at_once_make_one_nudge_with_both(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    both = await add_lesson(storage, school, "Алгебра", 3, audience=[(school.class_7a, None)])
    await ring(reminders, school, "11:05")
    (nudge,) = await nudges(storage, school.owner)
    assert nudge.value == f"{both},{school.algebra}"  # 7А has its last lesson, and so its homework's end, earlier
    await tell(storage)
    await fill(storage, school, both)
    await ring(reminders, school, "11:07")
    _, edited = await nudges(storage, school.owner)
    assert (edited.base, edited.value, edited.state) == (nudge.value, str(school.algebra), "waiting")


async def test_a_nudge_whose_lessons_are_closed_becomes_done(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    await ring(reminders, school, "11:05")
    await tell(storage)
    await fill(storage, school, school.algebra)
    await ring(reminders, school, "11:10")
    await ring(reminders, school, "11:11")
    told, done = await nudges(storage, school.owner)
    assert (done.base, done.value, done.state) == (told.value, None, "waiting")
    async with storage.reading() as uow:
        view = await said(uow, school.school_id, school.owner, NUDGE, done.value, done.base, school.clock.now())
    assert view is not None
    assert view.done
    assert view.closed[0].audience == "7Б"


async def test_a_nudge_not_yet_sent_is_taken_back_when_nothing_is_missing_any_more(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    await ring(reminders, school, "11:05")
    await fill(storage, school, school.algebra)
    await ring(reminders, school, "11:06")
    (nudge,) = await nudges(storage, school.owner)
    assert nudge.state == "void"
    async with storage.reading() as uow:
        value = str(school.algebra)
        now = school.clock.now()
        assert await said(uow, school.school_id, school.owner, NUDGE, value, None, now) is None


async def test_a_card_opened_in_place_of_the_nudge_is_not_written_over(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    await ring(reminders, school, "11:05")
    await tell(storage)
    card = await reminders.open(school.actor(school.owner), school.algebra)
    assert card.title.lesson_id == school.algebra
    await fill(storage, school, school.algebra)
    await ring(reminders, school, "11:10")
    assert len(await nudges(storage, school.owner)) == 1
    assert len(await nudges(storage, school.partner)) == 2  # the partner's own message does become «готово»


async def test_only_a_teacher_of_the_lesson_opens_it_from_a_nudge(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    await ring(reminders, school, "11:05")
    for other in (school.colleague, school.stranger, school.mother_larina):
        with pytest.raises(NotYourLesson):
            await reminders.open(school.actor(other), school.algebra)


async def test_who_no_longer_gives_the_lesson_is_told_nothing_of_it(
    reminders: Reminders, school: Cast, storage: Storage
) -> None:
    await ring(reminders, school, "11:05")
    async with storage.writing() as uow:
        await uow.write(
            update(LessonTeacher)
            .where(LessonTeacher.teacher_id == school.owner, LessonTeacher.lesson_id == school.algebra)
            .values(teacher_id=school.substitute)
        )
    async with storage.reading() as uow:
        now = school.clock.now()
        assert await said(uow, school.school_id, school.owner, NUDGE, str(school.algebra), None, now) is None
        with pytest.raises(NotYourLesson):
            lessons = Lessons(storage, school.clock)
            await lessons.card_in(uow, school.school_id, school.owner, school.algebra, now)


async def test_bells_older_than_two_hours_ring_no_more(reminders: Reminders, school: Cast, storage: Storage) -> None:
    school.clock.set(school.at("11:05") + timedelta(hours=2, minutes=1))
    await reminders(school.clock.now())
    assert school.algebra not in {row.lesson_id for row in await items(storage, CARD)}
    assert all("1105" not in row.bundle for row in await items(storage, NUDGE))


async def test_a_restart_between_two_transactions_skips_nobody_though_the_list_has_changed(
    reminders: Reminders, school: Cast, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "CHUNK", 1)
    transactions = 0

    async def dies_at_the_second(uow: Uow) -> None:
        nonlocal transactions
        transactions += uow.put_items
        if transactions == 2:
            raise RuntimeError("killed")

    storage.before_commit = dies_at_the_second
    with pytest.raises(RuntimeError, match="killed"):
        await ring(reminders, school, "10:25")
    storage.before_commit = None
    [told] = {row.recipient_id for row in await items(storage, CARD)}
    async with storage.writing() as uow:
        await uow.write(update(PersonRole).where(PersonRole.person_id == told).values(until_on=TODAY))
    await ring(Reminders(storage, school.clock), school, "10:25")
    told_all = [row.recipient_id for row in await items(storage, CARD) if row.lesson_id == school.algebra]
    assert sorted(told_all) == sorted({school.owner, school.partner})
