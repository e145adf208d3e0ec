"""Webhooks: secret, order, retries."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiohttp import web

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import SandboxServer
from bot.sandbox.webhook import SECRET_HEADER
from tests.sandbox.conftest import Caller


@dataclass
class Receiver:
    """A webhook that does as told: `answers` first, 200 afterwards."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    on_wire: int = 0
    most_on_wire: int = 0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.Response:
        self.on_wire += 1
        self.most_on_wire = max(self.most_on_wire, self.on_wire)
        self.taken.append(await request.json())
        self.secrets.append(request.headers.get(SECRET_HEADER))
        self.times.append(asyncio.get_running_loop().time())
        async with self._changed:
            self._changed.notify_all()
        await self.gate.wait()
        self.on_wire -= 1
        status, headers = self.answers.pop(0) if self.answers else (200, {})
        return web.Response(status=status, headers=headers)

    async def waits_for(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(happened)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.taken]


async def server_says(server: SandboxServer, happened: Callable[[], bool]) -> None:
    """Wait for something in the server that is told by an event."""
    async with asyncio.timeout(5):
        while not happened():
            await server.world.feed.wait(server.world.feed.seq, 5)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    receiver.gate.set()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    receiver.gate.set()
    await runner.cleanup()


async def test_updates_come_with_the_secret(bot: Bot, telegram: Sandbox, anna: Person, receiver: Receiver) -> None:
    await bot.set_webhook(receiver.url, secret_token="s-E_1", max_connections=7)
    await anna.types("привет")
    await receiver.waits_for(lambda: len(receiver.taken) == 2)
    assert receiver.texts == ["/start", "привет"]
    assert receiver.secrets == ["s-E_1", "s-E_1"]
    await telegram.drained()
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections, info.last_error_message) == (receiver.url, 7, None)


async def test_what_is_not_taken_comes_again_with_growing_pauses(bot: Bot, anna: Person, receiver: Receiver) -> None:
    receiver.answers = [(500, {}), (403, {}), (302, {"Location": receiver.url})]
    await bot.set_webhook(receiver.url)
    await anna.types("второе")
    await receiver.waits_for(lambda: len(receiver.taken) == 5)
    assert receiver.texts == ["/start"] * 4 + ["второе"]
    assert len({update["update_id"] for update in receiver.taken}) == 2
    first, second, third = (receiver.times[n + 1] - receiver.times[n] for n in range(3))
    assert (first, second, third) >= (0.02, 0.04, 0.08)
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 302 Found"
    assert info.last_error_date is not None


async def test_retry_after_is_honoured(bot: Bot, anna: Person, receiver: Receiver) -> None:
    receiver.answers = [(503, {"Retry-After": "1"})]
    await bot.set_webhook(receiver.url)
    await receiver.waits_for(lambda: len(receiver.taken) == 2)
    assert 0.95 <= receiver.times[1] - receiver.times[0] < 3


async def test_nobody_at_the_address_is_an_error_that_passes(
    server: SandboxServer, bot: Bot, anna: Person, receiver: Receiver
) -> None:
    await bot.set_webhook("http://127.0.0.1:9/nobody")
    await server_says(server, lambda: server.world.webhook.last_error is not None)
    info = await bot.get_webhook_info()
    assert (info.last_error_message, info.pending_update_count) == ("Connection refused", 1)
    await bot.set_webhook(receiver.url)
    await receiver.waits_for(lambda: len(receiver.taken) == 1)
    assert (await bot.get_webhook_info()).last_error_message is None


async def test_one_person_waits_for_the_answer_and_others_do_not(
    bot: Bot, telegram: Sandbox, anna: Person, receiver: Receiver
) -> None:
    receiver.gate.clear()
    await bot.set_webhook(receiver.url)
    await anna.types("второе Анны")
    boris = await telegram.person("Борис")
    await boris.types("первое Бориса")
    await receiver.waits_for(lambda: len(receiver.taken) == 2)
    assert receiver.texts == ["/start", "первое Бориса"]
    receiver.gate.set()
    await receiver.waits_for(lambda: len(receiver.taken) == 3)
    assert receiver.texts[-1] == "второе Анны"


