"""Who is away: sick leave, leave, trips."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, exists, select

from storage.models.control import StaffLeave
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import PersonId


def away(person_id: ColumnElement[int], day: ColumnElement[date] | date) -> ColumnElement[bool]:
    """That a person of the question is on leave on a day; correlate it by the question's own tables."""
    return exists().where(
        StaffLeave.person_id == person_id,
        holds_on(StaffLeave.since_on, StaffLeave.until_on, day),  # type: ignore[arg-type]
    )


async def on_leave(uow: Uow, person_ids: Collection[PersonId], on: date) -> set[PersonId]:
    """Which of these people are on leave on a day."""
    if not person_ids:
        return set()
    question = select(StaffLeave.person_id).where(
        StaffLeave.person_id.in_(list(person_ids)), holds_on(StaffLeave.since_on, StaffLeave.until_on, on)
    )
    return {row.person_id for row in await uow.execute(question)}
