"""The demo school's rows: what its written past is made of, and writing that past in bulk."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, insert, select

from storage.models.audit import AuditEntry
from storage.models.delivery import Inbox, Letter, Occurrence
from storage.models.journal import Attendance, LessonRecord, LessonWork, Mark
from storage.models.people import Enrollment, Homeroom, Person, SubgroupMember, TelegramAccount
from storage.models.school import LessonPlan, PlanTopic, SchoolClass, Subject
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories import due
from storage.uow import Uow
from storage.vocabulary import AccountState, BotId, LessonState, LetterState, SchoolId, WorkId

Rows = Sequence[dict[str, Any]]


async def last_trace(uow: Uow) -> datetime | None:
    """The latest moment of school time that anything in the base speaks of as past."""
    columns = (
        AuditEntry.at,
        Occurrence.at,
        LessonRecord.entered_at,
        Attendance.entered_at,
        Mark.entered_at,
        Inbox.received_at,
        Letter.created_at,
    )
    found = [(await uow.execute(select(func.max(column)))).scalar_one() for column in columns]
    return max((moment for moment in found if moment is not None), default=None)


async def is_calm(uow: Uow, bot_id: BotId, now: datetime) -> bool:
    """Whether nothing that can be told now waits, and nothing is on the wire."""
    sending = select(Letter.id).where(Letter.bot_id == bot_id, Letter.state == LetterState.SENDING.value).limit(1)
    return not await due.due(uow, bot_id, now, 1) and (await uow.execute(sending)).first() is None


Course = tuple[int, int, int | None]
"""A subject, a class, and a subgroup of it or None."""


@dataclass(frozen=True, slots=True)
class EmptyLesson:
    """A lesson that began without anything in its journal; moments aware UTC. `first`: its class's first of the day."""

    id: int
    on_date: date
    slot: int
    starts_at: datetime
    ends_at: datetime
    first: bool
    subject_id: int
    subject: str
    class_id: int
    level: int
    subgroup_id: int | None
    teacher_id: int

    @property
    def course(self) -> Course:
        """What is taught to whom."""
        return self.subject_id, self.class_id, self.subgroup_id


