"""The waiting room: items put, moved, cancelled, and found due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, literal_column, null, or_, select, update
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage.models.delivery import WAITING, Item
from storage.prepared import Prepared
from storage.repositories.among import among
from storage.repositories.upsert import insert_for
from storage.uow import Uow
from storage.vocabulary import (
    AccountId,
    BotId,
    Channel,
    ItemId,
    ItemKind,
    ItemState,
    LessonId,
    LetterId,
    PersonId,
    SchoolId,
    VoidReason,
    WorkId,
)


@dataclass(frozen=True, slots=True)
class NewItem:
    """A row to let wait."""

    school_id: SchoolId
    bot_id: BotId
    recipient_id: PersonId
    student_id: PersonId | None
    lesson_id: LessonId | None
    work_id: WorkId | None
    kind: ItemKind
    bundle: str
    collapse_key: str
    value: str | None
    priority: int
    created_at: datetime
    due_at: datetime
    cap_at: datetime
    expires_at: datetime | None
    account_id: AccountId | None = None
    channel: Channel = Channel.TELEGRAM


@dataclass(frozen=True, slots=True)
class Move:
    """New times and bundle of a waiting item."""

    item_id: ItemId
    bundle: str
    priority: int
    due_at: datetime
    cap_at: datetime
    expires_at: datetime | None


WAITS: Any = literal_column(f"'{ItemState.WAITING.value}'")
TOLD: Any = literal_column(f"'{ItemState.TOLD.value}'")
GIVEN = tuple(NewItem.__dataclass_fields__)


class Bytewise(FunctionElement[str]):
    """A text in the order of Python, in which `put` sorts; the language of a PostgreSQL base may see «:» elsewhere."""

    inherit_cache = True


@compiles(Bytewise)
def _as_it_is(text: Bytewise, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(text.clauses, **options)


@compiles(Bytewise, "postgresql")
def _collated(text: Bytewise, compiler: SQLCompiler, **options: Any) -> str:
    return f'{compiler.process(text.clauses, **options)} COLLATE "C"'


def in_order(*conditions: ColumnElement[bool]) -> Select[int]:
    """Ids of items, locked in the one order in which everybody locks items: two orders would deadlock PostgreSQL."""
    places = (Item.recipient_id, Bytewise(Item.collapse_key), Item.id)
    return select(Item.id).where(*conditions).order_by(*places).with_for_update()


HOLD_STILL = Prepared(lambda dialect: in_order(among(Item.id, "items", dialect)))


async def hold_still(
    uow: Uow, item_ids: Sequence[ItemId], letter_ids: Sequence[LetterId], people: Sequence[PersonId] = ()
) -> None:
    """Lock the items that a ledger will touch, in one go, in the order in which everybody locks items.

    `letter_ids`: letters whose items come back; `people`: whose waiting items go another way.
    SQLite has one writer and needs none of this.
    """
    if uow.dialect == "sqlite" or not (item_ids or letter_ids or people):
        return
    touched = {*item_ids, *await _come_back(uow, letter_ids), *await _wait_for(uow, people)}
    await uow.tell_later(HOLD_STILL, {"items": sorted(touched)})


async def _come_back(uow: Uow, letter_ids: Sequence[LetterId]) -> set[ItemId]:
    """What letters told, and what waits under the same keys to take the bases over."""
    if not letter_ids:
        return set()
    newer = aliased(Item)
    same_key = and_(newer.recipient_id == Item.recipient_id, newer.collapse_key == Item.collapse_key)
    found = await uow.execute(
        select(Item.id, newer.id.label("newer_id"))
        .outerjoin(newer, and_(same_key, newer.state == ItemState.WAITING.value))
        .where(Item.letter_id.in_(letter_ids), Item.state == ItemState.TOLD.value)
    )
    return {ItemId(one) for row in found for one in row if one is not None}


async def _wait_for(uow: Uow, people: Sequence[PersonId]) -> set[ItemId]:
    if not people:
        return set()
    found = await uow.execute(
        select(Item.id).where(Item.recipient_id.in_(people), Item.state == ItemState.WAITING.value)
    )
    return {ItemId(row.id) for row in found}


async def upsert(uow: Uow, rows: Sequence[NewItem]) -> None:
    """Put rows that are sorted by recipient and key; one statement for all.

    A key that waits already takes the new value and times (rev + 1), or is voided when it is back at what was told; a
    value that was told already and doesn't wait in another form is not put at all.
    """
    given = [{f"new_{name}": getattr(row, name) for name in GIVEN} for row in rows]
    await uow.tell_later(UPSERT, given)


def _upsert(dialect: str) -> Insert:
    """The statement of `upsert`.

    Its states are constants: SQLite plans a statement anew at every call if a partial index depends on a value.
    """
    standing = aliased(Item)
    # Locked, so that a claim or a settling of the same key beside us ends first and is seen as it ended.
    keyed = (
        select(standing.id, standing.state, standing.value)
        .where(
            standing.recipient_id == bindparam("new_recipient_id", type_=Item.recipient_id.type),
            standing.collapse_key == bindparam("new_collapse_key", type_=Item.collapse_key.type),
            or_(standing.state == WAITS, standing.state == TOLD),
        )
        .order_by(standing.id)
        .with_for_update()
        .cte("keyed")
    )
    base = select(keyed.c.value).where(keyed.c.state == TOLD).order_by(keyed.c.id.desc()).limit(1).scalar_subquery()
    given = [bindparam(f"new_{name}", type_=getattr(Item, name).type).label(name) for name in GIVEN]
    news = select(*given, base.label("base")).subquery("news")
    waits = exists().where(keyed.c.state == WAITS)
    fresh = select(*news.c, literal_column("1"), WAITS).where(or_(news.c.value.is_distinct_from(news.c.base), waits))
    statement = insert_for(dialect, Item).from_select([*GIVEN, "base", "rev", "state"], fresh, include_defaults=False)
    new = statement.excluded
    back = Item.base.is_not_distinct_from(new.value)
    cap_at = case((and_(Item.kind == new.kind, Item.cap_at < new.cap_at), Item.cap_at), else_=new.cap_at)
    return statement.on_conflict_do_update(
        index_elements=[Item.recipient_id, Item.collapse_key],
        index_where=WAITING,
        set_={
            "value": new.value,
            "rev": Item.rev + 1,
            "kind": new.kind,
            "bundle": new.bundle,
            "priority": new.priority,
            "due_at": case((new.due_at < cap_at, new.due_at), else_=cap_at),
            "cap_at": cap_at,
            "expires_at": new.expires_at,
            "account_id": new.account_id,
            "channel": new.channel,
            "state": case((back, ItemState.VOID.value), else_=WAITS),
            "reason": case((back, VoidReason.BACK_TO_BASE.value), else_=null()),
        },
    )


UPSERT = Prepared(_upsert)


async def hasten(uow: Uow, lesson_id: LessonId, kind: ItemKind, due_at: datetime) -> None:
    """Waiting items of a lesson and kind fall due at `due_at` at the latest."""
    late = (Item.lesson_id == lesson_id, Item.kind == kind, Item.state == ItemState.WAITING, Item.due_at > due_at)
    await uow.execute(
        update(Item)
        .where(Item.id.in_(in_order(*late)), *late)
        .values(due_at=due_at, cap_at=case((Item.cap_at < due_at, Item.cap_at), else_=due_at))
    )


async def reschedule(uow: Uow, moves: Sequence[Move]) -> None:
    """New times for waiting items."""
    await uow.execute(in_order(Item.id.in_([move.item_id for move in moves])))
    statement = (
        update(Item)
        .where(Item.id == bindparam("which"), Item.state == ItemState.WAITING)
        .values({name: bindparam(f"new_{name}") for name in ("bundle", "priority", "due_at", "cap_at", "expires_at")})
    )
    await uow.execute(
        statement,
        [
            {
                "which": move.item_id,
                "new_bundle": move.bundle,
                "new_priority": move.priority,
                "new_due_at": move.due_at,
                "new_cap_at": move.cap_at,
                "new_expires_at": move.expires_at,
            }
            for move in moves
        ],
    )


async def bundles_due(uow: Uow, person_id: PersonId, kinds: Collection[ItemKind], now: datetime) -> set[str]:
    """The bundles of a person's items of these kinds that may go now."""
    found = await uow.execute(select(Item.bundle).where(*_due_for(person_id, kinds, now)).distinct())
    return {row.bundle for row in found}


