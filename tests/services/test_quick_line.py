"""The quick line: read against the lesson that is on, asked about, written by one tap or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from services.access import NoMarksHere
from services.attendance import Attendance
from services.errors import NotFoundHere, NotYourLesson
from services.marks import Marks, UndoOver
from services.quick_line import LineGone, QuickLine
from storage.models.delivery import Item
from storage.models.journal import Attendance as AttendanceRow
from storage.models.journal import LessonWork, Mark
from storage.models.timetable import LessonTeacher
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, WorkKind
from tests.school import Cast, add_lesson, found

CONTROL = (WorkKind.CONTROL, 1)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def quick_line(storage: Storage, school: Cast) -> QuickLine:
    return QuickLine(storage, school.clock)


async def counted(storage: Storage) -> tuple[int, ...]:
    """Rows of attendance, marks and columns."""
    async with storage.reading() as uow:
        tables = (AttendanceRow, Mark, LessonWork)
        counts = [await uow.execute(select(func.count()).select_from(table)) for table in tables]
    return tuple(count.scalar_one() for count in counts)


async def test_a_line_is_shown_and_writes_nothing_until_it_is_confirmed(
    quick_line: QuickLine, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    card = await quick_line.read(owner, "н Кузнецов Онегин, о Сидоров, Гончаров 5, Жуковская 4 контр")
    assert card is not None
    assert card.title.lesson_id == school.algebra
    assert [one.usual for one in card.absent] == ["Кузнецов Никита", "Онегин Евгений"]
    assert [one.usual for one in card.late] == ["Сидоров Кирилл"]
    assert [(one.student.usual, one.value) for one in card.marks[CONTROL]] == [
        ("Гончаров Максим", "5"),
        ("Жуковская Полина", "4"),
    ]
    assert await counted(storage) == (0, 0, 0)
    done = await quick_line.confirm(owner, card.line)
    assert done.card is not None
    assert len(done.card.absent) == 2
    assert [(one.kind, one.marks) for one in done.card.works] == [(WorkKind.CONTROL, 2)]
    assert await counted(storage) == (3, 2, 1)
    with pytest.raises(LineGone):
        await quick_line.confirm(owner, card.line)
    assert await counted(storage) == (3, 2, 1)


async def test_the_families_hear_of_a_line_as_of_taps(quick_line: QuickLine, school: Cast, storage: Storage) -> None:
    owner = school.actor(school.owner)
    card = await quick_line.read(owner, "н Онегин, Ларина Т 5")
    assert card is not None
    await quick_line.confirm(owner, card.line)
    async with storage.reading() as uow:
        waiting = select(Item.recipient_id, Item.kind).where(Item.state == "waiting", Item.value.is_not(None))
        told = {tuple(row) for row in await uow.execute(waiting)}
    assert told == {
        (school.mother_onegina, "absence"),
        (school.mother_larina, "mark"),
        (school.father_larin, "mark"),
    }


async def test_an_ambiguous_name_is_asked_and_then_written(
    quick_line: QuickLine, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    card = await quick_line.read(owner, "Ларина 5, иванова н")
    assert card is not None
    assert card.asked is not None
    assert [one.usual for one in card.asked.candidates] == ["Ларина Анна", "Ларина Татьяна"]
    with pytest.raises(NotFoundHere):
        await quick_line.pick(owner, card.line, card.asked.place, school.onegin)
    card = await quick_line.pick(owner, card.line, card.asked.place, school.larina)
    assert card.asked is not None
    assert card.asked.typed == "иванова"
    card = await quick_line.pick(owner, card.line, card.asked.place, school.named("Иванова Милана"))
    assert card.asked is None
    await quick_line.confirm(owner, card.line)
    async with storage.reading() as uow:
        marked = (await uow.execute(select(Mark.student_id, Mark.value))).all()
        absent = (await uow.execute(select(AttendanceRow.student_id, AttendanceRow.code))).all()
    assert [tuple(row) for row in marked] == [(school.larina, "5")]
    assert [tuple(row) for row in absent] == [(school.named("Иванова Милана"), "absent")]


async def test_unknown_words_are_said_back(quick_line: QuickLine, school: Cast) -> None:
    card = await quick_line.read(school.actor(school.owner), "н Онегин, Печорин 5, Жуковская 7")
    assert card is not None
    assert set(card.unknown) == {"Печорин", "7", "Жуковская"}
    assert [one.usual for one in card.absent] == ["Онегин Евгений"]


@pytest.mark.parametrize("text", ["Добрый день", "5", "н", "Печорин 5", "сколько времени? 5 минут"])
async def test_what_names_nobody_of_the_lesson_is_no_quick_line(quick_line: QuickLine, school: Cast, text: str) -> None:
    assert await quick_line.read(school.actor(school.owner), text) is None


async def test_without_a_lesson_begun_today_there_is_no_quick_line(quick_line: QuickLine, school: Cast) -> None:
    school.clock.set(school.at("08:00"))
    assert await quick_line.read(school.actor(school.owner), "н Онегин") is None
    assert await quick_line.read(school.actor(school.mother_larina), "н Онегин") is None


async def test_of_two_lessons_at_once_the_one_that_knows_the_names_is_meant(
    quick_line: QuickLine, school: Cast, storage: Storage
) -> None:
    both = await add_lesson(storage, school, "Алгебра", 3, audience=[(school.class_7a, None)])
    card = await quick_line.read(school.actor(school.owner), "н Чацкий")
    assert card is not None
    assert card.title.lesson_id == both
    other = await quick_line.read(school.actor(school.owner), "н Онегин")
    assert other is not None
    assert other.title.lesson_id == school.algebra


async def test_the_lesson_that_is_on_is_meant_not_the_one_before(quick_line: QuickLine, school: Cast) -> None:
    school.clock.set(school.at("12:15"))
    card = await quick_line.read(school.actor(school.owner), "н Чацкий")
    assert card is not None
    assert card.title.audience == "7А"


async def test_a_change_meanwhile_writes_nothing_and_shows_the_line_anew(
    quick_line: QuickLine, school: Cast, storage: Storage
) -> None:
    owner, partner = school.actor(school.owner), school.actor(school.partner)
    card = await quick_line.read(owner, "н Онегин Кузнецов")
    assert card is not None
    taps = Attendance(storage, school.clock)
    await taps.put(partner, school.algebra, school.onegin, AttendanceCode.LATE, 0)
    done = await quick_line.confirm(owner, card.line)
    assert done.card is None
    assert done.line is not None
    assert done.line.changed
    assert await counted(storage) == (1, 0, 0)
    again = await quick_line.confirm(owner, done.line.line)
    assert again.card is not None
    assert await counted(storage) == (3, 0, 0)


async def test_a_mark_that_may_not_change_any_more_refuses_the_whole_line(
    quick_line: QuickLine, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    marks = Marks(storage, school.clock)
    sheet = await marks.add_work(owner, school.algebra, WorkKind.CONTROL, 1)
    await marks.put(owner, sheet.work.id, school.onegin, "3", 0)
    school.clock.advance(timedelta(minutes=11))
    card = await quick_line.read(owner, "н Кузнецов, Онегин 5")
    assert card is not None
    assert [(one.former, one.value) for one in card.marks[CONTROL]] == [("3", "5")]
    with pytest.raises(UndoOver):
        await quick_line.confirm(owner, card.line)
    assert await counted(storage) == (0, 1, 1)


async def test_marks_without_a_kind_go_into_the_column_that_is_remembered(
    quick_line: QuickLine, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    first = await quick_line.read(owner, "Онегин 5")
    assert first is not None
    assert list(first.marks) == [(WorkKind.ANSWER, 1)]
    await Marks(storage, school.clock).add_work(owner, school.algebra, WorkKind.TEST, 1)
    second = await quick_line.read(owner, "Онегин 5")
    assert second is not None
    assert list(second.marks) == [(WorkKind.TEST, 1)]


async def test_a_column_shown_is_the_column_written(quick_line: QuickLine, school: Cast, storage: Storage) -> None:
    owner = school.actor(school.owner)
    card = await quick_line.read(owner, "Онегин 5")
    assert card is not None
    await Marks(storage, school.clock).add_work(school.actor(school.partner), school.algebra, WorkKind.TEST, 1)
    await quick_line.confirm(owner, card.line)
    async with storage.reading() as uow:
        kinds = select(LessonWork.kind).join(Mark, Mark.work_id == LessonWork.id)
        assert (await uow.execute(kinds)).scalars().all() == ["answer"]


async def test_a_newer_line_takes_the_place_of_the_older(quick_line: QuickLine, school: Cast) -> None:
    owner = school.actor(school.owner)
    older = await quick_line.read(owner, "н Онегин")
    school.clock.advance(timedelta(seconds=1))
    newer = await quick_line.read(owner, "н Кузнецов")
    assert older is not None
    assert newer is not None
    with pytest.raises(LineGone):
        await quick_line.confirm(owner, older.line)
    dropped = await quick_line.drop(owner, newer.line)
    assert dropped.absent == []
    with pytest.raises(LineGone):
        await quick_line.confirm(owner, newer.line)


async def test_another_teachers_line_is_not_there(quick_line: QuickLine, school: Cast) -> None:
    card = await quick_line.read(school.actor(school.owner), "н Онегин")
    assert card is not None
    for other in (school.partner, school.stranger):
        with pytest.raises(LineGone):
            await quick_line.confirm(school.actor(other), card.line)
        with pytest.raises(LineGone):
            await quick_line.drop(school.actor(other), card.line)


async def test_who_lost_the_lesson_since_confirms_nothing(
    quick_line: QuickLine, school: Cast, storage: Storage
) -> None:
    card = await quick_line.read(school.actor(school.owner), "н Онегин")
    assert card is not None
    async with storage.writing() as uow:
        await uow.write(delete(LessonTeacher).where(LessonTeacher.teacher_id == school.owner))
    with pytest.raises(NotYourLesson):
        await quick_line.confirm(school.actor(school.owner), card.line)
    assert await counted(storage) == (0, 0, 0)


async def test_class_1_takes_a_line_of_absences_but_no_mark(quick_line: QuickLine, school: Cast) -> None:
    school.clock.set(school.at("08:40"))
    card = await quick_line.read(school.actor(school.owner), "н Первоклашкина")
    assert card is not None
    with pytest.raises(NoMarksHere):
        await quick_line.read(school.actor(school.owner), "Первоклашкина 5")
