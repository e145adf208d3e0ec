"""Cancelled, moved and restored lessons: with a reason, losing nothing, and with the clocks that follow (В 2.3)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from services.access import LessonAhead, LessonNotHeld
from services.actor import Actor
from services.arrangements import ArrangedTermClosed, LessonIsRecorded, LessonNotHeldAnyMore
from services.assignments import NotYourOffice
from services.attendance import Attendance
from services.changes import Outcome
from services.errors import NotYourLesson
from services.lesson_states import (
    LessonIsBack,
    LessonStates,
    MovedLessonIsRecorded,
    NoLessonsThatDay,
    NoSuchBell,
)
from services.lessons import Lessons
from services.records import Records
from services.substitutions.office import Substitutions
from services.timetable import Timetable
from storage.models.delivery import Item
from storage.models.school import Bells, CalendarDay, LessonSlot, Term
from storage.models.timetable import (
    EntryAudience,
    EntryTeacher,
    Lesson,
    TimetableEntry,
    TimetableVersion,
)
from storage.uow import Storage
from storage.vocabulary import ChangeReason, ItemKind, LessonId, LessonState, RecordPart
from tests.school import BELLS, TODAY, Cast, found

TOMORROW = TODAY + timedelta(days=1)
COLD = ChangeReason.COLD


@pytest.fixture
async def school(storage: Storage) -> Cast:
    """The school with its bells, whose seventh lesson nobody has; it is 07:30."""
    school = await found(storage, now="07:30")
    async with storage.writing() as uow:
        bells = insert(Bells).values(school_id=school.school_id, name="обычное", usual=True)
        bells_id = (await uow.execute(bells.returning(Bells.id))).scalar_one()
        for number, hour in {**BELLS, 7: "13:45"}.items():
            starts = int(hour[:2]) * 60 + int(hour[3:])
            values = {"bells_id": bells_id, "number": number, "starts_minute": starts, "ends_minute": starts + 40}
            await uow.execute(insert(LessonSlot), values)
    return school


@pytest.fixture
def office(storage: Storage, school: Cast) -> LessonStates:
    return LessonStates(storage, school.clock)


@pytest.fixture
def deputy(school: Cast) -> Actor:
    return school.actor(school.deputy)


async def due(storage: Storage, school: Cast) -> str | None:
    """Until when the homework of 7Б's algebra is on time, by its card."""
    card = await Lessons(storage, school.clock).card(school.actor(school.owner), school.algebra)
    return f"{card.homework_due_at:%H:%M}" if card.homework_due_at else None


async def told(storage: Storage) -> dict[int, str | None]:
    async with storage.reading() as uow:
        rows = await uow.execute(
            select(Item.recipient_id, Item.value).where(
                Item.kind == ItemKind.LESSON_CHANGED.value, Item.state == "waiting"
            )
        )
        return {row.recipient_id: row.value for row in rows}


async def lesson_at(storage: Storage, day: date, slot: int, subject_id: int) -> LessonId:
    async with storage.reading() as uow:
        row = await uow.execute(
            select(Lesson.id).where(
                Lesson.on_date == day,
                Lesson.slot == slot,
                Lesson.subject_id == subject_id,
                Lesson.state.not_in(["moved", "cancelled"]),
            )
        )
        return LessonId(row.scalar_one())


async def test_the_homework_clock_follows_the_last_held_lesson(
    storage: Storage, office: LessonStates, deputy: Actor, school: Cast
) -> None:
    literature = school.lessons["литература"]
    assert await due(storage, school) == "15:05"
    await office.cancel(deputy, literature, COLD)
    assert await due(storage, school) == "14:20"  # physical education ends at 12:50
    await office.restore(deputy, literature)
    assert await due(storage, school) == "15:05"
    await office.move(deputy, literature, TODAY, 7, COLD)
    assert await due(storage, school) == "15:55"
    await office.restore(deputy, literature)
    await office.move(deputy, literature, TOMORROW, 4, COLD)
    assert await due(storage, school) == "14:20"


