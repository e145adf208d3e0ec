"""What the next typed text of a messenger user is for; one row a user, so a newer question replaces the older."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, tuple_

from storage.models.people import Draft
from storage.repositories.upsert import insert_into
from storage.uow import Uow
from storage.vocabulary import BotId, DraftPurpose


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A question that waits for its text."""

    purpose: DraftPurpose
    data: dict[str, Any]


async def find(uow: Uow, bot_id: BotId, user_id: int, now: datetime) -> DraftRow | None:
    """The draft of a user, unless it has expired."""
    question = select(Draft.purpose, Draft.data).where(
        Draft.bot_id == bot_id, Draft.user_id == user_id, Draft.expires_at > now
    )
    row = (await uow.execute(question)).first()
    return None if row is None else DraftRow(DraftPurpose(row.purpose), row.data)


async def put(
    uow: Uow,
    bot_id: BotId,
    user_id: int,
    purpose: DraftPurpose,
    data: dict[str, Any],
    now: datetime,
    expires_at: datetime,
) -> None:
    """Put a draft in the place of any other."""
    values = {"purpose": purpose.value, "data": data, "created_at": now, "expires_at": expires_at}
    row = insert_into(uow, Draft).values(bot_id=bot_id, user_id=user_id, **values)
    await uow.write(row.on_conflict_do_update(index_elements=[Draft.bot_id, Draft.user_id], set_=values))


async def remove(uow: Uow, bot_id: BotId, user_id: int) -> bool:
    """Take a user's draft away; whether there was one."""
    return await uow.write(delete(Draft).where(Draft.bot_id == bot_id, Draft.user_id == user_id)) > 0


async def has_expired(uow: Uow, before: datetime) -> bool:
    """Whether some draft expired before a moment."""
    return (await uow.execute(select(Draft.user_id).where(Draft.expires_at < before).limit(1))).first() is not None


async def prune(uow: Uow, before: datetime, limit: int) -> int:
    """Forget drafts that expired before a moment, with what was typed into them; how many."""
    old = select(Draft.bot_id, Draft.user_id).where(Draft.expires_at < before).limit(limit)
    return await uow.write(delete(Draft).where(tuple_(Draft.bot_id, Draft.user_id).in_(old)))
