"""«Журнал замещения уроков» (М 5 учитель б; В 4.4.8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.access import lesson_with_rules
from services.actor import Actor
from services.assignments import ensure_arranges
from services.clock import Clock
from services.lessons import missing_parts
from services.rules.short_names import Named
from storage.repositories import diary, lessons, substitutions
from storage.uow import Storage

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class JournalLine:
    """A line of «Журнал замещения уроков»: `complete` is the record's standing, None before the lesson's end."""

    on_date: date
    slot: int
    audience: str
    subject: str
    absent: Named
    reason: str
    substitute: Named
    complete: bool | None


@dataclass(frozen=True, slots=True)
class SubstitutionJournal:
    """«Журнал замещения уроков» of days from `since` to `until`, both included, as of `now`."""

    school: str
    now: datetime
    since: date
    until: date
    lines: Sequence[JournalLine]


class SubstitutionJournals:
    """Shows the journal of substitutions."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def of_days(self, actor: Actor, since: date, until: date) -> SubstitutionJournal:
        """«Журнал замещения уроков»: what stands for the days from `since` to `until`, both included."""
        ensure_arranges(actor)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            school, _zone, _rules = await diary.school(uow, actor.school_id)
            listed = await substitutions.listed(uow, actor.school_id, since, until)
            ids = sorted({one.lesson_id for one in listed})
            found = {}
            for start in range(0, len(ids), AT_ONCE):
                for row in await lessons.by_ids(uow, ids[start : start + AT_ONCE], actor.person_id):
                    found[row.id] = lesson_with_rules(row)
        lines = []
        for one in listed:
            lesson = found[one.lesson_id]
            ended = lesson.row.ends_at <= now
            lines.append(
                JournalLine(
                    one.on_date,
                    one.slot,
                    lesson.audience,
                    lesson.row.subject,
                    Named(0, *one.absent),
                    one.reason,
                    Named(one.substitute_id, *one.substitute),
                    not missing_parts(lesson) if ended else None,
                )
            )
        return SubstitutionJournal(school, now, since, until, lines)
