"""Whether a messenger account takes letters."""

from datetime import datetime

from sqlalchemy import null, select, update

from storage.models.people import TelegramAccount
from storage.uow import Uow
from storage.vocabulary import AccountState, BotId, PersonId


async def mark_unreachable(uow: Uow, bot_id: BotId, address: str, reason: str, now: datetime) -> list[PersonId]:
    """The messenger refuses this chat; the items of its person wait. Whose it was, where that is news."""
    found = await uow.execute(
        update(TelegramAccount)
        .where(
            TelegramAccount.bot_id == bot_id,
            TelegramAccount.chat_id == int(address),
            TelegramAccount.state != AccountState.REVOKED.value,
            TelegramAccount.unreachable_at.is_(None),
        )
        .values(unreachable_at=now, unreachable_reason=reason)
        .returning(TelegramAccount.person_id)
    )
    return [PersonId(row.person_id) for row in found]


async def is_unreachable(uow: Uow, bot_id: BotId, chat_id: int) -> bool:
    """Whether an account of this chat was given up."""
    found = await uow.execute(
        select(TelegramAccount.id).where(
            TelegramAccount.bot_id == bot_id,
            TelegramAccount.user_id == chat_id,
            TelegramAccount.state != AccountState.REVOKED.value,
            TelegramAccount.unreachable_at.is_not(None),
        )
    )
    return found.first() is not None


async def release(uow: Uow, bot_id: BotId, chat_id: int) -> list[PersonId]:
    """The chat takes letters again: what waits for its person may go; whose chat it is."""
    released = await uow.execute(
        update(TelegramAccount)
        .where(
            TelegramAccount.bot_id == bot_id,
            TelegramAccount.user_id == chat_id,
            TelegramAccount.state != AccountState.REVOKED.value,
            TelegramAccount.unreachable_at.is_not(None),
        )
        .values(unreachable_at=null(), unreachable_reason=null())
        .returning(TelegramAccount.person_id)
    )
    return sorted(PersonId(row.person_id) for row in released)


async def move(uow: Uow, bot_id: BotId, address: str, to: str) -> None:
    """The chat has a new id."""
    await uow.write(
        update(TelegramAccount)
        .where(TelegramAccount.bot_id == bot_id, TelegramAccount.chat_id == int(address))
        .values(chat_id=int(to))
    )
