"""The parts of a lesson's record that are texts: topic and homework, and taking any part back (О 2.5–2.7)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services import drafts
from services.access import OwnLesson, access_lesson, ensure_record_open
from services.actor import Actor
from services.changes import Outcome, Standing
from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from services.lessons import Card, LessonTitle, Part, card_of, part_of, title_of, topics_of
from services.letters import news
from services.names import clean
from services.outbox import items
from services.rules import windows, wording
from services.rules.plans import PlannedTopic
from services.rules.wording import Doubt
from storage.repositories import audit, homework, lessons, recipients, records, student_readers
from storage.repositories.records import LessonPlace, RecordRow
from storage.uow import Storage, Uow
from storage.vocabulary import DraftPurpose, HomeworkWay, LessonId, RecordPart

NONE_SET = ""  # homework «не задано»
LIMITS = {RecordPart.TOPIC: 300, RecordPart.HOMEWORK: 2000}
TYPED = {DraftPurpose.TOPIC: RecordPart.TOPIC, DraftPurpose.HOMEWORK: RecordPart.HOMEWORK}


class TopicTooLong(SchoolError):
    """A topic is a line."""

    sentence = N_("The topic has {length} characters, at most {limit} fit. Shorten it and send it again.")


class HomeworkTooLong(SchoolError):
    """Homework fits a letter."""

    sentence = N_("The homework has {length} characters, at most {limit} fit. Shorten it and send it again.")


class NothingTyped(SchoolError):
    """The text has no word in it."""

    sentence = N_("There is no text in this message. Type it, please.")


class NothingAwaited(SchoolError):
    """The question this text answers is gone."""

    sentence = N_("I wasn't waiting for a text. Open the lesson and press the button again.")


class NoSuchTopic(SchoolError):
    """The topic isn't in the lesson's plan (any more)."""

    sentence = N_("The plan has changed and this topic is no longer in it. Open the lesson again.")


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """What the topic's screen offers: the next topics of the plan; a typed one is awaited."""

    title: LessonTitle
    current: Part | None
    topics: list[PlannedTopic]
    rev: int


@dataclass(frozen=True, slots=True)
class LastTime:
    """What was given in the lesson before, by its day, with how many attachments."""

    lesson_id: LessonId
    on_date: date
    text: str
    way: HomeworkWay | None
    files: int


@dataclass(frozen=True, slots=True)
class HomeworkChoice:
    """What the homework's screen offers; a typed text or a file is awaited.

    `way`: of what stands, or chosen for what will be typed. `last_file`: the newest attachment's number.
    """

    title: LessonTitle
    current: Part | None
    due_at: datetime | None
    clause: str
    rev: int
    way: HomeworkWay | None = None
    last: LastTime | None = None
    files: int = 0
    last_file: int = 0
    personal: int = 0


@dataclass(frozen=True, slots=True)
class TopicDoubt:
    """A typed topic that is shown back before it is written (В 4.4.11)."""

    title: LessonTitle
    text: str
    doubt: Doubt
    clause: str


