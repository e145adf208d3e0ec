"""aiosqlite whose short statements run in the event loop, so that only what waits goes to its thread.

A hop to a thread and back costs more than most statements, above all when other threads want the interpreter too. So a
unit of work (storage.uow) asks here and now; what waits for the disk or for another process's lock goes to a thread,
and so does a question that turns out to be long. SQLAlchemy's own asynchronous door goes to a thread every time.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, TypeVar, cast

import aiosqlite
import sqlalchemy
from sqlalchemy import URL, AsyncAdaptedQueuePool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only, greenlet_spawn
from sqlalchemy.util.concurrency import in_greenlet

from storage.places import Places

LONG = 100_000  # steps of SQLite's machine, a few milliseconds, after which a question is no short one
PATIENCE = 60.0  # seconds that a transaction is waited for
BUSY_TIMEOUT = "PRAGMA busy_timeout=5000"

Result = TypeVar("Result")


class TooLong(Exception):
    """A question asked in the event loop takes too long for it, and was broken off."""


class Cursor:
    """What SQLAlchemy asks of a cursor; the rows are here when `execute` returns."""

    __slots__ = ("_connection", "_rows", "arraysize", "description", "lastrowid", "rowcount")

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    def execute(self, sql: str, parameters: Any = ()) -> None:
        """Run a statement and fetch what it returns."""
        self._connection.here_or_waiting(partial(self._whole, sqlite3.Cursor.execute, sql, parameters))

    def executemany(self, sql: str, parameters: Any) -> None:
        """Run a statement for each set of values."""
        self._connection.here_or_waiting(partial(self._whole, sqlite3.Cursor.executemany, sql, parameters))

    def fetchone(self) -> Any:
        """The next row, or None."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        size = self.arraysize if size is None else size
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    def fetchall(self) -> list[Any]:
        """The rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    def close(self) -> None:
        """Nothing is open any more."""

    def _whole(self, run: Callable[..., Any], sql: str, parameters: Any) -> None:
        cursor = self._connection.driver_connection.cursor()
        try:
            run(cursor, sql, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise TooLong from error
            raise
        finally:
            cursor.close()


class Connection(AdaptedConnection):
    """A connection of aiosqlite's, used by one at a time: the event loop, or the thread that somebody waits for."""

    __slots__ = ("_aiosqlite", "hurried")

    def __init__(self, opened: aiosqlite.Connection) -> None:
        self._aiosqlite = opened
        self._connection: Any = opened._conn
        self.hurried = False  # whether a question that takes long is broken off: TooLong
        self._connection.set_progress_handler(lambda: self.hurried, LONG)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    @property
    def isolation_level(self) -> Any:
        """sqlite3's own; None: it begins no transaction behind our back."""
        return self._connection.isolation_level

    @isolation_level.setter
    def isolation_level(self, level: Any) -> None:
        self._connection.isolation_level = level

    def cursor(self, server_side: bool = False) -> Cursor:
        """A cursor; costs nothing."""
        return Cursor(self)

    def run(self, sql: str, values: Any) -> Cursor:
        """A statement run past SQLAlchemy, with one set of values or a list of them; errors are SQLAlchemy's."""
        cursor = Cursor(self)
        try:
            if isinstance(values, list):
                cursor.executemany(sql, values)
            else:
                cursor.execute(sql, values)
        except sqlite3.Error as error:
            raise DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True) from error
        return cursor

    def ask(self, sql: str, values: Any) -> list[Any]:
        """The rows that a statement finds, run as in `run`; of a list of sets of values those of all."""
        if isinstance(values, list):
            return [row for one in values for row in self.run(sql, one).fetchall()]
        return self.run(sql, values).fetchall()

    async def begin(self, *, writes: bool) -> None:
        """Begin to read, or to write; another process's lock is waited for in a thread."""
        if not writes:
            self._connection.execute("BEGIN")
            return
        begin = partial(self._connection.execute, "BEGIN IMMEDIATE")
        self._connection.execute("PRAGMA busy_timeout=0")
        try:
            begin()
            waits = False
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            waits = True
        finally:
            self._connection.execute(BUSY_TIMEOUT)
        if waits:
            await self.in_thread(begin)

    def commit(self) -> None:
        """Commit, which waits for the disk."""
        self.here_or_waiting(self._connection.commit)

    def rollback(self) -> None:
        """Roll back."""
        self.here_or_waiting(self._connection.rollback)

    def close(self) -> None:
        """Close, and end the thread."""
        if in_greenlet():
            await_only(self._aiosqlite.close())
        else:
            self._aiosqlite.stop()

    terminate = close

    async def in_thread(self, work: Callable[[], Result]) -> Result:
        """What `work` returns, called in the thread. Who is cancelled meanwhile waits for its end: one at a time."""
        future = asyncio.ensure_future(self._aiosqlite._execute(work))  # type: ignore[no-untyped-call]
        try:
            found: Result = await asyncio.shield(future)
        except asyncio.CancelledError:
            while not future.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([future])
            future.exception()  # seen
            raise
        return found

    def here_or_waiting(self, work: Callable[[], Any]) -> None:
        """In the thread where SQLAlchemy's asynchronous door asks, else here and now."""
        if in_greenlet():
            await_only(self.in_thread(work))
        else:
            work()


class Dialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's SQLite with this driver."""

    driver = "in_loop"
    is_async = True
    has_terminate = True
    supports_statement_cache = True

    @classmethod
    def get_pool_class(cls, url: URL) -> type[AsyncAdaptedQueuePool]:
        """A pool whose queue is asyncio's."""
        return AsyncAdaptedQueuePool

    def connect(self, *words: Any, **options: Any) -> Any:
        """A new connection."""
        made = aiosqlite.connect(*words, **{**options, "check_same_thread": False})
        made._thread.daemon = True  # a forgotten connection must not keep the process from ending
        return Connection(await_only(made))


class Door:
    """Transactions on the connections of one engine: as many at a time as its pool has."""

    def __init__(self, engine: AsyncEngine, *, writes: bool) -> None:
        self._engine = engine.sync_engine
        self._places = Places(cast(AsyncAdaptedQueuePool, engine.pool).size())
        self._writes = writes

    @asynccontextmanager
    async def transaction(self, *, first: bool = False) -> AsyncIterator[sqlalchemy.Connection]:
        """Committed at the end of the block. Raises sqlalchemy's TimeoutError where no connection gets free.

        `first`: before all others that wait.
        """
        await self._enter(first)
        try:
            # A connection made anew is waited for in its thread, as SQLAlchemy's asynchronous door does.
            with await greenlet_spawn(self._engine.connect) as connection:
                driver: Any = connection.connection.dbapi_connection
                await driver.begin(writes=self._writes)
                yield connection
                if self._writes:
                    await driver.in_thread(driver.commit)
        finally:
            self._places.leave()

    async def _enter(self, first: bool) -> None:
        if self._places.free:
            await self._places.enter()
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await self._places.enter(first=first)
        except TimeoutError as error:
            raise PoolTimeout("no connection gets free") from error


registry.register("sqlite.in_loop", __name__, "Dialect")
