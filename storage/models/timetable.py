"""The weekly timetable in versions, and the dated lessons laid out from it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key

MOVED_HERE = text("moved_from_id IS NOT NULL")  # few among the lessons


class TimetableVersion(Base):
    """A timetable in force from a day until the next version's day (О п.4.6)."""

    __tablename__ = "timetable_version"
    __table_args__ = (UniqueConstraint("year_id", "valid_from"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    year_id: Mapped[int] = mapped_column(ForeignKey("academic_year.id"))
    valid_from: Mapped[date | None]  # NULL: still being imported, in force on no day
    source_digest: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime]
    week_count: Mapped[int] = mapped_column(default=1)  # weeks in the cycle: 2 for odd and even


class TimetableEntry(Base):
    """One place in the week: a weekday, a slot, a subject; a double lesson is two entries."""

    __tablename__ = "timetable_entry"
    __table_args__ = (
        UniqueConstraint("version_id", "key"),
        Index("ix_timetable_entry_version", "version_id"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("timetable_version.id"))
    key: Mapped[str] = mapped_column(String(160))  # weekday, slot, weeks, and what is taught to whom, hashed
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    weekday: Mapped[int]  # 0 Monday … 6 Sunday
    slot: Mapped[int]
    weeks: Mapped[str] = mapped_column(String(16), default="1")  # mask over the cycle: "1", "10" odd, "01" even
    room: Mapped[str] = mapped_column(String(128), default="")
    gone_at: Mapped[datetime | None]  # no longer in the imported timetable; kept for the lessons that came of it


class EntryTeacher(Base):
    """A teacher of a timetable entry."""

    __tablename__ = "entry_teacher"

    entry_id: Mapped[int] = mapped_column(ForeignKey("timetable_entry.id"), primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class EntryAudience(Base):
    """A class, or a subgroup of it, that a timetable entry is for."""

    __tablename__ = "entry_audience"
    __table_args__ = (UniqueConstraint("entry_id", "class_id", "subgroup_id"),)

    id: Mapped[int] = primary_key()
    entry_id: Mapped[int] = mapped_column(ForeignKey("timetable_entry.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("school_class.id"))
    subgroup_id: Mapped[int | None] = mapped_column(ForeignKey("subgroup.id"))


class Lesson(Base):
    """A dated lesson; `starts_at`/`ends_at` UTC from the bells of its day."""

    __tablename__ = "lesson"
    __table_args__ = (
        UniqueConstraint("entry_id", "on_date"),
        Index("ix_lesson_school_date", "school_id", "on_date"),
        Index("ix_lesson_starts", "starts_at"),
        Index("ix_lesson_moved_from", "moved_from_id", sqlite_where=MOVED_HERE, postgresql_where=MOVED_HERE),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    year_id: Mapped[int] = mapped_column(ForeignKey("academic_year.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("timetable_entry.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    on_date: Mapped[date]
    slot: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    room: Mapped[str] = mapped_column(String(128), default="")
    state: Mapped[str] = mapped_column(String(16), default="planned")
    state_reason: Mapped[str] = mapped_column(Text, default="")
    # The lesson this one is held instead of: moved here from another day or slot (В 2.3).
    moved_from_id: Mapped[int | None] = mapped_column(ForeignKey("lesson.id"))


class LessonTeacher(Base):
    """Who may enter a lesson's record (О 2.3); a substitute is marked."""

    __tablename__ = "lesson_teacher"
    __table_args__ = (Index("ix_lesson_teacher_teacher", "teacher_id", "lesson_id"),)

    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"), primary_key=True)
    teacher_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    substitute: Mapped[bool] = mapped_column(default=False)


class LessonAudience(Base):
    """A class, or a subgroup of it, that sits in a lesson."""

    __tablename__ = "lesson_audience"
    __table_args__ = (
        UniqueConstraint("lesson_id", "class_id", "subgroup_id"),
        Index("ix_lesson_audience_class", "class_id", "lesson_id"),
    )

    id: Mapped[int] = primary_key()
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("school_class.id"))
    subgroup_id: Mapped[int | None] = mapped_column(ForeignKey("subgroup.id"))
