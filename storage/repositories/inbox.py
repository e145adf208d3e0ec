"""The inbox: updates as they came in, in their order, each to be done once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, bindparam, case, delete, null, select, update

from storage.models.delivery import Inbox
from storage.prepared import Prepared
from storage.repositories.upsert import insert_for
from storage.uow import Uow
from storage.vocabulary import BotId, InboxSeq, InboxState

SUSPECT = 5  # starts at which an update was there, tried or not
# Times that the process may die while it handles a suspect. In a storm of restarts the first suspect is the one at hand
# again and again, though it is no fault of its own: on a busy machine at every third kill.
MOST_ALONE = 12


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update at the door; `payload` is its JSON, None where it is left out; updates of a `lane` keep their order."""

    update_id: int
    lane: int
    payload: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update stored and not yet done; `tried`: it was handled before, and that came to no end.

    `suspect`: it was there at so many starts that it may be what kills the process. `left_out`: nobody handles it.
    """

    seq: InboxSeq
    update_id: int
    lane: int
    payload: str
    tried: bool = False
    suspect: bool = False
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of an update: `state` holds unless the use case marked it done itself."""

    seq: InboxSeq
    state: InboxState
    answered: bool


STORE = Prepared(
    lambda dialect: insert_for(dialect, Inbox).on_conflict_do_nothing().returning(Inbox.seq, Inbox.update_id),
    *("bot_id", "update_id", "lane", "payload", "state", "attempts", "received_at", "done_at"),
)


async def store(uow: Uow, bot_id: BotId, arrivals: Sequence[Arrival], now: datetime) -> list[Waiting]:
    """Store updates, in order; those that were stored before are left out of the answer."""
    by_id = {arrival.update_id: arrival for arrival in arrivals}
    stored = await uow.ask(
        STORE,
        [
            {
                "bot_id": bot_id,
                "update_id": arrival.update_id,
                "lane": arrival.lane,
                "payload": arrival.payload,
                "state": InboxState.IGNORED if arrival.payload is None else InboxState.NEW,
                "attempts": 0,
                "received_at": now,
                "done_at": now if arrival.payload is None else None,
            }
            for arrival in by_id.values()
        ],
    )
    rows = sorted((row.seq, by_id[row.update_id]) for row in stored)
    return [
        Waiting(InboxSeq(seq), one.update_id, one.lane, one.payload or "", left_out=one.payload is None)
        for seq, one in rows
    ]


def _finish() -> Prepared:
    is_new = Inbox.state == InboxState.NEW
    state = bindparam("to", type_=Inbox.state.type)
    at = bindparam("at", type_=Inbox.done_at.type)
    return Prepared(
        update(Inbox)
        .where(Inbox.seq == bindparam("which"))
        .values(
            state=case((is_new, state), else_=Inbox.state),
            done_at=case((is_new, at), else_=Inbox.done_at),
            payload=case((state == InboxState.DEAD.value, Inbox.payload), else_=null()),
            answered_at=case((bindparam("answered", type_=Boolean), at), else_=Inbox.answered_at),
        )
    )


FINISH = _finish()


async def finish(uow: Uow, finished: Sequence[Finished], now: datetime) -> None:
    """Mark updates whose handling is over; a dead one keeps its payload for whoever looks into it."""
    in_order = sorted(finished, key=lambda one: one.seq)
    await uow.tell_later(
        FINISH, [{"which": one.seq, "to": one.state.value, "at": now, "answered": one.answered} for one in in_order]
    )


async def new_seqs(uow: Uow, bot_id: BotId, limit: int | None = None) -> list[InboxSeq]:
    """Updates not yet done, in order; the first `limit` of them."""
    found = await uow.execute(
        select(Inbox.seq).where(Inbox.bot_id == bot_id, Inbox.state == InboxState.NEW).order_by(Inbox.seq).limit(limit)
    )
    return [InboxSeq(row.seq) for row in found]


async def waiting(uow: Uow, seqs: Sequence[InboxSeq]) -> list[Waiting]:
    """These updates, in order, as far as they are not yet done."""
    found = await uow.execute(
        select(Inbox.seq, Inbox.update_id, Inbox.lane, Inbox.payload, Inbox.attempts)
        .where(Inbox.seq.in_(seqs), Inbox.state == InboxState.NEW)
        .order_by(Inbox.seq)
    )
    return [
        Waiting(InboxSeq(row.seq), row.update_id, row.lane, row.payload or "{}", suspect=row.attempts >= SUSPECT)
        for row in found
    ]


async def is_new(uow: Uow, seq: InboxSeq) -> bool:
    """Whether an update has not taken effect yet."""
    found = await uow.execute(select(Inbox.seq).where(Inbox.seq == seq, Inbox.state == InboxState.NEW))
    return found.first() is not None


async def count_replay(uow: Uow, bot_id: BotId) -> int:
    """Count one more start for every update not yet done, up to SUSPECT; those that died alone too often are dead.

    How many are.
    """
    is_new = (Inbox.bot_id == bot_id, Inbox.state == InboxState.NEW)
    died = await uow.write(
        update(Inbox).where(*is_new, Inbox.attempts >= SUSPECT + MOST_ALONE).values(state=InboxState.DEAD)
    )
    await uow.write(update(Inbox).where(*is_new, Inbox.attempts < SUSPECT).values(attempts=Inbox.attempts + 1))
    return died


async def begin_alone(uow: Uow, seq: InboxSeq) -> None:
    """A suspect is about to be handled: if the process dies of it, that is known."""
    await uow.write(update(Inbox).where(Inbox.seq == seq).values(attempts=Inbox.attempts + 1))


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A chat whose update took effect but whose answer may not have been seen."""

    lane: int
    seqs: tuple[InboxSeq, ...]


async def unanswered(uow: Uow, bot_id: BotId, since: datetime) -> list[Unanswered]:
    """Chats with updates done after `since` and never answered."""
    found = await uow.execute(
        select(Inbox.lane, Inbox.seq)
        .where(
            Inbox.bot_id == bot_id,
            Inbox.state == InboxState.DONE,
            Inbox.answered_at.is_(None),
            Inbox.done_at > since,
        )
        .order_by(Inbox.lane, Inbox.seq)
    )
    lanes: dict[int, list[InboxSeq]] = {}
    for row in found:
        lanes.setdefault(row.lane, []).append(InboxSeq(row.seq))
    return [Unanswered(lane, tuple(seqs)) for lane, seqs in lanes.items()]


async def has_older(uow: Uow, before: datetime) -> bool:
    """Whether there is anything to forget."""
    old = select(Inbox.seq).where(Inbox.received_at < before, Inbox.state != InboxState.NEW).limit(1)
    return (await uow.execute(old)).first() is not None


async def prune(uow: Uow, before: datetime, limit: int = 200) -> int:
    """Forget updates received before a moment and finished; how many, at most `limit`."""
    old = select(Inbox.seq).where(Inbox.received_at < before, Inbox.state != InboxState.NEW).limit(limit)
    return await uow.write(delete(Inbox).where(Inbox.seq.in_(old)))
