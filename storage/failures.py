"""Which failures of the archive pass by themselves, told apart from mistakes of ours."""

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


def passes(error: BaseException) -> bool:
    """Whether the same transaction may succeed later: a lost connection, a lock, a full pool, a disk in trouble."""
    # SQLite's own error: what it says when a transaction begins or ends doesn't come by SQLAlchemy (storage.in_loop).
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout | sqlite3.OperationalError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
