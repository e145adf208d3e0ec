"""A base copied whole into another one, whatever the engines: every table in order, in pieces, counted and compared.

All of it is one transaction of the target, so that a copy that fails leaves nothing there.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Executable, Table, bindparam, func, insert, select, text, tuple_, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import normalised
from storage.models import Base
from storage.models.base import UtcDateTime
from storage.models.delivery import Owner
from storage.repositories.holding import EVERY_BOT
from storage.schema import is_current, is_empty, migrate
from storage.uow import Storage

PIECE = 1000  # rows
SUMS = 1 << 256


class BadAddress(Exception):
    """The target is no base of ours, or the one that is to be left."""


class Unreachable(Exception):
    """The target can't be opened, or takes no tables; the text is the error's kind."""


class TargetNotEmpty(Exception):
    """There are tables or rows where the copy should go."""


class StillOwned(Exception):
    """A process runs a bot on the base that is to be left."""


class CopyFailed(Exception):
    """A base refused, or what arrived isn't what was read; the text names the kind of error or the table."""


@asynccontextmanager
async def prepared(address: str, source: Storage) -> AsyncIterator[Storage]:
    """The base of an address, open and migrated; one that was empty is so again where its user fails.

    Raises BadAddress, Unreachable, TargetNotEmpty of another version.
    """
    try:
        url = normalised(address)
    except (ValueError, SQLAlchemyError) as error:
        raise BadAddress from error
    if not url.database or url.database == ":memory:" or url == source.writer.url:
        raise BadAddress
    file = Path(url.database) if url.get_backend_name() == "sqlite" else None
    made = file is not None and not file.exists()
    target = Storage(address)
    left_empty = False
    try:
        try:
            empty = await is_empty(target)
        except (SQLAlchemyError, OSError) as error:
            raise Unreachable(type(error).__name__) from error
        if not empty and not await is_current(target):
            raise TargetNotEmpty
        try:
            if empty:
                await _laid_out(target)
            yield target
        except BaseException:
            left_empty = empty and await _emptied(target)
            raise
    finally:
        await target.close()
        if file is not None and made and left_empty:
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)


async def _laid_out(target: Storage) -> None:
    try:
        await migrate(target)
    except (SQLAlchemyError, OSError) as error:  # its user may not make tables, or it only reads
        raise Unreachable(type(error).__name__) from error


async def _emptied(target: Storage) -> bool:
    """Take our empty tables away again; False, and all stays, where somebody's rows are in them by now."""

    def drop(here: Connection) -> None:
        Base.metadata.drop_all(here)
        here.execute(text("DROP TABLE IF EXISTS alembic_version"))

    try:
        async with target.writer.begin() as entered:
            if entered.dialect.name == "postgresql":  # rows on their way are seen when they came, or we give up
                ours = ", ".join(table.name for table in Base.metadata.sorted_tables)
                await _do(entered, text(f"LOCK TABLE {ours} IN ACCESS EXCLUSIVE MODE"))
            await _ensure_empty(entered)
            await entered.run_sync(drop)
    except (TargetNotEmpty, SQLAlchemyError, OSError):  # what went wrong before is what its reader must know
        return False
    return True


async def move(source: Storage, target: Storage, now: datetime, tell: Callable[[str, int], None]) -> dict[str, int]:
    """Copy every row of a migrated base into a migrated empty one: rows by table, which `tell` hears as they arrive.

    Both posts are paused then: the old base must not write to families any more, the new one not yet. The old base
    takes no owner meanwhile. Raises TargetNotEmpty, StillOwned, CopyFailed.
    """
    try:
        rows = await _moved(source, target, now, tell)
    except SQLAlchemyError as error:
        raise CopyFailed(type(error).__name__) from error
    if target.writer.dialect.name == "postgresql":
        with suppress(SQLAlchemyError):  # all has arrived; the server looks through it by itself later
            async with target.reader.connect() as entered:
                await _do(entered, text("ANALYZE"))
    return rows


async def _moved(source: Storage, target: Storage, now: datetime, tell: Callable[[str, int], None]) -> dict[str, int]:
    async with source.writer.connect() as left, left.begin():
        await _hold_still(left)
        await _ensure_left(left)
        async with target.writer.connect() as entered, entered.begin():
            await _without_timeouts(entered)
            await _ensure_empty(entered)
            rows = {}
            for table in Base.metadata.sorted_tables:
                rows[table.name] = await _copied(table, left, entered)
                tell(table.name, rows[table.name])
            await _pause(entered, now)
        # From here on the new base is whole; the old one's pause is for whoever starts it by mistake.
        await _pause(left, now)
    return rows


