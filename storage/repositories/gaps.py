"""What is not there yet: records, marks, verifications, plans and lists, asked for a whole school at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from typing import cast as typed

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from storage.models.control import Verification
from storage.models.journal import Attendance, LessonRecord, LessonWork, Mark
from storage.models.people import Enrollment, Homeroom, Person, PersonRole, TelegramAccount
from storage.models.school import AcademicYear, LessonPlan, PlanTopic, SchoolClass, Subgroup, Subject
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher, TimetableEntry, TimetableVersion
from storage.repositories import leave
from storage.repositories.lessons import NOT_HELD, day_ends_at, sits
from storage.repositories.people import holds_on
from storage.repositories.records import is_newest
from storage.repositories.substitutions import hands_over
from storage.uow import Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AccountState,
    AttendanceCode,
    BotId,
    ClassId,
    LessonId,
    PersonId,
    RecordForm,
    RecordPart,
    Role,
    SchoolId,
    SubjectId,
    VerificationKind,
    WorkId,
    WorkKind,
)


@dataclass(frozen=True, slots=True)
class Which:
    """Whose lessons, and which: of days from one to another, begun by `begun_by`; only these, or only those teachers'.

    `levels_without_marks`: of classes that have no homework and no marks (В 3.8).
    """

    school_id: SchoolId
    since: date
    until: date
    begun_by: datetime
    levels_without_marks: Collection[int]
    lesson_ids: Collection[LessonId] | None = None
    teacher_ids: Collection[PersonId] | None = None


@dataclass(slots=True)
class LessonFound:
    """A held lesson of the question, with who answers for it; `audiences`: class names with a subgroup, or none."""

    lesson_id: LessonId
    subject: str
    on_date: date
    slot: int
    starts_at: datetime
    ends_at: datetime
    room: str
    levels: set[int] = field(default_factory=set)
    audiences: set[tuple[str, str]] = field(default_factory=set)
    teachers: set[PersonId] = field(default_factory=set)

    @property
    def audience(self) -> str:
        """«7Б», «7Б (англ. 1)», «7А, 7Б»."""
        return ", ".join(f"{name} ({part})" if part else name for name, part in sorted(self.audiences))


@dataclass(slots=True)
class RecordMissing:
    """A lesson with parts of its record missing; `day_ends_at` where homework is."""

    lesson: LessonFound
    missing: tuple[RecordPart, ...]
    day_ends_at: datetime | None


@dataclass(slots=True)
class MarksMissing:
    """A written work with present students who have no mark; `work_id` None: planned, without a column."""

    lesson: LessonFound
    work_id: WorkId | None
    kind: WorkKind
    checked_at: datetime | None
    left: int


def answers() -> ColumnElement[bool]:
    """That a LessonTeacher answers for its Lesson: on the staff and not away that day, the lesson not handed over."""
    day = typed(date, Lesson.on_date)
    staff = exists().where(
        PersonRole.person_id == LessonTeacher.teacher_id,
        PersonRole.role.in_(sorted(role.value for role in STAFF_ROLES)),
        holds_on(PersonRole.since_on, PersonRole.until_on, day),
    )
    away = leave.away(typed(ColumnElement[int], LessonTeacher.teacher_id), typed(ColumnElement[date], Lesson.on_date))
    return and_(
        staff.correlate(Lesson, LessonTeacher),
        or_(LessonTeacher.substitute.is_(True), ~hands_over(LessonTeacher.teacher_id)),
        ~away.correlate(Lesson, LessonTeacher),
    )


def has_seats() -> ColumnElement[bool]:
    """That somebody sits in the question's Lesson on its day."""
    return (
        exists()
        .where(LessonAudience.lesson_id == Lesson.id)
        .where(Enrollment.class_id == LessonAudience.class_id)
        .where(sits(Enrollment.student_id))
        .correlate(Lesson)
    )


def takes_marks(levels_without: Collection[int]) -> ColumnElement[bool]:
    """That some class in the question's Lesson takes marks and homework (В 3.8)."""
    return (
        exists()
        .where(LessonAudience.lesson_id == Lesson.id)
        .where(SchoolClass.id == LessonAudience.class_id)
        .where(SchoolClass.short_stay.is_(False), SchoolClass.level.not_in(sorted(levels_without)))
        .correlate(Lesson)
    )


