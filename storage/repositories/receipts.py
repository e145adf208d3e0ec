"""Exam and ГИА results received from outside: the receipts, and how far their marks are."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_, select

from storage.models.finals import ResultReceipt, TermMark
from storage.models.people import SubgroupMember
from storage.models.school import AcademicYear, SchoolClass, Subject
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories.people import holds_on
from storage.repositories.revisions import is_newest
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import ClassId, PersonId, SchoolId, SubgroupId, SubjectId


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """Exam or ГИА results of a class in a subject, received at a moment.

    `issued`: how many have an issued mark of them, `drafts`: how many one that waits to be sent; `teachers`: whose
    subject it is. `waiting`: the grids, one for each subgroup that the subject has (None: for the whole class), in
    which nothing is issued yet or a draft waits, but for those of which it was said that nobody took the exam.
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
    waiting: tuple[SubgroupId | None, ...]


async def receipts(uow: Uow, school_id: SchoolId, year_id: int, class_id: ClassId | None = None) -> list[ReceiptRow]:
    """The results received in a year, the first received first."""
    settled = or_(TermMark.value.is_not(None), TermMark.issued)
    newest = select(TermMark).where(is_newest(TermMark), settled).subquery()
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
            newest.c.value,
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
        marks = [row for row in alike if row.student_id is not None]
        issued = {PersonId(row.student_id): bool(row.issued) for row in marks}
        told = sum(row.issued and row.value is not None for row in marks)
        teachers, grids = await _taught(uow, year_id, first.class_id, first.subject_id)
        members = await _members(uow, [grid for grid in grids if grid is not None], first.received_at.date())
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
                told,
                sum(not row.issued for row in marks),
                teachers,
                tuple(grid for grid in grids if _waits(grid, issued, members)),
            )
        )
    return found


def _waits(grid: SubgroupId | None, issued: dict[PersonId, bool], members: dict[SubgroupId, set[PersonId]]) -> bool:
    """Whether in a grid nothing is settled, or a draft waits; a subgroup without students waits for nothing."""
    if grid is None:
        return not issued or not all(issued.values())
    own = members.get(grid, set())
    marks = [sent for student_id, sent in issued.items() if student_id in own]
    return bool(own) and (not marks or not all(marks))


async def receipts_open(uow: Uow, school_id: SchoolId, today: date) -> list[ReceiptRow]:
    """The results received in the year of a day that aren't issued yet: in some grid nothing is, or a draft waits."""
    year = (
        select(AcademicYear.id)
        .where(AcademicYear.school_id == school_id, AcademicYear.starts_on <= today)
        .order_by(AcademicYear.starts_on.desc())
        .limit(1)
    )
    year_id = (await uow.execute(year)).scalar_one_or_none()
    if year_id is None:
        return []
    return [one for one in await receipts(uow, school_id, year_id) if one.waiting]


async def _taught(
    uow: Uow, year_id: int, class_id: ClassId, subject_id: SubjectId
) -> tuple[tuple[PersonId, ...], tuple[SubgroupId | None, ...]]:
    """Who teaches a class a subject in a year, and to which of its subgroups (None: to all of it)."""
    question = (
        select(LessonTeacher.teacher_id, LessonAudience.subgroup_id)
        .distinct()
        .join(Lesson, Lesson.id == LessonTeacher.lesson_id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .where(
            LessonAudience.class_id == class_id,
            Lesson.year_id == year_id,
            Lesson.subject_id == subject_id,
            LessonTeacher.substitute.is_(False),
        )
        .order_by(LessonTeacher.teacher_id, LessonAudience.subgroup_id)
    )
    rows = (await uow.execute(question)).all()
    grids = dict.fromkeys(row.subgroup_id for row in rows) or {None: None}
    return tuple(dict.fromkeys(row.teacher_id for row in rows)), tuple(grids)


async def _members(uow: Uow, subgroup_ids: Collection[SubgroupId], on: date) -> dict[SubgroupId, set[PersonId]]:
    """The students of subgroups on a day."""
    found: dict[SubgroupId, set[PersonId]] = defaultdict(set)
    if subgroup_ids:
        question = select(SubgroupMember.subgroup_id, SubgroupMember.student_id).where(
            SubgroupMember.subgroup_id.in_(subgroup_ids), holds_on(SubgroupMember.since_on, SubgroupMember.until_on, on)
        )
        for row in await uow.execute(question):
            found[row.subgroup_id].add(row.student_id)
    return found


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
