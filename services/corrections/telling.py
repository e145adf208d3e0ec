"""Who is told of a request: those who decide at once, the asker when it is decided (product §3)."""

from collections.abc import Sequence
from datetime import datetime

from services.actor import Actor
from services.outbox.items import Fact
from services.rules import quiet_hours
from services.rules.regulation import Regulation
from storage.repositories import corrections, diary
from storage.repositories.corrections import Officer, RequestRow
from storage.uow import Uow
from storage.vocabulary import ItemKind, PersonId, RequestId, RequestState, Role

ASKED, DECIDED = "correction", "correction_decided"


def request_of(collapse_key: str) -> RequestId:
    """The request that an item tells of."""
    return RequestId(int(collapse_key.rpartition(":")[2]))


def deciding_roles(asker_roles: frozenset[Role]) -> frozenset[Role]:
    """Whose office a decision is: the deputy heads'; the director's too where a deputy head asks (ours).

    A school may have one deputy head, and nobody decides alone on their own request.
    """
    return frozenset({Role.DEPUTY, Role.DIRECTOR}) if Role.DEPUTY in asker_roles else frozenset({Role.DEPUTY})


async def asked(uow: Uow, actor: Actor, row: RequestRow, now: datetime) -> list[Fact]:
    """A request was asked: everybody who may decide it."""
    return await _facts(uow, actor, row, RequestState.OPEN, now)


async def ended(uow: Uow, actor: Actor, row: RequestRow, state: RequestState, now: datetime) -> list[Fact]:
    """A request was decided or withdrawn: the other letters about it say so, and the asker learns the decision.

    Who decided has it on the screen; nothing is written over it there.
    """
    facts = [one for one in await _facts(uow, actor, row, state, now) if one.recipient_id != actor.person_id]
    if state is not RequestState.WITHDRAWN:
        own = await corrections.accounts(uow, [row.asked_by])
        facts += await _told(uow, own, ItemKind.CORRECTION_DECIDED, f"{DECIDED}:{row.id}", row, state, now, actor)
    return facts


async def _facts(uow: Uow, actor: Actor, row: RequestRow, state: RequestState, now: datetime) -> list[Fact]:
    today = now.astimezone(actor.zone).date()
    roles = deciding_roles(await corrections.roles_of(uow, row.asked_by, today))
    officers = await corrections.officers(uow, row.school_id, roles, today)
    others = [one for one in officers if one.person_id != row.asked_by]
    return await _told(uow, others, ItemKind.CORRECTION_ASKED, f"{ASKED}:{row.id}", row, state, now, actor)


async def _told(
    uow: Uow,
    people: Sequence[Officer],
    kind: ItemKind,
    key: str,
    row: RequestRow,
    state: RequestState,
    now: datetime,
    actor: Actor,
) -> list[Fact]:
    _name, _zone, stored = await diary.school(uow, row.school_id)
    regulation = Regulation.from_json(stored)
    times = quiet_hours.times(kind, quiet_hours.default_hours(regulation), now, actor.zone, regulation)
    assert times is not None, "staff letters go to everybody"
    return [
        Fact(
            school_id=row.school_id,
            bot_id=one.bot_id,
            recipient_id=PersonId(one.person_id),
            kind=kind,
            bundle=key,
            collapse_key=key,
            value=state.value,
            priority=times.priority,
            due_at=times.due_at,
            cap_at=times.cap_at,
            expires_at=times.expires_at,
        )
        for one in people
    ]
