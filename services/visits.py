"""Visits: a person's own opens, by taps and typed texts; a letter that came is none (М Регл. 3; Л Table 1)."""

from datetime import date, datetime, timedelta

from services.actor import Actor
from storage.repositories import visits as rows
from storage.uow import Storage, Uow
from storage.vocabulary import PersonId

KEPT = timedelta(days=400)  # a school year and its holidays


async def seen(uow: Uow, actor: Actor, today: date) -> bool:
    """Write down that the actor opened something on this day; False where it stands already."""
    return await rows.add(uow, actor.school_id, actor.person_id, today)


class Visits:
    """Writes down who was here on which day: at most one row a person and day, in a transaction of its own.

    Also a tick, which forgets old visits a little at a time.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        # Only spares the base: the truth is the row and its key.
        self._today: tuple[date, set[PersonId]] | None = None
        self._forgotten: date | None = None

    async def note(self, actor: Actor, now: datetime) -> None:
        """The actor has tapped or typed something."""
        today = now.astimezone(actor.zone).date()
        if self._today is None or self._today[0] != today:
            self._today = (today, set())
        if actor.person_id in self._today[1]:
            return
        async with self._storage.writing(quick=True) as uow:
            await seen(uow, actor, today)
        self._today[1].add(actor.person_id)

    async def __call__(self, now: datetime) -> None:
        """Delete what is older than a year and its holidays, at most one transaction's worth."""
        before = (now - KEPT).date()
        if self._forgotten == before:
            return
        async with self._storage.reading() as uow:
            old = await rows.has_older(uow, before)
        if not old:
            self._forgotten = before
            return
        async with self._storage.writing() as uow:
            await rows.prune(uow, before)
