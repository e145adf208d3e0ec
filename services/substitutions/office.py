"""Giving lessons to substitutes and taking them back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services import drafts, reasons
from services.actor import Actor
from services.arrangements import (
    ABSENT,
    SUBSTITUTE,
    Arranged,
    LessonNotHeldAnyMore,
    Replaced,
    access_arranged,
    arranged,
    day_table,
    ensure_open,
    named,
    tell,
)
from services.assignments import ensure_arranges
from services.changes import Outcome
from services.clock import Clock
from services.errors import NotFoundHere
from services.family_changes import tell_families
from services.rules.short_names import Named
from services.substitutions import finding
from services.substitutions.views import (
    ArrangedDay,
    Away,
    DayPut,
    DayReasonAsked,
    LessonChoice,
    NamesFound,
    ReasonAsked,
    SubstitutionPut,
    TeacherDay,
)
from storage.repositories import arrangements as rows
from storage.repositories import staff_leave, substitutions
from storage.repositories.audit import note
from storage.repositories.substitutions import SubstitutionRow
from storage.uow import Storage, Uow
from storage.vocabulary import ChangeReason, DraftPurpose, LessonId, LessonState, PersonId


class Substitutions:
    """Arranges who gives the lessons of those who are away."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def day(self, actor: Actor, on_date: date | None = None) -> ArrangedDay:
        """A day's changes and absences, by default today's; a typed surname opens that teacher's day."""
        ensure_arranges(actor)
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        shown = on_date or today
        async with self._storage.writing(actor.seq, now=now) as uow:
            table = await day_table(uow, actor, shown)
            found = await arranged(uow, actor, list(table.rows.values()))
            staff = await rows.staff(uow, actor.school_id, shown)
            away = await staff_leave.of_day(uow, actor.school_id, shown)
            await _await_name(uow, actor, {"ask": "absent", "day": shown.isoformat()}, now)
        lessons_of = {one.id: [lesson for lesson in found if lesson.concerns(one.id)] for one in staff}
        return ArrangedDay(
            shown,
            today,
            [one for one in found if one.changed],
            [
                Away(named(one), away[one.id].kind, finding.uncovered(lessons_of[one.id], one.id))
                for one in staff
                if one.id in away and lessons_of[one.id]
            ],
            [named(one) for one in staff if lessons_of[one.id]],
        )

    async def teacher_day(self, actor: Actor, on_date: date, teacher_id: PersonId) -> TeacherDay:
        """The lessons of a teacher's day, and who could give them. No text is awaited any more."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            return await finding.teacher_day(uow, actor, on_date, teacher_id, now)

    async def choice(self, actor: Actor, lesson_id: LessonId, absent_id: PersonId) -> LessonChoice:
        """One lesson of an absent teacher; a typed surname is a substitute's."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            found = await finding.choice(uow, actor, lesson_id, absent_id, now)
            await _await_substitute(uow, actor, found, now)
            return found

    async def named(self, actor: Actor, text: str) -> NamesFound:
        """Whom a typed surname means, as its draft asked. Raises NobodyByName; the draft stays either way."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            data = await drafts.peek(uow, actor.bot_id, actor.user_id, DraftPurpose.ARRANGEMENT, now)
            if data is None or data["ask"] not in {"absent", "substitute"}:
                raise NotFoundHere
            lesson = absent = None
            if data["ask"] == "substitute":
                lesson = await access_arranged(uow, actor, LessonId(data["lesson"]))
                absent = await finding.person(uow, actor, PersonId(data["absent"]))
            on_date = date.fromisoformat(data["day"]) if lesson is None else lesson.title.on_date
            staff = await rows.staff(uow, actor.school_id, on_date)
        return NamesFound(
            finding.by_name(text, [named(one) for one in staff]), on_date, lesson, absent, data.get("seen", 0)
        )

    async def put(
        self,
        actor: Actor,
        lesson_id: LessonId,
        absent_id: PersonId,
        substitute_id: PersonId,
        seen: int,
        reason: ChangeReason | None = None,
        *,
        sure: bool = False,
    ) -> SubstitutionPut | ReasonAsked:
        """Let somebody give a lesson for its absent teacher. `seen`: the substitution the button knew of, 0 for none.

        Without a reason that of the leave, or of the teacher's other substitutions that day, is taken; where there is
        none, or the substitute is busy and nobody is `sure`, it is asked for. Taking the lesson back to its own
        teacher is `end`.
        """
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            text = None if reason is None else reason.value
            return await _put(uow, actor, _Wanted(lesson_id, absent_id, substitute_id, seen, text, sure), now)

    async def put_typed(self, actor: Actor, text: str) -> SubstitutionPut | ReasonAsked | DayPut:
        """The same, for a reason that was typed. Raises NoReason; the question stands then."""
        ensure_arranges(actor)
        now = self._clock.now()
        reason = reasons.typed(text)
        async with self._storage.reading() as uow:
            asked = await drafts.peek(uow, actor.bot_id, actor.user_id, DraftPurpose.LESSON_STATE, now)
        if asked is not None and asked["act"] == "day":
            substitute = PersonId(asked["substitute"]) if asked["substitute"] else None
            day, teacher = date.fromisoformat(asked["day"]), PersonId(asked["absent"])
            return await self._put_day(actor, day, teacher, substitute, reason, now)
        async with self._storage.writing(actor.seq, now=now) as uow:
            data = await drafts.take(uow, actor.bot_id, actor.user_id, DraftPurpose.LESSON_STATE, now)
            if data is None:
                raise NotFoundHere
            wanted = _Wanted(
                LessonId(data["lesson"]),
                PersonId(data["absent"]),
                PersonId(data["substitute"]),
                data["seen"],
                reason,
                data["sure"],
            )
            return await _put(uow, actor, wanted, now)

    async def put_day(
        self,
        actor: Actor,
        on_date: date,
        absent_id: PersonId,
        substitute_id: PersonId | None,
        reason: ChangeReason | None = None,
    ) -> DayPut | DayReasonAsked:
        """Give all lessons of a day that nobody gives to one substitute, where free, or (None) each to the offered.

        A transaction a lesson: interrupted, what was given stays given, and the same tap again gives the rest.
        """
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            text = reason.value if reason else await _known_reason(uow, actor, absent_id, on_date)
        if text is None:
            async with self._storage.writing(actor.seq, now=now) as uow:
                day = await finding.teacher_day(uow, actor, on_date, absent_id, now)
                substitute = await finding.person(uow, actor, substitute_id) if substitute_id else None
                data = {
                    "act": "day",
                    "day": on_date.isoformat(),
                    "absent": int(absent_id),
                    "substitute": int(substitute_id or 0),
                }
                await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.LESSON_STATE, data, now)
                return DayReasonAsked(day, substitute)
        return await self._put_day(actor, on_date, absent_id, substitute_id, text, now)

    async def end(self, actor: Actor, substitution_id: int) -> SubstitutionPut:
        """Take a substitution back: its right ends at once, what was entered stays with its author."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            found = await substitutions.find(uow, actor.school_id, substitution_id)
            if found is None:
                raise NotFoundHere
            await rows.lock(uow, actor.school_id, found.lesson_id)
            lesson = await access_arranged(uow, actor, found.lesson_id)
            standing = next((one for one in lesson.substitutions if one.id == substitution_id), None)
            outcome = Outcome.ALREADY
            if standing is not None:
                await ensure_open(uow, actor, lesson.title.on_date, now)
                await end_in(uow, actor, lesson, [standing], now)
                await tell(uow, actor, lesson, {found.absent_id: None, found.substitute_id: None}, now)
                await tell_families(uow, actor, found.lesson_id, now)
                outcome = Outcome.SAVED
            choice = await finding.choice(uow, actor, found.lesson_id, found.absent_id, now)
            await _await_substitute(uow, actor, choice, now)
            return SubstitutionPut(outcome, choice)

    async def _put_day(
        self,
        actor: Actor,
        on_date: date,
        absent_id: PersonId,
        substitute_id: PersonId | None,
        reason: str,
        now: datetime,
    ) -> DayPut:
        """Lesson by lesson, each with its news in a transaction of its own: the families of a whole day are hundreds.

        A lesson and its news are one: their rows are twice as many as sit in it, at most some 200 for three classes.
        """
        async with self._storage.reading() as uow:
            await ensure_open(uow, actor, on_date, now)
            day = await finding.teacher_day(uow, actor, on_date, absent_id, now)
            one = None if substitute_id is None else await finding.substitute(uow, actor, substitute_id, on_date)
        put = 0
        for lesson in day.uncovered:
            lesson_id = lesson.title.lesson_id
            substitute = one or day.offers.get(lesson_id)
            if substitute is not None:
                async with self._storage.writing() as uow:
                    put += await _give(uow, actor, lesson_id, absent_id, substitute, reason, now)
        # Last, so that the tap, or the typed reason, goes on where it was interrupted.
        async with self._storage.writing(actor.seq, now=now) as uow:
            await drafts.drop(uow, actor.bot_id, actor.user_id)
            return DayPut(put, await finding.teacher_day(uow, actor, on_date, absent_id, now))