async def test_a_cancelled_lesson_takes_no_record_and_a_restored_one_does(
    storage: Storage, office: LessonStates, deputy: Actor, school: Cast
) -> None:
    owner, records = school.actor(school.owner), Records(storage, school.clock)
    done = await office.cancel(deputy, school.algebra, COLD)
    assert (done.outcome, done.lesson.state, done.lesson.reason) == (Outcome.SAVED, LessonState.CANCELLED, "cold")
    school.clock.set(school.at("10:30"))
    with pytest.raises(LessonNotHeld):
        await records.no_homework(owner, school.algebra, 0)
    card = await Lessons(storage, school.clock).card(owner, school.algebra)
    assert card.state_reason == "cold"
    assert (await office.cancel(deputy, school.algebra, COLD)).outcome is Outcome.ALREADY
    assert (await office.restore(deputy, school.algebra)).outcome is Outcome.SAVED
    assert (await office.restore(deputy, school.algebra)).outcome is Outcome.ALREADY
    await records.no_homework(owner, school.algebra, 0)


async def test_a_moved_lesson_is_recorded_where_it_is_held(
    storage: Storage, office: LessonStates, deputy: Actor, school: Cast
) -> None:
    owner, records = school.actor(school.owner), Records(storage, school.clock)
    done = await office.move(deputy, school.algebra, TOMORROW, 7, COLD)
    assert done.lesson.moved_to is not None
    assert (done.lesson.moved_to.on_date, done.lesson.moved_to.slot) == (TOMORROW, 7)
    held = done.lesson.moved_to.lesson_id
    with pytest.raises(LessonAhead):
        await records.no_homework(owner, held, 0)
    with pytest.raises(NotYourLesson):
        await records.no_homework(school.actor(school.stranger), held, 0)
    school.clock.set(school.at("13:50", TOMORROW))
    await Attendance(storage, school.clock).confirm_all_present(school.actor(school.partner), held, 0)
    with pytest.raises(LessonNotHeld):
        await records.no_homework(owner, school.algebra, 0)
    with pytest.raises(MovedLessonIsRecorded):
        await office.restore(deputy, school.algebra)
    again = await office.move(deputy, school.algebra, TOMORROW, 7, COLD)
    assert again.outcome is Outcome.ALREADY


async def test_a_lesson_moved_on_comes_back_from_the_end_of_the_chain(
    storage: Storage, office: LessonStates, deputy: Actor, school: Cast
) -> None:
    first = (await office.move(deputy, school.algebra, TODAY, 7, COLD)).lesson.moved_to
    assert first is not None
    second = (await office.move(deputy, first.lesson_id, TOMORROW, 7, COLD)).lesson.moved_to
    assert second is not None
    await office.cancel(deputy, second.lesson_id, COLD)
    await office.restore(deputy, school.algebra)
    async with storage.reading() as uow:
        rows = await uow.execute(select(Lesson.id, Lesson.state).where(Lesson.subject_id == school.subjects["Алгебра"]))
        states = {row.id: row.state for row in rows}
    assert states[school.algebra] == "planned"
    left = [ident for ident in (first.lesson_id, second.lesson_id) if ident in states]
    assert all(states[ident] == "cancelled" for ident in left)  # what somebody was told of stays, cancelled
    for ident in left:
        with pytest.raises(LessonIsBack):
            await office.restore(deputy, ident)


async def test_a_recorded_lesson_is_neither_cancelled_nor_moved(
    storage: Storage, office: LessonStates, deputy: Actor, school: Cast
) -> None:
    school.clock.set(school.at("10:30"))
    owner, records = school.actor(school.owner), Records(storage, school.clock)
    await records.no_homework(owner, school.algebra, 0)
    for call in (
        office.ask_to_cancel(deputy, school.algebra),
        office.cancel(deputy, school.algebra, COLD),
        office.choose_move(deputy, school.algebra),
        office.ask_to_move(deputy, school.algebra, TOMORROW, 7),
        office.move(deputy, school.algebra, TOMORROW, 7, COLD),
    ):
        with pytest.raises(LessonIsRecorded):
            await call
    await records.restore(owner, school.algebra, RecordPart.HOMEWORK, 0, 1)  # it was a slip: the lesson wasn't held
    assert (await office.cancel(deputy, school.algebra, COLD)).outcome is Outcome.SAVED


