"""Topic and homework: of the plan or typed, their clock, taking back, and drafts that outlive a refusal."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services import drafts
from services.access import LessonAhead, LessonNotHeld, LessonOnPaper, NoHomeworkHere, TermClosed
from services.attendance import Attendance
from services.changes import Outcome
from services.errors import NotYourLesson
from services.lessons import Lessons, Standing
from services.records import (
    HomeworkTooLong,
    NoSuchTopic,
    NothingAwaited,
    NothingTyped,
    Records,
    TopicTooLong,
)
from storage.models.audit import AuditEntry
from storage.models.delivery import Item
from storage.models.journal import LessonRecord
from storage.uow import Storage
from storage.vocabulary import DraftPurpose, RecordPart
from tests.school import TODAY, Cast, add_lesson, cancel, close_term, found

TOPIC, HOMEWORK = DraftPurpose.TOPIC, DraftPurpose.HOMEWORK


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def records(storage: Storage, school: Cast) -> Records:
    return Records(storage, school.clock)


@pytest.fixture
def lessons(storage: Storage, school: Cast) -> Lessons:
    return Lessons(storage, school.clock)


async def homework_news(storage: Storage) -> dict[int, str | None]:
    async with storage.reading() as uow:
        question = select(Item.recipient_id, Item.value).where(Item.kind == "homework", Item.state == "waiting")
        return {row.recipient_id: row.value for row in await uow.execute(question)}


async def test_three_taps_fill_a_lesson(records: Records, lessons: Lessons, school: Cast, storage: Storage) -> None:
    owner = school.actor(school.owner)
    card = await lessons.card(owner, school.algebra)
    assert card.next_topic is not None
    assert card.next_topic.title == "Натуральные числа"
    assert not card.complete
    await records.put_plan_topic(owner, school.algebra, card.next_topic.id, card.revs[RecordPart.TOPIC])
    await Attendance(storage, school.clock).confirm_all_present(owner, school.algebra, 0)
    put = await records.no_homework(owner, school.algebra, card.revs[RecordPart.HOMEWORK])
    assert put.card.complete
    day = await lessons.day(owner)
    standing = {one.title.lesson_id: one.standing for one in day.lessons}
    assert standing[school.algebra] is Standing.DONE
    assert standing[school.lessons["1А"]] is Standing.OPEN
    assert standing[school.lessons["7А"]] is Standing.AHEAD
    assert standing[school.lessons["отменён"]] is Standing.NOT_HELD
    assert standing[school.lessons["шахматы"]] is Standing.ON_PAPER
    assert (day.before, day.after) == (None, TODAY + timedelta(days=1))


async def test_class_1_is_complete_without_homework(
    records: Records, lessons: Lessons, school: Cast, storage: Storage
) -> None:
    owner, lesson = school.actor(school.owner), school.lessons["1А"]
    await records.choose_topic(owner, lesson)
    await records.put_typed(owner, TOPIC, "Счёт до десяти")
    await Attendance(storage, school.clock).confirm_all_present(owner, lesson, 0)
    card = await lessons.card(owner, lesson)
    assert card.complete
    assert card.homework_due_at is None
    with pytest.raises(NoHomeworkHere):
        await records.choose_homework(owner, lesson)


async def test_the_plan_goes_on_from_the_furthest_topic_and_uses_up_its_hours(
    records: Records, lessons: Lessons, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    offered = []
    for days in (-6, -5, -4, -1):
        lesson = await add_lesson(storage, school, "Алгебра", 3, TODAY + timedelta(days=days))
        card = await lessons.card(owner, lesson)
        assert card.next_topic is not None
        offered.append(card.next_topic.title)
        await records.put_plan_topic(owner, lesson, card.next_topic.id, 0)
    assert offered == ["Натуральные числа", "Выражения", "Выражения", "Сложение дробей с разными знаменателями"]
    choice = await records.choose_topic(owner, school.algebra)
    assert [one.title for one in choice.topics] == ["Контрольная работа № 1"]


async def test_a_typed_topic_goes_where_its_draft_says_and_only_once(records: Records, school: Cast) -> None:
    owner = school.actor(school.owner)
    await records.choose_topic(owner, school.algebra)
    put = await records.put_typed(owner, TOPIC, "  Степени\nи корни ")
    assert put.outcome is Outcome.SAVED
    assert put.card.topic is not None
    assert put.card.topic.value == "Степени и корни"
    with pytest.raises(NothingAwaited):
        await records.put_typed(owner, TOPIC, "Степени")


async def test_a_refused_text_leaves_the_question_standing(records: Records, school: Cast) -> None:
    owner = school.actor(school.owner)
    await records.choose_topic(owner, school.algebra)
    with pytest.raises(TopicTooLong) as refusal:
        await records.put_typed(owner, TOPIC, "я" * 301)
    assert refusal.value.say() == "В теме 301 знаков, помещается 300. Сократите её и пришлите ещё раз."
    with pytest.raises(NothingTyped):
        await records.put_typed(owner, TOPIC, " \n ")
    assert (await records.put_typed(owner, TOPIC, "я" * 300)).outcome is Outcome.SAVED


async def test_homework_keeps_its_lines_and_its_limit(records: Records, school: Cast) -> None:
    owner = school.actor(school.owner)
    await records.choose_homework(owner, school.algebra)
    with pytest.raises(HomeworkTooLong):
        await records.put_typed(owner, HOMEWORK, "я" * 2001)
    put = await records.put_typed(owner, HOMEWORK, "§ 5, № 12\n<b>выучить</b> & повторить")
    assert put.card.homework is not None
    assert put.card.homework.value == "§ 5, № 12\n<b>выучить</b> & повторить"


async def test_homework_reaches_every_family_once_and_none_of_another_class(
    records: Records, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    await records.choose_homework(owner, school.algebra)
    await records.put_typed(owner, HOMEWORK, "№ 12")
    expected = {school.mother_larina: "№ 12", school.father_larin: "№ 12", school.mother_onegina: "№ 12"}
    assert await homework_news(storage) == expected
    await records.choose_homework(owner, school.algebra)
    await records.put_typed(owner, HOMEWORK, "№ 13")
    assert set((await homework_news(storage)).values()) == {"№ 13"}


async def test_none_set_tells_nobody(records: Records, school: Cast, storage: Storage) -> None:
    await records.no_homework(school.actor(school.owner), school.algebra, 0)
    assert await homework_news(storage) == {}


async def test_what_was_saved_can_be_taken_back_as_it_stood(records: Records, school: Cast) -> None:
    owner = school.actor(school.owner)
    first = await records.put_plan_topic(owner, school.algebra, school.topics[0], 0)
    second = await records.put_plan_topic(owner, school.algebra, school.topics[1], 1)
    assert (first.back_to, second.back_to) == (0, 1)
    back = await records.restore(owner, school.algebra, RecordPart.TOPIC, 1, 2)
    assert back.card.topic is not None
    assert back.card.topic.value == "Натуральные числа"
    again = await records.restore(owner, school.algebra, RecordPart.TOPIC, 1, 2)
    assert again.outcome is Outcome.ALREADY
    empty = await records.restore(owner, school.algebra, RecordPart.TOPIC, 0, 3)
    assert empty.card.topic is None


async def test_a_stale_choice_says_who_was_faster(records: Records, school: Cast) -> None:
    await records.put_plan_topic(school.actor(school.partner), school.algebra, school.topics[0], 0)
    stale = await records.put_plan_topic(school.actor(school.owner), school.algebra, school.topics[2], 0)
    assert stale.outcome is Outcome.CHANGED
    assert stale.standing is not None
    assert (stale.standing.author, stale.standing.value) == ("Смирнова", "Натуральные числа")


async def test_a_typed_text_that_came_too_late_replaces_when_sent_again(records: Records, school: Cast) -> None:
    owner = school.actor(school.owner)
    await records.choose_topic(owner, school.algebra)
    await records.put_plan_topic(school.actor(school.partner), school.algebra, school.topics[0], 0)
    late = await records.put_typed(owner, TOPIC, "Степени")
    assert late.outcome is Outcome.CHANGED
    again = await records.put_typed(owner, TOPIC, "Степени")
    assert again.outcome is Outcome.SAVED


async def test_homework_is_due_ninety_minutes_after_the_last_lesson_of_the_class(
    lessons: Lessons, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    card = await lessons.card(owner, school.algebra)
    assert card.homework_due_at is not None
    assert (f"{card.homework_due_at:%H:%M}", card.clause) == ("15:05", "п. 2.7")
    await cancel(storage, school.lessons["литература"])  # the clock follows the last held lesson
    card = await lessons.card(owner, school.algebra)
    assert card.homework_due_at is not None
    assert f"{card.homework_due_at:%H:%M}" == "14:20"


async def test_homework_of_a_subgroup_is_due_after_its_own_pupils_last_lesson(
    lessons: Lessons, school: Cast, storage: Storage
) -> None:
    for name in ("литература", "физкультура"):
        await cancel(storage, school.lessons[name])
    await add_lesson(
        storage, school, "Английский язык", 5, teachers=(school.stranger,), audience=school.half(2), key="ещё"
    )
    school.clock.set(school.at("11:30"))
    first = await lessons.card(school.actor(school.colleague), school.lessons["английский 1"])
    second = await lessons.card(school.actor(school.stranger), school.lessons["английский 2"])
    whole = await lessons.card(school.actor(school.owner), school.algebra)
    due = [one.homework_due_at for one in (first, second, whole)]
    assert [f"{one:%H:%M}" for one in due if one is not None] == ["13:35", "14:20", "14:20"]


async def test_homework_after_its_hour_and_a_topic_after_its_day_are_late(
    records: Records, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    school.clock.set(school.at("15:06"))
    homework = await records.no_homework(owner, school.algebra, 0)
    topic = await records.put_plan_topic(owner, school.algebra, school.topics[0], 0)
    assert homework.card.homework is not None
    assert homework.card.homework.late
    assert topic.card.topic is not None
    assert not topic.card.topic.late
    school.clock.set(school.at("08:00", TODAY + timedelta(days=1)))
    late = await records.put_plan_topic(owner, school.algebra, school.topics[1], 1)
    assert late.card.topic is not None
    assert late.card.topic.late
    async with storage.reading() as uow:
        lines = await uow.execute(select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.id))
        noted = [(row.action, row.detail["late"]) for row in lines]
    assert noted == [("homework_put", True), ("topic_put", False), ("topic_put", True)]


async def test_a_topic_that_left_the_plan_is_refused(records: Records, school: Cast) -> None:
    with pytest.raises(NoSuchTopic):
        await records.put_plan_topic(school.actor(school.owner), school.lessons["1А"], school.topics[0], 0)


@pytest.mark.parametrize(
    ("lesson", "refusal"), [("завтра", LessonAhead), ("отменён", LessonNotHeld), ("шахматы", LessonOnPaper)]
)
async def test_a_lesson_ahead_cancelled_or_on_paper_takes_no_record(
    records: Records, lessons: Lessons, school: Cast, lesson: str, refusal: type[Exception]
) -> None:
    school.clock.set(school.at("14:00"))
    actor = school.actor(school.owner)
    with pytest.raises(refusal):
        await records.choose_topic(actor, school.lessons[lesson])
    with pytest.raises(refusal):
        await records.no_homework(actor, school.lessons[lesson], 0)
    card = await lessons.card(actor, school.lessons[lesson])
    assert isinstance(card.refusal, refusal)


async def test_a_closed_term_takes_no_record(records: Records, school: Cast, storage: Storage) -> None:
    owner = school.actor(school.owner)
    await records.choose_topic(owner, school.algebra)
    await close_term(storage, school, "quarter")
    with pytest.raises(TermClosed):
        await records.put_typed(owner, TOPIC, "Степени")


async def test_both_teachers_enter_records_and_nobody_else(
    records: Records, lessons: Lessons, school: Cast, storage: Storage
) -> None:
    await records.put_plan_topic(school.actor(school.owner), school.algebra, school.topics[0], 0)
    await records.no_homework(school.actor(school.partner), school.algebra, 0)
    others = (school.colleague, school.stranger, school.substitute, school.homeroom_teacher, school.mother_larina)
    for other in others:
        actor = school.actor(other)
        for call in (
            lessons.card(actor, school.algebra),
            records.choose_topic(actor, school.algebra),
            records.choose_homework(actor, school.algebra),
            records.put_plan_topic(actor, school.algebra, school.topics[0], 1),
            records.no_homework(actor, school.algebra, 1),
            records.restore(actor, school.algebra, RecordPart.TOPIC, 0, 1),
        ):
            with pytest.raises(NotYourLesson):
                await call
    async with storage.reading() as uow:
        rows = (await uow.execute(select(LessonRecord.part))).all()
    assert len(rows) == 2


async def test_looking_at_the_card_awaits_no_text_any_more(
    records: Records, lessons: Lessons, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    await records.choose_topic(owner, school.algebra)
    await lessons.card(owner, school.algebra)
    assert await drafts.Drafts(storage, school.clock).peek(owner) is None


async def test_a_text_half_an_hour_later_is_no_answer_any_more(
    records: Records, school: Cast, storage: Storage
) -> None:
    owner = school.actor(school.owner)
    await records.choose_topic(owner, school.algebra)
    school.clock.advance(timedelta(minutes=30))
    assert await drafts.Drafts(storage, school.clock).peek(owner) is None
    with pytest.raises(NothingAwaited):
        await records.put_typed(owner, TOPIC, "Степени")
