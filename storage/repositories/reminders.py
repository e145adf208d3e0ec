"""What the lesson reminders ask: which bells have rung, whom they concern, and which nudges stand in chats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast as typed

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, literal_column, select
from sqlalchemy.orm import aliased

from storage.models.delivery import Item, Occurrence
from storage.models.people import Enrollment, PersonRole, TelegramAccount
from storage.models.school import School, Subject
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories.lessons import NOT_HELD, Question, sits
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AccountState,
    BotId,
    ItemState,
    LessonId,
    PersonId,
    RecordForm,
    SchoolId,
)

HALF_A_DAY = timedelta(hours=12)  # no lesson lasts longer


@dataclass(frozen=True, slots=True)
class TeacherAt:
    """A teacher of a lesson with a chat at a bot."""

    school_id: SchoolId
    lesson_id: LessonId
    teacher_id: PersonId
    bot_id: BotId
    starts_at: datetime
    ends_at: datetime


def _has_seats() -> ColumnElement[bool]:
    return (
        exists()
        .where(LessonAudience.lesson_id == Lesson.id)
        .where(Enrollment.class_id == LessonAudience.class_id)
        .where(sits(Enrollment.student_id))
        .correlate(Lesson)
    )


def _on_staff() -> ColumnElement[bool]:
    """That a lesson's teacher hasn't left the school by its day."""
    return (
        exists()
        .where(
            PersonRole.person_id == LessonTeacher.teacher_id,
            PersonRole.role.in_(sorted(role.value for role in STAFF_ROLES)),
            holds_on(PersonRole.since_on, PersonRole.until_on, typed(date, Lesson.on_date)),
        )
        .correlate(Lesson, LessonTeacher)
    )


def _reminded() -> Question:
    """Teachers on the staff with an active account, of lessons that are held, electronic and have students."""
    return (
        select(
            Lesson.school_id,
            Lesson.id,
            LessonTeacher.teacher_id,
            TelegramAccount.bot_id,
            Lesson.starts_at,
            Lesson.ends_at,
        )
        .select_from(Lesson)
        .join(Subject, Subject.id == Lesson.subject_id)
        .join(LessonTeacher, LessonTeacher.lesson_id == Lesson.id)
        .join(
            TelegramAccount,
            and_(
                TelegramAccount.person_id == LessonTeacher.teacher_id,
                TelegramAccount.state == AccountState.ACTIVE.value,
            ),
        )
        .where(
            Lesson.state.not_in(NOT_HELD),
            Subject.record_form == RecordForm.ELECTRONIC.value,
            _on_staff(),
            _has_seats(),
        )
        .order_by(Lesson.id, LessonTeacher.teacher_id)
    )


STARTING = _reminded().where(Lesson.school_id == bindparam("school"), Lesson.starts_at == bindparam("moment"))
ENDED = _reminded().where(Lesson.school_id == bindparam("school"), Lesson.ends_at == bindparam("moment"))


async def teachers_at_start(uow: Uow, school_id: SchoolId, moment: datetime) -> list[TeacherAt]:
    """Whom a lesson card goes to at a bell."""
    return [TeacherAt(*row) for row in await uow.execute(STARTING, {"school": school_id, "moment": moment})]


async def teachers_at_end(uow: Uow, school_id: SchoolId, moment: datetime) -> list[TeacherAt]:
    """Whose lessons have just ended."""
    return [TeacherAt(*row) for row in await uow.execute(ENDED, {"school": school_id, "moment": moment})]


@dataclass(frozen=True, slots=True)
class Bell:
    """A moment at which lessons of a school start or end, with the school's zone."""

    school_id: SchoolId
    timezone: str
    moment: datetime


async def bells(uow: Uow, since: datetime, until: datetime, *, ends: bool) -> list[Bell]:
    """The starts (or ends) of lessons in (since, until], in order."""
    moment = Lesson.ends_at if ends else Lesson.starts_at
    question = (
        select(Lesson.school_id, School.timezone, moment)
        .join(School, School.id == Lesson.school_id)
        # `starts_at` is what the index knows.
        .where(moment > since, moment <= until, Lesson.starts_at > since - HALF_A_DAY, Lesson.starts_at <= until)
        .distinct()
        .order_by(moment, Lesson.school_id)
    )
    return [Bell(*row) for row in await uow.execute(question)]


@dataclass(frozen=True, slots=True)
class StandingNudge:
    """A nudge told to a teacher, or waiting, that still names lessons: their ids in `value`, «12,15»."""

    school_id: SchoolId
    bot_id: BotId
    teacher_id: PersonId
    key: str
    value: str


async def standing_nudges(uow: Uow, since: datetime, teacher_id: PersonId | None = None) -> list[StandingNudge]:
    """The nudges put since a moment whose lessons are not all closed, as they were told last; of one teacher or all."""
    newer = aliased(Item)
    newest = (
        select(func.max(newer.id))
        .where(newer.recipient_id == Item.recipient_id, newer.collapse_key == Item.collapse_key)
        .where(newer.state != ItemState.VOID.value)
        .correlate(Item)
        .scalar_subquery()
    )
    question = (
        select(Item.school_id, Item.bot_id, Item.recipient_id, Item.collapse_key, Item.value)
        .where(
            Item.kind == literal_column("'lesson_nudge'"),  # written out, so that its index serves
            Item.created_at > since,
            Item.value.is_not(None),
            Item.id == newest,
        )
        .order_by(Item.id)
    )
    if teacher_id is not None:
        question = question.where(Item.recipient_id == teacher_id)
    return [StandingNudge(*row) for row in await uow.execute(question)]


async def opened(uow: Uow, job: str, keys: Sequence[str]) -> set[str]:
    """Which of these nudges were opened in place: an occurrence of `job` says so."""
    if not keys:
        return set()
    question = select(Occurrence.scope).where(Occurrence.job == job, Occurrence.scope.in_(keys))
    return {row.scope for row in await uow.execute(question)}
