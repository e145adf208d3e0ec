"""Printed information for families without electronic form: whom it is for, what waits for it, batches and sheets."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select, update
from sqlalchemy.orm import aliased

from storage.models.delivery import Item, Letter
from storage.models.family import Contact, PrintBatch, PrintSheet
from storage.models.people import Enrollment, Guardianship, Homeroom, Person, PersonRole
from storage.models.school import SchoolClass
from storage.models.timetable import Lesson
from storage.repositories.items import in_order
from storage.repositories.people import holds_on
from storage.repositories.recipients import rests_by_any_way
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import (
    STAFF_ROLES,
    BotId,
    Channel,
    ClassId,
    ItemId,
    ItemKind,
    ItemState,
    LetterId,
    LetterMethod,
    LetterState,
    PersonId,
    SchoolId,
)

STAFF = tuple(role.value for role in STAFF_ROLES)
Taker = aliased(Person, name="printed_guardian")
Child = aliased(Person, name="printed_student")


@dataclass(frozen=True, slots=True)
class PaperTie:
    """A guardian who asked for paper and may be told about a student of the class."""

    guardian_id: PersonId
    guardian: tuple[str, str, str]  # last, first, middle
    locale: str
    student_id: PersonId
    student: tuple[str, str]  # last, first
    since: date  # of the wish


def _wishes() -> Any:
    return and_(
        Contact.person_id == Guardianship.guardian_id,
        Contact.channel == Channel.PAPER.value,
        Contact.stopped_at.is_(None),
    )


async def ties(uow: Uow, class_id: ClassId, today: date) -> list[PaperTie]:
    """The register of a class's families on paper, by the student's name, then the guardian's (О 1.6)."""
    question = (
        select(
            Taker.id.label("guardian_id"),
            Taker.last_name,
            Taker.first_name,
            Taker.middle_name,
            Taker.locale,
            Child.id.label("student_id"),
            Child.last_name.label("child_last"),
            Child.first_name.label("child_first"),
            Contact.given_on,
        )
        .select_from(Enrollment)
        .join(Guardianship, and_(Guardianship.student_id == Enrollment.student_id, rests_by_any_way(today)))
        .join(Contact, _wishes())
        .join(Taker, Taker.id == Guardianship.guardian_id)
        .join(Child, Child.id == Enrollment.student_id)
        .where(Enrollment.class_id == class_id, holds_on(Enrollment.since_on, Enrollment.until_on, today))
        .order_by(Child.key, Child.id, Taker.key, Taker.id)
    )
    return [
        PaperTie(
            PersonId(row.guardian_id),
            (row.last_name, row.first_name, row.middle_name),
            row.locale,
            PersonId(row.student_id),
            (row.child_last, row.child_first),
            row.given_on,
        )
        for row in await uow.execute(question)
    ]


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """A fact that waits to be printed; `lesson_on`: the day of the lesson it is about."""

    id: ItemId
    rev: int
    recipient_id: PersonId
    student_id: PersonId | None
    kind: ItemKind
    collapse_key: str
    lesson_on: date | None


async def waiting(uow: Uow, guardian_ids: Collection[PersonId]) -> list[WaitingItem]:
    """What waits on paper for these guardians, the oldest first."""
    question = (
        select(Item.id, Item.rev, Item.recipient_id, Item.student_id, Item.kind, Item.collapse_key, Lesson.on_date)
        .outerjoin(Lesson, Lesson.id == Item.lesson_id)
        .where(
            Item.recipient_id.in_(guardian_ids),
            Item.channel == Channel.PAPER.value,
            Item.state == ItemState.WAITING.value,
            Item.hold.is_(None),
        )
        .order_by(Item.id)
    )
    return [
        WaitingItem(
            ItemId(row.id),
            row.rev,
            PersonId(row.recipient_id),
            None if row.student_id is None else PersonId(row.student_id),
            ItemKind(row.kind),
            row.collapse_key,
            row.on_date,
        )
        for row in await uow.execute(question)
    ]


@dataclass(frozen=True, slots=True)
class Batch:
    """One print for a class: its days, inclusive, and when it was made."""

    id: int
    class_id: ClassId
    since_on: date
    until_on: date
    printed_at: datetime


