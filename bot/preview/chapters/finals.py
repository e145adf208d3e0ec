"""The last week of the quarter: term marks on the teacher's phone, the family's letter, the deputy head's list."""

from datetime import date, datetime, timedelta

from bot.demo import cast, moment
from bot.preview.walker import Walker
from bot.sandbox.client import Person
from bot.sandbox.seen import Message
from services.finals.spans import term_span
from storage.vocabulary import TermKind

AFTER_LESSONS, TOLD = 15 * 60, 17 * 60
A_FEW_DAYS = timedelta(days=3)


async def walk(walker: Walker) -> None:
    """From «Четвертные» to the letter at five, and what is still missing then."""
    calendar = moment.calendar_of(moment.demo_school(moment.academic_year(await _today(walker))))
    day = await _today(walker)
    term = calendar.term_on(day, TermKind.QUARTER)
    assert term is not None, "the demo's day lies in a quarter"
    opens_on = term_span(calendar, term).window.opens_on
    await _forecast(walker)
    while day < opens_on:  # bells and evenings on the way ring as well: a few days at a time
        day = min(opens_on, day + A_FEW_DAYS)
        await walker.telegram.set_clock(calendar.at(day, AFTER_LESSONS))
    await _teacher(walker)
    await walker.telegram.set_clock(calendar.at(day, TOLD))
    await walker.telegram.drained()
    chapter = "Итоги: семья"
    for phone in (cast.MOTHER, cast.FATHER):
        one = await walker.person(phone.id)
        told = [letter for letter in one.letters if "Итоги," in letter.text]
        for letter in told[-1:]:
            walker.take(chapter, f"{phone.label}: письмо в 17:00", letter)
    one = await walker.person(cast.MOTHER.id)
    await walker.menu(one)
    screen = await walker.step("", one, one.last, "Дневник", "")
    await walker.step(chapter, one, screen, "Итоги", "Итоги в дневнике")
    letter = next(letter for letter in reversed(one.letters) if "Ознакомлен(а)" in letter.buttons)
    await walker.step(chapter, one, letter, "Ознакомлен(а)", "Ознакомлен(а)")
    await _homeroom(walker)
    await _deputy(walker)


async def _today(walker: Walker) -> date:
    state = await walker.telegram.state()
    return datetime.fromisoformat(state["clock"]["now"]).astimezone(moment.ZONE).date()


async def _forecast(walker: Walker) -> None:
    """Weeks before: a forecast, and from when marks are entered."""
    chapter = "Четвертные: прогноз"
    one = await walker.person(cast.TEACHER.id)
    grid = await _opens(walker, one, chapter)
    await walker.step(chapter, one, grid, "Прогноз", "Прогноз класса")
    grid = await _opens(walker, one, "")
    name = next(label for label in grid.buttons if "?" in label)
    await walker.step(chapter, one, grid, name, "Прогноз ученика", exact=True)


async def _opens(walker: Walker, one: Person, chapter: str) -> Message:
    await walker.menu(one)
    screen = await walker.step(chapter, one, one.last, "Четвертные", "Классы и предметы" if chapter else "")
    label = next(label for label in screen.buttons if "7Б" in label)
    return await walker.step(chapter, one, screen, label, "Сетка" if chapter else "", exact=True)


async def _teacher(walker: Walker) -> None:
    """Proposals accepted, one changed, blanks refused, then sent."""
    chapter = "Четвертные: последняя неделя"
    one = await walker.person(cast.TEACHER.id)
    grid = await _opens(walker, one, chapter)
    name = next(label for label in grid.buttons if "·" in label)
    screen = await walker.step(chapter, one, grid, name, "Один ученик", exact=True)
    grid = await walker.step(chapter, one, screen, "ОСВ", "Черновик")
    if "Принять все" in grid.buttons:
        grid = await walker.step(chapter, one, grid, "Принять все", "Предложения приняты")
    while any(" · —" in label for label in grid.buttons):
        name = next(label for label in grid.buttons if " · —" in label)
        screen = await walker.step("", one, grid, name, "", exact=True)
        grid = await walker.step("", one, screen, "Н/А", "")
    grid = await walker.step(chapter, one, grid, "Выставить и отправить", "Отправлено")
    name = next(label for label in grid.buttons if "✅" in label)
    screen = await walker.step(chapter, one, grid, name, "Отправленная оценка", exact=True)
    screen = await walker.step(chapter, one, screen, "Запросить исправление", "Запрос на исправление")
    screen = await walker.step(chapter, one, screen, "5", "Причина", exact=True)
    await walker.step(chapter, one, screen, "Описка", "Запрос отправлен")


async def _homeroom(walker: Walker) -> None:
    """Who has seen the results, a family, the sheet for signatures."""
    chapter = "Ознакомлены"
    one = await walker.person(cast.HOMEROOM_TEACHER.id)
    menu = await walker.menu(one)
    home = await walker.step("", one, menu, "Мой класс", "")
    screen = await walker.step(chapter, one, home, "Ознакомлены", "Класс")
    name = next(label for label in screen.buttons if label[:1] in "▫📭")
    family = await walker.step(chapter, one, screen, name, "Семья", exact=True)
    screen = await walker.step("", one, family, "Назад", "")
    screen = await walker.step(chapter, one, screen, "Лист подписей", "Лист подписей")
    since = one.mark()
    await one.taps(next(label for label in screen.buttons if label.startswith("Все семьи")), screen)
    walker.take(chapter, "Лист для всех", await one.sees("Лист подписей 7Б", since=since))


async def _deputy(walker: Walker) -> None:
    """What is missing, what stands out, received results."""
    chapter = "Итоги: завуч"
    one = await walker.person(cast.DEPUTY.id)
    menu = await walker.menu(one)
    overview = await walker.step(chapter, one, menu, "Итоги", "Школа", exact=True)
    label = next(label for label in overview.buttons if label.startswith("7Б"))
    screen = await walker.step(chapter, one, overview, label, "Класс по предметам", exact=True)
    await walker.step(chapter, one, screen, "Проверка", "Проверка качества")
    menu = await walker.menu(one)
    overview = await walker.step("", one, menu, "Итоги", "", exact=True)
    screen = await walker.step(chapter, one, overview, "Результаты получены", "Результаты получены")
    screen = await walker.step(chapter, one, screen, "Отметить получение", "Класс")
    screen = await walker.step(chapter, one, screen, "7Б", "Предмет", exact=True)
    screen = await walker.step(chapter, one, screen, screen.buttons[0], "Когда", exact=True)
    await walker.step(chapter, one, screen, "Сейчас", "Получено")
