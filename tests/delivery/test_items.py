"""What waits: putting, collapsing, taking back, hastening, cancelling."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from services.outbox import items
from storage.models.delivery import Item
from storage.uow import Storage
from storage.vocabulary import ItemKind, ItemState, LessonId, VoidReason
from tests.delivery.conftest import NOW, Family


async def rows(storage: Storage) -> list[Any]:
    async with storage.reading() as uow:
        return list((await uow.execute(select(Item.__table__).order_by(Item.id))).all())


async def put(storage: Storage, *facts: items.Fact) -> int:
    async with storage.writing() as uow:
        await items.put(uow, facts, NOW)
    return uow.statements


async def tell_everything(storage: Storage) -> None:
    async with storage.writing() as uow:
        await uow.write(update(Item).where(Item.state == ItemState.WAITING).values(state=ItemState.TOLD))


async def test_a_fact_waits_until_it_is_due(storage: Storage, family: Family) -> None:
    await put(storage, family.fact(due_at=NOW + timedelta(seconds=60)))
    [item] = await rows(storage)
    assert (item.state, item.value, item.base, item.rev) == ("waiting", "5", None, 1)
    assert item.due_at == NOW + timedelta(seconds=60)
    assert item.created_at == NOW


async def test_many_facts_are_one_statement(storage: Storage, family: Family) -> None:
    facts = [family.fact(f"mark:{n}:1") for n in range(30)]
    assert await put(storage, *facts) == 1
    assert len(await rows(storage)) == 30


async def test_a_newer_value_takes_the_place_of_a_waiting_one(storage: Storage, family: Family) -> None:
    await put(storage, family.fact(value="5", due_at=NOW + timedelta(seconds=60)))
    await put(storage, family.fact(value="4", due_at=NOW + timedelta(seconds=90)))
    [item] = await rows(storage)
    assert (item.state, item.value, item.base, item.rev) == ("waiting", "4", None, 2)
    assert item.due_at == NOW + timedelta(seconds=90)


async def test_putting_off_ends_at_the_cap_of_the_first(storage: Storage, family: Family) -> None:
    cap = NOW + timedelta(seconds=300)
    await put(storage, family.fact(value="5", cap_at=cap))
    await put(
        storage,
        family.fact(value="4", due_at=NOW + timedelta(seconds=330), cap_at=NOW + timedelta(seconds=600)),
    )
    [item] = await rows(storage)
    assert (item.due_at, item.cap_at) == (cap, cap)


async def test_another_kind_brings_its_own_cap(storage: Storage, family: Family) -> None:
    evening = NOW + timedelta(hours=6)
    await put(storage, family.fact(kind=ItemKind.ABSENCE, cap_at=NOW + timedelta(seconds=15)))
    await put(storage, family.fact(kind=ItemKind.ABSENCE_LATER, value="late", due_at=evening, cap_at=evening))
    [item] = await rows(storage)
    assert (item.kind, item.due_at) == (ItemKind.ABSENCE_LATER, evening)


async def test_a_value_taken_back_before_it_was_told_is_never_told(storage: Storage, family: Family) -> None:
    await put(storage, family.fact(value="5"))
    await put(storage, family.fact(value=None))
    [item] = await rows(storage)
    assert (item.state, item.reason) == (ItemState.VOID, VoidReason.BACK_TO_BASE)


async def test_what_was_told_becomes_the_base_of_the_next_item(storage: Storage, family: Family) -> None:
    await put(storage, family.fact(value="5"))
    await tell_everything(storage)
    await put(storage, family.fact(value="4"))
    told, waiting = await rows(storage)
    assert (told.state, told.value) == (ItemState.TOLD, "5")
    assert (waiting.state, waiting.base, waiting.value) == (ItemState.WAITING, "5", "4")


async def test_a_value_back_at_what_was_told_needs_no_letter(storage: Storage, family: Family) -> None:
    await put(storage, family.fact(value="5"))
    await tell_everything(storage)
    await put(storage, family.fact(value="4"))
    await put(storage, family.fact(value="5"))
    assert [(one.state, one.reason) for one in await rows(storage)] == [
        (ItemState.TOLD, None),
        (ItemState.VOID, VoidReason.BACK_TO_BASE),
    ]


async def test_what_was_told_last_is_not_put_again(storage: Storage, family: Family) -> None:
    await put(storage, family.fact(value="5"))
    await tell_everything(storage)
    await put(storage, family.fact(value="5"))
    assert len(await rows(storage)) == 1


async def test_taking_back_what_was_never_told_puts_nothing(storage: Storage, family: Family) -> None:
    await put(storage, family.fact(value=None))
    assert await rows(storage) == []


async def test_the_same_key_of_another_recipient_is_another_item(storage: Storage, family: Family) -> None:
    await put(storage, family.fact(), family.fact(recipient_id=family.father))
    assert {one.recipient_id for one in await rows(storage)} == {family.mother, family.father}


async def test_hastening_brings_forward_and_never_puts_off(storage: Storage, family: Family) -> None:
    async with storage.writing() as uow:
        lesson = await lesson_of(uow, family)
    soon, later = NOW + timedelta(seconds=15), NOW + timedelta(minutes=5)
    await put(
        storage,
        family.fact("absence:1:1", kind=ItemKind.ABSENCE, lesson_id=lesson, due_at=later, cap_at=later),
        family.fact("absence:1:2", kind=ItemKind.ABSENCE, lesson_id=lesson, due_at=NOW, cap_at=later),
        family.fact("homework:1:2", kind=ItemKind.HOMEWORK, lesson_id=lesson, due_at=later, cap_at=later),
    )
    async with storage.writing() as uow:
        await items.hasten(uow, lesson, ItemKind.ABSENCE, soon)
    due = {one.collapse_key: one.due_at for one in await rows(storage)}
    assert due == {"absence:1:1": soon, "absence:1:2": NOW, "homework:1:2": later}


async def test_cancelling_touches_only_what_matches(storage: Storage, family: Family) -> None:
    await put(storage, family.fact("mark:1:1"), family.fact("mark:1:2", student_id=family.boris))
    async with storage.writing() as uow:
        assert await items.cancel(uow) == 0
        assert await items.cancel(uow, recipient_id=family.mother, student_id=family.boris) == 1
    assert {one.collapse_key: one.reason for one in await rows(storage)} == {
        "mark:1:1": None,
        "mark:1:2": VoidReason.CANCELLED,
    }


async def test_rescheduling_moves_what_waits(storage: Storage, family: Family) -> None:
    await put(storage, family.fact())
    [item] = await rows(storage)
    evening = NOW + timedelta(hours=6)
    async with storage.writing() as uow:
        await items.reschedule(uow, [items.Rescheduled(item.id, "digest", 4, evening, evening, None)])
    [moved] = await rows(storage)
    assert (moved.bundle, moved.priority, moved.due_at, moved.expires_at) == ("digest", 4, evening, None)


async def test_the_postman_is_called_after_the_commit_that_put_items(storage: Storage, family: Family) -> None:
    calls: list[str] = []
    storage.on_items = lambda: calls.append("called")
    async with storage.writing() as uow:
        await items.put(uow, [family.fact()], NOW)
        assert calls == []
    assert calls == ["called"]
    async with storage.writing():
        pass
    assert calls == ["called"]


async def lesson_of(uow: Any, family: Family) -> LessonId:
    from storage.models.school import AcademicYear, Subject
    from storage.models.timetable import Lesson
    from tests.delivery.conftest import add

    year = (await uow.execute(select(AcademicYear.id))).scalar_one()
    subject = await add(uow, Subject, school_id=family.school, name="Алгебра", key="алгебра")
    return LessonId(
        await add(
            uow,
            Lesson,
            school_id=family.school,
            year_id=year,
            subject_id=subject,
            on_date=NOW.date(),
            slot=1,
            starts_at=NOW,
            ends_at=NOW + timedelta(minutes=45),
            state="planned",
            room="",
        )
    )
