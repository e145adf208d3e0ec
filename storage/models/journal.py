"""The journal: immutable revisions of what teachers entered. Rows are only ever added."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key


class LessonRecord(Base):
    """One revision of a part of a lesson's record.

    topic: its text. attendance: «confirmed». homework: its text, «» means «не задано».
    NULL in any part: taken back.
    """

    __tablename__ = "lesson_record"

    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(16), primary_key=True)
    rev: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str | None] = mapped_column(Text)
    plan_topic_id: Mapped[int | None] = mapped_column(ForeignKey("plan_topic.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


class Attendance(Base):
    """One revision of a student's attendance in a lesson; no row means present."""

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_student", "student_id", "lesson_id"),)

    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    rev: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(16))
    minutes_late: Mapped[int | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


class LessonWork(Base):
    """A column of marks in a lesson: a kind of work, several of a kind told apart by ordinal."""

    __tablename__ = "lesson_work"
    __table_args__ = (UniqueConstraint("lesson_id", "kind", "ordinal"),)

    id: Mapped[int] = primary_key()
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    kind: Mapped[str] = mapped_column(String(16))
    ordinal: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class Mark(Base):
    """One revision of a mark of a student in a work; NULL value: withdrawn."""

    __tablename__ = "mark"
    __table_args__ = (Index("ix_mark_student", "student_id", "work_id"),)

    work_id: Mapped[int] = mapped_column(ForeignKey("lesson_work.id"), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    rev: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str | None] = mapped_column(String(8))
    comment: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
