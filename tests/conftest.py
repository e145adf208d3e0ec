"""Fixtures for every test, and the rules of a run.

Databases, migrated, one of its own for each test that asks:
- `database_url`: the test runs twice, on a SQLite file and on PostgreSQL; `storage` is an open Storage on it
- `sqlite_url`, `postgres_url`: the same on one engine
- `empty_database_url`: both engines, no tables yet
- `private_cluster(durable=True)`: makes a PostgreSQL server of the test's own, which it may `crash()` and `start()`
Browser:
- `browser`: Chromium; `page`: a page in it as wide as a phone, 360 px, in Russian

PostgreSQL is one private cluster a run, started when first asked for and gone at the end; ZVONOK_TEST_POSTGRES_URL, if
set, is used instead. Tests that lack PostgreSQL or Chromium skip and are counted at the end; with CI=true a skip is a
failure, but for those that ask for a school's own export. What repeats another test at length waits for `--nightly`
(tests/support/night.py), but a test named on the command line doesn't. `--fast` leaves out PostgreSQL and what is
marked slow; whatever uses the browser or a private cluster is slow by itself, and so are the scenes.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bot.lean  # noqa: F401 - before anything that imports aiogram
from storage.uow import Storage
from tests.support import cluster as clusters
from tests.support import compiled, databases, night, run

if TYPE_CHECKING:  # a quarter of a second that most runs don't need
    from playwright.async_api import Browser, Page

WANTS = ("needs PostgreSQL", "needs Chromium", "needs a real aSc export")
OPTIONAL = "needs a real aSc export"  # nobody has one but schools: a setting names it
MARKS = {
    "postgres_url": ("postgres",),
    "private_cluster": ("postgres", "slow"),
    "browser": ("browser", "slow"),
}
SLOW_PLACES = ("tests/scenes/", "tests/demo/test_seed.py")  # whole days over HTTP, a whole school founded each time

compiled.share()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="leave out PostgreSQL and the tests marked slow")
    parser.addoption("--nightly", action="store_true", help="run what waits for the night too: tests/support/night.py")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        os.environ[run.VARIABLE] = tempfile.mkdtemp(prefix="zvonok-tests-")
        os.environ["ZVONOK_TEST_OWNER"] = str(os.getpid())


def pytest_unconfigure(config: pytest.Config) -> None:
    databases.end_of_worker()
    if not hasattr(config, "workerinput"):
        databases.end_of_run()
        shutil.rmtree(run.folder(), ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            for mark in MARKS.get(fixture, ()):
                item.add_marker(mark)
        if item.nodeid.startswith(SLOW_PLACES):
            item.add_marker("slow")
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        if "postgres" in parameters.values():
            item.add_marker("postgres")
    left_out: set[pytest.Item] = set()
    if config.getoption("--fast"):
        left_out |= {item for item in items if item.get_closest_marker("slow") or item.get_closest_marker("postgres")}
    asked_for = config.getoption("--nightly") or config.option.keyword or night.GATES in os.environ
    if not asked_for and not any("::" in word for word in config.args):
        left_out |= {item for item in items if night.is_for_the_night(item.nodeid)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    missing = report.skipped and not hasattr(report, "wasxfail") and OPTIONAL not in str(report.longrepr)
    if missing and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"with CI=true nothing may be skipped: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())]
    for want in WANTS:
        count = sum(want in reason for reason in reasons)
        if count:
            terminalreporter.write_line(f"{count} tests did not run, each {want}", yellow=True, bold=True)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return databases.sqlite_file(tmp_path / "zvonok.db")


@pytest.fixture
def postgres_url() -> Iterator[str]:
    with databases.postgres_database() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield databases.sqlite_file(tmp_path / "empty.db", empty=True)
    else:
        with databases.postgres_database(empty=True) as url:
            yield url


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[Storage]:
    opened = Storage(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def private_cluster() -> Iterator[Callable[..., clusters.Cluster]]:
    made: list[clusters.Cluster] = []

    def make(*, durable: bool = True) -> clusters.Cluster:
        try:
            made.append(clusters.Cluster(clusters.new_folder(), durable=durable))
        except clusters.Unavailable as why:
            pytest.skip(f"needs PostgreSQL: {why}")
        made[-1].start()
        return made[-1]

    yield make
    for cluster in made:
        cluster.remove()
        shutil.rmtree(cluster.folder.parent, ignore_errors=True)


@pytest.fixture
async def browser() -> "AsyncIterator[Browser]":
    from tests.support.browser import chromium

    async with chromium() as launched:
        yield launched


@pytest.fixture
async def page(browser: "Browser") -> "Page":
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, locale="ru-RU", timezone_id="Europe/Moscow", device_scale_factor=2
    )
    return await context.new_page()
