"""A family without electronic form: paper by an application, the week's print, the hand-over."""

from bot.demo import cast
from bot.preview.walker import Walker


async def walk(walker: Walker) -> None:
    """From the guardian's card to the sheet that was handed over."""
    chapter = "Печать для семей"
    one = await walker.person(cast.HOMEROOM_TEACHER.id)
    menu = await walker.menu(one)
    home = await walker.step("", one, menu, "Мой класс", "")
    screen = await walker.step("", one, home, "Кто подключён", "")
    screen = await walker.step("", one, screen, "Не подключены", "")
    screen = await walker.step("", one, screen, screen.buttons[0], "", exact=True)
    screen = await walker.step("", one, screen, "Как приходят", "")
    await walker.step(chapter, one, screen, "На бумаге по заявлению", "Карточка: сведения на бумаге")
    menu = await walker.menu(one)
    home = await walker.step("", one, menu, "Мой класс", "")
    screen = await walker.step(chapter, one, home, "Печать", "Печать")
    since = one.mark()
    await one.taps(next(label for label in screen.buttons if label.startswith("Напечатать")), screen)
    walker.take(chapter, "Листы и страница для подписей", await one.sees("страница для подписей", since=since))
    screen = await one.sees(button="▫", since=since)
    sheet = next(label for label in screen.buttons if label.startswith("▫"))
    await walker.step(chapter, one, screen, sheet, "Передано", exact=True)
