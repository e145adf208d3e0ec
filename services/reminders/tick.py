"""The reminders' tick, and what opens in the place of a message.

A tick goes in four steps, each with its own transactions:
1. every bell that rang within two hours and starts lessons: once, a card to each teacher of a lesson that is still on;
2. for each school, the moments of yesterday and today that have come and weren't handled: too old ones are skipped;
3. of the others the open gaps they concern, one message a teacher whatever the number of moments: the occurrences of
   (job, teacher, date, slot) and the item in one transaction, and last the moments themselves, done for the school;
4. every message that stands in a chat: what it names is what is still open; when nothing is, it becomes «готово».
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services import drafts, gaps
from services.access import access_lesson
from services.actor import Actor
from services.clock import Clock
from services.gaps import Frame
from services.lessons import Card, card_of
from services.outbox import items
from services.outbox.items import Fact
from services.reminders import cards
from services.reminders.said import Reminder, said, tokens_in
from services.rules import gaps as gap_rules
from services.rules import reminding
from services.rules.gaps import Gap
from services.rules.reminding import Job, Moment
from storage.repositories import calendar as calendar_rows
from storage.repositories import duties, occurrences
from storage.repositories import reminders as rows
from storage.repositories.reminders import Bell, Standing
from storage.uow import Storage, Uow
from storage.vocabulary import BotId, ItemKind, LessonId, PersonId, SchoolId

OPENED = "reminder_opened"
LOOK_BACK = timedelta(hours=2)
DAY = timedelta(days=1)
LIVES = timedelta(hours=24)
PRIORITY = 1
CHUNK = 100  # teachers told in one transaction
OF_LESSONS = frozenset({Job.LESSON_END, Job.HOMEWORK_SOON, Job.HOMEWORK_DUE, Job.LATE_EVENING, Job.EVENING})


@dataclass
class Told:
    """What one teacher is to be told now: for each moment, the gaps."""

    teacher_id: PersonId
    bot_id: BotId
    moments: dict[Moment, list[Gap]] = field(default_factory=dict)


class Reminders:
    """The tick of bells and clocks, and what its messages say."""

    def __init__(self, storage: Storage, clock: Clock, bot_id: BotId | None = None) -> None:
        self._storage = storage
        self._clock = clock
        self._bot_id = bot_id  # whose schools the tick looks after; None: every school's
        # Only spares the base: the truth of what was done stands in the occurrences.
        self._rung: set[Bell] = set()
        self._handled: dict[SchoolId, set[tuple[str, date, str]]] = {}

    async def __call__(self, now: datetime) -> None:
        """The tick."""
        async with self._storage.reading() as uow:
            starts = await rows.bells(uow, now - LOOK_BACK, now, ends=False, bot_id=self._bot_id)
            schools = await calendar_rows.school_ids(uow, self._bot_id)
        self._rung &= set(starts)
        for bell in starts:
            if bell not in self._rung:
                await cards.ring(self._storage, bell, now)
                self._rung.add(bell)
        for school_id in schools:
            await self._remind(school_id, now)
        await self._refresh(now)

    async def _remind(self, school_id: SchoolId, now: datetime) -> None:
        """The moments of one school."""
        handled = self._handled.get(school_id)
        async with self._storage.reading() as uow:
            frame = await gaps.frame_of(uow, school_id, now)
            if frame is None:
                return
            days = (frame.today - DAY, frame.today)
            if handled is None:
                handled = await occurrences.done_of(uow, _scope(school_id), days)
            bells = await rows.ends_of_days(uow, school_id, days)
            of_days = [
                moment
                for on in days
                for moment in reminding.moments(on, bells.get(on, ()), frame.works, frame.zone, frame.regulation)
            ]
            to_do, too_old = reminding.due(of_days, now, handled)
            told = await self._told(uow, frame, to_do) if to_do else []
        for chunk in _chunks(told):
            async with self._storage.writing() as uow:
                await _tell(uow, frame, chunk, now)
        if to_do or too_old:
            async with self._storage.writing() as uow:
                await occurrences.claim_all(uow, _of_school(school_id, to_do), now)
                await occurrences.claim_all(uow, _of_school(school_id, too_old), now, skipped=True)
        kept = {key for key in handled if key[1] in days}
        self._handled[school_id] = kept | {one.key for one in (*to_do, *too_old)}

    async def _told(self, uow: Uow, frame: Frame, to_do: Sequence[Moment]) -> list[Told]:
        """Whom these moments concern, with what: only who has a chat."""
        bots = await duties.bots(uow, await duties.connected(uow, frame.school_id), frame.today)
        found = await _gaps_for(uow, frame, to_do, bots) if bots else {}
        told = []
        for teacher_id, own in sorted(found.items()):
            one = Told(teacher_id, bots[teacher_id])
            for moment in to_do:
                concerned = [
                    gap for gap in own if reminding.concerns(gap, moment, frame.works, frame.zone, frame.regulation)
                ]
                if moment.job is Job.LATE_EVENING and not reminding.late_ones(concerned, moment):
                    continue
                if concerned:
                    one.moments[moment] = concerned
            if one.moments:
                told.append(one)
        return told

    async def _refresh(self, now: datetime) -> None:
        async with self._storage.reading() as uow:
            standing = await rows.standing(uow, now - LIVES, bot_id=self._bot_id)
            opened = await rows.opened(uow, OPENED, [one.key for one in standing])
            standing = [one for one in standing if one.key not in opened]
            left = await _left(uow, standing, now)
        changed = [
            _fact(one.school_id, one.bot_id, one.teacher_id, one.kind, one.key, left[one.key], now)
            for one in standing
            if left[one.key] != one.value
        ]
        for chunk in (changed[start : start + CHUNK] for start in range(0, len(changed), CHUNK)):
            async with self._storage.writing() as uow:
                await items.put(uow, chunk, now)

    async def open(self, actor: Actor, lesson_id: LessonId, message_id: int | None = None) -> Card:
        """The card of a lesson in the place of the message that named it; nothing will be written over it any more.

        Other messages that name it go on by themselves. No text is awaited any more.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await access_lesson(uow, actor, lesson_id)
            if await drafts.text_awaited(uow, actor, now):
                await drafts.drop(uow, actor.bot_id, actor.user_id)
            await _leave_alone(uow, actor, str(lesson_id), message_id, now)
            return await card_of(uow, lesson, now)

    async def leave_alone(self, actor: Actor, token: str, message_id: int | None = None) -> None:
        """A screen is about to open in the place of the message that names this; nothing is written over it."""
        now = self._clock.now()
        async with self._storage.writing() as uow:
            await _leave_alone(uow, actor, token, message_id, now)

    async def said(
        self,
        uow: Uow,
        school_id: SchoolId,
        teacher_id: PersonId,
        kind: ItemKind,
        value: str | None,
        base: str | None,
        now: datetime,
    ) -> Reminder | None:
        """What a message says; see services.reminders.said."""
        return await said(uow, school_id, teacher_id, kind, value, base, now)


