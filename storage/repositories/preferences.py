"""When people want letters, and the news that wait for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from storage.models.delivery import Item
from storage.models.people import Person, Preferences
from storage.models.timetable import Lesson
from storage.repositories.items import in_order
from storage.repositories.upsert import insert_into
from storage.uow import Uow
from storage.vocabulary import DeliveryMode, ItemId, ItemKind, ItemState, PersonId, VoidReason

NEWS = (ItemKind.MARK, ItemKind.HOMEWORK, ItemKind.ABSENCE_LATER, ItemKind.DIGEST, ItemKind.TIMETABLE)
# They go at once, and nothing but the quiet hours holds them.
OTHERS = (ItemKind.RISK, ItemKind.WEEKLY, ItemKind.ABSENT_DAYS, ItemKind.BROADCAST, ItemKind.THREAD)


@dataclass(frozen=True, slots=True)
class ChosenHours:
    """What a person chose; minutes from midnight in school time."""

    mode: DeliveryMode
    digest_minute: int
    quiet_from: int
    quiet_until: int
    kinds: dict[str, str] = field(default_factory=dict)  # ItemKind → DeliveryMode


COLUMNS = (
    Preferences.mode,
    Preferences.digest_minute,
    Preferences.quiet_from_minute,
    Preferences.quiet_until_minute,
    Preferences.kinds,
)
CHOSEN = select(*COLUMNS).where(Preferences.person_id == bindparam("person"))


async def find(uow: Uow, person_id: PersonId) -> ChosenHours | None:
    """What a person chose, if anything."""
    return chosen((await uow.execute(CHOSEN, {"person": person_id})).first())


def chosen(row: Any) -> ChosenHours | None:
    """What a row with COLUMNS says somebody chose, if anything."""
    if row is None or row.mode is None:
        return None
    return ChosenHours(
        DeliveryMode(row.mode), row.digest_minute, row.quiet_from_minute, row.quiet_until_minute, row.kinds or {}
    )


async def put(uow: Uow, person_id: PersonId, hours: ChosenHours, now: datetime) -> None:
    """Keep what a person chose."""
    values = {
        "mode": hours.mode.value,
        "digest_minute": hours.digest_minute,
        "quiet_from_minute": hours.quiet_from,
        "quiet_until_minute": hours.quiet_until,
        "kinds": hours.kinds,
        "changed_at": now,
    }
    row = insert_into(uow, Preferences).values(person_id=person_id, **values)
    await uow.write(row.on_conflict_do_update(index_elements=[Preferences.person_id], set_=values))


async def put_locale(uow: Uow, person_id: PersonId, locale: str) -> None:
    """The language that a person reads."""
    await uow.write(update(Person).where(Person.id == person_id).values(locale=locale))


@dataclass(frozen=True, slots=True)
class WaitingNews:
    """News that wait for somebody; `on_date`: their lesson's."""

    item_id: ItemId
    kind: ItemKind
    bundle: str
    student_id: PersonId | None
    priority: int
    due_at: datetime
    expires_at: datetime | None
    on_date: date | None


async def waiting_news(uow: Uow, person_id: PersonId) -> list[WaitingNews]:
    """News that wait for a person and follow their wishes."""
    question = (
        select(
            Item.id,
            Item.kind,
            Item.bundle,
            Item.student_id,
            Item.priority,
            Item.due_at,
            Item.expires_at,
            Lesson.on_date,
        )
        .outerjoin(Lesson, Lesson.id == Item.lesson_id)
        .where(
            Item.recipient_id == person_id,
            Item.state == ItemState.WAITING.value,
            Item.kind.in_([kind.value for kind in (*NEWS, *OTHERS)]),
        )
        .order_by(Item.id)
    )
    return [
        WaitingNews(
            row.id,
            ItemKind(row.kind),
            row.bundle,
            row.student_id,
            row.priority,
            row.due_at,
            row.expires_at,
            row.on_date,
        )
        for row in await uow.execute(question)
    ]


async def drop(uow: Uow, item_ids: Sequence[ItemId]) -> None:
    """These news aren't wanted any more."""
    if item_ids:
        await uow.write(
            update(Item)
            .where(Item.id.in_(in_order(Item.id.in_(item_ids))), Item.state == ItemState.WAITING.value)
            .values(state=ItemState.VOID.value, reason=VoidReason.CANCELLED.value)
        )
