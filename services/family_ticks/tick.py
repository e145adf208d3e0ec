"""The tick: for each school what has come, class by class, each once by the primary key of its occurrence."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services import gaps
from services.family_ticks import absent_days, risk, weekly
from services.family_ticks.occasions import Job, Occasion, due
from services.gaps import Frame
from services.outbox import items
from services.outbox.items import Fact
from services.rules.regulation import Regulation
from storage.repositories import digest, family_ticks, occurrences
from storage.repositories.family_ticks import ClassOnDay
from storage.uow import Storage, Uow
from storage.vocabulary import BotId, ClassId, SchoolId

Facts = Callable[[Uow, Frame, ClassOnDay, Occasion, datetime], Awaitable[list[Fact]]]
FACTS: dict[Job, Facts] = {Job.WEEKLY: weekly.facts, Job.ABSENT_DAYS: absent_days.facts, Job.RISK: risk.facts}


class FamilyTicks:
    """A tick of the scheduler.

    1. Of each school the occasions that have come by now and still make sense.
    2. Of each occasion the classes, one after another: what their families are told is read outside the write.
    3. A class's occurrence and its items in one transaction; of a great many items the first chunks go before it.
    """

    def __init__(self, storage: Storage, bot_id: BotId | None = None) -> None:
        self._storage = storage
        self._bot_id = bot_id  # whose schools it looks after; None: every school's
        # Spares questions; the occurrences are the truth.
        self._done: set[tuple[SchoolId, Job, date]] = set()

    async def __call__(self, now: datetime) -> None:
        """Put what has come by now."""
        async with self._storage.reading() as uow:
            schools = await digest.schools(uow, self._bot_id)
        for school in schools:
            regulation = Regulation.from_json(school.regulation)
            come = due(now, ZoneInfo(school.timezone), regulation)
            fresh = [one for one in come if (school.id, one.job, one.on) not in self._done]
            if not fresh:
                continue
            async with self._storage.reading() as uow:
                frame = await gaps.frame_of(uow, school.id, now)
            for one in fresh:
                if frame is not None and (one.job is not Job.ABSENT_DAYS or frame.works(one.on)):
                    await self._put(frame, one, now)
                self._done.add((school.id, one.job, one.on))

    async def _put(self, frame: Frame, occasion: Occasion, now: datetime) -> None:
        async with self._storage.reading() as uow:
            classes = await family_ticks.classes(uow, frame.school_id, occasion.on)
            done = await self._handled(uow, occasion, [one.id for one in classes])
        for one in classes:
            if one.id in done:
                continue
            async with self._storage.reading() as uow:
                facts = await FACTS[occasion.job](uow, frame, one, occasion, now)
            *before, last = items.in_chunks(facts)
            for chunk in before:  # interrupted, all are put again: the same fact twice is no news
                async with self._storage.writing() as uow:
                    await items.put(uow, chunk, now)
            async with self._storage.writing() as uow:
                if await occurrences.claim(uow, occasion.job.value, _scope(one.id), occasion.on, occasion.slot, now):
                    await items.put(uow, last, now)

    async def _handled(self, uow: Uow, occasion: Occasion, class_ids: list[ClassId]) -> set[ClassId]:
        return {
            class_id
            for class_id in class_ids
            if await occurrences.is_done(uow, occasion.job.value, _scope(class_id), occasion.on, occasion.slot)
        }


def _scope(class_id: ClassId) -> str:
    return f"class:{class_id}"
