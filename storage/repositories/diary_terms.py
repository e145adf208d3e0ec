"""A student's terms as the diary shows them: years and terms, marks, absences and issued results of one of them.

What is asked of months is asked of the lessons of the student's classes of that year (see `in_own_classes`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Integer, and_, bindparam, case, cast, func, select

from storage.models.finals import TermMark
from storage.models.journal import Attendance, LessonWork, Mark
from storage.models.people import Enrollment
from storage.models.school import AcademicYear, SchoolClass, Subject, Term
from storage.models.timetable import Lesson, LessonAudience
from storage.repositories.diary import SCHOOL, SINCE, STUDENT, AbsenceLine, with_seat
from storage.repositories.diary_days import UNTIL, in_own_classes
from storage.repositories.lessons import NOT_HELD
from storage.repositories.people import holds_on
from storage.repositories.recipients import ON
from storage.repositories.revisions import is_newest
from storage.uow import Uow
from storage.vocabulary import (
    AbsenceReason,
    AttendanceCode,
    ClassId,
    PersonId,
    RecordForm,
    SchoolId,
    TermKind,
    WorkKind,
)


@dataclass(frozen=True, slots=True)
class SeatTerm:
    """A class that a student was in, its year, and a term of that year of whatever kind (None: the year has none)."""

    year_id: int
    year: str
    year_starts_on: date
    year_ends_on: date
    class_id: ClassId
    class_name: str
    level: int
    short_stay: bool
    term_id: int | None
    kind: TermKind | None
    ordinal: int
    starts_on: date
    ends_on: date


TERMS = (
    select(
        AcademicYear.id.label("year_id"),
        AcademicYear.name.label("year"),
        AcademicYear.starts_on.label("year_starts_on"),
        AcademicYear.ends_on.label("year_ends_on"),
        SchoolClass.id.label("class_id"),
        SchoolClass.name.label("class_name"),
        SchoolClass.level,
        SchoolClass.short_stay,
        Term.id.label("term_id"),
        Term.kind,
        Term.ordinal,
        Term.starts_on,
        Term.ends_on,
    )
    .select_from(Enrollment)
    .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
    .join(AcademicYear, AcademicYear.id == SchoolClass.year_id)
    .outerjoin(Term, Term.year_id == AcademicYear.id)
    .where(Enrollment.student_id == STUDENT, Enrollment.school_id == SCHOOL)
    .order_by(AcademicYear.starts_on, Enrollment.since_on, Term.starts_on, Term.ordinal)
)


async def terms_of(uow: Uow, school_id: SchoolId, student_id: PersonId) -> list[SeatTerm]:
    """Every class a student has been in, each with every term of its year, from the first year on."""
    return [
        SeatTerm(
            year_id=row.year_id,
            year=row.year,
            year_starts_on=row.year_starts_on,
            year_ends_on=row.year_ends_on,
            class_id=row.class_id,
            class_name=row.class_name,
            level=row.level,
            short_stay=row.short_stay,
            term_id=row.term_id,
            kind=TermKind(row.kind) if row.kind else None,
            ordinal=row.ordinal or 0,
            starts_on=row.starts_on or row.year_starts_on,
            ends_on=row.ends_on or row.year_ends_on,
        )
        for row in await uow.execute(TERMS, {"student": student_id, "school": school_id})
    ]


@dataclass(frozen=True, slots=True)
class TaughtRow:
    """A subject that a student is taught."""

    id: int
    name: str


TAUGHT = (
    in_own_classes(with_seat(select(Subject.id, Subject.name).select_from(Lesson)))
    .join(Subject, Subject.id == Lesson.subject_id)
    .where(
        Lesson.on_date >= SINCE,
        Lesson.on_date <= UNTIL,
        Lesson.state.not_in(NOT_HELD),
        Subject.record_form == RecordForm.ELECTRONIC.value,
    )
    .distinct()
)


async def taught(uow: Uow, school_id: SchoolId, student_id: PersonId, since: date, until: date) -> list[TaughtRow]:
    """The subjects of a student's lessons in some days; paper courses aren't kept here."""
    values = {"school": school_id, "student": student_id, "since": since, "until": until}
    return [TaughtRow(row.id, row.name) for row in await uow.execute(TAUGHT, values)]


SUBJECT_NAME = select(Subject.name).where(Subject.id == bindparam("subject"), Subject.school_id == SCHOOL)


async def subject_name(uow: Uow, school_id: SchoolId, subject_id: int) -> str | None:
    """What a subject of a school is called."""
    found: str | None = (
        await uow.execute(SUBJECT_NAME, {"subject": subject_id, "school": school_id})
    ).scalar_one_or_none()
    return found


@dataclass(frozen=True, slots=True)
class GivenMark:
    """A mark that stands, with its lesson's subject and day."""

    subject_id: int
    subject: str
    on_date: date
    kind: WorkKind
    ordinal: int
    value: str
    comment: str


# A left join keeps the planner from walking all the marks that the student ever got.
MARKS = (
    in_own_classes(
        select(
            Mark.work_id,
            Lesson.subject_id,
            Subject.name,
            Lesson.on_date,
            LessonWork.kind,
            LessonWork.ordinal,
            Mark.value,
            Mark.comment,
        )
        .select_from(LessonAudience)
        .join(Lesson, Lesson.id == LessonAudience.lesson_id)
        .join(Subject, Subject.id == Lesson.subject_id)
        .join(LessonWork, LessonWork.lesson_id == Lesson.id)
        .outerjoin(Mark, and_(Mark.work_id == LessonWork.id, Mark.student_id == STUDENT, is_newest(Mark)))
    )
    .where(Lesson.on_date >= SINCE, Lesson.on_date <= UNTIL, Lesson.state.not_in(NOT_HELD))
    .order_by(Lesson.starts_at, LessonWork.id)
)


