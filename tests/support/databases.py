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
PATIENCE = 120.0  # seconds for a cluster on a busy machine
_numbers = itertools.count()


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
    """The URL of a new PostgreSQL database, with our tables or without any, dropped at the end.

    Skips where there is no server.
    """
    server = _server()
    template = "template0" if empty else run.once("postgres", _postgres_template)
    name = f"zvonok_{os.getpid()}_{next(_numbers)}"
    _create(server, name, template)
    try:
        yield _at(server, name)
    finally:
        _tell(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _postgres_template() -> str:
    server = _server()
    name = f"{TEMPLATE}_{os.getpid()}"  # a server given from outside may serve several runs
    _create(server, name, "template0")
    migrated(_at(server, name))
    return name


def _server() -> str:
    given = os.environ.get("ZVONOK_TEST_POSTGRES_URL")
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
    given = os.environ.get("ZVONOK_TEST_POSTGRES_URL")
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
