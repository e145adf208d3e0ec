"""Broadcasts: one text to many, whom it was for, and what they answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key


class Broadcast(Base):
    """One text, photo or document to an audience; its items are put when the hold is over."""

    __tablename__ = "broadcast"
    __table_args__ = (
        Index("ix_broadcast_author", "author_id", "id"),
        Index("ix_broadcast_state", "state", "send_at"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    audience: Mapped[dict[str, Any]]  # {"kind": "class", "ids": […]}; resolved when the hold is over
    text: Mapped[str] = mapped_column(Text, default="")
    files: Mapped[dict[str, Any] | None]  # {"files": [{"kind", "id", "name"}]}
    question: Mapped[dict[str, Any] | None]  # {"kind": "yes_no" | "choice", "options": […]}
    asks_reading: Mapped[bool] = mapped_column(default=False)
    urgent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16))
    rev: Mapped[int] = mapped_column(default=0)  # grows with every change of the draft: what was seen is what is sent
    created_at: Mapped[datetime]
    send_at: Mapped[datetime | None]  # the hold is over
    sent_at: Mapped[datetime | None]  # every item is put
    ended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # no answer is taken any more
    reminded_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None] = mapped_column(String(16))
    # What had been tried and refused when its author let it go on: only what comes after counts for the next pause.
    past_attempts: Mapped[int] = mapped_column(default=0)
    past_errors: Mapped[int] = mapped_column(default=0)


class BroadcastRecipient(Base):
    """A person a broadcast is for, resolved once; the student who is the reason, if one is."""

    __tablename__ = "broadcast_recipient"
    __table_args__ = (Index("ix_broadcast_recipient_person", "person_id"),)

    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    student_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BroadcastAnswer(Base):
    """What a person chose; the newest counts."""

    __tablename__ = "broadcast_answer"
    __table_args__ = (UniqueConstraint("broadcast_id", "person_id", "rev"),)

    id: Mapped[int] = primary_key()
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rev: Mapped[int]
    option: Mapped[int]  # its place among the options
    at: Mapped[datetime]
