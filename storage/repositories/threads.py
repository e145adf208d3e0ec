"""Correspondence: threads as somebody stands to them, their entries, what was read, and whom a family may write to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased

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
from storage.models.school import AcademicYear, SchoolClass, Subject
from storage.models.threads import Thread, ThreadEntry, ThreadRead
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories import recipients
from storage.repositories.homework import NewFile
from storage.repositories.people import holds_on
from storage.repositories.upsert import insert_into
from storage.uow import Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AccountState,
    FileKind,
    PersonId,
    Relation,
    SchoolId,
    ThreadEntryKind,
    ThreadId,
    ThreadSide,
)

Student, Family, Teacher, To = aliased(Person), aliased(Person), aliased(Person), aliased(Person)
STAFF = [role.value for role in sorted(STAFF_ROLES)]


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its parts."""

    last: str
    first: str
    middle: str


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread and what its two sides may today.

    `teacher` None: the administration; `relation` None: the student writes. `family_may`: the family's right stands;
    `teacher_may`: the teacher teaches the student or leads the class; True for the administration. `unread`: entries
    that the asker has not opened.
    """

    id: ThreadId
    school_id: SchoolId
    student_id: PersonId
    family_id: PersonId
    teacher_id: PersonId | None
    complained_at: datetime | None
    last_at: datetime
    student: Name
    family: Name
    teacher: Name | None
    class_name: str
    relation: Relation | None
    family_may: bool
    teacher_may: bool
    unread: int


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry of a thread; `to` of a hand-over: the teacher, None the administration."""

    id: int
    thread_id: ThreadId
    kind: ThreadEntryKind
    side: ThreadSide
    author_id: PersonId
    author: Name
    text: str
    file_kind: FileKind | None
    file_id: str
    file_name: str
    to: Name | None
    at: datetime


