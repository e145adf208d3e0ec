"""A sandbox, its people and an aiogram bot for each test."""

from __future__ import annotations

import struct
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import SandboxServer
from bot.sandbox.times import Jump

BELL = datetime(2026, 9, 8, 10, 15, tzinfo=UTC)


class HandClock:
    """A ClockControl moved by hand."""

    zone = "Europe/Samara"

    def __init__(self) -> None:
        self.moment = BELL

    def now(self) -> datetime:
        return self.moment

    def jumps(self) -> list[Jump]:
        return [Jump("evening", "Вечер")]

    async def advance(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("time goes forward")
        self.moment += timedelta(seconds=seconds)

    async def set(self, moment: datetime) -> None:
        self.moment = moment

    async def jump(self, jump_id: str) -> None:
        self.moment = {"evening": BELL.replace(hour=18, minute=0)}[jump_id]


@dataclass
class HandTimer:
    """A monotonic clock moved by hand."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Caller:
    """Raw calls of the Bot API: status and body."""

    url: str
    token: str
    session: aiohttp.ClientSession

    async def __call__(self, method: str, **params: Any) -> tuple[int, dict[str, Any]]:
        async with self.session.post(f"{self.url}/bot{self.token}/{method}", json=params) as response:
            return response.status, await response.json()

    async def refusal(self, method: str, **params: Any) -> str:
        """«code description» of a call that must fail."""
        status, body = await self(method, **params)
        assert not body["ok"]
        assert body["error_code"] == status
        return f"{status} {body['description']}"

    async def result(self, method: str, **params: Any) -> Any:
        """The result of a call that must succeed."""
        status, body = await self(method, **params)
        assert status == 200, body
        return body["result"]


@pytest.fixture
def timer() -> HandTimer:
    return HandTimer()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def server(timer: HandTimer, clock: HandClock) -> AsyncIterator[SandboxServer]:
    server = SandboxServer(monotonic=timer, clock=clock, webhook_retry=0.02)
    async with server.running():
        yield server


@pytest.fixture
async def telegram(server: SandboxServer) -> AsyncIterator[Sandbox]:
    async with Sandbox.connect(server.url) as telegram:
        yield telegram


class QuickSession(AiohttpSession):
    """aiogram's session without the quarter of a second it sleeps after closing."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def make_bot(server: SandboxServer) -> Bot:
    return Bot(server.token, session=QuickSession(api=TelegramAPIServer.from_base(server.url)))


@pytest.fixture
async def bot(server: SandboxServer) -> AsyncIterator[Bot]:
    bot = make_bot(server)
    yield bot
    await bot.session.close()


@pytest.fixture
async def call(server: SandboxServer) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession() as session:
        yield Caller(server.url, server.token, session)


@pytest.fixture
async def anna(telegram: Sandbox) -> Person:
    anna = await telegram.person("Анна", "Ларина", username="anna")
    await anna.starts()
    return anna


def keyboard(*rows: list[str] | dict[str, str]) -> InlineKeyboardMarkup:
    """Rows of buttons whose data is their text, or a row {text: url}."""
    built: list[list[InlineKeyboardButton]] = []
    for row in rows:
        if isinstance(row, dict):
            built.append([InlineKeyboardButton(text=text, url=url) for text, url in row.items()])
        else:
            built.append([InlineKeyboardButton(text=text, callback_data=text) for text in row])
    return InlineKeyboardMarkup(inline_keyboard=built)


async def next_update(bot: Bot, wanted: Callable[[Update], Any] = lambda update: True) -> Update:
    """The next update, confirmed; those before it that aren't wanted are dropped."""
    while True:
        updates = await bot.get_updates(timeout=5, limit=1)
        assert updates, "no update came"
        await bot.get_updates(offset=updates[0].update_id + 1, timeout=0, limit=1)
        if wanted(updates[0]):
            return updates[0]


def png(width: int, height: int) -> bytes:
    """A black picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\0" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
