"""Whose bot it is: a lease by the database's clock, and an epoch that grows at every take-over."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import aliased

from storage.models.base import UtcDateTime
from storage.models.delivery import Owner
from storage.models.school import School
from storage.prepared import Prepared
from storage.repositories.upsert import insert_into
from storage.uow import Uow
from storage.vocabulary import BotId, SchoolId


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


async def serve_schools(uow: Uow, bot_id: BotId) -> int:
    """The schools that nobody serves are this bot's, whatever the channel, while no other bot serves one; how many.

    Once two bots share a base, which school is whose is said by hand: `give`.
    """
    theirs = aliased(School)
    another = select(theirs.id).where(theirs.bot_id.is_not(None), theirs.bot_id != bot_id)
    unserved = (School.bot_id.is_(None), ~another.exists())
    return await uow.write(update(School).where(*unserved).values(bot_id=bot_id))


async def give(uow: Uow, school_id: SchoolId, bot_id: BotId) -> None:
    """From now on this bot serves the school."""
    await uow.write(update(School).where(School.id == school_id).values(bot_id=bot_id))


@dataclass(frozen=True, slots=True)
class Served:
    """A school and the bot that serves it, None where none does; `runs`: somebody has the bot's lease."""

    id: SchoolId
    name: str
    bot_id: BotId | None
    runs: bool


async def served(uow: Uow) -> list[Served]:
    """Every school of the base."""
    now = await database_now(uow)
    question = select(School.id, School.name, School.bot_id, Owner.leased_until).outerjoin(
        Owner, Owner.bot_id == School.bot_id
    )
    return [
        Served(row.id, row.name, row.bot_id, row.leased_until is not None and row.leased_until > now)
        for row in await uow.execute(question.order_by(School.id))
    ]


async def leads(uow: Uow, bot_id: BotId) -> bool:
    """Whether this bot looks after the whole base: of those that run it has the lowest number."""
    now = await database_now(uow)
    first = select(func.min(Owner.bot_id)).where(Owner.leased_until > now)
    return bool((await uow.execute(first)).scalar_one() == bot_id)


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


OWNS = Prepared(
    select(Owner.epoch)
    .where(Owner.bot_id == bindparam("bot"), Owner.epoch == bindparam("which"))
    .with_for_update(read=True)
)


async def owns(uow: Uow, bot_id: BotId, epoch: int) -> bool:
    """Whether this epoch is the newest, held still until the transaction ends."""
    return bool(await uow.ask(OWNS, {"bot": bot_id, "which": epoch}))


async def is_served(uow: Uow) -> bool:
    """Whether some process runs some bot on this base."""
    now = await database_now(uow)
    return (await uow.execute(select(Owner.bot_id).where(Owner.leased_until > now).limit(1))).first() is not None
