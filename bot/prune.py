"""Forgets updates that were done long ago."""

from datetime import datetime, timedelta

from storage.repositories import inbox
from storage.uow import Storage

KEPT = timedelta(days=14)


class InboxPrune:
    """A tick: the inbox keeps two weeks, and lets go of a little at a time."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def __call__(self, now: datetime) -> None:
        """Delete what is older, at most one transaction's worth."""
        before = now - KEPT
        async with self._storage.reading() as uow:
            old = await inbox.has_older(uow, before)
        if old:
            async with self._storage.writing() as uow:
                await inbox.prune(uow, before)
