"""What the screens of substitutions and lesson states ask: a day's lessons with who gives them, and the staff."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from storage.models.journal import Attendance, LessonRecord, LessonWork, Mark
from storage.models.people import Person, PersonRole, TelegramAccount
from storage.models.school import SchoolClass, Subgroup, Subject
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories.people import holds_on
from storage.repositories.revisions import is_newest
from storage.uow import Uow
from storage.vocabulary import (
    AccountState,
    AttendanceCode,
    BotId,
    LessonId,
    LessonState,
    PersonId,
    Role,
    SchoolId,
)

GIVING = (Role.TEACHER.value, Role.EDUCATOR.value)


@dataclass(frozen=True, slots=True)
class PersonName:
    """Somebody of the school with the parts of the name."""

    id: PersonId
    last: str
    first: str
    middle: str


@dataclass(frozen=True, slots=True)
class TeacherRow:
    """A teacher of a lesson; `substitute`: only for this lesson."""

    person: PersonName
    substitute: bool


@dataclass(frozen=True, slots=True)
class SeatedPart:
    """A class, or a subgroup of it, in a lesson."""

    class_id: int
    class_name: str
    subgroup_id: int | None
    subgroup: str | None


@dataclass(frozen=True, slots=True)
class ArrangedRow:
    """A lesson as it is arranged; moments are aware UTC. `moved_from_id`: the lesson it is held instead of."""

    id: LessonId
    year_id: int
    on_date: date
    slot: int
    starts_at: datetime
    ends_at: datetime
    room: str
    subject_id: int
    subject: str
    state: LessonState
    state_reason: str
    moved_from_id: LessonId | None
    audiences: tuple[SeatedPart, ...]
    teachers: tuple[TeacherRow, ...]


COLUMNS = (
    Lesson.id,
    Lesson.year_id,
    Lesson.on_date,
    Lesson.slot,
    Lesson.starts_at,
    Lesson.ends_at,
    Lesson.room,
    Lesson.subject_id,
    Subject.name,
    Lesson.state,
    Lesson.state_reason,
    Lesson.moved_from_id,
)


async def of_day(uow: Uow, school_id: SchoolId, day: date) -> list[ArrangedRow]:
    """All the lessons of a school's day, whatever became of them, in their order."""
    return await _load(uow, Lesson.school_id == school_id, Lesson.on_date == day)


async def by_ids(uow: Uow, school_id: SchoolId, lesson_ids: Collection[LessonId]) -> list[ArrangedRow]:
    """These lessons of a school, in their order."""
    if not lesson_ids:
        return []
    return await _load(uow, Lesson.school_id == school_id, Lesson.id.in_(sorted(lesson_ids)))


async def _load(uow: Uow, *which: ColumnElement[bool]) -> list[ArrangedRow]:
    question = select(*COLUMNS).join(Subject, Subject.id == Lesson.subject_id).where(*which)
    rows = (await uow.execute(question.order_by(Lesson.starts_at, Lesson.id))).all()
    audiences: defaultdict[int, list[SeatedPart]] = defaultdict(list)
    for row in await uow.execute(
        select(LessonAudience.lesson_id, SchoolClass.id, SchoolClass.name, Subgroup.id, Subgroup.name)
        .join(Lesson, Lesson.id == LessonAudience.lesson_id)
        .join(SchoolClass, SchoolClass.id == LessonAudience.class_id)
        .outerjoin(Subgroup, Subgroup.id == LessonAudience.subgroup_id)
        .where(*which)
        .order_by(SchoolClass.level, SchoolClass.name, Subgroup.name)
    ):
        audiences[row[0]].append(SeatedPart(*row[1:]))
    teachers: defaultdict[int, list[TeacherRow]] = defaultdict(list)
    for row in await uow.execute(
        select(
            LessonTeacher.lesson_id,
            Person.id,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            LessonTeacher.substitute,
        )
        .join(Lesson, Lesson.id == LessonTeacher.lesson_id)
        .join(Person, Person.id == LessonTeacher.teacher_id)
        .where(*which)
        .order_by(Person.key, Person.id)
    ):
        teachers[row[0]].append(TeacherRow(PersonName(*row[1:5]), row[5]))
    return [
        ArrangedRow(
            id=row[0],
            year_id=row[1],
            on_date=row[2],
            slot=row[3],
            starts_at=row[4],
            ends_at=row[5],
            room=row[6],
            subject_id=row[7],
            subject=row[8],
            state=LessonState(row[9]),
            state_reason=row[10],
            moved_from_id=row[11],
            audiences=tuple(audiences[row[0]]),
            teachers=tuple(teachers[row[0]]),
        )
        for row in rows
    ]


async def lock(uow: Uow, school_id: SchoolId, lesson_id: LessonId) -> None:
    """Let changes of one lesson go one after another; a record being entered beside us is waited for, and seen."""
    await uow.execute(select(Lesson.id).where(Lesson.id == lesson_id, Lesson.school_id == school_id).with_for_update())


