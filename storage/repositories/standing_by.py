"""Who runs a bot, and which servers stand by for the base: what /readyz, a monitor and the doctor ask."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, text

from storage.models.delivery import Owner
from storage.repositories.owner import database_now
from storage.uow import Uow
from storage.vocabulary import BotId

NAMES = text("SELECT current_setting('synchronous_standby_names')")
VERSION = text("SELECT current_setting('server_version_num')")
# The state of a standby is told to members of pg_monitor; anybody else sees that it is connected.
CONNECTED = text(
    "SELECT count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')), count(sync_state), count(*)"
    " FROM pg_stat_replication"
)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run a bot: its epoch, how long it lasts yet (negative: it is over), whether the post is paused."""

    epoch: int
    left: timedelta
    paused: bool


@dataclass(frozen=True, slots=True)
class Standbys:
    """Servers that have every commit before it is confirmed: whether the base demands one, and how many there are."""

    demanded: bool
    connected: int


async def lease(uow: Uow, bot_id: BotId) -> Lease | None:
    """The bot's lease; None where nobody ever ran it."""
    question = select(Owner.epoch, Owner.leased_until, Owner.paused_at).where(Owner.bot_id == bot_id)
    row = (await uow.execute(question)).first()
    if row is None:
        return None
    return Lease(row.epoch, row.leased_until - await database_now(uow), row.paused_at is not None)


async def server_version(uow: Uow) -> int | None:
    """The PostgreSQL server's major version; None on SQLite."""
    if uow.dialect == "sqlite":
        return None
    return int((await uow.execute(VERSION)).scalar_one()) // 10_000


async def standbys(uow: Uow) -> Standbys | None:
    """The synchronous standbys of a PostgreSQL base; None on SQLite, which has none."""
    if uow.dialect == "sqlite":
        return None
    demanded = bool((await uow.execute(NAMES)).scalar_one())
    synchronous, told, connected = (await uow.execute(CONNECTED)).one()
    return Standbys(demanded, synchronous if told else connected)
