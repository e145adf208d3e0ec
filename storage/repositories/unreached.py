"""Whom letters did not reach in time, and on whose list they stand; and the proof that nothing was lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Integer, Select, String, and_, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from storage.models.delivery import Item, Letter
from storage.models.people import Enrollment, Guardianship, Homeroom, PersonRole
from storage.models.school import School
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import (
    STAFF_ROLES,
    BotId,
    ItemId,
    ItemKind,
    ItemState,
    LessonId,
    LetterState,
    PersonId,
    Role,
    SchoolId,
    VoidReason,
)

# News for families; what staff didn't get in time stands on their cards and in the journal anyway. Of days of absence
# the homeroom teacher gets a letter of their own.
LISTED = tuple(
    kind.value
    for kind in (
        ItemKind.ABSENCE,
        ItemKind.ABSENCE_WITHDRAWN,
        ItemKind.ABSENCE_LATER,
        ItemKind.MARK,
        ItemKind.HOMEWORK,
        ItemKind.DIGEST,
        ItemKind.TERM_RESULT,
        ItemKind.THREAD,
        ItemKind.TIMETABLE,
        ItemKind.RISK,
        ItemKind.WEEKLY,
        ItemKind.NOTE_DECIDED,
        ItemKind.BROADCAST,
        ItemKind.BROADCAST_URGENT,
    )
)
STAFF = tuple(sorted(role.value for role in STAFF_ROLES))
LEADERS = (Role.ADMINISTRATOR.value, Role.DEPUTY.value, Role.DIRECTOR.value)
GRACE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Untold:
    """A fact that did not reach its recipient, and those on whose list it belongs."""

    item_id: ItemId
    school_id: SchoolId
    bot_id: BotId
    listeners: tuple[PersonId, ...]


async def untold(uow: Uow, item_ids: Sequence[ItemId], today: date) -> list[Untold]:
    """Families' items among these, each with the homeroom teachers of its student, else the school's leaders."""
    rows = (
        await uow.execute(
            select(Item.id, Item.school_id, Item.bot_id)
            .where(Item.id.in_(item_ids), Item.kind.in_(LISTED))
            .order_by(Item.id)
        )
    ).all()
    if not rows:
        return []
    own = select(Item.id, Item.student_id.label("student_id")).where(Item.id.in_(item_ids))
    children = (
        select(Item.id, Guardianship.student_id.label("student_id"))
        .join(Guardianship, Guardianship.guardian_id == Item.recipient_id)
        .where(
            Item.id.in_(item_ids),
            Item.student_id.is_(None),
            holds_on(Guardianship.since_on, Guardianship.until_on, today),
        )
    )
    about = union_all(own, children).subquery("about")
    homerooms = await uow.execute(
        select(about.c.id, Homeroom.teacher_id)
        .join(Enrollment, Enrollment.student_id == about.c.student_id)
        .join(Homeroom, Homeroom.class_id == Enrollment.class_id)
        .join(PersonRole, PersonRole.person_id == Homeroom.teacher_id)
        .where(
            # Who has left the school reads no lists, whatever the homerooms say.
            PersonRole.role.in_(STAFF),
            holds_on(PersonRole.since_on, PersonRole.until_on, today),
            holds_on(Enrollment.since_on, Enrollment.until_on, today),
            holds_on(Homeroom.since_on, Homeroom.until_on, today),
        )
        .distinct()
    )
    teachers: dict[int, list[PersonId]] = {}
    for item_id, teacher_id in homerooms:
        teachers.setdefault(item_id, []).append(PersonId(teacher_id))
    leaders: dict[int, list[PersonId]] = {}
    if len(teachers) < len(rows):
        found = await uow.execute(
            select(PersonRole.school_id, PersonRole.person_id)
            .where(PersonRole.role.in_(LEADERS), holds_on(PersonRole.since_on, PersonRole.until_on, today))
            .distinct()
        )
        for school_id, person_id in found:
            leaders.setdefault(school_id, []).append(PersonId(person_id))
    return [
        Untold(
            ItemId(row.id),
            SchoolId(row.school_id),
            BotId(row.bot_id),
            tuple(sorted(teachers.get(row.id) or leaders.get(row.school_id, []))),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of somebody's list of the unreached."""

    item_id: ItemId
    kind: ItemKind
    recipient_id: PersonId
    student_id: PersonId | None
    lesson_id: LessonId | None
    due_at: datetime
    reason: str


