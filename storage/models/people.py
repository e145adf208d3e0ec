"""People: who they are, what they may, whom they belong to, and how they came in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, primary_key


class Person(Base):
    """A person of the school; roles and ties stand in their own tables."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_school_key", "school_id", "key"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    last_name: Mapped[str] = mapped_column(Text)
    first_name: Mapped[str] = mapped_column(Text)
    middle_name: Mapped[str] = mapped_column(Text, default="")
    key: Mapped[str] = mapped_column(Text)  # full name folded for matching: lower case, ё as е
    birth_on: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(32))
    email: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(8), default="ru")
    external_id: Mapped[str | None] = mapped_column(String(64))


class PersonRole(Base):
    """A role somebody holds from a day to a day."""

    __tablename__ = "person_role"
    __table_args__ = (
        Index(
            "uq_person_role_open",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("until_on IS NULL"),
            postgresql_where=text("until_on IS NULL"),
        ),
        Index("ix_person_role_person", "person_id"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(16))
    since_on: Mapped[date]
    until_on: Mapped[date | None]  # the first day without the role


class Enrollment(Base):
    """A student in a class from a day to a day."""

    __tablename__ = "enrollment"
    __table_args__ = (
        UniqueConstraint("student_id", "class_id", "since_on"),
        Index("ix_enrollment_class", "class_id"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("school_class.id"))
    since_on: Mapped[date]
    until_on: Mapped[date | None]  # the first day outside the class


class SubgroupMember(Base):
    """A student in a subgroup; moved only by the administrator, at a term's end (В 4.4.12)."""

    __tablename__ = "subgroup_member"
    __table_args__ = (
        UniqueConstraint("subgroup_id", "student_id", "since_on"),
        Index("ix_subgroup_member_student", "student_id"),
    )

    id: Mapped[int] = primary_key()
    subgroup_id: Mapped[int] = mapped_column(ForeignKey("subgroup.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    since_on: Mapped[date]
    until_on: Mapped[date | None]


class Guardianship(Base):
    """Who may see a student's record, with the application and consent it rests on (О п.4.8)."""

    __tablename__ = "guardianship"
    __table_args__ = (
        Index(
            "uq_guardianship_open",
            "guardian_id",
            "student_id",
            unique=True,
            sqlite_where=text("until_on IS NULL"),
            postgresql_where=text("until_on IS NULL"),
        ),
        Index("ix_guardianship_student", "student_id"),
        Index("ix_guardianship_guardian", "guardian_id"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    guardian_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    relation: Mapped[str] = mapped_column(String(16))
    application: Mapped[str | None] = mapped_column(Text)  # number and date of the written application
    application_on: Mapped[date | None]
    consent_on: Mapped[date | None]
    awaiting_since: Mapped[datetime | None]  # added to a connected account by a typed code, not confirmed yet
    since_on: Mapped[date]
    until_on: Mapped[date | None]  # the first day without it
    end_reason: Mapped[str | None] = mapped_column(String(16))  # TieEnd; NULL: it holds, or a list ended it
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]  # person


class Homeroom(Base):
    """A homeroom teacher's class."""

    __tablename__ = "homeroom"
    __table_args__ = (UniqueConstraint("class_id", "teacher_id", "since_on"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    class_id: Mapped[int] = mapped_column(ForeignKey("school_class.id"))
    teacher_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    since_on: Mapped[date]
    until_on: Mapped[date | None]


class Invitation(Base):
    """A one-time way in; only keyed hashes of its codes are stored."""

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        UniqueConstraint("code_hash"),
        Index("ix_invitation_person", "person_id"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # NULL: the command line
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by_user: Mapped[int | None]  # the messenger's user id
    revoked_at: Mapped[datetime | None]


class JoinAttempts(Base):
    """Wrong codes typed by one messenger user; five lock the door for a day."""

    __tablename__ = "join_attempts"

    bot_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    failed: Mapped[int]
    last_at: Mapped[datetime]


class TelegramAccount(Base):
    """A messenger account that speaks for one person at one bot; another of the same person may await to (ADR 7)."""

    __tablename__ = "telegram_account"
    __table_args__ = (
        Index(
            "uq_telegram_account_user",
            "bot_id",
            "user_id",
            unique=True,
            sqlite_where=text("state <> 'revoked'"),
            postgresql_where=text("state <> 'revoked'"),
        ),
        Index(
            "uq_telegram_account_person",
            "bot_id",
            "person_id",
            "state",
            unique=True,
            sqlite_where=text("state <> 'revoked'"),
            postgresql_where=text("state <> 'revoked'"),
        ),
        # SQLite uses a partial index only for its very condition.
        Index("ix_telegram_account_user", "user_id"),
        Index("ix_telegram_account_person", "person_id"),
    )

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    bot_id: Mapped[int]
    user_id: Mapped[int]
    chat_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(16))
    linked_at: Mapped[datetime]
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unreachable_at: Mapped[datetime | None]  # the messenger refuses: blocked, deactivated, chat not found
    unreachable_reason: Mapped[str | None] = mapped_column(String(64))
    last_seen_at: Mapped[datetime | None]  # never written: days of visits stand in `visit` (М Регл. 3)


class Consent(Base):
    """Consent to personal-data processing given in the chat; versioned, additional to the written one."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person", "person_id"),)

    id: Mapped[int] = primary_key()
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version: Mapped[str] = mapped_column(String(16))
    given_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Preferences(Base):
    """When and how a person wants letters; minutes from midnight in school time."""

    __tablename__ = "preferences"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    mode: Mapped[str] = mapped_column(String(16))
    digest_minute: Mapped[int]
    quiet_from_minute: Mapped[int]
    quiet_until_minute: Mapped[int]
    kinds: Mapped[dict[str, Any] | None]  # ItemKind → DeliveryMode, where a kind goes another way than `mode`
    changed_at: Mapped[datetime]


class Draft(Base):
    """What the next typed text of a messenger user is for; the database is the only memory of a dialog."""

    __tablename__ = "draft"

    bot_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    purpose: Mapped[str] = mapped_column(String(16))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
