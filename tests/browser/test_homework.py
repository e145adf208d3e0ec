"""Attendance, homework, a plan and absences on a phone of 360 px: nothing is cut, headings stay in sight.

Screens are kept as pictures: in the test's own folder, or in docs/screens with ZVONOK_SCREENS=1.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.narrow import folder, keep, shown, taps
from tests.scenes import people
from tests.scenes.acts import marks_absent
from tests.scenes.founding import founded_copy
from tests.scenes.world import World, world_of
from tests.support.phones import Phones

__all__ = ["folder", "shown"]  # fixtures


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The school of the scenes on Tuesday before the third lesson."""
    async with world_of(founded_copy(tmp_path / "zvonok.db"), tmp_path) as world:
        await world.opens_service()
        await world.clock_shows("10:20")
        yield world


async def test_the_teachers_screens_fit_and_the_grids_heading_stays(world: World, shown: Phones, folder: Path) -> None:
    await world.lets_in(people.TEACHER)
    await world.clock_shows("10:34")
    phone = await shown.phone("Галина Вишневская")
    await taps(phone, "Посещаемость", then="в списке 30, нет 0")
    heading = phone.frame.get_by_text("3-й урок, 10:30–11:15").last
    top = await heading.bounding_box()
    frame = await phone.frame.bounding_box()
    assert top is not None
    assert frame is not None
    assert top["y"] >= frame["y"] + 40, "the heading of sixteen names stands below the chat's own"
    await taps(phone, "Андреев", then="нет 1")
    await taps(phone, "Андреев", then="сколько минут?")
    await keep(phone, folder / "attendance-late.png")
    await taps(phone, "10", then="в списке 30, нет 0, опоздали 1")
    await taps(phone, "Готово", then="опоздали 1: Андреев П. (10 мин)")
    await taps(phone, "ДЗ", then="Пришлите задание сообщением")
    await keep(phone, folder / "homework-choices.png")
    await taps(phone, "Выбранным ученикам", then="Нажмите на тех")
    await taps(phone, "Гагарина", then="Выбрано 1")
    await taps(phone, "Написать", then="Напишите задание для")
    await phone.writes("Планы")
    await phone.sees("План / дано")
    await taps(phone, "7Б Алгебра", then="Часов в плане")


async def test_the_homeroom_teachers_screens_fit(world: World, shown: Phones, folder: Path) -> None:
    teacher, _homeroom = await world.lets_in(people.TEACHER, people.HOMEROOM_TEACHER)
    await marks_absent(world, teacher, "Онегин Е.")
    phone = await shown.phone("Вера Кузнецова")
    await phone.writes("Мой класс")
    await phone.sees("7Б")
    await taps(phone, "Отсутствующие", then="ждёт причины")
    await taps(phone, "? Онегин Е.", then="Причина не указана")
    await keep(phone, folder / "absence-reason.png")
    await taps(phone, "Б · болеет", then="Причина: болеет")
    await taps(phone, "Назад", then="7Б · Отсутствующие")
    await taps(phone, "Сверка недели", then="Пропущено уроков")
