"""Who may write to whom: a student's teachers of the day, and the right of both sides of a thread."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from storage.models.control import StaffLeave
from storage.models.people import (
    Enrollment,
    Guardianship,
    Homeroom,
    Person,
    PersonRole,
    SubgroupMember,
    TelegramAccount,
)
from storage.models.school import AcademicYear, Subject
from storage.models.threads import Thread
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories import recipients
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AccountState,
    PersonId,
    SchoolId,
)

STAFF = [role.value for role in sorted(STAFF_ROLES)]


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its parts."""

    last: str
    first: str
    middle: str


@dataclass(frozen=True, slots=True)
class TeacherRow:
    """Somebody a family may write to; `subjects` taught to the student, by name. `connected`: has a chat."""

    id: PersonId
    name: Name
    subjects: tuple[str, ...]
    homeroom: bool
    connected: bool


def enrolled(student: Any, today: date) -> ColumnElement[bool]:
    """That a student is enrolled in the question's Enrollment's class on a day."""
    return and_(Enrollment.student_id == student, holds_on(Enrollment.since_on, Enrollment.until_on, today))


def leads_class_of(teacher: Any, student: Any, today: date) -> ColumnElement[bool]:
    """That a teacher leads a student's class."""
    return exists().where(
        enrolled(student, today),
        Homeroom.class_id == Enrollment.class_id,
        Homeroom.teacher_id == teacher,
        holds_on(Homeroom.since_on, Homeroom.until_on, today),
    )


def taught(student: Any, today: date, since: date) -> list[ColumnElement[bool]]:
    """That a lesson of the year, since a day or ahead, is this student's; lessons taken over for a day don't count."""
    member = exists().where(
        SubgroupMember.subgroup_id == LessonAudience.subgroup_id,
        SubgroupMember.student_id == student,
        holds_on(SubgroupMember.since_on, SubgroupMember.until_on, today),
    )
    return [
        Lesson.id == LessonTeacher.lesson_id,
        Lesson.on_date >= since,
        AcademicYear.id == Lesson.year_id,
        AcademicYear.starts_on <= today,
        AcademicYear.ends_on >= today,
        LessonAudience.lesson_id == Lesson.id,
        LessonTeacher.substitute.is_(False),
        enrolled(student, today),
        LessonAudience.class_id == Enrollment.class_id,
        or_(LessonAudience.subgroup_id.is_(None), member.correlate(LessonAudience, Thread)),
    ]


def employed(teacher: Any, today: date) -> ColumnElement[bool]:
    """That somebody is on the staff."""
    return exists().where(
        PersonRole.person_id == teacher,
        PersonRole.role.in_(STAFF),
        holds_on(PersonRole.since_on, PersonRole.until_on, today),
    )


def teacher_may(today: date, since: date) -> ColumnElement[bool]:
    """That the question's Thread's teacher still teaches or leads the student; the administration always may."""
    teaches = exists().where(LessonTeacher.teacher_id == Thread.teacher_id, *taught(Thread.student_id, today, since))
    leads = leads_class_of(Thread.teacher_id, Thread.student_id, today)
    stands = and_(
        employed(Thread.teacher_id, today).correlate(Thread), or_(teaches.correlate(Thread), leads.correlate(Thread))
    )
    return or_(Thread.teacher_id.is_(None), stands)


def family_may(today: date) -> ColumnElement[bool]:
    """That the question's Thread's family side still has the right to the student."""
    guards = exists().where(
        Guardianship.guardian_id == Thread.family_id,
        Guardianship.student_id == Thread.student_id,
        recipients.rests(today),
    )
    learns = exists().where(enrolled(Thread.student_id, today))
    own = Thread.family_id == Thread.student_id
    return and_(learns.correlate(Thread), or_(own, guards.correlate(Thread)))


def name_columns(person: Any, prefix: str) -> list[Any]:
    """A person's names as columns with a prefix."""
    return [getattr(person, f"{part}_name").label(f"{prefix}_{part}") for part in ("last", "first", "middle")]


def named(row: Any, prefix: str) -> Name:
    """The names that such columns hold."""
    return Name(*(getattr(row, f"{prefix}_{part}") for part in ("last", "first", "middle")))


async def teachers_of(
    uow: Uow, school_id: SchoolId, student_id: PersonId, today: date, since: date
) -> list[TeacherRow]:
    """Who teaches a student, with the subjects; the homeroom teacher comes first."""
    of_teachers = (
        select(LessonTeacher.teacher_id, Subject.name)
        .select_from(LessonTeacher)
        .join(Lesson, Lesson.id == LessonTeacher.lesson_id)
        .join(AcademicYear, AcademicYear.id == Lesson.year_id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(Enrollment, Enrollment.class_id == LessonAudience.class_id)
        .join(Subject, Subject.id == Lesson.subject_id)
        .where(*taught(student_id, today, since), Lesson.school_id == school_id)
        .distinct()
    )
    subjects: dict[int, list[str]] = {}
    for teacher_id, subject in await uow.execute(of_teachers):
        subjects.setdefault(teacher_id, []).append(subject)
    leads = leads_class_of(Person.id, student_id, today).correlate(Person)
    chat = exists().where(TelegramAccount.person_id == Person.id, TelegramAccount.state == AccountState.ACTIVE.value)
    question = (
        select(Person.id, *name_columns(Person, "own"), leads.label("leads"), chat.correlate(Person).label("chat"))
        .where(
            Person.school_id == school_id,
            or_(Person.id.in_(sorted(subjects)), leads),
            employed(Person.id, today).correlate(Person),
        )
        .order_by(Person.key, Person.id)
    )
    found = [
        TeacherRow(row.id, named(row, "own"), tuple(sorted(subjects.get(row.id, ()))), bool(row.leads), bool(row.chat))
        for row in await uow.execute(question)
    ]
    return sorted(found, key=lambda one: not one.homeroom)


async def leave_of(uow: Uow, person_id: PersonId, today: date) -> list[tuple[date, date | None]]:
    """When somebody is away from a day on: from, and the first day back."""
    question = select(StaffLeave.since_on, StaffLeave.until_on).where(
        StaffLeave.person_id == person_id, or_(StaffLeave.until_on.is_(None), StaffLeave.until_on > today)
    )
    return [(row.since_on, row.until_on) for row in await uow.execute(question)]
