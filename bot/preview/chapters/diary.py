"""The family's diary: the week and its timetable, subjects with the picture of the term, absences, what is ahead."""

from bot.demo import cast
from bot.preview.walker import Walker


async def walk(walker: Walker) -> None:
    """Every view from the menu, in two taps at most."""
    chapter = "Дневник"
    one = await walker.person(cast.MOTHER.id)
    await walker.types(chapter, one, "/start", "Меню")
    week = await walker.step(chapter, one, one.last, "Неделя", "Неделя")
    screen = await walker.step(chapter, one, week, "Расписание", "Расписание")
    later = next((label for label in screen.buttons if label.endswith("→")), None)
    if later is not None:
        await walker.step(chapter, one, screen, later, "Следующая неделя")
    await walker.menu(one)
    subjects = await walker.step(chapter, one, one.last, "Предметы", "Предметы")
    subject = await walker.step(chapter, one, subjects, "Алгебра", "Предмет: оценки")
    await walker.step(chapter, one, subject, "Темы и ДЗ", "Предмет: темы и домашние задания")
    subjects = await walker.types("", one, "Предметы", "")
    await walker.step(chapter, one, subjects, "Картинка", "Картинка четверти")
    subjects = await walker.types("", one, "Предметы", "")
    await walker.step(chapter, one, subjects, "Пропуски", "Пропуски")
    day = await walker.types("", one, "Дневник", "")
    await walker.step(chapter, one, day, "ДЗ на завтра", "ДЗ на завтра")
    await walker.menu(one)
    results = await walker.step(chapter, one, one.last, "Итоги", "Итоги")
    await walker.step(chapter, one, results, "По годам", "Итоги по годам")
    student = await walker.person(cast.STUDENT.id)
    await walker.types(chapter, student, "/start", "Меню ученика")
    day = await walker.step(chapter, student, student.last, "Дневник", "Дневник ученика: только читать")
    await walker.step(chapter, student, day, "Неделя", "Неделя ученика")
