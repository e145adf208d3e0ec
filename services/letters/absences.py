"""Letters about an absence: that it is, that it was taken back, that its reason is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services import words
from services.letters.diary_news import Written
from services.letters.news import EXPLAINED
from services.letters.notices import Notice
from services.letters.reader import Reader
from services.letters.sources import gather
from services.letters.typeset import fits, in_sentence, typeset
from services.outbox.transport import DueItem, Reachable
from storage.repositories import diary, guardians
from storage.uow import Uow
from storage.vocabulary import AttendanceCode, PersonId


@dataclass(frozen=True, slots=True)
class AbsentLine:
    """Somebody who has been absent since a day."""

    name: str
    since: str


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


async def absent_days(uow: Uow, reader: Reader, items: Sequence[DueItem], now: datetime) -> Written | None:
    """A child has been absent for days without a reason (В 4.4.9)."""
    item = items[0]
    if item.student_id is None or item.value is None:
        return None
    name = reader.called((await diary.names(uow, [item.student_id]))[item.student_id])
    since = words.weekday(date.fromisoformat(item.value))
    return Written(typeset("absent_days", name=name, since=since), (item.id,), (item.student_id,))


async def absent_days_notice(uow: Uow, recipient: Reachable, items: Sequence[DueItem], today: date) -> Notice | None:
    """The same to the homeroom teacher, of the students of the own class; None where none of them is any more."""
    since = {student_of(item.collapse_key): date.fromisoformat(item.value) for item in items if item.value}
    own = [one for one in await guardians.students_led(uow, recipient.person_id, today) if one.student_id in since]
    if not own:
        return None
    lines = [AbsentLine(f"{one.last_name} {one.first_name}", words.weekday(since[one.student_id])) for one in own]
    shown = len(lines)
    while not fits(text := typeset("absent_days_staff", lines=lines[:shown])):
        shown = shown * 3 // 4
    return Notice(text, tuple(item.id for item in items), absences_of=own[0].class_id)


def key_of(student_id: PersonId, since: date) -> str:
    """The key of a run of days: its first day, so that it is told of once."""
    return f"absent_days:{student_id}:{since.isoformat()}"


def student_of(collapse_key: str) -> PersonId:
    """The student whom such a key names."""
    return PersonId(int(collapse_key.split(":")[1]))
