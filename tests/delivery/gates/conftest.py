"""Where results are gathered: a gate that has passed is named there, and is not run again."""

import os
from pathlib import Path

import pytest

from tests.delivery.gates import table


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if table.RESULTS not in os.environ:
        return
    before = table.done(Path(os.environ[table.RESULTS]))
    left_out = [item for item in items if item.nodeid in before]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item.nodeid not in before]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        table.note_done(report.nodeid)
    elif report.failed and table.RESULTS in os.environ:  # a night is long, and pytest tells why at its end
        with Path(os.environ[table.RESULTS] + ".failed").open("a", encoding="utf-8") as file:
            file.write(f"{report.nodeid}, {report.when}\n{report.longreprtext}\n\n")
