"""Lessons as teachers ask about them: one with the asker's right, a day's list, who sits there, which begin and end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from typing import cast as typed

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from storage.models.journal import LessonRecord, LessonWork, Mark
from storage.models.people import Enrollment, Person, SubgroupMember
from storage.models.school import AcademicYear, School, SchoolClass, Subgroup, Subject, Term
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories import homework, records, substitutions
from storage.repositories.lesson_rows import Audience, LessonRow, WorkCount
from storage.repositories.people import holds_on
from storage.repositories.revisions import is_newest
from storage.uow import Uow
from storage.vocabulary import LessonId, LessonState, PersonId, RecordForm, SchoolId, WorkKind

NOT_HELD = (LessonState.CANCELLED.value, LessonState.MOVED.value)
TODAY = typed(date, bindparam("today", type_=Date))
MINE: BindParameter[Any] = bindparam("teacher")
COMMA: Any = literal_column("','")  # given as a value, it would be written into the text at every call
Question = Any  # a Select of whatever columns


def day_ends_at() -> ColumnElement[Any]:
    """The end of the last held lesson of this lesson's students that day: of the class, or of a subgroup's members."""
    other, others, own = aliased(Lesson), aliased(LessonAudience), aliased(LessonAudience)
    mine, theirs = aliased(SubgroupMember), aliased(SubgroupMember)
    shared = (
        exists()
        .where(
            mine.subgroup_id == own.subgroup_id,
            theirs.subgroup_id == others.subgroup_id,
            mine.student_id == theirs.student_id,
            holds_on(mine.since_on, mine.until_on, typed(date, Lesson.on_date)),
            holds_on(theirs.since_on, theirs.until_on, typed(date, Lesson.on_date)),
        )
        .correlate(own, others, Lesson)
    )
    return (
        select(func.max(other.ends_at))
        .select_from(own)
        .join(other, and_(other.school_id == Lesson.school_id, other.on_date == Lesson.on_date))
        # «+ 0» keeps the planner from walking all the year's lessons of the class by its index.
        .join(others, and_(others.lesson_id == other.id, others.class_id + 0 == own.class_id))
        .where(
            own.lesson_id == Lesson.id,
            other.state.not_in(NOT_HELD),
            or_(own.subgroup_id.is_(None), others.subgroup_id.is_(None), shared),
        )
        .correlate(Lesson)
        .scalar_subquery()
    )


def _closed_terms() -> ColumnElement[Any]:
    return (
        select(func.aggregate_strings(Term.kind, COMMA))
        .where(
            Term.year_id == Lesson.year_id,
            Term.starts_on <= Lesson.on_date,
            Term.ends_on >= Lesson.on_date,
            Term.closed_at.is_not(None),
        )
        .correlate(Lesson)
        .scalar_subquery()
    )


def _kinds() -> ColumnElement[Any]:
    return (
        select(func.aggregate_strings(LessonWork.kind, COMMA))
        .where(LessonWork.lesson_id == Lesson.id)
        .correlate(Lesson)
        .scalar_subquery()
    )


def _works() -> ColumnElement[Any]:
    """«7=control=1,7=control=1,8=answer=1»: for every mark that stands its column's id, kind and ordinal."""
    column = cast(LessonWork.id, String) + "=" + LessonWork.kind + "=" + cast(LessonWork.ordinal, String)
    return (
        select(func.aggregate_strings(column, COMMA))
        .select_from(LessonWork)
        .join(Mark, Mark.work_id == LessonWork.id)
        .where(LessonWork.lesson_id == Lesson.id, Mark.value.is_not(None), is_newest(Mark))
        .correlate(Lesson)
        .scalar_subquery()
    )


def _counted(listed: str | None) -> tuple[WorkCount, ...]:
    counts: dict[tuple[int, str, int], int] = {}
    for one in (listed or "").split(","):
        if one:
            work_id, kind, ordinal = one.split("=")
            key = (int(work_id), kind, int(ordinal))
            counts[key] = counts.get(key, 0) + 1
    return tuple(
        WorkCount(WorkKind(kind), ordinal, counts[key]) for key in sorted(counts) for _, kind, ordinal in [key]
    )


