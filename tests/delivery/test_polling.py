"""Our own polling: confirmed only when stored; patient with everything else."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy.exc import OperationalError

from bot import polling
from bot.polling import Poller, Refused
from tests.support.waiting import eventually

LOCKED = OperationalError("COMMIT", {}, Exception("disk"))


class Messenger:
    """getUpdates as Telegram does it: what is below the offset is forgotten, the rest comes again."""

    def __init__(self) -> None:
        self.pending: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.faults: list[tuple[int, Any]] = []

    async def get_updates(self, request: web.Request) -> web.Response:
        question = await request.json()
        self.asked.append(question)
        if self.faults:
            status, body = self.faults.pop(0)
            return web.Response(status=status, text=body if isinstance(body, str) else json.dumps(body))
        if "offset" in question:
            self.pending = [one for one in self.pending if one["update_id"] >= question["offset"]]
        if not self.pending:
            await asyncio.sleep(0.02)
        return web.json_response({"ok": True, "result": self.pending[:100]})


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "BACKOFF", (0.01,))
    monkeypatch.setattr(polling, "CONFLICT_PAUSE", 0.01)


@asynccontextmanager
async def poller(messenger: Messenger, put: Any) -> AsyncIterator["asyncio.Future[None]"]:
    app = web.Application()
    app.router.add_post("/bot42:TEST/getUpdates", messenger.get_updates)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/bot42:TEST/"
    running = asyncio.ensure_future(Poller(url, put, allowed_updates=["message"], long_poll=0).run())
    yield running
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await runner.cleanup()


async def test_an_update_is_confirmed_only_after_it_is_stored() -> None:
    messenger, gate = Messenger(), asyncio.Event()
    stored: list[Any] = []
    messenger.pending = [{"update_id": 5}]

    async def put(updates: Sequence[Any]) -> None:
        await gate.wait()
        stored.extend(updates)

    async with poller(messenger, put):
        await eventually(lambda: len(messenger.asked) == 1)
        assert messenger.pending
        gate.set()
        await eventually(lambda: len(messenger.asked) >= 3)
    assert stored == [{"update_id": 5}]
    assert [one.get("offset") for one in messenger.asked[:3]] == [None, 6, None]


async def test_what_could_not_be_stored_comes_again() -> None:
    messenger, tries = Messenger(), []
    messenger.pending = [{"update_id": 5}]

    async def put(updates: Sequence[Any]) -> None:
        tries.append([one["update_id"] for one in updates])
        if len(tries) < 3:
            raise LOCKED

    async with poller(messenger, put):
        await eventually(lambda: messenger.pending == [])
    assert tries[:3] == [[5], [5], [5]]


async def test_ids_that_jump_back_are_seen() -> None:
    messenger = Messenger()
    stored: list[int] = []
    messenger.pending = [{"update_id": 900}]

    async def put(updates: Sequence[Any]) -> None:
        stored.extend(one["update_id"] for one in updates)

    async with poller(messenger, put):
        await eventually(lambda: stored == [900] and messenger.pending == [])
        messenger.pending = [{"update_id": 3}]
        await eventually(lambda: 3 in stored)


async def test_it_outlives_every_kind_of_trouble() -> None:
    messenger = Messenger()
    stored: list[int] = []
    messenger.pending = [{"update_id": 5}]
    messenger.faults = [
        (409, {"ok": False, "error_code": 409, "description": "Conflict: terminated by other getUpdates request"}),
        (502, "<html>Bad Gateway</html>"),
        (200, "[]"),
        (429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 0}}),
        (500, {"ok": False, "error_code": 500, "description": "Internal"}),
    ]

    async def put(updates: Sequence[Any]) -> None:
        stored.extend(one["update_id"] for one in updates)

    async with poller(messenger, put):
        await eventually(lambda: stored == [5])


async def test_a_mistake_of_ours_does_not_make_it_deaf() -> None:
    messenger, tries = Messenger(), []
    messenger.pending = [{"update_id": 5}]
    messenger.faults = [(200, {"ok": True})]

    async def put(updates: Sequence[Any]) -> None:
        tries.append([one["update_id"] for one in updates])
        if len(tries) < 2:
            raise ValueError("nobody thought of it")

    async with poller(messenger, put):
        await eventually(lambda: messenger.pending == [])
    assert tries[:2] == [[5], [5]]


async def test_a_token_that_is_not_accepted_ends_it() -> None:
    messenger = Messenger()
    messenger.faults = [(401, {"ok": False, "error_code": 401, "description": "Unauthorized"})]

    async def put(updates: Sequence[Any]) -> None:
        raise AssertionError("nothing comes")

    async with poller(messenger, put) as running:
        with pytest.raises(Refused):
            await asyncio.wait_for(running, 20)
