"""What is overdue: the morning's list of the deputy head, «Контроль», a teacher's page."""

from bot.demo import cast
from bot.preview.walker import Walker

TO_THE_LIST = 31 * 60  # seconds from eight o'clock
CHAPTER = "Завуч: контроль"


async def walk(walker: Walker) -> None:
    """The next school day's list, the overview and who has most of it."""
    one = await walker.person(cast.DEPUTY.id)
    await walker.telegram.jump("morning")
    await walker.telegram.drained()
    since = one.mark()
    await walker.telegram.advance(TO_THE_LIST)
    await walker.telegram.drained()
    letter = await one.sees("Просрочено в журналах на утро", since=since)
    walker.take(CHAPTER, "Список на утро", letter)
    screen = await walker.step(CHAPTER, one, letter, "Контроль", "Контроль: по учителям")
    await walker.step(CHAPTER, one, screen, screen.buttons[0], "Чего не хватает у учителя")
