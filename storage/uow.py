"""Units of work: one transaction for one use case."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable, bindparam, update
from sqlalchemy.sql.dml import UpdateBase

from storage import in_loop
from storage.engine import open_engines
from storage.models.delivery import Inbox
from storage.prepared import Prepared
from storage.vocabulary import InboxSeq, InboxState

if TYPE_CHECKING:
    from storage.pipelined import Wire

Result = TypeVar("Result")
Values = Mapping[str, Any] | Sequence[Mapping[str, Any]]  # of a statement: one set, or a list of them
Found = CursorResult[*tuple[Any, ...]]
# Of an INSERT, SQLAlchemy on psycopg forgets the count unless asked to keep it.
KEEP_COUNT = {"preserve_rowcount": True}

_inside: ContextVar[bool] = ContextVar("inside_a_unit_of_work", default=False)


class AlreadyDone(Exception):
    """The update that asked for this was carried out before; nothing of this transaction stays."""


class NestedUnitOfWork(RuntimeError):
    """A unit of work was opened inside another; on SQLite it would wait for itself."""


class Uow(ABC):
    """One open transaction, or on PostgreSQL a row of questions. Statements are counted, because a tap has a budget."""

    def __init__(self, dialect: str, seq: InboxSeq | None) -> None:
        self.dialect = dialect
        self.seq = seq  # the update that asked for this
        self.statements = 0
        self.put_items = False

    @abstractmethod
    async def execute(self, statement: Executable, rows: Any = None) -> Found:
        """Run one statement, with one set of values or a list of them."""

    @abstractmethod
    async def ask(self, question: Prepared, values: Values) -> list[Any]:
        """The rows that a prepared question finds, as named tuples; with a list of sets of values, those of all."""

    @abstractmethod
    async def tell(self, statement: Prepared, values: Values) -> int:
        """Run one prepared changing statement; how many rows it changed."""

    @abstractmethod
    async def tell_later(self, statement: Prepared, values: Values) -> None:
        """The same before whatever is asked or told next, or the commit; it fails there, and nobody asks how many."""

    @abstractmethod
    def attempt(self) -> AbstractAsyncContextManager[None]:
        """A part of this transaction that may fail alone: `async with uow.attempt()`."""

    async def write(self, statement: UpdateBase, row: dict[str, Any] | None = None) -> int:
        """Run one changing statement, with its values beside it where it has none; how many rows it changed."""
        if "preserve_rowcount" not in statement.get_execution_options():
            statement = statement.execution_options(**KEEP_COUNT)
        return (await self.execute(statement, row)).rowcount


class PipelinedUow(Uow):
    """One on PostgreSQL: what needs no answer goes to the server along with what does."""

    def __init__(self, wire: "Wire", seq: InboxSeq | None) -> None:
        super().__init__("postgresql", seq)
        self._wire = wire

    async def execute(self, statement: Executable, rows: Any = None) -> Found:
        """Run one statement, with one set of values or a list of them."""
        self.statements += 1
        async with self._wire.alchemy() as connection:
            found: Found = await connection.execute(statement, rows)
        return found

    async def ask(self, question: Prepared, values: Values) -> list[Any]:
        """The rows that a prepared question finds, as named tuples; with a list of sets of values, those of all."""
        self.statements += 1
        ready = question.ready(self._wire.dialect)
        return ready.rows(await self._wire.ask(ready.sql, ready.all_parameters(values)))

    async def tell(self, statement: Prepared, values: Values) -> int:
        """Run one prepared changing statement; how many rows it changed."""
        self.statements += 1
        ready = statement.ready(self._wire.dialect)
        return (await self._wire.say(ready.sql, ready.all_parameters(values))).rowcount

    async def tell_later(self, statement: Prepared, values: Values) -> None:
        """The same before whatever is asked or told next, or the commit; it fails there, and nobody asks how many."""
        self.statements += 1
        ready = statement.ready(self._wire.dialect)
        self._wire.later(ready.sql, ready.all_parameters(values))

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A part of this transaction that may fail alone: `async with uow.attempt()`."""
        async with self._wire.alchemy() as connection:
            savepoint = await connection.begin_nested()
        try:
            yield
            await self._wire.flush()
        except BaseException:
            self._wire.forget()
            async with self._wire.alchemy():
                await savepoint.rollback()
            raise
        async with self._wire.alchemy():
            await savepoint.commit()


