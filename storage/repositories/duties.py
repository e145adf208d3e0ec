"""What isn't one lesson's: verifications, plans, class lists, sections of the journal; and who answers for them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, exists, or_, select

from storage.models.control import Verification
from storage.models.people import Enrollment, Homeroom, Person, PersonRole, TelegramAccount
from storage.models.school import AcademicYear, LessonPlan, PlanTopic, SchoolClass, Subject
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher, TimetableEntry, TimetableVersion
from storage.repositories.lessons import NOT_HELD
from storage.repositories.people import holds_on
from storage.repositories.row_by_row import row_by_row
from storage.uow import Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AccountState,
    BotId,
    ClassId,
    PersonId,
    RecordForm,
    Role,
    SchoolId,
    SubjectId,
    VerificationKind,
)


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
            ~row_by_row(plan),
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
    school_id: SchoolId
    last_name: str
    first_name: str
    middle_name: str


async def names(uow: Uow, person_ids: Collection[PersonId]) -> list[Named]:
    """These people, by name."""
    if not person_ids:
        return []
    question = (
        select(Person.id, Person.school_id, Person.last_name, Person.first_name, Person.middle_name)
        .where(Person.id.in_(list(person_ids)))
        .order_by(Person.key, Person.id)
    )
    return [Named(*row) for row in await uow.execute(question)]


async def connected(uow: Uow, school_id: SchoolId) -> set[PersonId]:
    """Whoever of a school has an active account."""
    question = select(TelegramAccount.person_id).where(
        TelegramAccount.school_id == school_id, TelegramAccount.state == AccountState.ACTIVE.value
    )
    return {row.person_id for row in await uow.execute(question)}


async def bots(uow: Uow, person_ids: Iterable[PersonId], today: date) -> dict[PersonId, BotId]:
    """At which bot each of these people, who hasn't left the staff, has an active account."""
    staff = exists().where(
        PersonRole.person_id == TelegramAccount.person_id,
        PersonRole.role.in_(sorted(role.value for role in STAFF_ROLES)),
        or_(PersonRole.until_on.is_(None), PersonRole.until_on > today),
    )
    question = select(TelegramAccount.person_id, TelegramAccount.bot_id).where(
        TelegramAccount.person_id.in_(list(person_ids)),
        TelegramAccount.state == AccountState.ACTIVE.value,
        staff.correlate(TelegramAccount),
    )
    return {row.person_id: row.bot_id for row in await uow.execute(question)}
