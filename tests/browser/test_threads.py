"""Correspondence through the page of phones, on 360 px: a letter, its answer, the thread, the lists."""

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
    people.TEACHER: "Учитель",
    people.MOTHER_OF_TWO: "Мама двоих",
    people.HOMEROOM_TEACHER: "Классный руководитель",
    people.DEPUTY: "Завуч",
}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """These people let in."""
    async with school_with(LABELS, "11:50", tmp_path) as world:
        yield world


async def test_a_correspondence_fits_a_phone(world: World, shown: Phones, folder: Path) -> None:
    mother = await screen_of(shown, people.MOTHER_OF_TWO, folder)
    await mother.writes("/start", then="Что откроем?")
    await mother.keep("family-menu")
    await mother.taps("Написать учителю", then="О ком из детей?")
    await mother.taps("Елизавета", then="Кому письмо?")
    await mother.keep("write-to-a-teacher")
    await mother.taps("Вишневская", then="Напишите письмо одним сообщением")
    await mother.keep("letter-awaited")
    await mother.writes(
        "Добрый день! Елизавета болела всю прошлую неделю.\nКогда можно написать контрольную?",
        then="Письмо отправлено.",
    )
    await mother.keep("letter-sent")
    await world.rests()

    teacher = await screen_of(shown, people.TEACHER, folder)
    await teacher.sees("Когда можно написать контрольную?")
    await teacher.keep("letter-to-a-teacher")
    await teacher.taps("Ответить", then="Напишите письмо одним сообщением")
    await teacher.writes("В четверг после уроков, кабинет 301.", then="Письмо отправлено.")
    await world.clock_shows("19:40")
    await teacher.writes("/start", then="Что откроем?")
    await teacher.keep("teacher-menu")
    await teacher.taps("Переписка", then="Всё прочитано.")

    mother = await screen_of(shown, people.MOTHER_OF_TWO, folder)
    await mother.sees("В четверг после уроков")
    await mother.keep("answer-to-the-family")
    await mother.taps("Ответить", then="Напишите письмо одним сообщением")
    await mother.writes(
        "Спасибо, придём!", then="Сейчас нерабочее время: письмо придёт завтра, ср 9 сентября, в 08:00."
    )
    await mother.keep("letter-waits")
    await mother.taps("Переписка", then="Всё прочитано.")
    await mother.taps("Вишневская Г. П. · Елизавета", then="Спасибо, придём!")
    await mother.keep("thread")
    await mother.taps("Передать администрации", then="Завучи и директор увидят")
    await mother.keep("complaint")

    teacher = await screen_of(shown, people.TEACHER, folder)
    await teacher.writes("/start", then="Что откроем?")
    await teacher.taps("Переписка", then="● С непрочитанным: 1")
    await teacher.keep("threads")
    await teacher.taps("● 7Б Рождественская Е. · мать", then="Спасибо, придём!")
    await teacher.keep("thread-of-a-teacher")
    await teacher.taps("Передать", then="Кому передать переписку?")
    await teacher.keep("hand-over")
    await teacher.taps("Администрация", then="Напишите записку.")
    await teacher.keep("hand-over-note")