@dataclass(frozen=True, slots=True)
class RecordPut:
    """What became of a tap or a typed text, with the card as it stands now.

    `standing`: what stands instead, for CHANGED. `back_to`: the revision that «Отменить» restores, for SAVED.
    `prompt`: the message that asked for a typed text, where it is known.
    """

    part: RecordPart
    outcome: Outcome
    card: Card
    standing: Standing | None = None
    back_to: int | None = None
    prompt: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a part of the record should say."""

    part: RecordPart
    value: str | None
    plan_topic_id: int | None = None
    way: HomeworkWay | None = None


class Records:
    """Enters topics and homework."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def choose_topic(self, actor: Actor, lesson_id: LessonId, prompt: int | None = None) -> TopicChoice:
        """Offer the plan's next topics and await a typed one; `prompt`: the message that will ask for it."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, RecordPart.TOPIC, now)
            topics = await topics_of(uow, lesson)
            rev = await await_text(uow, actor, lesson, DraftPurpose.TOPIC, now, prompt=prompt)
        return TopicChoice(title_of(lesson), part_of(lesson, RecordPart.TOPIC), topics, rev)

    async def choose_homework(self, actor: Actor, lesson_id: LessonId, prompt: int | None = None) -> HomeworkChoice:
        """Offer «Не задано», «Как в прошлый раз» and the ways of doing, and await a typed homework or a file."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, RecordPart.HOMEWORK, now)
            await await_text(uow, actor, lesson, DraftPurpose.HOMEWORK, now, prompt=prompt)
            return await homework_choice_of(uow, lesson)

    async def put_plan_topic(self, actor: Actor, lesson_id: LessonId, topic_id: int, seen: int) -> RecordPut:
        """Enter a topic of the lesson's plan."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, RecordPart.TOPIC, now)
            title = await records.plan_topic(uow, topic_id, lesson.row.school_id, lesson.row.subject_id)
            if title is None:
                raise NoSuchTopic
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            wanted = Wanted(RecordPart.TOPIC, title[: LIMITS[RecordPart.TOPIC]], topic_id)
            return await put_part(uow, actor, lesson, wanted, seen, now)

    async def no_homework(self, actor: Actor, lesson_id: LessonId, seen: int) -> RecordPut:
        """Enter «Не задано»."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, RecordPart.HOMEWORK, now)
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            return await put_part(uow, actor, lesson, Wanted(RecordPart.HOMEWORK, NONE_SET), seen, now)

    async def put_typed(self, actor: Actor, purpose: DraftPurpose, text: str) -> RecordPut:
        """Enter the text that a draft of this purpose awaits.

        Where somebody was faster the draft stays, with the version now seen: sent again, the text replaces theirs.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            return await put_typed_in(uow, actor, purpose, text, now)

    async def doubt(self, actor: Actor, text: str) -> TopicDoubt | None:
        """Why a typed topic is shown back first; the draft keeps it. None: it may be entered (В 4.4.11)."""
        now = self._clock.now()
        typed = _typed(RecordPart.TOPIC, text)
        found = wording.doubt_about(typed)
        if found is None:
            return None
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.peek(uow, actor.bot_id, actor.user_id, DraftPurpose.TOPIC, now)
            if data is None:
                raise NothingAwaited
            lesson = await open_part(uow, actor, LessonId(data["lesson"]), RecordPart.TOPIC, now)
            await drafts.expect(
                uow, actor.bot_id, actor.user_id, DraftPurpose.TOPIC, {**data, "typed": typed, "prompt": None}, now
            )
        return TopicDoubt(title_of(lesson), typed, found, lesson.regulation.clauses["language"])

    async def put_doubted(self, actor: Actor, lesson_id: LessonId) -> RecordPut:
        """«Записать так»: the topic that was shown back, as it was typed. Raises NothingAwaited."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.peek(uow, actor.bot_id, actor.user_id, DraftPurpose.TOPIC, now)
            if data is None or data["lesson"] != lesson_id or "typed" not in data:
                raise NothingAwaited
            return await put_typed_in(uow, actor, DraftPurpose.TOPIC, data["typed"], now)

    async def restore(self, actor: Actor, lesson_id: LessonId, part: RecordPart, back_to: int, seen: int) -> RecordPut:
        """Let a part stand as it did in revision `back_to` (0: empty): «Отменить»."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, part, now)
            former = await records.revision(uow, lesson.id, part, back_to) if back_to else None
            wanted = Wanted(part, former.value, former.plan_topic_id, former.way) if former else Wanted(part, None)
            if part is RecordPart.HOMEWORK and wanted.value and await _undo_files(uow, lesson, seen, now):
                lesson = await access_lesson(uow, actor, lesson.id)
            return await put_part(uow, actor, lesson, wanted, seen, now)


async def open_part(uow: Uow, actor: Actor, lesson_id: LessonId, part: RecordPart, now: datetime) -> OwnLesson:
    """A lesson whose part the actor may enter now. Raises NotFoundHere, NotYourLesson and why it is closed."""
    lesson = await access_lesson(uow, actor, lesson_id)
    ensure_record_open(lesson, part, now)
    return lesson


async def _undo_files(uow: Uow, lesson: OwnLesson, seen: int, now: datetime) -> bool:
    """Whether attachments changed: what came with this revision of the homework goes, what went with it comes back."""
    current = lesson.row.parts.get(RecordPart.HOMEWORK)
    if current is None or current.rev != seen:
        return False
    gone = await homework.take_back_files(uow, lesson.id, current.entered_at, now)
    return await homework.bring_back_files(uow, lesson.id, current.entered_at, now) + gone > 0


async def await_text(
    uow: Uow, actor: Actor, lesson: OwnLesson, purpose: DraftPurpose, now: datetime, **more: Any
) -> int:
    """Let the next text of the actor be for a part of this lesson, after the revision that stands; its number."""
    seen = rev_of(lesson, TYPED[purpose])
    data: dict[str, Any] = {"lesson": int(lesson.id), "seen": seen, **more}
    await drafts.expect(uow, actor.bot_id, actor.user_id, purpose, data, now)
    return seen


async def put_typed_in(uow: Uow, actor: Actor, purpose: DraftPurpose, text: str, now: datetime) -> RecordPut:
    """The text that a draft awaits, in this transaction. Raises NothingAwaited and what is wrong with the text."""
    part = TYPED[purpose]
    data = await drafts.take(uow, actor.bot_id, actor.user_id, purpose, now)
    if data is None:
        raise NothingAwaited
    lesson = await open_part(uow, actor, LessonId(data["lesson"]), part, now)
    way = HomeworkWay(data["way"]) if data.get("way") else None
    put = await put_part(uow, actor, lesson, Wanted(part, _typed(part, text), way=way), data["seen"], now)
    if put.outcome is Outcome.CHANGED:
        again = {**data, "seen": put.card.revs[part]}
        await drafts.expect(uow, actor.bot_id, actor.user_id, purpose, again, now)
    return replace(put, prompt=data.get("prompt"))


async def homework_choice_of(uow: Uow, lesson: OwnLesson, way: HomeworkWay | None = None) -> HomeworkChoice:
    """What the homework's screen offers now; `way` chosen for what will be typed."""
    due_at, current = lesson.homework_due_at, part_of(lesson, RecordPart.HOMEWORK)
    attached = await homework.files(uow, lesson.id) if lesson.row.files else []
    return HomeworkChoice(
        title=title_of(lesson),
        current=current,
        due_at=None if due_at is None else due_at.astimezone(lesson.zone),
        clause=lesson.regulation.clauses["homework"],
        rev=rev_of(lesson, RecordPart.HOMEWORK),
        way=way or (current.way if current else None),
        last=await last_time(uow, lesson),
        files=lesson.row.files,
        last_file=max((one.id for one in attached), default=0),
        personal=lesson.row.personal,
    )


