"""A question that waits for a text ends when its asker turns to something else: no other text may answer it."""

from collections.abc import Awaitable, Callable

import pytest

from services.attendance import Attendance
from services.drafts import Drafts
from services.lessons import Lessons
from services.marks import Marks
from services.quick_line import QuickLine
from services.records import Records
from services.reminders import Reminders
from storage.uow import Storage
from tests.school import Cast, found

Turn = Callable[[Storage, Cast], Awaitable[object]]


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.mark.parametrize(
    "turn",
    [
        lambda storage, school: Lessons(storage, school.clock).day(school.actor(school.owner)),
        lambda storage, school: Lessons(storage, school.clock).card(school.actor(school.owner), school.algebra),
        lambda storage, school: Attendance(storage, school.clock).sheet(school.actor(school.owner), school.algebra),
        lambda storage, school: Marks(storage, school.clock).open(school.actor(school.owner), school.algebra),
        lambda storage, school: Reminders(storage, school.clock).open(school.actor(school.owner), school.algebra),
    ],
    ids=["my lessons", "card", "attendance", "marks", "reminder"],
)
async def test_a_text_is_not_awaited_by_who_has_turned_elsewhere(turn: Turn, storage: Storage, school: Cast) -> None:
    await Records(storage, school.clock).choose_homework(school.actor(school.owner), school.algebra)
    await turn(storage, school)
    assert await Drafts(storage, school.clock).peek(school.actor(school.owner)) is None


async def test_a_line_that_waits_for_its_tap_stays_while_the_grid_is_looked_at(storage: Storage, school: Cast) -> None:
    owner, lines = school.actor(school.owner), QuickLine(storage, school.clock)
    card = await lines.read(owner, "н Онегин")
    assert card is not None
    await Attendance(storage, school.clock).sheet(owner, school.algebra)
    assert (await lines.confirm(owner, card.line)).card is not None