async def empty_lessons(
    uow: Uow, school_id: SchoolId, since: datetime, ended_by: datetime, *, nobody_connected: bool = False
) -> list[EmptyLesson]:
    """Lessons that began since a moment, ended by another and have no record, in their order.

    `nobody_connected`: only those none of whose teachers has an account.
    """
    first = (
        select(LessonAudience.class_id, Lesson.on_date, func.min(Lesson.slot).label("slot"))
        .join(Lesson, Lesson.id == LessonAudience.lesson_id)
        .where(Lesson.school_id == school_id)
        .group_by(LessonAudience.class_id, Lesson.on_date)
        .subquery()
    )
    teacher = select(func.min(LessonTeacher.teacher_id)).where(LessonTeacher.lesson_id == Lesson.id)
    substitute = teacher.where(LessonTeacher.substitute.is_(True)).scalar_subquery()
    question = (
        select(
            Lesson.id,
            Lesson.on_date,
            Lesson.slot,
            Lesson.starts_at,
            Lesson.ends_at,
            (Lesson.slot == first.c.slot).label("first"),
            Lesson.subject_id,
            Subject.name,
            LessonAudience.class_id,
            SchoolClass.level,
            LessonAudience.subgroup_id,
            func.coalesce(substitute, teacher.scalar_subquery()).label("teacher_id"),
        )
        .join(Subject, Subject.id == Lesson.subject_id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(SchoolClass, SchoolClass.id == LessonAudience.class_id)
        .join(first, (first.c.class_id == LessonAudience.class_id) & (first.c.on_date == Lesson.on_date))
        .where(
            Lesson.school_id == school_id,
            Lesson.starts_at >= since,
            Lesson.ends_at <= ended_by,
            Lesson.state.in_([LessonState.PLANNED.value, LessonState.SUBSTITUTED.value]),
            ~exists().where(LessonRecord.lesson_id == Lesson.id),
        )
        .order_by(Lesson.starts_at, Lesson.id)
    )
    if nobody_connected:
        connected = (
            exists()
            .where(
                LessonTeacher.lesson_id == Lesson.id,
                TelegramAccount.person_id == LessonTeacher.teacher_id,
                TelegramAccount.state == AccountState.ACTIVE.value,
            )
            .correlate(Lesson)
        )
        question = question.where(~connected)
    return [EmptyLesson(*row) for row in await uow.execute(question)]


async def seats(uow: Uow, school_id: SchoolId) -> dict[tuple[int, int | None], list[int]]:
    """The students of every class (subgroup None) and of every subgroup of it, as they sit now."""
    found: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    enrolled = select(Enrollment.class_id, Enrollment.student_id).where(
        Enrollment.school_id == school_id, Enrollment.until_on.is_(None)
    )
    for class_id, student_id in await uow.execute(enrolled.order_by(Enrollment.student_id)):
        found[class_id, None].append(student_id)
    members = (
        select(Enrollment.class_id, SubgroupMember.subgroup_id, SubgroupMember.student_id)
        .join(Enrollment, Enrollment.student_id == SubgroupMember.student_id)
        .where(Enrollment.school_id == school_id, Enrollment.until_on.is_(None), SubgroupMember.until_on.is_(None))
        .order_by(SubgroupMember.student_id)
    )
    for class_id, subgroup_id, student_id in await uow.execute(members):
        found[class_id, subgroup_id].append(student_id)
    return found


async def homerooms(uow: Uow, school_id: SchoolId) -> dict[int, int]:
    """The homeroom teacher of each class."""
    question = select(Homeroom.class_id, Homeroom.teacher_id).where(
        Homeroom.school_id == school_id, Homeroom.until_on.is_(None)
    )
    return {row.class_id: row.teacher_id for row in await uow.execute(question)}


async def plan_topics(uow: Uow, school_id: SchoolId) -> dict[tuple[int, int], list[tuple[int, str, int, str | None]]]:
    """The topics of each subject and level in their order: id, title, hours, kind of work."""
    question = (
        select(
            LessonPlan.subject_id, LessonPlan.level, PlanTopic.id, PlanTopic.title, PlanTopic.hours, PlanTopic.work_kind
        )
        .join(PlanTopic, PlanTopic.plan_id == LessonPlan.id)
        .where(LessonPlan.school_id == school_id, PlanTopic.gone_at.is_(None))
        .order_by(LessonPlan.id, PlanTopic.ordinal)
    )
    found: dict[tuple[int, int], list[tuple[int, str, int, str | None]]] = defaultdict(list)
    for subject_id, level, *topic in await uow.execute(question):
        found[subject_id, level].append((topic[0], topic[1], topic[2], topic[3]))
    return found


async def people_by_key(uow: Uow, school_id: SchoolId, keys: Sequence[str]) -> dict[str, int]:
    """Ids of people by the key of their full name."""
    question = select(Person.key, Person.id).where(Person.school_id == school_id, Person.key.in_(list(keys)))
    return {row.key: row.id for row in await uow.execute(question)}


async def write(uow: Uow, records: Rows, attendance: Rows) -> None:
    """Records and attendance of lessons that had none."""
    if records:
        await uow.execute(insert(LessonRecord), list(records))
    if attendance:
        await uow.execute(insert(Attendance), list(attendance))


async def write_works(uow: Uow, works: Rows, marks: Sequence[Rows]) -> list[WorkId]:
    """Columns of marks, each with its marks, whose `work_id` is filled in here; the columns' ids."""
    if not works:
        return []
    added = await uow.execute(insert(LessonWork).returning(LessonWork.id, sort_by_parameter_order=True), list(works))
    ids = [WorkId(row.id) for row in added]
    filled = [{**row, "work_id": work_id} for work_id, rows in zip(ids, marks, strict=True) for row in rows]
    if filled:
        await uow.execute(insert(Mark), filled)
    return ids
