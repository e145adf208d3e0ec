"""«План»: where a class is, its lag, the hours against the curriculum, works ahead; and odd topics shown back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from services.assignments import NotYourSubject
from services.changes import Outcome
from services.errors import NotFoundHere
from services.plans import Plans
from services.records import NothingAwaited, Records
from services.rules.wording import Doubt
from storage.models.school import LessonPlan, PlanTopic
from storage.models.timetable import EntryAudience, TimetableEntry, TimetableVersion
from storage.uow import Storage
from storage.vocabulary import DraftPurpose, SubjectId
from tests.school import TODAY, Cast, add_lesson, cancel, found

TOPIC = DraftPurpose.TOPIC


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def plans(storage: Storage, school: Cast) -> Plans:
    return Plans(storage, school.clock)


@pytest.fixture
def records(storage: Storage, school: Cast) -> Records:
    return Records(storage, school.clock)


def algebra(school: Cast) -> SubjectId:
    return SubjectId(school.subjects["Алгебра"])


async def test_the_lag_counts_lessons_that_were_cancelled_or_left_without_a_topic(
    storage: Storage, school: Cast, plans: Plans, records: Records
) -> None:
    owner = school.actor(school.owner)
    for place, days in enumerate((4, 3, 2)):
        lesson = await add_lesson(storage, school, "Алгебра", 3, TODAY - timedelta(days=days))
        if place == 0:
            await records.put_plan_topic(owner, lesson, school.topics[0], 0)
        if place == 1:
            await cancel(storage, lesson)
    view = await plans.view(owner, school.class_7b, None, algebra(school))
    assert view.line.lag is not None
    assert (view.line.lag.planned, view.line.lag.given, view.line.lag.behind) == (4, 1, 3)
    lines = {one.audience: one.lag for one in await plans.lines(owner) if one.subject == "Алгебра"}
    assert lines["7Б"] == view.line.lag


async def test_a_plan_says_when_topics_were_given_which_comes_next_and_what_is_ahead(
    storage: Storage, school: Cast, plans: Plans, records: Records
) -> None:
    async with storage.writing() as uow:
        await uow.write(update(PlanTopic).where(PlanTopic.ordinal == 4).values(work_kind="control"))
    owner = school.actor(school.owner)
    for days, topic in ((3, 0), (2, 1)):
        lesson = await add_lesson(storage, school, "Алгебра", 3, TODAY - timedelta(days=days))
        await records.put_plan_topic(owner, lesson, school.topics[topic], 0)
    view = await plans.view(owner, school.class_7b, None, algebra(school))
    assert [(one.ordinal, one.given_on, one.comes_next) for one in view.topics] == [
        (1, (TODAY - timedelta(days=3),), False),
        (2, (TODAY - timedelta(days=2),), True),  # two hours, one given
        (3, (), False),
        (4, (), False),
    ]
    assert view.here == 1
    assert [(one.ordinal, one.lessons) for one in view.ahead] == [(4, 2)]
    assert view.hours == 5


async def test_a_typed_topic_counts_as_given_beside_the_plan(school: Cast, plans: Plans, records: Records) -> None:
    owner = school.actor(school.owner)
    await records.choose_topic(owner, school.algebra)
    await records.put_typed(owner, TOPIC, "Повторение")
    view = await plans.view(owner, school.class_7b, None, algebra(school))
    assert view.line.lag is not None
    assert (view.line.lag.planned, view.line.lag.given, view.beside) == (1, 1, 1)


async def test_hours_are_the_curriculums_or_else_the_timetables(storage: Storage, school: Cast, plans: Plans) -> None:
    owner = school.actor(school.owner)
    async with storage.writing() as uow:
        values = {
            "school_id": school.school_id,
            "year_id": school.year_id,
            "valid_from": date(2026, 9, 1),
            "source_digest": "",
            "imported_at": school.clock.now(),
            "week_count": 2,
        }
        version = (
            await uow.execute(insert(TimetableVersion).values(**values).returning(TimetableVersion.id))
        ).scalar_one()
        for weekday, weeks in ((0, "1"), (2, "1"), (4, "10")):
            entry = {
                "school_id": school.school_id,
                "version_id": version,
                "key": f"{weekday}",
                "subject_id": school.subjects["Алгебра"],
                "weekday": weekday,
                "slot": 3,
                "weeks": weeks,
            }
            entry_id = (
                await uow.execute(insert(TimetableEntry).values(**entry).returning(TimetableEntry.id))
            ).scalar_one()
            await uow.execute(insert(EntryAudience), {"entry_id": entry_id, "class_id": school.class_7b})
    view = await plans.view(owner, school.class_7b, None, algebra(school))
    # 1 September to 25 October, the only term in which all divisions learn, has days of school in eight weeks.
    assert (view.curriculum, view.by_timetable) == (20, True)
    async with storage.writing() as uow:
        await uow.write(update(LessonPlan).values(curriculum_hours=102))
    view = await plans.view(owner, school.class_7b, None, algebra(school))
    assert (view.curriculum, view.by_timetable) == (102, False)


async def test_a_subject_without_a_plan_says_so(school: Cast, plans: Plans) -> None:
    view = await plans.view(school.actor(school.stranger), school.class_7b, None, SubjectId(school.subjects["История"]))
    assert (view.line.lag, view.topics) == (None, [])


@pytest.mark.parametrize("who", ["colleague", "stranger", "substitute", "homeroom_teacher", "mother_larina"])
async def test_only_the_subjects_teachers_open_its_plan(school: Cast, plans: Plans, who: str) -> None:
    actor = school.actor(getattr(school, who))
    with pytest.raises(NotYourSubject):
        await plans.view(actor, school.class_7b, None, algebra(school))
    with pytest.raises(NotFoundHere):
        await plans.view(actor, school.empty_class, None, algebra(school))
    assert "Алгебра" not in {one.subject for one in await plans.lines(actor)}


# --- Odd topics (В 4.4.11) --------------------------------------------------------------------------------------------


async def test_a_topic_that_is_not_in_russian_is_shown_back_and_written_by_one_more_tap(
    school: Cast, records: Records
) -> None:
    owner = school.actor(school.owner)
    await records.choose_topic(owner, school.algebra)
    doubt = await records.doubt(owner, " Present Simple ")
    assert doubt is not None
    assert (doubt.doubt, doubt.text, doubt.clause) == (Doubt.NOT_RUSSIAN, "Present Simple", "п. 4.4.11")
    put = await records.put_doubted(owner, school.algebra)
    assert put.outcome is Outcome.SAVED
    assert put.card.topic is not None
    assert put.card.topic.value == "Present Simple"
    with pytest.raises(NothingAwaited):
        await records.put_doubted(owner, school.algebra)


async def test_another_topic_may_be_typed_in_the_place_of_the_odd_one(school: Cast, records: Records) -> None:
    owner = school.actor(school.owner)
    await records.choose_topic(owner, school.algebra)
    assert await records.doubt(owner, "Контрольная работа № 2") is not None
    assert await records.doubt(owner, "Контрольная работа № 2 по теме «Дроби»") is None
    put = await records.put_typed(owner, TOPIC, "Контрольная работа № 2 по теме «Дроби»")
    assert put.outcome is Outcome.SAVED


async def test_a_stale_button_writes_no_other_lessons_topic(school: Cast, records: Records) -> None:
    owner = school.actor(school.owner)
    await records.choose_topic(owner, school.algebra)
    await records.doubt(owner, "Present Simple")
    with pytest.raises(NothingAwaited):
        await records.put_doubted(owner, school.lessons["1А"])
    with pytest.raises(NothingAwaited):
        await records.put_doubted(school.actor(school.partner), school.algebra)
