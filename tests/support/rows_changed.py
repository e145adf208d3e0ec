"""How many rows each write transaction changes: the rule is 200 at most (delivery, §5)."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from services.outbox import items
from storage.uow import Storage, Uow

CHANGED = {
    "sqlite": text("SELECT total_changes()"),
    "postgresql": text("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"),
}


def count_rows(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows that each transaction changed that reached its end, from now on; an update marked done is one more."""
    counts: list[int] = []
    real = storage.writing

    async def changed(uow: Uow) -> int:
        return int((await uow.execute(CHANGED[uow.dialect])).scalar_one())

    @asynccontextmanager
    async def counted(*args: Any, **options: Any) -> AsyncIterator[Uow]:
        async with real(*args, **options) as uow:
            before = await changed(uow)
            yield uow
            counts.append(await changed(uow) - before)

    monkeypatch.setattr(storage, "writing", counted)
    return counts


def end_in_third(monkeypatch: pytest.MonkeyPatch, counts: Sequence[int]) -> None:
    """The process ends when the third transaction of `counts` has put its items, before its commit."""
    put = items.put

    async def interrupted(uow: Uow, facts: Sequence[items.Fact], now: datetime) -> None:
        await put(uow, facts, now)
        if len(counts) == 2:
            raise ConnectionError("the process ends here")

    monkeypatch.setattr(items, "put", interrupted)
