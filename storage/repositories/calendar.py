"""The calendar's rows."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from storage.models.school import AcademicYear, Bells, CalendarDay, LessonSlot, School, Term
from storage.uow import Uow
from storage.vocabulary import BotId, SchoolId


@dataclass(frozen=True, slots=True)
class CalendarRows:
    """Everything a calendar is made of, as stored."""

    school_id: int
    timezone: str
    regulation: dict[str, Any]
    year_id: int
    starts_on: date
    ends_on: date
    terms: list[Any]
    days: list[Any]
    bells: dict[int, list[tuple[int, int, int]]]
    usual_bells: int | None


async def school_ids(uow: Uow, bot_id: BotId | None = None) -> list[SchoolId]:
    """The schools that a bot serves; without one every school of the base."""
    question = select(School.id).order_by(School.id)
    if bot_id is not None:
        question = question.where(School.bot_id == bot_id)
    return [row.id for row in await uow.execute(question)]


async def zones(uow: Uow) -> list[str]:
    """The time zones of all schools, the oldest school's first."""
    return [row.timezone for row in await uow.execute(select(School.timezone).order_by(School.id))]


async def load(uow: Uow, school_id: SchoolId, day: date) -> CalendarRows | None:
    """The calendar of the academic year of a day, or of the last year begun before it, or of the first to come."""
    years = (
        await uow.execute(
            select(School.timezone, School.regulation, AcademicYear.id, AcademicYear.starts_on, AcademicYear.ends_on)
            .join(AcademicYear, AcademicYear.school_id == School.id)
            .where(School.id == school_id)
            .order_by(AcademicYear.starts_on)
        )
    ).all()
    if not years:
        return None
    begun = [row for row in years if row.starts_on <= day]
    year = begun[-1] if begun else years[0]
    terms = (
        await uow.execute(
            select(Term.id, Term.kind, Term.ordinal, Term.starts_on, Term.ends_on, Term.closed_at)
            .where(Term.year_id == year.id)
            .order_by(Term.starts_on)
        )
    ).all()
    days = (
        await uow.execute(
            select(
                CalendarDay.on_date,
                CalendarDay.kind,
                CalendarDay.follows_weekday,
                CalendarDay.bells_id,
                CalendarDay.title,
            ).where(CalendarDay.school_id == school_id)
        )
    ).all()
    bells: dict[int, list[tuple[int, int, int]]] = {}
    usual = None
    slots = (
        select(Bells.id, Bells.usual, LessonSlot.number, LessonSlot.starts_minute, LessonSlot.ends_minute)
        .join(LessonSlot, LessonSlot.bells_id == Bells.id)
        .where(Bells.school_id == school_id)
        .order_by(Bells.id, LessonSlot.number)
    )
    for row in await uow.execute(slots):
        bells.setdefault(row.id, []).append((row.number, row.starts_minute, row.ends_minute))
        usual = row.id if row.usual else usual
    return CalendarRows(
        school_id,
        year.timezone,
        year.regulation,
        year.id,
        year.starts_on,
        year.ends_on,
        list(terms),
        list(days),
        bells,
        usual,
    )
