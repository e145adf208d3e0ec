"""«Ознакомлен(а)»: a person's word that they have read something, kept once and tied to no letter (М Регл. 3)."""

from datetime import datetime

from services.actor import Actor
from storage.repositories import acknowledgements as rows
from storage.uow import Uow
from storage.vocabulary import AcknowledgedKind, PersonId


async def acknowledge(uow: Uow, actor: Actor, kind: AcknowledgedKind, subject: str, now: datetime) -> bool:
    """The actor has read it; False where they said so before: the first time stands.

    Whether the subject concerns the actor its own office has asked; `subject`: at most 64 characters.
    """
    return await rows.add(uow, school_id=actor.school_id, person_id=actor.person_id, kind=kind, subject=subject, at=now)


async def acknowledged_by(uow: Uow, kind: AcknowledgedKind, subject: str) -> dict[PersonId, datetime]:
    """Who has read it, and when (aware UTC)."""
    return {one.person_id: one.at for one in await rows.of_subjects(uow, kind, [subject])}
