"""What «Мой класс» shows beside attendance: contacts, acknowledgements, the term's marks, lessons of a subject."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from storage.models.control import Verification
from storage.models.family import Acknowledgement, Contact
from storage.models.journal import LessonRecord, LessonWork, Mark
from storage.models.people import Enrollment, Person
from storage.models.school import Subject
from storage.models.timetable import Lesson, LessonAudience
from storage.repositories.lessons import NOT_HELD
from storage.repositories.people import holds_on
from storage.repositories.revisions import is_newest
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import (
    Channel,
    ClassId,
    ContactState,
    LessonId,
    PersonId,
    RecordForm,
    RecordPart,
    SchoolId,
    SubgroupId,
    SubjectId,
    VerificationKind,
    WorkKind,
)

CONTACTS = VerificationKind.CONTACTS.value


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A way to a guardian besides Telegram that stands."""

    channel: Channel
    address: str
    state: ContactState


async def contacts(uow: Uow, person_ids: Collection[PersonId]) -> dict[PersonId, list[ContactRow]]:
    """The ways that stand, by person, as they are tried."""
    question = (
        select(Contact.person_id, Contact.channel, Contact.address, Contact.state)
        .where(Contact.person_id.in_(list(person_ids)), Contact.stopped_at.is_(None))
        .order_by(Contact.rank, Contact.id)
    )
    found: dict[PersonId, list[ContactRow]] = {}
    for row in await uow.execute(question):
        one = ContactRow(Channel(row.channel), row.address, ContactState(row.state))
        found.setdefault(PersonId(row.person_id), []).append(one)
    return found


async def phones(uow: Uow, person_ids: Collection[PersonId]) -> dict[PersonId, tuple[str, str]]:
    """The telephone and e-mail address that the school's lists have of people, «» where they have none."""
    question = select(Person.id, Person.phone, Person.email).where(Person.id.in_(list(person_ids)))
    return {PersonId(row.id): (row.phone or "", row.email or "") for row in await uow.execute(question)}


async def acknowledged_since(uow: Uow, person_ids: Collection[PersonId], since: datetime) -> set[PersonId]:
    """Who of these has pressed «Ознакомлен(а)», or signed, since a moment."""
    question = select(Acknowledgement.person_id).where(
        Acknowledgement.person_id.in_(list(person_ids)), Acknowledgement.at >= since
    )
    return {PersonId(row.person_id) for row in await uow.execute(question)}


@dataclass(frozen=True, slots=True)
class VerifiedContacts:
    """Who (a surname) said when that a class's contacts are right."""

    author: str
    made_at: datetime


async def contacts_verified(uow: Uow, class_id: ClassId) -> VerifiedContacts | None:
    """The last word on a class's contacts (В 4.3.5)."""
    question = (
        select(Person.last_name, Verification.made_at)
        .join(Person, Person.id == Verification.made_by)
        .where(Verification.class_id == class_id, Verification.kind == CONTACTS)
        .order_by(Verification.for_on.desc())
        .limit(1)
    )
    row = (await uow.execute(question)).first()
    return None if row is None else VerifiedContacts(row.last_name, row.made_at)


async def contacts_verified_on(uow: Uow, class_ids: Collection[ClassId]) -> dict[ClassId, date]:
    """The day of the last word on each class's contacts."""
    question = (
        select(Verification.class_id, func.max(Verification.for_on).label("last_on"))
        .where(Verification.class_id.in_(list(class_ids)), Verification.kind == CONTACTS)
        .group_by(Verification.class_id)
    )
    return {ClassId(row.class_id): row.last_on for row in await uow.execute(question)}


async def verify_contacts(
    uow: Uow, school_id: SchoolId, class_id: ClassId, on: date, teacher_id: PersonId, now: datetime
) -> bool:
    """Write down that a class's contacts were verified; False where they were that day."""
    row = {
        "school_id": school_id,
        "class_id": class_id,
        "kind": CONTACTS,
        "for_on": on,
        "made_by": teacher_id,
        "made_at": now,
    }
    return await add_unless_there(uow, Verification, row)


@dataclass(frozen=True, slots=True)
class SubjectMark:
    """A mark of a term: whose, in what, of which kind."""

    student_id: PersonId
    subject_id: SubjectId
    subject: str
    value: str
    kind: WorkKind


async def marks_of_class(uow: Uow, class_id: ClassId, since: date, until: date, today: date) -> list[SubjectMark]:
    """The marks that stand of all who are in a class today, in every subject kept here, by subject."""
    question = (
        select(Mark.student_id, Subject.id, Subject.name, Mark.value, LessonWork.kind)
        .select_from(Enrollment)
        .join(Mark, and_(Mark.student_id == Enrollment.student_id, is_newest(Mark), Mark.value.is_not(None)))
        .join(LessonWork, LessonWork.id == Mark.work_id)
        .join(Lesson, Lesson.id == LessonWork.lesson_id)
        .join(Subject, Subject.id == Lesson.subject_id)
        .where(
            Enrollment.class_id == class_id,
            holds_on(Enrollment.since_on, Enrollment.until_on, today),
            Lesson.on_date >= since,
            Lesson.on_date <= until,
            Lesson.state.not_in(NOT_HELD),
            Subject.record_form == RecordForm.ELECTRONIC.value,
        )
        .order_by(Subject.name)
    )
    return [
        SubjectMark(row.student_id, row.id, row.name, row.value, WorkKind(row.kind))
        for row in await uow.execute(question)
    ]


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A held lesson of a class in a subject: its topic and homework, None where nothing is entered."""

    lesson_id: LessonId
    on_date: date
    slot: int
    topic: str | None
    homework: str | None


async def lessons_of(
    uow: Uow,
    school_id: SchoolId,
    class_id: ClassId,
    subgroup_id: SubgroupId | None,
    subject_id: SubjectId,
    since: date,
    until: date,
) -> list[LessonLine]:
    """The held lessons of a class, or subgroup, in a subject within days, the newest first."""
    topic, homework = aliased(LessonRecord, name="seen_topic"), aliased(LessonRecord, name="seen_homework")
    question = (
        select(
            Lesson.id,
            Lesson.on_date,
            Lesson.slot,
            topic.value.label("topic"),
            homework.value.label("homework"),
        )
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .outerjoin(topic, and_(topic.lesson_id == Lesson.id, topic.part == RecordPart.TOPIC.value, is_newest(topic)))
        .outerjoin(
            homework,
            and_(homework.lesson_id == Lesson.id, homework.part == RecordPart.HOMEWORK.value, is_newest(homework)),
        )
        .where(
            Lesson.school_id == school_id,
            Lesson.subject_id == subject_id,
            Lesson.on_date >= since,
            Lesson.on_date <= until,
            Lesson.state.not_in(NOT_HELD),
            LessonAudience.class_id == class_id,
            LessonAudience.subgroup_id.is_(None) if subgroup_id is None else LessonAudience.subgroup_id == subgroup_id,
        )
        .order_by(Lesson.starts_at.desc(), Lesson.id.desc())
    )
    return [LessonLine(row.id, row.on_date, row.slot, row.topic, row.homework) for row in await uow.execute(question)]
