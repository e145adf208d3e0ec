"""Delivery that loses nothing: the inbox at the door, items that wait, letters that are sent, and whose bot it is."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key

WAITING = text("state = 'waiting'")
SENDING = text("state = 'sending'")
NUDGE = text("kind = 'lesson_nudge'")  # few among the items, looked at by every tick
REMINDER = text("kind = 'reminder'")


class Inbox(Base):
    """An update that came in; `seq` is the order, update ids only tell doubles apart."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("bot_id", "update_id"),
        Index(
            "ix_inbox_new", "bot_id", "seq", sqlite_where=text("state = 'new'"), postgresql_where=text("state = 'new'")
        ),
        Index("ix_inbox_received", "received_at"),
    )

    seq: Mapped[int] = primary_key()
    bot_id: Mapped[int]
    update_id: Mapped[int]
    lane: Mapped[int]
    payload: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class Item(Base):
    """One fact for one recipient; all waiting belongs to it."""

    __tablename__ = "item"
    __table_args__ = (
        Index(
            "uq_item_waiting",
            "recipient_id",
            "collapse_key",
            unique=True,
            sqlite_where=WAITING,
            postgresql_where=WAITING,
        ),
        Index("ix_item_due", "bot_id", "priority", "due_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_item_expires", "bot_id", "expires_at", sqlite_where=WAITING, postgresql_where=WAITING),
        Index("ix_item_recipient_key", "recipient_id", "collapse_key"),
        Index("ix_item_letter", "letter_id"),
        Index("ix_item_lesson", "lesson_id"),
        Index("ix_item_nudge", "created_at", sqlite_where=NUDGE, postgresql_where=NUDGE),
        Index("ix_item_reminder", "created_at", sqlite_where=REMINDER, postgresql_where=REMINDER),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    bot_id: Mapped[int]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))
    work_id: Mapped[int | None] = mapped_column(ForeignKey("lesson_work.id"))
    # Whom to write to where it isn't the recipient's present account: somebody who was just disconnected.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("telegram_account.id"))
    channel: Mapped[str] = mapped_column(String(16), server_default="telegram")
    kind: Mapped[str] = mapped_column(String(24))
    bundle: Mapped[str] = mapped_column(String(96))  # what shares a letter
    collapse_key: Mapped[str] = mapped_column(String(96))
    base: Mapped[str | None] = mapped_column(Text)  # what the recipient was last told under this key
    value: Mapped[str | None] = mapped_column(Text)
    rev: Mapped[int] = mapped_column(default=1)
    priority: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    cap_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    hold: Mapped[str | None] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(16))
    told_at: Mapped[datetime | None]
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))


class Letter(Base):
    """One request to the messenger, born `sending`; its text and keyboard are frozen."""

    __tablename__ = "letter"
    __table_args__ = (
        Index("uq_letter_sending", "bot_id", "address", unique=True, sqlite_where=SENDING, postgresql_where=SENDING),
        Index(
            "ix_letter_open",
            "bot_id",
            "state",
            sqlite_where=text("state IN ('sending', 'unknown')"),
            postgresql_where=text("state IN ('sending', 'unknown')"),
        ),
        Index("ix_letter_address", "bot_id", "address"),
    )

    id: Mapped[int] = primary_key()
    bot_id: Mapped[int]
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(String(16))
    target_letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(8))
    epoch: Mapped[int]
    copies: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]  # school clock
    sending_at: Mapped[datetime]  # machine clock
    sent_at: Mapped[datetime | None]
    external_id: Mapped[str | None] = mapped_column(String(64))  # the messenger's message id
    outcome: Mapped[str | None] = mapped_column(String(200))  # error class and code of the last try, no texts


class Owner(Base):
    """Which process runs a bot's lanes, ledger and ticks; epoch grows at every acquire."""

    __tablename__ = "owner"

    bot_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(String(64))
    epoch: Mapped[int]
    leased_until: Mapped[datetime]  # machine or database clock
    paused_at: Mapped[datetime | None]  # restored from a backup: nothing is sent until the operator decides


class Occurrence(Base):
    """What a clock's job did on a day; the primary key makes each happen once."""

    __tablename__ = "occurrence"

    job: Mapped[str] = mapped_column(String(48), primary_key=True)
    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    local_date: Mapped[date] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(String(16), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))  # done, skipped
    at: Mapped[datetime]
