"""PostgreSQL in few round trips: what is told later is told in time, and fails where it must."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, event, func, insert, make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from storage import pipelined
from storage.failures import passes
from storage.models.delivery import Owner
from storage.prepared import Prepared
from storage.uow import Storage, Uow

NOW = datetime(2026, 9, 8, 7, 45, tzinfo=UTC)
ADD = Prepared(insert(Owner), "bot_id", "holder", "epoch", "leased_until")
COUNT = Prepared(select(func.count().label("many")).select_from(Owner))
TURN = Prepared(select(func.pg_advisory_xact_lock(bindparam("key")).label("turn")))


@pytest.fixture
async def base(postgres_url: str) -> AsyncIterator[Storage]:
    storage = Storage(postgres_url)
    yield storage
    await storage.close()


def owner(bot_id: int) -> dict[str, Any]:
    return {"bot_id": bot_id, "holder": "", "epoch": 1, "leased_until": NOW}


async def owners(storage: Storage) -> int:
    async with storage.reading() as uow:
        return await count(uow)


async def count(uow: Uow) -> int:
    return int((await uow.ask(COUNT, {}))[0].many)


async def test_what_is_told_later_is_there_for_the_next_question_whoever_asks_it(base: Storage) -> None:
    async with base.writing() as uow:
        await uow.tell_later(ADD, [owner(1), owner(2)])
        assert await count(uow) == 2
        await uow.tell_later(ADD, owner(3))
        assert (await uow.execute(select(func.count()).select_from(Owner))).scalar_one() == 3
        await uow.tell_later(ADD, owner(4))
    assert await owners(base) == 4


async def test_what_is_told_later_and_fails_keeps_nothing_and_raises_where_it_is_told(base: Storage) -> None:
    with pytest.raises(IntegrityError):
        async with base.writing() as uow:
            assert await uow.tell(ADD, owner(1)) == 1
            await uow.tell_later(ADD, owner(1))
            await uow.tell_later(ADD, owner(2))
    with pytest.raises(IntegrityError):
        async with base.writing() as uow:
            await uow.tell_later(ADD, [owner(1), owner(1)])
            await count(uow)
    assert await owners(base) == 0


async def test_a_part_that_may_fail_takes_along_only_what_it_told(base: Storage) -> None:
    async with base.writing() as uow:
        await uow.tell_later(ADD, owner(1))
        with pytest.raises(IntegrityError):
            async with uow.attempt():
                await uow.tell_later(ADD, owner(2))
                await uow.tell_later(ADD, owner(1))
        await uow.tell(ADD, owner(3))
    assert await owners(base) == 2


async def test_a_part_that_gives_up_by_itself_takes_along_what_it_would_have_told_later(base: Storage) -> None:
    async with base.writing() as uow:
        await uow.tell_later(ADD, owner(1))
        with suppress(LookupError):
            async with uow.attempt():
                await uow.tell_later(ADD, owner(2))
                raise LookupError
        await uow.tell_later(ADD, owner(3))
    assert await owners(base) == 2


async def test_a_part_that_may_fail_is_one_savepoint(base: Storage) -> None:
    said: list[str] = []
    event.listen(base.writer.sync_engine, "before_cursor_execute", lambda _1, _2, sql, *_: said.append(sql))
    async with base.writing() as uow, uow.attempt():
        await uow.tell(ADD, owner(1))
    assert [words.partition(" sa_")[0] for words in said] == ["SAVEPOINT", "RELEASE SAVEPOINT"]


async def test_a_failure_that_was_passed_over_is_no_commit(base: Storage) -> None:
    for prepared in (True, False):
        with pytest.raises(DBAPIError):
            async with base.writing() as uow:
                await uow.tell(ADD, owner(1))
                with pytest.raises(DBAPIError):
                    await (uow.tell(ADD, owner(1)) if prepared else uow.execute(text("SELECT 1 / 0")))
    assert await owners(base) == 0


async def test_who_is_cancelled_while_he_waits_for_a_turn_keeps_nothing_and_holds_nobody_up(base: Storage) -> None:
    async def in_turn(bot_id: int) -> None:
        async with base.writing() as uow:
            await uow.tell_later(ADD, owner(bot_id))
            await uow.ask(TURN, {"key": 7})

    async with base.writer.begin() as other:
        await other.execute(text("SELECT pg_advisory_xact_lock(7)"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await in_turn(1)
    await in_turn(2)
    assert await owners(base) == 1


class Proxy:
    """Stands between us and the server; `silent`: it takes what comes and says nothing, as a stuck pooler does."""

    def __init__(self, folder: str) -> None:
        self.silent = False
        self.carrying: set[asyncio.Task[Any] | None] = set()
        self._folder = folder

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.carrying.add(asyncio.current_task())
        there, here = await asyncio.open_unix_connection(f"{self._folder}/.s.PGSQL.5432")
        await asyncio.gather(self._carry(reader, here), self._carry(there, writer))

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while said := await source.read(65536):
                if not self.silent:
                    target.write(said)
        target.close()
        with suppress(ConnectionError):
            await target.wait_closed()


@asynccontextmanager
async def behind(proxy: Proxy, url: str) -> AsyncIterator[Storage]:
    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    storage = Storage(make_url(url).set(host="127.0.0.1", port=port, query={}).render_as_string(hide_password=False))
    yield storage
    await storage.close()
    server.close()
    await asyncio.wait([task for task in proxy.carrying if task is not None], timeout=5)


async def test_who_says_nothing_for_long_is_as_good_as_lost(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = Proxy(str(make_url(postgres_url).query["host"]))
    async with behind(proxy, postgres_url) as storage:
        assert await owners(storage) == 0
        monkeypatch.setattr(pipelined, "PATIENCE", 0.2)
        proxy.silent = True
        for prepared in (True, False):
            with pytest.raises(DBAPIError) as broken:
                async with storage.writing() as uow:
                    proxy.silent = True
                    await (uow.tell(ADD, owner(1)) if prepared else uow.execute(text("SELECT 1")))
            assert passes(broken.value)
            proxy.silent = False
        assert await owners(storage) == 0


async def test_where_no_server_is_it_may_come_back(postgres_url: str, tmp_path: Path) -> None:
    nowhere = make_url(postgres_url).update_query_dict({"host": str(tmp_path)})
    storage = Storage(nowhere.render_as_string(hide_password=False))
    for unit in (storage.reading, storage.writing):
        with pytest.raises(DBAPIError) as refused:
            async with unit() as uow:
                await count(uow)
        assert passes(refused.value)
    await storage.close()
