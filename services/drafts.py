"""Drafts: what the next typed text of a messenger user is for. Rows, so that a restart forgets no question.

A text goes where its draft says. The use case that takes the text takes the draft in its own transaction; a refusal
rolls both back, and the question stands.
"""

from datetime import datetime, timedelta
from typing import Any

from services.actor import Actor, Visitor
from services.clock import Clock
from storage.repositories import drafts as rows
from storage.repositories.drafts import DraftRow
from storage.uow import Storage, Uow
from storage.vocabulary import BotId, DraftPurpose

LIVES = timedelta(minutes=30)  # a text typed later is hardly the answer any more

ENTERED = frozenset(
    {
        DraftPurpose.TOPIC,
        DraftPurpose.HOMEWORK,
        DraftPurpose.MARK_COMMENT,
        DraftPurpose.CORRECTION,
        DraftPurpose.DECISION,
        DraftPurpose.LESSON_STATE,
        DraftPurpose.ARRANGEMENT,
        DraftPurpose.THREAD,  # else a quick line typed at the next lesson would go to a family as a letter
        DraftPurpose.HAND_OVER,
        DraftPurpose.BROADCAST,
        DraftPurpose.ABSENCE_NOTE,
        DraftPurpose.BRIEFING,
        DraftPurpose.CONTACT,
    }
)

__all__ = ["DraftRow", "Drafts", "drop", "expect", "leave", "peek", "take", "text_awaited"]


class Drafts:
    """Tells handlers whether a text is awaited."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def peek(self, visitor: Visitor | Actor) -> DraftRow | None:
        """The draft of a messenger user, left in its place."""
        async with self._storage.reading() as uow:
            return await rows.find(uow, visitor.bot_id, visitor.user_id, self._clock.now())


async def expect(
    uow: Uow, bot_id: BotId, user_id: int, purpose: DraftPurpose, data: dict[str, Any], now: datetime
) -> None:
    """Let the next text be for this; a newer question takes the place of an older."""
    await rows.put(uow, bot_id, user_id, purpose, data, now, now + LIVES)


async def text_awaited(uow: Uow, actor: Actor, now: datetime) -> bool:
    """Whether the next text of this person would be entered into a lesson, or sent to somebody."""
    found = await rows.find(uow, actor.bot_id, actor.user_id, now)
    return found is not None and found.purpose in ENTERED


async def leave(storage: Storage, actor: Actor, now: datetime) -> None:
    """Looking elsewhere ends a question: what is typed later must not land in the lesson left behind."""
    async with storage.writing(actor.seq, now=now) as uow:
        await rows.remove(uow, actor.bot_id, actor.user_id)


async def peek(uow: Uow, bot_id: BotId, user_id: int, purpose: DraftPurpose, now: datetime) -> dict[str, Any] | None:
    """The data of a user's draft, left in its place; None if the user has none of this purpose."""
    found = await rows.find(uow, bot_id, user_id, now)
    return None if found is None or found.purpose is not purpose else found.data


async def take(uow: Uow, bot_id: BotId, user_id: int, purpose: DraftPurpose, now: datetime) -> dict[str, Any] | None:
    """The data of a user's draft, taken away with this transaction; None if the user has none of this purpose."""
    data = await peek(uow, bot_id, user_id, purpose, now)
    if data is not None:
        await rows.remove(uow, bot_id, user_id)
    return data


async def drop(uow: Uow, bot_id: BotId, user_id: int) -> None:
    """Await nothing any more."""
    await rows.remove(uow, bot_id, user_id)
