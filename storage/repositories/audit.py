"""Audit lines: who did what, when. Rows are only ever added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text

from storage.models.audit import AuditEntry, AuditSeal
from storage.prepared import Prepared
from storage.uow import Uow
from storage.vocabulary import PersonId, SchoolId

NOTE = Prepared(insert(AuditEntry), "school_id", "actor_id", "at", "action", "subject", "detail")


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
    await uow.tell_later(NOTE, row)


@dataclass(frozen=True, slots=True)
class Line:
    """An audit line as it is sealed."""

    id: int
    school_id: int
    at: datetime
    actor_id: int | None
    action: str
    subject: str
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal: everything up to a line, how many lines that is, and the hash over them."""

    up_to: int
    lines: int
    hash: str
    at: datetime


async def lines_after(uow: Uow, line_id: int, limit: int, before: datetime | None = None) -> list[Line]:
    """The lines after one, in order; with `before` only those entered by then."""
    columns = (getattr(AuditEntry, name) for name in Line.__dataclass_fields__)
    question = select(*columns).where(AuditEntry.id > line_id).order_by(AuditEntry.id).limit(limit)
    if before is not None:
        question = question.where(AuditEntry.at <= before)
    return [Line(*row) for row in await uow.execute(question)]


async def seals(uow: Uow) -> list[Seal]:
    """All seals, in order."""
    rows = await uow.execute(
        select(AuditSeal.up_to, AuditSeal.lines, AuditSeal.hash, AuditSeal.at).order_by(AuditSeal.up_to)
    )
    return [Seal(*row) for row in rows]


async def last_seal(uow: Uow) -> Seal | None:
    """The newest seal."""
    question = select(AuditSeal.up_to, AuditSeal.lines, AuditSeal.hash, AuditSeal.at)
    row = (await uow.execute(question.order_by(AuditSeal.up_to.desc()).limit(1))).first()
    return None if row is None else Seal(*row)


async def hold_chain(uow: Uow) -> None:
    """Nobody else seals until this transaction ends. SQLite has one writer anyway."""
    if uow.dialect == "postgresql":
        await uow.execute(text("SELECT pg_advisory_xact_lock(hashtext('audit_seal'))"))


async def seal(uow: Uow, made: Seal) -> None:
    """Add a seal."""
    await uow.execute(insert(AuditSeal), {"up_to": made.up_to, "lines": made.lines, "hash": made.hash, "at": made.at})
