"""A request as people see it."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services import words
from services.corrections.places import Column
from services.rules.finals import Scope
from services.rules.short_names import Named
from storage.repositories import finals
from storage.repositories.corrections import RequestRow
from storage.uow import Uow
from storage.vocabulary import LessonId, RequestId, RequestState, SchoolId


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request, moments in school time. `what`: the kind of work, or the term. `id` None: not sent yet.

    `mine`: the reader asked for it; `decides`: the reader may decide it now.
    """

    id: RequestId | None
    class_name: str
    subject: str
    on_date: date | None
    what: str
    student: Named
    seen: int
    former: str | None
    wanted: str | None
    reason: str
    asker: str
    asked_at: datetime
    lesson_id: LessonId | None
    state: RequestState = RequestState.OPEN
    decider: str | None = None
    decided_at: datetime | None = None
    decision: str = ""
    mine: bool = False
    decides: bool = False


async def view_of(
    uow: Uow, row: RequestRow, zone: ZoneInfo, *, mine: bool = False, decides: bool = False
) -> RequestView:
    """The view of a stored request."""
    return RequestView(
        id=row.id,
        class_name=row.class_name,
        subject=row.subject,
        on_date=row.on_date,
        what=await _what(uow, row.target, row.school_id),
        student=Named(row.student_id, row.last_name, row.first_name, row.middle_name),
        seen=row.seen,
        former=row.former,
        wanted=row.wanted,
        reason=row.reason,
        asker=row.asker,
        asked_at=row.asked_at.astimezone(zone),
        lesson_id=row.lesson_id,
        state=row.state,
        decider=row.decider,
        decided_at=None if row.decided_at is None else row.decided_at.astimezone(zone),
        decision=row.decision,
        mine=mine,
        decides=decides and row.state is RequestState.OPEN,
    )


async def _what(uow: Uow, target: str, school_id: SchoolId) -> str:
    column = Column.parse(target)
    if column is not None:
        return words.work_kind(column.kind, column.ordinal)
    scope = Scope.parse(target.split(":", 2)[2])
    _subjects, terms = await finals.titles(uow, [], school_id)
    return words.term_scope(scope.kind, *terms.get(scope.key, (None, 0)))
