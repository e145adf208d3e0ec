"""What changes a lesson or a mark after the fact: requests, substitutions, states, leave, verifications."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key

OPEN = text("state = 'open'")
IN_FORCE = text("ended_at IS NULL")


class CorrectionRequest(Base):
    """A teacher's request to change a mark whose window is over, and the deputy head's word on it (М ж).

    `target` names the mark: «mark:<lesson>:<kind>:<ordinal>» (the column may not exist yet) or
    «term_mark:<subject>:<scope>». `seen` is the revision the teacher saw, `former` what stood there, `wanted` the new
    value (NULL: withdraw). A decision adds a mark's revision; nothing is ever overwritten.
    """

    __tablename__ = "correction_request"
    __table_args__ = (
        Index(
            "uq_correction_request_open",
            "target",
            "student_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
        Index("ix_correction_request_school", "school_id", "state"),
        Index("ix_correction_request_student", "student_id"),
        Index("ix_correction_request_lesson", "lesson_id"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    target: Mapped[str] = mapped_column(String(64))
    lesson_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))
    class_id: Mapped[int | None] = mapped_column(ForeignKey("school_class.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    seen: Mapped[int]
    former: Mapped[str | None] = mapped_column(String(8))
    wanted: Mapped[str | None] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(Text, default="")


class Substitution(Base):
    """Another teacher for one lesson (М 5 учитель б; В 4.4.8); the row stays in the journal of substitutions."""

    __tablename__ = "substitution"
    __table_args__ = (
        Index(
            "uq_substitution_in_force",
            "lesson_id",
            "absent_id",
            unique=True,
            sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
        Index("ix_substitution_school", "school_id", "made_at"),
        Index("ix_substitution_lesson", "lesson_id"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    absent_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # taken back; the clocks' end needs no row
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class StaffLeave(Base):
    """An employee's sick leave or other absence, day by day: nothing is reminded of in it."""

    __tablename__ = "staff_leave"
    __table_args__ = (Index("ix_staff_leave_person", "person_id"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(16))
    since_on: Mapped[date]
    until_on: Mapped[date | None]  # the first day back
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class Verification(Base):
    """A homeroom teacher's word that something of the class was checked for a week or month (В 4.3.1, 4.3.5, 4.3.6)."""

    __tablename__ = "verification"
    __table_args__ = (UniqueConstraint("class_id", "kind", "for_on"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("school_class.id"))
    kind: Mapped[str] = mapped_column(String(16))
    for_on: Mapped[date]  # the Monday of the week, or the day on which contacts were verified
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
