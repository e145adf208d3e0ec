"""Saturday: the week in short, over all children."""

from datetime import datetime, time, timedelta

from bot.demo import cast, moment
from bot.preview.walker import Walker

SATURDAY = 5


async def walk(walker: Walker) -> None:
    """The weekly letters of the families that have phones."""
    state = await walker.telegram.state()
    now = datetime.fromisoformat(state["clock"]["now"]).astimezone(moment.ZONE)
    day = now.date() + timedelta(days=(SATURDAY - now.weekday()) % 7 or 7)
    people = [await walker.person(phone.id) for phone in (cast.MOTHER, cast.FATHER)]
    marks = [len(one.letters) for one in people]
    await walker.telegram.set_clock(datetime.combine(day, time(10, 1), moment.ZONE))
    await walker.telegram.drained()
    for phone, one, before in zip((cast.MOTHER, cast.FATHER), people, marks, strict=True):
        for letter in one.letters[before:]:
            walker.take(f"Суббота: {phone.label}", "Письмо", letter)