def _batch(row: Any) -> Batch:
    return Batch(row.id, ClassId(row.class_id), row.since_on, row.until_on, row.printed_at)


BATCHES = select(PrintBatch.id, PrintBatch.class_id, PrintBatch.since_on, PrintBatch.until_on, PrintBatch.printed_at)


async def last_batch(uow: Uow, class_id: ClassId) -> Batch | None:
    """The class's newest print."""
    question = BATCHES.where(PrintBatch.class_id == class_id).order_by(PrintBatch.until_on.desc()).limit(1)
    row = (await uow.execute(question)).one_or_none()
    return None if row is None else _batch(row)


async def batch(uow: Uow, school_id: SchoolId, batch_id: int) -> Batch | None:
    """A print of the school."""
    question = BATCHES.where(PrintBatch.id == batch_id, PrintBatch.school_id == school_id)
    row = (await uow.execute(question)).one_or_none()
    return None if row is None else _batch(row)


async def begin(
    uow: Uow,
    *,
    school_id: SchoolId,
    class_id: ClassId,
    since_on: date,
    until_on: date,
    printed_by: PersonId,
    now: datetime,
) -> Batch:
    """The day's print of a class: a new one, or the one that stands."""
    row = {
        "school_id": school_id,
        "class_id": class_id,
        "since_on": since_on,
        "until_on": until_on,
        "printed_by": printed_by,
        "printed_at": now,
    }
    await add_unless_there(uow, PrintBatch, row)
    question = BATCHES.where(PrintBatch.class_id == class_id, PrintBatch.until_on == until_on)
    return _batch((await uow.execute(question)).one())


@dataclass(frozen=True, slots=True)
class Sheet:
    """A printed sheet: whose, for whom, what stands on it, and when it was handed over."""

    id: int
    guardian_id: PersonId
    guardian: tuple[str, str, str]
    student_id: PersonId
    student: tuple[str, str]
    content: dict[str, Any]
    handed_on: date | None


async def sheets(uow: Uow, batch_id: int) -> list[Sheet]:
    """The sheets of a print, by the student's name, then the guardian's."""
    question = (
        select(
            PrintSheet.id,
            PrintSheet.guardian_id,
            Taker.last_name,
            Taker.first_name,
            Taker.middle_name,
            PrintSheet.student_id,
            Child.last_name.label("child_last"),
            Child.first_name.label("child_first"),
            Letter.payload,
            PrintSheet.handed_on,
        )
        .join(Taker, Taker.id == PrintSheet.guardian_id)
        .join(Child, Child.id == PrintSheet.student_id)
        .join(Letter, Letter.id == PrintSheet.letter_id)
        .where(PrintSheet.batch_id == batch_id)
        .order_by(Child.key, Child.id, Taker.key, Taker.id)
    )
    return [
        Sheet(
            row.id,
            PersonId(row.guardian_id),
            (row.last_name, row.first_name, row.middle_name),
            PersonId(row.student_id),
            (row.child_last, row.child_first),
            row.payload["sheet"],
            row.handed_on,
        )
        for row in await uow.execute(question)
        if "sheet" in row.payload  # else its guardian was erased
    ]


async def add_sheet(
    uow: Uow,
    *,
    batch_id: int,
    guardian_id: PersonId,
    student_id: PersonId,
    bot_id: BotId,
    content: dict[str, Any],
    now: datetime,
) -> LetterId | None:
    """A sheet, and the letter that it is in the one ledger; None where the batch has it already."""
    added = await add_unless_there(
        uow, PrintSheet, {"batch_id": batch_id, "guardian_id": guardian_id, "student_id": student_id}
    )
    if not added:
        return None
    letter = insert(Letter).values(
        bot_id=bot_id,
        channel=Channel.PAPER.value,
        address=f"paper:{guardian_id}",
        method=LetterMethod.DOCUMENT.value,
        payload={"sheet": content},
        state=LetterState.SENT.value,
        epoch=0,
        created_at=now,
        sending_at=now,
        sent_at=now,
        outcome="printed",
    )
    letter_id = LetterId((await uow.execute(letter.returning(Letter.id))).scalar_one())
    await uow.write(
        update(PrintSheet)
        .where(
            PrintSheet.batch_id == batch_id,
            PrintSheet.guardian_id == guardian_id,
            PrintSheet.student_id == student_id,
        )
        .values(letter_id=letter_id)
    )
    return letter_id


