"""The list of the unreached: what could not be told in time is never dropped silently (delivery, §2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.outbox.items import Fact, put
from services.outbox.outcomes import SECOND_COPY
from services.rules.quiet_hours import default_hours, times
from services.rules.regulation import Regulation
from storage.repositories import unreached as rows
from storage.repositories.unreached import Loss as Loss  # for whoever asks what was lost
from storage.uow import Uow
from storage.vocabulary import ItemId, ItemKind

GATHERING = timedelta(minutes=15)  # a whole class that can't be reached makes one letter


def patience(stored: Sequence[Mapping[str, object]]) -> timedelta:
    """How long results wait until they stand on the list (М Регл. 2); where schools differ, the shortest."""
    hours = [Regulation.from_json(dict(one)).unread_results_hours for one in stored]
    return timedelta(hours=min(hours, default=Regulation().unread_results_hours))


async def lost(uow: Uow, now: datetime, machine_now: datetime) -> list[Loss]:
    """Items that broke the promise: none, ever."""
    return await rows.lost(uow, now, machine_now, SECOND_COPY)


async def list_unreached(uow: Uow, item_ids: Sequence[ItemId], now: datetime) -> list[ItemId]:
    """Put an entry for each family's item among these on its homeroom teacher's list; those nobody is there to read.

    An entry is an item for the teacher: its key names what wasn't told, so that it stands once; its letters gather.
    """
    # A day's difference at midnight only chooses between two homeroom teachers of the same class.
    untold = await rows.untold(uow, item_ids, now.date())
    schools = await rows.regulation_of(uow, sorted({one.school_id for one in untold}))
    facts = []
    for one in untold:
        timezone, stored = schools[one.school_id]
        regulation = Regulation.from_json(dict(stored))
        when = times(ItemKind.UNREACHED, default_hours(regulation), now, ZoneInfo(timezone), regulation)
        if when is None:
            continue
        due_at = max(when.due_at, now + GATHERING)
        facts += [
            Fact(
                school_id=one.school_id,
                bot_id=one.bot_id,
                recipient_id=listener,
                kind=ItemKind.UNREACHED,
                bundle="unreached",
                collapse_key=f"unreached:{one.item_id}",
                value=str(one.item_id),
                priority=when.priority,
                due_at=due_at,
                cap_at=max(when.cap_at, due_at),
                expires_at=when.expires_at,
            )
            for listener in one.listeners
        ]
    await put(uow, facts, now)
    return [one.item_id for one in untold if not one.listeners]
