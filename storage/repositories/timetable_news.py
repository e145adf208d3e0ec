"""News of the timetable that wait for families."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from storage.models.delivery import Item
from storage.uow import Uow
from storage.vocabulary import ItemKind, ItemState, PersonId


async def waiting_due(uow: Uow, person_ids: Collection[PersonId]) -> dict[tuple[PersonId, str], datetime]:
    """When changes of lessons that wait for these people are due, by person and bundle: the soonest of each."""
    question = (
        select(Item.recipient_id, Item.bundle, func.min(Item.due_at).label("due_at"))
        .where(
            Item.recipient_id.in_(sorted(person_ids)),
            Item.kind == ItemKind.TIMETABLE.value,
            Item.state == ItemState.WAITING.value,
        )
        .group_by(Item.recipient_id, Item.bundle)
    )
    return {(PersonId(row.recipient_id), row.bundle): row.due_at for row in await uow.execute(question)}