@dataclass(frozen=True, slots=True)
class TeacherRow:
    """Somebody a family may write to; `subjects` taught to the student, by name. `connected`: has a chat."""

    id: PersonId
    name: Name
    subjects: tuple[str, ...]
    homeroom: bool
    connected: bool


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to add."""

    thread_id: ThreadId
    kind: ThreadEntryKind
    side: ThreadSide
    author_id: PersonId
    text: str
    at: datetime
    file: NewFile | None = None
    to_id: PersonId | None = None


def _enrolled(student: Any, today: date) -> ColumnElement[bool]:
    return and_(Enrollment.student_id == student, holds_on(Enrollment.since_on, Enrollment.until_on, today))


def _leads(teacher: Any, student: Any, today: date) -> ColumnElement[bool]:
    return exists().where(
        _enrolled(student, today),
        Homeroom.class_id == Enrollment.class_id,
        Homeroom.teacher_id == teacher,
        holds_on(Homeroom.since_on, Homeroom.until_on, today),
    )


def _taught(student: Any, today: date, since: date) -> list[ColumnElement[bool]]:
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
        _enrolled(student, today),
        LessonAudience.class_id == Enrollment.class_id,
        or_(LessonAudience.subgroup_id.is_(None), member.correlate(LessonAudience, Thread)),
    ]


def _employed(teacher: Any, today: date) -> ColumnElement[bool]:
    return exists().where(
        PersonRole.person_id == teacher,
        PersonRole.role.in_(STAFF),
        holds_on(PersonRole.since_on, PersonRole.until_on, today),
    )


def _teacher_may(today: date, since: date) -> ColumnElement[bool]:
    teaches = exists().where(LessonTeacher.teacher_id == Thread.teacher_id, *_taught(Thread.student_id, today, since))
    leads = _leads(Thread.teacher_id, Thread.student_id, today)
    stands = and_(
        _employed(Thread.teacher_id, today).correlate(Thread), or_(teaches.correlate(Thread), leads.correlate(Thread))
    )
    return or_(Thread.teacher_id.is_(None), stands)


def _family_may(today: date) -> ColumnElement[bool]:
    guards = exists().where(
        Guardianship.guardian_id == Thread.family_id,
        Guardianship.student_id == Thread.student_id,
        recipients.rests(today),
    )
    learns = exists().where(_enrolled(Thread.student_id, today))
    own = Thread.family_id == Thread.student_id
    return and_(learns.correlate(Thread), or_(own, guards.correlate(Thread)))


def _unread(reader: PersonId) -> Any:
    up_to = (
        select(ThreadRead.up_to)
        .where(ThreadRead.thread_id == Thread.id, ThreadRead.person_id == reader)
        .correlate(Thread)
        .scalar_subquery()
    )
    return (
        select(func.count())
        .select_from(ThreadEntry)
        .where(
            ThreadEntry.thread_id == Thread.id,
            ThreadEntry.author_id != reader,
            ThreadEntry.id > func.coalesce(up_to, 0),
        )
        .correlate(Thread)
        .scalar_subquery()
    )


def _threads(school_id: SchoolId, reader: PersonId, today: date, since: date) -> Select[Any]:
    class_name = (
        select(SchoolClass.name)
        .join(Enrollment, Enrollment.class_id == SchoolClass.id)
        .where(_enrolled(Thread.student_id, today))
        .order_by(Enrollment.since_on.desc())
        .limit(1)
        .correlate(Thread)
        .scalar_subquery()
    )
    relation = (
        select(Guardianship.relation)
        .where(Guardianship.guardian_id == Thread.family_id, Guardianship.student_id == Thread.student_id)
        .order_by(Guardianship.since_on.desc(), Guardianship.id.desc())
        .limit(1)
        .correlate(Thread)
        .scalar_subquery()
    )
    return (
        select(
            Thread.id,
            Thread.school_id,
            Thread.student_id,
            Thread.family_id,
            Thread.teacher_id,
            Thread.complained_at,
            Thread.last_at,
            *_name(Student, "student"),
            *_name(Family, "family"),
            *_name(Teacher, "teacher"),
            class_name.label("class_name"),
            relation.label("relation"),
            _family_may(today).label("family_may"),
            _teacher_may(today, since).label("teacher_may"),
            _unread(reader).label("unread"),
        )
        .join(Student, Student.id == Thread.student_id)
        .join(Family, Family.id == Thread.family_id)
        .outerjoin(Teacher, Teacher.id == Thread.teacher_id)
        .where(Thread.school_id == school_id)
    )


def _name(person: Any, prefix: str) -> list[Any]:
    return [getattr(person, f"{part}_name").label(f"{prefix}_{part}") for part in ("last", "first", "middle")]


def _named(row: Any, prefix: str) -> Name:
    return Name(*(getattr(row, f"{prefix}_{part}") for part in ("last", "first", "middle")))


def _row(row: Any) -> ThreadRow:
    return ThreadRow(
        id=row.id,
        school_id=row.school_id,
        student_id=row.student_id,
        family_id=row.family_id,
        teacher_id=row.teacher_id,
        complained_at=row.complained_at,
        last_at=row.last_at,
        student=_named(row, "student"),
        family=_named(row, "family"),
        teacher=None if row.teacher_id is None else _named(row, "teacher"),
        class_name=row.class_name or "",
        relation=None if row.relation is None else Relation(row.relation),
        family_may=bool(row.family_may),
        teacher_may=bool(row.teacher_may),
        unread=row.unread,
    )


async def find(
    uow: Uow, thread_id: ThreadId, school_id: SchoolId, reader: PersonId, today: date, since: date
) -> ThreadRow | None:
    """A thread of the school; `since`: whose lessons count as teaching a student."""
    question = _threads(school_id, reader, today, since).where(Thread.id == thread_id)
    row = (await uow.execute(question)).first()
    return None if row is None else _row(row)


async def listed(
    uow: Uow, school_id: SchoolId, reader: PersonId, today: date, since: date, *, office: bool, limit: int
) -> list[ThreadRow]:
    """The threads somebody is a side of, and may read today, the newest first; `office`: the administration's too."""
    sides = [
        and_(Thread.family_id == reader, _family_may(today)),
        and_(Thread.teacher_id == reader, _teacher_may(today, since)),
    ]
    if office:
        sides.append(
            and_(Thread.family_id != reader, or_(Thread.teacher_id.is_(None), Thread.complained_at.is_not(None)))
        )
    question = _threads(school_id, reader, today, since).where(or_(*sides))
    rows = await uow.execute(question.order_by(Thread.last_at.desc(), Thread.id.desc()).limit(limit))
    return [_row(row) for row in rows]


