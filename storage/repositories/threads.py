"""Correspondence: threads as somebody stands to them, their entries, and what was read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from storage.models.people import (
    Enrollment,
    Guardianship,
    Person,
)
from storage.models.school import SchoolClass
from storage.models.threads import Thread, ThreadEntry, ThreadRead
from storage.repositories.correspondents import Name, enrolled, family_may, name_columns, named, teacher_may
from storage.repositories.homework import NewFile
from storage.repositories.upsert import insert_into
from storage.uow import Uow
from storage.vocabulary import (
    FileKind,
    PersonId,
    Relation,
    SchoolId,
    ThreadEntryKind,
    ThreadId,
    ThreadSide,
)

Student, Family, Teacher, To = aliased(Person), aliased(Person), aliased(Person), aliased(Person)


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
        .where(enrolled(Thread.student_id, today))
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
            *name_columns(Student, "student"),
            *name_columns(Family, "family"),
            *name_columns(Teacher, "teacher"),
            class_name.label("class_name"),
            relation.label("relation"),
            family_may(today).label("family_may"),
            teacher_may(today, since).label("teacher_may"),
            _unread(reader).label("unread"),
        )
        .join(Student, Student.id == Thread.student_id)
        .join(Family, Family.id == Thread.family_id)
        .outerjoin(Teacher, Teacher.id == Thread.teacher_id)
        .where(Thread.school_id == school_id)
    )


def _row(row: Any) -> ThreadRow:
    return ThreadRow(
        id=row.id,
        school_id=row.school_id,
        student_id=row.student_id,
        family_id=row.family_id,
        teacher_id=row.teacher_id,
        complained_at=row.complained_at,
        last_at=row.last_at,
        student=named(row, "student"),
        family=named(row, "family"),
        teacher=None if row.teacher_id is None else named(row, "teacher"),
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
        and_(Thread.family_id == reader, family_may(today)),
        and_(Thread.teacher_id == reader, teacher_may(today, since)),
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
            *name_columns(Person, "author"),
            ThreadEntry.text,
            ThreadEntry.file_kind,
            ThreadEntry.file_id,
            ThreadEntry.file_name,
            ThreadEntry.to_id,
            *name_columns(To, "to"),
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
        author=named(row, "author"),
        text=row.text,
        file_kind=None if row.file_kind is None else FileKind(row.file_kind),
        file_id=row.file_id or "",
        file_name=row.file_name,
        to=None if row.to_id is None else named(row, "to"),
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
