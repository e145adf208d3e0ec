"""Days on which people opened something (М Регл. 3; Л Table 1)."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, func, select

from storage.models.family import Visit
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import PersonId, SchoolId

CHUNK = 200


async def add(uow: Uow, school_id: SchoolId, person_id: PersonId, on: date) -> bool:
    """Write down that somebody was here on a day; False where it stands already."""
    return await add_unless_there(uow, Visit, {"person_id": person_id, "on_date": on, "school_id": school_id})


async def days_of(uow: Uow, person_ids: Collection[PersonId], since: date, until: date) -> dict[PersonId, int]:
    """On how many days from one to another each of these people was here; who never was isn't in it."""
    if not person_ids:
        return {}
    question = (
        select(Visit.person_id, func.count().label("days"))
        .where(Visit.person_id.in_(list(person_ids)), Visit.on_date >= since, Visit.on_date <= until)
        .group_by(Visit.person_id)
    )
    return {PersonId(row.person_id): row.days for row in await uow.execute(question)}


async def last_of(uow: Uow, person_ids: Collection[PersonId]) -> dict[PersonId, date]:
    """The last day on which each of these people was here."""
    if not person_ids:
        return {}
    question = (
        select(Visit.person_id, func.max(Visit.on_date).label("last_on"))
        .where(Visit.person_id.in_(list(person_ids)))
        .group_by(Visit.person_id)
    )
    return {PersonId(row.person_id): row.last_on for row in await uow.execute(question)}


async def has_older(uow: Uow, before: date) -> bool:
    """Whether visits before a day are kept."""
    return (await uow.execute(select(Visit.person_id).where(Visit.on_date < before).limit(1))).first() is not None


async def prune(uow: Uow, before: date) -> None:
    """Forget some of the visits before a day."""
    old = select(Visit.person_id, Visit.on_date).where(Visit.on_date < before).limit(CHUNK)
    for row in (await uow.execute(old)).all():
        await uow.write(delete(Visit).where(Visit.person_id == row.person_id, Visit.on_date == row.on_date))
