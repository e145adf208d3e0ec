"""What became of a lesson, as an item of a family holds it, and as facts for the families of who sits in it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.letters import news
from services.outbox.items import Fact
from services.rules import quiet_hours
from services.rules.regulation import Regulation
from storage.repositories.recipients import Recipient
from storage.vocabulary import ItemKind, LessonId, PersonId

CANCELLED, MOVED, SUBSTITUTED = "cancelled", "moved", "substituted"


@dataclass(frozen=True, slots=True)
class Change:
    """How a lesson differs from the timetable; a family's item holds it as a word, None where it doesn't."""

    cancelled: bool = False
    moved_to: LessonId | None = None
    substitutes: tuple[PersonId, ...] = ()

    def __str__(self) -> str:
        if self.cancelled:
            return CANCELLED
        if self.moved_to is not None:
            return f"{MOVED}:{self.moved_to}"
        return f"{SUBSTITUTED}:{','.join(str(one) for one in sorted(self.substitutes))}"

    @classmethod
    def read(cls, value: str | None) -> "Change | None":
        """The change that an item holds."""
        if value is None:
            return None
        what, _, which = value.partition(":")
        if what == MOVED:
            return cls(moved_to=LessonId(int(which)))
        if what == SUBSTITUTED:
            return cls(substitutes=tuple(PersonId(int(one)) for one in which.split(",")))
        return cls(cancelled=True)


@dataclass(frozen=True, slots=True)
class ChangedLesson:
    """A lesson and its change; `on`: the next day that it touches, `ends_at`: when the news loses its sense."""

    lesson_id: LessonId
    change: Change | None
    on: date
    ends_at: datetime


def bundle(student_id: PersonId, on: date) -> str:
    """What the changes of one child's day share a letter by."""
    return f"timetable:{student_id}:{on.isoformat()}"


def timetable_changed(
    recipients: Sequence[Recipient],
    lesson: ChangedLesson,
    waiting: Mapping[tuple[PersonId, str], datetime],
    *,
    now: datetime,
    zone: ZoneInfo,
    regulation: Regulation,
) -> list[Fact]:
    """A lesson of the recipients' students differs from the timetable, otherwise than before, or no more.

    `waiting`: when letters of a recipient and bundle that wait are due: the window is theirs, so that a day changed
    lesson by lesson makes one letter.
    """
    facts = []
    for one in recipients:
        hours = news.hours_of(one, regulation)
        times = quiet_hours.of_lesson(ItemKind.TIMETABLE, hours, lesson.on, lesson.ends_at, now, zone, regulation)
        if times is None:
            continue
        shared = news.DIGEST if times.evening else bundle(one.student_id, lesson.on)
        due_at = min(times.due_at, waiting.get((one.person_id, shared), times.due_at))
        facts.append(
            Fact(
                school_id=one.school_id,
                bot_id=one.bot_id,
                recipient_id=one.person_id,
                kind=ItemKind.TIMETABLE,
                bundle=shared,
                collapse_key=f"timetable:{lesson.lesson_id}:{one.student_id}",
                value=None if lesson.change is None else str(lesson.change),
                priority=times.priority,
                due_at=due_at,
                cap_at=due_at,
                expires_at=times.expires_at,
                student_id=one.student_id,
                lesson_id=lesson.lesson_id,
                channel=one.channel,
            )
        )
    return facts