async def is_recorded(uow: Uow, lesson_id: LessonId) -> bool:
    """Whether anything stands in a lesson's record: a part, somebody absent or late, a mark."""
    newer, newest = aliased(Attendance), aliased(Mark)
    latest_attendance = (
        select(func.max(newer.rev))
        .where(newer.lesson_id == Attendance.lesson_id, newer.student_id == Attendance.student_id)
        .correlate(Attendance)
        .scalar_subquery()
    )
    latest_mark = (
        select(func.max(newest.rev))
        .where(newest.work_id == Mark.work_id, newest.student_id == Mark.student_id)
        .correlate(Mark)
        .scalar_subquery()
    )
    parts = exists().where(
        LessonRecord.lesson_id == lesson_id, LessonRecord.value.is_not(None), is_newest(LessonRecord)
    )
    missed = exists().where(
        Attendance.lesson_id == lesson_id,
        Attendance.rev == latest_attendance,
        Attendance.code != AttendanceCode.PRESENT.value,
    )
    marks = (
        select(Mark.work_id)
        .join(LessonWork, LessonWork.id == Mark.work_id)
        .where(LessonWork.lesson_id == lesson_id, Mark.value.is_not(None), Mark.rev == latest_mark)
        .exists()
    )
    return bool((await uow.execute(select(or_(parts, missed, marks)))).scalar_one())


async def held_instead(uow: Uow, lesson_id: LessonId) -> LessonId | None:
    """The lesson that a moved one is held as, unless that was cancelled or moved on in its turn."""
    question = (
        select(Lesson.id)
        .where(
            Lesson.moved_from_id == lesson_id,
            Lesson.state.in_([LessonState.PLANNED.value, LessonState.SUBSTITUTED.value]),
        )
        .order_by(Lesson.id.desc())
    )
    return (await uow.execute(question.limit(1))).scalar_one_or_none()


async def followers(uow: Uow, lesson_ids: Collection[LessonId]) -> dict[LessonId, LessonId]:
    """Where moved lessons went: by a moved lesson's id the newest that is held instead of it."""
    question = select(Lesson.moved_from_id, Lesson.id).where(Lesson.moved_from_id.in_(sorted(lesson_ids)))
    rows = await uow.execute(question.order_by(Lesson.id))
    return {LessonId(moved): LessonId(held) for moved, held in rows if moved is not None}


async def set_state(uow: Uow, lesson_id: LessonId, state: LessonState, reason: str) -> None:
    """What became of a lesson, and why (В 2.3)."""
    await uow.write(update(Lesson).where(Lesson.id == lesson_id).values(state=state.value, state_reason=reason))


async def add_moved(
    uow: Uow,
    school_id: SchoolId,
    former: ArrangedRow,
    day: date,
    slot: int,
    starts_at: datetime,
    ends_at: datetime,
    teachers: Sequence[PersonId],
) -> LessonId:
    """Lay a lesson out in the place of `former`, for the same audience; no timetable entry lays it out again."""
    row = {
        "school_id": school_id,
        "year_id": former.year_id,
        "subject_id": former.subject_id,
        "on_date": day,
        "slot": slot,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "room": former.room,
        "moved_from_id": former.id,
    }
    made = LessonId((await uow.execute(insert(Lesson).values(row).returning(Lesson.id))).scalar_one())
    await uow.execute(insert(LessonTeacher), [{"lesson_id": made, "teacher_id": one} for one in teachers])
    await uow.execute(
        insert(LessonAudience),
        [{"lesson_id": made, "class_id": one.class_id, "subgroup_id": one.subgroup_id} for one in former.audiences],
    )
    return made


async def staff(uow: Uow, school_id: SchoolId, on: date) -> list[PersonName]:
    """Who may give lessons on a day, by name."""
    question = (
        select(Person.id, Person.last_name, Person.first_name, Person.middle_name)
        .where(
            Person.school_id == school_id,
            exists().where(
                PersonRole.person_id == Person.id,
                PersonRole.role.in_(GIVING),
                holds_on(PersonRole.since_on, PersonRole.until_on, on),
            ),
        )
        .order_by(Person.key, Person.id)
    )
    return [PersonName(*row) for row in await uow.execute(question)]


async def person(uow: Uow, school_id: SchoolId, person_id: PersonId) -> PersonName | None:
    """Somebody of a school by number."""
    question = select(Person.id, Person.last_name, Person.first_name, Person.middle_name)
    row = (await uow.execute(question.where(Person.id == person_id, Person.school_id == school_id))).first()
    return None if row is None else PersonName(*row)


async def teach_subject(uow: Uow, school_id: SchoolId, subject_id: int, since: date, until: date) -> set[PersonId]:
    """Who gives a subject in these days, substitutes left out."""
    return await _teaching(uow, school_id, since, until, Lesson.subject_id == subject_id)


async def teach_classes(
    uow: Uow, school_id: SchoolId, class_ids: Collection[int], since: date, until: date
) -> set[PersonId]:
    """Who gives anything to one of these classes in these days, substitutes left out."""
    audience = exists().where(LessonAudience.lesson_id == Lesson.id, LessonAudience.class_id.in_(sorted(class_ids)))
    return await _teaching(uow, school_id, since, until, audience)


async def _teaching(uow: Uow, school_id: SchoolId, since: date, until: date, which: Any) -> set[PersonId]:
    question = (
        select(LessonTeacher.teacher_id)
        .distinct()
        .join(Lesson, Lesson.id == LessonTeacher.lesson_id)
        .where(
            Lesson.school_id == school_id,
            Lesson.on_date >= since,
            Lesson.on_date <= until,
            LessonTeacher.substitute.is_(False),
            which,
        )
    )
    return {row.teacher_id for row in await uow.execute(question)}


async def chats(uow: Uow, person_ids: Collection[PersonId]) -> list[tuple[PersonId, BotId]]:
    """The connected of these people, with the bot each has."""
    question = (
        select(TelegramAccount.person_id, TelegramAccount.bot_id)
        .where(TelegramAccount.person_id.in_(sorted(person_ids)), TelegramAccount.state == AccountState.ACTIVE.value)
        .order_by(TelegramAccount.person_id)
    )
    return [(row.person_id, row.bot_id) for row in await uow.execute(question)]
