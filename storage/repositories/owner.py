"""Whose bot it is: a lease by the database's clock, and an epoch that grows at every take-over."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, func, or_, select, update

from storage.models.base import UtcDateTime
from storage.models.delivery import Owner
from storage.models.school import School
from storage.repositories.upsert import insert_into
from storage.uow import Uow
from storage.vocabulary import BotId


async def database_now(uow: Uow) -> datetime:
    """The database's moment, aware UTC: one clock for every process that may own the bot."""
    if uow.dialect == "sqlite":
        text = (await uow.execute(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now")))).scalar_one()
        return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)
    moment: datetime = (await uow.execute(select(func.clock_timestamp(type_=UtcDateTime())))).scalar_one()
    return moment


async def acquire(uow: Uow, bot_id: BotId, holder: str, ttl: timedelta) -> int | None:
    """The new epoch, or None while somebody else's lease lasts. One's own lease may be taken again at once.

    A bot that comes to a base whose post is paused is paused too.
    """
    now = await database_now(uow)
    paused_at = select(func.max(Owner.paused_at)).scalar_subquery()
    new = {"bot_id": bot_id, "holder": holder, "epoch": 1, "leased_until": now + ttl, "paused_at": paused_at}
    statement = insert_into(uow, Owner).values(new)
    taken = statement.on_conflict_do_update(
        index_elements=[Owner.bot_id],
        set_={"holder": holder, "epoch": Owner.epoch + 1, "leased_until": now + ttl},
        where=or_(Owner.leased_until < now, Owner.holder == holder),
    ).returning(Owner.epoch)
    return (await uow.execute(taken)).scalar_one_or_none()


async def serve_schools(uow: Uow, bot_id: BotId) -> None:
    """Schools that no bot serves, or one that nobody runs any more, are served by this one, whatever the channel."""
    now = await database_now(uow)
    alive = select(Owner.bot_id).where(Owner.leased_until > now)
    unserved = or_(School.bot_id.is_(None), and_(School.bot_id != bot_id, School.bot_id.not_in(alive)))
    await uow.write(update(School).where(unserved).values(bot_id=bot_id))


async def renew(uow: Uow, bot_id: BotId, epoch: int, ttl: timedelta) -> bool:
    """Whether the lease was still ours and lasts longer now."""
    now = await database_now(uow)
    renewed = update(Owner).where(Owner.bot_id == bot_id, Owner.epoch == epoch).values(leased_until=now + ttl)
    return await uow.write(renewed) == 1


async def release(uow: Uow, bot_id: BotId, epoch: int) -> None:
    """Let the next owner in at once."""
    now = await database_now(uow)
    await uow.write(
        update(Owner)
        .where(Owner.bot_id == bot_id, Owner.epoch == epoch)
        .values(leased_until=now - timedelta(seconds=1))
    )


async def owns(uow: Uow, bot_id: BotId, epoch: int) -> bool:
    """Whether this epoch is the newest, held still until the transaction ends."""
    found = await uow.execute(
        select(Owner.epoch).where(Owner.bot_id == bot_id, Owner.epoch == epoch).with_for_update(read=True)
    )
    return found.first() is not None
