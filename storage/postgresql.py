"""PostgreSQL as the engine of more than one machine: how it is opened, and how a lost or changed server is noticed."""

import re
import select
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 30_000
# A process frozen inside a transaction keeps its locks, the owner's row among them: shorter than the lease, so that
# another can take the bot over.
IDLE_TIMEOUT_MS = 10_000
CONNECT_TIMEOUT = 5  # seconds, for each host of the URL
# A server whose machine is gone says no goodbye: noticed within some ten seconds; the system's own way takes hours.
ALIVE: dict[str, Any] = {
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
HOSTS = re.compile(r"(?P<head>\w+(?:\+\w+)?://(?:[^@/?#]*@)?)(?P<hosts>[^/?#]*,[^/?#]*)(?P<rest>.*)", re.DOTALL)
PORT = re.compile(r"(?P<host>\[.*\]|[^:]*)(?::(?P<port>\d+))?")
# The server took another role under us: it only reads now (a former primary), or it isn't ready to serve.
OTHER_ROLE = ("25006", "57P03")
BEGINS = "begins"  # an engine's option: SQLAlchemy's transactions say BEGIN
POOL = 12
POOL_TIMEOUT = 10  # seconds; shorter than the lease: who gets no connection tries again, and nobody waits for ever


def url_of(database_url: str) -> URL:
    """The URL in SQLAlchemy's form; several hosts may be written as libpq has them: `postgresql://a:5432,b:5432/base`."""
    several = HOSTS.fullmatch(database_url)
    if several is None:
        return make_url(database_url)
    url = make_url(several["head"] + several["rest"])
    if not url.drivername.startswith("postgres"):
        raise ValueError("only PostgreSQL has several hosts")
    named = [PORT.fullmatch(one) for one in several["hosts"].split(",")]
    if None in named:
        raise ValueError("DATABASE_URL: a port is a number")
    hosts, ports = [one["host"].strip("[]") for one in named if one], [one["port"] or "" for one in named if one]
    added = {"host": ",".join(hosts)} | ({"port": ",".join(ports)} if any(ports) else {})
    return url.update_query_dict(added)


def open_postgresql(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """An engine whose connections end by themselves where a process or a machine has vanished.

    Where several hosts are named, `target_session_attrs=read-write` finds the one that writes: after a failover the
    pool is thrown away with the first connection that breaks, and the new ones lead to the new primary.

    Beside it stands one with the same connections, whose transactions don't say BEGIN: a question alone needs none, and
    a unit of work says it along with its first one.
    """
    timeouts = {
        "lock_timeout": LOCK_TIMEOUT_MS,
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT_MS,
    }
    options = " ".join(f"-c {name}={value}" for name, value in timeouts.items()) + " -c timezone=UTC"
    arguments = ALIVE | {"connect_timeout": CONNECT_TIMEOUT, "application_name": "zvonok"}
    if has_several_hosts(url):
        arguments["target_session_attrs"] = "read-write"
    given = {name: value for name, value in arguments.items() if name not in url.query}  # the URL's own word counts
    engine = create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT,
        pool_use_lifo=True,  # few connections know all statements, rather than all of them few
        pool_reset_on_return=None,  # who lends one leaves no transaction open: SQLAlchemy's, and storage.pipelined
        hide_parameters=True,
        connect_args={**given, "options": options, "autocommit": True},  # psycopg must not begin behind our back
    )
    event.listen(engine.sync_engine, "handle_error", _notice)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "checkout", _look_at)
    return engine, engine.execution_options(**{BEGINS: False})


def has_several_hosts(url: URL) -> bool:
    """Whether the base may be found at more than one server."""
    host = url.query.get("host", "")
    return isinstance(host, tuple) or "," in host


def address(url: URL) -> str:
    """The URL as PostgreSQL's own tools take it, with every option but without the password."""
    if has_several_hosts(url) and "target_session_attrs" not in url.query:
        url = url.update_query_dict({"target_session_attrs": "read-write"})
    known = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return known.render_as_string(hide_password=False)


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get(BEGINS, True):
        connection.exec_driver_sql("BEGIN")


def _look_at(connection: Any, record: ConnectionPoolEntry, lent: PoolProxiedConnection) -> None:
    """Who was cut while it rested has something to read, and is asked; to ask everybody were a round trip each time."""
    driver = connection.driver_connection
    line = select.poll()
    try:
        line.register(driver.fileno(), select.POLLIN)
        if line.poll(0):
            connection.cursor().execute("")
    except driver.Error as error:
        raise InvalidatePoolError from error


def _notice(context: ExceptionContext) -> None:
    """A connection to a server that took another role is as good as lost, and so are all others of the pool."""
    if getattr(context.original_exception, "sqlstate", None) in OTHER_ROLE:
        context.is_disconnect = True
