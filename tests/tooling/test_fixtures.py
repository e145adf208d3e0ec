"""The fixtures and the rules of a run: what tests may rely on."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from playwright.async_api import Page
from sqlalchemy import make_url, text

from storage.schema import is_current
from storage.uow import Storage
from tests.support import cluster as clusters
from tests.support.cluster import Cluster
from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]


async def test_a_database_is_migrated_and_stands_on_its_engine(storage: Storage, database_url: str) -> None:
    assert await is_current(storage)
    assert storage.writer.dialect.name == make_url(database_url).get_backend_name()


async def test_an_empty_database_has_no_tables(empty_database_url: str) -> None:
    opened = Storage(empty_database_url)
    try:
        assert not await is_current(opened)
    finally:
        await opened.close()


@pytest.mark.parametrize("turn", [1, 2])
async def test_no_test_sees_what_another_wrote(storage: Storage, turn: int) -> None:
    async with storage.writing() as uow:
        found = (await uow.execute(text("SELECT count(*) FROM draft"))).scalar_one()
        await uow.execute(
            text(
                "INSERT INTO draft (bot_id, user_id, purpose, data, created_at, expires_at)"
                " VALUES (1, 1, 'x', '{}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"
            )
        )
    assert found == 0


def test_a_private_cluster_keeps_its_commits_through_a_crash(private_cluster: Callable[..., Cluster]) -> None:
    cluster = private_cluster(durable=True)
    address = f"host={cluster.folder} user=postgres"
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE kept (x int)")
        connection.commit()
        connection.execute("INSERT INTO kept VALUES (1)")
        connection.commit()
        connection.execute("INSERT INTO kept VALUES (2)")
        cluster.crash()
        connection.close()
    cluster.start()
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT x FROM kept").fetchall() == [(1,)]


async def test_the_page_is_as_wide_as_a_phone(page: Page) -> None:
    await page.set_content("<p>Звонок</p>")
    assert await page.evaluate("window.innerWidth") == 360
    assert await page.inner_text("p") == "Звонок"


SKIPPING = """
import pytest

def test_it_asks_for_a_database(postgres_url): pass
async def test_it_asks_for_a_browser(browser): pass
"""

MARKED = """
import pytest

def test_quick(): pass
@pytest.mark.slow
def test_slow(): pass
def test_with_a_cluster_of_its_own(private_cluster): pass
@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_on_both_engines(engine): pass
"""


def run_pytest(folder: Path, source: str, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs a file of tests under our rules in a process of its own, away from our settings."""
    (folder / "test_inner.py").write_text(source.replace("from tests.conftest import *\n", ""))
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("ZVONOK_", "PYTEST_", "CI"))}
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-p", "no:xdist"),
            *("-c", os.devnull, "--rootdir", str(folder), "-o", "asyncio_mode=auto", *words),
            *("-o", "asyncio_default_fixture_loop_scope=function", str(folder / "test_inner.py")),
        ],
        cwd=folder,
        env={**outer, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def bare_path(tmp_path: Path) -> str:
    """A PATH with no server and no browser on it."""
    bare = tmp_path / "bin"
    bare.mkdir()
    return str(bare)


@pytest.mark.slow
def test_what_is_missing_is_skipped_and_counted_aloud(tmp_path: Path, bare_path: str) -> None:
    answer = run_pytest(tmp_path, SKIPPING, PATH=bare_path, ZVONOK_TEST_POSTGRES_BIN=bare_path)
    assert answer.returncode == 0, answer.stdout
    assert "1 tests did not run, each needs PostgreSQL" in answer.stdout
    assert "1 tests did not run, each needs Chromium" in answer.stdout


@pytest.mark.slow
def test_a_skip_is_a_failure_where_nothing_may_be_missing(tmp_path: Path, bare_path: str) -> None:
    answer = run_pytest(tmp_path, SKIPPING, PATH=bare_path, ZVONOK_TEST_POSTGRES_BIN=bare_path, CI="true")
    assert answer.returncode == 1
    assert "with CI=true nothing may be skipped" in answer.stdout


@pytest.mark.slow
def test_fast_leaves_out_what_is_slow(tmp_path: Path) -> None:
    answer = run_pytest(tmp_path, MARKED, "--fast")
    assert "2 passed, 3 deselected" in answer.stdout


ASKING = """
def test_it_asks_for_a_database(postgres_url, request):
    (request.path.parent / "url").write_text(postgres_url)
"""


@pytest.mark.slow
def test_a_run_leaves_no_server_and_no_folder(tmp_path: Path) -> None:
    answer = run_pytest(tmp_path, ASKING, TMPDIR=str(tmp_path))
    assert "1 passed" in answer.stdout, answer.stdout
    assert not list(tmp_path.glob("zvonok-tests-*"))
    assert not Path(str(make_url((tmp_path / "url").read_text()).query["host"])).parent.exists()


@pytest.mark.slow
def test_a_cluster_goes_when_the_run_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    with subprocess.Popen(["sleep", "600"]) as owner:
        subprocess.run([sys.executable, clusters.__file__, str(ready), str(owner.pid)], check=True)
        wait_until(ready.exists)
        folder = Path(str(make_url(json.loads(ready.read_text())["url"]).query["host"]))
        assert folder.exists()
        owner.kill()
    wait_until(lambda: not folder.parent.exists())
    assert not ready.exists()
