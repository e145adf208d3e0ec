"""Homework of chosen students, besides the general one: whom for, what, and taking it back (О 2.7; В 4.4.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from services import drafts
from services.access import NotInLesson, OwnLesson, access_lesson
from services.actor import Actor
from services.changes import Outcome
from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from services.lessons import Card, LessonTitle, card_of, title_of
from services.letters import news
from services.outbox import items
from services.records import await_text, open_part
from services.rules import windows
from services.rules.short_names import Named
from storage.repositories import audit, lessons, recipients, student_readers
from storage.repositories import homework as rows
from storage.repositories.homework import PersonalRow
from storage.uow import Storage, Uow
from storage.vocabulary import DraftPurpose, HomeworkWay, LessonId, PersonId, RecordPart

PART, PURPOSE = RecordPart.HOMEWORK, DraftPurpose.HOMEWORK
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class NobodyChosen(SchoolError):
    """No student is chosen."""

    sentence = N_("Nobody is chosen. Tap the names first.")


class HomeworkChanged(SchoolError):
    """That homework was changed since, or taken back."""

    sentence = N_("This homework was changed since. Open the homework again.")


@dataclass(frozen=True, slots=True)
class ChosenStudent:
    """A student in the grid, whether chosen, and the own homework that stands."""

    name: Named
    chosen: bool
    homework: str | None


@dataclass(frozen=True, slots=True)
class ChosenSheet:
    """Whom the homework that will be typed is for."""

    title: LessonTitle
    students: Sequence[ChosenStudent]

    @property
    def chosen(self) -> list[ChosenStudent]:
        """Those who are."""
        return [one for one in self.students if one.chosen]


@dataclass(frozen=True, slots=True)
class PersonalPut:
    """What became of homework for chosen students; for SAVED `put_at` (microseconds) and `revs` name it to «Отменить».

    `revs`: the sum of the revisions it made, which any later change makes greater.
    """

    outcome: Outcome
    card: Card
    students: Sequence[Named]
    text: str | None
    put_at: int | None = None
    revs: int = 0
    author: str = ""
    prompt: int | None = None


class PersonalHomework:
    """Gives chosen students homework of their own."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def choose_students(self, actor: Actor, lesson_id: LessonId) -> ChosenSheet:
        """The grid of students whom the homework that will be typed is for; nobody is chosen at first."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            kept = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now) or {}
            chosen = kept.get("students", {}) if kept.get("lesson") == lesson.id else {}
            await await_text(uow, actor, lesson, PURPOSE, now, students=chosen)
            return await _sheet(uow, lesson, chosen)

    async def choose_student(
        self, actor: Actor, lesson_id: LessonId, student_id: PersonId, *, chosen: bool
    ) -> ChosenSheet:
        """Whether the homework that will be typed is for this student too. Raises NotInLesson."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            if student_id not in await _names(uow, lesson):
                raise NotInLesson
            kept = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now) or {}
            students: dict[str, int] = kept.get("students", {}) if kept.get("lesson") == lesson.id else {}
            standing = (await rows.personal(uow, lesson.id)).get(student_id)
            students = {one: rev for one, rev in students.items() if one != str(student_id)}
            if chosen:
                students[str(student_id)] = 0 if standing is None else standing.rev
            await await_text(uow, actor, lesson, PURPOSE, now, students=students)
            return await _sheet(uow, lesson, students)

    async def type_for_chosen(self, actor: Actor, lesson_id: LessonId, prompt: int | None = None) -> ChosenSheet:
        """Await the text for the chosen students. Raises NobodyChosen."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            students = await _chosen(uow, actor, lesson, now)
            await await_text(uow, actor, lesson, PURPOSE, now, students=students, typing=True, prompt=prompt)
            return await _sheet(uow, lesson, students)

    async def drop_personal(self, actor: Actor, lesson_id: LessonId) -> PersonalPut:
        """Take the chosen students' own homework back. Raises NobodyChosen."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            students = await _chosen(uow, actor, lesson, now)
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            return await _put_personal(uow, actor, lesson, {"students": students}, None, now)

    async def take_back(self, actor: Actor, lesson_id: LessonId, put_at: int, revs: int) -> PersonalPut:
        """«Отменить»: what was put for students at that moment stands as it did before. Raises HomeworkChanged."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            lesson = await open_part(uow, actor, lesson_id, PART, now)
            at = EPOCH + timedelta(microseconds=put_at)
            standing = await rows.personal(uow, lesson.id)
            own = [one for one in standing.values() if one.author_id == actor.person_id and one.entered_at == at]
            if sum(one.rev for one in own) != revs:
                raise HomeworkChanged
            for one in own:
                value, way = await rows.personal_revision(uow, lesson.id, one.student_id, one.rev - 1)
                if not await rows.add_personal(
                    uow, lesson.id, one.student_id, one.rev + 1, value, way, actor.person_id, now
                ):
                    raise HomeworkChanged  # a colleague was quicker by a moment
                await _tell_personal(uow, lesson, [one.student_id], value, now)
            await _note_personal(uow, actor, lesson, {one.student_id: one.rev + 1 for one in own}, now)
            named = await _names(uow, lesson)
            lesson = await access_lesson(uow, actor, lesson.id)
            people = [named[one.student_id] for one in own if one.student_id in named]
            return PersonalPut(Outcome.SAVED, await card_of(uow, lesson, now), people, None)


async def put_typed_for_chosen(
    uow: Uow, actor: Actor, data: Mapping[str, Any], text: str, now: datetime
) -> PersonalPut:
    """The typed homework of the students that a draft names, in this transaction.

    Where a colleague was faster the draft stays, with the revisions now seen: sent again, the text replaces theirs.
    """
    lesson = await open_part(uow, actor, LessonId(data["lesson"]), PART, now)
    put = await _put_personal(uow, actor, lesson, data, text, now)
    if put.outcome is Outcome.CHANGED:
        seen = {str(one): row.rev for one, row in (await rows.personal(uow, lesson.id)).items()}
        again = {one: seen.get(one, 0) for one in data["students"]}
        await drafts.expect(uow, actor.bot_id, actor.user_id, PURPOSE, {**data, "students": again}, now)
    else:
        await drafts.drop(uow, actor.bot_id, actor.user_id)
    return put


async def _chosen(uow: Uow, actor: Actor, lesson: OwnLesson, now: datetime) -> dict[str, int]:
    """The students the draft names who still sit in the lesson, each with the revision that was seen."""
    kept = await drafts.peek(uow, actor.bot_id, actor.user_id, PURPOSE, now) or {}
    seated = await _names(uow, lesson)
    students = {one: rev for one, rev in kept.get("students", {}).items() if int(one) in seated}
    if kept.get("lesson") != lesson.id or not students:
        raise NobodyChosen
    return students


async def _put_personal(
    uow: Uow, actor: Actor, lesson: OwnLesson, data: Mapping[str, Any], text: str | None, now: datetime
) -> PersonalPut:
    """The chosen students' own homework after the revisions that were seen: all of them, or none (О 2.7)."""
    named = await _names(uow, lesson)
    wanted = {PersonId(int(one)): rev for one, rev in data["students"].items() if int(one) in named}
    if not wanted:
        raise NobodyChosen
    people = [named[one] for one in wanted]
    standing = await rows.personal(uow, lesson.id)
    way = HomeworkWay(data["way"]) if data.get("way") else None
    newer = next((one for one in wanted if _rev(standing, one) != wanted[one]), None)
    if newer is not None:
        author = standing[newer].author
        return PersonalPut(Outcome.CHANGED, await card_of(uow, lesson, now), people, text, author=author)
    changed = {one: rev + 1 for one, rev in wanted.items() if _value(standing, one) != text}
    for student_id, rev in sorted(changed.items()):
        if not await rows.add_personal(uow, lesson.id, student_id, rev, text, way, actor.person_id, now):
            raise HomeworkChanged  # another transaction was quicker by a moment: all of this one is undone
    if changed:
        await _tell_personal(uow, lesson, list(changed), text, now)
        await _note_personal(uow, actor, lesson, changed, now)
    lesson = await access_lesson(uow, actor, lesson.id)
    card = await card_of(uow, lesson, now)
    prompt = data.get("prompt")
    if not changed:
        return PersonalPut(Outcome.ALREADY, card, people, text, prompt=prompt)
    put_at = (now - EPOCH) // timedelta(microseconds=1)
    return PersonalPut(Outcome.SAVED, card, people, text, put_at, sum(changed.values()), prompt=prompt)


