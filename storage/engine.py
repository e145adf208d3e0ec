"""SQLite and PostgreSQL behind one door: how each engine is opened so that nothing is lost (ADR 0005)."""

from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage import in_loop
from storage.postgresql import open_postgresql, url_of

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    in_loop.BUSY_TIMEOUT,
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)


def normalised(database_url: str) -> URL:
    """The URL with the driver we use: our own (storage.in_loop, on aiosqlite) or psycopg."""
    url = url_of(database_url)
    driver = {"sqlite": "sqlite+in_loop", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
    backend = url.drivername.split("+")[0]
    if backend not in driver:
        raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://")
    return url.set(drivername=driver[backend])


def open_engines(database_url: str) -> tuple[AsyncEngine, AsyncEngine]:
    """A write engine and a read engine; on PostgreSQL they share their connections."""
    url = normalised(database_url)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, begin="BEGIN IMMEDIATE", size=1), _sqlite(url, begin="BEGIN", size=8)
    return open_postgresql(url)


def _sqlite(url: URL, *, begin: str, size: int) -> AsyncEngine:
    # One writer: SQLite has one anyway, and waiting in our pool is fair where its busy handler is not.
    engine = create_async_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver must not begin transactions behind our back
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin_ours(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        if not driver.in_transaction:  # a unit of work begins by itself
            connection.exec_driver_sql(begin)

    return engine
