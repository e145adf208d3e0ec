"""A student's days as the diary shows them: one statement for all that stands in a day's or a week's lessons."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BindParameter, Date, and_, bindparam, func, select, union_all
from sqlalchemy.orm import aliased

from storage.models.journal import Attendance, LessonRecord, PersonalHomework
from storage.models.people import Enrollment, Guardianship, Person
from storage.models.school import AcademicYear, SchoolClass
from storage.models.timetable import Lesson, LessonAudience
from storage.repositories import homework, recipients
from storage.repositories.diary import (
    DAY,
    IDS,
    LOOK_BACK,
    SCHOOL,
    SINCE,
    STUDENT,
    AbsenceLine,
    LessonLine,
    ToDo,
    line_of,
    lines,
    with_seat,
)
from storage.repositories.lessons import NOT_HELD, Question
from storage.repositories.revisions import is_newest
from storage.uow import Uow
from storage.vocabulary import (
    AbsenceReason,
    AttendanceCode,
    HomeworkWay,
    PersonId,
    RecordPart,
    SchoolId,
)

YEAR = timedelta(days=366)
UNTIL: BindParameter[Any] = bindparam("until", type_=Date)
SUBJECTS: BindParameter[Any] = bindparam("subjects", expanding=True)


seat = aliased(Enrollment)
OWN_CLASSES = (
    select(seat.class_id)
    .join(SchoolClass, SchoolClass.id == seat.class_id)
    .join(AcademicYear, AcademicYear.id == SchoolClass.year_id)
    .where(seat.student_id == STUDENT, AcademicYear.starts_on <= UNTIL, AcademicYear.ends_on >= SINCE)
)


def in_own_classes(question: Question) -> Question:
    """The question, which has Lesson and LessonAudience, for weeks and months of :student, from :since to :until.

    The lessons of the student's classes in that year are walked: fewer than the school has in some weeks, and as many
    in the tenth year as in the first. «+ 0» keeps the planner from the index of the school's days.
    """
    return question.where(LessonAudience.class_id.in_(OWN_CLASSES), Lesson.school_id + 0 == SCHOOL)


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A student whose diary is open to somebody."""

    id: PersonId
    first_name: str
    last_name: str


CHILDREN = union_all(
    select(Person.id, Person.first_name, Person.last_name, Person.key)
    .join(Guardianship, Guardianship.student_id == Person.id)
    .where(Guardianship.guardian_id == bindparam("guardian"), recipients.rests(recipients.ON)),
    select(Person.id, Person.first_name, Person.last_name, Person.key).where(Person.id == bindparam("oneself")),
)


async def children(uow: Uow, person_id: PersonId, on: date, *, oneself: bool) -> list[ChildRow]:
    """The students somebody has a right to today, by name; `oneself`: the asker is a student."""
    values = {"guardian": person_id, "on": on, "oneself": person_id if oneself else None}
    rows = sorted(await uow.execute(CHILDREN, values), key=lambda row: (row.key, row.id))
    return [ChildRow(PersonId(row.id), row.first_name, row.last_name) for row in rows]


@dataclass(frozen=True, slots=True)
class WholeLesson:
    """A student's lesson with its record and what it says of the student; marks stand apart.

    `given`: homework, «» where none was given, None where the teacher hasn't said; `own`: given to this student alone.
    """

    line: LessonLine
    topic: str | None
    given: str | None
    way: HomeworkWay | None
    files: int
    own: str | None
    absence: AbsenceLine | None


topic, given, own = aliased(LessonRecord), aliased(LessonRecord), aliased(PersonalHomework)


def _with_homework(question: Question) -> Question:
    """The question with `given` and `own` of its Lesson."""
    return question.outerjoin(
        given, and_(given.lesson_id == Lesson.id, given.part == RecordPart.HOMEWORK.value, is_newest(given))
    ).outerjoin(own, and_(own.lesson_id == Lesson.id, own.student_id == STUDENT, is_newest(own)))


HOMEWORK_COLUMNS = (
    given.value.label("given"),
    given.way.label("given_way"),
    homework.files_of(Lesson).label("files"),
    own.value.label("own"),
    own.way.label("own_way"),
)
# Who sits there comes first: all that is joined after it is asked of the student's own lessons only.
WHOLE = (
    _with_homework(with_seat(lines()))
    .add_columns(
        topic.value.label("topic"), *HOMEWORK_COLUMNS, Attendance.code, Attendance.reason, Attendance.minutes_late
    )
    .outerjoin(topic, and_(topic.lesson_id == Lesson.id, topic.part == RecordPart.TOPIC.value, is_newest(topic)))
    .outerjoin(
        Attendance,
        and_(
            Attendance.lesson_id == Lesson.id,
            Attendance.student_id == STUDENT,
            Attendance.code != AttendanceCode.PRESENT.value,
            is_newest(Attendance),
        ),
    )
    .order_by(Lesson.starts_at, Lesson.slot, Lesson.id)
)
OF_DAYS = WHOLE.where(Lesson.school_id == SCHOOL, Lesson.on_date >= SINCE, Lesson.on_date <= UNTIL)
OF_SUBJECT = in_own_classes(WHOLE).where(
    Lesson.subject_id == bindparam("subject"),
    Lesson.on_date >= SINCE,
    Lesson.on_date <= UNTIL,
)


