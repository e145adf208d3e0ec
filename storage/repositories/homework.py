"""Homework beside the general text: files, homework of chosen students, and what was given the time before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from storage.models.journal import HomeworkFile, LessonRecord, PersonalHomework
from storage.models.people import Person
from storage.models.timetable import Lesson, LessonAudience
from storage.repositories.records import LessonPlace
from storage.repositories.revisions import is_newest
from storage.repositories.upsert import add_unless_there, insert_into
from storage.uow import Uow
from storage.vocabulary import FileKind, HomeworkWay, LessonId, LessonState, PersonId, RecordPart, SchoolId

NOT_HELD = (LessonState.CANCELLED.value, LessonState.MOVED.value)
EVERYBODYS = (HomeworkFile.student_id.is_(None), HomeworkFile.removed_at.is_(None))


def files_of(lesson: Any) -> ColumnElement[Any]:
    """How many files everybody's homework of the question's Lesson has."""
    counted = select(func.count()).where(HomeworkFile.lesson_id == lesson.id, *EVERYBODYS)
    return counted.correlate(lesson).scalar_subquery()


def personal_of(lesson: Any) -> ColumnElement[Any]:
    """How many students have homework of their own of the question's Lesson."""
    counted = select(func.count()).where(
        PersonalHomework.lesson_id == lesson.id, PersonalHomework.value.is_not(None), is_newest(PersonalHomework)
    )
    return counted.correlate(lesson).scalar_subquery()


@dataclass(frozen=True, slots=True)
class FileRow:
    """A photo or document of a lesson's homework, as the messenger knows it."""

    id: int
    kind: FileKind
    file_id: str
    name: str


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that came in; `size` in bytes, where the messenger says it."""

    kind: FileKind
    file_id: str
    unique_id: str
    name: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class PersonalRow:
    """The newest revision of a student's own homework; `value` None: taken back. `author` is a surname."""

    student_id: PersonId
    rev: int
    value: str | None
    way: HomeworkWay | None
    author_id: PersonId
    author: str
    entered_at: datetime


@dataclass(frozen=True, slots=True)
class EarlierHomework:
    """What was given in an earlier lesson of the same course."""

    lesson_id: LessonId
    starts_at: datetime
    text: str
    way: HomeworkWay | None
    files: int


async def files(uow: Uow, lesson_id: LessonId) -> list[FileRow]:
    """The files of everybody's homework, oldest first."""
    question = (
        select(HomeworkFile.id, HomeworkFile.kind, HomeworkFile.file_id, HomeworkFile.name)
        .where(HomeworkFile.lesson_id == lesson_id, *EVERYBODYS)
        .order_by(HomeworkFile.id)
    )
    return [FileRow(row.id, FileKind(row.kind), row.file_id, row.name) for row in await uow.execute(question)]


async def add_file(uow: Uow, lesson_id: LessonId, file: NewFile, author_id: PersonId, now: datetime) -> bool:
    """Attach a file; False where this very file is attached already."""
    there = select(HomeworkFile.id).where(
        HomeworkFile.lesson_id == lesson_id, HomeworkFile.unique_id == file.unique_id, *EVERYBODYS
    )
    if (await uow.execute(there)).first() is not None:
        return False
    row = {
        "lesson_id": lesson_id,
        "kind": file.kind.value,
        "file_id": file.file_id,
        "unique_id": file.unique_id,
        "name": file.name,
        "size": file.size,
        "author_id": author_id,
        "added_at": now,
    }
    await uow.execute(insert_into(uow, HomeworkFile).values(**row))
    return True


async def copy_files(uow: Uow, source: LessonId, lesson_id: LessonId, author_id: PersonId, now: datetime) -> int:
    """Attach what is attached to another lesson's homework; how many weren't attached yet."""
    question = select(
        HomeworkFile.kind, HomeworkFile.file_id, HomeworkFile.unique_id, HomeworkFile.name, HomeworkFile.size
    ).where(HomeworkFile.lesson_id == source, *EVERYBODYS)
    copied = 0
    for row in (await uow.execute(question.order_by(HomeworkFile.id))).all():
        file = NewFile(FileKind(row.kind), row.file_id, row.unique_id, row.name, row.size)
        copied += await add_file(uow, lesson_id, file, author_id, now)
    return copied


async def remove_files(uow: Uow, lesson_id: LessonId, now: datetime, up_to: int | None = None) -> int:
    """End the attachments of everybody's homework, or only those up to a number; how many. The rows stay."""
    ends = update(HomeworkFile).where(HomeworkFile.lesson_id == lesson_id, *EVERYBODYS)
    if up_to is not None:
        ends = ends.where(HomeworkFile.id <= up_to)
    return await uow.write(ends.values(removed_at=now))


