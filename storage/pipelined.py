"""PostgreSQL past SQLAlchemy: prepared statements go to psycopg as they are, several of them in one round trip.

At a server on the same two cores, or on a machine of its own, a statement costs less than its way there and back. So
what needs no answer waits for what does: BEGIN goes with the first question, notes and news with the next one. Errors
are SQLAlchemy's, and a lost connection is thrown away as it would do itself.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

from psycopg import AsyncConnection, AsyncPipeline, AsyncRawCursor
from psycopg.abc import PQGen
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.ext import asyncio as alchemy
from sqlalchemy.util import greenlet_spawn

from storage.postgresql import STATEMENT_TIMEOUT_MS

# The server ends a statement by itself; who is silent for longer than that is no server, or none any more.
PATIENCE = STATEMENT_TIMEOUT_MS / 1000 + 5
BEGIN = ("BEGIN", None)

Cursor = AsyncRawCursor[Any]
Said = tuple[str, Any]  # a statement and its values, or a list of sets of them


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

    dialect: Dialect = PGDialectAsync_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # of raw cursors

    def __init__(self, connection: alchemy.AsyncConnection, *, begins: bool) -> None:
        lent: Any = connection.sync_connection
        self._alchemy = lent
        self._driver: AsyncConnection[Any] = lent.connection.driver_connection
        self._waiting: list[Said] = [BEGIN] if begins else []

    def later(self, sql: str, values: Any) -> None:
        """Say it along with the next."""
        self._waiting.append((sql, values))

    async def say(self, sql: str, values: Any) -> Cursor:
        """Say it after what waits; its cursor, with the answer. Raises DBAPIError of the first that failed."""
        return await self._converse([*self._waiting, (sql, values)])

    async def flush(self) -> None:
        """Say what waits."""
        if self._waiting:
            await self._converse(self._waiting)

    async def _converse(self, said: list[Said]) -> Cursor:
        self._waiting = []
        try:
            with self.in_time():
                if len(said) == 1 and not isinstance(said[0][1], list):  # for several sets psycopg pipelines by itself
                    return await self._say(*said[0])
                async with pipelined(self._driver):
                    for one in said:
                        cursor = await self._say(*one)
                return cursor
        except BaseException as error:
            await greenlet_spawn(self._alchemy._handle_dbapi_exception, error, said[-1][0], None, None, None)
            raise

    async def _say(self, sql: str, values: Any) -> Cursor:
        cursor = AsyncRawCursor(self._driver)
        if isinstance(values, list):
            await cursor.executemany(sql, values)
        else:
            await cursor.execute(sql, values)
        return cursor

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """What is asked inside fails as on a lost connection if nobody answers."""
        timer = asyncio.get_running_loop().call_later(PATIENCE, self._hang_up)
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        with suppress(OSError), socket.socket(fileno=os.dup(self._driver.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
