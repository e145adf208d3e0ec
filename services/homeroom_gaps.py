"""What homeroom teachers owe: attendance verified, families informed and printed for, contacts looked at."""

from datetime import timedelta

from services.gap_frame import Frame, gap_of
from services.rules import clocks
from services.rules import duties as duty_rules
from services.rules.gaps import Gap
from services.rules.working_days import last_working_day_of_week, monday_of
from storage.repositories import briefings, duties, my_class, printing
from storage.uow import Uow
from storage.vocabulary import ClockKind, PersonId

DAY, WEEK = timedelta(days=1), timedelta(days=7)
WEEKS_TO_VERIFY = 2  # the latest ones: an older word says nothing about the present


async def verification_gaps(uow: Uow, frame: Frame) -> list[tuple[PersonId, Gap]]:
    """Weeks whose attendance the homeroom teacher hasn't verified, from the week's last school day on (В 4.3.6)."""
    mondays = [
        monday
        for back in range(WEEKS_TO_VERIFY + 1)
        if (last := last_working_day_of_week(monday := monday_of(frame.today) - back * WEEK, frame.works)) is not None
        and last <= frame.today
        and last >= frame.open_since()
    ][:WEEKS_TO_VERIFY]
    if not mondays:
        return []
    homerooms = await duties.homerooms(uow, frame.school_id, frame.calendar.year_id, frame.today, mondays)
    taught = await duties.weeks_taught(
        uow, frame.school_id, min(mondays), max(mondays) + 6 * DAY, [one.class_id for one in homerooms]
    )
    return [
        (
            one.teacher_id,
            gap_of(
                frame,
                ClockKind.VERIFICATION,
                clocks.verification_due(monday, frame.works, frame.zone),
                audience=one.class_name,
                on_date=monday,
                class_id=one.class_id,
            ),
        )
        for one in homerooms
        for monday in mondays
        if monday not in one.verified
        and one.since_on <= monday + 6 * DAY
        and any(monday_of(day) == monday for day in taught.get(one.class_id, ()))
    ]


async def duty_gaps(uow: Uow, frame: Frame) -> list[tuple[PersonId, Gap]]:
    """What a homeroom teacher owes the families, from shortly before its day: a word once in two weeks (М кл.рук. в),
    and the monthly look at their contacts (В 4.3.5). Only within the year: in summer nobody is informed of lessons.
    """
    if not frame.calendar.starts_on <= frame.today <= frame.calendar.ends_on:
        return []
    homerooms = await duties.homerooms(uow, frame.school_id, frame.calendar.year_id, frame.today, ())
    class_ids = [one.class_id for one in homerooms]
    found = []
    for kind, days, done in (
        (ClockKind.BRIEFING, frame.regulation.briefing_days, await briefings.last_of(uow, class_ids)),
        (ClockKind.CONTACTS, frame.regulation.contacts_days, await my_class.contacts_verified_on(uow, class_ids)),
    ):
        for one in homerooms:
            since = max(one.since_on, frame.calendar.starts_on)
            duty = duty_rules.duty(done.get(one.class_id), since, days, frame.today)
            if frame.today >= duty_rules.spoken_of_from(duty.due_on, frame.works):
                due_at = clocks.day_due(duty.due_on, frame.zone)
                found.append(
                    (one.teacher_id, gap_of(frame, kind, due_at, audience=one.class_name, class_id=one.class_id))
                )
    return found + await printing_gaps(uow, frame)


async def printing_gaps(uow: Uow, frame: Frame) -> list[tuple[PersonId, Gap]]:
    """The print for families without electronic form that is due, by class (О 1.6; В 4.6.7)."""
    found = []
    for one in await printing.classes(uow, frame.school_id, frame.calendar.year_id, frame.today):
        due_on = max(one.since, frame.calendar.starts_on) + frame.regulation.print_days * DAY
        if frame.today >= duty_rules.spoken_of_from(due_on, frame.works):
            due_at = clocks.day_due(due_on, frame.zone)
            about = {"audience": one.class_name, "class_id": one.class_id}
            found.append((one.teacher_id, gap_of(frame, ClockKind.PRINTED, due_at, **about)))
    return found