async def take_back_files(uow: Uow, lesson_id: LessonId, added_at: datetime, now: datetime) -> int:
    """End what was attached to everybody's homework at a moment; how many."""
    ends = update(HomeworkFile).where(
        HomeworkFile.lesson_id == lesson_id, HomeworkFile.added_at == added_at, *EVERYBODYS
    )
    return await uow.write(ends.values(removed_at=now))


async def bring_back_files(uow: Uow, lesson_id: LessonId, removed_at: datetime, now: datetime) -> int:
    """Attach again, from now on, what was removed from everybody's homework at a moment; how many."""
    again = update(HomeworkFile).where(
        HomeworkFile.lesson_id == lesson_id,
        HomeworkFile.student_id.is_(None),
        HomeworkFile.removed_at == removed_at,
    )
    return await uow.write(again.values(removed_at=None, added_at=now))


async def file_counts(uow: Uow, lesson_ids: Collection[LessonId]) -> dict[LessonId, int]:
    """How many files everybody's homework of these lessons has; lessons without any are left out."""
    if not lesson_ids:
        return {}
    question = (
        select(HomeworkFile.lesson_id, func.count().label("files"))
        .where(HomeworkFile.lesson_id.in_(list(lesson_ids)), *EVERYBODYS)
        .group_by(HomeworkFile.lesson_id)
    )
    return {LessonId(row.lesson_id): row.files for row in await uow.execute(question)}


async def personal(uow: Uow, lesson_id: LessonId) -> dict[PersonId, PersonalRow]:
    """The newest revisions of the homework that a lesson gave to single students, by student."""
    author = aliased(Person)
    question = (
        select(
            PersonalHomework.student_id,
            PersonalHomework.rev,
            PersonalHomework.value,
            PersonalHomework.way,
            PersonalHomework.author_id,
            author.last_name,
            PersonalHomework.entered_at,
        )
        .join(author, author.id == PersonalHomework.author_id)
        .where(PersonalHomework.lesson_id == lesson_id, is_newest(PersonalHomework))
    )
    return {
        row.student_id: PersonalRow(
            row.student_id,
            row.rev,
            row.value,
            HomeworkWay(row.way) if row.way else None,
            row.author_id,
            row.last_name,
            row.entered_at,
        )
        for row in await uow.execute(question)
    }


async def personal_revision(
    uow: Uow, lesson_id: LessonId, student_id: PersonId, rev: int
) -> tuple[str | None, HomeworkWay | None]:
    """What one revision of a student's own homework said; nothing for revision 0."""
    question = select(PersonalHomework.value, PersonalHomework.way).where(
        PersonalHomework.lesson_id == lesson_id, PersonalHomework.student_id == student_id, PersonalHomework.rev == rev
    )
    row = (await uow.execute(question)).first()
    return (None, None) if row is None else (row.value, HomeworkWay(row.way) if row.way else None)


async def add_personal(
    uow: Uow,
    lesson_id: LessonId,
    student_id: PersonId,
    rev: int,
    value: str | None,
    way: HomeworkWay | None,
    author_id: PersonId,
    now: datetime,
) -> bool:
    """Add a revision; False where somebody has added the same number before."""
    row = {
        "lesson_id": lesson_id,
        "student_id": student_id,
        "rev": rev,
        "value": value,
        "way": None if way is None else way.value,
        "author_id": author_id,
        "entered_at": now,
    }
    return await add_unless_there(uow, PersonalHomework, row)


async def earlier(
    uow: Uow, school_id: SchoolId, subject_id: int, places: Sequence[LessonPlace]
) -> EarlierHomework | None:
    """The newest homework that was given in an earlier lesson of a subject to one of these classes or subgroups."""
    if not places:
        return None
    attached = (
        select(func.count()).where(HomeworkFile.lesson_id == Lesson.id, *EVERYBODYS).correlate(Lesson).scalar_subquery()
    )
    question = (
        select(Lesson.id, Lesson.starts_at, LessonRecord.value, LessonRecord.way, attached.label("files"))
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(LessonRecord, LessonRecord.lesson_id == Lesson.id)
        .where(
            Lesson.school_id == school_id,
            Lesson.subject_id == subject_id,
            Lesson.state.not_in(NOT_HELD),
            Lesson.starts_at < places[0].starts_at,
            or_(
                *(
                    and_(
                        LessonAudience.class_id == place.class_id,
                        LessonAudience.subgroup_id.is_not_distinct_from(place.subgroup_id),
                    )
                    for place in places
                )
            ),
            LessonRecord.part == RecordPart.HOMEWORK.value,
            LessonRecord.value.is_not(None),
            LessonRecord.value != "",
            is_newest(LessonRecord),
        )
        .order_by(Lesson.starts_at.desc(), Lesson.id.desc())
        .limit(1)
    )
    row = (await uow.execute(question)).first()
    if row is None:
        return None
    return EarlierHomework(row.id, row.starts_at, row.value, HomeworkWay(row.way) if row.way else None, row.files)
