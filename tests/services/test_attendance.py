"""Attendance: taps, confirmation, who is told of an absence, and late changes."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.access import LessonAhead, LessonNotHeld, LessonOnPaper, NotInLesson, SubstituteOver, TermClosed
from services.attendance import Attendance, AttendanceSheet
from services.changes import Outcome
from services.errors import NotFoundHere, NotYourLesson
from services.lessons import Lessons
from services.records import Records
from storage.models.audit import AuditEntry
from storage.models.delivery import Item
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, ItemKind, LessonId, PersonId, RecordPart
from tests.school import TODAY, Cast, close_term, found, substitute

ABSENT, LATE, PRESENT = AttendanceCode.ABSENT, AttendanceCode.LATE, AttendanceCode.PRESENT


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def attendance(storage: Storage, school: Cast) -> Attendance:
    return Attendance(storage, school.clock)


async def news(storage: Storage, kind: ItemKind = ItemKind.ABSENCE) -> dict[int, Any]:
    """The waiting items of a kind that have something to tell, by recipient."""
    async with storage.reading() as uow:
        question = select(Item.recipient_id, Item.value, Item.due_at).where(
            Item.kind == kind.value, Item.state == "waiting", Item.value.is_not(None)
        )
        return {row.recipient_id: row for row in await uow.execute(question)}


def code_of(sheet: AttendanceSheet, student: PersonId) -> AttendanceCode:
    return next(one.code for one in sheet.students if one.name.id == student)


async def test_all_are_present_until_somebody_says_otherwise(attendance: Attendance, school: Cast) -> None:
    sheet = await attendance.sheet(school.actor(school.owner), school.algebra)
    assert len(sheet.students) == 30
    assert sheet.all_present
    assert not sheet.confirmed


async def test_a_tap_goes_from_present_over_absent_and_late_back_to_present(
    attendance: Attendance, school: Cast
) -> None:
    owner = school.actor(school.owner)
    for seen, code in enumerate((ABSENT, LATE, PRESENT)):
        put = await attendance.put(owner, school.algebra, school.larina, code, seen)
        assert (put.outcome, put.rev, put.student.usual) == (Outcome.SAVED, seen + 1, "Ларина Татьяна")
        assert code_of(put.sheet, school.larina) is code


async def test_the_same_tap_twice_changes_nothing_the_second_time(attendance: Attendance, school: Cast) -> None:
    owner = school.actor(school.owner)
    await attendance.put(owner, school.algebra, school.larina, ABSENT, 0)
    again = await attendance.put(owner, school.algebra, school.larina, ABSENT, 0)
    assert (again.outcome, again.rev) == (Outcome.ALREADY, 1)


async def test_a_stale_button_says_who_was_faster_and_offers_to_replace(attendance: Attendance, school: Cast) -> None:
    await attendance.put(school.actor(school.partner), school.algebra, school.larina, LATE, 0)
    stale = await attendance.put(school.actor(school.owner), school.algebra, school.larina, ABSENT, 0)
    assert stale.outcome is Outcome.CHANGED
    assert stale.standing is not None
    assert (stale.standing.author, stale.standing.value) == ("Смирнова", "late")
    assert code_of(stale.sheet, school.larina) is LATE
    replaced = await attendance.put(school.actor(school.owner), school.algebra, school.larina, ABSENT, stale.rev)
    assert replaced.outcome is Outcome.SAVED


async def test_an_absence_waits_five_minutes_and_goes_fifteen_seconds_after_done(
    attendance: Attendance, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    await attendance.put(owner, school.algebra, school.larina, ABSENT, 0)
    told = await news(storage)
    assert set(told) == {school.mother_larina, school.father_larin}
    assert told[school.mother_larina].due_at == school.at("10:45")
    school.clock.advance(timedelta(minutes=1))
    done = await attendance.confirm(owner, school.algebra, 0)
    assert (done.outcome, done.back_to) == (Outcome.SAVED, 0)
    assert done.card is not None
    assert [one.usual for one in done.card.absent] == ["Ларина Татьяна"]
    assert (await news(storage))[school.mother_larina].due_at == school.at("10:41") + timedelta(seconds=15)


async def test_an_absence_taken_back_before_it_was_told_tells_nobody(
    attendance: Attendance, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    await attendance.put(owner, school.algebra, school.larina, ABSENT, 0)
    await attendance.put(owner, school.algebra, school.larina, PRESENT, 1)
    assert await news(storage) == {}
    assert await news(storage, ItemKind.ABSENCE_WITHDRAWN) == {}


async def test_the_second_absence_in_a_row_goes_into_the_evening_letter(
    attendance: Attendance, school: Cast, storage: Storage
) -> None:
    school.clock.set(school.at("11:30"))
    await attendance.put(school.actor(school.owner), school.algebra, school.larina, ABSENT, 0)
    lesson = school.lesson_of(school.larina, 4)
    teacher = school.colleague if lesson == school.lessons["английский 1"] else school.stranger
    await attendance.put(school.actor(teacher), lesson, school.larina, ABSENT, 0)
    async with storage.reading() as uow:
        alarms = select(Item.lesson_id).where(Item.kind == "absence", Item.recipient_id == school.mother_larina)
        assert [row.lesson_id for row in await uow.execute(alarms)] == [school.algebra]
    assert school.mother_larina in await news(storage, ItemKind.ABSENCE_LATER)


async def test_leaving_school_after_a_lesson_alarms_again(
    attendance: Attendance, school: Cast, storage: Storage
) -> None:
    school.clock.set(school.at("12:20"))
    await attendance.put(school.actor(school.stranger), school.lessons["история"], school.larina, ABSENT, 0)
    await attendance.confirm_all_present(school.actor(school.owner), school.algebra, 0)
    await attendance.put(school.actor(school.stranger), school.lessons["физкультура"], school.larina, ABSENT, 0)
    async with storage.reading() as uow:
        alarms = select(Item.lesson_id).where(Item.kind == "absence", Item.recipient_id == school.mother_larina)
        told = [row.lesson_id for row in await uow.execute(alarms.order_by(Item.id))]
    assert told == [school.lessons["история"], school.lessons["физкультура"]]


async def test_all_present_is_an_explicit_press(attendance: Attendance, school: Cast, storage: Storage) -> None:
    owner = school.actor(school.owner)
    done = await attendance.confirm_all_present(owner, school.algebra, 0)
    assert done.card is not None
    assert done.card.attendance is not None
    again = await attendance.confirm_all_present(owner, school.algebra, 0)
    assert again.outcome is Outcome.ALREADY
    async with storage.reading() as uow:
        lines = select(AuditEntry.detail).where(AuditEntry.action == "attendance_put")
        assert len((await uow.execute(lines)).all()) == 1


async def test_all_present_is_not_taken_where_somebody_is_marked(attendance: Attendance, school: Cast) -> None:
    owner = school.actor(school.owner)
    await attendance.put(owner, school.algebra, school.onegin, LATE, 0)
    done = await attendance.confirm_all_present(owner, school.algebra, 0)
    assert done.card is None
    assert done.sheet is not None
    assert not done.sheet.confirmed
    assert (await attendance.confirm(owner, school.algebra, 0)).outcome is Outcome.SAVED


async def test_done_can_be_taken_back_and_pressed_again(attendance: Attendance, school: Cast, storage: Storage) -> None:
    owner = school.actor(school.owner)
    await attendance.confirm_all_present(owner, school.algebra, 0)
    records = Records(storage, school.clock)
    taken_back = await records.restore(owner, school.algebra, RecordPart.ATTENDANCE, 0, 1)
    assert taken_back.outcome is Outcome.SAVED
    assert taken_back.card.attendance is None
    stale = await attendance.confirm_all_present(owner, school.algebra, 0)
    assert (stale.outcome, stale.card) == (Outcome.CHANGED, None)
    assert stale.sheet is not None
    assert (await attendance.confirm_all_present(owner, school.algebra, stale.sheet.rev)).outcome is Outcome.SAVED


async def test_what_is_entered_the_day_after_is_taken_noted_as_late_and_alarms_nobody(
    attendance: Attendance, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    school.clock.set(school.at("09:00", TODAY + timedelta(days=1)))
    await attendance.put(owner, school.algebra, school.larina, ABSENT, 0)
    done = await attendance.confirm(owner, school.algebra, 0)
    assert done.card is not None
    assert done.card.attendance is not None
    assert done.card.attendance.late
    assert await news(storage) == {}
    assert school.mother_larina in await news(storage, ItemKind.ABSENCE_LATER)
    async with storage.reading() as uow:
        lines = (await uow.execute(select(AuditEntry.detail).where(AuditEntry.action == "attendance_put"))).all()
    assert [row.detail["late"] for row in lines] == [True, True]


async def test_those_who_missed_earlier_lessons_stand_on_the_card(
    attendance: Attendance, school: Cast, storage: Storage
) -> None:
    await attendance.put(school.actor(school.stranger), school.lessons["история"], school.onegin, ABSENT, 0)
    card = await Lessons(storage, school.clock).card(school.actor(school.owner), school.algebra)
    assert [one.student.usual for one in card.absent_earlier] == ["Онегин Евгений"]


async def test_both_teachers_enter_attendance_and_nobody_else(attendance: Attendance, school: Cast) -> None:
    await attendance.put(school.actor(school.owner), school.algebra, school.larina, ABSENT, 0)
    await attendance.put(school.actor(school.partner), school.algebra, school.onegin, ABSENT, 0)
    others = (school.colleague, school.stranger, school.substitute, school.homeroom_teacher, school.mother_larina)
    for other in others:
        actor = school.actor(other)
        with pytest.raises(NotYourLesson):
            await attendance.sheet(actor, school.algebra)
        with pytest.raises(NotYourLesson):
            await attendance.put(actor, school.algebra, school.larina, PRESENT, 1)
        with pytest.raises(NotYourLesson):
            await attendance.confirm(actor, school.algebra, 0)
        with pytest.raises(NotYourLesson):
            await attendance.confirm_all_present(actor, school.algebra, 0)


async def test_a_student_who_does_not_sit_there_is_not_marked(attendance: Attendance, school: Cast) -> None:
    with pytest.raises(NotInLesson):
        await attendance.put(school.actor(school.owner), school.algebra, school.student_of_7a, ABSENT, 0)
    other_half = next(one for one in school.students if school.lesson_of(one, 4) == school.lessons["английский 2"])
    school.clock.set(school.at("11:30"))
    with pytest.raises(NotInLesson):
        await attendance.put(school.actor(school.colleague), school.lessons["английский 1"], other_half, ABSENT, 0)
    with pytest.raises(NotFoundHere):
        await attendance.put(school.actor(school.owner), LessonId(2**62), school.larina, ABSENT, 0)


@pytest.mark.parametrize(
    ("lesson", "refusal"), [("завтра", LessonAhead), ("отменён", LessonNotHeld), ("шахматы", LessonOnPaper)]
)
async def test_a_lesson_ahead_cancelled_or_on_paper_takes_no_attendance(
    attendance: Attendance, school: Cast, lesson: str, refusal: type[Exception]
) -> None:
    school.clock.set(school.at("14:00"))
    actor = school.actor(school.owner)
    with pytest.raises(refusal):
        await attendance.sheet(actor, school.lessons[lesson])
    with pytest.raises(refusal):
        await attendance.confirm_all_present(actor, school.lessons[lesson], 0)


@pytest.mark.parametrize("lesson", ["1А", "ГКП"])
async def test_class_1_and_short_stay_groups_do_have_attendance(
    attendance: Attendance, school: Cast, lesson: str
) -> None:
    done = await attendance.confirm_all_present(school.actor(school.owner), school.lessons[lesson], 0)
    assert done.outcome is Outcome.SAVED


async def test_a_closed_term_takes_no_attendance(attendance: Attendance, school: Cast, storage: Storage) -> None:
    await close_term(storage, school, "quarter")
    with pytest.raises(TermClosed):
        await attendance.put(school.actor(school.owner), school.algebra, school.larina, ABSENT, 0)


async def test_a_substitute_may_record_the_lesson_until_its_day_ends(
    attendance: Attendance, school: Cast, storage: Storage
) -> None:
    await substitute(storage, school, school.algebra, school.substitute)
    actor = school.actor(school.substitute)
    await attendance.put(actor, school.algebra, school.larina, ABSENT, 0)
    with pytest.raises(NotYourLesson):
        await attendance.put(actor, school.lessons["русский"], school.larina, ABSENT, 0)
    school.clock.set(school.at("00:00", TODAY + timedelta(days=1)))
    with pytest.raises(SubstituteOver):
        await attendance.put(actor, school.algebra, school.larina, PRESENT, 1)


# --- Minutes, and what an absence withdrawn leaves behind -------------------------------------------------------------


async def test_minutes_are_said_by_who_wants_and_only_of_the_late(
    attendance: Attendance, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    await attendance.put(owner, school.algebra, school.larina, LATE, 0)
    put = await attendance.put(owner, school.algebra, school.larina, LATE, 1, 10)
    assert (put.outcome, put.rev) == (Outcome.SAVED, 2)
    again = await attendance.put(owner, school.algebra, school.larina, LATE, 1, 10)
    assert again.outcome is Outcome.ALREADY
    card = await Lessons(storage, school.clock).card(owner, school.algebra)
    assert card.minutes_late == {school.larina: 10}
    await attendance.put(owner, school.algebra, school.larina, PRESENT, 2)
    card = await Lessons(storage, school.clock).card(owner, school.algebra)
    assert card.minutes_late == {}


async def alarms(storage: Storage) -> set[tuple[int, int]]:
    """Who has an alarm waiting or told, and of which lesson."""
    async with storage.reading() as uow:
        rows = await uow.execute(
            select(Item.recipient_id, Item.lesson_id).where(
                Item.kind == ItemKind.ABSENCE, Item.value == "absent", Item.state.in_(["waiting", "told"])
            )
        )
        return {(row.recipient_id, row.lesson_id) for row in rows}


async def test_an_absence_withdrawn_leaves_the_alarm_to_the_one_that_had_joined_it(
    attendance: Attendance, school: Cast, storage: Storage
) -> None:
    school.clock.set(school.at("10:40"))
    first, second = school.lessons["русский"], school.lessons["история"]
    await attendance.put(school.actor(school.colleague), first, school.onegin, ABSENT, 0)
    await attendance.put(school.actor(school.stranger), second, school.onegin, ABSENT, 0)
    await attendance.put(school.actor(school.owner), school.algebra, school.onegin, ABSENT, 0)
    assert await alarms(storage) == {(school.mother_onegina, first)}
    await attendance.put(school.actor(school.colleague), first, school.onegin, PRESENT, 1)
    assert await alarms(storage) == {(school.mother_onegina, second)}, "one letter for the absence that goes on"


async def test_an_absence_that_was_alarmed_already_is_not_alarmed_again(
    attendance: Attendance, school: Cast, storage: Storage
) -> None:
    first, second = school.lessons["русский"], school.lessons["история"]
    await attendance.put(school.actor(school.stranger), second, school.onegin, ABSENT, 0)
    await attendance.put(school.actor(school.colleague), first, school.onegin, ABSENT, 0)
    await attendance.put(school.actor(school.owner), school.algebra, school.onegin, ABSENT, 0)
    assert await alarms(storage) == {(school.mother_onegina, second)}
    await attendance.put(school.actor(school.colleague), first, school.onegin, PRESENT, 1)
    assert await alarms(storage) == {(school.mother_onegina, second)}


async def test_nothing_is_promoted_a_day_later(attendance: Attendance, school: Cast, storage: Storage) -> None:
    first, second = school.lessons["русский"], school.lessons["история"]
    school.clock.set(school.at("09:00", TODAY + timedelta(days=1)))
    await attendance.put(school.actor(school.colleague), first, school.onegin, ABSENT, 0)
    await attendance.put(school.actor(school.stranger), second, school.onegin, ABSENT, 0)
    await attendance.put(school.actor(school.colleague), first, school.onegin, PRESENT, 1)
    assert await alarms(storage) == set()
