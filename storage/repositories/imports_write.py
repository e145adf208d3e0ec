"""What an import writes. Every function takes at most a chunk of rows; callers open one transaction a chunk."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, cast, delete, insert, select, update

from storage.models.base import Base
from storage.models.people import Enrollment, Guardianship, Homeroom, Person, PersonRole, SubgroupMember
from storage.models.school import LessonPlan, LessonSlot, PlanTopic, SchoolClass, Subgroup, Subject
from storage.models.timetable import EntryAudience, EntryTeacher, TimetableEntry, TimetableVersion
from storage.uow import Uow
from storage.vocabulary import SchoolId

Rows = Sequence[dict[str, Any]]

CHUNK = 200
"""Rows a transaction: taps of teachers pass between two chunks."""


async def _add(uow: Uow, model: type[Base], rows: Rows) -> list[int]:
    """Inserts rows; their new ids in the rows' order."""
    if not rows:
        return []
    ids: Any = model.id  # type: ignore[attr-defined]
    added = await uow.execute(insert(model).returning(ids, sort_by_parameter_order=True), list(rows))
    return [row[0] for row in added]


async def _change(uow: Uow, model: type[Base], ident: int, values: dict[str, Any]) -> None:
    table: Any = model
    await uow.write(update(table).where(table.id == ident).values(values))


async def add_classes(uow: Uow, rows: Rows) -> list[int]:
    """New classes."""
    return await _add(uow, SchoolClass, rows)


async def change_class(uow: Uow, class_id: int, values: dict[str, Any]) -> None:
    """A class's new name, level or external id."""
    await _change(uow, SchoolClass, class_id, values)


async def add_subjects(uow: Uow, rows: Rows) -> list[int]:
    """New subjects."""
    return await _add(uow, Subject, rows)


async def add_subgroups(uow: Uow, rows: Rows) -> list[int]:
    """New parts of classes."""
    return await _add(uow, Subgroup, rows)


async def add_people(uow: Uow, rows: Rows) -> list[int]:
    """New people, without roles."""
    return await _add(uow, Person, rows)


async def change_person(uow: Uow, person_id: int, values: dict[str, Any]) -> None:
    """A person's new name, birthday, contacts or external id."""
    await _change(uow, Person, person_id, values)


async def add_roles(uow: Uow, rows: Rows) -> None:
    """Roles held from a day."""
    await _add(uow, PersonRole, rows)


async def add_enrollments(uow: Uow, rows: Rows) -> None:
    """Students in classes."""
    await _add(uow, Enrollment, rows)


async def end_enrollment(uow: Uow, enrollment_id: int, on: date) -> None:
    """The first day outside the class; an enrollment that never began is taken away."""
    await uow.write(delete(Enrollment).where(Enrollment.id == enrollment_id, Enrollment.since_on >= on))
    await _change(uow, Enrollment, enrollment_id, {"until_on": on})


async def add_members(uow: Uow, rows: Rows) -> None:
    """Students in subgroups."""
    await _add(uow, SubgroupMember, rows)


async def end_member(uow: Uow, member_id: int, on: date) -> None:
    """The first day outside the subgroup; a membership that never began is taken away."""
    await uow.write(delete(SubgroupMember).where(SubgroupMember.id == member_id, SubgroupMember.since_on >= on))
    await _change(uow, SubgroupMember, member_id, {"until_on": on})


async def end_role(uow: Uow, person_id: int, role: str, on: date) -> None:
    """The first day without the role."""
    await uow.write(
        update(PersonRole)
        .where(PersonRole.person_id == person_id, PersonRole.role == role, PersonRole.until_on.is_(None))
        .values(until_on=on)
    )


async def add_homerooms(uow: Uow, rows: Rows) -> None:
    """Homeroom teachers of classes."""
    await _add(uow, Homeroom, rows)


async def end_homeroom(uow: Uow, homeroom_id: int, on: date) -> None:
    """The first day without the class; a homeroom that never began is taken away."""
    await uow.write(delete(Homeroom).where(Homeroom.id == homeroom_id, Homeroom.since_on >= on))
    await _change(uow, Homeroom, homeroom_id, {"until_on": on})


async def add_guardianships(uow: Uow, rows: Rows) -> None:
    """Guardians of students, with what they rest on."""
    await _add(uow, Guardianship, rows)


async def change_guardianship(uow: Uow, guardianship_id: int, values: dict[str, Any]) -> None:
    """A guardianship's relation, application or consent."""
    await _change(uow, Guardianship, guardianship_id, values)


async def set_bells(uow: Uow, bells_id: int, slots: Sequence[tuple[int, int, int]]) -> None:
    """Slots of a bell schedule: number and minutes from midnight; other numbers stay."""
    numbers = [number for number, _starts, _ends in slots]
    await uow.write(delete(LessonSlot).where(LessonSlot.bells_id == bells_id, LessonSlot.number.in_(numbers)))
    rows = [
        {"bells_id": bells_id, "number": number, "starts_minute": starts, "ends_minute": ends}
        for number, starts, ends in slots
    ]
    await _add(uow, LessonSlot, rows)


