"""What teachers do in several scenes, finger by finger."""

from bot.sandbox.client import Message
from bot.sandbox.client import Person as Phone
from tests.scenes.world import World


async def marks_absent(world: World, teacher: Phone, *names: str, hour: str = "10:34") -> None:
    """In the third lesson, algebra of 7Б: these are absent, and «Готово»."""
    await world.clock_shows(hour)
    card = await teacher.sees("7Б · Алгебра", button="Посещаемость")
    await teacher.taps("Посещаемость", card, then="в списке 30")
    for name in names:
        await finds(teacher, name)
        since = teacher.mark()
        await teacher.taps(name)
        await teacher.sees(button=f"❌ {name}", since=since)
    await teacher.taps("Готово", then="✅ Посещаемость")


async def opens_marks(world: World, teacher: Phone) -> None:
    """To the grid of answers of that lesson."""
    await world.clock_shows("10:40")
    card = await teacher.sees("7Б · Алгебра", button="Оценки")
    await teacher.taps("Оценки", card, then="За что оценки?")
    await teacher.taps("Ответ", then="Нажмите на имя")


async def puts_mark(teacher: Phone, name: str, value: str) -> None:
    """A mark in the open grid."""
    await finds(teacher, name)
    await teacher.taps(name)
    await teacher.taps(value, then=f"— {value}")


async def finds(teacher: Phone, name: str) -> None:
    """Turn the page of the open grid if the name isn't on it."""
    grid = await teacher.sees("Страница")
    if not any(name in label for label in grid.buttons):
        other = next(label for label in grid.buttons if label in {"2/2 →", "← 1/2"})
        await teacher.taps(other, grid, then="Страница 2" if other == "2/2 →" else "Страница 1")


def came(phone: Phone, since: int) -> list[Message]:
    """Letters new or changed since a mark(), oldest first."""
    return [one for one in phone.letters if one.changed > since]


def texts(phone: Phone, since: int) -> list[str]:
    """Their texts."""
    return [one.text for one in came(phone, since)]
