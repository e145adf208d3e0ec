"""«Не придёт»: a mother's note, the homeroom teacher's decision, the class at a glance and who reads."""

from bot.demo import cast
from bot.preview.walker import Walker

A_MINUTE = 61


async def walk(walker: Walker) -> None:
    """A note for tomorrow, asked and confirmed; then the ledger and the journal of the class."""
    chapter = "Записка «Не придёт»"
    mother = await walker.person(cast.MOTHER.id)
    menu = await walker.menu(mother)
    screen = await walker.step(chapter, mother, menu, "Не придёт", "Не придёт: кто")
    screen = await walker.step(chapter, mother, screen, "Анастасия", "Когда")
    days = await walker.step(chapter, mother, screen, "Другие дни", "С какого дня")
    screen = await walker.step("", mother, days, "Назад", "")
    screen = await walker.step(chapter, mother, screen, "Завтра", "Почему")
    screen = await walker.step(chapter, mother, screen, "Болеет", "Проверьте и отправьте")
    since = mother.mark()
    await walker.step(chapter, mother, screen, "Отправить", "Отправлено")
    await walker.telegram.advance(A_MINUTE)
    homeroom = await walker.person(cast.HOMEROOM_TEACHER.id)
    letter = await homeroom.sees(button="Подтвердить")
    walker.take(chapter, "Письмо классному руководителю", letter)
    await walker.step(chapter, homeroom, letter, "Подтвердить", "Подтверждено")
    await walker.telegram.advance(A_MINUTE)
    walker.take(chapter, "Ответ семье", await mother.sees("Записка принята", since=since))
    menu = await walker.menu(homeroom)
    home = await walker.step("", homeroom, menu, "Мой класс", "")
    ledger = await walker.step("", homeroom, home, "Информирование", "")
    await walker.step(chapter, homeroom, ledger, "Собрание", "Собрание: о чём")
    menu = await walker.menu(homeroom)
    home = await walker.step("", homeroom, menu, "Мой класс", "")
    subjects = await walker.step(chapter, homeroom, home, "Журнал класса", "Журнал класса: только чтение")
    term = await walker.step(chapter, homeroom, subjects, "Алгебра", "Предмет")
    await walker.step(chapter, homeroom, term, "Темы и ДЗ", "Темы, задания, пропуски")
