"""Filters by shape: who an update comes from and what it may answer. Right is decided by services."""

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from services.actor import Actor
from services.drafts import DraftRow
from storage.vocabulary import DraftPurpose


class Known(Filter):
    """A connected person; everybody else goes on to the fallback."""

    async def __call__(self, event: CallbackQuery | Message, actor: Actor | None) -> bool:
        """Whether the update has an actor."""
        return actor is not None


class Awaits(Filter):
    """A text that a draft of this purpose awaits."""

    def __init__(self, purpose: DraftPurpose) -> None:
        self.purpose = purpose

    async def __call__(self, message: Message, draft: DraftRow | None) -> bool:
        """Whether this text answers such a draft; a command never does."""
        if message.text is None or message.text.startswith("/"):
            return False
        return draft is not None and draft.purpose is self.purpose


class Unasked(Filter):
    """A text while nothing is awaited: a word of the menu, which might as well be a topic or a letter."""

    async def __call__(self, message: Message, draft: DraftRow | None) -> bool:
        """Whether the chat wasn't asked to type anything."""
        return draft is None


class AwaitsFile(Filter):
    """A photo or document that a draft of this purpose awaits."""

    def __init__(self, purpose: DraftPurpose) -> None:
        self.purpose = purpose

    async def __call__(self, message: Message, draft: DraftRow | None) -> bool:
        """Whether this file answers such a draft."""
        if not message.photo and message.document is None:
            return False
        return draft is not None and draft.purpose is self.purpose
