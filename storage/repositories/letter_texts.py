"""The texts of letters that had their end long ago."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, select, update

from storage.models.delivery import Letter
from storage.uow import Uow
from storage.vocabulary import LetterId, LetterState

UNRESOLVED = (LetterState.SENDING.value, LetterState.UNKNOWN.value)
EMPTY = "{}"
CHUNK = 200


@dataclass(frozen=True, slots=True)
class OldLetter:
    """An old letter, and whether it still has a text."""

    id: LetterId
    tells: bool


async def old(uow: Uow, after: int, before: datetime) -> list[OldLetter]:
    """Letters made before a moment that had their end, in order after an id, at most a chunk."""
    question = (
        select(Letter.id, (cast(Letter.payload, Text) != EMPTY).label("tells"))
        .where(Letter.id > after, Letter.created_at < before, Letter.state.not_in(UNRESOLVED))
        .order_by(Letter.id)
        .limit(CHUNK)
    )
    return [OldLetter(row.id, bool(row.tells)) for row in await uow.execute(question)]


async def forget(uow: Uow, letter_ids: Sequence[LetterId]) -> None:
    """Empty these letters."""
    await uow.write(update(Letter).where(Letter.id.in_(letter_ids)).values(payload={}))
