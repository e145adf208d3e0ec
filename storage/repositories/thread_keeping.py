"""What becomes of correspondence that is older than it is kept (regulation §11, §13)."""

from datetime import datetime

from sqlalchemy import delete, exists, select

from storage.models.school import School
from storage.models.threads import Thread, ThreadEntry, ThreadRead
from storage.uow import Uow
from storage.vocabulary import SchoolId


async def schools(uow: Uow) -> list[tuple[SchoolId, dict[str, object]]]:
    """Every school with its regulation as stored."""
    return [(SchoolId(row.id), row.regulation) for row in await uow.execute(select(School.id, School.regulation))]


async def older(uow: Uow, school_id: SchoolId, before: datetime, limit: int) -> list[int]:
    """Entries of a school written before a moment, the oldest first, at most `limit`."""
    question = (
        select(ThreadEntry.id)
        .join(Thread, Thread.id == ThreadEntry.thread_id)
        .where(Thread.school_id == school_id, ThreadEntry.at < before)
        .order_by(ThreadEntry.id)
        .limit(limit)
    )
    return [row.id for row in await uow.execute(question)]


async def forget(uow: Uow, entry_ids: list[int]) -> None:
    """Delete entries, and the threads that have none left."""
    held = select(ThreadEntry.thread_id).where(ThreadEntry.id.in_(entry_ids))
    threads = [row.thread_id for row in await uow.execute(held.distinct())]
    await uow.write(delete(ThreadEntry).where(ThreadEntry.id.in_(entry_ids)))
    empty = ~exists().where(ThreadEntry.thread_id == Thread.id)
    gone = [row.id for row in await uow.execute(select(Thread.id).where(Thread.id.in_(threads), empty))]
    if gone:
        await uow.write(delete(ThreadRead).where(ThreadRead.thread_id.in_(gone)))
        await uow.write(delete(Thread).where(Thread.id.in_(gone)))