def _is_entered(part: RecordPart) -> ColumnElement[bool]:
    record = aliased(LessonRecord)
    return (
        exists()
        .where(
            record.lesson_id == Lesson.id,
            record.part == part.value,
            record.value.is_not(None),
            is_newest(record),
        )
        .correlate(Lesson)
    )


def _held(which: Which) -> list[ColumnElement[bool]]:
    """The lessons of the question: held, electronic, begun, with students."""
    conditions = [
        Lesson.school_id == which.school_id,
        Lesson.on_date >= which.since,
        Lesson.on_date <= which.until,
        Lesson.starts_at <= which.begun_by,
        Lesson.state.not_in(NOT_HELD),
        Subject.record_form == RecordForm.ELECTRONIC.value,
    ]
    if which.lesson_ids is not None:
        conditions.append(Lesson.id.in_(list(which.lesson_ids)))
    if which.teacher_ids is not None:
        theirs = aliased(LessonTeacher)
        conditions.append(
            exists()
            .where(theirs.lesson_id == Lesson.id, theirs.teacher_id.in_(list(which.teacher_ids)))
            .correlate(Lesson)
        )
    return conditions


LESSON = (
    Lesson.id,
    Subject.name.label("subject"),
    Lesson.on_date,
    Lesson.slot,
    Lesson.starts_at,
    Lesson.ends_at,
    Lesson.room,
    LessonTeacher.teacher_id,
    SchoolClass.name.label("class_name"),
    SchoolClass.level,
    Subgroup.name.label("subgroup"),
)


