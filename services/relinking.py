"""One person, one account that speaks: another phone awaits beside it or takes its place, and all sides hear (ADR 7).

Functions here take a unit of work.
"""

from collections.abc import Sequence
from datetime import datetime

from services.actor import Actor
from services.letters import announcements
from services.letters.announcements import Occasion
from services.outbox import items
from services.rules.regulation import Regulation
from storage.repositories import diary, invitations, joining
from storage.repositories.audit import note
from storage.repositories.joining import AccountRow
from storage.uow import Uow
from storage.vocabulary import AccountId, AccountState, BotId, InvitationId, PersonId


def speaks(account: AccountRow) -> bool:
    """Whether an account speaks for its person, rather than awaits to."""
    return account.state is AccountState.ACTIVE


async def others(uow: Uow, bot_id: BotId, person_id: PersonId, user_id: int) -> list[AccountRow]:
    """The accounts of a person other than this messenger user's."""
    return [one for one in await joining.accounts_of_person(uow, bot_id, person_id) if one.user_id != user_id]


async def ask(
    uow: Uow, occasion: Occasion, bot_id: BotId, former: Sequence[AccountRow], invitation_id: InvitationId
) -> None:
    """A code was typed on another phone: an older newcomer ends, the speaking account stays and hears of it."""
    for one in former:
        if one.state is AccountState.AWAITING:
            await joining.revoke(uow, one.id, occasion.now, by=one.person_id)
        else:
            fact = announcements.relink_asked(occasion, bot_id, one.person_id, one.id, invitation_id)
            await items.put(uow, [fact], occasion.now)


async def end(uow: Uow, occasion: Occasion, bot_id: BotId, former: Sequence[AccountRow], by: PersonId) -> None:
    """Former accounts end for one that speaks now; the owner of a speaking one and the administrators hear of it."""
    today = occasion.now.astimezone(occasion.zone).date()
    for one in former:
        await joining.revoke(uow, one.id, occasion.now, by=by)
        if one.state is AccountState.AWAITING:
            continue
        administrators = await joining.administrators(uow, occasion.school_id, today)
        facts = [
            announcements.relinked(occasion, bot_id, one.person_id, one.id),
            *(announcements.relinked_staff(occasion, each.bot_id, each.person_id, one.id) for each in administrators),
        ]
        await items.put(uow, facts, occasion.now)


async def confirm(
    uow: Uow, occasion: Occasion, bot_id: BotId, person_id: PersonId, account_id: AccountId, by: PersonId
) -> bool:
    """An awaiting account speaks from now on, and the former one ends; False: it doesn't await any more."""
    await joining.person(uow, person_id, lock=True)
    known = await joining.accounts_of_person(uow, bot_id, person_id)
    if not any(one.id == account_id and one.state is AccountState.AWAITING for one in known):
        return False
    await end(uow, occasion, bot_id, [one for one in known if one.id != account_id], by)
    return await joining.activate(uow, account_id, occasion.now, by)


async def disconnect(
    uow: Uow, occasion: Occasion, actor: Actor, person_id: PersonId, accounts: Sequence[AccountId]
) -> bool:
    """A person's accounts end, their codes and what waits with them; each chat is told. False: none was left."""
    ended = [one for one in accounts if await joining.revoke(uow, one, occasion.now, by=actor.person_id)]
    if not ended:
        return False
    await invitations.end_invitations(uow, person_id, occasion.now)
    await items.cancel(uow, recipient_id=person_id)
    await items.put(uow, [announcements.revoked(occasion, actor.bot_id, person_id, one) for one in ended], occasion.now)
    for one in ended:
        await note_access(uow, actor, "account.revoke", person_id, {"account": one}, occasion.now)
    return True


async def occasion_of(uow: Uow, actor: Actor, now: datetime) -> Occasion:
    """Where and when something of access comes up."""
    _name, _zone, stored = await diary.school(uow, actor.school_id)
    return Occasion(actor.school_id, actor.zone, Regulation.from_json(stored), now)


async def note_access(
    uow: Uow, actor: Actor, action: str, person_id: PersonId, detail: dict[str, object], now: datetime
) -> None:
    """Whom somebody let in or out, in the audit."""
    await note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action=action,
        subject=f"person:{person_id}",
        detail=detail,
    )