@dataclass(frozen=True, slots=True)
class _Wanted:
    lesson_id: LessonId
    absent_id: PersonId
    substitute_id: PersonId
    seen: int
    reason: str | None
    sure: bool


async def _put(uow: Uow, actor: Actor, wanted: _Wanted, now: datetime) -> SubstitutionPut | ReasonAsked:
    await rows.lock(uow, actor.school_id, wanted.lesson_id)
    choice = await finding.choice(uow, actor, wanted.lesson_id, wanted.absent_id, now)
    lesson, standing, absent_id = choice.lesson, choice.standing, PersonId(choice.absent.id)
    if not lesson.held:
        raise LessonNotHeldAnyMore
    await ensure_open(uow, actor, lesson.title.on_date, now)
    substitute = await finding.substitute(uow, actor, wanted.substitute_id, lesson.title.on_date)
    if standing is not None and standing.substitute.id == substitute.id:
        return SubstitutionPut(Outcome.ALREADY, choice)
    if substitute.id == absent_id or (standing.id if standing else 0) != wanted.seen:
        return SubstitutionPut(Outcome.CHANGED, choice)
    table = await day_table(uow, actor, lesson.title.on_date)
    conflicts = [] if wanted.sure else finding.conflicts(table, lesson, substitute)
    reason = wanted.reason or await _known_reason(uow, actor, absent_id, lesson.title.on_date)
    if conflicts or reason is None:
        data: dict[str, Any] = {
            "act": "substitute",
            "lesson": int(lesson.title.lesson_id),
            "absent": int(absent_id),
            "substitute": int(substitute.id),
            "seen": wanted.seen,
            "sure": True,  # the conflicts are shown with the question
        }
        await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.LESSON_STATE, data, now)
        known = ChangeReason(reason) if reason in set(ChangeReason) else None
        return ReasonAsked(lesson, choice.today, choice.absent, substitute, wanted.seen, conflicts, known)
    await _write(uow, actor, lesson, standing, absent_id, substitute, reason, now)
    done = await finding.choice(uow, actor, wanted.lesson_id, absent_id, now)
    await _await_substitute(uow, actor, done, now)
    return SubstitutionPut(Outcome.SAVED, done)


