"""Which channel comes after which, and how long a letter makes sense on it (О 1.6; М Регл. 3). Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from storage.vocabulary import Channel, ItemKind

# A contact of a rank below zero is tried before Telegram, the others after it; the lowest first.
FIRST = -1
RESERVE = {Channel.EMAIL: 1, Channel.PAPER: 2}
TELEGRAM_RANK = 0
# Nobody reads these on paper in time: where nothing faster is left, the homeroom teacher calls.
URGENT = frozenset({ItemKind.ABSENCE, ItemKind.ABSENCE_WITHDRAWN, ItemKind.TERM_RESULT})
# Answers to what a guardian wrote in the chat: a printed sheet has no place for them.
NOT_PRINTED = URGENT | {ItemKind.THREAD, ItemKind.NOTE_DECIDED}
SECOND_LIFE = timedelta(hours=24)  # what came too late on one channel may go on the next for so long
URGENT_LIFE = timedelta(hours=2)
NOBODY_PRINTS = timedelta(minutes=5)


def expiry(channel: Channel, kind: ItemKind, due_at: datetime, expires_at: datetime | None) -> datetime | None:
    """Until when a fact makes sense on its channel.

    What is printed waits for the next print. What isn't goes on by the next channel, or on the list, at once.
    """
    if channel is not Channel.PAPER or expires_at is None:
        return expires_at
    return min(expires_at, due_at + NOBODY_PRINTS) if kind in NOT_PRINTED else None


def ordered(ranks: Sequence[tuple[int, Channel]]) -> tuple[Channel, ...]:
    """Somebody's channels in the order in which they are tried."""
    return tuple(channel for _, channel in sorted(ranks))


def after(channel: Channel, kind: ItemKind, ways: Sequence[Channel]) -> Channel | None:
    """The channel that takes over from one that failed; None: none is left.

    One that is none of theirs any more gives over to their first.
    """
    rest = ways[ways.index(channel) + 1 :] if channel in ways else ways
    return next((one for one in rest if one is not Channel.PAPER or kind not in NOT_PRINTED), None)


def second_expiry(channel: Channel, kind: ItemKind, now: datetime) -> datetime | None:
    """Until when a letter makes sense on the channel that takes over; None: for ever."""
    if kind is ItemKind.TERM_RESULT or channel is Channel.PAPER:
        return None
    return now + (URGENT_LIFE if kind in URGENT else SECOND_LIFE)