def entry_of(entry: type[Item]) -> Select[int]:
    """An item's entry; entries are items too: their value is the id of what wasn't told."""
    named = literal("unreached:") + cast(Item.id, String)
    return select(entry.id).where(entry.kind == ItemKind.UNREACHED.value, entry.collapse_key == named).correlate(Item)


async def listed(uow: Uow, person_id: PersonId, since: datetime) -> list[Listed]:
    """What stands on a person's list since a moment, the newest first."""
    entry = aliased(Item)
    found = await uow.execute(
        select(Item.id, Item.kind, Item.recipient_id, Item.student_id, Item.lesson_id, Item.due_at, Item.reason)
        .join(entry, Item.id == cast(entry.value, Integer))
        .where(
            entry.recipient_id == person_id,
            entry.kind == ItemKind.UNREACHED.value,
            entry.created_at >= since,
        )
        .order_by(Item.due_at.desc(), Item.id.desc())
    )
    return [
        Listed(
            ItemId(row.id),
            ItemKind(row.kind),
            PersonId(row.recipient_id),
            None if row.student_id is None else PersonId(row.student_id),
            None if row.lesson_id is None else LessonId(row.lesson_id),
            row.due_at,
            row.reason or VoidReason.EXPIRED.value,
        )
        for row in found
    ]


@dataclass(frozen=True, slots=True)
class Loss:
    """An item that breaks the promise, and how."""

    item_id: ItemId
    how: str


def _on_its_way(machine_now: datetime, spacing: Sequence[float]) -> ColumnElement[bool]:
    """That a letter's request is under a minute old, or, of unknown fate, that its next copy isn't a minute late."""
    begun_after = [machine_now - GRACE - timedelta(seconds=seconds) for seconds in spacing]
    last = len(spacing) - 1
    repeats = [
        and_(Letter.copies >= last if count == last else Letter.copies == count, Letter.sending_at > moment)
        for count, moment in enumerate(begun_after)
    ]
    return or_(
        and_(Letter.state == LetterState.SENDING.value, Letter.sending_at > machine_now - GRACE),
        and_(Letter.state == LetterState.UNKNOWN.value, or_(*repeats)),
    )


async def lost(uow: Uow, now: datetime, machine_now: datetime, spacing: Sequence[float]) -> list[Loss]:
    """Items that broke the promise: none, ever (delivery, §2).

    Waiting a minute past their expiry; told by no letter that was sent or closed or has a minute left of its time;
    expired or dead without standing on a list. `spacing`: seconds between a request of unknown fate and its n-th copy.
    """
    late = select(Item.id, literal("waiting past expiry").label("how")).where(
        Item.state == ItemState.WAITING.value, Item.expires_at < now - GRACE
    )
    proved = exists().where(
        Letter.id == Item.letter_id,
        or_(Letter.state.in_([LetterState.SENT.value, LetterState.CLOSED.value]), _on_its_way(machine_now, spacing)),
    )
    unproved = select(Item.id, literal("told by no letter").label("how")).where(
        Item.state == ItemState.TOLD.value, ~proved
    )
    entry = aliased(Item)
    unlisted = select(Item.id, literal("unreached and on no list").label("how")).where(
        Item.state == ItemState.VOID.value,
        Item.reason.in_([VoidReason.EXPIRED.value, VoidReason.DEAD.value]),
        Item.kind.in_(LISTED),
        ~entry_of(entry).exists(),
    )
    found = await uow.execute(union_all(late, unproved, unlisted))
    return [Loss(ItemId(row.id), row.how) for row in sorted(found.all(), key=lambda row: (row.id, row.how))]


async def regulation_of(uow: Uow, school_ids: Sequence[SchoolId]) -> dict[SchoolId, tuple[str, dict[str, object]]]:
    """Time zone and stored regulation of schools."""
    found = await uow.execute(select(School.id, School.timezone, School.regulation).where(School.id.in_(school_ids)))
    return {SchoolId(row.id): (row.timezone, row.regulation) for row in found}


async def count_by_state(uow: Uow, bot_id: BotId) -> dict[str, int]:
    """How many letters stand in each state."""
    found = await uow.execute(select(Letter.state, func.count()).where(Letter.bot_id == bot_id).group_by(Letter.state))
    return {row[0]: row[1] for row in found}
