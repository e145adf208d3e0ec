"""Letters about an absence: that it is, that it was taken back, that its reason is known."""

from collections.abc import Sequence
from datetime import datetime

from services import words
from services.letters.diary_news import Written
from services.letters.news import EXPLAINED
from services.letters.reader import Reader
from services.letters.sources import gather
from services.letters.typeset import in_sentence, typeset
from services.outbox.transport import DueItem
from storage.repositories import diary
from storage.uow import Uow
from storage.vocabulary import AttendanceCode


async def absence(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written:
    """One child and one lesson, nothing of the reason (product §3)."""
    item = items[0]
    assert item.student_id is not None and item.lesson_id is not None
    sources = await gather(uow, reader, [item])
    lesson = sources.lessons[item.lesson_id]
    view = {
        "name": sources.name(item.student_id),
        "subject": in_sentence(lesson.subject),
        "number": lesson.slot,
        "hour": words.hour(lesson.starts_at, reader.zone),
        "day": None if lesson.on_date == reader.today else words.day(lesson.on_date, reader.today),
    }
    if item.value == AttendanceCode.ABSENT:
        text = typeset("absence", **view)
    elif item.value == EXPLAINED:
        text = typeset("absence_explained", **view)
    else:
        stands = await diary.absences(uow, item.student_id, [item.lesson_id])
        late = item.lesson_id in stands and stands[item.lesson_id].code is AttendanceCode.LATE
        text = typeset("absence_withdrawn", **view, late=late)
    return Written(text, (item.id,), (item.student_id,))
