"""The rest of the day: what comes by itself."""

from bot.demo import cast
from bot.preview.walker import Walker


async def walk(walker: Walker) -> None:
    """The rest of the day: cards, nudges, the evening letter."""
    marks = {}
    people = [cast.TEACHER, cast.HOMEROOM_TEACHER, cast.MOTHER, cast.FATHER, cast.NEWCOMER]
    for phone in people:
        marks[phone.id] = len((await walker.person(phone.id)).letters)
    await walker.telegram.jump("evening")
    await walker.telegram.drained()
    for phone in people:
        one = await walker.person(phone.id)
        for letter in one.letters[marks[phone.id] :]:
            walker.take(f"До вечера: {phone.label}", "Письмо", letter)
