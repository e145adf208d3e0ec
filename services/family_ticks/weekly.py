"""The weekly letter's item: one a guardian, whatever the number of children (product §3)."""

from dataclasses import replace
from datetime import datetime

from services.family_ticks.occasions import Occasion
from services.gaps import Frame
from services.letters.news import hours_of
from services.outbox.items import Fact
from services.rules import quiet_hours
from storage.repositories import recipients
from storage.repositories.family_ticks import ClassOnDay
from storage.uow import Uow
from storage.vocabulary import ItemKind


async def facts(uow: Uow, frame: Frame, school_class: ClassOnDay, occasion: Occasion, now: datetime) -> list[Fact]:
    """For the guardians of a class; who has children in several classes is put the same item, which is one."""
    found = {}
    for one in await recipients.recipients_of_students(uow, school_class.students, frame.today):
        hours = hours_of(one, frame.regulation)
        times = quiet_hours.times(ItemKind.WEEKLY, hours, max(now, occasion.at), frame.zone, frame.regulation)
        if times is None:
            continue
        times = replace(times, expires_at=max(occasion.until, times.due_at))
        found[one.person_id] = Fact(
            school_id=one.school_id,
            bot_id=one.bot_id,
            recipient_id=one.person_id,
            kind=ItemKind.WEEKLY,
            bundle="weekly",
            collapse_key=f"weekly:{occasion.on.isoformat()}",
            value=occasion.on.isoformat(),
            priority=times.priority,
            due_at=times.due_at,
            cap_at=times.cap_at,
            expires_at=times.expires_at,
            channel=one.channel,
        )
    return list(found.values())
