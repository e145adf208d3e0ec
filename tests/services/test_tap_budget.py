"""The tap budget: one write transaction of at most six statements, the inbox's among them (delivery, §5)."""

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import insert, select

from services.attendance import Attendance
from services.changes import Outcome
from services.marks import Marks
from storage.models.delivery import Inbox, Item
from storage.uow import AlreadyDone, Storage, Uow
from storage.vocabulary import AttendanceCode, InboxSeq, WorkKind
from tests.school import BOT, Cast, at, found

BUDGET = 6


class Counter:
    """Counts the statements of the write transactions that commit."""

    def __init__(self, storage: Storage) -> None:
        self.transactions: list[int] = []
        storage.before_commit = self.count

    async def count(self, uow: Uow) -> None:
        self.transactions.append(uow.statements)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


async def arrived(storage: Storage, update_id: int) -> InboxSeq:
    async with storage.writing() as uow:
        row = {"bot_id": BOT, "update_id": update_id, "lane": 1, "payload": "{}", "state": "new"}
        added = insert(Inbox).values(**row, received_at=at("10:40")).returning(Inbox.seq)
        return InboxSeq((await uow.execute(added)).scalar_one())


async def counted(storage: Storage, tap: Callable[[], Awaitable[object]]) -> list[int]:
    counter = Counter(storage)
    await tap()
    storage.before_commit = None
    return counter.transactions


async def test_a_mark_tap_keeps_the_budget(storage: Storage, school: Cast) -> None:
    marks = Marks(storage, school.clock)
    sheet = await marks.add_work(school.actor(school.owner), school.algebra, WorkKind.CONTROL, 1)
    seq = await arrived(storage, 1)

    async def tap() -> None:
        put = await marks.put(school.actor(school.owner, seq), sheet.work.id, school.larina, "5", 0)
        assert put.outcome is Outcome.SAVED
        assert len(put.sheet.students) == 30

    assert await counted(storage, tap) == [BUDGET]
    await both_guardians_and_the_inbox(storage, seq)


async def test_an_attendance_tap_keeps_the_budget(storage: Storage, school: Cast) -> None:
    attendance = Attendance(storage, school.clock)
    seq = await arrived(storage, 1)

    async def tap() -> None:
        actor = school.actor(school.owner, seq)
        put = await attendance.put(actor, school.algebra, school.larina, AttendanceCode.ABSENT, 0)
        assert put.outcome is Outcome.SAVED

    assert await counted(storage, tap) == [BUDGET]
    await both_guardians_and_the_inbox(storage, seq)


async def both_guardians_and_the_inbox(storage: Storage, seq: InboxSeq) -> None:
    """The news and the update's end were part of that transaction."""
    async with storage.reading() as uow:
        items = await uow.execute(select(Item.recipient_id).where(Item.state == "waiting", Item.value.is_not(None)))
        assert len(items.all()) == 2
        state = (await uow.execute(select(Inbox.state, Inbox.payload).where(Inbox.seq == seq))).one()
        assert tuple(state) == ("done", None)


async def test_a_tap_that_took_effect_before_takes_none_again(storage: Storage, school: Cast) -> None:
    attendance = Attendance(storage, school.clock)
    seq = await arrived(storage, 1)
    actor = school.actor(school.owner, seq)
    await attendance.put(actor, school.algebra, school.larina, AttendanceCode.ABSENT, 0)
    with pytest.raises(AlreadyDone):
        await attendance.put(actor, school.algebra, school.onegin, AttendanceCode.ABSENT, 0)
    sheet = await attendance.sheet(actor, school.algebra)
    assert [one.name.id for one in sheet.students if one.code is AttendanceCode.ABSENT] == [school.larina]
