"""Invitations: one-time codes, kept as keyed hashes; and how often somebody typed a wrong one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, tuple_, update

from storage.models.people import Invitation, JoinAttempts
from storage.repositories.upsert import insert_into
from storage.uow import Uow
from storage.vocabulary import BotId, InvitationId, InvitationKind, PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation to store; `created_by` None is the command line."""

    school_id: SchoolId
    person_id: PersonId
    kind: InvitationKind
    token_hash: str
    code_hash: str
    created_at: datetime
    created_by: PersonId | None
    expires_at: datetime


async def add_invitations(uow: Uow, new: Sequence[NewInvitation]) -> list[InvitationId]:
    """Store invitations; unused ones of the same people from the same hand end, so that a lost slip dies."""
    people = [one.person_id for one in new]
    hand = new[0].created_by
    same_hand = Invitation.created_by.is_(None) if hand is None else Invitation.created_by == hand
    await uow.write(
        update(Invitation)
        .where(
            Invitation.person_id.in_(people),
            same_hand,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
        )
        .values(revoked_at=new[0].created_at)
    )
    ids = []
    for one in new:
        row = {name: getattr(one, name) for name in NewInvitation.__dataclass_fields__}
        stored = await uow.execute(insert(Invitation).values(row).returning(Invitation.id))
        ids.append(InvitationId(stored.scalar_one()))
    return ids


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A live invitation: unused, unrevoked, unexpired."""

    id: InvitationId
    person_id: PersonId
    kind: InvitationKind


def _live(now: datetime) -> Any:
    return (Invitation.used_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now)


async def live_invitation(
    uow: Uow, now: datetime, *, token_hash: str = "", code_hash: str = "", invitation_id: int = 0
) -> InvitationRow | None:
    """The live invitation with one of these."""
    which = or_(Invitation.token_hash == token_hash, Invitation.code_hash == code_hash, Invitation.id == invitation_id)
    row = (
        await uow.execute(select(Invitation.id, Invitation.person_id, Invitation.kind).where(which, *_live(now)))
    ).first()
    return None if row is None else InvitationRow(row.id, row.person_id, InvitationKind(row.kind))


async def use(uow: Uow, invitation: InvitationRow, user_id: int, now: datetime) -> bool:
    """Use an invitation up, once; the person's other ones end with it. False: somebody was quicker."""
    used = await uow.write(
        update(Invitation).where(Invitation.id == invitation.id, *_live(now)).values(used_at=now, used_by_user=user_id)
    )
    if used:
        await end_invitations(uow, invitation.person_id, now)
    return used == 1


async def end_invitations(uow: Uow, person_id: PersonId, now: datetime) -> None:
    """No unused code of the person works any more."""
    await uow.write(
        update(Invitation)
        .where(Invitation.person_id == person_id, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None))
        .values(revoked_at=now)
    )


async def failures(uow: Uow, bot_id: BotId, user_id: int, since: datetime) -> int:
    """Wrong codes that a messenger user typed, if the last was typed since a moment."""
    question = select(JoinAttempts.failed).where(
        JoinAttempts.bot_id == bot_id, JoinAttempts.user_id == user_id, JoinAttempts.last_at > since
    )
    return (await uow.execute(question)).scalar_one_or_none() or 0


async def note_failures(uow: Uow, bot_id: BotId, user_id: int, failed: int, now: datetime) -> None:
    """So many wrong codes by now."""
    row = insert_into(uow, JoinAttempts).values(bot_id=bot_id, user_id=user_id, failed=failed, last_at=now)
    await uow.write(
        row.on_conflict_do_update(
            index_elements=[JoinAttempts.bot_id, JoinAttempts.user_id], set_={"failed": failed, "last_at": now}
        )
    )


async def forget_failures(uow: Uow, bot_id: BotId, user_id: int) -> None:
    """A right code makes the wrong ones good."""
    await uow.write(delete(JoinAttempts).where(JoinAttempts.bot_id == bot_id, JoinAttempts.user_id == user_id))


async def has_old_failures(uow: Uow, before: datetime) -> bool:
    """Whether some account's last wrong code is older than a moment."""
    question = select(JoinAttempts.user_id).where(JoinAttempts.last_at < before).limit(1)
    return (await uow.execute(question)).first() is not None


async def prune_failures(uow: Uow, before: datetime, limit: int) -> int:
    """Forget wrong codes that count no more; how many accounts'."""
    old = select(JoinAttempts.bot_id, JoinAttempts.user_id).where(JoinAttempts.last_at < before).limit(limit)
    return await uow.write(delete(JoinAttempts).where(tuple_(JoinAttempts.bot_id, JoinAttempts.user_id).in_(old)))