async def latest(uow: Uow, student_id: PersonId, family_id: PersonId, teacher_id: PersonId | None) -> ThreadId | None:
    """The newest thread of these two sides about a student."""
    question = (
        select(Thread.id)
        .where(
            Thread.family_id == family_id,
            Thread.student_id == student_id,
            Thread.teacher_id.is_not_distinct_from(teacher_id),
        )
        .order_by(Thread.last_at.desc(), Thread.id.desc())
    )
    row = (await uow.execute(question.limit(1))).first()
    return None if row is None else ThreadId(row.id)


async def open_thread(
    uow: Uow,
    school_id: SchoolId,
    student_id: PersonId,
    family_id: PersonId,
    teacher_id: PersonId | None,
    now: datetime,
) -> ThreadId:
    """A new thread; its id."""
    row = {
        "school_id": school_id,
        "student_id": student_id,
        "family_id": family_id,
        "teacher_id": teacher_id,
        "opened_at": now,
        "last_at": now,
    }
    return ThreadId((await uow.execute(insert(Thread).values(row).returning(Thread.id))).scalar_one())


async def add_entry(uow: Uow, new: NewEntry) -> int:
    """An entry, which is its thread's newest; its id."""
    row = {
        "thread_id": new.thread_id,
        "kind": new.kind.value,
        "side": new.side.value,
        "author_id": new.author_id,
        "text": new.text,
        "file_kind": None if new.file is None else new.file.kind.value,
        "file_id": None if new.file is None else new.file.file_id,
        "file_name": "" if new.file is None else new.file.name,
        "to_id": new.to_id,
        "at": new.at,
    }
    made: int = (await uow.execute(insert(ThreadEntry).values(row).returning(ThreadEntry.id))).scalar_one()
    await uow.write(update(Thread).where(Thread.id == new.thread_id).values(last_at=new.at))
    return made


async def hand_over(uow: Uow, thread_id: ThreadId, holder: PersonId | None, to: PersonId | None) -> bool:
    """Give a thread another teacher (None: the administration); False where it isn't its holder's any more."""
    moved = update(Thread).where(Thread.id == thread_id, Thread.teacher_id.is_not_distinct_from(holder))
    return await uow.write(moved.values(teacher_id=to)) > 0


async def complain(uow: Uow, thread_id: ThreadId, now: datetime) -> bool:
    """The administration sees the thread from now on; False where it does already."""
    asked = update(Thread).where(Thread.id == thread_id, Thread.complained_at.is_(None))
    return await uow.write(asked.values(complained_at=now)) > 0


def _entries(*conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            ThreadEntry.id,
            ThreadEntry.thread_id,
            ThreadEntry.kind,
            ThreadEntry.side,
            ThreadEntry.author_id,
            *_name(Person, "author"),
            ThreadEntry.text,
            ThreadEntry.file_kind,
            ThreadEntry.file_id,
            ThreadEntry.file_name,
            ThreadEntry.to_id,
            *_name(To, "to"),
            ThreadEntry.at,
        )
        .join(Person, Person.id == ThreadEntry.author_id)
        .outerjoin(To, To.id == ThreadEntry.to_id)
        .where(*conditions)
    )


def _entry(row: Any) -> EntryRow:
    return EntryRow(
        id=row.id,
        thread_id=row.thread_id,
        kind=ThreadEntryKind(row.kind),
        side=ThreadSide(row.side),
        author_id=row.author_id,
        author=_named(row, "author"),
        text=row.text,
        file_kind=None if row.file_kind is None else FileKind(row.file_kind),
        file_id=row.file_id or "",
        file_name=row.file_name,
        to=None if row.to_id is None else _named(row, "to"),
        at=row.at,
    )


async def entries(uow: Uow, thread_id: ThreadId, limit: int) -> list[EntryRow]:
    """The newest entries of a thread, the newest first."""
    question = _entries(ThreadEntry.thread_id == thread_id).order_by(ThreadEntry.id.desc()).limit(limit)
    return [_entry(row) for row in await uow.execute(question)]


