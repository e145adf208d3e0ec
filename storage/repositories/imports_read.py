"""What an import is compared with: the school as it stands, whole, as plain values."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from storage.models.people import Enrollment, Guardianship, Homeroom, Person, PersonRole, SubgroupMember
from storage.models.school import LessonPlan, PlanTopic, SchoolClass, Subgroup, Subject
from storage.models.timetable import EntryTeacher, TimetableEntry, TimetableVersion
from storage.uow import Uow
from storage.vocabulary import SchoolId


@dataclass(frozen=True, slots=True)
class KnownClass:
    """A class of the year."""

    id: int
    name: str
    key: str
    level: int
    short_stay: bool
    external_id: str | None


@dataclass(frozen=True, slots=True)
class KnownSubject:
    """A subject of the school."""

    id: int
    name: str
    key: str


@dataclass(frozen=True, slots=True)
class KnownSubgroup:
    """A part of a class."""

    id: int
    class_id: int
    name: str
    key: str
    division: str


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person with the roles that are not ended; `former`: those that are."""

    id: int
    last_name: str
    first_name: str
    middle_name: str
    key: str
    birth_on: date | None
    phone: str | None
    email: str | None
    external_id: str | None
    roles: frozenset[str]
    former: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownTie:
    """A tie that is not ended: student and class, student and subgroup, or teacher and homeroom class."""

    id: int
    person_id: int
    to_id: int
    since_on: date


@dataclass(frozen=True, slots=True)
class KnownGuardianship:
    """A guardianship that is not ended."""

    id: int
    guardian_id: int
    student_id: int
    relation: str
    application: str | None
    application_on: date | None
    consent_on: date | None


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """A timetable version in force from a day."""

    id: int
    valid_from: date
    digest: str
    week_count: int


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """A place in the week that is not gone."""

    id: int
    key: str
    room: str
    teachers: frozenset[int]


