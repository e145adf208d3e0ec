"""Term marks: immutable revisions, drafts until they are issued, and the results received from outside."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key


class TermMark(Base):
    """One revision of a student's result in a subject for a scope; NULL value: taken back.

    `scope`: «term:<term id>», or «year», «exam», «final», «state_exam» with «:<year id>». `issued`: families see it and
    it counts; a draft (issued false) is the teacher's alone. Issuing and correcting add rows, nothing is overwritten.
    NULL and issued: the student took no exam, and no mark is waited for.
    """

    __tablename__ = "term_mark"
    __table_args__ = (
        Index("ix_term_mark_class", "class_id", "scope", "subject_id"),
        Index("ix_term_mark_entered", "entered_at"),
    )

    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"), primary_key=True)
    scope: Mapped[str] = mapped_column(String(32), primary_key=True)
    rev: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    class_id: Mapped[int] = mapped_column(ForeignKey("school_class.id"))
    value: Mapped[str | None] = mapped_column(String(8))
    issued: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")  # of a correction
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime]


class ResultReceipt(Base):
    """That a class's exam or ГИА results in a subject were received; their clock starts here (В 4.4.5; М Регл. 2)."""

    __tablename__ = "result_receipt"
    __table_args__ = (UniqueConstraint("class_id", "subject_id", "scope"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("school_class.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    scope: Mapped[str] = mapped_column(String(32))
    received_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