async def _write(
    uow: Uow,
    actor: Actor,
    lesson: Arranged,
    standing: Replaced | None,
    absent_id: PersonId,
    substitute: Named,
    reason: str,
    now: datetime,
) -> None:
    values: dict[int, str | None] = {}
    if standing is not None:
        await end_in(uow, actor, lesson, [standing], now)
        values[standing.substitute.id] = None
    lesson_id, substitute_id = lesson.title.lesson_id, PersonId(substitute.id)
    made = await substitutions.add(
        uow,
        school_id=actor.school_id,
        lesson_id=lesson_id,
        absent_id=absent_id,
        substitute_id=substitute_id,
        reason=reason,
        made_by=actor.person_id,
        now=now,
    )
    await rows.set_state(uow, lesson_id, LessonState.SUBSTITUTED, reason)
    await note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action="substitution_made",
        subject=f"lesson:{lesson_id}",
        detail={"substitution": made, "absent": absent_id, "substitute": substitute_id},
    )
    values |= {substitute_id: SUBSTITUTE, absent_id: f"{ABSENT}:{substitute_id}"}
    await tell(uow, actor, lesson, values, now)
    await tell_families(uow, actor, lesson_id, now)


async def end_in(uow: Uow, actor: Actor, lesson: Arranged, ending: Collection[Replaced], now: datetime) -> None:
    """Take substitutions of a lesson back, in this transaction; with the last of them it is as in the timetable."""
    lesson_id = lesson.title.lesson_id
    for one in ending:
        row = SubstitutionRow(one.id, lesson_id, PersonId(one.absent.id), PersonId(one.substitute.id), one.reason, None)
        await substitutions.end(uow, row, actor.person_id, now)
        await note(
            uow,
            school_id=actor.school_id,
            actor_id=actor.person_id,
            at=now,
            action="substitution_ended",
            subject=f"lesson:{lesson_id}",
            detail={"substitution": one.id, "absent": one.absent.id, "substitute": one.substitute.id},
        )
    if len(ending) == len(lesson.substitutions) and lesson.state is LessonState.SUBSTITUTED:
        await rows.set_state(uow, lesson_id, LessonState.PLANNED, "")


