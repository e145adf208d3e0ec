"""Somebody who could not be written to is back: what waited comes as one summary, not as ten letters (delivery, §2)."""

from datetime import datetime

from storage.repositories import accounts
from storage.repositories import items as rows
from storage.uow import Uow
from storage.vocabulary import BotId, ItemKind, PersonId

BUNDLE = "return"
# News of the diary, alarms among them, that have become history; letters with an answer of their own stay letters.
GATHERED = (
    ItemKind.ABSENCE,
    ItemKind.ABSENCE_WITHDRAWN,
    ItemKind.ABSENCE_LATER,
    ItemKind.MARK,
    ItemKind.HOMEWORK,
    ItemKind.TIMETABLE,
    ItemKind.DIGEST,
)


async def welcome_back(uow: Uow, bot_id: BotId, chat_id: int, now: datetime) -> None:
    """The chat takes letters again: what is due for its person shares one letter, if it would have made several."""
    for person_id in await accounts.release(uow, bot_id, chat_id):
        await gather(uow, person_id, now)


async def gather(uow: Uow, person_id: PersonId, now: datetime) -> None:
    """What is due for somebody who is back shares one letter."""
    uow.put_items = True
    if len(await rows.bundles_due(uow, person_id, GATHERED, now)) > 1:
        await rows.rebundle(uow, person_id, GATHERED, BUNDLE, now)
