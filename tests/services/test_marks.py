"""Marks: columns, putting, replacing in the undo time, and refusals that say what to do."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.access import (
    LessonAhead,
    LessonNotHeld,
    LessonOnPaper,
    MarkDayOver,
    NoMarksHere,
    NotInLesson,
    TermClosed,
    WrittenWorkOver,
)
from services.changes import Outcome
from services.errors import NotFoundHere, NotYourLesson
from services.marks import KindChoice, Marks, MarkSheet, UndoOver
from storage.models.delivery import Item
from storage.models.journal import Mark
from storage.uow import Storage
from storage.vocabulary import LessonId, PersonId, WorkId, WorkKind
from tests.school import TODAY, Cast, close_term, found

DAY = timedelta(days=1)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def marks(storage: Storage, school: Cast) -> Marks:
    return Marks(storage, school.clock)


async def column(marks: Marks, school: Cast, kind: WorkKind = WorkKind.CONTROL, ordinal: int = 1) -> WorkId:
    sheet = await marks.add_work(school.actor(school.owner), school.algebra, kind, ordinal)
    return sheet.work.id


async def waiting(storage: Storage) -> dict[int, str | None]:
    """The waiting news of marks by recipient."""
    async with storage.reading() as uow:
        question = select(Item.recipient_id, Item.value).where(Item.kind == "mark", Item.state == "waiting")
        return {row.recipient_id: row.value for row in await uow.execute(question)}


def value_of(sheet: MarkSheet, student: PersonId) -> str | None:
    return next(one.value for one in sheet.students if one.name.id == student)


async def test_a_lesson_without_columns_asks_for_the_kind_of_work(marks: Marks, school: Cast) -> None:
    choice = await marks.open(school.actor(school.owner), school.algebra)
    assert isinstance(choice, KindChoice)
    assert (WorkKind.CONTROL, 1) in choice.kinds


async def test_the_column_is_remembered_and_another_can_be_added(marks: Marks, school: Cast) -> None:
    await column(marks, school)
    opened = await marks.open(school.actor(school.partner), school.algebra)
    assert isinstance(opened, MarkSheet)
    assert opened.work.kind is WorkKind.CONTROL
    choice = await marks.choose_kind(school.actor(school.owner), school.algebra)
    assert (WorkKind.CONTROL, 2) in choice.kinds
    await column(marks, school, WorkKind.ANSWER)
    again = await marks.open(school.actor(school.owner), school.algebra)
    assert isinstance(again, MarkSheet)
    assert [work.kind for work in again.works] == [WorkKind.CONTROL, WorkKind.ANSWER]
    assert again.work.kind is WorkKind.ANSWER


async def test_a_column_pressed_twice_is_one_column(marks: Marks, school: Cast) -> None:
    assert await column(marks, school) == await column(marks, school)


async def test_a_column_that_skips_a_number_is_no_column(marks: Marks, school: Cast) -> None:
    with pytest.raises(NotFoundHere):
        await column(marks, school, ordinal=3)


async def test_a_mark_is_put_and_its_family_is_told_once(marks: Marks, school: Cast, storage: Storage) -> None:
    work = await column(marks, school)
    put = await marks.put(school.actor(school.owner), work, school.larina, "5", 0)
    assert (put.outcome, put.rev, put.student.usual) == (Outcome.SAVED, 1, "Ларина Татьяна")
    assert value_of(put.sheet, school.larina) == "5"
    again = await marks.put(school.actor(school.owner), work, school.larina, "5", 0)
    assert again.outcome is Outcome.ALREADY
    assert await waiting(storage) == {school.mother_larina: "5", school.father_larin: "5"}


async def test_within_the_undo_time_a_mark_is_replaced_and_withdrawn(
    marks: Marks, school: Cast, storage: Storage
) -> None:
    work = await column(marks, school)
    owner = school.actor(school.owner)
    await marks.put(owner, work, school.larina, "4", 0)
    school.clock.advance(timedelta(minutes=9))
    replaced = await marks.put(owner, work, school.larina, "5", 1)
    assert (replaced.outcome, replaced.former) == (Outcome.SAVED, "4")
    withdrawn = await marks.put(owner, work, school.larina, None, 2)
    assert value_of(withdrawn.sheet, school.larina) is None
    assert await waiting(storage) == {}
    async with storage.reading() as uow:
        revisions = select(Mark.rev, Mark.value).where(Mark.work_id == work).order_by(Mark.rev)
        assert [tuple(row) for row in await uow.execute(revisions)] == [(1, "4"), (2, "5"), (3, None)]


async def test_after_the_undo_time_a_mark_stands_and_the_refusal_says_whom_to_ask(marks: Marks, school: Cast) -> None:
    work = await column(marks, school)
    owner = school.actor(school.owner)
    await marks.put(owner, work, school.larina, "4", 0)
    school.clock.advance(timedelta(minutes=6))
    await marks.put(owner, work, school.larina, "3", 1)
    school.clock.advance(timedelta(minutes=4))  # ten after the first: replacing has gained no time
    with pytest.raises(UndoOver) as refusal:
        await marks.put(owner, work, school.larina, "5", 2)
    said = refusal.value.say()
    assert said == (
        "Ларина Татьяна: стоит 3 (Вишневская, 8 сентября в 10:46). Изменить оценку можно в течение 10 мин "
        "(Инструкция, ж). Дальше исправление — через завуча."
    )
    assert len(said) <= 200
    with pytest.raises(UndoOver):
        await marks.choose(owner, work, school.larina)


async def test_a_stale_button_does_not_overwrite_a_colleagues_mark(marks: Marks, school: Cast) -> None:
    work = await column(marks, school)
    await marks.put(school.actor(school.partner), work, school.larina, "4", 0)
    school.clock.advance(timedelta(minutes=2))
    late = await marks.put(school.actor(school.owner), work, school.larina, "5", 0)
    assert late.outcome is Outcome.CHANGED
    assert late.standing is not None
    assert (late.standing.author, late.standing.value, f"{late.standing.at:%H:%M}") == ("Смирнова", "4", "10:40")
    assert value_of(late.sheet, school.larina) == "4"
    replaced = await marks.put(school.actor(school.owner), work, school.larina, "5", late.rev)
    assert replaced.outcome is Outcome.SAVED


async def test_a_mark_the_school_does_not_know_is_no_mark(marks: Marks, school: Cast) -> None:
    work = await column(marks, school)
    with pytest.raises(NotFoundHere):
        await marks.put(school.actor(school.owner), work, school.larina, "1", 0)


async def test_a_student_of_another_class_has_no_place_in_the_column(marks: Marks, school: Cast) -> None:
    work = await column(marks, school)
    with pytest.raises(NotInLesson):
        await marks.put(school.actor(school.owner), work, school.student_of_7a, "5", 0)


async def test_both_teachers_of_the_lesson_put_marks_and_nobody_else(marks: Marks, school: Cast) -> None:
    work = await column(marks, school)
    await marks.put(school.actor(school.owner), work, school.larina, "5", 0)
    await marks.put(school.actor(school.partner), work, school.onegin, "5", 0)
    for other in (school.colleague, school.stranger, school.substitute, school.homeroom_teacher, school.deputy):
        with pytest.raises(NotYourLesson):
            await marks.put(school.actor(other), work, school.larina, "2", 1)
        with pytest.raises(NotYourLesson):
            await marks.sheet(school.actor(other), work)
        with pytest.raises(NotYourLesson):
            await marks.choose(school.actor(other), work, school.larina)
        with pytest.raises(NotYourLesson):
            await marks.open(school.actor(other), school.algebra)
        with pytest.raises(NotYourLesson):
            await marks.add_work(school.actor(other), school.algebra, WorkKind.TEST, 1)
    with pytest.raises(NotYourLesson):
        await marks.put(school.actor(school.mother_larina), work, school.larina, "5", 1)


async def test_what_is_not_there_looks_like_what_is_not_yours(marks: Marks, school: Cast) -> None:
    owner = school.actor(school.owner)
    with pytest.raises(NotFoundHere):
        await marks.put(owner, WorkId(2**62), school.larina, "5", 0)
    with pytest.raises(NotFoundHere):
        await marks.sheet(owner, WorkId(2**62))
    with pytest.raises(NotFoundHere):
        await marks.open(owner, LessonId(2**62))


@pytest.mark.parametrize("lesson", ["1А", "ГКП"])
async def test_class_1_and_short_stay_groups_have_no_marks(marks: Marks, school: Cast, lesson: str) -> None:
    with pytest.raises(NoMarksHere) as refusal:
        await marks.open(school.actor(school.owner), school.lessons[lesson])
    assert refusal.value.say() == "В 1-м классе и ГКП оценок не ставят (п. 3.8). Ничего не пропущено."


@pytest.mark.parametrize(
    ("lesson", "refusal"), [("завтра", LessonAhead), ("отменён", LessonNotHeld), ("шахматы", LessonOnPaper)]
)
async def test_a_lesson_ahead_cancelled_or_on_paper_takes_no_column(
    marks: Marks, school: Cast, lesson: str, refusal: type[Exception]
) -> None:
    school.clock.set(school.at("14:00"))
    with pytest.raises(refusal):
        await marks.add_work(school.actor(school.owner), school.lessons[lesson], WorkKind.CONTROL, 1)


async def test_an_answer_is_marked_on_its_day_a_written_work_for_a_week(marks: Marks, school: Cast) -> None:
    owner = school.actor(school.owner)
    answers, control = await column(marks, school, WorkKind.ANSWER), await column(marks, school)
    school.clock.set(school.at("23:59"))
    await marks.put(owner, answers, school.larina, "5", 0)
    school.clock.set(school.at("00:00", TODAY + DAY))
    with pytest.raises(MarkDayOver) as late:
        await marks.put(owner, answers, school.onegin, "5", 0)
    assert "оценки ставят в день урока (п. 2.5). Исправление — через завуча." in late.value.say()
    school.clock.set(school.at("23:59", TODAY + 7 * DAY))
    await marks.put(owner, control, school.onegin, "4", 0)
    school.clock.set(school.at("00:00", TODAY + 8 * DAY))
    with pytest.raises(WrittenWorkOver) as week:
        await marks.put(owner, control, school.larina, "4", 0)
    assert week.value.say().startswith("Письменную работу за 8 сентября можно было оценить до 15 сентября (п. 2.5).")


async def test_only_kinds_whose_time_is_open_are_offered(marks: Marks, school: Cast) -> None:
    school.clock.set(school.at("09:00", TODAY + DAY))
    choice = await marks.choose_kind(school.actor(school.owner), school.algebra)
    kinds = {kind for kind, _ in choice.kinds}
    assert WorkKind.CONTROL in kinds
    assert WorkKind.ANSWER not in kinds


async def test_a_closed_term_takes_no_mark(marks: Marks, school: Cast, storage: Storage) -> None:
    work = await column(marks, school)
    await close_term(storage, school, "quarter")
    with pytest.raises(TermClosed):
        await marks.put(school.actor(school.owner), work, school.larina, "5", 0)


async def test_another_terms_end_closes_nothing(marks: Marks, school: Cast, storage: Storage) -> None:
    work = await column(marks, school)
    await close_term(storage, school, "half_year")
    assert (await marks.put(school.actor(school.owner), work, school.larina, "5", 0)).outcome is Outcome.SAVED


@pytest.mark.slow
async def test_of_a_hundred_taps_at_once_one_wins_and_the_others_learn_who_and_when(storage: Storage) -> None:
    """Different values on one mark by two entitled teachers; every value once, so that none is «already so»."""
    school = await found(storage, regulation={"scale": [str(value) for value in range(100)]})
    marks = Marks(storage, school.clock)
    work = await column(marks, school)
    teachers = (school.actor(school.owner), school.actor(school.partner))
    taps = [marks.put(teachers[value % 2], work, school.larina, str(value), 0) for value in range(100)]
    done = await asyncio.gather(*taps)
    saved = [put for put in done if put.outcome is Outcome.SAVED]
    told = [put for put in done if put.outcome is Outcome.CHANGED]
    assert (len(saved), len(told)) == (1, 99)
    winner = "Вишневская" if int(saved[0].value or "0") % 2 == 0 else "Смирнова"
    for put in told:
        assert put.standing is not None
        assert (put.standing.author, put.standing.value) == (winner, saved[0].value)
        assert f"{put.standing.at:%H:%M}" == "10:40"
        assert put.rev == 1
    async with storage.reading() as uow:
        rows = (await uow.execute(select(Mark.rev, Mark.value).where(Mark.work_id == work))).all()
    assert [tuple(row) for row in rows] == [(1, saved[0].value)]
    assert set((await waiting(storage)).values()) == {saved[0].value}
