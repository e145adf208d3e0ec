"""Absence notes: guardians' words beforehand, the homeroom teacher's decisions, and what lessons know of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, String, exists, func, insert, or_, select, update
from sqlalchemy import cast as as_type
from sqlalchemy.orm import aliased

from storage.models.family import AbsenceNote
from storage.models.people import Enrollment, Guardianship, Person
from storage.models.school import SchoolClass
from storage.models.timetable import Lesson, LessonAudience
from storage.repositories import lessons
from storage.repositories.lessons import NOT_HELD
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import ClassId, NoteId, NoteReason, NoteState, PersonId, Relation, SchoolId

STANDS = (NoteState.ASKED.value, NoteState.CONFIRMED.value)


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note to be written down; its days are inclusive."""

    school_id: SchoolId
    student_id: PersonId
    guardian_id: PersonId
    from_on: date
    until_on: date
    reason: NoteReason
    words: str


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note as it stands, with the names of whom it is about and by; `relation` None: nobody's guardian any more."""

    id: NoteId
    school_id: SchoolId
    student_id: PersonId
    student_last: str
    student_first: str
    student_middle: str
    class_id: ClassId | None
    class_name: str
    guardian_id: PersonId
    guardian_last: str
    guardian_first: str
    guardian_middle: str
    relation: Relation | None
    from_on: date
    until_on: date
    reason: NoteReason
    words: str
    state: NoteState
    created_at: datetime
    decided_by: str | None
    answer: str


