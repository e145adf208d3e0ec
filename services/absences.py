"""«Отсутствующие»: a homeroom teacher sets reasons of absence, sees what contradicts, verifies weeks (М кл.рук. а)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services import drafts
from services.access import OwnLesson, TermClosed, access_class, lesson_with_rules
from services.actor import Actor
from services.changes import Outcome
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.explaining import NobodyAbsent, explain
from services.homeroom import NoClass
from services.i18n import N_
from services.lessons import Card, card_of
from services.rules import attendance as rules
from services.rules.attendance import Attended
from services.rules.short_names import Named
from storage.repositories import absence_notes, audit, homeroom, lessons, turns
from storage.repositories import absences as rows
from storage.repositories.absences import AbsentRow, SeenRow, monday_of
from storage.repositories.rights import ClassRow
from storage.uow import Storage, Uow
from storage.vocabulary import AbsenceReason, AttendanceCode, ClassId, LessonId, PersonId

CLOSE_LOOK = timedelta(days=14)  # in which contradictions and days running are looked for


class WeekAhead(SchoolError):
    """A week is verified after it has begun."""

    sentence = N_("This week hasn't begun yet.")


@dataclass(frozen=True, slots=True)
class AbsenceDay:
    """A student's day of absence: the lessons missed, the reason (None while one is open).

    `contradicts`: lessons missed between others attended. `running`: how many days without a reason by now.
    """

    student: Named
    on_date: date
    slots: tuple[int, ...]
    reason: AbsenceReason | None
    contradicts: tuple[int, ...] = ()
    running: int = 0


@dataclass(frozen=True, slots=True)
class ClassAbsences:
    """The absences of a class to be looked after: today's and open ones, the newest first.

    `came_after_all`: whom a note excuses today and a lesson has seen; somebody is to be asked.
    """

    class_id: ClassId
    name: str
    today: date
    days: Sequence[AbsenceDay]
    verified: bool
    came_after_all: Sequence[Named] = ()

    @property
    def open(self) -> int:
        """How many wait for a reason."""
        return sum(one.reason is None for one in self.days)


@dataclass(frozen=True, slots=True)
class SeenLesson:
    """A lesson of a student's day: what is entered, by whom (a surname) and when (school time), and who gives it.

    `code` None: nobody has said yet.
    """

    lesson_id: LessonId
    slot: int
    subject: str
    code: AttendanceCode | None
    reason: AbsenceReason | None
    minutes_late: int | None
    author: str | None
    entered_at: datetime | None
    teachers: Sequence[str]
    contradicts: bool


@dataclass(frozen=True, slots=True)
class StudentDay:
    """A student's day, lesson by lesson; `rev` is the sum of the revisions seen, which any change makes greater."""

    class_id: ClassId
    class_name: str
    student: Named
    on_date: date
    today: date
    lessons: Sequence[SeenLesson]
    rev: int

    @property
    def absent(self) -> list[SeenLesson]:
        """The lessons missed."""
        return [one for one in self.lessons if one.code is AttendanceCode.ABSENT]

    @property
    def reason(self) -> AbsenceReason | None:
        """The reason of all of them, None while one is open."""
        return _common([one.reason for one in self.absent])


