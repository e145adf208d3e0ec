"""New revisions of a grid's term marks: made, shown in the grid, written down."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from services.actor import Actor
from services.finals.sheets import Sheet, StudentRow
from services.letters.results import KEY
from storage.repositories import audit
from storage.repositories.finals import NewTermMark
from storage.uow import Uow
from storage.vocabulary import PersonId


def revision(
    sheet: Sheet, row: StudentRow, value: str | None, author: PersonId, now: datetime, *, issued: bool
) -> NewTermMark:
    """The next revision of a student's mark in a grid."""
    return NewTermMark(
        student_id=PersonId(row.name.id),
        subject_id=sheet.place.subject_id,
        scope=sheet.place.scope.key,
        rev=row.rev + 1,
        class_id=sheet.place.class_id,
        value=value,
        issued=issued,
        author_id=author,
        entered_at=now,
    )


def after(students: Iterable[StudentRow], added: Sequence[NewTermMark]) -> list[StudentRow]:
    """The grid's rows after what was just added."""
    new = {mark.student_id: mark for mark in added}
    return [
        row
        if (mark := new.get(PersonId(row.name.id))) is None
        else replace(row, value=mark.value, rev=mark.rev, issued=mark.is_told, without=mark.is_without)
        for row in students
    ]


async def note(uow: Uow, actor: Actor, sheet: Sheet, action: str, marks: Sequence[NewTermMark], now: datetime) -> None:
    """A line of the audit log about new revisions."""
    place = sheet.place
    one = f"{KEY}:{marks[0].student_id}:{place.subject_id}:{place.scope.key}"
    many = f"{KEY}s:{place.class_id}:{place.subgroup_id or 0}:{place.subject_id}:{place.scope.key}"
    await audit.note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action=action,
        subject=one if action == "term_mark_put" else many,
        detail={"marks": [[mark.student_id, mark.rev, mark.value] for mark in marks]},
    )
