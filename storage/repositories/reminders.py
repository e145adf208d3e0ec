"""What the reminders ask: which bells have rung, whom they concern, and which messages stand in chats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, bindparam, func, literal_column, select
from sqlalchemy.orm import aliased

from storage.models.delivery import Item, Letter, Occurrence
from storage.models.people import TelegramAccount
from storage.models.school import School, Subject
from storage.models.timetable import Lesson, LessonTeacher
from storage.repositories.gaps import answers, has_seats
from storage.repositories.lessons import NOT_HELD, Question
from storage.uow import Uow
from storage.vocabulary import (
    AccountState,
    BotId,
    ItemKind,
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


def _reminded() -> Question:
    """Teachers with an active account who answer for lessons that are held, electronic and have students."""
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
            answers(),
            has_seats(),
        )
        .order_by(Lesson.id, LessonTeacher.teacher_id)
    )


STARTING = _reminded().where(Lesson.school_id == bindparam("school"), Lesson.starts_at == bindparam("moment"))


async def teachers_at_start(uow: Uow, school_id: SchoolId, moment: datetime) -> list[TeacherAt]:
    """Whom a lesson card goes to at a bell."""
    return [TeacherAt(*row) for row in await uow.execute(STARTING, {"school": school_id, "moment": moment})]


@dataclass(frozen=True, slots=True)
class Bell:
    """A moment at which lessons of a school start or end, with the school's zone."""

    school_id: SchoolId
    timezone: str
    moment: datetime


async def bells(uow: Uow, since: datetime, until: datetime, *, ends: bool, bot_id: BotId | None = None) -> list[Bell]:
    """The starts (or ends) of lessons in (since, until], in order; with a bot only of the schools it serves."""
    moment = Lesson.ends_at if ends else Lesson.starts_at
    question = (
        select(Lesson.school_id, School.timezone, moment)
        .join(School, School.id == Lesson.school_id)
        # `starts_at` is what the index knows.
        .where(moment > since, moment <= until, Lesson.starts_at > since - HALF_A_DAY, Lesson.starts_at <= until)
        .distinct()
        .order_by(moment, Lesson.school_id)
    )
    if bot_id is not None:
        question = question.where(School.bot_id == bot_id)
    return [Bell(*row) for row in await uow.execute(question)]


async def ends_of_days(uow: Uow, school_id: SchoolId, days: Sequence[date]) -> dict[date, set[datetime]]:
    """When lessons of some days end in a school, cancelled ones left out."""
    question = (
        select(Lesson.on_date, Lesson.ends_at)
        .where(Lesson.school_id == school_id, Lesson.on_date.in_(list(days)), Lesson.state.not_in(NOT_HELD))
        .distinct()
    )
    found: dict[date, set[datetime]] = {}
    for row in await uow.execute(question):
        found.setdefault(row.on_date, set()).add(row.ends_at)
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """A nudge or reminder told to a teacher, or waiting, that still names gaps: their tokens in `value`, «12,w15»."""

    school_id: SchoolId
    bot_id: BotId
    teacher_id: PersonId
    kind: ItemKind
    key: str
    value: str


# Written out, each for its own index: few among the items.
KINDS = ("'lesson_nudge'", "'reminder'")


async def standing(
    uow: Uow, since: datetime, teacher_id: PersonId | None = None, *, bot_id: BotId | None = None
) -> list[Standing]:
    """What was put since a moment and isn't all closed, as it was told last; of one teacher or bot, or all."""
    newer = aliased(Item)
    newest = (
        select(func.max(newer.id))
        .where(newer.recipient_id == Item.recipient_id, newer.collapse_key == Item.collapse_key)
        .where(newer.state != ItemState.VOID.value)
        .correlate(Item)
        .scalar_subquery()
    )
    found = []
    for kind in KINDS:
        question = (
            select(Item.school_id, Item.bot_id, Item.recipient_id, Item.kind, Item.collapse_key, Item.value)
            .where(
                Item.kind == literal_column(kind),
                Item.created_at > since,
                Item.value.is_not(None),
                Item.id == newest,
            )
            .order_by(Item.id)
        )
        if teacher_id is not None:
            question = question.where(Item.recipient_id == teacher_id)
        if bot_id is not None:
            question = question.where(Item.bot_id == bot_id)
        found += [
            Standing(row.school_id, row.bot_id, row.recipient_id, ItemKind(row.kind), row.collapse_key, row.value)
            for row in await uow.execute(question)
        ]
    return found


async def opened(uow: Uow, job: str, keys: Sequence[str]) -> set[str]:
    """Which of these nudges were opened in place: an occurrence of `job` says so."""
    if not keys:
        return set()
    question = select(Occurrence.scope).where(Occurrence.job == job, Occurrence.scope.in_(keys))
    return {row.scope for row in await uow.execute(question)}


async def said_in(uow: Uow, teacher_id: PersonId, message_id: int, keys: Sequence[str]) -> set[str]:
    """Which of these nudges or reminders stand in this message of the teacher's chat."""
    question = (
        select(Item.collapse_key)
        .join(Letter, Letter.id == Item.letter_id)
        .where(
            Item.recipient_id == teacher_id,
            Item.collapse_key.in_(list(keys)),
            Letter.external_id == str(message_id),
        )
        .distinct()
    )
    return {row.collapse_key for row in await uow.execute(question)}
