"""PostgreSQL as the base of several machines: several hosts, connections that are cut, a server that only reads."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from storage import postgresql
from storage.engine import normalised
from storage.failures import passes
from storage.postgresql import address, has_several_hosts
from storage.uow import Storage, Uow

PID = text("SELECT pg_backend_pid()")


@pytest.mark.parametrize(
    ("written", "host", "port", "base"),
    [
        ("postgresql://u:p@a:5432,b:6432/zvonok", "a,b", "5432,6432", "zvonok"),
        ("postgres://u:p%40@a,b/zvonok", "a,b", None, "zvonok"),
        ("postgresql://u@a:6432,b/zvonok", "a,b", "6432,", "zvonok"),
        ("postgresql://[::1]:5432,[fe80::2]:5432/zvonok", "::1,fe80::2", "5432,5432", "zvonok"),
        ("postgresql+psycopg://u@/zvonok?host=/run/a,/run/b", "/run/a,/run/b", None, "zvonok"),
    ],
)
def test_several_hosts_may_be_named_as_libpq_has_them(written: str, host: str, port: str | None, base: str) -> None:
    url = normalised(written)
    assert (url.query["host"], url.query.get("port"), url.database) == (host, port, base)
    assert has_several_hosts(url)


def test_of_several_hosts_the_one_that_writes_is_asked_for_unless_the_address_says_otherwise() -> None:
    url = normalised("postgresql://u:p@a,b/zvonok?target_session_attrs=any&sslmode=verify-full")
    assert url.query["target_session_attrs"] == "any"
    assert url.query["sslmode"] == "verify-full"
    assert not has_several_hosts(normalised("postgresql://u:p@a/zvonok"))


def test_tools_of_postgresql_get_every_option_but_the_password() -> None:
    url = normalised("postgresql://u:secret@a:5432,b:5432/zvonok?sslmode=verify-full")
    assert address(url) == (
        "postgresql://u@/zvonok?host=a%2Cb&port=5432%2C5432&sslmode=verify-full&target_session_attrs=read-write"
    )
    assert address(normalised("postgresql://u:secret@a/zvonok")) == "postgresql://u@a/zvonok"


def test_an_address_with_a_wrong_port_is_refused() -> None:
    with pytest.raises(ValueError, match="port"):
        normalised("postgresql://u:p@a:x,b/zvonok")


@pytest.fixture
async def base(postgres_url: str) -> AsyncIterator[Storage]:
    storage = Storage(postgres_url)
    yield storage
    await storage.close()


async def pid(uow: Uow) -> int:
    return int((await uow.execute(PID)).scalar_one())


async def pids(storage: Storage) -> set[int]:
    """The backends behind two connections at once."""
    async with storage.writer.connect() as one, storage.writer.connect() as other:
        return {(await each.execute(PID)).scalar_one() for each in (one, other)}


async def cut(url: str, *backends: int) -> None:
    async with await psycopg.AsyncConnection.connect(plain(url), autocommit=True) as operator:
        for backend in backends:
            await operator.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))


def plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


async def test_connections_cut_at_rest_are_replaced_unnoticed(base: Storage, postgres_url: str) -> None:
    before = await pids(base)
    await cut(postgres_url, *before)
    async with base.writing() as uow:
        assert await pid(uow) not in before


async def test_a_connection_cut_in_the_middle_passes(base: Storage, postgres_url: str) -> None:
    with pytest.raises(DBAPIError) as broken:
        async with base.writing() as uow:
            mine = await pid(uow)
            await cut(postgres_url, mine)
            await pid(uow)
    assert passes(broken.value)
    async with base.writing() as uow:
        assert await pid(uow) != mine


async def test_a_server_that_only_reads_passes_and_every_connection_to_it_is_dropped(base: Storage) -> None:
    before = await pids(base)
    with pytest.raises(DBAPIError) as refused:
        async with base.writing() as uow:
            await uow.execute(text("SET TRANSACTION READ ONLY"))
            await uow.execute(text("DELETE FROM owner"))
    assert passes(refused.value)
    assert not before & await pids(base)


async def test_who_gets_no_connection_in_time_tries_again(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "POOL", 1)
    monkeypatch.setattr(postgresql, "POOL_TIMEOUT", 0.1)
    storage = Storage(postgres_url)
    async with storage.writer.connect() as taken:
        await taken.execute(PID)
        with pytest.raises(PoolTimeout) as refused:
            async with storage.reading() as uow:
                await pid(uow)
    assert passes(refused.value)
    async with storage.reading() as uow:
        await pid(uow)
    await storage.close()
