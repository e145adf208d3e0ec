"""Homework beside its text, on the teacher's phone; plans."""

from bot.demo import cast
from bot.preview.walker import Walker


async def walk(walker: Walker) -> None:
    """As last time, the way of doing, chosen students; an odd topic; the plan."""
    chapter = "Домашнее задание и планы"
    one = await walker.person(cast.TEACHER.id)
    menu = await walker.menu(one)
    plans = await walker.step(chapter, one, menu, "Планы", "Планы: сколько дано по каждому классу")
    await walker.step(chapter, one, plans, "7Б", "План класса: темы, отставание, часы, работы впереди")
    menu = await walker.menu(one)
    day = await walker.step("", one, menu, "Мои уроки", "")
    card = await walker.step("", one, day, "7Б", "")
    ask = await walker.step(chapter, one, card, "ДЗ", "Задание: как в прошлый раз, как выполнять, кому", exact=True)
    ask = await walker.step(chapter, one, ask, "Письменно", "Как выполнять")
    grid = await walker.step(chapter, one, ask, "Выбранным ученикам", "Кому своё задание")
    grid = await walker.step(chapter, one, grid, "Иванов П.", "Ученик выбран")
    await walker.step(chapter, one, grid, "Написать", "Задание выбранным")
    await walker.types(chapter, one, "§ 12, карточка 3", "Личное задание записано")
    card = await one.sees(button="Тема")
    await walker.step("", one, card, "Тема", "", exact=True)
    await walker.types(chapter, one, "Linear equations", "Тема не на русском: переспросить")
