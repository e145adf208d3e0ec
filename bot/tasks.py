"""The one place that starts tasks: keeps them alive and lets no error pass in silence."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger("zvonok.tasks")


class Tasks:
    """The background tasks of one runtime."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
        """Start a task; an error that nobody awaits is logged as an alarm."""
        task = asyncio.create_task(work, name=name)  # noqa: TID251 - the one place
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.critical("alarm task_failed task=%s", task.get_name(), exc_info=task.exception())

    @property
    def under_way(self) -> int:
        """How many haven't ended."""
        return len(self._running)

    async def finish(self, patience: float) -> int:
        """Wait for the tasks, cancel those that take longer; how many were cancelled."""
        if not self._running:
            return 0
        _, late = await asyncio.wait(self._running, timeout=patience)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return len(late)
