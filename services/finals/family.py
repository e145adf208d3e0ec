"""«Итоги» of a child: what was issued, for own children only (В 3.7); a draft isn't there for families."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.access import access_student
from services.actor import Actor
from services.clock import Clock
from services.finals import sheets
from services.finals import spans as all_spans
from services.finals.reading import OwnReading, own_reading
from services.finals.spans import Span
from services.rules.regulation import Regulation
from storage.repositories import diary
from storage.repositories import finals as rows
from storage.repositories import receipts as receipt_rows
from storage.uow import Storage
from storage.vocabulary import PersonId


@dataclass(frozen=True, slots=True)
class SubjectResults:
    """A subject's issued results in the order of the scopes."""

    subject: str
    values: Sequence[tuple[Span, str]]


@dataclass(frozen=True, slots=True)
class ChildResults:
    """A child's results of the year, by subject; `reading`: how the guardian who asks stands to them."""

    student_id: PersonId
    first_name: str
    class_name: str
    subjects: Sequence[SubjectResults]
    reading: OwnReading | None = None


class FamilyResults:
    """Shows families what was issued."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def view(self, actor: Actor, student_id: PersonId) -> ChildResults:
        """The year's results of an own child, or one's own. Raises NotFoundHere, NotYourStudent."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar = await sheets.calendar_of(uow, actor, now)
            student = await access_student(uow, actor, student_id, calendar.today(now))
            _name, _zone, stored = await diary.school(uow, actor.school_id)
            regulation = Regulation.from_json(stored)
            received = await receipt_rows.receipts(uow, actor.school_id, calendar.year_id, student.class_id)
            spans = {
                one.scope.key: one
                for one in all_spans.spans_of(calendar, regulation, student.level, received, calendar.today(now))
            }
            stands = await rows.standing(uow, [student_id], None, list(spans))
            issued = [one for one in stands if one.issued and one.value is not None]
            subjects, _terms = await rows.titles(uow, {one.subject_id for one in issued}, actor.school_id)
            reading = await own_reading(uow, actor, student_id) if student.guarded and issued else None
        order = list(spans)
        found = []
        for subject_id, name in sorted(subjects.items(), key=lambda one: one[1]):
            own = sorted(
                (one for one in issued if one.subject_id == subject_id), key=lambda one: order.index(one.scope)
            )
            found.append(SubjectResults(name, [(spans[one.scope], one.value or "") for one in own]))
        return ChildResults(student_id, student.first_name, student.class_name, found, reading)
