"""Whose marks propose a failing term mark: told weekly at most, a child and subject (В 4.4.9)."""

from collections import defaultdict
from datetime import datetime, timedelta
from operator import itemgetter

from services.family_ticks.occasions import Occasion
from services.gaps import Frame
from services.letters.news import hours_of
from services.letters.risk import Risk
from services.outbox.items import Fact
from services.rules import averages, quiet_hours
from services.rules.averages import Scored
from services.rules.finals import Scope
from storage.repositories import family_ticks, recipients
from storage.repositories.family_ticks import ClassOnDay
from storage.uow import Uow
from storage.vocabulary import ItemKind, PersonId, SubjectId, TermScope

LEAST_MARKS = 3  # fewer say nothing yet


async def facts(uow: Uow, frame: Frame, school_class: ClassOnDay, occasion: Occasion, now: datetime) -> list[Fact]:
    """For the families of a class; what stands as it was told last week is no news."""
    if not frame.regulation.takes_marks(school_class.level, school_class.short_stay):
        return []
    term = frame.calendar.term_on(occasion.on, frame.regulation.term_kind(school_class.level))
    if term is None or term.closed:
        return []
    marks: dict[tuple[PersonId, SubjectId], list[Scored]] = defaultdict(list)
    for mark in await family_ticks.marks_of(uow, frame.school_id, school_class.students, term.starts_on, occasion.on):
        if averages.is_number(mark.value):
            marks[mark.student_id, mark.subject_id].append(Scored(mark.value, mark.kind))
    failing = {key: found for key, own in marks.items() if (found := _risk(own, frame)) is not None}
    if not failing:
        return []
    done = await family_ticks.issued(uow, school_class.students, Scope(TermScope.TERM, term.id).key)
    told = []
    for one in await recipients.recipients_of_students(uow, {student for student, _ in failing}, frame.today):
        times = quiet_hours.times(
            ItemKind.RISK, hours_of(one, frame.regulation), max(now, occasion.at), frame.zone, frame.regulation
        )
        if times is None:
            continue
        for (student_id, subject_id), found in sorted(failing.items(), key=itemgetter(0)):
            if student_id != one.student_id or (student_id, subject_id) in done:
                continue
            told.append(
                Fact(
                    school_id=one.school_id,
                    bot_id=one.bot_id,
                    recipient_id=one.person_id,
                    kind=ItemKind.RISK,
                    bundle=f"risk:{student_id}",
                    collapse_key=f"risk:{student_id}:{subject_id}:{term.id}",
                    value=str(found),
                    priority=times.priority,
                    due_at=times.due_at,
                    cap_at=times.cap_at,
                    expires_at=min(occasion.until, times.due_at + timedelta(days=7)),
                    student_id=student_id,
                    channel=one.channel,
                )
            )
    return told


def _risk(marks: list[Scored], frame: Frame) -> Risk | None:
    """A failing proposal of enough marks, with what would lift it."""
    mean = averages.average(marks, frame.regulation)
    proposed = averages.proposal(mean, frame.regulation)
    if mean is None or proposed is None or len(marks) < LEAST_MARKS or not averages.fails(proposed, frame.regulation):
        return None
    return Risk(proposed, mean, averages.forecast(marks, frame.regulation))
