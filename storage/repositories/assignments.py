"""Who teaches what to whom: read off the year's lessons, since a lesson's teachers are the right itself (О 2.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from typing import cast as typed

from sqlalchemy import ColumnElement, Date, and_, bindparam, select

from storage.models.people import Enrollment, Person, SubgroupMember
from storage.models.school import AcademicYear, School, SchoolClass, Subgroup, Subject
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import ClassId, PersonId, RecordForm, SchoolId, SubgroupId, SubjectId


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A subject taught to a class or to a subgroup of it, with the rules of its school."""

    school_id: SchoolId
    year_id: int
    class_id: ClassId
    class_name: str
    level: int
    short_stay: bool
    subgroup_id: SubgroupId | None
    subgroup: str | None
    subject_id: SubjectId
    subject: str
    record_form: RecordForm
    year_closed: bool
    timezone: str
    regulation: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StudentOf:
    """A student of a class or subgroup on a day."""

    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str


COLUMNS = (
    Lesson.school_id,
    Lesson.year_id,
    SchoolClass.id.label("class_id"),
    SchoolClass.name.label("class_name"),
    SchoolClass.level,
    SchoolClass.short_stay,
    Subgroup.id.label("subgroup_id"),
    Subgroup.name.label("subgroup"),
    Subject.id.label("subject_id"),
    Subject.name.label("subject"),
    Subject.record_form,
)


def _question(*more: ColumnElement[bool]) -> Any:
    return (
        select(*COLUMNS)
        .distinct()
        .select_from(LessonTeacher)
        .join(Lesson, Lesson.id == LessonTeacher.lesson_id)
        .join(AcademicYear, AcademicYear.id == Lesson.year_id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(SchoolClass, SchoolClass.id == LessonAudience.class_id)
        .outerjoin(Subgroup, Subgroup.id == LessonAudience.subgroup_id)
        .join(Subject, Subject.id == Lesson.subject_id)
        .where(
            Lesson.school_id == bindparam("school"),
            AcademicYear.starts_on <= bindparam("today", type_=Date),
            AcademicYear.ends_on >= bindparam("today", type_=Date),
            LessonTeacher.substitute.is_(False),
            *more,
        )
        .order_by(SchoolClass.level, SchoolClass.name, Subgroup.name, Subject.name)
    )


OF_TEACHER = _question(LessonTeacher.teacher_id == bindparam("teacher"))
SCHOOL_RULES = select(School.timezone, School.regulation).where(School.id == bindparam("school"))
YEARS_CLOSED = select(AcademicYear.id).where(
    AcademicYear.school_id == bindparam("school"), AcademicYear.closed_at.is_not(None)
)


async def of_teacher(uow: Uow, school_id: SchoolId, teacher_id: PersonId, today: date) -> list[AssignmentRow]:
    """What a teacher teaches in the year of a day; lessons taken over for a day don't count."""
    found = (await uow.execute(OF_TEACHER, {"school": school_id, "teacher": teacher_id, "today": today})).all()
    return await _rows(uow, school_id, found)


async def of_class(uow: Uow, school_id: SchoolId, class_id: ClassId, today: date) -> list[AssignmentRow]:
    """All that a class is taught in the year of a day, by any teacher."""
    question = _question(LessonAudience.class_id == bindparam("class"))
    found = (await uow.execute(question, {"school": school_id, "class": class_id, "today": today})).all()
    return await _rows(uow, school_id, found)


async def of_school(uow: Uow, school_id: SchoolId, today: date) -> list[AssignmentRow]:
    """All that is taught in the school in the year of a day."""
    found = (await uow.execute(_question(), {"school": school_id, "today": today})).all()
    return await _rows(uow, school_id, found)


async def _rows(uow: Uow, school_id: SchoolId, found: Sequence[Any]) -> list[AssignmentRow]:
    rules = (await uow.execute(SCHOOL_RULES, {"school": school_id})).one()
    closed = {row.id for row in await uow.execute(YEARS_CLOSED, {"school": school_id})}
    return [
        AssignmentRow(
            row.school_id,
            row.year_id,
            row.class_id,
            row.class_name,
            row.level,
            row.short_stay,
            row.subgroup_id,
            row.subgroup,
            row.subject_id,
            row.subject,
            RecordForm(row.record_form),
            row.year_id in closed,
            rules.timezone,
            rules.regulation,
        )
        for row in found
    ]


async def students(uow: Uow, class_id: ClassId, subgroup_id: SubgroupId | None, on: date) -> list[StudentOf]:
    """Who belongs to a class, or to a subgroup of it, on a day, by name."""
    member = (
        select(SubgroupMember.student_id)
        .where(
            SubgroupMember.subgroup_id == subgroup_id,
            SubgroupMember.student_id == Person.id,
            holds_on(SubgroupMember.since_on, SubgroupMember.until_on, typed(date, bindparam("on", type_=Date))),
        )
        .exists()
    )
    question = (
        select(Person.id, Person.last_name, Person.first_name, Person.middle_name)
        .join(
            Enrollment,
            and_(
                Enrollment.student_id == Person.id,
                Enrollment.class_id == class_id,
                holds_on(Enrollment.since_on, Enrollment.until_on, typed(date, bindparam("on", type_=Date))),
            ),
        )
        .order_by(Person.key, Person.id)
    )
    if subgroup_id is not None:
        question = question.where(member)
    rows = await uow.execute(question, {"on": on})
    return [StudentOf(*row) for row in rows]


async def teachers(
    uow: Uow, year_id: int, class_id: ClassId, subgroup_id: SubgroupId | None, subject_id: SubjectId
) -> list[PersonId]:
    """Who teaches a subject to a class or subgroup, substitutes left out."""
    question = (
        select(LessonTeacher.teacher_id)
        .distinct()
        .join(Lesson, Lesson.id == LessonTeacher.lesson_id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .where(
            Lesson.year_id == year_id,
            Lesson.subject_id == subject_id,
            LessonAudience.class_id == class_id,
            LessonAudience.subgroup_id == subgroup_id if subgroup_id else LessonAudience.subgroup_id.is_(None),
            LessonTeacher.substitute.is_(False),
        )
        .order_by(LessonTeacher.teacher_id)
    )
    return [row.teacher_id for row in await uow.execute(question)]
