"""What one test run shares among its workers: a folder, and things made in it once."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

VARIABLE = "ZVONOK_TEST_RUN"


def folder() -> Path:
    """The run's own folder; the process that began the run made it and will remove it."""
    return Path(os.environ[VARIABLE])


def once(name: str, make: Callable[[], str]) -> str:
    """What `make` returned to the first worker that asked; the others wait for it."""
    result = folder() / name
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            result.write_text(make())
        return result.read_text()
