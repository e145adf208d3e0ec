"""The lesson card at the bell, silent, to each teacher who answers for the lesson."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.outbox import items
from services.outbox.items import Fact
from storage.repositories import occurrences
from storage.repositories import reminders as rows
from storage.repositories.reminders import Bell, TeacherAt
from storage.uow import Storage
from storage.vocabulary import ItemKind

CARD = "lesson_card"
PRIORITY = 1
CHUNK = 100


async def ring(storage: Storage, bell: Bell, now: datetime) -> None:
    """Put the cards of the lessons that begin at a bell and are still on; each teacher's once."""
    async with storage.reading() as uow:
        told = await rows.teachers_at_start(uow, bell.school_id, bell.moment)
    local = bell.moment.astimezone(ZoneInfo(bell.timezone))
    shards: dict[int, list[Fact]] = {}
    for one in told:
        if now < one.ends_at:
            # By number, not by place in the list: a list that changed before a restart neither skips nor doubles.
            shards.setdefault(one.teacher_id // CHUNK, []).append(_card(one, now))
    for number, facts in sorted(shards.items()):
        async with storage.writing() as uow:
            slot = f"{local:%H:%M}/{number}"
            if await occurrences.claim(uow, CARD, str(bell.school_id), local.date(), slot, now):
                await items.put(uow, facts, now)


def _card(one: TeacherAt, now: datetime) -> Fact:
    return Fact(
        school_id=one.school_id,
        bot_id=one.bot_id,
        recipient_id=one.teacher_id,
        kind=ItemKind.LESSON_CARD,
        bundle=f"card:{one.lesson_id}",
        collapse_key=f"card:{one.lesson_id}",
        value=str(one.lesson_id),
        priority=PRIORITY,
        due_at=now,
        cap_at=now,
        expires_at=one.ends_at,
        lesson_id=one.lesson_id,
    )
