"""The school, its year, its calendar and bells, its classes and subjects."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key


class School(Base):
    """One school; its regulation is a set of settings (regulation §13), its times live in `timezone`."""

    __tablename__ = "school"

    id: Mapped[int] = primary_key()
    name: Mapped[str] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(8), default="ru")
    regulation: Mapped[dict[str, Any]]
    bot_id: Mapped[int | None]  # the bot that serves the school; its letters of every channel are this bot's
    created_at: Mapped[datetime]


class AcademicYear(Base):
    """A school year; one is current."""

    __tablename__ = "academic_year"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    name: Mapped[str] = mapped_column(String(32))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    closed_at: Mapped[datetime | None]


class Term(Base):
    """A quarter, trimester or half-year; levels choose their kind in the regulation."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("year_id", "kind", "ordinal"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    year_id: Mapped[int] = mapped_column(ForeignKey("academic_year.id"))
    kind: Mapped[str] = mapped_column(String(16))
    ordinal: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    closed_at: Mapped[datetime | None]


class CalendarDay(Base):
    """A day that differs from its weekday: a holiday, or a working day that follows another weekday's timetable."""

    __tablename__ = "calendar_day"
    __table_args__ = (UniqueConstraint("school_id", "on_date"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    on_date: Mapped[date]
    kind: Mapped[str] = mapped_column(String(16))
    follows_weekday: Mapped[int | None]  # 0 Monday … 6 Sunday
    bells_id: Mapped[int | None] = mapped_column(ForeignKey("bells.id"))
    title: Mapped[str] = mapped_column(Text, default="")


class Bells(Base):
    """A bell schedule; one of a school is the usual one."""

    __tablename__ = "bells"
    __table_args__ = (UniqueConstraint("school_id", "name"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    name: Mapped[str] = mapped_column(String(64))
    usual: Mapped[bool] = mapped_column(default=False)


class LessonSlot(Base):
    """One bell: a lesson's number in the day, minutes from midnight in school time."""

    __tablename__ = "lesson_slot"
    __table_args__ = (UniqueConstraint("bells_id", "number"),)

    id: Mapped[int] = primary_key()
    bells_id: Mapped[int] = mapped_column(ForeignKey("bells.id"))
    number: Mapped[int]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]


class SchoolClass(Base):
    """A class of one year, «7Б»; `key` is the name folded for matching (7Б = «7 Б» = «7-Б»)."""

    __tablename__ = "school_class"
    __table_args__ = (UniqueConstraint("year_id", "key"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    year_id: Mapped[int] = mapped_column(ForeignKey("academic_year.id"))
    name: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    level: Mapped[int]
    short_stay: Mapped[bool] = mapped_column(default=False)  # ГКП: no marks, no homework (В 3.8)
    external_id: Mapped[str | None] = mapped_column(String(64))


class Subgroup(Base):
    """A part of a class for some subjects; `division` names the split («английский», «1»)."""

    __tablename__ = "subgroup"
    __table_args__ = (UniqueConstraint("class_id", "key"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("school_class.id"))
    name: Mapped[str] = mapped_column(String(128))
    key: Mapped[str] = mapped_column(String(128))
    division: Mapped[str] = mapped_column(String(64), default="")
    external_id: Mapped[str | None] = mapped_column(String(64))


class Subject(Base):
    """A subject of the school, with the form its record is kept in (О п.4.9)."""

    __tablename__ = "subject"
    __table_args__ = (UniqueConstraint("school_id", "key"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    name: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    short: Mapped[str] = mapped_column(String(64), default="")
    record_form: Mapped[str] = mapped_column(String(16), default="electronic")
    external_id: Mapped[str | None] = mapped_column(String(64))


class LessonPlan(Base):
    """A calendar-thematic plan (КТП): one base per subject and level, or of one class (В 4.4.10)."""

    __tablename__ = "lesson_plan"
    __table_args__ = (UniqueConstraint("school_id", "year_id", "subject_id", "level"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    year_id: Mapped[int] = mapped_column(ForeignKey("academic_year.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    level: Mapped[int]
    curriculum_hours: Mapped[int | None]  # hours a year by the curriculum; NULL: not told (М з; В 2.2)


class PlanTopic(Base):
    """One topic of a plan, in its order, with its hours and kind of work."""

    __tablename__ = "plan_topic"
    __table_args__ = (
        UniqueConstraint("plan_id", "ordinal"),
        Index("ix_plan_topic_plan", "plan_id"),
    )

    id: Mapped[int] = primary_key()
    plan_id: Mapped[int] = mapped_column(ForeignKey("lesson_plan.id"))
    ordinal: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    hours: Mapped[int] = mapped_column(default=1)
    work_kind: Mapped[str | None] = mapped_column(String(16))
    gone_at: Mapped[datetime | None]  # no longer in the imported plan; kept for the lessons that used it