async def _give(
    uow: Uow,
    actor: Actor,
    lesson_id: LessonId,
    absent_id: PersonId,
    substitute: Named,
    reason: str,
    now: datetime,
) -> bool:
    """Give one lesson of an absent teacher's day, if nobody gives it by now and the substitute is free."""
    await rows.lock(uow, actor.school_id, lesson_id)
    lesson = await access_arranged(uow, actor, lesson_id)
    if substitute.id == absent_id or not lesson.held or lesson.of(absent_id) is not None:
        return False
    given = None  # the absent one was a substitute here
    if all(one.id != absent_id for one in lesson.teachers):
        given = lesson.by(absent_id)
        if given is None:
            return False  # somebody else gives it already
    await ensure_open(uow, actor, lesson.title.on_date, now)
    # Read anew: the lesson before may have made the substitute busy.
    if finding.conflicts(await day_table(uow, actor, lesson.title.on_date), lesson, substitute):
        return False
    owner = absent_id if given is None else PersonId(given.absent.id)
    await _write(uow, actor, lesson, given, owner, substitute, reason, now)
    return True


async def _known_reason(uow: Uow, actor: Actor, absent_id: PersonId, on_date: date) -> str | None:
    """Why a teacher is away on a day: of the leave, or of another substitution made for that day."""
    away = (await staff_leave.of_day(uow, actor.school_id, on_date)).get(absent_id)
    if away is not None and away.kind in reasons.OF_LEAVE:
        return reasons.OF_LEAVE[away.kind].value
    return await substitutions.reason_of_day(uow, actor.school_id, absent_id, on_date)


async def _await_name(uow: Uow, actor: Actor, data: dict[str, Any], now: datetime) -> None:
    await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.ARRANGEMENT, data, now)


async def _await_substitute(uow: Uow, actor: Actor, choice: LessonChoice, now: datetime) -> None:
    data = {
        "ask": "substitute",
        "lesson": int(choice.lesson.title.lesson_id),
        "absent": int(choice.absent.id),
        "seen": choice.standing.id if choice.standing else 0,
    }
    await _await_name(uow, actor, data, now)
