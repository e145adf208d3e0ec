"""The term of a class in a subject: the marks that stand."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Date, and_, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from storage.models.journal import LessonWork, Mark
from storage.models.people import Enrollment, SubgroupMember
from storage.models.school import SchoolClass
from storage.models.timetable import Lesson
from storage.repositories.lessons import NOT_HELD
from storage.repositories.revisions import is_newest
from storage.uow import Uow
from storage.vocabulary import ClassId, LessonId, PersonId, SubgroupId, SubjectId, WorkId, WorkKind


@dataclass(frozen=True, slots=True)
class StandingMark:
    """A mark as it stands: its newest revision, which is no withdrawal; `entered_at` is that revision's."""

    student_id: PersonId
    lesson_id: LessonId
    work_id: WorkId
    kind: WorkKind
    ordinal: int
    on_date: date
    value: str
    comment: str
    entered_at: datetime


SINCE = cast(date, bindparam("since", type_=Date))
UNTIL = cast(date, bindparam("until", type_=Date))


def _within(since_on: InstrumentedAttribute[date], until_on: InstrumentedAttribute[date | None]) -> ColumnElement[bool]:
    """Whether [since_on, until_on) holds on some day from :since to :until."""
    return and_(since_on <= UNTIL, or_(until_on.is_(None), until_on > SINCE))


_OF_CLASS = select(Enrollment.student_id).where(
    Enrollment.class_id == bindparam("class"), _within(Enrollment.since_on, Enrollment.until_on)
)
_OF_SUBGROUP = select(SubgroupMember.student_id).where(
    SubgroupMember.subgroup_id == bindparam("subgroup"), _within(SubgroupMember.since_on, SubgroupMember.until_on)
)
_SCHOOL = select(SchoolClass.school_id).where(SchoolClass.id == bindparam("class")).scalar_subquery()
_STANDING = (
    select(
        Mark.student_id,
        Lesson.id.label("lesson_id"),
        Mark.work_id,
        LessonWork.kind,
        LessonWork.ordinal,
        Lesson.on_date,
        Mark.value,
        Mark.comment,
        Mark.entered_at,
    )
    .select_from(Lesson)
    .join(LessonWork, LessonWork.lesson_id == Lesson.id)
    .join(Mark, and_(Mark.work_id == LessonWork.id, is_newest(Mark), Mark.value.is_not(None)))
    .where(
        Lesson.school_id == _SCHOOL,
        Lesson.on_date >= SINCE,
        Lesson.on_date <= UNTIL,
        Lesson.subject_id == bindparam("subject"),
        Lesson.state.not_in(NOT_HELD),
        # «+ 0» keeps the planner from walking all the marks that these students ever got.
        (Mark.student_id + 0).in_(_OF_CLASS),
    )
    .order_by(Lesson.starts_at, LessonWork.id, Mark.student_id)
)
_STANDING_OF_SUBGROUP = _STANDING.where((Mark.student_id + 0).in_(_OF_SUBGROUP))


async def standing_marks(
    uow: Uow, *, class_id: ClassId, subgroup_id: SubgroupId | None, subject_id: SubjectId, since: date, until: date
) -> list[StandingMark]:
    """The marks in a subject, from one day to another inclusive, of all who belonged to a class or subgroup then.

    A student's marks are all that the subject gave in the school, also in a class left in mid-term. In the order of
    the lessons; those of cancelled and moved lessons don't stand.
    """
    values: dict[str, Any] = {"class": class_id, "subject": subject_id, "since": since, "until": until}
    if subgroup_id is not None:
        values["subgroup"] = subgroup_id
    rows = await uow.execute(_STANDING if subgroup_id is None else _STANDING_OF_SUBGROUP, values)
    return [
        StandingMark(
            row.student_id,
            row.lesson_id,
            row.work_id,
            WorkKind(row.kind),
            row.ordinal,
            row.on_date,
            row.value,
            row.comment,
            row.entered_at,
        )
        for row in rows
    ]