async def marks_between(
    uow: Uow, school_id: SchoolId, student_id: PersonId, since: date, until: date
) -> list[GivenMark]:
    """A student's marks of some days in the order of the lessons; withdrawn ones and those of cancelled lessons not."""
    values = {"school": school_id, "student": student_id, "since": since, "until": until}
    found = {row.work_id: row for row in await uow.execute(MARKS, values) if row.value is not None}
    return [
        GivenMark(row.subject_id, row.name, row.on_date, WorkKind(row.kind), row.ordinal, row.value, row.comment or "")
        for row in found.values()
    ]


@dataclass(frozen=True, slots=True)
class AbsentRow:
    """A lesson in which a student was absent or late."""

    on_date: date
    slot: int
    starts_at: datetime
    subject: str
    line: AbsenceLine


# «+ 0» keeps the planner from walking all the absences that the student ever had.
ABSENCES = (
    in_own_classes(
        select(
            Lesson.id,
            Lesson.on_date,
            Lesson.slot,
            Lesson.starts_at,
            Subject.name,
            Attendance.code,
            Attendance.reason,
            Attendance.minutes_late,
        )
        .select_from(LessonAudience)
        .join(Lesson, Lesson.id == LessonAudience.lesson_id)
        .join(Subject, Subject.id == Lesson.subject_id)
        .join(
            Attendance,
            and_(Attendance.lesson_id == Lesson.id, Attendance.student_id + 0 == STUDENT, is_newest(Attendance)),
        )
    )
    .where(
        Lesson.on_date >= SINCE,
        Lesson.on_date <= UNTIL,
        Lesson.state.not_in(NOT_HELD),
        Attendance.code != AttendanceCode.PRESENT.value,
    )
    .order_by(Lesson.starts_at, Lesson.id)
)


async def absences_between(
    uow: Uow, school_id: SchoolId, student_id: PersonId, since: date, until: date
) -> list[AbsentRow]:
    """A student's absences and late comings of some days, in the order of the lessons."""
    values = {"school": school_id, "student": student_id, "since": since, "until": until}
    found = {row.id: row for row in await uow.execute(ABSENCES, values)}
    return [
        AbsentRow(
            row.on_date,
            row.slot,
            row.starts_at,
            row.name,
            AbsenceLine(AttendanceCode(row.code), AbsenceReason(row.reason) if row.reason else None, row.minutes_late),
        )
        for row in found.values()
    ]


@dataclass(frozen=True, slots=True)
class IssuedMark:
    """A term mark that families see: of a subject, for a scope."""

    subject_id: int
    subject: str
    scope: str
    value: str


ISSUED = (
    select(TermMark.subject_id, Subject.name, TermMark.scope, TermMark.value)
    .join(Subject, Subject.id == TermMark.subject_id)
    .where(
        TermMark.student_id == STUDENT,
        TermMark.scope.in_(bindparam("scopes", expanding=True)),
        TermMark.issued,
        TermMark.value.is_not(None),
        is_newest(TermMark),
    )
    .order_by(Subject.name)
)


async def issued(uow: Uow, student_id: PersonId, scopes: Collection[str]) -> list[IssuedMark]:
    """What was issued to a student for these scopes; a draft isn't there for families."""
    rows = await uow.execute(ISSUED, {"student": student_id, "scopes": sorted(scopes)})
    return [IssuedMark(row.subject_id, row.name, row.scope, row.value) for row in rows]


def _weight(kind: WorkKind) -> BindParameter[Any]:
    return bindparam(f"weight_{kind.value}", type_=Integer)


WEIGHT = case(*((LessonWork.kind == kind.value, _weight(kind)) for kind in WorkKind), else_=1)
SUMS = (
    select(
        Mark.student_id,
        Lesson.subject_id,
        func.sum(WEIGHT * cast(Mark.value, Integer)).label("total"),
        func.sum(WEIGHT).label("weight"),
    )
    .select_from(Lesson)
    .join(LessonWork, LessonWork.lesson_id == Lesson.id)
    .join(Mark, and_(Mark.work_id == LessonWork.id, is_newest(Mark)))
    .where(
        Lesson.id.in_(select(LessonAudience.lesson_id).where(LessonAudience.class_id == bindparam("class"))),
        Lesson.on_date >= SINCE,
        Lesson.on_date <= UNTIL,
        Lesson.state.not_in(NOT_HELD),
        Mark.value.in_(bindparam("numbers", expanding=True)),
        # «+ 0» keeps the planner from walking all the marks that these students ever got.
        (Mark.student_id + 0).in_(
            select(Enrollment.student_id).where(
                Enrollment.class_id == bindparam("class"), holds_on(Enrollment.since_on, Enrollment.until_on, ON)
            )
        ),
    )
    .group_by(Mark.student_id, Lesson.subject_id)
)


async def class_sums(
    uow: Uow,
    class_id: ClassId,
    since: date,
    until: date,
    on: date,
    numbers: Collection[str],
    weights: Mapping[str, int],
) -> dict[PersonId, list[tuple[int, int]]]:
    """Σ weight·mark and Σ weight of everybody who is in a class on a day, a pair for each subject with marks.

    For comparing one with the rest: nothing of it is shown. `numbers`: the values that enter averages.
    """
    values = {"class": class_id, "since": since, "until": until, "on": on, "numbers": sorted(numbers)}
    values |= {f"weight_{kind.value}": weights.get(kind.value, 1) for kind in WorkKind}
    found: dict[PersonId, list[tuple[int, int]]] = {}
    for row in await uow.execute(SUMS, values):
        found.setdefault(PersonId(row.student_id), []).append((int(row.total), int(row.weight)))
    return found
