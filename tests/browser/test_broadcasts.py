"""A broadcast on a phone of 360 px: its draft, its preview, the family's letter, the author's figures and lists."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.browser.narrow import school_with
from tests.browser.test_main_job import folder, page, screen_of, shown
from tests.scenes import people
from tests.scenes.world import World
from tests.support.phones import Phones

__all__ = ["folder", "page", "shown"]  # fixtures

LABELS = {
    people.HOMEROOM_TEACHER: "Классный руководитель",
    people.MOTHER_LARINA: "Мама",
    people.MOTHER_OF_TWO: "Мама двоих",
    people.DEPUTY: "Завуч",
}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """These people let in."""
    async with school_with(LABELS, "11:50", tmp_path) as world:
        yield world


async def test_a_broadcast_fits_a_phone(world: World, shown: Phones, folder: Path) -> None:
    teacher = await screen_of(shown, people.HOMEROOM_TEACHER, folder)
    await teacher.writes("/start", then="Что откроем?")
    await teacher.taps("Рассылка", then="Кому?")
    await teacher.taps("7Б", then="Рассылка · 7Б")
    await teacher.taps("Выбрать семьи", then="Чьим семьям?")
    await teacher.keep("broadcast-families")
    await teacher.taps("Назад", then="Кому?")
    await teacher.taps("7Б", then="Рассылка · 7Б")
    await teacher.taps("Семьи класса", then="Напишите текст одним сообщением")
    await teacher.writes(
        "В субботу едем в музей, сбор в 9:00 у школы.\nПоедет ли ваш ребёнок?", then="Новый текст заменит этот"
    )
    await teacher.taps("Вопрос", then="Как на него отвечать?")
    await teacher.taps("Да / Нет", then="Ответы: Да · Нет")
    await teacher.taps("Просить «Ознакомлен(а)»", then="Ответы: Да · Нет")
    await teacher.keep("broadcast-draft")
    await teacher.taps("Посмотреть и отправить", then="Выше — письмо, как его увидят.")
    await teacher.keep("broadcast-preview")
    await teacher.taps("Отправить", then="До этого можно отменить.")
    await world.passes(60)
    await world.passes(3)

    mother = await screen_of(shown, people.MOTHER_LARINA, folder)
    await mother.sees("В субботу едем в музей")
    await mother.taps("Да", then="✓ Да")
    await mother.keep("broadcast-letter")
    await world.passes(3)

    teacher = await screen_of(shown, people.HOMEROOM_TEACHER, folder)
    await teacher.sees("Доставлено: 2 из")
    await teacher.keep("broadcast-progress")
    await teacher.taps("Не ответили: 2", then="Напомнить им")
    await teacher.taps("Назад", then="Доставлено: 2 из")
    await teacher.taps("Отозвать", then="Отозвать рассылку?")

    deputy = await screen_of(shown, people.DEPUTY, folder)
    await deputy.writes("/start", then="Что откроем?")
    await deputy.taps("Рассылка", then="Кому?")
    await deputy.taps("Параллель", then="Семьям какой параллели?")
    await deputy.taps("7", then="7-е классы, семьи")
    await deputy.writes("Завтра школа закрыта: авария.", then="Новый текст заменит этот")
    await deputy.taps("Срочно", then="✅ Срочно")
    await deputy.taps("Посмотреть и отправить", then="Срочно: придёт и ночью.")
    await deputy.taps("Отправить", then="Отправить как срочное?")
    await deputy.keep("broadcast-urgent")
