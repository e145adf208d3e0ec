"""A mark whose time is over: the teacher asks, the deputy head decides; and the journal of the class."""

from bot.demo import cast
from bot.preview.walker import Walker

PAST_THE_UNDO = 700  # seconds
A_WHILE = 5
TEACHER, DEPUTY = "Учитель: журнал и запросы", "Завуч: запросы"


async def walk(walker: Walker) -> None:
    """A comment, «Проверил», a refusal, a request and its decision, the journal."""
    await walker.telegram.advance(PAST_THE_UNDO)
    await walker.telegram.drained()
    one = await walker.person(cast.TEACHER.id)
    await walker.menu(one)
    screen = await walker.step("", one, one.last, "Мои уроки", "")
    lesson = next(label for label in screen.buttons if "7Б Алгебра" in label and "🕓" not in label)
    screen = await walker.step("", one, screen, lesson, "")
    screen = await walker.step("", one, screen, "Оценки", "")
    screen = await walker.step(TEACHER, one, screen, "Белоусов Е.", "Ещё одна отметка")
    screen = await walker.step("", one, screen, "4", "")
    screen = await walker.step(TEACHER, one, screen, "Белоусов Е.", "Отметка стоит: снять, комментарий")
    await walker.step(TEACHER, one, screen, "Комментарий", "Комментарий к отметке")
    screen = await walker.types(TEACHER, one, "Решение верное, чертёж сделайте аккуратнее", "Комментарий сохранён")
    screen = await walker.step(TEACHER, one, screen, "Проверил(а)", "Письменная работа проверена")
    screen = await walker.step("", one, screen, "2/2 →", "")
    screen = await walker.step(TEACHER, one, screen, "Морозова А.", "Отметка больше не меняется")
    screen = await walker.step(TEACHER, one, screen, "Запросить исправление", "Что должно стоять")
    screen = await walker.step(TEACHER, one, screen, "4", "Почему")
    screen = await walker.step(TEACHER, one, screen, "Описка", "Запрос перед отправкой")
    screen = await walker.step(TEACHER, one, screen, "Отправить запрос", "Запрос отправлен")
    await walker.step(TEACHER, one, screen, "Мои запросы", "Мои запросы")
    await _decides(walker)
    walker.take(TEACHER, "Решение завуча", await one.sees("Исправление одобрено"))
    await _journal(walker)


async def _decides(walker: Walker) -> None:
    await walker.telegram.advance(A_WHILE)
    one = await walker.person(cast.DEPUTY.id)
    letter = await one.sees("Запрос на исправление", button="Одобрить")
    walker.take(DEPUTY, "Запрос приходит письмом", letter)
    await walker.menu(one)
    screen = await walker.step(DEPUTY, one, one.last, "Запросы", "Все запросы")
    request = next(label for label in screen.buttons if "7Б" in label)
    screen = await walker.step("", one, screen, request, "")
    why = await walker.step(DEPUTY, one, screen, "Отклонить", "Почему отклонить")
    screen = await walker.step("", one, why, "Назад", "")
    await walker.step(DEPUTY, one, screen, "Одобрить", "Одобрено")
    await walker.telegram.advance(A_WHILE)
    await walker.telegram.drained()


async def _journal(walker: Walker) -> None:
    one = await walker.person(cast.TEACHER.id)
    await walker.menu(one)
    screen = await walker.step(TEACHER, one, one.last, "Журнал", "Журнал: класс и предмет")
    screen = await walker.step(TEACHER, one, screen, "7Б · Алгебра", "Четверть класса")
    student = next(label for label in screen.buttons if "→" in label)
    await walker.step(TEACHER, one, screen, student, "Оценки ученика и прогноз")
