"""Which failures of the archive pass by themselves, told apart from mistakes of ours."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout


def passes(error: BaseException) -> bool:
    """Whether the same transaction may succeed later: a lost connection, a lock, a full pool, a disk in trouble."""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