@dataclass(frozen=True, slots=True)
class ReasonPut:
    """What became of a tap on a reason, with the day as it stands now."""

    outcome: Outcome
    day: StudentDay


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a class: lessons missed by reason (None: open), and who verified it when (school time)."""

    class_id: ClassId
    name: str
    monday: date
    today: date
    missed: Mapping[AbsenceReason | None, int]
    contradictions: int
    verified_by: str | None
    verified_at: datetime | None


class Absences:
    """The homeroom teacher's part of attendance; sees the own class only, and edits reasons only (О 2.4)."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def overview(self, actor: Actor, class_id: ClassId | None = None) -> ClassAbsences:
        """Today's absences and open ones, by default of the first own class; no text is awaited any more.

        Raises NoClass, NotYourClass.
        """
        now = self._clock.now()
        async with self._storage.reading() as uow:
            school_class = await self._class(uow, actor, class_id, now)
            view = await _overview(uow, actor, school_class, now)
            awaited = await drafts.text_awaited(uow, actor, now)
        if awaited:
            await drafts.leave(self._storage, actor, now)
        return view

    async def day(self, actor: Actor, student_id: PersonId, on_date: date) -> StudentDay:
        """A student's day, lesson by lesson. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            return await self._day(uow, actor, student_id, on_date, now)

    async def lesson(self, actor: Actor, student_id: PersonId, on_date: date, lesson_id: LessonId) -> Card:
        """A lesson of the class as its teachers see it, to read only (О 2.4). Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            day = await self._day(uow, actor, student_id, on_date, now)
            if lesson_id not in {one.lesson_id for one in day.lessons}:
                raise NotFoundHere
            return await card_of(uow, await _lesson(uow, actor, lesson_id), now)

    async def set_reason(
        self, actor: Actor, student_id: PersonId, on_date: date, reason: AbsenceReason | None, seen: int
    ) -> ReasonPut:
        """Let this be the reason of all the lessons a student missed on a day; None: it is open again.

        Every lesson gets a revision of its own by the homeroom teacher; an alarm that still waits is dropped, and a
        family that was alarmed hears that the reason is known. Raises NobodyAbsent, TermClosed.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await turns.take(uow, student_id)
            day = await self._day(uow, actor, student_id, on_date, now)
            if not day.absent:
                raise NobodyAbsent
            if all(one.reason is reason for one in day.absent):
                return ReasonPut(Outcome.ALREADY, day)
            if day.rev != seen:
                return ReasonPut(Outcome.CHANGED, day)
            for one in day.absent:
                lesson = await _lesson(uow, actor, one.lesson_id)
                if lesson.span().closed:
                    raise TermClosed
                if one.reason is not reason:
                    await explain(uow, actor, lesson, student_id, reason, now)
            return ReasonPut(Outcome.SAVED, await self._day(uow, actor, student_id, on_date, now))

    async def week(self, actor: Actor, class_id: ClassId, day: date) -> Week:
        """The week of a day. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            return await _week(uow, actor, await self._class(uow, actor, class_id, now), day, now)

    async def verify(self, actor: Actor, class_id: ClassId, day: date) -> Week:
        """«Сверено»: the attendance of the week was checked (В 4.3.1, 4.3.6). Raises WeekAhead."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            school_class = await self._class(uow, actor, class_id, now)
            if monday_of(day) > now.astimezone(actor.zone).date():
                raise WeekAhead
            if await rows.verify(uow, actor.school_id, class_id, day, actor.person_id, now):
                await audit.note(
                    uow,
                    school_id=actor.school_id,
                    actor_id=actor.person_id,
                    at=now,
                    action="attendance_verify",
                    subject=f"class:{class_id}",
                    detail={"week": monday_of(day).isoformat()},
                )
            return await _week(uow, actor, school_class, day, now)

    async def _class(self, uow: Uow, actor: Actor, class_id: ClassId | None, now: datetime) -> ClassRow:
        today = now.astimezone(actor.zone).date()
        if class_id is None:
            led = await homeroom.led_classes(uow, actor.person_id, today)
            if not led:
                raise NoClass
            class_id = led[0].id
        return await access_class(uow, actor, class_id, today)

    async def _day(self, uow: Uow, actor: Actor, student_id: PersonId, on_date: date, now: datetime) -> StudentDay:
        found = await rows.class_of(uow, actor.school_id, student_id, on_date)
        if found is None:
            raise NotFoundHere
        school_class = await self._class(uow, actor, found[0], now)
        seen = await rows.seen(uow, school_class.id, [student_id], on_date, on_date)
        teachers = await rows.teachers(uow, [one.lesson_id for one in seen])
        odd = set(rules.contradictions(_attended(seen)))
        return StudentDay(
            school_class.id,
            school_class.name,
            Named(*found[1]),
            on_date,
            now.astimezone(actor.zone).date(),
            [_lesson_seen(one, teachers.get(one.lesson_id, []), one.slot in odd, actor) for one in seen],
            sum(one.rev for one in seen),
        )


async def _overview(uow: Uow, actor: Actor, school_class: ClassRow, now: datetime) -> ClassAbsences:
    today = now.astimezone(actor.zone).date()
    gathered: dict[tuple[date, PersonId], list[AbsentRow]] = defaultdict(list)
    for row in await rows.absent(uow, school_class.id, today - rows.LOOK_BACK, today):
        gathered[row.on_date, row.student_id].append(row)
    shown = {
        key: own for key, own in gathered.items() if key[0] == today or _common([one.reason for one in own]) is None
    }
    seen: dict[PersonId, dict[date, list[SeenRow]]] = defaultdict(lambda: defaultdict(list))
    for one in await rows.seen(uow, school_class.id, {student for _, student in shown}, today - CLOSE_LOOK, today):
        seen[one.student_id][one.on_date].append(one)
    running = {
        student: rules.days_running({on: known for on, lessons_ in days.items() if (known := _attended(lessons_))})
        for student, days in seen.items()
    }
    newest = {student: max(on for on, one in shown if one == student) for _, student in shown}
    days = [
        AbsenceDay(
            Named(student, own[0].last_name, own[0].first_name, own[0].middle_name),
            on_date,
            tuple(one.slot for one in own),
            _common([one.reason for one in own]),
            tuple(rules.contradictions(_attended(seen[student][on_date]))),
            running.get(student, 0) if newest[student] == on_date else 0,
        )
        for (on_date, student), own in shown.items()
    ]
    days.sort(key=lambda one: (-one.on_date.toordinal(), one.reason is not None, one.student.usual))
    verified = await rows.verified(uow, school_class.id, today) is not None
    came = await _came_after_all(uow, school_class.id, today)
    return ClassAbsences(school_class.id, school_class.name, today, days, verified, came)


async def _came_after_all(uow: Uow, class_id: ClassId, today: date) -> list[Named]:
    excused = await absence_notes.expected_absent(uow, class_id, today)
    seen = await rows.seen(uow, class_id, [one.student_id for one in excused], today, today)
    there = {one.student_id for one in seen if one.code in {AttendanceCode.PRESENT, AttendanceCode.LATE}}
    return [
        Named(one.student_id, one.last_name, one.first_name, one.middle_name)
        for one in excused
        if one.student_id in there
    ]


async def _week(uow: Uow, actor: Actor, school_class: ClassRow, day: date, now: datetime) -> Week:
    monday = monday_of(day)
    sunday = monday + timedelta(days=6)
    found = await rows.absent(uow, school_class.id, monday, sunday)
    missed: dict[AbsenceReason | None, int] = defaultdict(int)
    for row in found:
        missed[row.reason] += 1
    days: dict[tuple[date, PersonId], list[SeenRow]] = defaultdict(list)
    for one in await rows.seen(uow, school_class.id, {row.student_id for row in found}, monday, sunday):
        days[one.on_date, one.student_id].append(one)
    odd = sum(bool(rules.contradictions(_attended(own))) for own in days.values())
    word = await rows.verified(uow, school_class.id, monday)
    return Week(
        school_class.id,
        school_class.name,
        monday,
        now.astimezone(actor.zone).date(),
        missed,
        odd,
        None if word is None else word.author,
        None if word is None else word.made_at.astimezone(actor.zone),
    )


async def _lesson(uow: Uow, actor: Actor, lesson_id: LessonId) -> OwnLesson:
    found = await lessons.find(uow, lesson_id, actor.school_id, actor.person_id)
    if found is None:
        raise NotFoundHere
    return lesson_with_rules(found)


def _attended(seen: Sequence[SeenRow]) -> list[Attended]:
    return [Attended(one.slot, one.code, one.reason) for one in seen if one.code is not None]


def _lesson_seen(one: SeenRow, teachers: Sequence[str], contradicts: bool, actor: Actor) -> SeenLesson:
    entered_at = None if one.entered_at is None else one.entered_at.astimezone(actor.zone)
    return SeenLesson(
        one.lesson_id,
        one.slot,
        one.subject,
        one.code,
        one.reason,
        one.minutes_late,
        one.author,
        entered_at,
        teachers,
        contradicts,
    )


def _common(reasons: Sequence[AbsenceReason | None]) -> AbsenceReason | None:
    """The reason that all share; None while one is open, the first where they differ."""
    return None if not reasons or None in reasons else reasons[0]
