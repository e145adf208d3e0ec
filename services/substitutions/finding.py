"""Who is free for a lesson, and what a day with somebody away looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.actor import Actor
from services.arrangements import Arranged, Conflict, DayTable, access_arranged, arranged, day_table, named, title
from services.errors import NotFoundHere
from services.names import fold
from services.rules.short_names import Named
from services.rules.substitutes import Candidate, ranked
from services.substitutions.views import Leave, LessonChoice, NobodyByName, NotOnTheStaff, NotTheirLesson, TeacherDay
from storage.repositories import arrangements as rows
from storage.repositories import staff_leave
from storage.repositories.arrangements import PersonName
from storage.repositories.staff_leave import LeaveRow
from storage.uow import Uow
from storage.vocabulary import LessonId, PersonId

OFFERED = 6
SEEN_AROUND = timedelta(days=14)  # who gives a subject or knows a class, the lessons of these days tell


async def teacher_day(uow: Uow, actor: Actor, on_date: date, teacher_id: PersonId, now: datetime) -> TeacherDay:
    """The lessons of a teacher's day, and who could give them."""
    teacher = await person(uow, actor, teacher_id)
    free = await Free.of(uow, actor, on_date)
    own = [row for row in free.table.rows.values() if any(one.person.id == teacher_id for one in row.teachers)]
    found = await arranged(uow, actor, own)
    standing = free.away.get(teacher_id)
    open_ones = [one.title.lesson_id for one in found if one.held and one.of(teacher_id) is None]
    offers = {lesson_id: await free.candidates(uow, lesson_id, teacher_id) for lesson_id in open_ones}
    ids = [{one.person.id for one in many} for many in offers.values()]
    first = next(iter(offers.values()), [])
    for_all = [one.person for one in first if all(one.person.id in others for others in ids)]
    return TeacherDay(
        on_date,
        now.astimezone(actor.zone).date(),
        teacher,
        None if standing is None else Leave(standing.id, standing.kind, standing.since_on, standing.until_on),
        found,
        _spread(free.table, offers),
        for_all[:2] if len(open_ones) > 1 else [],
    )


def _spread(table: DayTable, free: Mapping[LessonId, Sequence[Candidate]]) -> dict[LessonId, Named]:
    """The fittest for each lesson; nobody is offered for two at the same hours."""
    offers: dict[LessonId, Named] = {}
    for lesson_id, many in free.items():
        row = table.rows[lesson_id]
        for one in many:
            taken = [table.rows[other] for other, person in offers.items() if person.id == one.person.id]
            if not any(other.starts_at < row.ends_at and row.starts_at < other.ends_at for other in taken):
                offers[lesson_id] = one.person
                break
    return offers


async def choice(uow: Uow, actor: Actor, lesson_id: LessonId, absent_id: PersonId, now: datetime) -> LessonChoice:
    """One lesson; an absent substitute stands for the teacher whom they were to replace."""
    lesson = await access_arranged(uow, actor, lesson_id)
    absent = next((one for one in lesson.teachers if one.id == absent_id), None)
    if absent is None:
        replacing = lesson.by(absent_id)
        if replacing is None:
            raise NotTheirLesson
        absent = replacing.absent
    free = await Free.of(uow, actor, lesson.title.on_date)
    offered = await free.candidates(uow, lesson_id, PersonId(absent.id)) if lesson.held else []
    standing = lesson.of(PersonId(absent.id))
    return LessonChoice(
        lesson,
        now.astimezone(actor.zone).date(),
        absent,
        standing,
        [one for one in offered if standing is None or one.person.id != standing.substitute.id][:OFFERED],
    )


@dataclass(frozen=True)
class Free:
    """Who may give a day's lessons; what is asked of many lessons is asked once."""

    actor: Actor
    table: DayTable
    staff: Sequence[PersonName]
    away: Mapping[PersonId, LeaveRow]
    subjects: dict[int, set[PersonId]] = field(default_factory=dict)
    classes: dict[frozenset[int], set[PersonId]] = field(default_factory=dict)

    @classmethod
    async def of(cls, uow: Uow, actor: Actor, day: date) -> "Free":
        """The staff of a day."""
        return cls(
            actor,
            await day_table(uow, actor, day),
            await rows.staff(uow, actor.school_id, day),
            await staff_leave.of_day(uow, actor.school_id, day),
        )

    async def candidates(self, uow: Uow, lesson_id: LessonId, absent_id: PersonId) -> list[Candidate]:
        """Who is free at a lesson's hours, the fittest first."""
        row = self.table.rows[lesson_id]
        school_id, days = self.actor.school_id, (row.on_date - SEEN_AROUND, row.on_date + SEEN_AROUND)
        if row.subject_id not in self.subjects:
            self.subjects[row.subject_id] = await rows.teach_subject(uow, school_id, row.subject_id, *days)
        classes = frozenset(one.class_id for one in row.audiences)
        if classes not in self.classes:
            self.classes[classes] = await rows.teach_classes(uow, school_id, classes, *days)
        own = {one.person.id for one in row.teachers}
        return ranked(
            Candidate(
                named(one),
                one.id in self.subjects[row.subject_id],
                one.id in self.classes[classes],
                self.table.count(one.id),
            )
            for one in self.staff
            if one.id != absent_id
            and one.id not in own
            and one.id not in self.away
            and self.table.busy(one.id, row.starts_at, row.ends_at, row.id) is None
        )


def conflicts(table: DayTable, lesson: Arranged, substitute: Named) -> list[Conflict]:
    """What a substitute gives at a lesson's hours already."""
    row = table.rows[lesson.title.lesson_id]
    there = table.busy(PersonId(substitute.id), row.starts_at, row.ends_at, row.id)
    return [] if there is None else [Conflict(substitute.initials, title(there, table.zone))]


async def person(uow: Uow, actor: Actor, person_id: PersonId) -> Named:
    """Somebody of the school. Raises NotFoundHere."""
    found = await rows.person(uow, actor.school_id, person_id)
    if found is None:
        raise NotFoundHere
    return named(found)


async def substitute(uow: Uow, actor: Actor, person_id: PersonId, on_date: date) -> Named:
    """Somebody who may give lessons that day. Raises NotOnTheStaff."""
    found = next((one for one in await rows.staff(uow, actor.school_id, on_date) if one.id == person_id), None)
    if found is None:
        raise NotOnTheStaff
    return named(found)


def by_name(text: str, people: Sequence[Named]) -> list[Named]:
    """The people whose names begin so, «чехов а»: the first word is the surname's beginning. Raises NobodyByName."""
    words = fold(text).replace(".", " ").split()
    found = [one for one in people if words and _begins(words, [one.last, one.first, one.middle])]
    if not found:
        raise NobodyByName(text=text[:40])
    return found


def _begins(words: Sequence[str], parts: Sequence[str]) -> bool:
    return len(words) <= len(parts) and all(
        fold(part).startswith(word) for word, part in zip(words, parts, strict=False)
    )


def uncovered(found: Sequence[Arranged], person_id: PersonId) -> int:
    """How many of somebody's lessons nobody gives."""
    return sum(one.held and one.of(person_id) is None for one in found)
