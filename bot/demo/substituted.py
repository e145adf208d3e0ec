"""Somebody of the demo school fell ill yesterday: colleagues give the lessons of that day and of today."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.demo import cast
from services.actor import Actor
from services.calendar import SchoolCalendar
from services.names import fold
from services.substitutions.finding import Free
from storage.repositories import arrangements, demo, staff_leave, substitutions
from storage.repositories.arrangements import ArrangedRow
from storage.uow import Storage, Uow
from storage.vocabulary import (
    AccountId,
    BotId,
    ChangeReason,
    LeaveKind,
    LessonState,
    PersonId,
    Role,
    SchoolId,
)

ILL = "Пахомов Денис Александрович"
DAYS = 2  # the absence ends with today
EARLY = 7 * 60 + 40  # the minute of the morning at which the deputy head arranges a day
LOOK_BACK = 14
WEEK = range(5)  # the demo school has no lessons on Saturdays


async def substitute(storage: Storage, school_id: SchoolId, calendar: SchoolCalendar, now: datetime) -> None:
    """Enter the absence and its substitutions, as the deputy head would have; one lesson of today is left open."""
    today = calendar.today(now)
    days = [day for day in (_school_day_before(calendar, today), today) if day is not None]
    async with storage.writing() as uow:
        people = await demo.people_by_key(uow, school_id, [fold(ILL), cast.DEPUTY.key])
        if len(people) < DAYS:
            return
        ill, deputy = PersonId(people[fold(ILL)]), PersonId(people[cast.DEPUTY.key])
        office = Actor(
            deputy, AccountId(0), school_id, frozenset({Role.DEPUTY}), False, "ru", calendar.zone, BotId(0), 0, 0, None
        )
        until = today + timedelta(days=1)
        await staff_leave.add(uow, school_id, ill, LeaveKind.SICK, days[0], until, deputy, calendar.at(days[0], EARLY))
        for day in days:
            await _arrange(uow, office, ill, day, calendar.at(day, EARLY), leave_last=day == today)


async def _arrange(uow: Uow, office: Actor, ill: PersonId, day: date, at: datetime, *, leave_last: bool) -> None:
    with_phone = {one.key for one in cast.CONNECTED}
    lessons = await _lessons_of(uow, office, ill, day)
    for row in lessons[:-1] if leave_last else lessons:
        free = await Free.of(uow, office, day)
        offered = await free.candidates(uow, row.id, ill)
        chosen = next((one.person for one in offered if fold(one.person.full) not in with_phone), None)
        if chosen is None:
            continue
        await substitutions.add(
            uow,
            school_id=office.school_id,
            lesson_id=row.id,
            absent_id=ill,
            substitute_id=PersonId(chosen.id),
            reason=ChangeReason.SICK.value,
            made_by=office.person_id,
            now=at,
        )
        await arrangements.set_state(uow, row.id, LessonState.SUBSTITUTED, ChangeReason.SICK.value)


async def _lessons_of(uow: Uow, office: Actor, ill: PersonId, day: date) -> Sequence[ArrangedRow]:
    rows = await arrangements.of_day(uow, office.school_id, day)
    return [row for row in rows if any(one.person.id == ill for one in row.teachers)]


def _school_day_before(calendar: SchoolCalendar, today: date) -> date | None:
    days = (today - timedelta(days=number) for number in range(1, LOOK_BACK))
    return next((day for day in days if calendar.weekday_followed(day) in WEEK), None)
