"""How much waits, by kind of waiting: what a monitor asks every half a minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from storage.models.delivery import Inbox, Item, Letter
from storage.uow import Uow
from storage.vocabulary import BotId, Channel, InboxState, ItemState, LetterState

PRIORITIES = range(5)
OPEN = (LetterState.SENDING.value, LetterState.UNKNOWN.value)
SENT_BY = (Channel.TELEGRAM.value, Channel.EMAIL.value)  # paper waits for its print, not for a postman
NOT_DONE = (InboxState.NEW.value, InboxState.DEAD.value)


@dataclass(frozen=True, slots=True)
class Load:
    """Of one bot: updates by state, open letters by channel and state, due items by channel and priority with the age
    of the oldest.
    """

    updates: dict[str, int]
    oldest_update: timedelta
    due: dict[tuple[str, int], tuple[int, timedelta]]
    held: int
    letters: dict[tuple[str, str], int]


async def load(uow: Uow, bot_id: BotId, now: datetime) -> Load:
    """The load at a moment; four statements over partial indexes."""
    by_state = select(Inbox.state, func.count()).where(Inbox.bot_id == bot_id, Inbox.state.in_(NOT_DONE))
    updates = dict.fromkeys(NOT_DONE, 0) | {row[0]: row[1] for row in await uow.execute(by_state.group_by(Inbox.state))}
    oldest = (
        await uow.execute(
            select(func.min(Inbox.received_at)).where(Inbox.bot_id == bot_id, Inbox.state == InboxState.NEW.value)
        )
    ).scalar_one()
    waits = (Item.bot_id == bot_id, Item.state == ItemState.WAITING.value, Item.due_at <= now)
    due = {(channel, priority): (0, timedelta(0)) for channel in SENT_BY for priority in PRIORITIES}
    held = 0
    for row in await uow.execute(
        select(Item.channel, Item.priority, Item.hold.is_not(None), func.count(), func.min(Item.due_at))
        .where(*waits)
        .group_by(Item.channel, Item.priority, Item.hold.is_not(None))
    ):
        if row[2]:
            held += row[3]
        elif row[0] in SENT_BY:
            due[row[0], row[1]] = (row[3], now - row[4])
    open_letters = (
        select(Letter.channel, Letter.state, func.count())
        .where(Letter.bot_id == bot_id, Letter.state.in_(OPEN))
        .group_by(Letter.channel, Letter.state)
    )
    letters = {(channel, state): 0 for channel in SENT_BY for state in OPEN}
    letters |= {(row[0], row[1]): row[2] for row in await uow.execute(open_letters)}
    return Load(updates, timedelta(0) if oldest is None else now - oldest, due, held, letters)