async def entries_by_id(uow: Uow, thread_id: ThreadId, ids: Sequence[int]) -> list[EntryRow]:
    """These entries of a thread, the oldest first."""
    question = _entries(ThreadEntry.thread_id == thread_id, ThreadEntry.id.in_(ids)).order_by(ThreadEntry.id)
    return [_entry(row) for row in await uow.execute(question)]


async def entry(uow: Uow, entry_id: int) -> EntryRow | None:
    """One entry, of whatever thread."""
    row = (await uow.execute(_entries(ThreadEntry.id == entry_id))).first()
    return None if row is None else _entry(row)


async def written_since(uow: Uow, thread_id: ThreadId, author_id: PersonId, since: datetime) -> list[datetime]:
    """When somebody wrote into a thread since a moment, the oldest first."""
    question = select(ThreadEntry.at).where(
        ThreadEntry.thread_id == thread_id, ThreadEntry.author_id == author_id, ThreadEntry.at > since
    )
    return [row.at for row in await uow.execute(question.order_by(ThreadEntry.at))]


async def note_read(uow: Uow, thread_id: ThreadId, person_id: PersonId, up_to: int, now: datetime) -> None:
    """Somebody has opened a thread up to an entry; never less than before."""
    row = insert_into(uow, ThreadRead).values(thread_id=thread_id, person_id=person_id, up_to=up_to, at=now)
    newer = row.excluded.up_to > ThreadRead.up_to
    await uow.write(
        row.on_conflict_do_update(
            index_elements=[ThreadRead.thread_id, ThreadRead.person_id],
            set_={
                "up_to": case((newer, row.excluded.up_to), else_=ThreadRead.up_to),
                "at": case((newer, row.excluded.at), else_=ThreadRead.at),
            },
        )
    )


async def reads(uow: Uow, thread_id: ThreadId) -> dict[PersonId, int]:
    """Up to which entry each reader has opened a thread."""
    question = select(ThreadRead.person_id, ThreadRead.up_to).where(ThreadRead.thread_id == thread_id)
    return {PersonId(row.person_id): row.up_to for row in await uow.execute(question)}


async def teachers_of(
    uow: Uow, school_id: SchoolId, student_id: PersonId, today: date, since: date
) -> list[TeacherRow]:
    """Who teaches a student, with the subjects; the homeroom teacher comes first."""
    taught = (
        select(LessonTeacher.teacher_id, Subject.name)
        .select_from(LessonTeacher)
        .join(Lesson, Lesson.id == LessonTeacher.lesson_id)
        .join(AcademicYear, AcademicYear.id == Lesson.year_id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(Enrollment, Enrollment.class_id == LessonAudience.class_id)
        .join(Subject, Subject.id == Lesson.subject_id)
        .where(*_taught(student_id, today, since), Lesson.school_id == school_id)
        .distinct()
    )
    subjects: dict[int, list[str]] = {}
    for teacher_id, subject in await uow.execute(taught):
        subjects.setdefault(teacher_id, []).append(subject)
    leads = _leads(Person.id, student_id, today).correlate(Person)
    chat = exists().where(TelegramAccount.person_id == Person.id, TelegramAccount.state == AccountState.ACTIVE.value)
    question = (
        select(Person.id, *_name(Person, "own"), leads.label("leads"), chat.correlate(Person).label("chat"))
        .where(
            Person.school_id == school_id,
            or_(Person.id.in_(sorted(subjects)), leads),
            _employed(Person.id, today).correlate(Person),
        )
        .order_by(Person.key, Person.id)
    )
    found = [
        TeacherRow(row.id, _named(row, "own"), tuple(sorted(subjects.get(row.id, ()))), bool(row.leads), bool(row.chat))
        for row in await uow.execute(question)
    ]
    return sorted(found, key=lambda one: not one.homeroom)


async def leave_of(uow: Uow, person_id: PersonId, today: date) -> list[tuple[date, date | None]]:
    """When somebody is away from a day on: from, and the first day back."""
    question = select(StaffLeave.since_on, StaffLeave.until_on).where(
        StaffLeave.person_id == person_id, or_(StaffLeave.until_on.is_(None), StaffLeave.until_on > today)
    )
    return [(row.since_on, row.until_on) for row in await uow.execute(question)]