CLAIM = (
    update(Item)
    .where(
        Item.id == bindparam("which"),
        Item.rev == bindparam("seen_rev"),
        Item.state == ItemState.WAITING.value,
        Item.channel == Channel.PAPER.value,
    )
    .values(state=ItemState.TOLD.value, told_at=bindparam("at", type_=Item.told_at.type), letter_id=bindparam("letter"))
)


async def claim(uow: Uow, items: Sequence[WaitingItem], letter_id: LetterId, now: datetime) -> None:
    """Those of the items that stand as they were seen are told by this letter; one that moved waits for the next."""
    if not items:
        return
    await uow.execute(in_order(Item.id.in_([one.id for one in items])))
    await uow.execute(CLAIM, [{"which": one.id, "seen_rev": one.rev, "letter": letter_id, "at": now} for one in items])


async def class_of_sheet(uow: Uow, school_id: SchoolId, sheet_id: int) -> ClassId | None:
    """The class that a sheet was printed for."""
    question = (
        select(PrintBatch.class_id)
        .join(PrintSheet, PrintSheet.batch_id == PrintBatch.id)
        .where(PrintSheet.id == sheet_id, PrintBatch.school_id == school_id)
    )
    found = (await uow.execute(question)).scalar_one_or_none()
    return None if found is None else ClassId(found)


async def hand(uow: Uow, sheet_id: int, on: date | None, by: PersonId) -> bool:
    """A sheet was handed over on a day (None: it was not after all); False where that stands already."""
    handed = PrintSheet.handed_on.is_(None) if on is not None else PrintSheet.handed_on.is_not(None)
    question = update(PrintSheet).where(PrintSheet.id == sheet_id, handed)
    return await uow.write(question.values(handed_on=on, handed_by=None if on is None else by)) > 0


@dataclass(frozen=True, slots=True)
class PrintingClass:
    """A class with families on paper, its homeroom teacher, and the day it was printed up to, or first asked for."""

    class_id: ClassId
    class_name: str
    teacher_id: PersonId
    since: date


async def classes(uow: Uow, school_id: SchoolId, year_id: int, today: date) -> list[PrintingClass]:
    """The classes of a year in which a family gets paper today."""
    printed = (
        select(func.max(PrintBatch.until_on)).where(PrintBatch.class_id == SchoolClass.id).correlate(SchoolClass)
    ).scalar_subquery()
    question = (
        select(
            SchoolClass.id,
            SchoolClass.name,
            Homeroom.teacher_id,
            func.coalesce(printed, func.min(Contact.given_on)).label("since"),
        )
        .select_from(Contact)
        .join(Guardianship, and_(_wishes(), rests_by_any_way(today)))
        .join(Enrollment, Enrollment.student_id == Guardianship.student_id)
        .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .join(Homeroom, Homeroom.class_id == SchoolClass.id)
        .join(PersonRole, and_(PersonRole.person_id == Homeroom.teacher_id, PersonRole.role.in_(STAFF)))
        .where(
            Contact.school_id == school_id,
            SchoolClass.year_id == year_id,
            holds_on(Enrollment.since_on, Enrollment.until_on, today),
            holds_on(Homeroom.since_on, Homeroom.until_on, today),
            holds_on(PersonRole.since_on, PersonRole.until_on, today),
        )
        .group_by(SchoolClass.id, SchoolClass.name, Homeroom.teacher_id)
        .order_by(SchoolClass.name, Homeroom.teacher_id)
    )
    return [
        PrintingClass(ClassId(row.id), row.name, PersonId(row.teacher_id), _day(row.since))
        for row in await uow.execute(question)
    ]


def _day(value: date | str) -> date:
    # SQLite hands an expression's date over as its text.
    return date.fromisoformat(value) if isinstance(value, str) else value
