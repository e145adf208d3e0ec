"""Where to measure: SQLite files in a folder, or a PostgreSQL server on which bases come and go."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from storage.schema import migrate
from storage.uow import Storage
from tests.support.cluster import Cluster, Unavailable, new_folder

SQLITE, POSTGRESQL = "sqlite", "postgresql"
ENGINES = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}


class Place:
    """One engine; `base()` lends an empty base, as many side by side as are asked for."""

    _numbers = count(1)

    def __init__(self, engine: str, home: str) -> None:
        self.engine = engine
        self._home = home  # a folder, or the address of a server

    @property
    def name(self) -> str:
        """The engine as rows name it."""
        return ENGINES[self.engine]

    @contextmanager
    def base(self) -> Iterator[str]:
        """The URL of a base without tables, which is gone afterwards."""
        name = f"zvonok_bench_{next(self._numbers)}"
        if self.engine == SQLITE:
            folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._home))
            try:
                yield f"sqlite:///{folder}/bench.db"
            finally:
                shutil.rmtree(folder)
        else:
            self._tell(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            self._tell(f'CREATE DATABASE "{name}"')
            try:
                yield make_url(self._home).set(database=name).render_as_string(hide_password=False)
            finally:
                self._tell(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _tell(self, statement: str) -> None:
        plain = make_url(self._home).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def places(engine: str | None, database: str | None) -> Iterator[list[Place]]:
    """The engines asked for; by default SQLite, and PostgreSQL where its programs are.

    `database` names the one engine and where it is: a SQLite file in whose folder to measure, or a server's base
    beside which bases may be made. Raises Unavailable where PostgreSQL was asked for and is not there.
    """
    with ExitStack() as lent:
        if database is not None:
            yield [_given(database)]
            return
        found = []
        if engine != POSTGRESQL:
            found.append(Place(SQLITE, lent.enter_context(tempfile.TemporaryDirectory())))
        if engine != SQLITE:
            try:
                found.append(Place(POSTGRESQL, lent.enter_context(_cluster())))
            except Unavailable:
                if engine is not None:
                    raise
        yield found


def _given(database: str) -> Place:
    url = make_url(database)
    if url.get_backend_name() == SQLITE:
        return Place(SQLITE, str(Path(url.database or "").absolute().parent))
    return Place(POSTGRESQL, database)


@contextmanager
def _cluster() -> Iterator[str]:
    """A server of our own that keeps every commit through a crash, as SQLite's `synchronous=FULL` does."""
    folder = new_folder()
    try:
        cluster = Cluster(folder, durable=True)
        try:
            cluster.start()
            yield cluster.url
        finally:
            cluster.remove()
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)


async def opened(url: str) -> Storage:
    """A base brought up to date, open."""
    storage = Storage(url)
    await migrate(storage)
    return storage
