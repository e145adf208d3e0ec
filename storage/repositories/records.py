"""A lesson's record in parts (topic, attendance confirmed, homework), each a chain of revisions, and its plan."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import aliased

from storage.models.journal import LessonRecord
from storage.models.people import Person
from storage.models.school import LessonPlan, PlanTopic
from storage.models.timetable import Lesson, LessonAudience
from storage.prepared import Prepared
from storage.repositories.revisions import is_newest
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import HomeworkWay, LessonId, PersonId, RecordPart, SchoolId

CONFIRMED = "confirmed"
Author = aliased(Person, name="record_author")


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A revision of a part; `value` None: taken back. `author` is a surname."""

    part: RecordPart
    rev: int
    value: str | None
    plan_topic_id: int | None
    author: str
    entered_at: datetime
    way: HomeworkWay | None = None


def columns() -> tuple[Any, ...]:
    """What `from_row` reads of a LessonRecord and its Author."""
    return (
        LessonRecord.part,
        LessonRecord.rev.label("record_rev"),
        LessonRecord.value.label("record_value"),
        LessonRecord.plan_topic_id,
        Author.last_name.label("record_author"),
        LessonRecord.entered_at.label("record_entered_at"),
        LessonRecord.way.label("record_way"),
    )


def from_row(row: Any) -> RecordRow | None:
    """The revision in a row of a question that may have none."""
    if getattr(row, "part", None) is None:
        return None
    return RecordRow(
        part=RecordPart(row.part),
        rev=row.record_rev,
        value=row.record_value,
        plan_topic_id=row.plan_topic_id,
        author=row.record_author,
        entered_at=row.record_entered_at,
        way=HomeworkWay(row.record_way) if row.record_way else None,
    )


ONE = (
    select(*columns())
    .select_from(LessonRecord)
    .join(Author, Author.id == LessonRecord.author_id)
    .where(
        LessonRecord.lesson_id == bindparam("lesson"),
        LessonRecord.part == bindparam("part"),
        LessonRecord.rev == bindparam("rev"),
    )
)


async def revision(uow: Uow, lesson_id: LessonId, part: RecordPart, rev: int) -> RecordRow | None:
    """One revision of a part."""
    row = (await uow.execute(ONE, {"lesson": lesson_id, "part": part.value, "rev": rev})).first()
    return None if row is None else from_row(row)


async def add(
    uow: Uow,
    lesson_id: LessonId,
    part: RecordPart,
    rev: int,
    value: str | None,
    author_id: PersonId,
    now: datetime,
    plan_topic_id: int | None = None,
    way: HomeworkWay | None = None,
) -> bool:
    """Add a revision; False where somebody has added the same number before."""
    row = {
        "lesson_id": lesson_id,
        "part": part.value,
        "rev": rev,
        "value": value,
        "plan_topic_id": plan_topic_id,
        "way": None if way is None else way.value,
        "author_id": author_id,
        "entered_at": now,
    }
    return await add_unless_there(uow, LessonRecord, row)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A topic of the lesson's plan, with how many earlier lessons of the same audience had it."""

    id: int
    ordinal: int
    title: str
    hours: int
    taken: int


def _plan_topics() -> Prepared:
    own = LessonRecord
    taken = (
        select(own.plan_topic_id, func.count().label("lessons"))
        .join(Lesson, Lesson.id == own.lesson_id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .where(
            own.part == RecordPart.TOPIC.value,
            own.plan_topic_id.is_not(None),
            is_newest(own),
            Lesson.subject_id == bindparam("subject"),
            Lesson.starts_at < bindparam("before"),
            LessonAudience.class_id == bindparam("class"),
            LessonAudience.subgroup_id.is_not_distinct_from(bindparam("subgroup")),
        )
        .group_by(own.plan_topic_id)
        .subquery()
    )
    return Prepared(
        select(PlanTopic.id, PlanTopic.ordinal, PlanTopic.title, PlanTopic.hours, func.coalesce(taken.c.lessons, 0))
        .join(LessonPlan, LessonPlan.id == PlanTopic.plan_id)
        .outerjoin(taken, taken.c.plan_topic_id == PlanTopic.id)
        .where(
            LessonPlan.school_id == bindparam("school"),
            LessonPlan.year_id == bindparam("year"),
            LessonPlan.subject_id == bindparam("subject"),
            LessonPlan.level == bindparam("level"),
            PlanTopic.gone_at.is_(None),
        )
        .order_by(PlanTopic.ordinal)
    )


PLAN_TOPICS = _plan_topics()


async def plan_topics(
    uow: Uow, school_id: SchoolId, year_id: int, subject_id: int, level: int, lesson: "LessonPlace"
) -> list[PlanRow]:
    """The topics of the plan of a subject and level (В 4.4.10), with the use this lesson's audience made of them."""
    values = {
        "school": school_id,
        "year": year_id,
        "subject": subject_id,
        "level": level,
        "before": lesson.starts_at,
        "class": lesson.class_id,
        "subgroup": lesson.subgroup_id,
    }
    return [PlanRow(*row) for row in await uow.ask(PLAN_TOPICS, values)]


@dataclass(frozen=True, slots=True)
class LessonPlace:
    """Where a lesson stands in its course: its audience and its moment."""

    class_id: int
    subgroup_id: int | None
    starts_at: datetime


async def plan_topic(uow: Uow, topic_id: int, school_id: SchoolId, subject_id: int) -> str | None:
    """The title of a topic in the school's plans for a subject."""
    question = (
        select(PlanTopic.title)
        .join(LessonPlan, LessonPlan.id == PlanTopic.plan_id)
        .where(
            PlanTopic.id == topic_id,
            PlanTopic.gone_at.is_(None),
            LessonPlan.school_id == school_id,
            LessonPlan.subject_id == subject_id,
        )
    )
    row = (await uow.execute(question)).first()
    return None if row is None else str(row.title)
