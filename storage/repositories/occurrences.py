"""What the clock's jobs have done: each happens once, by primary key."""

from datetime import date, datetime

from sqlalchemy import select

from storage.models.delivery import Occurrence
from storage.repositories.upsert import insert_into
from storage.uow import Uow


async def is_done(uow: Uow, job: str, scope: str, local_date: date, slot: str) -> bool:
    """Whether this occurrence was done or skipped."""
    question = select(Occurrence.job).where(
        Occurrence.job == job,
        Occurrence.scope == scope,
        Occurrence.local_date == local_date,
        Occurrence.slot == slot,
    )
    return (await uow.execute(question)).first() is not None


async def claim(
    uow: Uow, job: str, scope: str, local_date: date, slot: str, now: datetime, *, skipped: bool = False
) -> bool:
    """Whether this occurrence is ours to do, in this transaction; False: it was done or skipped before.

    With `skipped` it is recorded as one that nobody needs any more.
    """
    claimed = insert_into(uow, Occurrence).values(
        job=job, scope=scope, local_date=local_date, slot=slot, state="skipped" if skipped else "done", at=now
    )
    return await uow.write(claimed.on_conflict_do_nothing()) == 1
