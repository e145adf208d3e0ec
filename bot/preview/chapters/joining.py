"""A family joins, a student joins, a code is typed on another phone, a tie ends."""

import re

from bot.demo import cast
from bot.preview.walker import Walker
from bot.sandbox.client import Person
from bot.sandbox.seen import Message

CHAPTER = "Подключение семьи"
ACCESS = "Кто подключён"


async def walk(walker: Walker) -> None:
    """Joining, step by step, and what the homeroom teacher sees and does."""
    one = await walker.person(cast.NEWCOMER.id)
    slip = next(message for message in one.messages if message.author == "friend")
    walker.take(CHAPTER, "Листок", slip)
    await walker.types(CHAPTER, one, "/start", "Ещё не подключена")
    await walker.types(CHAPTER, one, "AAAAA-AAAAA", "Неверный код")
    await _types_code(walker, one, slip)
    student = await walker.person(cast.STUDENT.id)
    await walker.types("Ученик", student, "/start", "Меню ученика")
    await _who_is_connected(walker, await walker.person(cast.HOMEROOM_TEACHER.id))


async def _types_code(walker: Walker, one: Person, slip: Message) -> None:
    """The code by hand, so that the homeroom teacher is asked; consent, waiting."""
    found = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", slip.text)
    screen = await walker.types(CHAPTER, one, found[0] if found else "", "Набран код")
    while "Согласен(на)" not in screen.buttons:
        screen = await walker.step(CHAPTER, one, screen, screen.buttons[0], "Согласие")
    await walker.step(CHAPTER, one, screen, "Согласен(на)", "Ждёт подтверждения")


async def _who_is_connected(walker: Walker, teacher: Person) -> None:
    await walker.types(ACCESS, teacher, "Мой класс", "")
    screen = await walker.step(ACCESS, teacher, teacher.last, "Кто подключён", "Кто подключён")
    waiting = await walker.step(ACCESS, teacher, screen, "Ждут подтверждения", "Ждут подтверждения")
    guardian = await walker.step(ACCESS, teacher, waiting, "Кузнецова Е.", "Подтвердить?")
    await walker.step(ACCESS, teacher, guardian, "Подтвердить", "Подтверждено", exact=True)
    newcomer = await walker.person(cast.NEWCOMER.id)
    walker.take(CHAPTER, "Дневник открыт", await newcomer.sees("дневник открыт"))
    await walker.types(ACCESS, teacher, "Мой класс", "")
    screen = await walker.step(ACCESS, teacher, teacher.last, "Кто подключён", "")
    students = await walker.step(ACCESS, teacher, screen, "Ученики:", "Ученики")
    await walker.step(ACCESS, teacher, students, "Листки ученикам", "Листки ученикам")
    await walker.types(ACCESS, teacher, "Мой класс", "")
    screen = await walker.step(ACCESS, teacher, teacher.last, "Кто подключён", "")
    connected = await walker.step(ACCESS, teacher, screen, "Подключены:", "")
    guardian = await walker.step(ACCESS, teacher, connected, "Кузнецова Е.", "")
    ties = await walker.step(ACCESS, teacher, guardian, "Связь с ребёнком", "Связь с ребёнком")
    why = await walker.step(ACCESS, teacher, ties, "Закончить:", "По какой причине")
    when = await walker.step(ACCESS, teacher, why, "Решение суда", "С какого дня")
    await walker.step(ACCESS, teacher, when, "С завтрашнего", "Точно?")