async def _tell_personal(
    uow: Uow, lesson: OwnLesson, students: Sequence[PersonId], text: str | None, now: datetime
) -> None:
    """Each student's own homework reaches that student and their guardians, and nobody else."""
    today = now.astimezone(lesson.zone).date()
    told = await recipients.recipients_of_students(uow, students, today)
    told += await student_readers.themselves(uow, students, today)
    facts = news.homework_changed(
        told, lesson_id=lesson.id, text=text, now=now, zone=lesson.zone, regulation=lesson.regulation, own=True
    )
    await items.put(uow, facts, now)


async def _note_personal(
    uow: Uow, actor: Actor, lesson: OwnLesson, revs: Mapping[PersonId, int], now: datetime
) -> None:
    late = windows.is_late(PART, lesson.span(), now, lesson.homework_due_at)
    for student_id, rev in revs.items():
        await audit.note(
            uow,
            school_id=lesson.row.school_id,
            actor_id=actor.person_id,
            at=now,
            action="personal_homework_put",
            subject=f"homework:{lesson.id}:{student_id}",
            detail={"rev": rev, "late": late},
        )


async def _sheet(uow: Uow, lesson: OwnLesson, chosen: Mapping[str, int]) -> ChosenSheet:
    standing = await rows.personal(uow, lesson.id)
    students = [
        ChosenStudent(name, str(student_id) in chosen, _value(standing, student_id))
        for student_id, name in (await _names(uow, lesson)).items()
    ]
    return ChosenSheet(title_of(lesson), students)


async def _names(uow: Uow, lesson: OwnLesson) -> dict[PersonId, Named]:
    """Who sits in the lesson and may be given homework (В 3.8), by name."""
    with_homework = {
        one.class_id for one in lesson.row.audiences if lesson.regulation.takes_marks(one.level, one.short_stay)
    }
    return {
        one.student_id: Named(one.student_id, one.last_name, one.first_name, one.middle_name)
        for one in await lessons.seats(uow, lesson.id)
        if one.class_id in with_homework
    }


def _rev(standing: Mapping[PersonId, PersonalRow], student_id: PersonId) -> int:
    return standing[student_id].rev if student_id in standing else 0


def _value(standing: Mapping[PersonId, PersonalRow], student_id: PersonId) -> str | None:
    return standing[student_id].value if student_id in standing else None
