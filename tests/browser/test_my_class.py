"""«Не придёт» and «Мой класс» through the page of phones, on 360 px: the note, its decision, the class at a glance."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.narrow import school_with
from tests.browser.test_main_job import folder, page, screen_of, shown
from tests.scenes import people
from tests.scenes.world import World
from tests.support.phones import Phones

__all__ = ["folder", "page", "shown"]  # fixtures

LABELS = {people.MOTHER_OF_TWO: "Мама двоих", people.HOMEROOM_TEACHER: "Классный руководитель"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """These people let in."""
    async with school_with(LABELS, "07:50", tmp_path) as world:
        yield world


async def test_a_note_and_the_class_fit_a_phone(world: World, shown: Phones, folder: Path) -> None:
    mother = await screen_of(shown, people.MOTHER_OF_TWO, folder)
    await mother.writes("/start", then="Что откроем?")
    await mother.taps("Не придёт", then="Кто не придёт?")
    await mother.taps("Елизавета", then="Когда?")
    await mother.keep("note-when")
    await mother.taps("Другие дни", then="С какого дня?")
    await mother.taps("ср 9", then="По какой день включительно?")
    await mother.taps("пт 11", then="Почему?")
    await mother.taps("Болеет", then="Причина: болеет.")
    await mother.writes("Температура, были у врача", then="«Температура, были у врача»")
    await mother.taps("Отправить", then="Записка у классного руководителя")
    await world.rests()

    homeroom = await screen_of(shown, people.HOMEROOM_TEACHER, folder)
    await homeroom.sees("Не придёт: 9–11 сентября, болеет.")
    await homeroom.keep("note-asked")
    await homeroom.taps("Подтвердить", then="✅ Подтверждено: Кузнецова.")
    await homeroom.writes("Мой класс", then="Сверка контактов")
    await homeroom.taps("Кто читает", then="1 из 2 на этой неделе")
    await homeroom.taps("Назад", then="Сверка контактов")
    await homeroom.taps("Контакты", then="Ещё не сверялись")
    await homeroom.taps("Назад", then="Сверка контактов")
    await homeroom.taps("Информирование", then="Пока ничего не записано.")
    await homeroom.taps("Звонок", then="С чьей семьёй?")
    await homeroom.taps("Весь класс", then="Напишите в нескольких словах")
    await homeroom.writes("Экскурсия в пятницу", then="звонок: Экскурсия в пятницу")
    await homeroom.keep("ledger")
    await homeroom.taps("Назад", then="Сверка контактов")
    await homeroom.taps("Журнал класса", then="Только чтение")
    await homeroom.taps("Алгебра", then="Алгебра")
