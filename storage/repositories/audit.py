"""Audit lines: who did what, when. Rows are only ever added."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from storage.models.audit import AuditEntry
from storage.uow import Uow
from storage.vocabulary import PersonId, SchoolId


async def note(
    uow: Uow,
    *,
    school_id: SchoolId,
    actor_id: PersonId | None,
    at: datetime,
    action: str,
    subject: str,
    detail: Mapping[str, Any],
) -> None:
    """Add one line; `detail` holds ids and values, no names; `actor_id` None is the command line."""
    row = {
        "school_id": school_id,
        "actor_id": actor_id,
        "at": at,
        "action": action,
        "subject": subject,
        "detail": dict(detail),
    }
    await uow.execute(insert(AuditEntry), row)
