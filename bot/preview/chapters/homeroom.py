"""The class, on its homeroom teacher's phone."""

from bot.demo import cast
from bot.preview.walker import Walker


async def walk(walker: Walker) -> None:
    """The class: who is connected, slips."""
    chapter = "Классный руководитель"
    one = await walker.person(cast.HOMEROOM_TEACHER.id)
    await walker.types(chapter, one, "/start", "Меню")
    home = await walker.step(chapter, one, one.last, "Мой класс", "Мой класс")
    for label in home.buttons:
        if label == "Меню":
            continue
        since = one.mark()
        await one.taps(label, home)
        screen = await one.sees(since=since)
        walker.take(chapter, label, screen)
        await walker.menu(one)
        home = await walker.step(chapter, one, one.last, "Мой класс", "")