def columns() -> tuple[ColumnElement[Any], ...]:
    """What `row_of` reads; a question joins them by `joined`."""
    return typed(
        tuple[ColumnElement[Any], ...],
        (
            Lesson.id,
            Lesson.school_id,
            Lesson.year_id,
            Lesson.subject_id,
            Subject.name.label("subject"),
            Subject.record_form,
            Lesson.on_date,
            Lesson.slot,
            Lesson.starts_at,
            Lesson.ends_at,
            Lesson.room,
            Lesson.state,
            Lesson.state_reason,
            School.timezone,
            School.regulation,
            LessonTeacher.teacher_id.label("mine"),
            LessonTeacher.substitute,
            AcademicYear.closed_at.label("year_closed_at"),
            _closed_terms().label("closed_terms"),
            _kinds().label("kinds"),
            substitutions.hands_over(MINE).label("handed_over"),
            LessonAudience.class_id,
            SchoolClass.name.label("class_name"),
            SchoolClass.level,
            SchoolClass.short_stay,
            LessonAudience.subgroup_id,
            Subgroup.name.label("subgroup"),
        ),
    )


def joined(question: Question) -> Question:
    """The question, which has Lesson, with what `columns` reads; a row for every audience. Binds :teacher."""
    return (
        question.join(Subject, Subject.id == Lesson.subject_id)
        .join(School, School.id == Lesson.school_id)
        .join(AcademicYear, AcademicYear.id == Lesson.year_id)
        .outerjoin(LessonTeacher, and_(LessonTeacher.lesson_id == Lesson.id, LessonTeacher.teacher_id == MINE))
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(SchoolClass, SchoolClass.id == LessonAudience.class_id)
        .outerjoin(Subgroup, Subgroup.id == LessonAudience.subgroup_id)
    )


def row_of(rows: Sequence[Any]) -> LessonRow:
    """The lesson in rows of such a question; at least one row."""
    first = rows[0]
    audiences = {
        (row.class_name, row.subgroup or "", row.subgroup_id): Audience(
            row.class_id, row.class_name, row.level, row.short_stay, row.subgroup_id, row.subgroup
        )
        for row in rows
    }
    return LessonRow(
        id=first.id,
        school_id=first.school_id,
        year_id=first.year_id,
        subject_id=first.subject_id,
        subject=first.subject,
        record_form=RecordForm(first.record_form),
        on_date=first.on_date,
        slot=first.slot,
        starts_at=first.starts_at,
        ends_at=first.ends_at,
        room=first.room,
        state=LessonState(first.state),
        state_reason=first.state_reason,
        timezone=first.timezone,
        regulation=first.regulation,
        mine=first.mine is not None,
        substitute=bool(first.substitute),
        closed_terms=frozenset((first.closed_terms or "").split(",")) - {""},
        year_closed=first.year_closed_at is not None,
        kinds=frozenset(WorkKind(kind) for kind in (first.kinds or "").split(",") if kind),
        day_ends_at=getattr(first, "day_ends_at", None),
        audiences=tuple(audiences[key] for key in sorted(audiences, key=lambda key: key[:2])),
        parts={one.part: one for one in map(records.from_row, rows) if one is not None},
        works=_counted(getattr(first, "works", None)),
        files=getattr(first, "files", 0),
        personal=getattr(first, "personal", 0),
        handed_over=bool(first.handed_over),
        substitutions=tuple(sorted((getattr(first, "substitutions", None) or "").splitlines())),
    )


def sits(student: Any) -> Any:
    """That an Enrollment is `student`'s seat in the question's LessonAudience on its Lesson's day (В 4.3.2)."""
    day = typed(date, Lesson.on_date)
    return and_(
        Enrollment.class_id == LessonAudience.class_id,
        holds_on(Enrollment.since_on, Enrollment.until_on, day),
        is_meant(student, LessonAudience),
    )


def is_meant(student: Any, audience: type[LessonAudience]) -> ColumnElement[bool]:
    """That an audience is the whole class, or a subgroup that the student belongs to on the question's Lesson's day."""
    member = aliased(SubgroupMember)
    in_subgroup = (
        exists()
        .where(
            member.subgroup_id == audience.subgroup_id,
            member.student_id == student,
            holds_on(member.since_on, member.until_on, typed(date, Lesson.on_date)),
        )
        .correlate(Lesson, audience, Enrollment, Person)
    )
    return or_(audience.subgroup_id.is_(None), in_subgroup)


