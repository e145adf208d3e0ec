"""Who did what, when; rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key


class AuditEntry(Base):
    """One action of one person, or of the command line (`actor_id` NULL); `detail` holds ids and values, no names."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject"),
        Index("ix_audit_entry_school_at", "school_id", "at"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(96))  # «lesson:12», «mark:7:31»
    detail: Mapped[dict[str, Any]]


class AuditSeal(Base):
    """The end of a sealed stretch of audit lines: `hash` covers every line up to `up_to`, and the seals before it."""

    __tablename__ = "audit_seal"
    __table_args__ = (UniqueConstraint("up_to"),)

    id: Mapped[int] = primary_key()
    up_to: Mapped[int]  # an audit line's id
    lines: Mapped[int]  # how many lines there are up to it
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
