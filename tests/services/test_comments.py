"""Comments on marks, and «Проверил» on a written work."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services import drafts
from services.access import WrittenWorkOver
from services.changes import Outcome
from services.checking import CheckedTooLongAgo, Checking
from services.comments import Comments, CommentTooLong, NoMarkToComment
from services.errors import NotFoundHere, NotYourLesson
from services.marks import Marks, UndoOver
from services.records import NothingAwaited, NothingTyped
from storage.models.audit import AuditEntry
from storage.models.delivery import Item
from storage.models.journal import Mark
from storage.uow import Storage
from storage.vocabulary import DraftPurpose, WorkId, WorkKind
from tests.school import TODAY, Cast, found

DAY = timedelta(days=1)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def marks(storage: Storage, school: Cast) -> Marks:
    return Marks(storage, school.clock)


@pytest.fixture
def comments(storage: Storage, school: Cast) -> Comments:
    return Comments(storage, school.clock)


@pytest.fixture
def checking(storage: Storage, school: Cast) -> Checking:
    return Checking(storage, school.clock)


async def marked(marks: Marks, school: Cast, kind: WorkKind = WorkKind.ANSWER) -> WorkId:
    sheet = await marks.add_work(school.actor(school.owner), school.algebra, kind, 1)
    await marks.put(school.actor(school.owner), sheet.work.id, school.larina, "4", 0)
    return sheet.work.id


async def revisions(storage: Storage, work: WorkId) -> list[tuple[int, str | None, str]]:
    async with storage.reading() as uow:
        question = select(Mark.rev, Mark.value, Mark.comment).where(Mark.work_id == work).order_by(Mark.rev)
        return [tuple(row) for row in await uow.execute(question)]


async def waiting(storage: Storage, school: Cast) -> str | None:
    """What waits to be told to Larina's mother about her mark."""
    async with storage.reading() as uow:
        mothers = (Item.recipient_id == school.mother_larina, Item.kind == "mark", Item.state == "waiting")
        return (await uow.execute(select(Item.value).where(*mothers))).scalar_one_or_none()


async def test_a_comment_is_a_new_revision_and_is_told_with_the_mark(
    marks: Marks, comments: Comments, school: Cast, storage: Storage
) -> None:
    work, owner = await marked(marks, school), school.actor(school.owner)
    asked = await comments.ask(owner, work, school.larina, 1)
    assert (asked.value, asked.comment, f"{asked.until:%H:%M}") == ("4", "", "10:50")
    done = await comments.put_typed(owner, " верный ход,\nпроверьте знаки ")
    assert (done.put.outcome, done.page, done.put.value) == (Outcome.SAVED, 1, "4")
    assert await revisions(storage, work) == [(1, "4", ""), (2, "4", "верный ход, проверьте знаки")]
    assert await waiting(storage, school) == "4\nверный ход, проверьте знаки"
    async with storage.reading() as uow:
        actions = [row.action for row in await uow.execute(select(AuditEntry.action).order_by(AuditEntry.id))]
    assert actions == ["mark_put", "mark_commented"]
    with pytest.raises(NothingAwaited):
        await comments.put_typed(owner, "ещё раз")


async def test_a_replaced_mark_keeps_its_comment_and_an_undone_withdrawal_brings_it_back(
    marks: Marks, comments: Comments, school: Cast, storage: Storage
) -> None:
    work, owner = await marked(marks, school), school.actor(school.owner)
    await comments.ask(owner, work, school.larina, 0)
    await comments.put_typed(owner, "хорошо")
    await marks.put(owner, work, school.larina, "5", 2)
    await marks.put(owner, work, school.larina, None, 3)
    assert await waiting(storage, school) is None
    await marks.put(owner, work, school.larina, "5", 4)
    assert await revisions(storage, work) == [
        (1, "4", ""),
        (2, "4", "хорошо"),
        (3, "5", "хорошо"),
        (4, None, "хорошо"),
        (5, "5", "хорошо"),
    ]
    assert await waiting(storage, school) == "5\nхорошо"


async def test_a_mark_put_long_after_a_withdrawal_has_no_old_comment(
    marks: Marks, comments: Comments, school: Cast, storage: Storage
) -> None:
    work, owner = await marked(marks, school), school.actor(school.owner)
    await comments.ask(owner, work, school.larina, 0)
    await comments.put_typed(owner, "хорошо")
    await marks.put(owner, work, school.larina, None, 2)
    school.clock.advance(timedelta(minutes=30))
    await marks.put(owner, work, school.larina, "3", 3)
    assert (await revisions(storage, work))[-1] == (4, "3", "")


async def test_a_comment_is_removed_and_the_same_comment_is_no_news(
    marks: Marks, comments: Comments, school: Cast, storage: Storage
) -> None:
    work, owner = await marked(marks, school), school.actor(school.owner)
    for _ in range(2):
        await comments.ask(owner, work, school.larina, 0)
        done = await comments.put_typed(owner, "хорошо")
    assert done.put.outcome is Outcome.ALREADY
    removed = await comments.remove(owner, work, school.larina, 2, 0)
    assert removed.put.outcome is Outcome.SAVED
    assert [comment for _, _, comment in await revisions(storage, work)] == ["", "хорошо", ""]
    assert await waiting(storage, school) == "4"


