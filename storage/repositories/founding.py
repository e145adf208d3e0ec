"""The rows a new school begins with."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from storage.models.audit import AuditEntry
from storage.models.people import Person, PersonRole
from storage.models.school import AcademicYear, Bells, CalendarDay, LessonSlot, School, SchoolClass, Term
from storage.uow import Uow
from storage.vocabulary import PersonId, Role, SchoolId


async def any_school(uow: Uow) -> bool:
    """Whether there is a school."""
    return (await uow.execute(select(School.id).limit(1))).first() is not None


async def add_school(uow: Uow, name: str, timezone: str, regulation: dict[str, Any], now: datetime) -> SchoolId:
    """A school with its regulation."""
    row = {"name": name, "timezone": timezone, "locale": "ru", "regulation": regulation, "created_at": now}
    return SchoolId((await uow.execute(insert(School).values(row).returning(School.id))).scalar_one())


async def add_year(uow: Uow, school_id: SchoolId, name: str, starts_on: date, ends_on: date) -> int:
    """An academic year."""
    row = {"school_id": school_id, "name": name, "starts_on": starts_on, "ends_on": ends_on}
    year_id: int = (await uow.execute(insert(AcademicYear).values(row).returning(AcademicYear.id))).scalar_one()
    return year_id


async def add_terms(uow: Uow, school_id: SchoolId, year_id: int, terms: Sequence[tuple[str, int, date, date]]) -> None:
    """The terms of a year: kind, ordinal, first and last day."""
    rows = [
        {
            "school_id": school_id,
            "year_id": year_id,
            "kind": kind,
            "ordinal": ordinal,
            "starts_on": starts,
            "ends_on": ends,
        }
        for kind, ordinal, starts, ends in terms
    ]
    await uow.execute(insert(Term), rows)


async def add_bells(uow: Uow, school_id: SchoolId, name: str, usual: bool, lessons: Sequence[tuple[int, int]]) -> int:
    """A bell schedule; lessons are numbered from 1, in minutes from midnight."""
    row = {"school_id": school_id, "name": name, "usual": usual}
    bells_id: int = (await uow.execute(insert(Bells).values(row).returning(Bells.id))).scalar_one()
    slots = [
        {"bells_id": bells_id, "number": number, "starts_minute": starts, "ends_minute": ends}
        for number, (starts, ends) in enumerate(lessons, start=1)
    ]
    await uow.execute(insert(LessonSlot), slots)
    return bells_id


async def add_days(
    uow: Uow, school_id: SchoolId, days: Sequence[tuple[date, str, str, int | None, int | None]]
) -> None:
    """Days that differ from their weekday: date, kind, title, weekday followed, bells."""
    rows = [
        {
            "school_id": school_id,
            "on_date": on_date,
            "kind": kind,
            "title": title,
            "follows_weekday": follows,
            "bells_id": bells_id,
        }
        for on_date, kind, title, follows, bells_id in days
    ]
    if rows:
        await uow.execute(insert(CalendarDay), rows)


async def add_classes(uow: Uow, school_id: SchoolId, year_id: int, classes: Sequence[tuple[str, str, int]]) -> None:
    """Classes known beforehand: name, key, level."""
    rows = [
        {"school_id": school_id, "year_id": year_id, "name": name, "key": key, "level": level}
        for name, key, level in classes
    ]
    if rows:
        await uow.execute(insert(SchoolClass), rows)


async def add_administrator(
    uow: Uow, school_id: SchoolId, name: tuple[str, str, str], key: str, since_on: date, now: datetime
) -> PersonId:
    """The first person of a school, who lets in the rest."""
    last, first, middle = name
    row = {"school_id": school_id, "last_name": last, "first_name": first, "middle_name": middle, "key": key}
    person_id: int = (await uow.execute(insert(Person).values(row).returning(Person.id))).scalar_one()
    role = {
        "school_id": school_id,
        "person_id": person_id,
        "role": Role.ADMINISTRATOR.value,
        "since_on": min(since_on, now.date()),
    }
    await uow.execute(insert(PersonRole).values(role))
    entry = {
        "school_id": school_id,
        "at": now,
        "actor_id": None,
        "action": "school_founded",
        "subject": f"school:{school_id}",
        "detail": {"administrator": person_id},
    }
    await uow.execute(insert(AuditEntry).values(entry))
    return PersonId(person_id)
