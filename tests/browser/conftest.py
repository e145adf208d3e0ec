"""A sandbox with two people, a bot that echoes, and the page of phones in a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page

from bot.sandbox.server import SandboxServer
from bot.sandbox.times import Jump
from tests.browser.echo import EchoBot, echoing
from tests.support.phones import Phones, opened

ZONE = ZoneInfo("Asia/Yekaterinburg")
NOON = datetime(2026, 9, 8, 12, 5, tzinfo=ZONE)  # a Tuesday


class StandingClock:
    """A host's clock that moves only when told."""

    zone = "Asia/Yekaterinburg"

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    def jumps(self) -> list[Jump]:
        return [Jump("evening", "Вечер, 18:30"), Jump("tomorrow", "Завтра утром")]

    async def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    async def set(self, moment: datetime) -> None:
        if moment < self.moment:
            raise ValueError("Время идёт только вперёд.")
        self.moment = moment.astimezone(ZONE)

    async def jump(self, jump_id: str) -> None:
        morning = self.moment.replace(hour=8, minute=0) + timedelta(days=1)
        self.moment = {"evening": self.moment.replace(hour=18, minute=30), "tomorrow": morning}[jump_id]


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
async def server(clock: StandingClock) -> AsyncIterator[SandboxServer]:
    server = SandboxServer(username="echo_bot", name="Эхо", clock=clock)
    async with server.running():
        yield server


@pytest.fixture
def anna(server: SandboxServer) -> int:
    return server.add_person("Анна", last_name="Ларина", label="мама").id


@pytest.fixture
def boris(server: SandboxServer) -> int:
    return server.add_person("Борис", last_name="Петров", label="учитель").id


@pytest.fixture
async def bot(server: SandboxServer) -> AsyncIterator[EchoBot]:
    async with echoing(server.url, server.token) as bot:
        yield bot


@pytest.fixture
async def shown(page: Page, server: SandboxServer, anna: int, boris: int) -> AsyncIterator[Phones]:
    """The page in a window as wide as a phone."""
    async with opened(page, server.url) as phones:
        yield phones


@pytest.fixture
async def wide(page: Page, shown: Phones) -> Phones:
    """The page in a window of a desktop."""
    await page.set_viewport_size({"width": 1400, "height": 900})
    return shown
