"""Waiting for what happens elsewhere: never by a guess of how long it takes, never for ever."""

import asyncio
import time
from collections.abc import Callable

PATIENCE = 30.0  # seconds: far more than anything takes on a busy machine


def wait_until(happened: Callable[[], bool], *, within: float = PATIENCE) -> None:
    """Returns as soon as `happened()`, and fails the test when it has not within so many seconds."""
    deadline = time.monotonic() + within
    while not happened():
        assert time.monotonic() < deadline, f"it did not happen within {within} s"
        time.sleep(0.02)


async def eventually(happened: Callable[[], bool], *, within: float = PATIENCE) -> None:
    """The same, while the loop goes on."""
    deadline = time.monotonic() + within
    while not happened():
        assert time.monotonic() < deadline, f"it did not happen within {within} s"
        await asyncio.sleep(0.02)
