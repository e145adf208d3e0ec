"""Requests and the journal on a phone of 360 px: nothing is cut, and the heading stays above sixteen names.

Screens are kept as pictures: in the test's own folder, or in docs/screens with ZVONOK_SCREENS=1.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.scenes import people
from tests.scenes.acts import opens_marks, puts_mark
from tests.scenes.founding import founded_copy
from tests.scenes.world import PROJECT, World, world_of
from tests.support.phones import TIMEOUT, Phone, Phones, opened


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The school of the scenes on Tuesday before the third lesson."""
    async with world_of(founded_copy(tmp_path / "zvonok.db"), tmp_path) as world:
        await world.opens_service()
        await world.clock_shows("10:20")
        yield world


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


async def test_a_request_goes_from_the_refusal_to_the_deputy_heads_letter(
    world: World, shown: Phones, folder: Path
) -> None:
    teacher, _deputy = await world.lets_in(people.TEACHER, people.DEPUTY)
    await opens_marks(world, teacher)
    await puts_mark(teacher, "Ларина Т", "4")
    await world.passes(700)
    phone = await shown.phone("Галина Вишневская")
    await taps(phone, "Ларина Т", then="Дальше исправление")
    await keep(phone, folder / "mark-refused.png")
    await taps(phone, "Запросить исправление", then="Что должно стоять?")
    await taps(phone, "5", then="Почему?")
    await taps(phone, "Описка", then="Такой запрос уйдёт завучу")
    await taps(phone, "Отправить запрос", then="Запрос у завуча")
    await taps(phone, "Мои запросы", then="ждёт решения")
    await world.passes(5)
    deputy = await shown.phone("Инна Громова")
    await deputy.sees("Запрос на исправление")
    await keep(deputy, folder / "request-letter.png")
    await taps(deputy, "Отклонить", then="Почему запрос отклонён?")
    await taps(deputy, "Нет оснований", then="Исправление отклонено")


async def test_the_grid_and_the_term_fit_with_their_headings(world: World, shown: Phones, folder: Path) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await opens_marks(world, teacher)
    for name, value in (("Ларина Т", "4"), ("Андреев", "5"), ("Кузнецов", "3")):
        await puts_mark(teacher, name, value)
    phone = await shown.phone("Галина Вишневская")
    await phone.sees("Отменить")
    heading = phone.frame.get_by_text("7Б · Алгебра, 3-й урок").last
    box = await heading.bounding_box()
    assert box is not None and box["y"] > 0, "the heading has scrolled off the screen"
    await phone.writes("/start")
    await phone.sees("Что откроем?")
    await taps(phone, "Журнал", then="Какой класс и предмет?")
    await taps(phone, "7Б · Алгебра", then="Рядом с именем")
    await keep(phone, folder / "journal-term.png")
    await taps(phone, "С одной: 3", then="3 ученика с одной оценкой")
    await taps(phone, "Ларина Т", then="Прогноз: до 5: две пятёрки.")
