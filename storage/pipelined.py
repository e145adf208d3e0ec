"""PostgreSQL past SQLAlchemy: prepared statements go to psycopg as they are, several of them in one round trip.

At a server on the same two cores, or on a machine of its own, a statement costs less than its way there and back. So
what needs no answer waits for what does: BEGIN goes with the first question, notes and news with the next one, or with
COMMIT. Errors are SQLAlchemy's, and a lost connection is thrown away as it would do itself.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import psycopg
from psycopg import AsyncConnection, AsyncPipeline, AsyncRawCursor
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.ext import asyncio as alchemy
from sqlalchemy.util import greenlet_spawn

from storage.postgresql import STATEMENT_TIMEOUT_MS

# The server ends a statement by itself; who is silent for longer than that is no server, or none any more.
PATIENCE = STATEMENT_TIMEOUT_MS / 1000 + 5

Cursor = AsyncRawCursor[Any]


class Pipeline(AsyncPipeline):
    """psycopg's own, but for the Flush that it says after the last Sync.

    With that the server would no more end a transaction in which nothing happens, and who is frozen inside one would
    keep its locks, the owner's row among them.
    """

    def _exit_gen(self) -> PQGen[None]:
        try:
            self._enqueue_sync()
            yield from self._communicate_gen()
        finally:
            yield from self._fetch_gen(flush=False)


@asynccontextmanager
async def pipelined(driver: AsyncConnection[Any]) -> AsyncIterator[None]:
    """What is said inside goes together."""
    driver._pipeline = pipeline = Pipeline(driver)
    try:
        async with pipeline:
            yield
    finally:
        driver._pipeline = None


class Wire:
    """What is said on one connection; `begins`: in a transaction, whose BEGIN goes with what is said first."""

    dialect: Dialect = PGDialectAsync_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

    def __init__(self, engine: alchemy.AsyncEngine, lent: Connection, *, begins: bool) -> None:
        self._engine = engine
        self._lent = lent
        self._begins = begins
        self._driver: AsyncConnection[Any] = lent.connection.driver_connection  # type: ignore[assignment]
        self._waiting: list[tuple[str, Any]] = [("BEGIN", None)] if begins else []

    def later(self, sql: str, values: Any) -> None:
        """Say it along with the next; `values`: one set, or a list of them."""
        self._waiting.append((sql, values))

    async def say(self, sql: str, values: Any, *, returns: bool = False) -> Cursor:
        """Say it after what waits; the cursor with its answer. Raises DBAPIError of the first statement that failed."""
        said, self._waiting = self._waiting, []
        try:
            with self._in_time():
                if not said and not isinstance(values, list):  # for several sets psycopg pipelines by itself
                    return await self._one(sql, values, returns)
                async with pipelined(self._driver):
                    for before in said:
                        await self._one(*before)
                    return await self._one(sql, values, returns)
        except BaseException as error:
            await greenlet_spawn(self._fail, error, sql)
            raise

    async def ask(self, sql: str, values: Any) -> list[Any]:
        """The rows that it finds; of all sets of values where there is a list of them."""
        cursor = await self.say(sql, values, returns=True)
        found = await cursor.fetchall()
        while cursor.nextset():
            found += await cursor.fetchall()
        return found

    async def flush(self) -> None:
        """Say what waits."""
        if self._waiting:
            sql, values = self._waiting.pop()
            await self.say(sql, values)

    def forget(self) -> None:
        """Leave unsaid what waits."""
        self._waiting = []

    @asynccontextmanager
    async def alchemy(self) -> AsyncIterator[alchemy.AsyncConnection]:
        """The same connection, for whatever isn't prepared; what waits is said before."""
        await self.flush()
        with self._in_time():
            yield alchemy.AsyncConnection(self._engine, await greenlet_spawn(self._connection))

    async def end(self) -> None:
        """Commit. Raises OperationalError where the server has nothing to commit, since a statement had failed."""
        if self._driver.info.transaction_status == TransactionStatus.INERROR:
            await greenlet_spawn(self._fail, psycopg.errors.InFailedSqlTransaction("nothing is committed"), "COMMIT")
        await self.say("COMMIT", None)

    async def undo(self) -> None:
        """Roll back; a connection that can't is given up."""
        if self._lent.invalidated:
            return  # SQLAlchemy has thrown it away
        self.forget()
        try:
            with self._in_time():
                await self._driver.rollback()
        except BaseException as error:
            self._lent.invalidate(error)
            if not isinstance(error, psycopg.Error):
                raise

    async def give_back(self) -> None:
        """Let others have the connection."""
        if self._lent.in_transaction():
            await greenlet_spawn(self._lent.close)
        else:
            self._lent.close()

    async def _one(self, sql: str, values: Any, returns: bool = False) -> Cursor:
        cursor = AsyncRawCursor(self._driver)
        if isinstance(values, list):
            await cursor.executemany(sql, values, returning=returns)
        else:
            await cursor.execute(sql, values, prepare=True)
        return cursor

    def _connection(self) -> Connection:
        if self._begins and not self._lent.in_transaction():
            self._lent.begin()  # SQLAlchemy is told of it only where it comes in
        return self._lent

    def _fail(self, error: BaseException, sql: str) -> None:
        """As SQLAlchemy does with what a driver raises: it wraps, and throws away what is lost."""
        try:
            raise error
        except BaseException as known:
            self._connection()._handle_dbapi_exception(known, sql, None, None, None)

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Who waits inside is told that the connection is lost if nobody answers."""
        timer = asyncio.get_running_loop().call_later(PATIENCE, self._hang_up)
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(self._driver.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)


class Door:
    """The connections of an engine, lent to units of work."""

    def __init__(self, engine: alchemy.AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def row(self, *, begins: bool) -> AsyncIterator[Wire]:
        """A connection for a row of questions; `begins`: for a transaction, committed at the end of the block."""
        lent = await greenlet_spawn(self._engine.sync_engine.connect)
        wire = Wire(self._engine, lent, begins=begins)
        try:
            yield wire
            if begins:
                await wire.end()
        except BaseException:
            await wire.undo()
            raise
        finally:
            await wire.give_back()
