"""By which way letters come: a guardian's own choice, and what the homeroom teacher records of an application."""

from bot.demo import cast
from bot.preview.walker import Walker


async def walk(walker: Walker) -> None:
    """«Как приходят письма»: paper and back; the same for a guardian without Telegram."""
    chapter = "Как приходят письма"
    father = await walker.person(cast.FATHER.id)
    await walker.menu(father)
    screen = await walker.step(chapter, father, father.last, "Настройки", "")
    screen = await walker.step(chapter, father, screen, "Как приходят письма", "У родителя")
    screen = await walker.step(chapter, father, screen, "На бумаге", "Выбрана бумага")
    await walker.step(chapter, father, screen, "Telegram", "Снова Telegram")
    teacher = await walker.person(cast.HOMEROOM_TEACHER.id)
    await walker.menu(teacher)
    screen = await walker.step(chapter, teacher, teacher.last, "Мой класс", "")
    screen = await walker.step(chapter, teacher, screen, "Кто подключён", "")
    screen = await walker.step(chapter, teacher, screen, "Не подключены", "")
    screen = await walker.step(chapter, teacher, screen, screen.buttons[0], "Родитель без Telegram")
    screen = await walker.step(chapter, teacher, screen, "Как приходят письма", "По заявлению")
    screen = await walker.step(chapter, teacher, screen, "На бумаге по заявлению", "Записана бумага")
    await walker.step(chapter, teacher, screen, "Больше не на бумаге", "Бумага снята")
