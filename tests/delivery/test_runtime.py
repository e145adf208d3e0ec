"""The whole service over real HTTP: a tap in, a letter out, and an orderly stop."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from bot.runtime import Runtime
from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import SandboxServer
from bot.settings import Settings
from services.clock import machine_now
from services.outbox import unreached
from storage.models.delivery import Inbox, Item, Letter
from storage.models.people import TelegramAccount
from storage.repositories import inbox
from storage.uow import Storage, Uow
from storage.vocabulary import InboxState
from tests.delivery import echo
from tests.delivery.conftest import BOT, Family, add
from tests.delivery.test_intake import typed
from tests.support.waiting import eventually

TOKEN = "42:TEST"


@dataclass
class World:
    storage: Storage
    settings: Settings
    telegram: Sandbox
    teacher: Person
    mother: Person
    runtime: Runtime

    async def rows(self, model: Any) -> list[Any]:
        async with self.storage.reading() as uow:
            return list((await uow.execute(select(model.__table__))).all())

    async def restart(self) -> None:
        """An orderly stop, and a new service on the same base."""
        await asyncio.wait_for(self.runtime.stop(), 30)
        self.runtime = await serving(self.settings, self.storage)

    async def all_done(self) -> list[str]:
        """Wait until every update has its mark; the states."""
        deadline = asyncio.get_running_loop().time() + 20
        while True:
            states = [row.state for row in await self.rows(Inbox)]
            if "new" not in states:
                return states
            assert asyncio.get_running_loop().time() < deadline, states
            await asyncio.sleep(0.05)


async def serving(settings: Settings, storage: Storage) -> Runtime:
    runtime = echo.build(settings, storage)
    await runtime.start()
    await asyncio.wait_for(runtime.owns.wait(), 20)
    return runtime


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def world(storage: Storage, family: Family, data: Path, *, webhook: bool = False) -> AsyncIterator[World]:
    server = SandboxServer(TOKEN, webhook_retry=0.1)
    async with server.running() as url, Sandbox.connect(url) as telegram:
        teacher = await telegram.person("Нина", id=int(family.teacher_chat))
        mother = await telegram.person("Мария", id=int(family.mother_chat))
        await mother.starts()
        port = free_port() if webhook else 0
        settings = Settings(
            _env_file=None,
            bot_token=TOKEN,
            bot_api_base=url,
            data_dir=data,
            http_port=port,
            webhook_url=f"http://127.0.0.1:{port}" if webhook else None,
        )
        here = World(storage, settings, telegram, teacher, mother, await serving(settings, storage))
        try:
            yield here
        finally:
            await asyncio.wait_for(here.runtime.stop(), 30)


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_a_word_typed_and_a_tap_reach_the_mother_once(
    storage: Storage, family: Family, tmp_path: Path, webhook: bool
) -> None:
    async with world(storage, family, tmp_path, webhook=webhook) as here:
        await here.teacher.starts()
        await here.teacher.sees("menu")
        await here.teacher.types("hello")
        await here.teacher.sees("told hello")
        assert (await here.mother.sees("[hello]")).text == "[hello]"
        answer = await here.teacher.taps("Tap")
        assert answer is not None
        assert answer.text == "saved"
        await here.mother.sees("[tapped-")
        assert set(await here.all_done()) == {"done"}
        async with storage.reading() as uow:
            assert await unreached.lost(uow, machine_now(), machine_now()) == []
    assert {row.state for row in await here.rows(Letter)} == {"sent"}


async def test_a_refusal_is_said_as_it_is(storage: Storage, family: Family, tmp_path: Path) -> None:
    async with world(storage, family, tmp_path) as here:
        await here.teacher.types("refuse")
        assert (await here.teacher.sees("No")).text == "No <b>and</b> no."


async def test_a_bug_is_apologised_for_and_the_next_word_goes_on(
    storage: Storage, family: Family, tmp_path: Path
) -> None:
    async with world(storage, family, tmp_path) as here:
        await here.teacher.types("break")
        await here.teacher.types("hello")
        await here.mother.sees("[hello]")
        assert sorted(await here.all_done()) == ["dead", "done", "done"]
        sorry, told = here.teacher.messages[-2:]
        assert "told hello" in told.text
        assert "Иванов" not in sorry.text


async def test_a_stranger_has_no_actor(storage: Storage, family: Family, tmp_path: Path) -> None:
    async with world(storage, family, tmp_path) as here:
        stranger = await here.telegram.person("Чужой")
        await stranger.starts()
        await stranger.sees("who are you?")


async def test_who_blocked_the_bot_gets_everything_on_return(storage: Storage, family: Family, tmp_path: Path) -> None:
    async with world(storage, family, tmp_path) as here:
        await here.mother.blocks()
        await here.telegram.drained()
        await here.all_done()
        await here.teacher.types("one")
        await here.teacher.sees("told one")
        accounts = {row.user_id: row.unreachable_reason for row in await here.rows(TelegramAccount)}
        assert accounts == {int(family.mother_chat): "blocked", int(family.teacher_chat): None}
        assert [row.state for row in await here.rows(Item)] == ["waiting"]
        await here.mother.unblocks()
        await here.mother.sees("[one]")


async def test_a_block_that_no_update_told_of_is_learnt_from_the_refusal(
    storage: Storage, family: Family, tmp_path: Path
) -> None:
    async with world(storage, family, tmp_path) as here:
        await here.mother.deletes_account()
        await here.teacher.types("one")
        deadline = asyncio.get_running_loop().time() + 20
        while not any(row.unreachable_reason for row in await here.rows(TelegramAccount)):
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.05)
        assert [row.state for row in await here.rows(Item)] == ["waiting"]


@pytest.mark.slow
async def test_stops_and_starts_lose_nothing_and_send_no_copy(storage: Storage, family: Family, tmp_path: Path) -> None:
    words = [f"word{number:02}" for number in range(30)]
    async with world(storage, family, tmp_path) as here:
        for number, word in enumerate(words):
            await here.teacher.types(word)
            if number % 10 == 9:
                await here.restart()
        for word in words:
            await here.mother.sees(f"[{word}]")
        assert set(await here.all_done()) == {"done"}
        got = [one.text for one in here.mother.messages if one.text.startswith("[")]
        assert sorted(got) == [f"[{word}]" for word in words]
        assert {row.copies for row in await here.rows(Letter)} == {0}


async def test_health_and_readiness_tell_the_truth(storage: Storage, family: Family, tmp_path: Path) -> None:
    async with world(storage, family, tmp_path) as here, ClientSession() as session:
        base = f"http://127.0.0.1:{here.runtime.port}"
        async with session.get(f"{base}/healthz") as response:
            assert (response.status, await response.json()) == (200, {"ok": True})
        await eventually(lambda: here.runtime.postman.running)
        async with session.get(f"{base}/readyz") as response:
            facts = await response.json()
            assert (response.status, facts["ready"], facts["database"], facts["role"]) == (200, True, True, "owner")
        await here.teacher.types("hello")
        await here.mother.sees("[hello]")
        await here.all_done()
        async with session.get(f"{base}/metrics") as response:
            numbers = await response.text()
        for line in (
            "zvonok_owner 1.0",
            "zvonok_owner_epoch 1.0",
            'zvonok_sender_up{channel="telegram"} 1.0',
            'zvonok_letters_total{channel="telegram",outcome="sent"} 1.0',
            "zvonok_update_seconds_count 2.0",  # the mother's /start, and the word
        ):
            assert line in numbers
        here.runtime.postman.experience.halted = True
        async with session.get(f"{base}/readyz") as response:
            assert (response.status, (await response.json())["sender"]) == (503, False)


async def test_a_base_that_takes_no_writes_is_not_ready_and_an_alarm(
    storage: Storage, family: Family, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    full = False

    async def before_commit(uow: Uow) -> None:
        if full:
            raise OperationalError("database or disk is full", None, Exception())

    async with world(storage, family, tmp_path) as here, ClientSession() as session:
        await eventually(lambda: here.runtime.postman.running)
        storage.before_commit = before_commit
        for full in (True, True, False):
            with contextlib.suppress(OperationalError):
                await here.runtime.door.put([{"update_id": 1, "poll": {"id": "x"}}])
            async with session.get(f"http://127.0.0.1:{here.runtime.port}/readyz") as response:
                assert (response.status, (await response.json())["writes"]) == ((503, False) if full else (200, True))
    assert "alarm nothing_stored" in caplog.text


async def test_an_answer_that_was_lost_is_made_up_for_by_a_fresh_screen(
    storage: Storage, family: Family, tmp_path: Path
) -> None:
    now = machine_now()
    async with storage.writing() as uow:
        await add(
            uow,
            Inbox,
            bot_id=BOT,
            update_id=1,
            lane=int(family.teacher_chat),
            payload=None,
            state=InboxState.DONE,
            attempts=0,
            received_at=now,
            done_at=now,
        )
    async with world(storage, family, tmp_path) as here:
        await here.teacher.starts()
        await here.teacher.sees("fresh")
        await here.teacher.sees("menu")
        await here.restart()
        assert [one.text for one in here.teacher.messages].count("fresh") == 1
    assert all(row.answered_at for row in await here.rows(Inbox))


async def test_an_update_that_was_there_at_many_starts_is_no_reason_to_give_it_up(
    storage: Storage, family: Family, tmp_path: Path
) -> None:
    async with world(storage, family, tmp_path) as here:
        await asyncio.wait_for(here.runtime.stop(), 30)
        await here.teacher.types("patience")
        here.runtime = await serving(here.settings, storage)
        await here.teacher.sees("told patience")
        await here.all_done()
        await asyncio.wait_for(here.runtime.stop(), 30)
        async with storage.writing() as uow:
            payload = json.dumps(typed(1, "again", int(family.teacher_chat)))
            values = {"state": "new", "payload": payload, "done_at": None, "answered_at": None}
            await uow.write(update(Inbox).where(Inbox.payload.is_(None), Inbox.update_id > 0).values(**values))
            for _ in range(20):  # killed before anything was handled
                assert await inbox.count_replay(uow, BOT) == 0
        here.runtime = await serving(here.settings, storage)
        await here.teacher.sees("told again")
        assert set(await here.all_done()) == {"done"}


async def test_an_update_that_the_process_died_of_again_and_again_is_dead(storage: Storage, family: Family) -> None:
    async with storage.writing() as uow:
        moments = {"received_at": machine_now(), "done_at": None}
        for number in (1, 2):
            await add(
                uow, Inbox, bot_id=BOT, update_id=number, lane=7, payload="{}", state="new", attempts=0, **moments
            )
        for _ in range(inbox.SUSPECT):
            assert await inbox.count_replay(uow, BOT) == 0
        [first, second] = await inbox.waiting(uow, await inbox.new_seqs(uow, BOT))
        assert first.suspect and second.suspect
        for _ in range(inbox.MOST_ALONE):
            assert await inbox.count_replay(uow, BOT) == 0
            await inbox.begin_alone(uow, first.seq)
        assert await inbox.count_replay(uow, BOT) == 1
        assert await inbox.new_seqs(uow, BOT) == [second.seq]