async def drop_staged(uow: Uow, year_id: int) -> None:
    """Takes away what an import that was cut short had staged; nothing refers to it."""
    staged = select(TimetableVersion.id).where(
        TimetableVersion.year_id == year_id, TimetableVersion.valid_from.is_(None)
    )
    entries = select(TimetableEntry.id).where(TimetableEntry.version_id.in_(staged))
    await uow.write(delete(EntryTeacher).where(EntryTeacher.entry_id.in_(entries)))
    await uow.write(delete(EntryAudience).where(EntryAudience.entry_id.in_(entries)))
    await uow.write(delete(TimetableEntry).where(TimetableEntry.version_id.in_(staged)))
    await uow.write(
        delete(TimetableVersion).where(TimetableVersion.year_id == year_id, TimetableVersion.valid_from.is_(None))
    )


async def stage_version(
    uow: Uow, school_id: SchoolId, year_id: int, digest: str, week_count: int, now: datetime
) -> int:
    """A timetable version in force on no day yet."""
    row = {
        "school_id": school_id,
        "year_id": year_id,
        "valid_from": None,
        "source_digest": digest,
        "imported_at": now,
        "week_count": week_count,
    }
    return (await _add(uow, TimetableVersion, [row]))[0]


async def stage_entries(
    uow: Uow,
    rows: Rows,
    teachers: Sequence[Sequence[int]],
    audiences: Sequence[Sequence[tuple[int, int | None]]],
) -> None:
    """Places in the week of a staged version, each with its teachers and audience."""
    ids = await _add(uow, TimetableEntry, rows)
    who = [
        {"entry_id": entry_id, "teacher_id": teacher_id}
        for entry_id, some in zip(ids, teachers, strict=True)
        for teacher_id in some
    ]
    whom = [
        {"entry_id": entry_id, "class_id": class_id, "subgroup_id": subgroup_id}
        for entry_id, some in zip(ids, audiences, strict=True)
        for class_id, subgroup_id in some
    ]
    if who:
        await uow.execute(insert(EntryTeacher), who)
    if whom:
        await uow.execute(insert(EntryAudience), whom)


async def put_in_force(uow: Uow, staged_id: int, valid_from: date) -> None:
    """A staged version becomes the timetable from a day."""
    await _change(uow, TimetableVersion, staged_id, {"valid_from": valid_from})


async def merge_staged(
    uow: Uow, staged_id: int, into_id: int, gone: Sequence[int], digest: str, week_count: int, now: datetime
) -> None:
    """Staged places become a version's, the gone ones stop being; one moment, so that no half of it is ever seen."""
    for start in range(0, len(gone), CHUNK):
        chunk = gone[start : start + CHUNK]
        retired = TimetableEntry.key + "~" + cast(TimetableEntry.id, String)
        await uow.write(update(TimetableEntry).where(TimetableEntry.id.in_(chunk)).values(gone_at=now, key=retired))
    await uow.write(update(TimetableEntry).where(TimetableEntry.version_id == staged_id).values(version_id=into_id))
    await uow.write(delete(TimetableVersion).where(TimetableVersion.id == staged_id))
    values = {"source_digest": digest, "week_count": week_count, "imported_at": now}
    await _change(uow, TimetableVersion, into_id, values)


async def add_plans(uow: Uow, rows: Rows) -> list[int]:
    """New plans, without topics."""
    return await _add(uow, LessonPlan, rows)


async def change_plan(uow: Uow, plan_id: int, values: dict[str, Any]) -> None:
    """A plan's hours a year."""
    await _change(uow, LessonPlan, plan_id, values)


async def add_topics(uow: Uow, rows: Rows) -> None:
    """New topics of plans."""
    await _add(uow, PlanTopic, rows)


async def change_topic(uow: Uow, topic_id: int, values: dict[str, Any]) -> None:
    """A topic's new words, hours or kind; `gone_at` None brings it back."""
    await _change(uow, PlanTopic, topic_id, values)


async def unseat_topics(uow: Uow, topic_ids: Sequence[int]) -> None:
    """Takes topics off their places, so that others can have them within the transaction."""
    await uow.write(update(PlanTopic).where(PlanTopic.id.in_(list(topic_ids))).values(ordinal=-PlanTopic.id))


async def retire_topics(uow: Uow, topic_ids: Sequence[int], now: datetime) -> None:
    """Topics that are no longer in the plan, kept for the lessons that used them."""
    values = {"gone_at": now, "ordinal": -PlanTopic.id}
    await uow.write(update(PlanTopic).where(PlanTopic.id.in_(list(topic_ids))).values(values))
