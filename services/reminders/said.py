"""What a nudge or a reminder says: the gaps it names that are still open, or that nothing is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from services import gaps
from services.access import lesson_with_rules
from services.lessons import LessonTitle, title_of
from services.rules import gaps as rules
from services.rules.gaps import Gap
from storage.repositories import lessons
from storage.uow import Uow
from storage.vocabulary import ItemKind, LessonId, PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class Thing:
    """Something open: its gaps, which one screen closes."""

    token: str
    gaps: Sequence[Gap]


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a message says. `at_bell`: a lesson has just ended; `done`: nothing is missing any more of what it named.

    `closed` are the lessons it named, when done. Moments of gaps are aware UTC, `zone` is the school's.
    """

    things: Sequence[Thing]
    closed: Sequence[LessonTitle]
    done: bool
    at_bell: bool
    zone: ZoneInfo
    now: datetime


def tokens_in(value: str | None) -> list[str]:
    """The tokens of an item's value, «12,w15»."""
    return [one for one in (value or "").split(",") if one]


async def said(
    uow: Uow,
    school_id: SchoolId,
    teacher_id: PersonId,
    kind: ItemKind,
    value: str | None,
    base: str | None,
    now: datetime,
) -> Reminder | None:
    """What a message says of the gaps in `value`, or, when that is None, in `base`, which it named before.

    None: there is nothing to say, for all was filled in before it went, or is the teacher's no more.
    """
    frame = await gaps.frame_of(uow, school_id, now)
    tokens = tokens_in(value or base)
    if frame is None or not tokens:
        return None
    found = (await gaps.of_tokens(uow, frame, tokens, [teacher_id])).get(teacher_id, [])
    at_bell = kind is ItemKind.LESSON_NUDGE
    if found:
        things = [Thing(token, own) for token, own in rules.by_token(found).items()]
        return Reminder(things, [], done=False, at_bell=at_bell, zone=frame.zone, now=now)
    if base is None:
        return None
    named = [LessonId(int(one)) for one in tokens if one.isdecimal()]
    closed = [title_of(lesson_with_rules(row)) for row in await lessons.by_ids(uow, named, teacher_id) if row.mine]
    if named and not closed and len(named) == len(tokens):
        return None
    return Reminder([], closed, done=True, at_bell=at_bell, zone=frame.zone, now=now)
