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
    way: Mapped[str | None] = mapped_column(String(16))  # of doing the homework (О 2.7)
    plan_topic_id: Mapped[int | None] = mapped_column(ForeignKey("plan_topic.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


class PersonalHomework(Base):
    """One revision of homework given in a lesson to one student besides the general (О 2.7); NULL: taken back."""

    __tablename__ = "personal_homework"
    __table_args__ = (Index("ix_personal_homework_student", "student_id", "lesson_id"),)

    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    rev: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str | None] = mapped_column(Text)
    way: Mapped[str | None] = mapped_column(String(16))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


class HomeworkFile(Base):
    """A photo or document of a lesson's homework, as the messenger keeps it; rows are added, and ended, never changed.

    `student_id` NULL: everybody's. Revisions of the text don't touch the files.
    """

    __tablename__ = "homework_file"
    __table_args__ = (Index("ix_homework_file_lesson", "lesson_id"),)

    id: Mapped[int] = primary_key()
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(16))
    file_id: Mapped[str] = mapped_column(Text)
    unique_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Text, default="")
    size: Mapped[int | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class Attendance(Base):
    """One revision of a student's attendance in a lesson; no row means present."""

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_student", "student_id"),)

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
    checked_at: Mapped[datetime | None]  # «Проверил»: marks of the written work are due that same day (О 2.5)
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Mark(Base):
    """One revision of a mark of a student in a work; NULL value: withdrawn.

    `request_id`: the approved request it came of; without one it was entered in its own window.
    """

    __tablename__ = "mark"
    # Of the student alone: with the lesson beside it the planner would take this one for a lesson's whole grid too,
    # thirty places of an index of years instead of one.
    __table_args__ = (Index("ix_mark_student", "student_id"),)

    work_id: Mapped[int] = mapped_column(ForeignKey("lesson_work.id"), primary_key=True)
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    rev: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str | None] = mapped_column(String(8))
    comment: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[int | None] = mapped_column(ForeignKey("correction_request.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]