def _whole(row: Any) -> WholeLesson:
    absence = None
    if row.code is not None:
        reason = AbsenceReason(row.reason) if row.reason else None
        absence = AbsenceLine(AttendanceCode(row.code), reason, row.minutes_late)
    way = HomeworkWay(row.given_way) if row.given_way else None
    return WholeLesson(line_of(row), row.topic, row.given, way, row.files, row.own, absence)


async def lessons_between(
    uow: Uow, school_id: SchoolId, student_id: PersonId, since: date, until: date
) -> list[WholeLesson]:
    """A student's lessons of a few days, both included, in their order."""
    values = {"school": school_id, "student": student_id, "since": since, "until": until}
    return list({row.id: _whole(row) for row in await uow.execute(OF_DAYS, values)}.values())


async def lessons_of_subject(
    uow: Uow, school_id: SchoolId, student_id: PersonId, subject_id: int, since: date, until: date
) -> list[WholeLesson]:
    """A student's lessons of a subject in a term, in their order."""
    values = {"school": school_id, "student": student_id, "since": since, "until": until}
    rows = await uow.execute(OF_SUBJECT, {**values, "subject": subject_id})
    return list({row.id: _whole(row) for row in rows}.values())


FIRST_DAY = select(func.min(Enrollment.since_on)).where(Enrollment.student_id == STUDENT).scalar_subquery()
# The index of dates is walked until the first lesson that fits; before the student's first day there is none.
# Without an end to the days after, SQLite would rather sort all lessons that the student's classes ever had.
NEAREST = with_seat(select(Lesson.on_date).select_from(Lesson)).where(Lesson.school_id == SCHOOL).limit(1)
AROUND = select(
    NEAREST.where(Lesson.on_date < DAY, Lesson.on_date >= FIRST_DAY)
    .order_by(Lesson.on_date.desc())
    .scalar_subquery()
    .label("before"),
    NEAREST.where(Lesson.on_date > UNTIL, Lesson.on_date <= bindparam("latest", type_=Date))
    .order_by(Lesson.on_date)
    .scalar_subquery()
    .label("after"),
)


async def days_around(
    uow: Uow, school_id: SchoolId, student_id: PersonId, since: date, until: date
) -> tuple[date | None, date | None]:
    """The nearest days with lessons of a student before `since` and, within a year, after `until`."""
    latest = until + min(YEAR, date.max - until)
    values = {"school": school_id, "student": student_id, "day": since, "until": until, "latest": latest}
    row = (await uow.execute(AROUND, values)).one()
    return row.before, row.after


HELD = in_own_classes(with_seat(select(Lesson.id, Lesson.subject_id, Lesson.on_date).select_from(Lesson))).where(
    Lesson.subject_id.in_(SUBJECTS),
    Lesson.on_date >= SINCE,
    Lesson.on_date < UNTIL,
    Lesson.state.not_in(NOT_HELD),
)
GIVEN = _with_homework(select(Lesson.id, Lesson.subject_id, Lesson.on_date, *HOMEWORK_COLUMNS).select_from(Lesson))
GIVEN = GIVEN.where(Lesson.id.in_(IDS)).order_by(Lesson.starts_at, Lesson.id)


@dataclass(frozen=True, slots=True)
class Due:
    """What has to be done for a lesson; `said`: the teacher of the lesson before has said what, or «не задано»."""

    todo: tuple[ToDo, ...]
    said: bool


async def homework_due(
    uow: Uow, school_id: SchoolId, student_id: PersonId, wanted: Collection[tuple[int, date]]
) -> dict[tuple[int, date], Due]:
    """What has to be done by days, for subject and day: the homework of the last earlier day with that subject.

    The student's own homework stands beside the general; nothing of another student's is asked for. What has no lesson
    before it in the last weeks is left out.
    """
    if not wanted:
        return {}
    first, last = min(day for _, day in wanted), max(day for _, day in wanted)
    values = {"school": school_id, "student": student_id, "since": first - LOOK_BACK, "until": last}
    held = await uow.execute(HELD, {**values, "subjects": sorted({subject_id for subject_id, _ in wanted})})
    lessons: dict[tuple[int, date], set[int]] = {}
    for row in held:
        lessons.setdefault((row.subject_id, row.on_date), set()).add(row.id)
    before = {one: _last_before(lessons, *one) for one in wanted}
    ids = {lesson_id for key in before.values() if key is not None for lesson_id in lessons[key]}
    if not ids:
        return {}
    found: dict[tuple[int, date], list[Any]] = {}
    for row in await uow.execute(GIVEN, {"student": student_id, "ids": sorted(ids)}):
        found.setdefault((row.subject_id, row.on_date), []).append(row)
    return {one: _due(found[key]) for one, key in before.items() if key is not None}


def _last_before(lessons: Collection[tuple[int, date]], subject_id: int, day: date) -> tuple[int, date] | None:
    earlier = [on for other, on in lessons if other == subject_id and day - LOOK_BACK <= on < day]
    return (subject_id, max(earlier)) if earlier else None


def _due(rows: Collection[Any]) -> Due:
    todo = [
        ToDo(row.id, row.given, HomeworkWay(row.given_way) if row.given_way else None, row.files)
        for row in rows
        if row.given
    ]
    todo += [
        ToDo(row.id, row.own, HomeworkWay(row.own_way) if row.own_way else None, 0, own=True)
        for row in rows
        if row.own is not None
    ]
    return Due(tuple(todo), any(row.given is not None for row in rows))
