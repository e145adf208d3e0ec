"""Substitutions: whose the lesson is, until when, who hears of it, and who may arrange it (М 5 учитель б; В 4.4.8)."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from services.access import LessonHandedOver, SubstituteOver
from services.actor import Actor
from services.assignments import NotYourOffice
from services.attendance import Attendance
from services.changes import Outcome
from services.errors import NotFoundHere, NotYourLesson
from services.lesson_states import LessonStates
from services.lessons import Lessons, Standing
from services.records import Records
from services.substitutions.journal import SubstitutionJournals
from services.substitutions.office import Substitutions
from services.substitutions.views import (
    DayPut,
    DayReasonAsked,
    NobodyByName,
    NotOnTheStaff,
    NotTheirLesson,
    ReasonAsked,
    SubstitutionPut,
)
from storage.models.audit import AuditEntry
from storage.models.control import StaffLeave
from storage.models.delivery import Item
from storage.models.people import PersonRole
from storage.models.timetable import Lesson
from storage.uow import Storage
from storage.vocabulary import ChangeReason, DraftPurpose, ItemKind, LessonId, LessonState, PersonId, Role, SchoolId
from tests.school import TODAY, Cast, found

SICK = ChangeReason.SICK


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def office(storage: Storage, school: Cast) -> Substitutions:
    return Substitutions(storage, school.clock)


@pytest.fixture
def deputy(school: Cast) -> Actor:
    return school.actor(school.deputy)


async def gives(
    office: Substitutions,
    deputy: Actor,
    lesson: LessonId,
    absent: PersonId,
    substitute: PersonId,
    seen: int = 0,
    *,
    sure: bool = False,
) -> SubstitutionPut:
    put = await office.put(deputy, lesson, absent, substitute, seen, SICK, sure=sure)
    assert isinstance(put, SubstitutionPut)
    return put


async def told(storage: Storage) -> list[tuple[int, str | None]]:
    """What waits to be told of changed lessons: to whom, and what the lesson is to them."""
    question = select(Item.recipient_id, Item.value).where(
        Item.kind == ItemKind.LESSON_CHANGED.value, Item.state == "waiting"
    )
    async with storage.reading() as uow:
        return sorted(tuple(row) for row in await uow.execute(question))


async def state_of(storage: Storage, lesson: LessonId) -> tuple[str, str]:
    async with storage.reading() as uow:
        row = (await uow.execute(select(Lesson.state, Lesson.state_reason).where(Lesson.id == lesson))).one()
    return row.state, row.state_reason


async def takes_over(storage: Storage, office: Substitutions, deputy: Actor, school: Cast) -> int:
    """The colleague's literature (slot 6) goes to the substitute; the substitution's id."""
    lesson = school.lessons["литература"]
    put = await gives(office, deputy, lesson, school.colleague, school.substitute)
    assert put.outcome is Outcome.SAVED
    assert put.choice.standing is not None
    return put.choice.standing.id


async def test_the_substitute_records_exactly_that_lesson(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    await takes_over(storage, office, deputy, school)
    school.clock.set(school.at("13:00"))
    lesson, substitute = school.lessons["литература"], school.actor(school.substitute)
    records = Records(storage, school.clock)
    await Attendance(storage, school.clock).confirm_all_present(substitute, lesson, 0)
    await records.no_homework(substitute, lesson, 0)
    with pytest.raises(NotYourLesson):
        await records.no_homework(substitute, school.lessons["русский"], 0)


async def test_the_absent_teacher_sees_the_lesson_and_enters_nothing_until_its_clocks_end(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    await takes_over(storage, office, deputy, school)
    lesson, absent = school.lessons["литература"], school.actor(school.colleague)
    school.clock.set(school.at("23:59"))
    card = await Lessons(storage, school.clock).card(absent, lesson)
    assert isinstance(card.refusal, LessonHandedOver)
    assert card.substitutions == ("Чехов А. → Лобачевский Н.",)
    with pytest.raises(LessonHandedOver):
        await Attendance(storage, school.clock).confirm_all_present(absent, lesson, 0)
    school.clock.set(school.at("08:00", TODAY.replace(day=9)))
    with pytest.raises(SubstituteOver):
        await Attendance(storage, school.clock).confirm_all_present(school.actor(school.substitute), lesson, 0)
    await Attendance(storage, school.clock).confirm_all_present(absent, lesson, 0)


async def test_taken_back_the_right_ends_at_once_and_what_was_entered_stays(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    ident = await takes_over(storage, office, deputy, school)
    school.clock.set(school.at("13:00"))
    lesson, substitute = school.lessons["литература"], school.actor(school.substitute)
    await Attendance(storage, school.clock).confirm_all_present(substitute, lesson, 0)
    assert (await office.end(deputy, ident)).outcome is Outcome.SAVED
    assert (await office.end(deputy, ident)).outcome is Outcome.ALREADY
    with pytest.raises(NotYourLesson):
        await Records(storage, school.clock).no_homework(substitute, lesson, 0)
    card = await Lessons(storage, school.clock).card(school.actor(school.colleague), lesson)
    assert card.attendance is not None
    assert card.attendance.author == "Лобачевский"
    assert card.refusal is None
    assert await state_of(storage, lesson) == ("planned", "")


async def test_a_second_tap_changes_nothing_and_a_slower_office_is_told_so(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    await takes_over(storage, office, deputy, school)
    lesson = school.lessons["литература"]
    again = await gives(office, deputy, lesson, school.colleague, school.substitute)
    assert again.outcome is Outcome.ALREADY
    slower = await gives(office, deputy, lesson, school.colleague, school.owner, sure=True)
    assert slower.outcome is Outcome.CHANGED
    assert slower.choice.standing is not None
    assert slower.choice.standing.substitute.last == "Лобачевский"


async def test_a_substitute_who_falls_ill_is_replaced_in_turn(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    first = await takes_over(storage, office, deputy, school)
    lesson = school.lessons["литература"]
    put = await gives(office, deputy, lesson, school.substitute, school.partner, first)
    assert put.outcome is Outcome.SAVED
    assert [(one.absent.last, one.substitute.last) for one in put.choice.lesson.substitutions] == [
        ("Чехов", "Смирнова")
    ]
    school.clock.set(school.at("13:00"))
    with pytest.raises(NotYourLesson):
        await Records(storage, school.clock).no_homework(school.actor(school.substitute), lesson, 0)
    await Records(storage, school.clock).no_homework(school.actor(school.partner), lesson, 0)


async def test_each_of_two_teachers_has_a_substitute_of_their_own(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    one = await gives(office, deputy, school.algebra, school.owner, school.substitute)
    both = await gives(office, deputy, school.algebra, school.partner, school.homeroom_teacher)
    assert [len(put.choice.lesson.substitutions) for put in (one, both)] == [1, 2]
    assert one.choice.standing is not None
    await office.end(deputy, one.choice.standing.id)
    assert (await state_of(storage, school.algebra))[0] == "substituted"
    # The same substitute for both keeps the right while one of the two stands.
    assert both.choice.standing is not None
    again = await gives(office, deputy, school.algebra, school.owner, school.homeroom_teacher)
    await office.end(deputy, both.choice.standing.id)
    assert again.choice.standing is not None
    await Records(storage, school.clock).no_homework(school.actor(school.homeroom_teacher), school.algebra, 0)


async def test_the_other_teacher_of_the_lesson_may_answer_for_both(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    put = await gives(office, deputy, school.algebra, school.owner, school.partner)
    assert put.choice.standing is not None
    await office.end(deputy, put.choice.standing.id)
    await Records(storage, school.clock).no_homework(school.actor(school.partner), school.algebra, 0)


async def test_a_busy_substitute_is_asked_about_and_then_taken(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    half = school.lessons["английский 2"]  # the stranger's; the colleague gives the other half at the same hour
    asked = await office.put(deputy, half, school.stranger, school.colleague, 0, SICK)
    assert isinstance(asked, ReasonAsked)
    assert [(one.whose, one.lesson.audience) for one in asked.conflicts] == [("Чехов А. П.", "7Б (англ. 1)")]
    assert asked.reason is SICK
    assert (await gives(office, deputy, half, school.stranger, school.colleague, sure=True)).outcome is Outcome.SAVED


async def test_the_reason_is_asked_once_a_day_or_known_from_the_leave(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    russian, literature = school.lessons["русский"], school.lessons["литература"]
    asked = await office.put(deputy, russian, school.colleague, school.substitute, 0)
    assert isinstance(asked, ReasonAsked)
    put = await office.put_typed(deputy, "  суд присяжных ")
    assert isinstance(put, SubstitutionPut)
    assert await state_of(storage, russian) == ("substituted", "суд присяжных")
    same_day = await office.put(deputy, literature, school.colleague, school.substitute, 0)
    assert isinstance(same_day, SubstitutionPut)
    assert await state_of(storage, literature) == ("substituted", "суд присяжных")
    async with storage.writing() as uow:
        values = {"school_id": school.school_id, "person_id": school.stranger, "kind": "sick", "since_on": TODAY}
        await uow.execute(insert(StaffLeave), {**values, "made_at": school.clock.now()})
    known = await office.put(deputy, school.lessons["история"], school.stranger, school.substitute, 0)
    assert isinstance(known, SubstitutionPut)
    assert await state_of(storage, school.lessons["история"]) == ("substituted", "sick")


async def test_a_day_goes_to_one_substitute_or_to_those_offered(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    day = await office.teacher_day(deputy, TODAY, school.stranger)
    assert [one.title.slot for one in day.uncovered] == [2, 4, 5]
    assert all(one.id != school.stranger for one in day.offers.values())
    asked = await office.put_day(deputy, TODAY, school.stranger, school.substitute)
    assert isinstance(asked, DayReasonAsked)
    done = await office.put_day(deputy, TODAY, school.stranger, school.substitute, SICK)
    assert isinstance(done, DayPut)
    assert (done.put, len(done.day.uncovered)) == (3, 0)
    again = await office.put_day(deputy, TODAY, school.stranger, school.substitute)
    assert isinstance(again, DayPut)
    assert again.put == 0
    offered = await office.put_day(deputy, TODAY, school.colleague, None, SICK)
    assert isinstance(offered, DayPut)
    assert (offered.put, len(offered.day.uncovered)) == (3, 0)


async def test_nobody_is_offered_who_is_busy_away_or_not_on_the_staff(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    async with storage.writing() as uow:
        values = {"school_id": school.school_id, "person_id": school.partner, "kind": "sick", "since_on": TODAY}
        await uow.execute(insert(StaffLeave), {**values, "made_at": school.clock.now()})
        left = update(PersonRole).where(PersonRole.person_id == school.homeroom_teacher)
        await uow.write(left.values(until_on=TODAY))
    choice = await office.choice(deputy, school.lessons["физкультура"], school.stranger)
    # The owner gives 7А's algebra in that slot; the deputy teaches nothing; the colleague knows the class.
    assert [one.person.last for one in choice.offered] == ["Чехов", "Лобачевский"]
    with pytest.raises(NotOnTheStaff):
        await office.put(deputy, school.lessons["физкультура"], school.stranger, school.homeroom_teacher, 0, SICK)


async def test_a_typed_surname_finds_its_people(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    await office.day(deputy)
    found = await office.named(deputy, "ВИШНЕВСК Г")
    assert [one.last for one in found.people] == ["Вишневская"]
    assert found.lesson is None
    with pytest.raises(NobodyByName):
        await office.named(deputy, "Ь")
    await office.choice(deputy, school.lessons["литература"], school.colleague)
    chosen = await office.named(deputy, "лобач")
    assert chosen.lesson is not None
    assert chosen.absent is not None
    assert (chosen.absent.last, chosen.people[0].last) == ("Чехов", "Лобачевский")


async def test_the_substitute_and_the_absent_teacher_are_told_and_told_again_when_it_ends(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    ident = await takes_over(storage, office, deputy, school)
    assert await told(storage) == sorted(
        [(school.substitute, "substitute"), (school.colleague, f"absent:{school.substitute}")]
    )
    await office.end(deputy, ident)
    assert await told(storage) == []  # taken back before anybody read it
    await gives(office, deputy, school.lessons["литература"], school.colleague, school.substitute)
    async with storage.writing() as uow:
        await uow.write(update(Item).where(Item.state == "waiting").values(state="told"))
    await gives(office, deputy, school.lessons["литература"], school.colleague, school.partner, ident + 1)
    assert await told(storage) == sorted(
        [(school.substitute, None), (school.partner, "substitute"), (school.colleague, f"absent:{school.partner}")]
    )


async def test_only_the_deputy_and_the_administrator_arrange(
    storage: Storage, office: Substitutions, school: Cast
) -> None:
    lesson, absent, substitute = school.lessons["литература"], school.colleague, school.substitute
    school.roles[school.partner] = frozenset({Role.ADMINISTRATOR})
    assert (await gives(office, school.actor(school.partner), lesson, absent, substitute)).outcome is Outcome.SAVED
    for nobody in (school.owner, school.colleague, school.homeroom_teacher, school.mother_larina):
        actor = school.actor(nobody)
        calls: list[Any] = [
            office.day(actor),
            office.teacher_day(actor, TODAY, absent),
            office.choice(actor, lesson, absent),
            office.named(actor, "Чехов"),
            office.put(actor, lesson, absent, substitute, 0, SICK),
            office.put_typed(actor, "болезнь"),
            office.put_day(actor, TODAY, absent, None, SICK),
            office.end(actor, 1),
            SubstitutionJournals(storage, school.clock).of_days(actor, TODAY, TODAY),
        ]
        for call in calls:
            with pytest.raises(NotYourOffice):
                await call


async def test_another_school_s_deputy_reaches_nothing(storage: Storage, office: Substitutions, school: Cast) -> None:
    ident = await takes_over(storage, office, school.actor(school.deputy), school)
    other = replace(school.actor(school.deputy), school_id=SchoolId(school.school_id + 1))
    lesson = school.lessons["литература"]
    for call in (
        office.choice(other, lesson, school.colleague),
        office.put(other, lesson, school.colleague, school.partner, ident, SICK),
        office.end(other, ident),
        office.teacher_day(other, TODAY, school.colleague),
    ):
        with pytest.raises(NotFoundHere):
            await call


async def test_only_a_teacher_of_the_lesson_is_replaced(office: Substitutions, deputy: Actor, school: Cast) -> None:
    with pytest.raises(NotTheirLesson):
        await office.put(deputy, school.lessons["литература"], school.owner, school.substitute, 0, SICK)


async def test_the_journal_lists_what_stands_and_whether_the_record_is_complete(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    journals = SubstitutionJournals(storage, school.clock)
    await gives(office, deputy, school.lessons["русский"], school.colleague, school.substitute)
    await takes_over(storage, office, deputy, school)
    taken_back = await gives(office, deputy, school.lessons["история"], school.stranger, school.substitute)
    assert taken_back.choice.standing is not None
    await office.end(deputy, taken_back.choice.standing.id)
    journal = await journals.of_days(deputy, TODAY, TODAY)
    assert [(one.slot, one.subject, one.absent.last, one.substitute.last, one.complete) for one in journal.lines] == [
        (1, "Русский язык", "Чехов", "Лобачевский", False),
        (6, "Литература", "Чехов", "Лобачевский", None),
    ]
    substitute, lesson = school.actor(school.substitute), school.lessons["русский"]
    await Attendance(storage, school.clock).confirm_all_present(substitute, lesson, 0)
    await Records(storage, school.clock).no_homework(substitute, lesson, 0)
    await Records(storage, school.clock).choose_topic(substitute, lesson)
    await Records(storage, school.clock).put_typed(substitute, DraftPurpose.TOPIC, "Наречие")
    assert (await journals.of_days(deputy, TODAY, TODAY)).lines[0].complete is True
    assert (await journals.of_days(deputy, TODAY.replace(day=9), TODAY.replace(day=15))).lines == []


async def test_who_did_it_is_written_down_with_ids_alone(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    ident = await takes_over(storage, office, deputy, school)
    await office.end(deputy, ident)
    async with storage.reading() as uow:
        noted = (await uow.execute(select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.detail))).all()
    assert [(row.action, row.actor_id) for row in noted] == [
        ("substitution_made", school.deputy),
        ("substitution_ended", school.deputy),
    ]
    assert noted[0].detail == {"substitution": ident, "absent": school.colleague, "substitute": school.substitute}


async def test_the_lesson_stands_in_the_substitute_s_day(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    await takes_over(storage, office, deputy, school)
    day = await Lessons(storage, school.clock).day(school.actor(school.substitute))
    assert [(one.title.subject, one.standing) for one in day.lessons] == [("Литература", Standing.AHEAD)]


async def test_a_cancelled_lesson_has_no_substitute_any_more(
    storage: Storage, office: Substitutions, deputy: Actor, school: Cast
) -> None:
    await takes_over(storage, office, deputy, school)
    lesson = school.lessons["литература"]
    done = await LessonStates(storage, school.clock).cancel(deputy, lesson, ChangeReason.COLD)
    assert (done.lesson.state, list(done.lesson.substitutions)) == (LessonState.CANCELLED, [])
    assert await told(storage) == [(school.colleague, "cancelled")]
