"""What the families get of a lesson, and their diary."""

from bot.demo import cast
from bot.preview.walker import Walker

A_MINUTE = 61


async def walk(walker: Walker) -> None:
    """What the families got of it, and their diary."""
    chapter = "Семья"
    await walker.telegram.advance(A_MINUTE)
    father = await walker.person(cast.FATHER.id)
    walker.take(chapter, "Отсутствие — сразу", await father.sees("отсутствует на уроке"))
    one = await walker.person(cast.MOTHER.id)
    walker.take(chapter, "Отметки и задание — сразу", await one.sees("контрольная работа"))
    await walker.types(chapter, one, "/start", "Меню представителя")
    screen = await walker.step(chapter, one, one.last, "Дневник", "Дневник")
    earlier = next(label for label in screen.buttons if label.startswith("←"))
    await walker.step(chapter, one, screen, earlier, "Предыдущий день")
    await walker.menu(one)
    screen = await walker.step(chapter, one, one.last, "Настройки", "Настройки")
    await walker.step(chapter, one, screen, "Отозвать согласие", "Отзыв согласия")
    await walker.types(chapter, one, "/help", "Помощь")
