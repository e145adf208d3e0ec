"""Exam and ГИА results received from outside: the receipts, and how far their marks are."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, select

from storage.models.finals import ResultReceipt, TermMark
from storage.models.school import AcademicYear, SchoolClass, Subject
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories.revisions import is_newest
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import ClassId, PersonId, SchoolId, SubjectId


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """Exam or ГИА results of a class in a subject, received at a moment.

    `issued`: how many have an issued mark of them, `drafts`: how many one that waits to be sent; `teachers`: whose
    subject it is.
    """

    id: int
    class_id: ClassId
    class_name: str
    level: int
    subject_id: SubjectId
    subject: str
    scope: str
    received_at: datetime
    issued: int
    drafts: int
    teachers: tuple[PersonId, ...]


async def receipts(uow: Uow, school_id: SchoolId, year_id: int, class_id: ClassId | None = None) -> list[ReceiptRow]:
    """The results received in a year, the first received first."""
    newest = select(TermMark).where(is_newest(TermMark), TermMark.value.is_not(None)).subquery()
    question = (
        select(
            ResultReceipt.id,
            SchoolClass.id.label("class_id"),
            SchoolClass.name.label("class_name"),
            SchoolClass.level,
            Subject.id.label("subject_id"),
            Subject.name.label("subject"),
            ResultReceipt.scope,
            ResultReceipt.received_at,
            newest.c.student_id,
            newest.c.issued,
        )
        .join(SchoolClass, SchoolClass.id == ResultReceipt.class_id)
        .join(Subject, Subject.id == ResultReceipt.subject_id)
        .outerjoin(
            newest,
            and_(
                newest.c.class_id == ResultReceipt.class_id,
                newest.c.subject_id == ResultReceipt.subject_id,
                newest.c.scope == ResultReceipt.scope,
            ),
        )
        .where(ResultReceipt.school_id == school_id, SchoolClass.year_id == year_id)
        .order_by(ResultReceipt.received_at, ResultReceipt.id)
    )
    if class_id is not None:
        question = question.where(ResultReceipt.class_id == class_id)
    rows: dict[int, list[Any]] = defaultdict(list)
    for row in await uow.execute(question):
        rows[row.id].append(row)
    found = []
    for alike in rows.values():
        first = alike[0]
        marks = [row.issued for row in alike if row.student_id is not None]
        found.append(
            ReceiptRow(
                first.id,
                first.class_id,
                first.class_name,
                first.level,
                first.subject_id,
                first.subject,
                first.scope,
                first.received_at,
                marks.count(True),
                marks.count(False),
                await _teachers(uow, year_id, first.class_id, first.subject_id),
            )
        )
    return found


async def receipts_open(uow: Uow, school_id: SchoolId, today: date) -> list[ReceiptRow]:
    """The results received in the year of a day that aren't issued yet: nothing is, or a draft waits."""
    year = (
        select(AcademicYear.id)
        .where(AcademicYear.school_id == school_id, AcademicYear.starts_on <= today)
        .order_by(AcademicYear.starts_on.desc())
        .limit(1)
    )
    year_id = (await uow.execute(year)).scalar_one_or_none()
    if year_id is None:
        return []
    return [one for one in await receipts(uow, school_id, year_id) if not one.issued or one.drafts]


async def _teachers(uow: Uow, year_id: int, class_id: ClassId, subject_id: SubjectId) -> tuple[PersonId, ...]:
    question = (
        select(LessonTeacher.teacher_id)
        .distinct()
        .join(Lesson, Lesson.id == LessonTeacher.lesson_id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .where(
            LessonAudience.class_id == class_id,
            Lesson.year_id == year_id,
            Lesson.subject_id == subject_id,
            LessonTeacher.substitute.is_(False),
        )
        .order_by(LessonTeacher.teacher_id)
    )
    return tuple(row.teacher_id for row in await uow.execute(question))


async def add_receipt(
    uow: Uow,
    *,
    school_id: SchoolId,
    class_id: ClassId,
    subject_id: SubjectId,
    scope: str,
    received_at: datetime,
    made_by: PersonId,
    made_at: datetime,
) -> bool:
    """Register results; False where they are registered already."""
    row = {
        "school_id": school_id,
        "class_id": class_id,
        "subject_id": subject_id,
        "scope": scope,
        "received_at": received_at,
        "made_by": made_by,
        "made_at": made_at,
    }
    return await add_unless_there(uow, ResultReceipt, row)
