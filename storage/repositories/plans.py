"""A calendar-thematic plan and how a class goes through it (КТП; М з, п.8.1)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select

from storage.models.journal import LessonRecord
from storage.models.school import LessonPlan, PlanTopic
from storage.models.timetable import EntryAudience, Lesson, LessonAudience, TimetableEntry, TimetableVersion
from storage.repositories.lessons import NOT_HELD
from storage.repositories.revisions import is_newest
from storage.uow import Uow
from storage.vocabulary import ClassId, LessonState, RecordPart, SubgroupId, SubjectId, WorkKind


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic of a plan."""

    id: int
    ordinal: int
    title: str
    hours: int
    work_kind: WorkKind | None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan with its topics in order; `curriculum_hours` of a year, None where nobody told."""

    curriculum_hours: int | None
    topics: tuple[TopicRow, ...]


@dataclass(frozen=True, slots=True)
class TaughtRow:
    """A lesson of a course: whether it was held, and the topic entered."""

    on_date: date
    held: bool
    topic: str | None
    plan_topic_id: int | None


async def plan(uow: Uow, year_id: int, subject_id: SubjectId, level: int) -> PlanRow | None:
    """The plan of a subject and level in a year (В 4.4.10)."""
    question = select(LessonPlan.id, LessonPlan.curriculum_hours).where(
        LessonPlan.year_id == year_id, LessonPlan.subject_id == subject_id, LessonPlan.level == level
    )
    found = (await uow.execute(question)).first()
    if found is None:
        return None
    topics = (
        select(PlanTopic.id, PlanTopic.ordinal, PlanTopic.title, PlanTopic.hours, PlanTopic.work_kind)
        .where(PlanTopic.plan_id == found.id, PlanTopic.gone_at.is_(None))
        .order_by(PlanTopic.ordinal)
    )
    rows = [
        TopicRow(row.id, row.ordinal, row.title, row.hours, WorkKind(row.work_kind) if row.work_kind else None)
        for row in await uow.execute(topics)
    ]
    return PlanRow(found.curriculum_hours, tuple(rows))


async def taught(
    uow: Uow,
    year_id: int,
    class_id: ClassId,
    subgroup_id: SubgroupId | None,
    subject_id: SubjectId,
    now: datetime,
) -> list[TaughtRow]:
    """The lessons of a course that have begun by now, moved ones where they are held, in their order."""
    question = (
        select(Lesson.id, Lesson.on_date, Lesson.state, LessonRecord.value, LessonRecord.plan_topic_id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .outerjoin(
            LessonRecord,
            and_(
                LessonRecord.lesson_id == Lesson.id,
                LessonRecord.part == RecordPart.TOPIC.value,
                is_newest(LessonRecord),
            ),
        )
        .where(
            Lesson.year_id == year_id,
            Lesson.subject_id == subject_id,
            Lesson.starts_at <= now,
            Lesson.state != LessonState.MOVED.value,
            LessonAudience.class_id == class_id,
            LessonAudience.subgroup_id.is_not_distinct_from(subgroup_id),
        )
        .order_by(Lesson.starts_at, Lesson.id)
    )
    return [
        TaughtRow(row.on_date, row.state not in NOT_HELD, row.value, row.plan_topic_id)
        for row in await uow.execute(question)
    ]


async def weekly_hours(
    uow: Uow,
    year_id: int,
    class_id: ClassId,
    subgroup_id: SubgroupId | None,
    subject_id: SubjectId,
    on: date,
) -> tuple[int, int]:
    """How many lessons of a course the timetable in force has in one cycle, and how many weeks the cycle has."""
    version = (
        select(TimetableVersion.id, TimetableVersion.week_count)
        .where(TimetableVersion.year_id == year_id, TimetableVersion.valid_from <= on)
        .order_by(TimetableVersion.valid_from.desc())
        .limit(1)
    )
    found = (await uow.execute(version)).first()
    if found is None:
        return 0, 1
    entries = (
        select(TimetableEntry.weeks)
        .join(EntryAudience, EntryAudience.entry_id == TimetableEntry.id)
        .where(
            TimetableEntry.version_id == found.id,
            TimetableEntry.subject_id == subject_id,
            TimetableEntry.gone_at.is_(None),
            EntryAudience.class_id == class_id,
            EntryAudience.subgroup_id.is_not_distinct_from(subgroup_id),
        )
    )
    masks: list[Any] = [row.weeks for row in await uow.execute(entries)]
    cycle = max(1, found.week_count)
    return sum(mask.count("1") * cycle // len(mask) for mask in masks), cycle
