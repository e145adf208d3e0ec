"""Who did what, when; rows are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
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
