"""Results that nobody was there to be told of: at +20 h they stand on the homeroom teacher's list (М Регл. 2).

Where a guardian has a way, the postman sees to it that the fact is told or listed; where none has, there is no fact,
and this tick looks for them.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from services.outbox.items import Fact, put
from services.outbox.unreached import GATHERING, patience
from services.rules.quiet_hours import default_hours, times
from services.rules.regulation import Regulation
from storage.repositories import care
from storage.repositories import reaching as rows
from storage.repositories import unreached as lists
from storage.uow import Storage
from storage.vocabulary import BotId, ItemKind, PersonId

LOOKED_BACK = timedelta(days=3)  # so long may the service have stood still
EVERY = timedelta(minutes=5)
CHUNK = 200  # rows a transaction
KEY = "unreached:results"


def key_of(student_id: PersonId, scope: str) -> str:
    """The key of an entry: «unreached:results:120:term:5»."""
    return f"{KEY}:{student_id}:{scope}"


class ResultsReach:
    """Lists the students whose results were issued so long ago and reached nobody; each once for a scope."""

    def __init__(self, storage: Storage, bot_id: BotId | None = None) -> None:
        self._storage = storage
        self._bot_id = bot_id  # whose schools it looks after; None: every school's
        self._looked_at: datetime | None = None

    async def __call__(self, now: datetime) -> None:
        """The tick; what it finds is written at once."""
        if self._looked_at is not None and self._looked_at <= now < self._looked_at + EVERY:
            return
        self._looked_at = now
        async with self._storage.reading() as uow:
            since = now - patience(await care.regulations(uow))
            found = await rows.untold(uow, since - LOOKED_BACK, since, self._bot_id)
            if not found:
                return
            schools = await lists.regulation_of(uow, sorted({one.school_id for one in found}))
            people = await rows.listeners(uow, {one.student_id for one in found}, now.date())
            keys = {key_of(one.student_id, one.scope) for one in found}
            listed = await rows.entries(uow, {one.person_id for one in people}, keys)
        facts = []
        for one in found:
            timezone, stored = schools[one.school_id]
            regulation = Regulation.from_json(dict(stored))
            when = times(ItemKind.UNREACHED, default_hours(regulation), now, ZoneInfo(timezone), regulation)
            key = key_of(one.student_id, one.scope)
            if when is None:
                continue
            due_at = max(when.due_at, now + GATHERING)
            facts += [
                Fact(
                    school_id=one.school_id,
                    bot_id=listener.bot_id,
                    recipient_id=listener.person_id,
                    kind=ItemKind.UNREACHED,
                    bundle="unreached",
                    collapse_key=key,
                    value=f"-{one.student_id}",  # of no item: a student
                    priority=when.priority,
                    due_at=due_at,
                    cap_at=max(when.cap_at, due_at),
                    expires_at=when.expires_at,
                )
                for listener in people
                if listener.student_id == one.student_id and (listener.person_id, key) not in listed
            ]
        for first in range(0, len(facts), CHUNK):
            async with self._storage.writing() as uow:
                await put(uow, facts[first : first + CHUNK], now)
