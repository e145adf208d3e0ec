"""aiosqlite with one hop to its thread a statement.

aiosqlite makes the cursor, executes, fetches and closes in four calls to the connection's thread, and each of them
costs more than a short statement itself. We read every result whole anyway: one call does all four.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite


class OneHopCursor:
    """What SQLAlchemy asks of an aiosqlite cursor; the rows are here when `execute` returns."""

    def __init__(self, connection: "OneHopConnection") -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Self:
        """Run a statement and fetch what it returns."""
        await self._run(lambda cursor: cursor.execute(sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        """Run a statement for each set of values."""
        await self._run(lambda cursor: cursor.executemany(sql, parameters))
        return self

    async def fetchall(self) -> Sequence[Any]:
        """The rows."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open any more."""

    async def _run(self, work: Callable[[Any], Any]) -> None:
        answer = await self._connection.in_thread(partial(_whole, work))
        self.description, self._rows, self.rowcount, self.lastrowid = answer


class OneHopConnection(aiosqlite.Connection):
    """An aiosqlite connection with such cursors; it asks nothing of the thread to roll back what isn't begun."""

    _asked = 0  # calls the thread hasn't finished

    def cursor(self) -> OneHopCursor:  # type: ignore[override]
        """A cursor; costs nothing."""
        return OneHopCursor(self)

    async def in_thread(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        """What `work` returns, called with the connection in its thread."""
        return await self._execute(work, self._conn)

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._asked += 1

        def counted() -> Any:
            try:
                return fn(*args, **kwargs)
            finally:
                self._asked -= 1

        return await super()._execute(counted)  # type: ignore[no-untyped-call]

    async def rollback(self) -> None:
        """Roll back; the pool asks for it after every commit, when there is nothing to roll back."""
        if self._asked or self._conn.in_transaction:
            await super().rollback()


def connect(database: str, **options: Any) -> OneHopConnection:
    """A connection to be awaited, as aiosqlite.connect makes it."""
    made = OneHopConnection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    made._thread.daemon = True  # a forgotten connection must not keep the process from ending
    return made


def _whole(work: Callable[[Any], Any], connection: sqlite3.Connection) -> tuple[Any, Sequence[Any], int, int | None]:
    cursor = connection.cursor()
    try:
        work(cursor)
        rows = cursor.fetchall() if cursor.description else ()
        return cursor.description, rows, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()
