"""Databases for tests: one migrated template an engine and run, one copy of it a test."""

import asyncio
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from storage.schema import migrate
from storage.uow import Storage
from tests.support import cluster, run

READY = "cluster.json"
TEMPLATE = "zvonok_template"
GIVEN = "ZVONOK_TEST_POSTGRES_URL"
PATIENCE = 120.0  # seconds for a cluster on a busy machine
EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica; -- foreign keys are not asked: everything goes
DO $$
DECLARE name text; filled boolean;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
    END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, start_value, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$;
"""
_numbers = itertools.count()
_emptied: list[str] = []  # databases of this process that wait to be taken again


def migrated(url: str) -> None:
    """Brings a database to the newest revision."""

    async def bring() -> None:
        storage = Storage(url)
        try:
            await migrate(storage)
        finally:
            await storage.close()

    # In a thread of its own: the caller may stand inside a running loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, bring()).result()


def sqlite_file(path: Path, *, empty: bool = False) -> str:
    """The URL of a new SQLite file at `path`, with our tables or without any."""
    if not empty:
        shutil.copyfile(run.once("sqlite", _sqlite_template), path)
    return f"sqlite:///{path}"


def _sqlite_template() -> str:
    path = run.folder() / "template.db"
    migrated(f"sqlite:///{path}")
    return str(path)


@contextmanager
def postgres_database(*, empty: bool = False) -> Iterator[str]:
    """The URL of a PostgreSQL database of one's own, with our tables or without any. Skips where there is no server.

    Making one takes three times as long as emptying one, so that those with tables are emptied and taken again.
    """
    server = _server()
    name = _emptied.pop() if _emptied and not empty else _new(server, empty=empty)
    try:
        yield _at(server, name)
    finally:
        if not empty and _empty(_at(server, name)):
            _emptied.append(name)
        else:
            _tell(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def end_of_worker() -> None:
    """Gives back to a server from outside what this process took; the run's own cluster goes as a whole."""
    while _emptied and GIVEN in os.environ:
        _tell(_server(), f'DROP DATABASE "{_emptied.pop()}" WITH (FORCE)')


def _new(server: str, *, empty: bool) -> str:
    template = "template0" if empty else run.once("postgres", _postgres_template)
    name = f"zvonok_{os.getpid()}_{next(_numbers)}"
    _create(server, name, template)
    return name


def _empty(database: str) -> bool:
    """Ends what is still connected, deletes every row and begins every number anew; whether that went well."""
    try:
        with _connected(database) as connection:
            connection.execute(EMPTY)
    except psycopg.Error:
        return False
    return True


def _postgres_template() -> str:
    server = _server()
    name = f"{TEMPLATE}_{os.getpid()}"  # a server given from outside may serve several runs
    _create(server, name, "template0")
    migrated(_at(server, name))
    return name


def _server() -> str:
    given = os.environ.get(GIVEN)
    if given:
        return given
    said = json.loads(run.once("server", _start_cluster))
    if "failed" in said:
        pytest.fail(f"PostgreSQL is here and did not start: {said['failed']}")
    if "unavailable" in said:
        pytest.skip(f"needs PostgreSQL: {said['unavailable']}")
    return str(said["url"])


def _start_cluster() -> str:
    ready = run.folder() / READY
    with (run.folder() / "keeper.log").open("wb") as log:
        subprocess.run(
            [sys.executable, cluster.__file__, str(ready), os.environ["ZVONOK_TEST_OWNER"]],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            timeout=PATIENCE,
        )
    deadline = time.monotonic() + PATIENCE
    while not ready.exists():
        assert time.monotonic() < deadline, (
            f"no cluster after {PATIENCE} s: {(run.folder() / 'keeper.log').read_text()}"
        )
        time.sleep(0.05)
    return ready.read_text()


def end_of_run() -> None:
    """Stops the run's cluster, where one was started, and drops what a server from outside was lent."""
    given = os.environ.get(GIVEN)
    template = run.folder() / "postgres"
    if given and template.exists():
        _tell(given, f'DROP DATABASE "{template.read_text()}" WITH (FORCE)')
    ready = run.folder() / READY
    said = json.loads(ready.read_text()) if ready.exists() else {}
    if "pid" not in said:
        return
    os.kill(said["pid"], signal.SIGTERM)
    deadline = time.monotonic() + 10
    while ready.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def _at(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _create(server: str, name: str, template: str) -> None:
    with _connected(server) as connection:
        # Copying files is three times quicker than writing them through the log, which PostgreSQL does since 15.
        how = "STRATEGY FILE_COPY" if connection.info.server_version >= 150000 else ""
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {how}'.encode())


def _tell(server: str, statement: str) -> None:
    with _connected(server) as connection:
        connection.execute(statement.encode())


def _connected(server: str) -> "psycopg.Connection[tuple[object, ...]]":
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)