async def last_time(uow: Uow, lesson: OwnLesson) -> LastTime | None:
    """What this course's earlier lesson gave: of the same class or subgroup and subject, «не задано» left out."""
    row = lesson.row
    places = [LessonPlace(one.class_id, one.subgroup_id, row.starts_at) for one in row.audiences]
    found = await homework.earlier(uow, row.school_id, row.subject_id, places)
    if found is None:
        return None
    on_date = found.starts_at.astimezone(lesson.zone).date()
    return LastTime(found.lesson_id, on_date, found.text, found.way, found.files)


def _typed(part: RecordPart, text: str) -> str:
    typed = clean(text) if part is RecordPart.TOPIC else text.replace("\x00", "").strip()
    limit = LIMITS[part]
    if not typed:
        raise NothingTyped
    if len(typed) > limit:
        too_long = TopicTooLong if part is RecordPart.TOPIC else HomeworkTooLong
        raise too_long(length=len(typed), limit=limit)
    return typed


async def put_part(uow: Uow, actor: Actor, lesson: OwnLesson, wanted: Wanted, seen: int, now: datetime) -> RecordPut:
    """Add the wanted revision after `seen`, note it, tell the families, and say what became of it."""
    current = lesson.row.parts.get(wanted.part)
    if _stands(current, wanted):
        return RecordPut(wanted.part, Outcome.ALREADY, await card_of(uow, lesson, now))
    fresh = seen == rev_of(lesson, wanted.part)
    if not fresh or not await records.add(
        uow, lesson.id, wanted.part, seen + 1, wanted.value, actor.person_id, now, wanted.plan_topic_id, wanted.way
    ):
        return await _too_late(uow, actor, lesson, wanted, now)
    await note_record(uow, actor, lesson, wanted.part, seen + 1, now)
    if wanted.part is RecordPart.HOMEWORK:
        if not wanted.value and lesson.row.files:  # no homework, no attachments of it
            await homework.remove_files(uow, lesson.id, now)
        await tell_homework(uow, lesson, wanted.value, lesson.row.files, now)
    lesson = await access_lesson(uow, actor, lesson.id)
    card = await card_of(uow, lesson, now)
    return RecordPut(wanted.part, Outcome.SAVED, card, back_to=seen)