async def test_no_more_connections_than_allowed(bot: Bot, telegram: Sandbox, receiver: Receiver) -> None:
    receiver.gate.clear()
    await bot.set_webhook(receiver.url, max_connections=2)
    for number in range(5):
        await (await telegram.person(f"Гость {number}")).types("я")
    await receiver.waits_for(lambda: len(receiver.taken) == 2)
    receiver.gate.set()
    await receiver.waits_for(lambda: len(receiver.taken) == 5)
    assert receiver.most_on_wire == 2


async def test_pending_updates_can_be_dropped(bot: Bot, anna: Person, receiver: Receiver) -> None:
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    await anna.types("новое")
    await receiver.waits_for(lambda: len(receiver.taken) == 1)
    assert receiver.texts == ["новое"]


async def test_after_delete_webhook_nothing_is_sent(
    bot: Bot, telegram: Sandbox, anna: Person, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url)
    await receiver.waits_for(lambda: len(receiver.taken) == 1)
    await telegram.drained()
    await bot.delete_webhook()
    await anna.types("себе")
    assert [update.message.text for update in await bot.get_updates() if update.message] == ["себе"]
    assert len(receiver.taken) == 1
    assert (await bot.get_webhook_info()).url == ""


async def test_the_types_of_updates_are_those_allowed(bot: Bot, anna: Person, receiver: Receiver) -> None:
    await bot.set_webhook(receiver.url, allowed_updates=["callback_query"], drop_pending_updates=True)
    await anna.types("мимо")
    await anna.forges("x", wait=False)
    await receiver.waits_for(lambda: len(receiver.taken) == 1)
    assert "callback_query" in receiver.taken[0]
    assert (await bot.get_webhook_info()).allowed_updates == ["callback_query"]


@pytest.mark.parametrize(
    ("url", "secret", "complaint"),
    [
        ("ftp://example.org", None, "bad webhook"),
        ("http://", None, "bad webhook"),
        ("https://example.org", "пароль", "secret token contains unallowed characters"),
        ("https://example.org", "a" * 257, "secret token contains unallowed characters"),
    ],
)
async def test_bad_webhooks_are_refused(bot: Bot, url: str, secret: str | None, complaint: str) -> None:
    with pytest.raises(TelegramBadRequest, match=complaint):
        await bot.set_webhook(url, secret_token=secret)
    assert (await bot.get_webhook_info()).url == ""


async def test_an_empty_address_removes_the_webhook(call: Caller, receiver: Receiver) -> None:
    await call.result("setWebhook", url=receiver.url)
    await call.result("setWebhook", url="")
    assert (await call.result("getWebhookInfo"))["url"] == ""


async def test_an_update_may_come_twice_before_the_next_one(
    bot: Bot, telegram: Sandbox, anna: Person, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    await telegram.fault("message", "twice")
    await anna.types("дважды")
    await anna.types("однажды")
    await receiver.waits_for(lambda: len(receiver.taken) == 3)
    assert receiver.texts == ["дважды", "дважды", "однажды"]
    assert receiver.taken[0]["update_id"] == receiver.taken[1]["update_id"]
    await telegram.drained()


async def test_numbers_may_jump_back_under_a_webhook(
    bot: Bot, telegram: Sandbox, anna: Person, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url)
    await receiver.waits_for(lambda: len(receiver.taken) == 1)
    await telegram.drained()
    await telegram.fault("*", "jump")
    await anna.types("по-новому")
    await receiver.waits_for(lambda: len(receiver.taken) == 2)
    assert receiver.taken[1]["update_id"] < receiver.taken[0]["update_id"]
