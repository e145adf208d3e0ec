"""Gaps: what is asked of whom, and who is left in peace."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from services import gaps
from services.assignments import NotYourSubject
from services.attendance import Attendance
from services.changes import Outcome
from services.errors import NotFoundHere
from services.finals.grid import Finals
from services.finals.receipts import Receipts
from services.finals.refusals import ChangedMeanwhile
from services.finals.sheets import Place
from services.records import Records
from services.rules.finals import Scope
from services.rules.gaps import Gap
from storage.models.control import StaffLeave, Substitution, Verification
from storage.models.family import Briefing
from storage.models.journal import LessonRecord, LessonWork, Mark
from storage.models.people import PersonRole, SubgroupMember
from storage.models.school import PlanTopic, School, SchoolClass
from storage.models.timetable import Lesson
from storage.uow import Storage
from storage.vocabulary import ClockKind, ClockState, LessonId, PersonId, RecordPart, SubgroupId, SubjectId, TermScope
from tests.school import TODAY, Cast, add_lesson, cancel, close_term, found, substitute

TOPIC, ATTENDANCE, HOMEWORK = RecordPart.TOPIC, RecordPart.ATTENDANCE, RecordPart.HOMEWORK
OF_LESSONS = {ClockKind.LESSON, ClockKind.HOMEWORK}
OF_WORKS = {ClockKind.WRITTEN_WORK, ClockKind.CHECKED_WORK}
DAY = timedelta(days=1)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


async def of(storage: Storage, school: Cast, who: PersonId, hour: str, day: date = TODAY) -> list[Gap]:
    school.clock.set(school.at(hour, day))
    async with storage.reading() as uow:
        return await gaps.gaps_of(uow, school.school_id, who, school.clock.now())


async def lesson_gaps(storage: Storage, school: Cast, who: PersonId, lesson: LessonId, hour: str) -> list[Gap]:
    return [one for one in await of(storage, school, who, hour) if one.lesson_id == lesson and one.kind in OF_LESSONS]


async def works(storage: Storage, school: Cast, hour: str, day: date = TODAY) -> list[Gap]:
    return [one for one in await of(storage, school, school.owner, hour, day) if one.kind in OF_WORKS]


async def write(storage: Storage, model: Any, **values: Any) -> None:
    async with storage.writing() as uow:
        await uow.execute(insert(model), values)


async def column(storage: Storage, school: Cast, kind: str = "control", **values: Any) -> int:
    async with storage.writing() as uow:
        row = {"lesson_id": school.algebra, "kind": kind, "ordinal": 1, "author_id": school.owner, **values}
        added = insert(LessonWork).values(created_at=school.at("10:40"), **row).returning(LessonWork.id)
        work_id: int = (await uow.execute(added)).scalar_one()
        return work_id


async def mark(
    storage: Storage, school: Cast, work: int, *students: PersonId, rev: int = 1, value: str | None = "4"
) -> None:
    async with storage.writing() as uow:
        rows = [
            {"work_id": work, "student_id": student, "rev": rev, "value": value, "author_id": school.owner}
            | {"entered_at": school.at("10:45"), "comment": ""}
            for student in students
        ]
        await uow.execute(insert(Mark), rows)


async def test_an_empty_lesson_has_two_clocks(storage: Storage, school: Cast) -> None:
    of_day, of_homework = sorted(
        await lesson_gaps(storage, school, school.owner, school.algebra, "14:40"),
        key=lambda one: one.kind,
        reverse=True,
    )
    assert (of_day.kind, of_day.missing, of_day.state) == (ClockKind.LESSON, (TOPIC, ATTENDANCE), ClockState.OPEN)
    assert (of_homework.kind, of_homework.missing) == (ClockKind.HOMEWORK, (HOMEWORK,))
    assert of_homework.due_at == school.at("15:05")
    assert of_homework.state is ClockState.DUE_SOON
    assert (of_homework.clause, of_homework.audience, of_homework.subject) == ("п. 2.7", "7Б", "Алгебра")
    assert of_day.token == of_homework.token == str(school.algebra)


async def test_what_is_entered_is_asked_no_more(storage: Storage, school: Cast) -> None:
    records, actor = Records(storage, school.clock), school.actor(school.owner)
    await records.put_plan_topic(actor, school.algebra, school.topics[0], 0)
    await records.no_homework(actor, school.algebra, 0)
    (only,) = await lesson_gaps(storage, school, school.owner, school.algebra, "10:50")
    assert only.missing == (ATTENDANCE,)
    await Attendance(storage, school.clock).confirm_all_present(actor, school.algebra, 0)
    assert await lesson_gaps(storage, school, school.owner, school.algebra, "10:50") == []


async def test_what_was_taken_back_is_asked_again(storage: Storage, school: Cast) -> None:
    for rev, value in ((1, "Дроби"), (2, None)):
        row = {"lesson_id": school.algebra, "part": "topic", "rev": rev, "value": value, "author_id": school.owner}
        await write(storage, LessonRecord, **row, entered_at=school.at("10:40"))
    found_gaps = await lesson_gaps(storage, school, school.owner, school.algebra, "11:00")
    assert TOPIC in {part for one in found_gaps for part in one.missing}


async def test_the_homework_clock_follows_the_classes_last_held_lesson(storage: Storage, school: Cast) -> None:
    """Invariant 3: after a same-day change the clock is another one by itself."""

    async def due() -> Any:
        found_gaps = await lesson_gaps(storage, school, school.owner, school.algebra, "11:00")
        return next(one.due_at for one in found_gaps if one.kind is ClockKind.HOMEWORK)

    assert await due() == school.at("15:05")
    await cancel(storage, school.lessons["литература"])
    assert await due() == school.at("14:20")  # physical education ends at 12:50
    async with storage.writing() as uow:
        await uow.write(update(Lesson).where(Lesson.id == school.lessons["литература"]).values(state="planned"))
    assert await due() == school.at("15:05")


async def test_a_room_without_a_workstation_may_wait_for_the_evening(storage: Storage, school: Cast) -> None:
    rules = {"homework_waits_for_evening": True, "rooms_without_workstation": ["301"]}
    async with storage.writing() as uow:
        await uow.write(update(School).values(regulation=rules))
    found_gaps = await lesson_gaps(storage, school, school.owner, school.algebra, "11:00")
    assert next(one.due_at for one in found_gaps if one.kind is ClockKind.HOMEWORK) == school.at("18:00")


async def test_nobody_is_asked_for_what_nobody_owes(storage: Storage, school: Cast) -> None:
    empty = await add_lesson(storage, school, "Алгебра", 6, audience=[(school.empty_class, None)])
    asked = await of(storage, school, school.owner, "20:00")
    lessons = {one.lesson_id for one in asked}
    assert lessons.isdisjoint({empty, school.lessons["отменён"], school.lessons["шахматы"], school.lessons["завтра"]})
    of_first_class = [one for one in asked if one.lesson_id in {school.lessons["1А"], school.lessons["ГКП"]}]
    assert {one.kind for one in of_first_class} == {ClockKind.LESSON}  # no homework there


async def test_a_lesson_handed_over_is_its_substitutes(storage: Storage, school: Cast) -> None:
    await substitute(storage, school, school.algebra, school.substitute)
    await write(
        storage,
        Substitution,
        school_id=school.school_id,
        lesson_id=school.algebra,
        absent_id=school.owner,
        substitute_id=school.substitute,
        made_at=school.at("09:00"),
        reason="",
    )
    assert await lesson_gaps(storage, school, school.owner, school.algebra, "20:00") == []
    assert await lesson_gaps(storage, school, school.substitute, school.algebra, "20:00")
    assert await lesson_gaps(storage, school, school.partner, school.algebra, "20:00")


async def test_who_is_away_is_asked_nothing_also_not_of_the_days_away_afterwards(
    storage: Storage, school: Cast
) -> None:
    values = {"school_id": school.school_id, "person_id": school.owner, "kind": "sick", "made_at": school.at("08:00")}
    await write(storage, StaffLeave, **values, since_on=TODAY, until_on=TODAY + DAY)
    assert await of(storage, school, school.owner, "20:00") == []
    later = await of(storage, school, school.owner, "20:00", TODAY + DAY)
    assert {one.on_date for one in later} == {TODAY + DAY}


async def test_who_left_the_school_is_asked_nothing(storage: Storage, school: Cast) -> None:
    async with storage.writing() as uow:
        await uow.write(update(PersonRole).where(PersonRole.person_id == school.owner).values(until_on=TODAY))
    assert await of(storage, school, school.owner, "20:00") == []


async def test_a_closed_term_asks_nothing_of_its_lessons(storage: Storage, school: Cast) -> None:
    await close_term(storage, school, "quarter")
    asked = await of(storage, school, school.owner, "20:00")
    assert [one for one in asked if one.lesson_id is not None] == []


async def test_a_control_work_wants_a_mark_of_everybody_present(storage: Storage, school: Cast) -> None:
    work = await column(storage, school)
    await mark(storage, school, work, *school.students[:10])
    await mark(storage, school, work, school.students[0], rev=2, value=None)  # taken back
    async with storage.writing() as uow:
        from storage.models.journal import Attendance as Row

        said = {"lesson_id": school.algebra, "student_id": school.larina, "author_id": school.owner}
        rows = [
            {**said, "rev": rev, "code": code, "entered_at": school.at("10:41")}
            for rev, code in ((1, "late"), (2, "absent"))
        ]
        await uow.execute(insert(Row), rows)
    (gap,) = await works(storage, school, "20:00")
    assert (gap.kind, gap.left, gap.work_id) == (ClockKind.WRITTEN_WORK, 20, work)
    assert gap.due_at.astimezone(school.actor(school.owner).zone).date() == TODAY + 7 * DAY
    await mark(storage, school, work, *(one for one in school.students[10:] if one != school.larina))
    await mark(storage, school, work, school.students[0], rev=3)
    assert await works(storage, school, "20:00") == []


async def test_a_checked_work_is_due_that_day(storage: Storage, school: Cast) -> None:
    await column(storage, school, checked_at=school.at("16:00", TODAY + 2 * DAY), checked_by=school.owner)
    (gap,) = await works(storage, school, "16:30", TODAY + 2 * DAY)
    assert gap.kind is ClockKind.CHECKED_WORK
    assert gap.due_at < school.at("00:00", TODAY + 3 * DAY)
    (late,) = await works(storage, school, "00:00", TODAY + 3 * DAY)
    assert late.state is ClockState.OVERDUE


async def test_an_answer_has_no_clock(storage: Storage, school: Cast) -> None:
    await column(storage, school, kind="answer")
    assert await works(storage, school, "20:00") == []


async def test_a_planned_control_work_wants_a_column(storage: Storage, school: Cast) -> None:
    async with storage.writing() as uow:
        await uow.write(update(PlanTopic).where(PlanTopic.id == school.topics[3]).values(work_kind="control"))
    await Records(storage, school.clock).put_plan_topic(school.actor(school.owner), school.algebra, school.topics[3], 0)
    (gap,) = await works(storage, school, "20:00")
    assert (gap.work_id, gap.token) == (None, f"p{school.algebra}")
    work = await column(storage, school)
    await mark(storage, school, work, *school.students)
    assert await works(storage, school, "20:00") == []


async def test_term_marks_are_asked_in_the_last_week(storage: Storage, school: Cast) -> None:
    def asked(found_gaps: list[Gap]) -> list[Gap]:
        return [one for one in found_gaps if one.kind is ClockKind.TERM_MARKS]

    assert asked(await of(storage, school, school.owner, "12:00", date(2026, 10, 18))) == []
    in_window = asked(await of(storage, school, school.owner, "12:00", date(2026, 10, 19)))
    assert {(one.audience, one.left) for one in in_window} == {("7Б", 30), ("7А", 1)}
    after = asked(await of(storage, school, school.owner, "00:00", date(2026, 10, 25)))
    assert {one.state for one in after} == {ClockState.OVERDUE}


async def test_a_weeks_attendance_is_asked_of_the_homeroom_teacher_until_it_is_verified(
    storage: Storage, school: Cast
) -> None:
    friday, monday = date(2026, 9, 11), date(2026, 9, 7)
    asked = await of(storage, school, school.homeroom_teacher, "12:00", friday)
    assert [(one.kind, one.on_date, one.audience) for one in asked] == [(ClockKind.VERIFICATION, monday, "7Б")]
    assert await of(storage, school, school.homeroom_teacher, "12:00", friday - DAY) == []
    values = {"school_id": school.school_id, "class_id": school.class_7b, "kind": "attendance", "for_on": monday}
    await write(storage, Verification, **values, made_by=school.homeroom_teacher, made_at=school.at("13:00", friday))
    assert await of(storage, school, school.homeroom_teacher, "14:00", friday) == []


async def test_families_are_informed_in_two_weeks_and_contacts_verified_monthly(storage: Storage, school: Cast) -> None:
    async def asked(day: date) -> dict[ClockKind, ClockState]:
        kinds = {ClockKind.BRIEFING, ClockKind.CONTACTS}
        found_gaps = await of(storage, school, school.homeroom_teacher, "12:00", day)
        return {one.kind: one.state for one in found_gaps if one.kind in kinds}

    assert await asked(date(2026, 9, 12)) == {}
    assert await asked(date(2026, 9, 15)) == {ClockKind.BRIEFING: ClockState.DUE_SOON}
    assert await asked(date(2026, 9, 16)) == {ClockKind.BRIEFING: ClockState.OVERDUE}
    about = {"school_id": school.school_id, "class_id": school.class_7b, "teacher_id": school.homeroom_teacher}
    told = {**about, "on_date": date(2026, 9, 16), "way": "call", "words": "", "entered_at": school.at("13:00")}
    await write(storage, Briefing, **told, student_id=school.larina)  # a word with one family
    assert await asked(date(2026, 9, 16)) == {ClockKind.BRIEFING: ClockState.OVERDUE}
    await write(storage, Briefing, **{**told, "way": "meeting"}, student_id=None)
    assert await asked(date(2026, 9, 16)) == {}
    assert await asked(date(2026, 10, 3)) == {
        ClockKind.BRIEFING: ClockState.OVERDUE,
        ClockKind.CONTACTS: ClockState.OVERDUE,
    }
    values = {"school_id": school.school_id, "class_id": school.class_7b, "kind": "contacts"}
    made = {"made_by": school.homeroom_teacher, "made_at": school.at("13:00", date(2026, 10, 3))}
    await write(storage, Verification, **values, **made, for_on=date(2026, 10, 3))
    assert ClockKind.CONTACTS not in await asked(date(2026, 10, 20))
    assert (await asked(date(2026, 11, 3)))[ClockKind.CONTACTS] is ClockState.DUE_SOON


async def test_plans_and_lists_are_asked_of_those_who_make_them(storage: Storage, school: Cast) -> None:
    before = date(2026, 8, 25)
    asked = await of(storage, school, school.colleague, "09:00", before)
    plans = {(one.subject, one.audience) for one in asked if one.kind is ClockKind.PLANS}
    assert ("Русский язык", "7") in plans
    office = {one.kind: one for one in await of(storage, school, school.deputy, "09:00", date(2026, 9, 2))}
    assert office[ClockKind.CLASS_LISTS].audience == "7В"
    assert office[ClockKind.CLASS_LISTS].state is ClockState.OVERDUE
    assert office[ClockKind.SECTIONS].state is ClockState.DUE_SOON
    owners = await of(storage, school, school.owner, "09:00", before)
    assert "Алгебра" not in {one.subject for one in owners if one.kind is ClockKind.PLANS}  # it has a plan


async def test_the_overdue_list_names_each_teacher_with_what_is_late(storage: Storage, school: Cast) -> None:
    school.clock.set(school.at("15:06"))
    async with storage.reading() as uow:
        at_first = await gaps.overdue_of(uow, school.school_id, school.clock.now())
        tomorrow = await gaps.overdue_of(uow, school.school_id, school.at("09:00", TODAY + DAY))
    late = {one.kind for own in at_first.values() for one in own if one.on_date == TODAY}
    assert late == {ClockKind.HOMEWORK}
    assert {one.lesson_id for one in tomorrow[school.owner] if one.on_date == TODAY} == {
        school.algebra,
        school.lessons["7А"],
        school.lessons["1А"],
        school.lessons["ГКП"],
    }
    assert all(one.state is ClockState.OVERDUE for own in tomorrow.values() for one in own)


async def test_only_the_gaps_that_a_reminder_named_are_looked_at_again(storage: Storage, school: Cast) -> None:
    work = await column(storage, school)
    school.clock.set(school.at("20:00"))
    async with storage.reading() as uow:
        frame = await gaps.frame_of(uow, school.school_id, school.clock.now())
        assert frame is not None
        tokens = [str(school.algebra), f"w{work}", "w999", "lists", "t1.0.1.term:99"]
        left = await gaps.of_tokens(uow, frame, tokens, [school.owner, school.deputy])
    assert {one.token for one in left[school.owner]} == {str(school.algebra), f"w{work}"}
    assert {one.token for one in left[school.deputy]} == {"lists"}


async def test_each_half_of_a_class_opens_its_own_grid_of_received_results(storage: Storage, school: Cast) -> None:
    school.clock.set(school.at("12:00"))
    async with storage.writing() as uow:
        await uow.write(update(SchoolClass).where(SchoolClass.id == school.class_7b).values(level=9))
    english = SubjectId(school.subjects["Английский язык"])
    await Receipts(storage, school.clock).register(
        school.actor(school.deputy), school.class_7b, english, TermScope.EXAM, school.clock.now()
    )
    halves = {school.colleague: school.halves[0], school.stranger: school.halves[1]}
    for teacher, half in halves.items():
        [gap] = [one for one in await of(storage, school, teacher, "13:00") if one.kind is ClockKind.RESULTS]
        assert gap.subgroup_id == half
        assert gap.class_id is not None
        assert gap.subject_id is not None
        place = Place(gap.class_id, gap.subgroup_id, gap.subject_id, Scope.parse(gap.scope))
        assert (await Finals(storage, school.clock).sheet(school.actor(teacher), place)).students


async def test_what_one_half_issued_leaves_the_other_halfs_results_open(storage: Storage, school: Cast) -> None:
    english = SubjectId(school.subjects["Английский язык"])
    scope = Scope(TermScope.EXAM, school.year_id)
    receipts, deputy = Receipts(storage, school.clock), school.actor(school.deputy)
    await receipts.register(deputy, school.class_7b, english, TermScope.EXAM, school.clock.now())
    finals, teacher = Finals(storage, school.clock), school.actor(school.colleague)
    place = Place(school.class_7b, SubgroupId(school.halves[0]), english, scope)
    put = await finals.put(teacher, place, school.students[0], "5", 0)
    await finals.issue(teacher, place, put.sheet.seen)

    async def open_ones(who: PersonId) -> list[Gap]:
        return [one for one in await of(storage, school, who, "13:00") if one.kind is ClockKind.RESULTS]

    assert await open_ones(school.colleague) == []
    assert [one.subgroup_id for one in await open_ones(school.stranger)] == [school.halves[1]]
    assert [one.issued for one in await receipts.received(deputy)] == [False]
    other = replace(place, subgroup_id=SubgroupId(school.halves[1]))
    stranger = school.actor(school.stranger)
    for who, where, refusal in (
        (teacher, other, NotYourSubject),
        (teacher, place, ChangedMeanwhile),  # somebody took it there
        (stranger, replace(other, scope=Scope(TermScope.YEAR, school.year_id)), NotFoundHere),
    ):
        with pytest.raises(refusal):
            await finals.nobody_took(who, where)
    async with storage.writing() as uow:  # everybody left the half since its grid was shown
        theirs = SubgroupMember.subgroup_id == school.halves[1]
        await uow.write(update(SubgroupMember).where(theirs).values(until_on=TODAY))
    with pytest.raises(NotFoundHere):
        await finals.nobody_took(stranger, other)
    async with storage.writing() as uow:
        await uow.write(update(SubgroupMember).where(theirs).values(until_on=None))
    for outcome in (Outcome.SAVED, Outcome.ALREADY):
        sheet, came = await finals.nobody_took(stranger, other)
        assert (came, sheet.nobody_took) == (outcome, True)
    assert await open_ones(school.stranger) == []
    assert [(one.issued, one.row.issued) for one in await receipts.received(deputy)] == [(True, 1)]
    [line] = [one for one in await finals.choose(stranger) if one.place == other]
    assert line.issued
    put = await finals.put(stranger, other, school.students[1], "4", 1)
    assert [one.subgroup_id for one in await open_ones(school.stranger)] == [school.halves[1]], "a draft waits"
    await finals.issue(school.actor(school.stranger), other, put.sheet.seen)
    assert await open_ones(school.stranger) == []
    assert [one.issued for one in await receipts.received(deputy)] == [True]