async def test_conflicts_of_the_class_and_of_the_teachers_are_named(
    office: LessonStates, deputy: Actor, school: Cast
) -> None:
    choice = await office.choose_move(deputy, school.algebra)
    told = {one.number: [(there.whose, there.lesson.subject) for there in one.conflicts] for one in choice.slots}
    assert 3 not in told  # its own place
    assert told[7] == []
    assert told[5] == [("7Б", "Физкультура"), ("Вишневская Г. П.", "Алгебра")]
    assert told[4] == [("7Б", "Английский язык"), ("7Б", "Английский язык")]  # the owner's there is cancelled
    half = await office.choose_move(deputy, school.lessons["английский 1"], TOMORROW)
    assert [one.number for one in half.slots if one.conflicts] == [3]
    assert (half.before, half.on_date, half.after) == (TODAY, TOMORROW, TODAY + timedelta(days=2))


async def test_a_day_without_lessons_or_a_missing_bell_takes_no_lesson(
    office: LessonStates, deputy: Actor, school: Cast, storage: Storage
) -> None:
    async with storage.writing() as uow:
        holiday = {"school_id": school.school_id, "on_date": TOMORROW, "kind": "holiday", "title": "праздник"}
        await uow.execute(insert(CalendarDay), holiday)
    with pytest.raises(NoLessonsThatDay):
        await office.move(deputy, school.algebra, TOMORROW, 1, COLD)
    with pytest.raises(NoLessonsThatDay):
        await office.move(deputy, school.algebra, TODAY - timedelta(days=1), 1, COLD)
    with pytest.raises(NoSuchBell):
        await office.move(deputy, school.algebra, TODAY, 9, COLD)
    assert (await office.choose_move(deputy, school.algebra)).after == TODAY + timedelta(days=2)


async def test_a_closed_term_keeps_its_lessons(
    storage: Storage, office: LessonStates, deputy: Actor, school: Cast
) -> None:
    async with storage.writing() as uow:
        await uow.write(update(Term).values(closed_at=school.clock.now()))
    with pytest.raises(ArrangedTermClosed):
        await office.cancel(deputy, school.algebra, COLD)


async def test_the_lesson_s_teachers_are_told_and_not_told_of_what_was_taken_back(
    storage: Storage, office: LessonStates, deputy: Actor, school: Cast
) -> None:
    await office.cancel(deputy, school.algebra, COLD)
    assert await told(storage) == {school.owner: "cancelled", school.partner: "cancelled"}
    await office.restore(deputy, school.algebra)
    assert await told(storage) == {}
    done = await office.move(deputy, school.algebra, TOMORROW, 7, COLD)
    assert done.lesson.moved_to is not None
    moved = f"moved:{done.lesson.moved_to.lesson_id}"
    assert await told(storage) == {school.owner: moved, school.partner: moved}


async def test_a_typed_reason_cancels_or_moves_as_it_was_asked(
    storage: Storage, office: LessonStates, deputy: Actor, school: Cast
) -> None:
    await office.ask_to_cancel(deputy, school.algebra)
    assert (await office.put_typed(deputy, " прорвало  трубу ")).lesson.reason == "прорвало трубу"
    await office.restore(deputy, school.algebra)
    await office.ask_to_move(deputy, school.algebra, TODAY, 7)
    moved = await office.put_typed(deputy, "прорвало трубу")
    assert (moved.lesson.state, moved.lesson.reason) == (LessonState.MOVED, "прорвало трубу")
    with pytest.raises(LessonNotHeldAnyMore):
        await office.ask_to_cancel(deputy, school.algebra)


