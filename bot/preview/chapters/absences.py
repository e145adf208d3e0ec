"""The absences of a class, on its homeroom teacher's phone."""

from bot.demo import cast
from bot.preview.walker import Walker


async def walk(walker: Walker) -> None:
    """Whom to ask after, a student's day, a reason by one tap, the week's verification."""
    chapter = "Отсутствующие"
    one = await walker.person(cast.HOMEROOM_TEACHER.id)
    menu = await walker.menu(one)
    home = await walker.step("", one, menu, "Мой класс", "")
    view = await walker.step(chapter, one, home, "Отсутствующие", "Отсутствующие: кому ещё нужна причина")
    day = await walker.step(chapter, one, view, "? ", "День ученика")
    day = await walker.step(chapter, one, day, "Б · ", "Причина на весь день — одно нажатие")
    view = await walker.step("", one, day, "Назад", "")
    week = await walker.step(chapter, one, view, "Сверка недели", "Неделя класса")
    await walker.step(chapter, one, week, "Сверено", "Неделя сверена")
