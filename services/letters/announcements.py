"""Facts about the way in: who joined, was confirmed, disconnected, or came from another phone. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.outbox.items import Fact
from services.rules import quiet_hours
from services.rules.regulation import Regulation
from storage.vocabulary import AccountId, BotId, InvitationId, ItemKind, PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class Occasion:
    """Where and when a fact comes up: the school with its zone and regulation, and the moment."""

    school_id: SchoolId
    zone: ZoneInfo
    regulation: Regulation
    now: datetime


def joined(
    occasion: Occasion, bot_id: BotId, homeroom_teacher: PersonId, account_id: AccountId, invitation_id: InvitationId
) -> Fact:
    """For the homeroom teacher: a guardian or student came in, or a guardian added a child."""
    return _fact(
        occasion,
        ItemKind.JOINED,
        bot_id,
        homeroom_teacher,
        "joined",
        f"joined:{account_id}:{invitation_id}",
        account_id,
    )


def confirmed(occasion: Occasion, bot_id: BotId, guardian_id: PersonId, account_id: AccountId) -> Fact:
    """For the guardian or student: the homeroom teacher confirmed."""
    key = f"confirmed:{account_id}:{occasion.now:%y%m%d%H%M%S}"
    return _fact(occasion, ItemKind.CONFIRMED, bot_id, guardian_id, f"access:{account_id}", key, account_id)


def revoked(occasion: Occasion, bot_id: BotId, guardian_id: PersonId, account_id: AccountId) -> Fact:
    """At the chat that was disconnected."""
    key = f"revoked:{account_id}"
    return _fact(occasion, ItemKind.REVOKED, bot_id, guardian_id, f"access:{account_id}", key, account_id, there=True)


def refused(occasion: Occasion, bot_id: BotId, person_id: PersonId, account_id: AccountId) -> Fact:
    """At the chat that typed a code: the homeroom teacher didn't confirm it."""
    key = f"refused:{account_id}"
    return _fact(occasion, ItemKind.REVOKED, bot_id, person_id, f"refused:{account_id}", key, account_id, there=True)


def relink_asked(
    occasion: Occasion, bot_id: BotId, owner_id: PersonId, account_id: AccountId, invitation_id: InvitationId
) -> Fact:
    """For the owner at the account that speaks: their code was typed elsewhere, and awaits the homeroom teacher."""
    key = f"relink_asked:{account_id}:{invitation_id}"
    return _fact(occasion, ItemKind.RELINKED, bot_id, owner_id, f"asked:{account_id}", key, account_id, there=True)


def relinked(occasion: Occasion, bot_id: BotId, owner_id: PersonId, account_id: AccountId) -> Fact:
    """For the owner of the old account, at its chat: somebody came in their place from another one."""
    key = f"relinked:{account_id}"
    return _fact(occasion, ItemKind.RELINKED, bot_id, owner_id, f"access:{account_id}", key, account_id, there=True)


def relinked_staff(occasion: Occasion, bot_id: BotId, administrator: PersonId, account_id: AccountId) -> Fact:
    """For an administrator: a person came in from another account."""
    return _fact(
        occasion, ItemKind.RELINKED, bot_id, administrator, "relinked", f"relinked_staff:{account_id}", account_id
    )


def tie_ended(
    occasion: Occasion, bot_id: BotId, guardian_id: PersonId, tie_id: int, until_on: date | None, at: datetime
) -> Fact:
    """For the guardian, on the day: a tie to a child ended; `until_on` None: it holds again. The child isn't named."""
    hours = quiet_hours.default_hours(occasion.regulation)
    begins = max(at, occasion.now)
    times = quiet_hours.times(ItemKind.TIE_ENDED, hours, begins, occasion.zone, occasion.regulation)
    assert times is not None, "it goes to everybody"
    return Fact(
        school_id=occasion.school_id,
        bot_id=bot_id,
        recipient_id=guardian_id,
        kind=ItemKind.TIE_ENDED,
        bundle="tie",
        collapse_key=f"tie_ended:{tie_id}",
        value=None if until_on is None else until_on.isoformat(),
        priority=times.priority,
        due_at=times.due_at,
        cap_at=times.cap_at,
        expires_at=times.expires_at,
    )


def own_code(occasion: Occasion, bot_id: BotId, told: PersonId, by: PersonId, invitation_id: InvitationId) -> Fact:
    """For the director and the administrators: one of them made a code for themselves."""
    hours = quiet_hours.default_hours(occasion.regulation)
    times = quiet_hours.times(ItemKind.OWN_CODE, hours, occasion.now, occasion.zone, occasion.regulation)
    assert times is not None, "it goes to everybody"
    return Fact(
        school_id=occasion.school_id,
        bot_id=bot_id,
        recipient_id=told,
        kind=ItemKind.OWN_CODE,
        bundle="own_code",
        collapse_key=f"own_code:{invitation_id}",
        value=str(by),
        priority=times.priority,
        due_at=times.due_at,
        cap_at=times.cap_at,
        expires_at=times.expires_at,
    )


def _fact(
    occasion: Occasion,
    kind: ItemKind,
    bot_id: BotId,
    recipient: PersonId,
    bundle: str,
    key: str,
    account_id: AccountId,
    *,
    there: bool = False,
) -> Fact:
    hours = quiet_hours.default_hours(occasion.regulation)
    times = quiet_hours.times(kind, hours, occasion.now, occasion.zone, occasion.regulation)
    assert times is not None, f"{kind} goes to everybody"
    return Fact(
        school_id=occasion.school_id,
        bot_id=bot_id,
        recipient_id=recipient,
        kind=kind,
        bundle=bundle,
        collapse_key=key,
        value=str(account_id),
        priority=times.priority,
        due_at=times.due_at,
        cap_at=times.cap_at,
        expires_at=times.expires_at,
        account_id=account_id if there else None,
    )
