"""«Информирование родителей»: the homeroom teacher's duty once in two weeks, and its ledger (М кл.рук. в).

What informs the whole class winds the clock: its broadcasts and printed sheets stand in the ledger by themselves,
meetings, calls and talks are written down by hand. A word with one family stands there too and winds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services import drafts
from services.access import access_class
from services.actor import Actor
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.my_class import briefing_duty
from services.names import clean
from services.rules.duties import Duty
from services.rules.regulation import Regulation
from services.rules.short_names import Named
from storage.repositories import assignments, audit, diary
from storage.repositories import briefings as rows
from storage.repositories.briefings import BriefingRow, NewBriefing
from storage.uow import Storage, Uow
from storage.vocabulary import BriefingWay, ClassId, DraftPurpose, PersonId, SchoolId

PURPOSE = DraftPurpose.BRIEFING
BY_HAND = (BriefingWay.MEETING, BriefingWay.CALL, BriefingWay.TALK)
LONGEST = 300
LISTED = 30


class BriefingAhead(SchoolError):
    """Only what has been done is written down, today's or yesterday's."""

    sentence = N_("Only what was done today or yesterday is written down.")


class BriefingGone(SchoolError):
    """Nothing is being written down any more."""

    sentence = N_("This entry isn't being written any more. Begin it anew.")


class BriefingTooLong(SchoolError):
    """The words don't fit."""

    sentence = N_("An entry takes {limit} characters, yours has {length}. Shorten it.")


@dataclass(frozen=True, slots=True)
class Ledger:
    """A class's ledger: how the duty stands and the latest entries, the newest first."""

    class_id: ClassId
    name: str
    today: date
    duty: Duty
    days: int
    clause: str
    entries: Sequence[BriefingRow]


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a call or talk was with: the class's students."""

    class_id: ClassId
    name: str
    today: date
    way: BriefingWay
    students: Sequence[Named]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry being written: its words may be typed, or left out. `student` None: the whole class."""

    class_id: ClassId
    name: str
    way: BriefingWay
    student: Named | None
    on_date: date
    today: date


class Briefings:
    """The ledger of the own class."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def ledger(self, actor: Actor, class_id: ClassId) -> Ledger:
        """How the duty stands, and how it was done. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            return await self._ledger(uow, actor, class_id, now)

    async def choose_whom(self, actor: Actor, class_id: ClassId, way: BriefingWay) -> Whom:
        """The students whose families a call or talk may have been with. Raises NotFoundHere, NotYourClass."""
        today = self._clock.now().astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            led = await access_class(uow, actor, class_id, today)
            if way not in BY_HAND:
                raise NotFoundHere
            return Whom(class_id, led.name, today, way, await _students(uow, class_id, today))

    async def begin(
        self, actor: Actor, class_id: ClassId, way: BriefingWay, student_id: PersonId | None, on_date: date
    ) -> Entry:
        """An entry whose words are awaited. Raises NotFoundHere, NotYourClass, BriefingAhead."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            entry = await self._entry(uow, actor, class_id, way, student_id, on_date, now)
            data = {
                "class": int(class_id),
                "way": way.value,
                "student": None if student_id is None else int(student_id),
                "on": on_date.isoformat(),
            }
            await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, data, now)
            return entry

    async def type_words(self, actor: Actor, text: str) -> Ledger:
        """Write the entry down with these words. Raises BriefingGone, BriefingTooLong."""
        now = self._clock.now()
        said = clean(text)
        if len(said) > LONGEST:
            raise BriefingTooLong(length=len(said), limit=LONGEST)
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.take(uow, actor.bot_id, actor.user_id, PURPOSE, now)
            if data is None:
                raise BriefingGone
            return await self._save(uow, actor, data, said, now)

    async def save(
        self, actor: Actor, class_id: ClassId, way: BriefingWay, student_id: PersonId | None, on_date: date
    ) -> Ledger:
        """Write the entry down without words; twice on a day it is one."""
        now = self._clock.now()
        data = {"class": class_id, "way": way.value, "student": student_id, "on": on_date.isoformat()}
        async with self._storage.writing(actor.seq, now=now) as uow:
            if await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now) is not None:
                await drafts.drop(uow, actor.bot_id, actor.user_id)
            return await self._save(uow, actor, data, "", now)

    async def _save(self, uow: Uow, actor: Actor, data: dict[str, Any], said: str, now: datetime) -> Ledger:
        class_id, way = ClassId(data["class"]), BriefingWay(data["way"])
        student_id = None if data["student"] is None else PersonId(data["student"])
        on_date = date.fromisoformat(data["on"])
        await self._entry(uow, actor, class_id, way, student_id, on_date, now)
        added = await record(
            uow,
            school_id=actor.school_id,
            class_id=class_id,
            teacher_id=actor.person_id,
            on_date=on_date,
            way=way,
            now=now,
            words=said,
            student_id=student_id,
        )
        if added:
            await audit.note(
                uow,
                school_id=actor.school_id,
                actor_id=actor.person_id,
                at=now,
                action="briefing_record",
                subject=f"class:{class_id}",
                detail={"way": way.value, "student": student_id, "on": on_date.isoformat()},
            )
        return await self._ledger(uow, actor, class_id, now)

    async def _entry(
        self,
        uow: Uow,
        actor: Actor,
        class_id: ClassId,
        way: BriefingWay,
        student_id: PersonId | None,
        on_date: date,
        now: datetime,
    ) -> Entry:
        today = now.astimezone(actor.zone).date()
        led = await access_class(uow, actor, class_id, today)
        if way not in BY_HAND:
            raise NotFoundHere
        if not today - timedelta(days=1) <= on_date <= today:
            raise BriefingAhead
        student = None
        if student_id is not None:
            people = await _students(uow, class_id, today)
            student = next((one for one in people if one.id == student_id), None)
            if student is None:
                raise NotFoundHere
        return Entry(class_id, led.name, way, student, on_date, today)

    async def _ledger(self, uow: Uow, actor: Actor, class_id: ClassId, now: datetime) -> Ledger:
        today = now.astimezone(actor.zone).date()
        led = await access_class(uow, actor, class_id, today)
        _school, _zone, stored = await diary.school(uow, actor.school_id)
        regulation = Regulation.from_json(stored)
        return Ledger(
            class_id,
            led.name,
            today,
            await briefing_duty(uow, actor, led, regulation, today),
            regulation.briefing_days,
            regulation.clauses["briefing"],
            await rows.of_class(uow, class_id, LISTED),
        )


async def record(
    uow: Uow,
    *,
    school_id: SchoolId,
    class_id: ClassId,
    teacher_id: PersonId,
    on_date: date,
    way: BriefingWay,
    now: datetime,
    words: str = "",
    student_id: PersonId | None = None,
) -> bool:
    """Write down that families of a class were informed by its homeroom teacher, the whole class or one student's.

    `on_date` is the school's date, `words` say by what («Рассылка: …»). Done twice it is done once. False where it
    stood before, or where the teacher isn't the class's homeroom teacher that day: then it is not their duty done.
    """
    new = NewBriefing(school_id, class_id, teacher_id, on_date, way, words, student_id)
    return await rows.add(uow, new, now)


async def _students(uow: Uow, class_id: ClassId, today: date) -> list[Named]:
    return [
        Named(one.student_id, one.last_name, one.first_name, one.middle_name)
        for one in await assignments.students(uow, class_id, None, today)
    ]
