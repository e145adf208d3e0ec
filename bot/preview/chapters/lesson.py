"""The lesson under way, on its teacher's phone."""

from bot.demo import cast
from bot.preview.walker import Walker


async def walk(walker: Walker) -> None:
    """The lesson under way: the card, and everything it opens."""
    await _at_once(walker, cast.MOTHER.id)
    one = await walker.person(cast.TEACHER.id)
    chapter = "Учитель"
    card = await one.sees(button="Посещаемость")
    walker.take(chapter, "Карточка урока приходит к звонку", card)
    card = await walker.step(chapter, one, card, "Посещаемость", "Посещаемость")
    card = await walker.step(chapter, one, card, "Иванов П.", "Отмечен отсутствующий")
    card = await walker.step(chapter, one, card, "Ахметова А.", "Второй отсутствующий")
    card = await walker.step(chapter, one, card, "❌ Ахметова А.", "Нет, опоздала")
    card = await walker.step(chapter, one, card, "2/2 →", "Вторая страница")
    card = await walker.step(chapter, one, card, "Готово", "Посещаемость подтверждена")
    card = await walker.step(chapter, one, card, "Тема", "Тема: из плана или своя", exact=True)
    card = await walker.step(chapter, one, card, "Назад", "")
    card = await walker.step(chapter, one, card, "Тема:", "Тема из плана")
    card = await walker.step(chapter, one, card, "ДЗ", "Домашнее задание")
    card = await walker.types(chapter, one, "§ 14, № 231, 233 (а, б)", "Задание записано")
    card = await walker.step(chapter, one, card, "Оценки", "Вид работы")
    card = await walker.step(chapter, one, card, "Контрольная", "Сетка отметок")
    card = await walker.step(chapter, one, card, "2/2 →", "Вторая страница сетки")
    card = await walker.step(chapter, one, card, "Морозова А.", "Выбор отметки")
    await walker.step(chapter, one, card, "5", "Отметка поставлена")
    await walker.types(chapter, one, "Иванова 5, Петров 4 контр", "Быстрая строка")
    await walker.types(chapter, one, "/start", "Меню учителя")
    await walker.step(chapter, one, one.last, "Мои уроки", "День учителя")
    await walker.types(chapter, one, "как дела?", "Непонятный текст")


async def _at_once(walker: Walker, who: int) -> None:
    """Somebody wishes for letters at once."""
    one = await walker.person(who)
    await walker.menu(one)
    screen = await walker.step("", one, one.last, "Настройки", "")
    await walker.step("", one, screen, "Сразу", "")
