"""Who has been absent without a reason for days running: the family and the homeroom teacher hear of it (В 4.4.9)."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from services.family_ticks.occasions import Occasion
from services.gaps import Frame
from services.letters.absences import key_of
from services.letters.news import hours_of
from services.outbox.items import Fact
from services.rules import attendance as rules
from services.rules import quiet_hours
from services.rules.attendance import Attended
from services.rules.quiet_hours import Times
from services.rules.working_days import working_day_until
from storage.repositories import absences, joining, recipients
from storage.repositories.family_ticks import ClassOnDay
from storage.uow import Uow
from storage.vocabulary import ItemKind, PersonId

BUNDLE = "absent_days"


async def facts(uow: Uow, frame: Frame, school_class: ClassOnDay, occasion: Occasion, now: datetime) -> list[Fact]:
    """For the families of a class's students who were absent until the last school day, and for its homeroom teacher.

    A run is told of once: its key is its first day.
    """
    runs = await _runs(uow, frame, school_class, occasion.on)
    if not runs:
        return []
    found = []
    for one in await recipients.recipients_of_students(uow, sorted(runs), frame.today):
        hours = hours_of(one, frame.regulation)
        times = quiet_hours.times(ItemKind.ABSENT_DAYS, hours, max(now, occasion.at), frame.zone, frame.regulation)
        assert times is not None, "it goes to everybody"
        key = key_of(one.student_id, runs[one.student_id])
        found.append(
            Fact(
                school_id=one.school_id,
                bot_id=one.bot_id,
                recipient_id=one.person_id,
                kind=ItemKind.ABSENT_DAYS,
                bundle=key,
                collapse_key=key,
                value=runs[one.student_id].isoformat(),
                priority=times.priority,
                due_at=times.due_at,
                cap_at=times.cap_at,
                expires_at=times.expires_at,
                student_id=one.student_id,
                channel=one.channel,
            )
        )
    usual = quiet_hours.default_hours(frame.regulation)
    staff = quiet_hours.times(ItemKind.ABSENT_DAYS, usual, max(now, occasion.at), frame.zone, frame.regulation)
    assert staff is not None, "it goes to everybody"
    return found + await _to_homeroom(uow, frame, school_class, runs, staff)


async def _to_homeroom(
    uow: Uow, frame: Frame, school_class: ClassOnDay, runs: dict[PersonId, date], times: Times
) -> list[Fact]:
    return [
        Fact(
            school_id=frame.school_id,
            bot_id=teacher.bot_id,
            recipient_id=teacher.person_id,
            kind=ItemKind.ABSENT_DAYS,
            bundle=BUNDLE,
            collapse_key=key_of(student_id, since),
            value=since.isoformat(),
            priority=times.priority,
            due_at=times.due_at,
            cap_at=times.cap_at,
            expires_at=times.expires_at,
        )
        for teacher in await joining.homeroom_teachers(uow, [school_class.id], frame.today)
        for student_id, since in sorted(runs.items())
    ]


async def _runs(uow: Uow, frame: Frame, school_class: ClassOnDay, on: date) -> dict[PersonId, date]:
    """Since when students have been absent who were so, without a reason, for the regulation's number of days."""
    last = working_day_until(on - timedelta(days=1), frame.works)
    students = {one.student_id for one in await absences.absent(uow, school_class.id, last, last)}
    days: dict[PersonId, dict[date, list[Attended]]] = defaultdict(lambda: defaultdict(list))
    since = frame.calendar.starts_on
    for seen in await absences.seen(uow, school_class.id, students, since, last):
        if seen.code is not None:
            days[seen.student_id][seen.on_date].append(Attended(seen.slot, seen.code, seen.reason))
    runs = {}
    for student_id, own in days.items():
        running = rules.days_running(own)
        if running >= frame.regulation.absent_days_running and max(own) == last:
            runs[student_id] = sorted(own, reverse=True)[running - 1]
    return runs