def _around(question: Any) -> Any:
    """The question, which has Lesson and Subject, with a row for every answering teacher and audience."""
    return (
        question.join(LessonTeacher, LessonTeacher.lesson_id == Lesson.id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(SchoolClass, SchoolClass.id == LessonAudience.class_id)
        .outerjoin(Subgroup, Subgroup.id == LessonAudience.subgroup_id)
        .where(answers())
    )


def _gathered(found: dict[Any, LessonFound], key: Any, row: Any) -> LessonFound:
    lesson = found.get(key)
    if lesson is None:
        lesson = found[key] = LessonFound(
            row.id, row.subject, row.on_date, row.slot, row.starts_at, row.ends_at, row.room
        )
    lesson.levels.add(row.level)
    lesson.audiences.add((row.class_name, row.subgroup or ""))
    lesson.teachers.add(row.teacher_id)
    return lesson


async def records_missing(uow: Uow, which: Which) -> list[RecordMissing]:
    """Lessons with topic, attendance or homework missing."""
    topic, attendance, homework = (
        _is_entered(part) for part in (RecordPart.TOPIC, RecordPart.ATTENDANCE, RecordPart.HOMEWORK)
    )
    wants = and_(takes_marks(which.levels_without_marks), ~homework)
    inner = (
        select(
            Lesson.id,
            topic.label("topic"),
            attendance.label("attendance"),
            wants.label("wants_homework"),
        )
        .select_from(Lesson)
        .join(Subject, Subject.id == Lesson.subject_id)
        .where(*_held(which), or_(~topic, ~attendance, wants), has_seats())
        .cte("incomplete")
    )
    question = _around(
        select(*LESSON, inner.c.topic, inner.c.attendance, inner.c.wants_homework, day_ends_at().label("day_ends_at"))
        .select_from(inner)
        .join(Lesson, Lesson.id == inner.c.id)
        .join(Subject, Subject.id == Lesson.subject_id)
    )
    lessons: dict[Any, LessonFound] = {}
    found: dict[int, RecordMissing] = {}
    for row in await uow.execute(question):
        lesson = _gathered(lessons, row.id, row)
        if row.id not in found:
            lacks = (
                (RecordPart.TOPIC, not row.topic),
                (RecordPart.ATTENDANCE, not row.attendance),
                (RecordPart.HOMEWORK, row.wants_homework),
            )
            found[row.id] = RecordMissing(lesson, tuple(part for part, is_so in lacks if is_so), row.day_ends_at)
    return list(found.values())


def _absent() -> ColumnElement[bool]:
    """That the question's Enrollment's student was absent from its Lesson, by the newest word."""
    said, later = aliased(Attendance), aliased(Attendance)
    newest = (
        select(func.max(later.rev))
        .where(later.lesson_id == said.lesson_id, later.student_id == said.student_id)
        .correlate(said)
        .scalar_subquery()
    )
    return (
        exists()
        .where(
            said.lesson_id == Lesson.id,
            said.student_id == Enrollment.student_id,
            said.code == AttendanceCode.ABSENT.value,
            said.rev == newest,
        )
        .correlate(Lesson, Enrollment)
    )


def _has_mark() -> ColumnElement[bool]:
    """That the question's Enrollment's student has a standing mark in its LessonWork."""
    mark, later = aliased(Mark), aliased(Mark)
    newest = (
        select(func.max(later.rev))
        .where(later.work_id == mark.work_id, later.student_id == mark.student_id)
        .correlate(mark)
        .scalar_subquery()
    )
    return (
        exists()
        .where(
            mark.work_id == LessonWork.id,
            mark.student_id == Enrollment.student_id,
            mark.value.is_not(None),
            mark.rev == newest,
        )
        .correlate(LessonWork, Enrollment)
    )


async def marks_missing(
    uow: Uow, which: Which, kinds: Collection[WorkKind], work_ids: Collection[WorkId] | None = None
) -> list[MarksMissing]:
    """Columns of these kinds in which a present student of a class that takes marks has none."""
    inner = (
        select(LessonWork.id.label("work_id"), func.count(Enrollment.student_id.distinct()).label("missing"))
        .select_from(Lesson)
        .join(Subject, Subject.id == Lesson.subject_id)
        .join(LessonWork, LessonWork.lesson_id == Lesson.id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(Enrollment, sits(Enrollment.student_id))
        .where(
            *_held(which),
            LessonWork.kind.in_([kind.value for kind in kinds]),
            takes_marks(which.levels_without_marks),
            ~_has_mark(),
            ~_absent(),
        )
        .group_by(LessonWork.id)
    )
    if work_ids is not None:
        inner = inner.where(LessonWork.id.in_(list(work_ids)))
    blank = inner.cte("blank")
    question = _around(
        select(*LESSON, LessonWork.id.label("work_id"), LessonWork.kind, LessonWork.checked_at, blank.c.missing)
        .select_from(blank)
        .join(LessonWork, LessonWork.id == blank.c.work_id)
        .join(Lesson, Lesson.id == LessonWork.lesson_id)
        .join(Subject, Subject.id == Lesson.subject_id)
    )
    lessons: dict[Any, LessonFound] = {}
    found: dict[int, MarksMissing] = {}
    for row in await uow.execute(question):
        lesson = _gathered(lessons, row.work_id, row)
        found.setdefault(
            row.work_id, MarksMissing(lesson, row.work_id, WorkKind(row.kind), row.checked_at, row.missing)
        )
    return list(found.values())


async def columns_missing(uow: Uow, which: Which, kinds: Collection[WorkKind]) -> list[MarksMissing]:
    """Lessons whose topic of the plan is a written work, and that have no column for it (О 2.6; В 6(2).2)."""
    column = exists().where(LessonWork.lesson_id == Lesson.id, LessonWork.kind == PlanTopic.work_kind)
    question = _around(
        select(*LESSON, PlanTopic.work_kind)
        .select_from(Lesson)
        .join(Subject, Subject.id == Lesson.subject_id)
        .join(
            LessonRecord,
            and_(
                LessonRecord.lesson_id == Lesson.id,
                LessonRecord.part == RecordPart.TOPIC.value,
                LessonRecord.value.is_not(None),
                is_newest(LessonRecord),
            ),
        )
        .join(PlanTopic, PlanTopic.id == LessonRecord.plan_topic_id)
        .where(
            *_held(which),
            PlanTopic.work_kind.in_([kind.value for kind in kinds]),
            ~column.correlate(Lesson, PlanTopic),
            takes_marks(which.levels_without_marks),
            has_seats(),
        )
    )
    lessons: dict[Any, LessonFound] = {}
    found: dict[int, MarksMissing] = {}
    for row in await uow.execute(question):
        lesson = _gathered(lessons, row.id, row)
        found.setdefault(row.id, MarksMissing(lesson, None, WorkKind(row.work_kind), None, 0))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Unverified:
    """A class with its homeroom teacher, and the Mondays of the weeks that were verified."""

    class_id: ClassId
    class_name: str
    teacher_id: PersonId
    since_on: date
    verified: frozenset[date]


async def homerooms(
    uow: Uow, school_id: SchoolId, year_id: int, today: date, mondays: Collection[date]
) -> list[Unverified]:
    """Every homeroom of a year today, with which of these weeks' attendance was verified (В 4.3.6)."""
    done: dict[int, set[date]] = {}
    word = select(Verification.class_id, Verification.for_on).where(
        Verification.school_id == school_id,
        Verification.kind == VerificationKind.ATTENDANCE.value,
        Verification.for_on.in_(sorted(mondays)),
    )
    for row in await uow.execute(word):
        done.setdefault(row.class_id, set()).add(row.for_on)
    question = (
        select(SchoolClass.id, SchoolClass.name, Homeroom.teacher_id, Homeroom.since_on)
        .join(Homeroom, Homeroom.class_id == SchoolClass.id)
        .where(
            SchoolClass.school_id == school_id,
            SchoolClass.year_id == year_id,
            holds_on(Homeroom.since_on, Homeroom.until_on, today),
        )
        .order_by(SchoolClass.level, SchoolClass.name)
    )
    return [
        Unverified(row.id, row.name, row.teacher_id, row.since_on, frozenset(done.get(row.id, ())))
        for row in await uow.execute(question)
    ]


async def weeks_taught(
    uow: Uow, school_id: SchoolId, since: date, until: date, class_ids: Collection[ClassId]
) -> dict[ClassId, set[date]]:
    """On which days from one to another each class has held lessons."""
    question = (
        select(LessonAudience.class_id, Lesson.on_date)
        .join(Lesson, Lesson.id == LessonAudience.lesson_id)
        .join(Subject, Subject.id == Lesson.subject_id)
        .where(
            Lesson.school_id == school_id,
            Lesson.on_date >= since,
            Lesson.on_date <= until,
            Lesson.state.not_in(NOT_HELD),
            Subject.record_form == RecordForm.ELECTRONIC.value,
            LessonAudience.class_id.in_(list(class_ids)),
        )
        .distinct()
    )
    found: dict[ClassId, set[date]] = {}
    for row in await uow.execute(question):
        found.setdefault(row.class_id, set()).add(row.on_date)
    return found


@dataclass(frozen=True, slots=True)
class PlanMissing:
    """A subject of a level that has no plan, with who teaches it."""

    subject_id: SubjectId
    subject: str
    level: int
    teachers: tuple[PersonId, ...]


async def plans_missing(uow: Uow, school_id: SchoolId, year_id: int, since: date, until: date) -> list[PlanMissing]:
    """What is taught from one day to another without a plan of its subject and level (М п.8.1)."""
    plan = (
        exists()
        .where(
            LessonPlan.school_id == school_id,
            LessonPlan.year_id == year_id,
            LessonPlan.subject_id == Lesson.subject_id,
            LessonPlan.level == SchoolClass.level,
            PlanTopic.plan_id == LessonPlan.id,
            PlanTopic.gone_at.is_(None),
        )
        .correlate(Lesson, SchoolClass)
    )
    question = (
        select(Subject.id, Subject.name, SchoolClass.level, LessonTeacher.teacher_id)
        .distinct()
        .select_from(Lesson)
        .join(Subject, Subject.id == Lesson.subject_id)
        .join(LessonTeacher, and_(LessonTeacher.lesson_id == Lesson.id, LessonTeacher.substitute.is_(False)))
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(SchoolClass, SchoolClass.id == LessonAudience.class_id)
        .where(
            Lesson.school_id == school_id,
            Lesson.year_id == year_id,
            Lesson.on_date >= since,
            Lesson.on_date <= until,
            Lesson.state.not_in(NOT_HELD),
            Subject.record_form == RecordForm.ELECTRONIC.value,
            SchoolClass.short_stay.is_(False),
            ~plan,
        )
        .order_by(SchoolClass.level, Subject.name, LessonTeacher.teacher_id)
    )
    teachers: dict[tuple[int, str, int], list[PersonId]] = {}
    for row in await uow.execute(question):
        teachers.setdefault((row.id, row.name, row.level), []).append(row.teacher_id)
    return [PlanMissing(SubjectId(key[0]), key[1], key[2], tuple(who)) for key, who in teachers.items()]


@dataclass(frozen=True, slots=True)
class Preparing:
    """The school year that is on or about to begin."""

    year_id: int
    starts_on: date
    ends_on: date


async def year_on(uow: Uow, school_id: SchoolId, ahead: date) -> Preparing | None:
    """The last year that begins until a day."""
    question = (
        select(AcademicYear.id, AcademicYear.starts_on, AcademicYear.ends_on)
        .where(AcademicYear.school_id == school_id, AcademicYear.starts_on <= ahead)
        .order_by(AcademicYear.starts_on.desc())
        .limit(1)
    )
    row = (await uow.execute(question)).first()
    return None if row is None else Preparing(*row)


async def classes_without(uow: Uow, year_id: int, on: date) -> tuple[list[str], list[str]]:
    """The classes of a year that nobody is enrolled in on a day, and those that no lesson is laid out for."""
    enrolled = exists().where(
        Enrollment.class_id == SchoolClass.id, holds_on(Enrollment.since_on, Enrollment.until_on, on)
    )
    taught = exists().where(LessonAudience.class_id == SchoolClass.id)
    question = (
        select(
            SchoolClass.name,
            enrolled.correlate(SchoolClass).label("enrolled"),
            taught.correlate(SchoolClass).label("taught"),
        )
        .where(SchoolClass.year_id == year_id)
        .order_by(SchoolClass.level, SchoolClass.name)
    )
    rows = (await uow.execute(question)).all()
    return [row.name for row in rows if not row.enrolled], [row.name for row in rows if not row.taught]


async def weekdays_taught(uow: Uow, school_id: SchoolId, year_id: int) -> set[int]:
    """The weekdays on which the timetable of a year has lessons, 0 Monday."""
    question = (
        select(TimetableEntry.weekday)
        .join(TimetableVersion, TimetableVersion.id == TimetableEntry.version_id)
        .where(
            TimetableEntry.school_id == school_id, TimetableVersion.year_id == year_id, TimetableEntry.gone_at.is_(None)
        )
        .distinct()
    )
    return {row.weekday for row in await uow.execute(question)}


async def in_office(uow: Uow, school_id: SchoolId, roles: Collection[Role], today: date) -> set[PersonId]:
    """Who holds one of these roles today."""
    question = select(PersonRole.person_id).where(
        PersonRole.school_id == school_id,
        PersonRole.role.in_(sorted(role.value for role in roles)),
        holds_on(PersonRole.since_on, PersonRole.until_on, today),
    )
    return {row.person_id for row in await uow.execute(question)}


async def gone(uow: Uow, person_ids: Collection[PersonId], today: date) -> set[PersonId]:
    """Which of these people have left the staff by today."""
    if not person_ids:
        return set()
    question = select(PersonRole.person_id).where(
        PersonRole.person_id.in_(list(person_ids)),
        PersonRole.role.in_(sorted(role.value for role in STAFF_ROLES)),
        or_(PersonRole.until_on.is_(None), PersonRole.until_on > today),
    )
    return set(person_ids) - {row.person_id for row in await uow.execute(question)}


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody of the staff."""

    person_id: PersonId
    last_name: str
    first_name: str
    middle_name: str


async def names(uow: Uow, person_ids: Collection[PersonId]) -> list[Named]:
    """These people, by name."""
    if not person_ids:
        return []
    question = (
        select(Person.id, Person.last_name, Person.first_name, Person.middle_name)
        .where(Person.id.in_(list(person_ids)))
        .order_by(Person.key, Person.id)
    )
    return [Named(*row) for row in await uow.execute(question)]


async def bots(uow: Uow, person_ids: Iterable[PersonId], today: date) -> dict[PersonId, BotId]:
    """At which bot each of these people on the staff has an active account."""
    staff = exists().where(
        PersonRole.person_id == TelegramAccount.person_id,
        PersonRole.role.in_(sorted(role.value for role in STAFF_ROLES)),
        holds_on(PersonRole.since_on, PersonRole.until_on, today),
    )
    question = select(TelegramAccount.person_id, TelegramAccount.bot_id).where(
        TelegramAccount.person_id.in_(list(person_ids)),
        TelegramAccount.state == AccountState.ACTIVE.value,
        staff.correlate(TelegramAccount),
    )
    return {row.person_id: row.bot_id for row in await uow.execute(question)}
