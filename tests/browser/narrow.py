"""The school's page in a window as wide as a phone: fixtures and acts of the tests that look at screens.

Screens are kept as pictures: in the test's own folder, or in docs/screens with ZVONOK_SCREENS=1.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.scenes.founding import founded_copy
from tests.scenes.world import PROJECT, World, world_of
from tests.support.phones import TIMEOUT, Phone, Phones, opened


@pytest.fixture
async def shown(browser: Browser, world: World) -> AsyncIterator[Phones]:
    """The page in a window as wide as a phone."""
    context = await browser.new_context(
        viewport={"width": 360, "height": 740}, locale="ru-RU", timezone_id="Europe/Moscow", device_scale_factor=1.5
    )
    async with opened(await context.new_page(), world.server.url) as phones:
        yield phones
    await context.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go."""
    return PROJECT / "docs" / "screens" if os.environ.get("ZVONOK_SCREENS") == "1" else tmp_path / "screens"


@asynccontextmanager
async def school_with(labels: Mapping[str, str], hour: str, tmp_path: Path) -> AsyncIterator[World]:
    """The school of the scenes on its first day at this hour, these people let in; at the end no news may be lost."""
    async with world_of(founded_copy(tmp_path / "zvonok.db"), tmp_path) as world:
        await world.opens_service()
        await world.clock_shows(hour)
        for name, label in labels.items():
            last, first, *_middle = name.split()
            world.phones[name] = await world.telegram.person(first, last, label=label)
        await world.lets_in(*labels)
        yield world
        assert not await world.losses()
        assert not await world.failures()


async def taps(phone: Phone, label: str, *, then: str) -> None:
    """Tap the newest button with this inside, and look at the whole screen that comes of it."""
    await phone.frame.locator(".key").filter(has_text=label).last.click(timeout=TIMEOUT)
    await phone.rests()
    await phone.sees(then)
    await phone.no_horizontal_overflow()
    await phone.no_cut_labels()


async def keep(phone: Phone, path: Path) -> None:
    """Keep a picture, no finger on it and no notice over it."""
    await phone.page.mouse.move(0, 0)
    await phone.input.blur()
    await phone.frame.get_by_test_id("toast").evaluate_all("shown => shown.forEach(notice => notice.remove())")
    await phone.screenshot(path)
