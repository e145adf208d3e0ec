"""The letter of changed lessons: those of one child, by day."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from services.letters.diary_news import ChangeLine, Written, child_news, fewer
from services.letters.reader import Reader
from services.letters.sources import gather
from services.letters.typeset import fits, typeset
from services.outbox.transport import DueItem
from storage.uow import Uow

WIDTH = 120


async def timetable(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """What became of one child's lessons; what doesn't fit waits for the next letter."""
    student_id = items[0].student_id
    assert student_id is not None, "a changed lesson is told about a student"
    sources = await gather(uow, reader, items)
    for count in fewer(len(items)):
        told = items[:count]
        news = child_news(sources, student_id, told, WIDTH)
        days = [(day, list(lines)) for day, lines in groupby(news.changes, key=_day)]
        if fits(text := typeset("timetable", name=news.name, days=days)):
            return Written(text, tuple(item.id for item in told), (student_id,))
    raise ValueError("one changed lesson fits into a letter")


def _day(line: ChangeLine) -> str:
    return line.day
