"""Requests and the journal on a phone of 360 px: nothing is cut, and the heading stays above sixteen names.

Screens are kept as pictures: in the test's own folder, or in docs/screens with ZVONOK_SCREENS=1.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.narrow import folder, keep, shown, taps
from tests.scenes import people
from tests.scenes.acts import opens_marks, puts_mark
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