async def test_a_comment_changes_in_the_undo_time_only(marks: Marks, comments: Comments, school: Cast) -> None:
    work, owner = await marked(marks, school), school.actor(school.owner)
    await comments.ask(owner, work, school.larina, 0)
    school.clock.advance(timedelta(minutes=10))
    with pytest.raises(UndoOver):
        await comments.put_typed(owner, "поздно")
    with pytest.raises(UndoOver):
        await comments.ask(owner, work, school.larina, 0)
    with pytest.raises(UndoOver):
        await comments.put_typed(owner, "всё ещё поздно: вопрос остался, окно закрыто")


async def test_a_comment_does_not_overwrite_a_colleagues_change(
    marks: Marks, comments: Comments, school: Cast, storage: Storage
) -> None:
    work, owner = await marked(marks, school), school.actor(school.owner)
    await comments.ask(owner, work, school.larina, 0)
    await marks.put(school.actor(school.partner), work, school.larina, "5", 1)
    late = await comments.put_typed(owner, "хорошо")
    assert late.put.outcome is Outcome.CHANGED
    assert late.put.standing is not None and (late.put.standing.value, late.put.standing.author) == ("5", "Смирнова")
    again = await comments.put_typed(owner, "отлично")
    assert again.put.outcome is Outcome.SAVED
    assert (await revisions(storage, work))[-1] == (3, "5", "отлично")


async def test_there_is_no_comment_without_a_mark_or_without_words(
    marks: Marks, comments: Comments, school: Cast
) -> None:
    work, owner = await marked(marks, school), school.actor(school.owner)
    with pytest.raises(NoMarkToComment):
        await comments.ask(owner, work, school.onegin, 0)
    await comments.ask(owner, work, school.larina, 0)
    with pytest.raises(NothingTyped):
        await comments.put_typed(owner, "\u200b \n")
    with pytest.raises(CommentTooLong):
        await comments.put_typed(owner, "а" * 301)
    await marks.put(owner, work, school.larina, None, 1)
    with pytest.raises(NoMarkToComment):
        await comments.put_typed(owner, "хорошо")


async def test_looking_elsewhere_ends_the_question(
    marks: Marks, comments: Comments, school: Cast, storage: Storage
) -> None:
    work, owner = await marked(marks, school), school.actor(school.owner)
    await comments.ask(owner, work, school.larina, 0)
    await marks.choose(owner, work, school.larina)
    with pytest.raises(NothingAwaited):
        await comments.put_typed(owner, "хорошо")
    async with storage.reading() as uow:
        now = school.clock.now()
        assert await drafts.peek(uow, owner.bot_id, owner.user_id, DraftPurpose.MARK_COMMENT, now) is None


async def test_only_the_lessons_teachers_comment_and_check(
    marks: Marks, comments: Comments, checking: Checking, school: Cast
) -> None:
    work = await marked(marks, school, WorkKind.CONTROL)
    await comments.ask(school.actor(school.partner), work, school.larina, 0)
    for other in (school.colleague, school.stranger, school.homeroom_teacher, school.deputy, school.mother_larina):
        actor = school.actor(other)
        with pytest.raises(NotYourLesson):
            await comments.ask(actor, work, school.larina, 0)
        with pytest.raises(NothingAwaited):
            await comments.put_typed(actor, "хорошо")
        with pytest.raises(NotYourLesson):
            await comments.remove(actor, work, school.larina, 1, 0)
        with pytest.raises(NotYourLesson):
            await checking.check(actor, work)
        with pytest.raises(NotYourLesson):
            await checking.take_back(actor, work)


async def test_a_written_work_is_checked_once_and_says_by_whom_and_when(
    marks: Marks, checking: Checking, school: Cast, storage: Storage
) -> None:
    work = await marked(marks, school, WorkKind.CONTROL)
    school.clock.set(school.at("16:20", TODAY + 3 * DAY))
    sheet = await checking.check(school.actor(school.owner), work)
    assert sheet.work.checked_by == "Вишневская"
    school.clock.advance(timedelta(minutes=5))
    again = await checking.check(school.actor(school.partner), work)
    assert again.work == sheet.work
    assert f"{again.checked_at:%d %H:%M}" == "11 16:20"
    async with storage.reading() as uow:
        noted = select(AuditEntry.action).where(AuditEntry.subject == f"work:{work}")
        assert [row.action for row in await uow.execute(noted)] == ["work_checked"]


async def test_checked_is_taken_back_in_the_undo_time_only(marks: Marks, checking: Checking, school: Cast) -> None:
    work, owner = await marked(marks, school, WorkKind.CONTROL), school.actor(school.owner)
    await checking.check(owner, work)
    school.clock.advance(timedelta(minutes=9))
    assert (await checking.take_back(owner, work)).checked_at is None
    assert (await checking.take_back(owner, work)).checked_at is None
    await checking.check(owner, work)
    school.clock.advance(timedelta(minutes=10))
    with pytest.raises(CheckedTooLongAgo):
        await checking.take_back(owner, work)


async def test_only_a_written_work_within_its_days_is_checked(marks: Marks, checking: Checking, school: Cast) -> None:
    owner = school.actor(school.owner)
    with pytest.raises(NotFoundHere):
        await checking.check(owner, await marked(marks, school))
    with pytest.raises(NotFoundHere):
        await checking.check(owner, WorkId(2**62))
    work = await marked(marks, school, WorkKind.CONTROL)
    school.clock.set(school.at("00:00", TODAY + 8 * DAY))
    with pytest.raises(WrittenWorkOver):
        await checking.check(owner, work)
