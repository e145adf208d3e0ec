"""What a transaction is about to write letters of, so that what stands behind them is read once for all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from storage.repositories.due import DueRow
from storage.uow import Uow
from storage.vocabulary import LessonId, PersonId, WorkId


@dataclass(frozen=True, slots=True)
class Ahead:
    """The ids of due items that are to be composed from one snapshot."""

    recipients: frozenset[PersonId] = frozenset()
    students: frozenset[PersonId] = frozenset()
    lessons: frozenset[LessonId] = frozenset()
    works: frozenset[WorkId] = frozenset()


_of: WeakKeyDictionary[Uow, Ahead] = WeakKeyDictionary()
NOTHING = Ahead()


def announce(uow: Uow, rows: Iterable[DueRow]) -> None:
    """These items are composed from this transaction."""
    due = list(rows)
    _of[uow] = Ahead(
        frozenset(PersonId(one.recipient_id) for one in due),
        frozenset(PersonId(one.student_id) for one in due if one.student_id is not None),
        frozenset(LessonId(one.lesson_id) for one in due if one.lesson_id is not None),
        frozenset(WorkId(one.work_id) for one in due if one.work_id is not None),
    )


def ahead_of(uow: Uow) -> Ahead:
    """What was announced for a transaction; nothing where a letter is composed alone."""
    return _of.get(uow, NOTHING)
