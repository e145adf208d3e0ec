"""A teacher is away: the deputy head arranges the day, writes the absence down, prints the journal; subgroups."""

from bot.demo import cast
from bot.demo.substituted import ILL
from bot.preview.walker import Walker

CHAPTER, LETTER = "Завуч: замены", "Учитель: замены"
A_MINUTE = 61


async def walk(walker: Walker) -> None:
    """Today's changes, tomorrow's lessons of the teacher, a cancelled one, the journal, subgroups."""
    one = await walker.person(cast.DEPUTY.id)
    await walker.menu(one)
    screen = await walker.step(CHAPTER, one, one.last, "Замены", "Замены сегодня")
    screen = await walker.step("", one, screen, " →", "")
    screen = await walker.step(CHAPTER, one, screen, "Выбрать отсутствующего", "Кого нет?")
    screen = await walker.types(CHAPTER, one, "ковал", "День учителя")
    lesson = next(label for label in screen.buttons if label.startswith("▫"))
    choice = await walker.step(CHAPTER, one, screen, lesson, "Кто проведёт урок")
    await walker.step(CHAPTER, one, choice, choice.buttons[0], "Почему учителя нет", exact=True)
    screen = await walker.step(CHAPTER, one, one.last, "Курсы", "Замена назначена")
    screen = await walker.step("", one, screen, "Назад", "")
    lesson = next((label for label in screen.buttons if label.startswith("▫")), "")
    if lesson:
        screen = await walker.step("", one, screen, lesson, "")
        await walker.step(CHAPTER, one, screen, "Перенести", "Перенести: звонки дня")
    await _journal(walker)
    await walker.telegram.advance(A_MINUTE)
    await walker.telegram.drained()
    teacher = await walker.person(cast.TEACHER.id)
    walker.take(LETTER, "Письмо об изменениях", await teacher.sees("Изменения в ваших уроках"))


async def _journal(walker: Walker) -> None:
    one = await walker.person(cast.DEPUTY.id)
    await walker.types("", one, "Замены", "")
    screen = await walker.step(CHAPTER, one, one.last, "Кто отсутствует", "Кто отсутствует")
    screen = await walker.step(CHAPTER, one, screen, ILL.split()[0], "Что с уроками?")
    screen = await walker.step(CHAPTER, one, screen, "Записать отсутствие", "Почему")
    await walker.step(CHAPTER, one, screen, "Болезнь", "По какое число")
    await walker.types("", one, "Замены", "")
    await walker.step(CHAPTER, one, one.last, "Журнал замещений", "Журнал замещения уроков")
    await walker.types("", one, "Подгруппы", "")
    screen = await walker.step(CHAPTER, one, one.last, "7Б", "Подгруппы класса")
    await walker.step(CHAPTER, one, screen, screen.buttons[0], "Кто в подгруппе", exact=True)
