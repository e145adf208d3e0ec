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
from services.threads import Threads
from services.threads.refusals import LetterNotAwaited
from storage.uow import Storage
from tests.school import Cast, found

Turn = Callable[[Storage, Cast], Awaitable[object]]


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


turned_elsewhere = pytest.mark.parametrize(
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


@turned_elsewhere
async def test_a_text_is_not_awaited_by_who_has_turned_elsewhere(turn: Turn, storage: Storage, school: Cast) -> None:
    await Records(storage, school.clock).choose_homework(school.actor(school.owner), school.algebra)
    await turn(storage, school)
    assert await Drafts(storage, school.clock).peek(school.actor(school.owner)) is None


@turned_elsewhere
async def test_a_quick_line_typed_after_turning_to_a_lesson_is_no_letter_to_a_family(
    turn: Turn, storage: Storage, school: Cast
) -> None:
    mother, owner, threads = (
        school.actor(school.mother_larina),
        school.actor(school.owner),
        Threads(storage, school.clock),
    )
    await threads.begin(mother, school.larina, school.owner)
    thread = (await threads.write(mother, "Здравствуйте")).title.id
    await threads.answer(owner, thread)
    await turn(storage, school)
    assert await Drafts(storage, school.clock).peek(owner) is None
    with pytest.raises(LetterNotAwaited):
        await threads.write(owner, "н Онегин")


async def test_a_line_that_waits_for_its_tap_stays_while_the_grid_is_looked_at(storage: Storage, school: Cast) -> None:
    owner, lines = school.actor(school.owner), QuickLine(storage, school.clock)
    card = await lines.read(owner, "н Онегин")
    assert card is not None
    await Attendance(storage, school.clock).sheet(owner, school.algebra)
    assert (await lines.confirm(owner, card.line)).card is not None