async def test_only_the_deputy_and_the_administrator_change_states(office: LessonStates, school: Cast) -> None:
    for nobody in (school.owner, school.homeroom_teacher, school.mother_larina):
        actor = school.actor(nobody)
        calls: list[Any] = [
            office.ask_to_cancel(actor, school.algebra),
            office.cancel(actor, school.algebra, COLD),
            office.choose_move(actor, school.algebra),
            office.ask_to_move(actor, school.algebra, TOMORROW, 7),
            office.move(actor, school.algebra, TOMORROW, 7, COLD),
            office.restore(actor, school.algebra),
            office.put_typed(actor, "мороз"),
        ]
        for call in calls:
            with pytest.raises(NotYourOffice):
                await call


class Weekly:
    """Algebra of 7Б on Wednesdays, slot 2, by a timetable; `again` is the same, imported anew with another teacher."""

    def __init__(self, storage: Storage, school: Cast) -> None:
        self.storage, self.school = storage, school

    async def version(self, valid_from: date, teacher: int) -> None:
        school = self.school
        async with self.storage.writing() as uow:
            version = insert(TimetableVersion).values(
                school_id=school.school_id,
                year_id=school.year_id,
                valid_from=valid_from,
                source_digest=str(valid_from),
                imported_at=school.clock.now(),
            )
            version_id = (await uow.execute(version.returning(TimetableVersion.id))).scalar_one()
            entry = insert(TimetableEntry).values(
                school_id=school.school_id,
                version_id=version_id,
                key=str(valid_from),
                subject_id=school.subjects["Литература"],
                weekday=2,
                slot=2,
            )
            entry_id = (await uow.execute(entry.returning(TimetableEntry.id))).scalar_one()
            await uow.execute(insert(EntryTeacher).values(entry_id=entry_id, teacher_id=teacher))
            await uow.execute(insert(EntryAudience).values(entry_id=entry_id, class_id=school.class_7b))
        await Timetable(self.storage, school.clock).lay_out(school.school_id, TODAY)

    async def of(self, day: date) -> list[tuple[int, str, datetime]]:
        async with self.storage.reading() as uow:
            rows = await uow.execute(
                select(Lesson.slot, Lesson.state, Lesson.starts_at)
                .where(Lesson.on_date == day, Lesson.subject_id == self.school.subjects["Литература"])
                .order_by(Lesson.slot)
            )
            return [tuple(row) for row in rows]


@pytest.mark.parametrize("change", ["cancelled", "moved", "substituted", "taken back"])
async def test_no_laying_out_touches_a_changed_lesson(
    storage: Storage, office: LessonStates, deputy: Actor, school: Cast, change: str
) -> None:
    weekly = Weekly(storage, school)
    await weekly.version(date(2026, 9, 1), school.colleague)
    lesson = await lesson_at(storage, TOMORROW, 2, school.subjects["Литература"])
    if change == "cancelled":
        await office.cancel(deputy, lesson, COLD)
    elif change == "moved":
        await office.move(deputy, lesson, TOMORROW, 7, COLD)
    else:
        substitutions = Substitutions(storage, school.clock)
        put: Any = await substitutions.put(deputy, lesson, school.colleague, school.substitute, 0, COLD)
        if change == "taken back":
            await substitutions.end(deputy, put.choice.standing.id)
    before = await weekly.of(TOMORROW)
    await weekly.version(TOMORROW, school.stranger)  # a new timetable: another teacher, another entry
    assert await weekly.of(TOMORROW) == before
    async with storage.writing() as uow:  # and the calendar calls the day a holiday
        holiday = {"school_id": school.school_id, "on_date": TOMORROW, "kind": "holiday", "title": "праздник"}
        await uow.execute(insert(CalendarDay), holiday)
    await Timetable(storage, school.clock).lay_out(school.school_id, TODAY)
    assert await weekly.of(TOMORROW) == before
    assert [row[0] for row in await weekly.of(TOMORROW + timedelta(days=7))] == [2]
