"""What was erased leaves the disk too: out of SQLite's log, and out of the rows that PostgreSQL has left behind."""

import sqlite3
from contextlib import closing

from sqlalchemy import create_engine

from storage.engine import normalised

BUSY_MS = 5_000


def scrub(database_url: str) -> bool:
    """Write the log into the file, whose freed places are zeros (secure_delete), and empty it; or VACUUM. Blocks.

    False: somebody was reading a state of before; the log is emptied a little later by itself.
    """
    url = normalised(database_url)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as base:
            base.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            busy, *_pages = base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
    engine = create_engine(url, isolation_level="AUTOCOMMIT", hide_parameters=True)
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM")
    engine.dispose()
    return True