async def rebundle(uow: Uow, person_id: PersonId, kinds: Collection[ItemKind], bundle: str, now: datetime) -> None:
    """A person's items of these kinds that may go now share a letter, and go at once."""
    due = _due_for(person_id, kinds, now)
    await uow.write(
        update(Item)
        .where(Item.id.in_(in_order(*due)), *due)
        .values(bundle=bundle, due_at=now, cap_at=now, rev=Item.rev + 1)
    )


def _due_for(person_id: PersonId, kinds: Collection[ItemKind], now: datetime) -> list[ColumnElement[bool]]:
    return [
        Item.recipient_id == person_id,
        Item.channel == Channel.TELEGRAM.value,
        Item.state == ItemState.WAITING.value,
        Item.kind.in_([kind.value for kind in kinds]),
        Item.due_at <= now,
        Item.hold.is_(None),
    ]


async def cancel(
    uow: Uow,
    *,
    recipient_id: PersonId | None,
    student_id: PersonId | None,
    lesson_id: LessonId | None,
    kind: ItemKind | None,
    reason: VoidReason,
) -> int:
    """Void what waits and matches every condition given."""
    given = {"recipient_id": recipient_id, "student_id": student_id, "lesson_id": lesson_id, "kind": kind}
    conditions = [getattr(Item, name) == value for name, value in given.items() if value is not None]
    if not conditions:
        return 0
    conditions.append(Item.state == ItemState.WAITING)
    return await uow.write(
        update(Item).where(Item.id.in_(in_order(*conditions)), *conditions).values(state=ItemState.VOID, reason=reason)
    )