@dataclass(frozen=True, slots=True)
class KnownTopic:
    """A topic of a plan that is not gone."""

    id: int
    ordinal: int
    title: str
    hours: int
    work_kind: str | None


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A plan of a subject for a level, with the topics that stand in it and those that are gone."""

    id: int
    subject_id: int
    level: int
    topics: list[KnownTopic]
    gone: list[KnownTopic]
    curriculum_hours: int | None = None


@dataclass(frozen=True)
class Known:
    """The school as it stands in one year."""

    classes: list[KnownClass]
    subjects: list[KnownSubject]
    subgroups: list[KnownSubgroup]
    people: list[KnownPerson]
    enrollments: list[KnownTie]
    members: list[KnownTie]
    homerooms: list[KnownTie]
    guardianships: list[KnownGuardianship]
    versions: list[KnownVersion]
    entries: dict[int, list[KnownEntry]] = field(default_factory=dict)


async def load(uow: Uow, school_id: SchoolId, year_id: int) -> Known:
    """The school with its classes of a year."""
    classes = (
        select(
            SchoolClass.id,
            SchoolClass.name,
            SchoolClass.key,
            SchoolClass.level,
            SchoolClass.short_stay,
            SchoolClass.external_id,
        )
        .where(SchoolClass.year_id == year_id)
        .order_by(SchoolClass.id)
    )
    subgroups = (
        select(Subgroup.id, Subgroup.class_id, Subgroup.name, Subgroup.key, Subgroup.division)
        .join(SchoolClass, SchoolClass.id == Subgroup.class_id)
        .where(SchoolClass.year_id == year_id)
        .order_by(Subgroup.id)
    )
    enrollments = (
        select(Enrollment.id, Enrollment.student_id, Enrollment.class_id, Enrollment.since_on)
        .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .where(SchoolClass.year_id == year_id, Enrollment.until_on.is_(None))
        .order_by(Enrollment.id)
    )
    members = (
        select(SubgroupMember.id, SubgroupMember.student_id, SubgroupMember.subgroup_id, SubgroupMember.since_on)
        .join(Subgroup, Subgroup.id == SubgroupMember.subgroup_id)
        .join(SchoolClass, SchoolClass.id == Subgroup.class_id)
        .where(SchoolClass.year_id == year_id, SubgroupMember.until_on.is_(None))
        .order_by(SubgroupMember.id)
    )
    homerooms = (
        select(Homeroom.id, Homeroom.teacher_id, Homeroom.class_id, Homeroom.since_on)
        .join(SchoolClass, SchoolClass.id == Homeroom.class_id)
        .where(SchoolClass.year_id == year_id, Homeroom.until_on.is_(None))
        .order_by(Homeroom.id)
    )
    guardianships = (
        select(
            Guardianship.id,
            Guardianship.guardian_id,
            Guardianship.student_id,
            Guardianship.relation,
            Guardianship.application,
            Guardianship.application_on,
            Guardianship.consent_on,
        )
        .where(Guardianship.school_id == school_id, Guardianship.until_on.is_(None))
        .order_by(Guardianship.id)
    )
    versions = (
        select(
            TimetableVersion.id,
            TimetableVersion.valid_from,
            TimetableVersion.source_digest,
            TimetableVersion.week_count,
        )
        .where(TimetableVersion.year_id == year_id, TimetableVersion.valid_from.is_not(None))
        .order_by(TimetableVersion.valid_from)
    )
    return Known(
        classes=[KnownClass(*row) for row in await uow.execute(classes)],
        subjects=await load_subjects(uow, school_id),
        subgroups=[KnownSubgroup(*row) for row in await uow.execute(subgroups)],
        people=await _people(uow, school_id),
        enrollments=[KnownTie(*row) for row in await uow.execute(enrollments)],
        members=[KnownTie(*row) for row in await uow.execute(members)],
        homerooms=[KnownTie(*row) for row in await uow.execute(homerooms)],
        guardianships=[KnownGuardianship(*row) for row in await uow.execute(guardianships)],
        versions=[KnownVersion(*row) for row in await uow.execute(versions)],
        entries=await _entries(uow, year_id),
    )


async def _people(uow: Uow, school_id: SchoolId) -> list[KnownPerson]:
    roles: defaultdict[int, set[str]] = defaultdict(set)
    former: defaultdict[int, set[str]] = defaultdict(set)
    held = select(PersonRole.person_id, PersonRole.role, PersonRole.until_on).where(PersonRole.school_id == school_id)
    for person_id, role, until_on in await uow.execute(held):
        (roles if until_on is None else former)[person_id].add(role)
    people = (
        select(
            Person.id,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            Person.key,
            Person.birth_on,
            Person.phone,
            Person.email,
            Person.external_id,
        )
        .where(Person.school_id == school_id)
        .order_by(Person.id)
    )
    return [
        KnownPerson(
            id=row.id,
            last_name=row.last_name,
            first_name=row.first_name,
            middle_name=row.middle_name,
            key=row.key,
            birth_on=row.birth_on,
            phone=row.phone,
            email=row.email,
            external_id=row.external_id,
            roles=frozenset(roles[row.id]),
            former=frozenset(former[row.id]),
        )
        for row in await uow.execute(people)
    ]


async def _entries(uow: Uow, year_id: int) -> dict[int, list[KnownEntry]]:
    in_force = (
        TimetableVersion.year_id == year_id,
        TimetableVersion.valid_from.is_not(None),
        TimetableEntry.gone_at.is_(None),
    )
    teachers: defaultdict[int, set[int]] = defaultdict(set)
    for entry_id, teacher_id in await uow.execute(
        select(EntryTeacher.entry_id, EntryTeacher.teacher_id)
        .join(TimetableEntry, TimetableEntry.id == EntryTeacher.entry_id)
        .join(TimetableVersion, TimetableVersion.id == TimetableEntry.version_id)
        .where(*in_force)
    ):
        teachers[entry_id].add(teacher_id)
    found: defaultdict[int, list[KnownEntry]] = defaultdict(list)
    rows = (
        select(TimetableEntry.id, TimetableEntry.version_id, TimetableEntry.key, TimetableEntry.room)
        .join(TimetableVersion, TimetableVersion.id == TimetableEntry.version_id)
        .where(*in_force)
    )
    for row in await uow.execute(rows):
        found[row.version_id].append(KnownEntry(row.id, row.key, row.room, frozenset(teachers[row.id])))
    return found


async def load_subjects(uow: Uow, school_id: SchoolId) -> list[KnownSubject]:
    """The school's subjects."""
    subjects = select(Subject.id, Subject.name, Subject.key).where(Subject.school_id == school_id)
    return [KnownSubject(*row) for row in await uow.execute(subjects)]


async def load_plans(uow: Uow, school_id: SchoolId, year_id: int) -> list[KnownPlan]:
    """The plans of a year."""
    plans = {
        row.id: KnownPlan(row.id, row.subject_id, row.level, [], [], row.curriculum_hours)
        for row in await uow.execute(
            select(LessonPlan.id, LessonPlan.subject_id, LessonPlan.level, LessonPlan.curriculum_hours).where(
                LessonPlan.school_id == school_id, LessonPlan.year_id == year_id
            )
        )
    }
    topics = (
        select(
            PlanTopic.plan_id,
            PlanTopic.id,
            PlanTopic.ordinal,
            PlanTopic.title,
            PlanTopic.hours,
            PlanTopic.work_kind,
            PlanTopic.gone_at,
        )
        .join(LessonPlan, LessonPlan.id == PlanTopic.plan_id)
        .where(LessonPlan.school_id == school_id, LessonPlan.year_id == year_id)
    )
    for row in await uow.execute(topics):
        plan = plans[row.plan_id]
        side = plan.topics if row.gone_at is None else plan.gone
        side.append(KnownTopic(row.id, row.ordinal, row.title, row.hours, row.work_kind))
    return list(plans.values())
