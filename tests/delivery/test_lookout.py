"""Looks for what is due: one that never ends keeps the others away neither for ever nor from the next owner's run."""

import asyncio
from collections.abc import Collection, Coroutine
from typing import Any, cast

import pytest

from services.outbox import lookout
from services.outbox.lookout import Lookout
from services.outbox.ready import Readiness
from tests.delivery.post import spawn
from tests.support.waiting import eventually


class Due:
    """What is due, at a base that never answers the first question."""

    runs_low = False

    def __init__(self) -> None:
        self.asked = self.given_up = self.cleared = 0

    def clear(self) -> None:
        self.cleared += 1

    def look(self, now: float, held: Collection[str]) -> Coroutine[Any, Any, None]:
        return self._look()

    async def _look(self) -> None:
        self.asked += 1
        if self.asked > 1:
            return
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up += 1


def at_the_lookout(due: Due) -> tuple[Lookout, asyncio.Event]:
    called = asyncio.Event()
    return Lookout(cast(Readiness, due), spawn, called.set), called


async def test_a_look_that_never_ends_is_given_up_and_the_next_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout, "PATIENCE", 0.05)
    due = Due()
    looks, called = at_the_lookout(due)
    looks.look(1.0, ())
    await asyncio.wait_for(called.wait(), 5)
    looks.look(3.0, ())
    await eventually(lambda: due.asked == 2)
    assert due.given_up == 1


async def test_a_run_that_ends_leaves_no_look_to_the_next() -> None:
    due = Due()
    looks, _ = at_the_lookout(due)
    looks.look(1.0, ())
    await eventually(lambda: due.asked == 1)
    await asyncio.wait_for(looks.rest(), 5)
    looks.look(3.0, ())
    await eventually(lambda: due.asked == 2)
    assert (due.given_up, due.cleared) == (1, 1)


async def test_a_run_that_ends_at_once_leaves_no_look_either() -> None:
    due = Due()
    looks, _ = at_the_lookout(due)
    looks.look(1.0, ())
    await asyncio.wait_for(looks.rest(), 5)
    looks.look(3.0, ())
    await eventually(lambda: due.asked == 1)
