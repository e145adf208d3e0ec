"""Correspondence: a family with a teacher or the administration, about one student. Never pupil with pupil."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key


class Thread(Base):
    """A correspondence about one student (М 3.6; В 2.2, 3.8).

    `family_id`: the guardian, or the student; `teacher_id` NULL: the administration. Who may read and write is never
    stored here: the ties of the day decide. Handed over, it has another `teacher_id`.
    """

    __tablename__ = "thread"
    __table_args__ = (
        Index("ix_thread_family", "family_id", "student_id"),
        Index("ix_thread_teacher", "teacher_id", "last_at"),
        Index("ix_thread_school", "school_id", "last_at"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    family_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    complained_at: Mapped[datetime | None]  # since when the administration sees it too


class ThreadEntry(Base):
    """What one side wrote, or did with the thread; rows are only ever added.

    A file is the messenger's own: `file_id` names it there. `to_id`: whom a thread was handed to, NULL the
    administration.
    """

    __tablename__ = "thread_entry"
    __table_args__ = (Index("ix_thread_entry_thread", "thread_id", "id"),)

    id: Mapped[int] = primary_key()
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    kind: Mapped[str] = mapped_column(String(16))
    side: Mapped[str] = mapped_column(String(8))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text, default="")
    file_kind: Mapped[str | None] = mapped_column(String(16))
    file_id: Mapped[str | None] = mapped_column(Text)
    file_name: Mapped[str] = mapped_column(Text, default="")
    to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class ThreadRead(Base):
    """Up to which entry a person has opened a thread; a letter that came is no reading."""

    __tablename__ = "thread_read"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    up_to: Mapped[int]  # an entry's id
    at: Mapped[datetime]