class InLoopUow(Uow):
    """One on SQLite: a question is asked in the event loop, and in a thread where it turns out to be long.

    `quick`: what changes rows runs in the loop as well; else in a thread.
    """

    def __init__(self, connection: Connection, seq: InboxSeq | None, *, quick: bool) -> None:
        super().__init__(connection.dialect.name, seq)
        self.connection = connection
        self._driver = cast(in_loop.Connection, connection.connection.dbapi_connection)
        self._quick = quick

    async def execute(self, statement: Executable, rows: Any = None) -> Found:
        """Run one statement, with one set of values or a list of them."""
        return await self._run(partial(self.connection.execute, statement, rows), reads=statement.is_select)

    async def ask(self, question: Prepared, values: Values) -> list[Any]:
        """The rows that a prepared question finds, as named tuples; with a list of sets of values, those of all."""
        ready = question.ready(self.connection.dialect)
        found = await self._run(partial(self._driver.ask, ready.sql, ready.all_parameters(values)), reads=ready.reads)
        return ready.rows(found)

    async def tell(self, statement: Prepared, values: Values) -> int:
        """Run one prepared changing statement; how many rows it changed."""
        ready = statement.ready(self.connection.dialect)
        return (
            await self._run(partial(self._driver.run, ready.sql, ready.all_parameters(values)), reads=False)
        ).rowcount

    async def tell_later(self, statement: Prepared, values: Values) -> None:
        """The same, at once: nothing is far away here."""
        await self.tell(statement, values)

    async def _run(self, work: Callable[[], Result], *, reads: bool) -> Result:
        self.statements += 1
        if reads:
            self._driver.hurried = True
            try:
                return work()
            except in_loop.TooLong:
                pass
            finally:
                self._driver.hurried = False
        elif self._quick:
            return work()
        return await self._driver.in_thread(work)

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[None]:
        """A part of this transaction that may fail alone: `async with uow.attempt()`."""
        with self.connection.begin_nested():
            yield


class Storage:
    """The archive of one installation.

    `on_items` is called after a commit that put items, so that the postman need not wait for its next look.
    """

    def __init__(self, database_url: str) -> None:
        self.writer, self.reader = open_engines(database_url)
        self._doors: tuple[in_loop.Door, in_loop.Door] | None = None
        if self.writer.dialect.name == "sqlite":
            self._doors = in_loop.Door(self.writer, writes=True), in_loop.Door(self.reader, writes=False)
        else:
            from storage.pipelined import Door  # with psycopg, for which an installation on SQLite need not wait

            self._door = Door(self.reader)
        self.on_items: Callable[[], None] = lambda: None
        self.before_commit: Callable[[Uow], Awaitable[None]] | None = None

    @asynccontextmanager
    async def writing(
        self,
        seq: InboxSeq | None = None,
        *,
        now: datetime | None = None,
        quick: bool | None = None,
        first: bool = False,
    ) -> AsyncIterator[Uow]:
        """A write transaction; with `seq` and `now` its last statement marks that update done.

        `quick`: on SQLite its statements may run in the event loop, since each is a matter of a few rows; as those of
        an update do, unless said otherwise. `first`: on SQLite, before all that wait for its one writer. Raises
        AlreadyDone, with nothing kept, when the update was done before.
        """
        with _once():
            async with self._write(seq, seq is not None if quick is None else quick, first) as uow:
                yield uow
                if seq is not None:
                    await _mark_done(uow, seq, now)
                if self.before_commit is not None:
                    await self.before_commit(uow)
        if uow.put_items:
            self.on_items()

    @asynccontextmanager
    async def _write(self, seq: InboxSeq | None, quick: bool, first: bool) -> AsyncIterator[Uow]:
        if self._doors is not None:
            async with self._doors[0].transaction(first=first) as here:
                yield InLoopUow(here, seq, quick=quick)
        else:
            async with self._door.row(begins=True) as wire:
                yield PipelinedUow(wire, seq)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Uow]:
        """What one screen reads: a snapshot on SQLite, on PostgreSQL a row of questions (ADR 5)."""
        with _once():
            if self._doors is not None:
                async with self._doors[1].transaction() as here:
                    yield InLoopUow(here, None, quick=False)
            else:
                async with self._door.row(begins=False) as wire:
                    yield PipelinedUow(wire, None)

    async def close(self) -> None:
        """Close every connection."""
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()


class _once:
    """Holds the rule that units of work don't nest."""

    def __enter__(self) -> None:
        if _inside.get():
            raise NestedUnitOfWork("a unit of work is already open here")
        _inside.set(True)

    def __exit__(self, *exc: object) -> None:
        _inside.set(False)


_DONE = Prepared(
    update(Inbox)
    .where(Inbox.seq == bindparam("which"), Inbox.state == InboxState.NEW)
    .values(state=InboxState.DONE, payload=None, done_at=bindparam("at"))
)


async def _mark_done(uow: Uow, seq: InboxSeq, now: datetime | None) -> None:
    if await uow.tell(_DONE, {"which": seq, "at": now}) == 0:
        raise AlreadyDone
