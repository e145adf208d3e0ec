"""Two processes of one bot on one PostgreSQL: one owns the bot, the other stands by and takes its updates in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select, update

from bot import ownership, runtime
from bot.runtime import Runtime
from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import SandboxServer
from bot.settings import Settings
from storage.models.delivery import Inbox, Letter, Owner
from storage.uow import Storage
from tests.delivery import echo
from tests.delivery.conftest import Family, found
from tests.delivery.test_intake import typed
from tests.delivery.test_runtime import TOKEN, free_port
from tests.support.balancer import Balancer
from tests.support.waiting import eventually

SECRET = "between-us"


@dataclass
class Node:
    """A process of the bot, but for the process."""

    runtime: Runtime
    storage: Storage
    url: str
    stopped: bool = False

    async def gets(self, update: object) -> int:
        """What it answers to an update brought by webhook."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.url}/telegram/webhook", json=update, headers=headers) as answer,
        ):
            return answer.status

    async def readiness(self) -> tuple[int, str]:
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
            return answer.status, (await answer.json())["role"]

    async def stop(self) -> None:
        if not self.stopped:
            self.stopped = True
            await asyncio.wait_for(self.runtime.stop(), 30)


@dataclass
class Pair:
    """Both nodes, and the messenger with a teacher and a mother."""

    server: SandboxServer
    telegram: Sandbox
    storage: Storage
    family: Family
    teacher: Person
    mother: Person
    nodes: list[Node] = field(default_factory=list)

    async def rows(self, model: type[Inbox] | type[Letter]) -> list[Any]:
        async with self.storage.reading() as uow:
            return list((await uow.execute(select(model.__table__))).all())

    async def asked(self, method: str) -> int:
        """How often a method of the Bot API was called."""
        return sum((await self.telegram.ledger()).calls.get(method, {}).values())

    async def answered(self) -> None:
        """Wait until every update is known to be answered: the next owner sends no fresh screen then."""
        while True:
            if all(row.answered_at for row in await self.rows(Inbox)):
                return
            await asyncio.sleep(0.05)

    async def ends(self) -> set[str]:
        """Wait until every update and letter has an end; their states."""
        while True:
            states = {row.state for model in (Inbox, Letter) for row in await self.rows(model)}
            if not states & {"new", "sending", "unknown"}:
                return states
            await asyncio.sleep(0.05)


@asynccontextmanager
async def pair(url: str, data: Path, *, webhook: bool) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        server = SandboxServer(TOKEN, webhook_retry=0.1)
        address = await stack.enter_async_context(server.running())
        telegram = await stack.enter_async_context(Sandbox.connect(address))
        storage = Storage(url)
        stack.push_async_callback(storage.close)
        family = await found(storage)
        teacher = await telegram.person("Нина", id=int(family.teacher_chat))
        mother = await telegram.person("Мария", id=int(family.mother_chat))
        await mother.starts()
        await teacher.starts()
        here = Pair(server, telegram, storage, family, teacher, mother)
        ports = [free_port() for _ in range(2)]
        balancer = Balancer([f"http://127.0.0.1:{port}" for port in ports])
        public = await stack.enter_async_context(balancer.running())
        for number, port in enumerate(ports):
            own = Storage(url)
            stack.push_async_callback(own.close)
            settings = Settings(
                _env_file=None,
                bot_token=TOKEN,
                bot_api_base=address,
                data_dir=data / str(number),
                http_port=port,
                webhook_url=public if webhook else None,
                webhook_secret=SECRET,
            )
            node = Node(echo.build(settings, own), own, f"http://127.0.0.1:{port}")
            await node.runtime.start()
            stack.push_async_callback(node.stop)
            here.nodes.append(node)
            if number == 0:
                await asyncio.wait_for(node.runtime.owns.wait(), 20)
        yield here


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ownership, "ASK_EVERY", 0.1)
    monkeypatch.setattr(ownership, "RENEW_EVERY", 0.2)
    monkeypatch.setattr(runtime, "RESTART_PAUSE", 0.1)


async def test_what_one_takes_in_the_other_carries_out_and_a_stop_hands_the_bot_over_at_once(
    postgres_url: str, tmp_path: Path
) -> None:
    async with pair(postgres_url, tmp_path, webhook=True) as here:
        first, second = here.nodes
        await eventually(lambda: first.runtime.postman.running)
        assert [await one.readiness() for one in here.nodes] == [(200, "owner"), (200, "standby")]
        chat = int(here.family.teacher_chat)
        assert await second.gets(typed(901, "hello", chat)) == 200
        assert await first.gets(typed(901, "hello", chat)) == 200  # the balancer was in doubt
        await here.mother.sees("[hello]")
        assert await here.asked("setWebhook") == 1
        await first.stop()
        await asyncio.wait_for(second.runtime.owns.wait(), 5)
        assert await second.gets(typed(902, "again", chat)) == 200
        await here.mother.sees("[again]")
        await here.teacher.types("by the balancer")
        await here.mother.sees("[by the balancer]")
        assert await here.ends() == {"done", "sent"}
        assert len(await here.rows(Letter)) == 3
        assert await here.asked("setWebhook") == 2


async def test_only_the_owner_polls(postgres_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with pair(postgres_url, tmp_path, webhook=False) as here:
        first, second = here.nodes
        await here.teacher.types("hello")
        await here.mother.sees("[hello]")
        await first.stop()
        await here.teacher.types("again")
        await here.mother.sees("[again]")
        assert second.runtime.owns.is_set()
        assert await here.ends() == {"done", "sent"}
    assert "polling_conflict" not in caplog.text


async def test_who_was_frozen_answers_and_sends_nothing_and_its_update_is_the_next_owners(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(postgres_url, tmp_path, webhook=True) as here:
        first, second = here.nodes
        lease = first.runtime._ownership
        monkeypatch.setattr(ownership, "RENEW_EVERY", 1000)  # frozen: it doesn't get to know
        await asyncio.sleep(0.5)
        await here.answered()
        async with here.storage.writing() as uow:
            await uow.write(update(Owner).values(leased_until=datetime(2020, 1, 1, tzinfo=UTC)))
        lease._until = 0.0  # and wakes up, long after
        await asyncio.wait_for(second.runtime.owns.wait(), 10)
        assert await first.gets(typed(901, "hello", int(here.family.teacher_chat))) == 200
        await here.mother.sees("[hello]")
        await here.teacher.sees("told hello")
        assert await here.ends() == {"done", "sent"}
        sent = [letter.text for letter in (await here.telegram.ledger()).sent]
        assert sorted(sent) == ["[hello]", "menu", "menu", "told hello"]
