"""What a letter about changed lessons says: of each, what it is to its reader now."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.arrangements import ABSENT, CANCELLED, MOVED, SUBSTITUTE, named, title
from services.lessons import LessonTitle
from services.outbox.transport import DueItem, Reachable
from services.rules.short_names import Named
from storage.repositories import arrangements as rows
from storage.repositories import substitutions
from storage.uow import Uow
from storage.vocabulary import LessonId, LessonState, PersonId


class What(StrEnum):
    """What became of a lesson, to its reader."""

    YOU_SUBSTITUTE = "you_substitute"
    SUBSTITUTED = "substituted"  # another gives it for the reader
    CANCELLED = "cancelled"
    MOVED = "moved"
    RELEASED = "released"  # the reader was to substitute, and needn't
    AS_USUAL = "as_usual"


@dataclass(frozen=True, slots=True)
class Change:
    """One lesson: `person` is whom the reader replaces, or who replaces the reader; `moved_to` where it is held."""

    title: LessonTitle
    what: What
    person: Named | None = None
    reason: str = ""
    moved_to: LessonTitle | None = None


async def changes_in(uow: Uow, recipient: Reachable, items: Sequence[DueItem]) -> list[Change]:
    """The lessons that the items speak of, in their order; what is gone altogether is left out."""
    by_lesson = {one.lesson_id: one for one in items if one.lesson_id is not None}
    moved = {LessonId(int(value.partition(":")[2])) for one in items if (value := one.value or "").startswith(MOVED)}
    found = {one.id: one for one in await rows.by_ids(uow, recipient.school_id, {*by_lesson, *moved})}
    told = []
    for lesson_id, row in found.items():
        item = by_lesson.get(lesson_id)
        if item is None:
            continue
        what, _sep, other = (item.value or "").partition(":")
        about = title(row, recipient.zone)
        if what == SUBSTITUTE:
            told.append(Change(about, What.YOU_SUBSTITUTE, await _replaced(uow, recipient, lesson_id)))
        elif what == ABSENT:
            person = await rows.person(uow, recipient.school_id, PersonId(int(other)))
            told.append(Change(about, What.SUBSTITUTED, named(person) if person else None))
        elif what == CANCELLED or row.state is LessonState.CANCELLED:
            told.append(Change(about, What.CANCELLED, reason=row.state_reason))
        elif what == MOVED:
            to = found.get(LessonId(int(other)))
            where = None if to is None else title(to, recipient.zone)
            told.append(Change(about, What.MOVED, reason=row.state_reason, moved_to=where))
        else:
            told.append(Change(about, What.RELEASED if item.base == SUBSTITUTE else What.AS_USUAL))
    return told


async def _replaced(uow: Uow, recipient: Reachable, lesson_id: LessonId) -> Named | None:
    """Whom the reader gives a lesson for."""
    for one in await substitutions.in_force(uow, [lesson_id]):
        if one.substitute_id == recipient.person_id:
            person = await rows.person(uow, recipient.school_id, one.absent_id)
            return named(person) if person else None
    return None
