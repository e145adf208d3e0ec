"""Reminders of lessons: the card at the bell, silent, and a nudge at the end if something is missing (О 2.5; В 4.4.3).

A tick goes in three steps, each with its own transactions:
1. every bell that rang within two hours and starts lessons: once, a card to each teacher of a lesson that is still on;
2. every bell that ends lessons: once, a nudge to each teacher with lessons left open, one message a teacher and bell;
3. every nudge that stands in a chat: what it names is what is still open; when nothing is, it becomes «готово».
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services import drafts
from services.access import OwnLesson, access_lesson, lesson_with_rules
from services.actor import Actor
from services.clock import Clock
from services.lessons import Card, LessonTitle, card_of, missing_parts, title_of
from services.outbox import items
from services.outbox.items import Fact
from services.rules import windows
from storage.repositories import lessons, occurrences
from storage.repositories import reminders as rows
from storage.repositories.reminders import Bell, TeacherAt
from storage.uow import Storage, Uow
from storage.vocabulary import BotId, ItemKind, LessonId, PersonId, RecordPart, SchoolId

CARD, NUDGE, OPENED = "lesson_card", "lesson_nudge", "nudge_opened"
LOOK_BACK = timedelta(hours=2)
NUDGE_LIVES = timedelta(hours=24)
PRIORITY = 1
CHUNK = 100  # teachers told in one transaction


@dataclass(frozen=True, slots=True)
class OpenLesson:
    """A lesson a nudge names, with what is missing; nothing is when it was filled in since."""

    title: LessonTitle
    missing: Sequence[RecordPart]
    homework_due_at: datetime | None
    clause: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """What a nudge says; `done` when nothing is missing any more."""

    lessons: Sequence[OpenLesson]
    done: bool


class Reminders:
    """The tick of the bells, and what its messages say."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        # Only spares the base: the truth of what was done stands in the occurrences.
        self._handled: set[tuple[str, Bell]] = set()

    async def __call__(self, now: datetime) -> None:
        """The tick."""
        async with self._storage.reading() as uow:
            starts = await rows.bells(uow, now - LOOK_BACK, now, ends=False)
            ends = await rows.bells(uow, now - LOOK_BACK, now, ends=True)
        rung = {(CARD, bell) for bell in starts} | {(NUDGE, bell) for bell in ends}
        self._handled &= rung
        for bell in starts:
            await self._ring(CARD, bell, now)
        for bell in ends:
            await self._ring(NUDGE, bell, now)
        await self._refresh(now)

    async def _ring(self, job: str, bell: Bell, now: datetime) -> None:
        if (job, bell) in self._handled:
            return
        async with self._storage.reading() as uow:
            facts = await (_cards(uow, bell, now) if job == CARD else _nudges(uow, bell, now))
        local = bell.moment.astimezone(ZoneInfo(bell.timezone))
        for number, chunk in _shards(facts).items():
            async with self._storage.writing() as uow:
                slot = f"{local:%H:%M}/{number}"
                if await occurrences.claim(uow, job, str(bell.school_id), local.date(), slot, now):
                    await items.put(uow, chunk, now)
        self._handled.add((job, bell))

    async def _refresh(self, now: datetime) -> None:
        async with self._storage.reading() as uow:
            standing = await rows.standing_nudges(uow, now - NUDGE_LIVES)
            opened = await rows.opened(uow, OPENED, [nudge.key for nudge in standing])
            left = {one.key: await _still_open(uow, one.value, one.teacher_id) for one in standing}
        changed = [
            _nudge_fact(nudge.school_id, nudge.bot_id, nudge.teacher_id, nudge.key, left[nudge.key], now)
            for nudge in standing
            if nudge.key not in opened and left[nudge.key] != nudge.value
        ]
        for chunk in _chunks(changed):
            async with self._storage.writing() as uow:
                await items.put(uow, chunk, now)

    async def open(self, actor: Actor, lesson_id: LessonId) -> Card:
        """The card of a lesson in the place of the nudge that named it; nothing will be written over it any more.

        No text is awaited any more.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await access_lesson(uow, actor, lesson_id)
            if await drafts.text_awaited(uow, actor, now):
                await drafts.drop(uow, actor.bot_id, actor.user_id)
            for nudge in await rows.standing_nudges(uow, now - NUDGE_LIVES, actor.person_id):
                if str(lesson_id) in nudge.value.split(","):
                    await occurrences.claim(uow, OPENED, nudge.key, lesson.row.on_date, "", now)
            return await card_of(uow, lesson, now)

    async def nudge_in(
        self, uow: Uow, teacher_id: PersonId, value: str | None, base: str | None, now: datetime
    ) -> Nudge | None:
        """What a nudge says of the lessons in `value`, or, when that is None, in `base`, which it named before.

        None: there is nothing to say, for the lessons were filled in before it went, or are the teacher's no more.
        """
        found = await _lessons(uow, value or base, teacher_id)
        own = [_line(lesson) for lesson in found if lesson.row.mine]
        still_open = [one for one in own if one.missing]
        if still_open:
            return Nudge(still_open, done=False)
        return Nudge(own, done=True) if own and base is not None else None


async def _cards(uow: Uow, bell: Bell, now: datetime) -> list[Fact]:
    """A card for each teacher of each lesson that begins at a bell and is still on."""
    told = await rows.teachers_at_start(uow, bell.school_id, bell.moment)
    return [
        Fact(
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
        for one in told
        if now < one.ends_at
    ]


async def _nudges(uow: Uow, bell: Bell, now: datetime) -> list[Fact]:
    """A nudge for each teacher who has left open a lesson that ended at a bell."""
    told: dict[PersonId, list[TeacherAt]] = {}
    for one in await rows.teachers_at_end(uow, bell.school_id, bell.moment):
        told.setdefault(one.teacher_id, []).append(one)
    local = bell.moment.astimezone(ZoneInfo(bell.timezone))
    facts = []
    for teacher_id, ended in told.items():
        ids = sorted({one.lesson_id for one in ended})
        named = await _still_open(uow, ",".join(map(str, ids)), teacher_id)
        if named is not None:
            key = f"nudge:{teacher_id}:{local:%Y-%m-%d}:{local:%H%M}"
            facts.append(_nudge_fact(bell.school_id, ended[0].bot_id, teacher_id, key, named, now))
    return facts


def _nudge_fact(
    school_id: SchoolId, bot_id: BotId, teacher_id: PersonId, key: str, value: str | None, now: datetime
) -> Fact:
    return Fact(
        school_id=school_id,
        bot_id=bot_id,
        recipient_id=teacher_id,
        kind=ItemKind.LESSON_NUDGE,
        bundle=key,
        collapse_key=key,
        value=value,
        priority=PRIORITY,
        due_at=now,
        cap_at=now,
        expires_at=now + NUDGE_LIVES,
    )


async def _still_open(uow: Uow, value: str, teacher_id: PersonId) -> str | None:
    """Of the lessons named in «12,15» those whose teacher still has something to enter; None where none is left."""
    found = [
        str(lesson.id)
        for lesson in await _lessons(uow, value, teacher_id)
        if lesson.row.mine and windows.is_held(lesson.row.state) and missing_parts(lesson)
    ]
    return ",".join(found) or None


async def _lessons(uow: Uow, value: str | None, teacher_id: PersonId) -> list[OwnLesson]:
    ids = [LessonId(int(one)) for one in (value or "").split(",") if one]
    return [lesson_with_rules(row) for row in await lessons.by_ids(uow, ids, teacher_id)]


def _line(lesson: OwnLesson) -> OpenLesson:
    due_at = lesson.homework_due_at
    held = windows.is_held(lesson.row.state)
    return OpenLesson(
        title_of(lesson),
        missing_parts(lesson) if held else [],
        None if due_at is None else due_at.astimezone(lesson.zone),
        lesson.regulation.clauses["homework"],
    )


def _shards(facts: Sequence[Fact]) -> dict[int, list[Fact]]:
    """Facts by their recipient's number: a list that changed before a restart neither skips nor doubles anybody."""
    shards: dict[int, list[Fact]] = {}
    for fact in facts:
        shards.setdefault(fact.recipient_id // CHUNK, []).append(fact)
    return shards


def _chunks(facts: Sequence[Fact]) -> list[Sequence[Fact]]:
    return [facts[start : start + CHUNK] for start in range(0, len(facts), CHUNK)]
