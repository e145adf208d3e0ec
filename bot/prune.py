"""Forgets what was done long ago: updates after two weeks, the texts of letters after a month."""

from datetime import datetime, timedelta

from storage.repositories import inbox, letter_texts
from storage.uow import Storage

KEPT = timedelta(days=14)
TEXTS_KEPT = timedelta(days=30)  # far longer than a letter may be repeated, edited or recalled


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


class LetterPrune:
    """A tick: of an old letter stays who was told what and when; its text and buttons go, a little at a time."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._up_to = 0  # everything before is forgotten; a new process looks through the table once

    async def __call__(self, now: datetime) -> None:
        """Forget the texts of at most one transaction's worth of letters."""
        async with self._storage.reading() as uow:
            old = await letter_texts.old(uow, self._up_to, now - TEXTS_KEPT)
        telling = [one.id for one in old if one.tells]
        if telling:
            async with self._storage.writing() as uow:
                await letter_texts.forget(uow, telling)
        if old:
            self._up_to = old[-1].id
