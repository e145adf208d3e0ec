"""Forgets what was done long ago: updates after two weeks, letters' texts after a month, correspondence after years.

Questions and wrong codes at the door go after a day.
"""

from datetime import datetime, timedelta

from services.joining import LOCKED_FOR
from services.rules.regulation import Regulation
from storage.repositories import drafts, inbox, invitations, letter_texts, thread_keeping
from storage.uow import Storage

KEPT = timedelta(days=14)
A_BIT = 100  # rows of a transaction
AN_HOUR = timedelta(hours=1)
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


class DoorPrune:
    """A tick: wrong codes that count no more, and questions nobody answered with what was typed into them.

    Whoever finds the bot may leave such a row, known to the school or not; a little at a time, looked for once an hour.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._look_at: datetime | None = None

    async def __call__(self, now: datetime) -> None:
        """Delete at most one transaction's worth of each."""
        if self._look_at is not None and now < self._look_at:
            return
        before = now - LOCKED_FOR
        async with self._storage.reading() as uow:
            old = await invitations.has_old_failures(uow, before) or await drafts.has_expired(uow, before)
        if not old:
            self._look_at = now + AN_HOUR
            return
        async with self._storage.writing() as uow:
            await invitations.prune_failures(uow, before, A_BIT)
            await drafts.prune(uow, before, A_BIT)


class ThreadPrune:
    """A tick: correspondence goes when its years are over, a little at a time; looked for once an hour."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._look_at: datetime | None = None

    async def __call__(self, now: datetime) -> None:
        """Delete at most one transaction's worth of each school."""
        if self._look_at is not None and now < self._look_at:
            return
        async with self._storage.reading() as uow:
            old = [
                await thread_keeping.older(
                    uow, school, years_before(now, Regulation.from_json(kept).thread_years), A_BIT
                )
                for school, kept in await thread_keeping.schools(uow)
            ]
        for entries in filter(None, old):
            async with self._storage.writing() as uow:
                await thread_keeping.forget(uow, entries)
        if not any(old):
            self._look_at = now + AN_HOUR


def years_before(now: datetime, years: int) -> datetime:
    """The same day so many years ago."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:  # the 29th of February
        return now.replace(year=now.year - years, day=28)
