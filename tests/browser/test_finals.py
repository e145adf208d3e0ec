"""Term marks on a phone of 360 px: the grid with its proposals, the letter at five; nothing is cut.

Screens are kept as pictures: in the test's own folder, or in docs/screens with ZVONOK_SCREENS=1.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.narrow import folder, keep, shown, taps
from tests.scenes import people
from tests.scenes.founding import founded_copy
from tests.scenes.test_finals import LAST_WEEK, marked
from tests.scenes.world import World, world_of
from tests.support.phones import Phones

__all__ = ["folder", "shown"]  # fixtures


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The school of the scenes in the last week of its first quarter."""
    async with world_of(founded_copy(tmp_path / "zvonok.db"), tmp_path) as world:
        await world.opens_service()
        yield world


async def test_term_marks_go_from_the_proposals_to_the_familys_letter(
    world: World, shown: Phones, folder: Path
) -> None:
    await world.lets_in(people.TEACHER, people.MOTHER_LARINA)
    await marked(world, "Алгебра", 3, ["5", "4", "3", "4"])
    await world.clock_shows("14:40", LAST_WEEK)
    phone = await shown.phone("Галина Вишневская")
    await phone.writes("/start")
    await phone.sees("Что откроем?")
    await taps(phone, "Четвертные", then="пусто")
    await taps(phone, "7Б Алгебра", then="Без оценки: 30")
    box = await phone.frame.get_by_text("7Б · Алгебра").last.bounding_box()
    assert box is not None and box["y"] > 0, "the heading has scrolled off the screen"
    await keep(phone, folder / "term-marks.png")
    await taps(phone, "Принять все", then="30 оценок в черновике")
    await taps(phone, "Выставить и отправить", then="Выставлено 30 оценок")
    await world.clock_shows("17:00", LAST_WEEK)
    mother = await shown.phone("Прасковья Ларина")
    await mother.sees("Итоги, 1-я четверть:")
    await keep(mother, folder / "results-letter.png")