def seated(question: Question) -> Question:
    """The question, which has Lesson, joined with its LessonAudience, Enrollment and the students as Person."""
    return (
        question.join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(Enrollment, sits(Enrollment.student_id))
        .join(Person, Person.id == Enrollment.student_id)
    )


WHOLE = (
    joined(
        select(
            *columns(),
            day_ends_at().label("day_ends_at"),
            _works().label("works"),
            homework.files_of(Lesson).label("files"),
            homework.personal_of(Lesson).label("personal"),
            substitutions.told().label("substitutions"),
            *records.columns(),
        ).select_from(Lesson)
    )
    .outerjoin(LessonRecord, and_(LessonRecord.lesson_id == Lesson.id, is_newest(LessonRecord)))
    .outerjoin(records.Author, records.Author.id == LessonRecord.author_id)
)
BY_ID = WHOLE.where(Lesson.id == bindparam("lesson"), Lesson.school_id == bindparam("school"))


async def find(uow: Uow, lesson_id: LessonId, school_id: SchoolId, teacher_id: PersonId) -> LessonRow | None:
    """A lesson of a school, as a teacher stands to it."""
    rows = (await uow.execute(BY_ID, {"lesson": lesson_id, "school": school_id, "teacher": teacher_id})).all()
    return row_of(rows) if rows else None


OF_DAY = WHOLE.where(
    Lesson.on_date == bindparam("day"), Lesson.school_id == bindparam("school"), LessonTeacher.teacher_id.is_not(None)
).order_by(Lesson.starts_at, Lesson.id)


async def of_day(uow: Uow, school_id: SchoolId, teacher_id: PersonId, day: date) -> list[LessonRow]:
    """A teacher's lessons of a day in their order."""
    rows = await uow.execute(OF_DAY, {"school": school_id, "teacher": teacher_id, "day": day})
    return _lessons(rows)


def _lessons(rows: Iterable[Any]) -> list[LessonRow]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return [row_of(one) for one in found.values()]


def _nearest(which: Any, condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return (
        select(which(Lesson.on_date))
        .join(LessonTeacher, LessonTeacher.lesson_id == Lesson.id)
        .where(LessonTeacher.teacher_id == MINE, condition)
        .scalar_subquery()
    )


NEIGHBOURS = select(
    _nearest(func.max, Lesson.on_date < bindparam("day", type_=Date)).label("before"),
    _nearest(func.min, Lesson.on_date > bindparam("day", type_=Date)).label("after"),
)


async def neighbours(uow: Uow, teacher_id: PersonId, day: date) -> tuple[date | None, date | None]:
    """The nearest days with lessons of this teacher before and after a day."""
    row = (await uow.execute(NEIGHBOURS, {"teacher": teacher_id, "day": day})).one()
    return row.before, row.after


@dataclass(frozen=True, slots=True)
class Seat:
    """A student in a lesson."""

    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str
    class_id: int


SEATS = (
    seated(
        select(Person.id, Person.last_name, Person.first_name, Person.middle_name, Enrollment.class_id).select_from(
            Lesson
        )
    )
    .where(Lesson.id == bindparam("lesson"))
    .order_by(Person.key, Person.id)
)


async def seats(uow: Uow, lesson_id: LessonId) -> list[Seat]:
    """Who sits in a lesson on its day, by name."""
    rows = await uow.execute(SEATS, {"lesson": lesson_id})
    return list({row.id: Seat(row.id, *row[1:]) for row in rows}.values())


OF_IDS = WHOLE.where(Lesson.id.in_(bindparam("lessons", expanding=True))).order_by(Lesson.starts_at, Lesson.id)


async def by_ids(uow: Uow, lesson_ids: Sequence[LessonId], teacher_id: PersonId) -> list[LessonRow]:
    """These lessons as a teacher stands to them, in their order."""
    if not lesson_ids:
        return []
    return _lessons(await uow.execute(OF_IDS, {"lessons": list(lesson_ids), "teacher": teacher_id}))