async def _gaps_for(
    uow: Uow, frame: Frame, to_do: Sequence[Moment], teacher_ids: Collection[PersonId]
) -> dict[PersonId, list[Gap]]:
    """These teachers' open gaps that some moments may concern."""
    jobs = {one.job for one in to_do}
    first = min(one.on for one in to_do)
    found: list[tuple[PersonId, Gap]] = []
    if jobs & OF_LESSONS:
        found += await gaps.lesson_gaps(uow, frame, gaps.which_lessons(frame, since=first, teacher_ids=teacher_ids))
    if Job.EVENING in jobs:
        longest = max((frame.regulation.days_to_mark(kind) for kind in frame.written), default=0)
        which = gaps.which_lessons(frame, since=first - longest * DAY, teacher_ids=teacher_ids)
        found += await gaps.work_gaps(uow, frame, which)
        found += await gaps.result_gaps(uow, frame)
        found += await gaps.verification_gaps(uow, frame)
        found += await gaps.duty_gaps(uow, frame)
    if Job.TERM_MARKS in jobs:
        found += await gaps.term_gaps(uow, frame)
    if Job.YEAR_START in jobs:
        found += await gaps.year_gaps(uow, frame)
    return await gaps.present(uow, frame, found, teacher_ids)


async def _tell(uow: Uow, frame: Frame, chunk: Sequence[Told], now: datetime) -> None:
    """One message a teacher of what newly came: (job, teacher, date, slot) happens once."""
    wanted = [
        (moment.job.value, _teacher(one.teacher_id), moment.on, moment.slot) for one in chunk for moment in one.moments
    ]
    ours = await occurrences.claim_all(uow, wanted, now)
    facts = []
    for one in chunk:
        fresh = {
            moment: own
            for moment, own in one.moments.items()
            if (moment.job.value, _teacher(one.teacher_id), moment.on, moment.slot) in ours
        }
        if fresh:
            facts.append(_message(frame, one, fresh, now))
    await items.put(uow, facts, now)


