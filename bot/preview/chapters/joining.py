"""A family joins."""

import re

from bot.demo import cast
from bot.preview.walker import Walker


async def walk(walker: Walker) -> None:
    """Joining, step by step."""
    chapter = "Подключение семьи"
    one = await walker.person(cast.NEWCOMER.id)
    slip = next(message for message in one.messages if message.author == "friend")
    walker.take(chapter, "Листок", slip)
    await walker.types(chapter, one, "/start", "Ещё не подключена")
    await walker.types(chapter, one, "AAAAA-AAAAA", "Неверный код")
    link = re.search(r"start=([\w-]+)", slip.text)
    since = one.mark()
    await one.starts(link[1] if link else "")
    screen = await one.sees(since=since)
    walker.take(chapter, "Открыта ссылка", screen)
    while "Согласен(на)" not in screen.buttons:
        screen = await walker.step(chapter, one, screen, screen.buttons[0], "Согласие")
    await walker.step(chapter, one, screen, "Согласен(на)", "Готово")
