"""What the postman needs from outside: somebody who writes a letter and somebody who carries it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from services.outbox.outcomes import Outcome
from storage.repositories.preferences import ChosenHours
from storage.uow import Uow as Uow  # for composers, which may not know the archive
from storage.vocabulary import (
    BotId,
    Channel,
    ItemId,
    ItemKind,
    LessonId,
    LetterId,
    LetterMethod,
    LetterState,
    PersonId,
    SchoolId,
    WorkId,
)

log = logging.getLogger("zvonok.postman")


@dataclass(frozen=True, slots=True)
class Reachable:
    """A recipient who can be written to now; `address` is the messenger's chat, or where else the channel carries.

    `regulation` is the school's, as stored; `chosen` the hours that the recipient chose, None: the school's hold.
    """

    person_id: PersonId
    school_id: SchoolId
    bot_id: BotId
    address: str
    locale: str
    zone: ZoneInfo
    channel: Channel = Channel.TELEGRAM
    mailbox: str = ""  # the e-mail address, where the channel is e-mail
    regulation: dict[str, Any] = field(default_factory=dict)
    chosen: ChosenHours | None = None


class DueItem(NamedTuple):
    """A fact that is due; `base` is what the recipient was last told under its key.

    `previous_letter_id` is the letter that told `base` and stands in the chat: an EDIT or DELETE may aim at it.
    """

    id: ItemId
    rev: int
    kind: ItemKind
    bundle: str
    collapse_key: str
    base: str | None
    value: str | None
    priority: int
    due_at: datetime
    student_id: PersonId | None
    lesson_id: LessonId | None
    work_id: WorkId | None
    previous_letter_id: LetterId | None


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter ready to be frozen, and the items it tells: those of the bundle that fit, the rest go next.

    `payload`: {"text": HTML, "rows": [[{"label", "data" | "url"}]], "silent": bool}; a DOCUMENT has also
    "document": {"name", "base64"} or {"file_id"}, a PHOTO "photo", its file id, with the text as caption.
    """

    payload: dict[str, Any]
    item_ids: tuple[ItemId, ...]
    method: LetterMethod = LetterMethod.SEND
    target_letter_id: LetterId | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """The bundle is due at a bad hour, since it was held up: it may go at `until`."""

    until: datetime


class Composer(Protocol):
    """Writes letters."""

    async def compose(
        self, uow: Uow, recipient: Reachable, items: Sequence[DueItem], now: datetime
    ) -> Composed | Later | None:
        """The letter for the due items of one bundle, in order of their ids, from a read transaction.

        None: nothing is left to tell, and the items are cancelled.
        """
        ...


@dataclass(frozen=True, slots=True)
class FrozenLetter:
    """A letter on its way: claimed, stored, unchangeable. `copy` is the number of the repetition, 0 for the first."""

    id: LetterId
    address: str
    method: LetterMethod
    payload: dict[str, Any]
    target_external_id: str | None
    copy: int = 0


class Transport(Protocol):
    """Carries letters."""

    async def send(self, letter: FrozenLetter) -> Outcome:
        """Make the one request and say what became of it; never raises."""
        ...


async def carried(transport: Transport, letter: FrozenLetter) -> Outcome:
    """What became of the letter, even where the transport stumbles over it: dead, so that it stands on the list."""
    try:
        return await transport.send(letter)
    except Exception as error:
        log.error("transport_stumbled letter=%d", letter.id, exc_info=error)
        return Outcome(LetterState.DEAD, "not_made")
