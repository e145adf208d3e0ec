"""The next channel takes over where one failed; only when none is left does a fact stand on a list (О 1.6)."""

from collections.abc import Sequence
from datetime import datetime

from services.rules import channels as rules
from storage.repositories import contacts as rows
from storage.repositories.contacts import Stuck, TakenOver
from storage.uow import Uow
from storage.vocabulary import Channel, ContactId, ItemId, PersonId


async def take_over(uow: Uow, item_ids: Sequence[ItemId], now: datetime) -> list[ItemId]:
    """Let items whose channel failed wait on their recipient's next; the others, for the list of the unreached."""
    if not item_ids:
        return []
    found = await rows.stuck(uow, item_ids)
    ways = await rows.ways(uow, {one.recipient_id for one in found})
    moves = []
    for one in found:
        channel = rules.after(one.channel, one.kind, rules.ordered(ways[one.recipient_id]))
        if channel is not None:
            moves.append(TakenOver(one.item_id, channel, rules.second_expiry(channel, one.kind, now)))
    if moves:
        await rows.take_over(uow, moves, now)
        uow.put_items = True
    gone = {one.item_id for one in moves}
    return [item_id for item_id in item_ids if item_id not in gone]


async def mailbox_is_dead(uow: Uow, contact_id: ContactId, reason: str, now: datetime) -> PersonId | None:
    """The mail server says that there is no such mailbox: no more letters there; whose it was."""
    return await rows.stop(uow, contact_id, reason, now)


async def follow(uow: Uow, person_id: PersonId, now: datetime, *, blocked: bool = False) -> None:
    """What waits for somebody goes by the channel that is their first now; without any it stays, and is listed.

    `blocked`: they blocked the bot, and may be back tomorrow: e-mail takes over, the next print does not.
    """
    ways = rules.ordered((await rows.ways(uow, [person_id]))[person_id])
    first = next(iter(ways), None)
    if first is None or (blocked and first is not Channel.EMAIL):
        return
    moves = [
        TakenOver(one.item_id, first, _expiry(one, first, now))
        for one in await rows.waiting(uow, person_id)
        if one.channel is not first and not (first is Channel.PAPER and one.kind in rules.NOT_PRINTED)
    ]
    if moves:
        await rows.rechannel(uow, moves)
        uow.put_items = True


def _expiry(one: Stuck, channel: Channel, now: datetime) -> datetime | None:
    """A fact keeps its own time, unless it comes from paper or goes there."""
    if Channel.PAPER in (channel, one.channel):
        return rules.second_expiry(channel, one.kind, now)
    return one.expires_at
