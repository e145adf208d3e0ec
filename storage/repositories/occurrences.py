"""What the clock's jobs have done: each happens once, by primary key."""

from collections.abc import Collection, Sequence
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


async def claim_all(
    uow: Uow, wanted: Sequence[tuple[str, str, date, str]], now: datetime, *, skipped: bool = False
) -> set[tuple[str, str, date, str]]:
    """Claim many occurrences (job, scope, date, slot) in one statement; those that are ours."""
    if not wanted:
        return set()
    state = "skipped" if skipped else "done"
    rows = [
        {"job": job, "scope": scope, "local_date": on, "slot": slot, "state": state, "at": now}
        for job, scope, on, slot in sorted(set(wanted))
    ]
    claimed = (
        insert_into(uow, Occurrence)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(Occurrence.job, Occurrence.scope, Occurrence.local_date, Occurrence.slot)
    )
    return {(row.job, row.scope, row.local_date, row.slot) for row in await uow.execute(claimed)}


async def done_of(uow: Uow, scope: str, dates: Collection[date]) -> set[tuple[str, date, str]]:
    """What was done or skipped for a scope on some days: job, date and slot."""
    question = select(Occurrence.job, Occurrence.local_date, Occurrence.slot).where(
        Occurrence.scope == scope, Occurrence.local_date.in_(sorted(dates))
    )
    return {(row.job, row.local_date, row.slot) for row in await uow.execute(question)}