def _rows(today: date) -> Any:
    guardian, decider = aliased(Person, name="note_guardian"), aliased(Person, name="note_decider")
    return (
        select(
            AbsenceNote.id,
            AbsenceNote.school_id,
            AbsenceNote.student_id,
            Person.last_name.label("student_last"),
            Person.first_name.label("student_first"),
            Person.middle_name.label("student_middle"),
            SchoolClass.id.label("class_id"),
            func.coalesce(SchoolClass.name, "").label("class_name"),
            AbsenceNote.guardian_id,
            guardian.last_name.label("guardian_last"),
            guardian.first_name.label("guardian_first"),
            guardian.middle_name.label("guardian_middle"),
            Guardianship.relation,
            AbsenceNote.from_on,
            AbsenceNote.until_on,
            AbsenceNote.reason,
            AbsenceNote.words,
            AbsenceNote.state,
            AbsenceNote.created_at,
            decider.last_name.label("decided_by"),
            AbsenceNote.answer,
        )
        .join(Person, Person.id == AbsenceNote.student_id)
        .join(guardian, guardian.id == AbsenceNote.guardian_id)
        .outerjoin(decider, decider.id == AbsenceNote.decided_by)
        .outerjoin(
            Enrollment,
            (Enrollment.student_id == AbsenceNote.student_id)
            & holds_on(Enrollment.since_on, Enrollment.until_on, today),
        )
        .outerjoin(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .outerjoin(
            Guardianship,
            (Guardianship.student_id == AbsenceNote.student_id)
            & (Guardianship.guardian_id == AbsenceNote.guardian_id)
            & holds_on(Guardianship.since_on, Guardianship.until_on, today),
        )
    )


def _row(row: Any) -> NoteRow:
    values = dict(row._mapping)
    values["reason"], values["state"] = NoteReason(row.reason), NoteState(row.state)
    values["relation"] = None if row.relation is None else Relation(row.relation)
    return NoteRow(**values)


async def add(uow: Uow, new: NewNote, now: datetime) -> NoteId:
    """Write a note down; it waits for its decision."""
    row = {
        "school_id": new.school_id,
        "student_id": new.student_id,
        "guardian_id": new.guardian_id,
        "from_on": new.from_on,
        "until_on": new.until_on,
        "reason": new.reason.value,
        "words": new.words,
        "state": NoteState.ASKED.value,
        "created_at": now,
        "answer": "",
    }
    return NoteId((await uow.execute(insert(AbsenceNote).values(**row).returning(AbsenceNote.id))).scalar_one())


async def find(uow: Uow, school_id: SchoolId, note_id: NoteId, today: date) -> NoteRow | None:
    """A note of the school, with the class and relation of today."""
    question = _rows(today).where(AbsenceNote.id == note_id, AbsenceNote.school_id == school_id)
    row = (await uow.execute(question)).first()
    return None if row is None else _row(row)


async def lock_student(uow: Uow, student_id: PersonId) -> None:
    """Let one note of a student be written at a time, so that two guardians at once don't name the same days."""
    await uow.execute(select(Person.id).where(Person.id == student_id).with_for_update())


async def overlapping(
    uow: Uow, school_id: SchoolId, student_id: PersonId, since: date, until: date, today: date
) -> NoteRow | None:
    """A standing note of a student that has a day in common with these."""
    question = _rows(today).where(
        AbsenceNote.school_id == school_id,
        AbsenceNote.student_id == student_id,
        AbsenceNote.from_on <= until,
        AbsenceNote.until_on >= since,
        AbsenceNote.state.in_(STANDS),
    )
    row = (await uow.execute(question.order_by(AbsenceNote.id))).first()
    return None if row is None else _row(row)


async def of_guardian(
    uow: Uow, school_id: SchoolId, guardian_id: PersonId, student_ids: Collection[PersonId], today: date
) -> list[NoteRow]:
    """A guardian's own notes of these children that aren't over; withdrawn ones are left out."""
    question = _rows(today).where(
        AbsenceNote.school_id == school_id,
        AbsenceNote.guardian_id == guardian_id,
        AbsenceNote.student_id.in_(list(student_ids)),
        AbsenceNote.until_on >= today,
        AbsenceNote.state != NoteState.WITHDRAWN.value,
    )
    return [_row(row) for row in await uow.execute(question.order_by(AbsenceNote.from_on, AbsenceNote.id))]


async def of_class(uow: Uow, school_id: SchoolId, class_id: ClassId, today: date) -> list[NoteRow]:
    """What a class's homeroom teacher looks at: notes that await a decision, and confirmed ones that aren't over."""
    awaits, lasts = AbsenceNote.state == NoteState.ASKED.value, AbsenceNote.until_on >= today
    question = _rows(today).where(
        AbsenceNote.school_id == school_id,
        Enrollment.class_id == class_id,
        or_(awaits, (AbsenceNote.state == NoteState.CONFIRMED.value) & lasts),
    )
    found = [_row(row) for row in await uow.execute(question.order_by(AbsenceNote.from_on, AbsenceNote.id))]
    return sorted(found, key=lambda one: one.state is not NoteState.ASKED)


async def waiting(uow: Uow, class_id: ClassId, today: date) -> int:
    """How many notes of a class's students await a decision."""
    question = (
        select(func.count())
        .select_from(AbsenceNote)
        .join(Enrollment, Enrollment.student_id == AbsenceNote.student_id)
        .where(
            Enrollment.class_id == class_id,
            holds_on(Enrollment.since_on, Enrollment.until_on, today),
            AbsenceNote.state == NoteState.ASKED.value,
        )
    )
    count: int = (await uow.execute(question)).scalar_one()
    return count


@dataclass(frozen=True, slots=True)
class Expected:
    """A student whom a standing note covers on a day."""

    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str


async def expected_absent(uow: Uow, class_id: ClassId, on: date) -> list[Expected]:
    """The students of a class who will not come on a day, by their notes, by name."""
    question = (
        select(Person.id, Person.last_name, Person.first_name, Person.middle_name, Person.key)
        .distinct()
        .join(AbsenceNote, AbsenceNote.student_id == Person.id)
        .join(Enrollment, Enrollment.student_id == Person.id)
        .where(
            Enrollment.class_id == class_id,
            holds_on(Enrollment.since_on, Enrollment.until_on, on),
            AbsenceNote.from_on <= on,
            AbsenceNote.until_on >= on,
            AbsenceNote.state.in_(STANDS),
        )
        .order_by(Person.key, Person.id)
    )
    return [Expected(row.id, row.last_name, row.first_name, row.middle_name) for row in await uow.execute(question)]


async def decide(
    uow: Uow,
    note_id: NoteId,
    state: NoteState,
    by: PersonId | None,
    now: datetime,
    *,
    was: Collection[NoteState] = (NoteState.ASKED,),
    answer: str = "",
) -> bool:
    """Give a note another state, if it has one of these; False where somebody was quicker."""
    changed = (
        update(AbsenceNote)
        .where(AbsenceNote.id == note_id, AbsenceNote.state.in_([one.value for one in was]))
        .values(state=state.value, decided_by=by, decided_at=now, answer=answer)
    )
    return await uow.write(changed) > 0


async def shorten(uow: Uow, note_id: NoteId, until: date, seen: date) -> bool:
    """Let a note end earlier, if it ends on the day that was seen."""
    changed = (
        update(AbsenceNote)
        .where(AbsenceNote.id == note_id, AbsenceNote.until_on == seen, AbsenceNote.state.in_(STANDS))
        .values(until_on=until)
    )
    return await uow.write(changed) > 0


def told_beforehand(student: Any) -> ColumnElement[Any]:
    """«12=asked=ill,15=confirmed=family»: the notes that stand for a student on the question's Lesson's day.

    Each by its guardian, state and reason, for a tap to decide whom an absence alarms and which reason it has.
    """
    note = aliased(AbsenceNote)
    said = as_type(note.guardian_id, String) + "=" + note.state + "=" + note.reason
    return cast(
        ColumnElement[Any],
        select(func.aggregate_strings(said, ","))
        .where(
            note.student_id == student,
            note.from_on <= Lesson.on_date,
            note.until_on >= Lesson.on_date,
            note.state.in_(STANDS),
        )
        .correlate(Lesson)
        .scalar_subquery(),
    )


@dataclass(frozen=True, slots=True)
class Beforehand:
    """A note as a tap knows it."""

    guardian_id: PersonId
    state: NoteState
    reason: NoteReason


def parsed(listed: str | None) -> list[Beforehand]:
    """What `told_beforehand` found."""
    found = (one.split("=") for one in (listed or "").split(",") if one)
    return [Beforehand(PersonId(int(who)), NoteState(state), NoteReason(reason)) for who, state, reason in found]


def is_expected_absent() -> ColumnElement[bool]:
    """That a note stands for the question's Person on its Lesson's day."""
    note = aliased(AbsenceNote)
    return (
        exists()
        .where(
            note.student_id == Person.id,
            note.from_on <= Lesson.on_date,
            note.until_on >= Lesson.on_date,
            note.state.in_(STANDS),
        )
        .correlate(Person, Lesson)
    )


async def lessons_end_at(uow: Uow, school_id: SchoolId, student_id: PersonId, on: date) -> datetime | None:
    """When a student's held lessons of a day end; None where there are none."""
    question = (
        select(func.max(Lesson.ends_at))
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(Enrollment, lessons.sits(Enrollment.student_id))
        .where(
            Enrollment.student_id == student_id,
            Lesson.school_id == school_id,
            Lesson.on_date == on,
            Lesson.state.not_in(NOT_HELD),
        )
    )
    ends_at: datetime | None = (await uow.execute(question)).scalar_one()
    return ends_at