async def _pause(connection: AsyncConnection, now: datetime) -> None:
    """No bot sends from now on, nor one that comes."""
    if not await _rows(connection, select(Owner.bot_id).where(Owner.bot_id == EVERY_BOT)):
        sign = {"bot_id": EVERY_BOT, "holder": "", "epoch": 0, "leased_until": now}
        await _do(connection, insert(Owner), [sign])
    await _do(connection, update(Owner).values(paused_at=now))


async def _hold_still(left: AsyncConnection) -> None:
    """One moment's view for the whole copy; SQLite's writing transaction is one by itself."""
    if left.dialect.name == "postgresql":
        # SQLAlchemy's own way would leave a connection that begins by itself.
        await _do(left, text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


async def _ensure_left(left: AsyncConnection) -> None:
    if left.dialect.name == "postgresql":
        await _without_timeouts(left)
        await _do(left, text("LOCK TABLE owner IN SHARE ROW EXCLUSIVE MODE"))  # nobody becomes the owner meanwhile
        now = (await _rows(left, select(func.clock_timestamp(type_=UtcDateTime()))))[0][0]
    else:
        (stamp,) = (await _rows(left, select(func.strftime("%Y-%m-%dT%H:%M:%f", "now"))))[0]
        now = datetime.fromisoformat(str(stamp)).replace(tzinfo=UTC)
    if await _rows(left, select(Owner.bot_id).where(Owner.leased_until > now)):
        raise StillOwned


async def _without_timeouts(connection: AsyncConnection) -> None:
    """Each end waits while the other works."""
    if connection.dialect.name == "postgresql":
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            await _do(connection, text(f"SET LOCAL {name} = 0"))


async def _ensure_empty(entered: AsyncConnection) -> None:
    for table in Base.metadata.sorted_tables:
        if await _rows(entered, select(table).limit(1)):
            raise TargetNotEmpty


async def _copied(table: Table, left: AsyncConnection, entered: AsyncConnection) -> int:
    """Copy a table; how many rows. A row that refers to a later one of its own table gets the reference at the end."""
    own = [key.parent for key in table.foreign_keys if key.column.table is table]
    later: list[dict[str, Any]] = []
    count, sums = 0, 0
    async for rows in _pieces(table, left):
        count += len(rows)
        sums = (sums + sum(map(_digest, rows))) % SUMS
        told = [dict(zip(table.columns.keys(), row, strict=True)) for row in rows]
        for row in told:
            for column in own:
                if row[column.name] is not None and row[column.name] >= row["id"]:
                    later.append({"which": row["id"], "refers": row[column.name]})
                    row[column.name] = None
        await _do(entered, insert(table), told)
    for column in own:
        if later:
            mended = update(table).where(table.c.id == bindparam("which")).values({column.name: bindparam("refers")})
            await _do(entered, mended, later)
    await _number_on(table, entered)
    arrived, their_sums = 0, 0
    async for rows in _pieces(table, entered):
        arrived += len(rows)
        their_sums = (their_sums + sum(map(_digest, rows))) % SUMS
    if (arrived, their_sums) != (count, sums):
        raise CopyFailed(table.name)
    return count


async def _pieces(table: Table, connection: AsyncConnection) -> AsyncIterator[Sequence[Any]]:
    """The table's rows by primary key, some at a time."""
    key: list[Column[Any]] = list(table.primary_key.columns)
    places = [table.columns.keys().index(column.name) for column in key]
    question = select(table).order_by(*key).limit(PIECE)
    rows = await _rows(connection, question)
    while rows:
        yield rows
        last = [rows[-1][place] for place in places]
        beyond = tuple_(*key) > tuple_(
            *(bindparam(None, value, column.type) for value, column in zip(last, key, strict=True))
        )
        rows = await _rows(connection, question.where(beyond)) if len(rows) == PIECE else []


async def _number_on(table: Table, entered: AsyncConnection) -> None:
    """PostgreSQL's own numbers go on after the highest that came."""
    key = table.autoincrement_column
    if key is None or entered.dialect.name != "postgresql":
        return
    sequence = func.pg_get_serial_sequence(table.name, key.name)
    highest = func.max(key)
    await _do(entered, select(func.setval(sequence, func.coalesce(highest, 1), highest.is_not(None))))


async def _rows(connection: AsyncConnection, question: Executable) -> Sequence[Any]:
    def ask(here: Connection) -> Sequence[Any]:
        return here.execute(question).all()

    return await connection.run_sync(ask)


async def _do(connection: AsyncConnection, statement: Executable, rows: list[dict[str, Any]] | None = None) -> None:
    def run(here: Connection) -> None:
        here.execute(statement, rows).close()

    await connection.run_sync(run)


def _digest(row: Any) -> int:
    """A number of the row's values, the same from either engine; numbers of rows are summed, whatever their order."""
    told = json.dumps([_plain(value) for value in row], sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(told.encode()).digest())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, str | int | bool | dict | list | float) else str(value)
