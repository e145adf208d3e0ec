"""Timetable entries and the dated lessons made of them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, select, update

from storage.models.timetable import (
    EntryAudience,
    EntryTeacher,
    Lesson,
    LessonAudience,
    LessonTeacher,
    TimetableEntry,
    TimetableVersion,
)
from storage.repositories.lesson_states import REFERRING
from storage.uow import Uow
from storage.vocabulary import SchoolId

CHUNK = 200


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One place in the week with its teachers and audience (class id, subgroup id or None)."""

    id: int
    subject_id: int
    weekday: int
    slot: int
    weeks: str
    room: str
    teachers: frozenset[int]
    audience: frozenset[tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class WantedLesson:
    """A lesson as the timetable wants it; UTC moments."""

    entry: EntryRow
    starts_at: datetime
    ends_at: datetime


async def entries(uow: Uow, school_id: SchoolId) -> dict[date, list[EntryRow]]:
    """The entries of every timetable version, by the day it comes into force."""
    teachers = await _sets(
        uow,
        select(EntryTeacher.entry_id, EntryTeacher.teacher_id)
        .join(TimetableEntry, TimetableEntry.id == EntryTeacher.entry_id)
        .where(TimetableEntry.school_id == school_id),
    )
    audiences = await _sets(
        uow,
        select(EntryAudience.entry_id, EntryAudience.class_id, EntryAudience.subgroup_id)
        .join(TimetableEntry, TimetableEntry.id == EntryAudience.entry_id)
        .where(TimetableEntry.school_id == school_id),
    )
    found: dict[date, list[EntryRow]] = {}
    versions = select(TimetableVersion.valid_from).where(
        TimetableVersion.school_id == school_id, TimetableVersion.valid_from.is_not(None)
    )
    for row in await uow.execute(versions):
        found[row.valid_from] = []
    rows = await uow.execute(
        select(
            TimetableVersion.valid_from,
            TimetableEntry.id,
            TimetableEntry.subject_id,
            TimetableEntry.weekday,
            TimetableEntry.slot,
            TimetableEntry.weeks,
            TimetableEntry.room,
        )
        .join(TimetableVersion, TimetableVersion.id == TimetableEntry.version_id)
        .where(
            TimetableEntry.school_id == school_id,
            TimetableEntry.gone_at.is_(None),
            TimetableVersion.valid_from.is_not(None),
        )
    )
    for row in rows:
        entry = EntryRow(
            id=row.id,
            subject_id=row.subject_id,
            weekday=row.weekday,
            slot=row.slot,
            weeks=row.weeks,
            room=row.room,
            teachers=frozenset(one for (one,) in teachers.get(row.id, ())),
            audience=frozenset((one, part) for one, part in audiences.get(row.id, ())),
        )
        found[row.valid_from].append(entry)
    return found


async def _sets(uow: Uow, question: Any) -> dict[int, set[tuple[Any, ...]]]:
    found: dict[int, set[tuple[Any, ...]]] = {}
    for key, *rest in await uow.execute(question):
        found.setdefault(key, set()).add(tuple(rest))
    return found


async def last_day(uow: Uow, school_id: SchoolId) -> date | None:
    """The last day for which lessons stand."""
    row = (await uow.execute(select(func.max(Lesson.on_date)).where(Lesson.school_id == school_id))).one()
    found: date | None = row[0]
    return found


async def replace_day(
    uow: Uow, school_id: SchoolId, year_id: int, day: date, wanted: list[WantedLesson], now: datetime
) -> tuple[int, int, int]:
    """Make a day's lessons equal the wanted ones; how many were added, changed, removed.

    Lessons that have begun, were changed by hand (state not planned) or carry a record, a mark or news stay as they
    are, and nothing is laid out beside them for the same class and slot.
    """
    existing = {
        row.entry_id: row
        for row in await uow.execute(
            select(
                Lesson.id,
                Lesson.entry_id,
                Lesson.subject_id,
                Lesson.slot,
                Lesson.starts_at,
                Lesson.ends_at,
                Lesson.room,
                _is_free(now).label("free"),
            ).where(Lesson.school_id == school_id, Lesson.on_date == day, Lesson.entry_id.is_not(None))
        )
    }
    kept = {one.entry.id for one in wanted}
    stale = [row.id for entry_id, row in existing.items() if entry_id not in kept and row.free]
    await _remove(uow, stale)
    changed = 0
    for one in wanted:
        row = existing.get(one.entry.id)
        if row is not None and row.free:
            changed += await _bring_up_to_date(uow, row, one)
    fixed = [row.id for row in existing.values() if not row.free]
    taken = await _seats_taken(uow, fixed) if fixed else set()
    missing = [one for one in wanted if one.entry.id not in existing and not _sits_in(one, taken)]
    await _add(uow, school_id, year_id, day, missing)
    return len(missing), changed, len(stale)


def _sits_in(one: WantedLesson, taken: set[tuple[int, int, int | None]]) -> bool:
    return any((one.entry.slot, class_id, subgroup_id) in taken for class_id, subgroup_id in one.entry.audience)


def _is_free(now: datetime) -> Any:
    recorded = [exists().where(table.lesson_id == Lesson.id) for table in REFERRING]
    return and_(Lesson.starts_at > now, Lesson.state == "planned", *(~one for one in recorded))


async def _remove(uow: Uow, lesson_ids: list[int]) -> None:
    for start in range(0, len(lesson_ids), CHUNK):
        chunk = lesson_ids[start : start + CHUNK]
        await uow.write(delete(LessonTeacher).where(LessonTeacher.lesson_id.in_(chunk)))
        await uow.write(delete(LessonAudience).where(LessonAudience.lesson_id.in_(chunk)))
        await uow.write(delete(Lesson).where(Lesson.id.in_(chunk)))


async def _bring_up_to_date(uow: Uow, row: Any, one: WantedLesson) -> bool:
    entry = one.entry
    facts = (entry.subject_id, entry.slot, one.starts_at, one.ends_at, entry.room)
    same = facts == (row.subject_id, row.slot, row.starts_at, row.ends_at, row.room)
    if same and await _who(uow, row.id) == (entry.teachers, entry.audience):
        return False
    subject_id, slot, starts_at, ends_at, room = facts
    await uow.write(
        update(Lesson)
        .where(Lesson.id == row.id)
        .values(subject_id=subject_id, slot=slot, starts_at=starts_at, ends_at=ends_at, room=room)
    )
    await uow.write(delete(LessonTeacher).where(LessonTeacher.lesson_id == row.id))
    await uow.write(delete(LessonAudience).where(LessonAudience.lesson_id == row.id))
    await _add_who(uow, [(row.id, entry)])
    return True


async def _who(uow: Uow, lesson_id: int) -> tuple[frozenset[int], frozenset[tuple[int, int | None]]]:
    teachers = await uow.execute(select(LessonTeacher.teacher_id).where(LessonTeacher.lesson_id == lesson_id))
    audience = await uow.execute(
        select(LessonAudience.class_id, LessonAudience.subgroup_id).where(LessonAudience.lesson_id == lesson_id)
    )
    return frozenset(row.teacher_id for row in teachers), frozenset((one, part) for one, part in audience)


async def _seats_taken(uow: Uow, lesson_ids: list[int]) -> set[tuple[int, int, int | None]]:
    rows = await uow.execute(
        select(Lesson.slot, LessonAudience.class_id, LessonAudience.subgroup_id)
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .where(Lesson.id.in_(lesson_ids))
    )
    return {(slot, class_id, subgroup_id) for slot, class_id, subgroup_id in rows}


async def _add(uow: Uow, school_id: SchoolId, year_id: int, day: date, missing: list[WantedLesson]) -> None:
    for start in range(0, len(missing), CHUNK):
        await _add_chunk(uow, school_id, year_id, day, missing[start : start + CHUNK])


async def _add_chunk(uow: Uow, school_id: SchoolId, year_id: int, day: date, chunk: list[WantedLesson]) -> None:
    if not chunk:
        return
    rows = [
        {
            "school_id": school_id,
            "year_id": year_id,
            "entry_id": one.entry.id,
            "subject_id": one.entry.subject_id,
            "on_date": day,
            "slot": one.entry.slot,
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "room": one.entry.room,
        }
        for one in chunk
    ]
    added = await uow.execute(insert(Lesson).values(rows).returning(Lesson.id, Lesson.entry_id))
    ids = {row.entry_id: row.id for row in added}
    await _add_who(uow, [(ids[one.entry.id], one.entry) for one in chunk])


async def _add_who(uow: Uow, lessons: list[tuple[int, EntryRow]]) -> None:
    teachers = [{"lesson_id": lesson_id, "teacher_id": who} for lesson_id, entry in lessons for who in entry.teachers]
    audience = [
        {"lesson_id": lesson_id, "class_id": class_id, "subgroup_id": subgroup_id}
        for lesson_id, entry in lessons
        for class_id, subgroup_id in entry.audience
    ]
    if teachers:
        await uow.execute(insert(LessonTeacher), teachers)
    if audience:
        await uow.execute(insert(LessonAudience), audience)
