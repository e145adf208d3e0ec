"""The family's ways to the school: contacts, notes, acknowledgements, visits, printed sheets (regulation §7)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key

STANDS = text("stopped_at IS NULL")


class Contact(Base):
    """Where a guardian is written to besides Telegram, given in writing or electronically (О 1.6; М Регл. 3).

    The newest standing row of a guardian is the way letters go; none: Telegram alone. Secrets are keyed hashes.
    """

    __tablename__ = "contact"
    __table_args__ = (
        # A new address that waits for its confirmation stands beside the one that letters go to meanwhile.
        Index(
            "uq_contact_stands",
            "person_id",
            "channel",
            "state",
            unique=True,
            sqlite_where=STANDS,
            postgresql_where=STANDS,
        ),
        UniqueConstraint("confirm_hash"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(Text, default="")  # an e-mail address; paper has none
    state: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(Text)  # the application's number, or «в чате»
    given_on: Mapped[date]
    rank: Mapped[int] = mapped_column(default=0)  # the order in which channels are tried: the lowest first
    confirm_hash: Mapped[str | None] = mapped_column(String(64))
    asked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stopped_reason: Mapped[str | None] = mapped_column(String(32))


class Acknowledgement(Base):
    """A person's word that they have read something; tied to no letter."""

    __tablename__ = "acknowledgement"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject"),
        Index("ix_acknowledgement_subject", "kind", "subject"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(64))  # results: services/rules/reading; a broadcast: its id
    on_paper: Mapped[bool] = mapped_column(default=False)  # signed on the sheet, entered by the homeroom teacher
    at: Mapped[datetime]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AbsenceNote(Base):
    """A guardian's word that a child will not come, until the homeroom teacher decides; days inclusive."""

    __tablename__ = "absence_note"
    __table_args__ = (Index("ix_absence_note_student", "student_id", "from_on"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    guardian_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")  # why it was declined


class Visit(Base):
    """A day on which a person opened something; a letter that came is no visit (М Регл. 3; Л Table 1)."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_day", "school_id", "on_date"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))


class Briefing(Base):
    """The homeroom teacher informed the families of the class, or one of them (М кл.рук. в)."""

    __tablename__ = "briefing"
    __table_args__ = (Index("ix_briefing_class", "class_id", "on_date"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("school_class.id"))
    student_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # NULL: the whole class
    teacher_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on_date: Mapped[date]
    way: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text, default="")
    entered_at: Mapped[datetime]


class PrintBatch(Base):
    """Printed information for the families of a class without electronic form (О 1.6; В 4.6.7)."""

    __tablename__ = "print_batch"
    __table_args__ = (UniqueConstraint("class_id", "until_on"),)  # a day's print is one

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("school_class.id"))
    since_on: Mapped[date]
    until_on: Mapped[date]
    printed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    printed_at: Mapped[datetime]


class PrintSheet(Base):
    """One guardian's sheet about one student in a batch, and its hand-over."""

    __tablename__ = "print_sheet"
    __table_args__ = (UniqueConstraint("batch_id", "guardian_id", "student_id"),)

    id: Mapped[int] = primary_key()
    batch_id: Mapped[int] = mapped_column(ForeignKey("print_batch.id"))
    guardian_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    handed_on: Mapped[date | None]
    handed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