def _message(frame: Frame, one: Told, fresh: dict[Moment, list[Gap]], now: datetime) -> Fact:
    last = max(fresh, key=lambda moment: moment.at)
    at_bell = all(moment.job is Job.LESSON_END for moment in fresh)
    kind = ItemKind.LESSON_NUDGE if at_bell else ItemKind.REMINDER
    key = f"{'nudge' if at_bell else 'reminder'}:{one.teacher_id}:{last.on.isoformat()}:{last.slot.replace(':', '')}"
    named = gap_rules.by_token(gap for own in fresh.values() for gap in own)
    return _fact(frame.school_id, one.bot_id, one.teacher_id, kind, key, ",".join(named), now)


def _fact(
    school_id: SchoolId,
    bot_id: BotId,
    teacher_id: PersonId,
    kind: ItemKind,
    key: str,
    value: str | None,
    now: datetime,
) -> Fact:
    return Fact(
        school_id=school_id,
        bot_id=bot_id,
        recipient_id=teacher_id,
        kind=kind,
        bundle=key,
        collapse_key=key,
        value=value,
        priority=PRIORITY,
        due_at=now,
        cap_at=now,
        expires_at=now + LIVES,
    )


async def _left(uow: Uow, standing: Sequence[Standing], now: datetime) -> dict[str, str | None]:
    """For every standing message what of it is still open, None where nothing is; asked once for a school."""
    left: dict[str, str | None] = {}
    for school_id in {one.school_id for one in standing}:
        own = [one for one in standing if one.school_id == school_id]
        frame = await gaps.frame_of(uow, school_id, now)
        tokens = {token for one in own for token in tokens_in(one.value)}
        open_now = {} if frame is None else await gaps.of_tokens(uow, frame, tokens, {one.teacher_id for one in own})
        for one in own:
            still = {gap.token for gap in open_now.get(one.teacher_id, ())}
            left[one.key] = ",".join(token for token in tokens_in(one.value) if token in still) or None
    return left


async def _leave_alone(uow: Uow, actor: Actor, token: str, message_id: int | None, now: datetime) -> None:
    """Where the archive doesn't know the message, every one that names this is left alone: nothing is written over."""
    today = now.astimezone(actor.zone).date()
    found = await rows.standing(uow, now - LIVES, actor.person_id)
    keys = {one.key for one in found if token in tokens_in(one.value)}
    if message_id is not None and len(keys) > 1:
        keys = await rows.said_in(uow, actor.person_id, message_id, sorted(keys)) or keys
    for key in sorted(keys):
        await occurrences.claim(uow, OPENED, key, today, "", now)


def _scope(school_id: SchoolId) -> str:
    return f"school:{school_id}"


def _teacher(teacher_id: PersonId) -> str:
    return f"teacher:{teacher_id}"


def _of_school(school_id: SchoolId, moments: Iterable[Moment]) -> list[tuple[str, str, date, str]]:
    return [(one.job.value, _scope(school_id), one.on, one.slot) for one in moments]


def _chunks(told: Sequence[Told]) -> list[Sequence[Told]]:
    return [told[start : start + CHUNK] for start in range(0, len(told), CHUNK)]