async def _too_late(uow: Uow, actor: Actor, lesson: OwnLesson, wanted: Wanted, now: datetime) -> RecordPut:
    lesson = await access_lesson(uow, actor, lesson.id)
    current = lesson.row.parts.get(wanted.part)
    card = await card_of(uow, lesson, now)
    if current is None or _stands(current, wanted):
        return RecordPut(wanted.part, Outcome.ALREADY, card)
    standing = Standing(current.value, current.author, current.entered_at.astimezone(lesson.zone))
    return RecordPut(wanted.part, Outcome.CHANGED, card, standing)


async def note_record(uow: Uow, actor: Actor, lesson: OwnLesson, part: RecordPart, rev: int, now: datetime) -> None:
    """The audit line of a part's new revision; what comes after its clock is noted as late (О 2.5)."""
    late = windows.is_late(part, lesson.span(), now, lesson.homework_due_at)
    await audit.note(
        uow,
        school_id=lesson.row.school_id,
        actor_id=actor.person_id,
        at=now,
        action=f"{part.value}_put",
        subject=f"lesson:{lesson.id}",
        detail={"rev": rev, "late": late},
    )


async def tell_homework(uow: Uow, lesson: OwnLesson, text: str | None, files: int, now: datetime) -> None:
    """Homework reaches every student whose class has homework, and their families (О 2.7; В 3.8)."""
    with_homework = {
        one.class_id for one in lesson.row.audiences if lesson.regulation.takes_marks(one.level, one.short_stay)
    }
    students = [one.student_id for one in await lessons.seats(uow, lesson.id) if one.class_id in with_homework]
    today = now.astimezone(lesson.zone).date()
    told = await recipients.recipients_of_students(uow, students, today)
    facts = news.homework_changed(
        [*told, *await student_readers.themselves(uow, students, today)],
        lesson_id=lesson.id,
        text=news.with_files(text, files),
        now=now,
        zone=lesson.zone,
        regulation=lesson.regulation,
    )
    await items.put(uow, facts, now)


def _stands(current: RecordRow | None, wanted: Wanted) -> bool:
    if current is None:
        return wanted.value is None
    if wanted.way not in {None, current.way}:
        return False
    return current.value == wanted.value and wanted.plan_topic_id in {None, current.plan_topic_id}


def rev_of(lesson: OwnLesson, part: RecordPart) -> int:
    """The newest revision of a part, 0 where nothing was entered."""
    row = lesson.row.parts.get(part)
    return 0 if row is None else row.rev
