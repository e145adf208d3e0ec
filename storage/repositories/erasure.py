"""What is known of a person beyond the journal, and how it goes; each purpose one statement or two."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, exists, func, null, or_, select, update
from sqlalchemy.sql.dml import UpdateBase

from storage.models.audit import AuditEntry
from storage.models.control import CorrectionRequest, StaffLeave
from storage.models.delivery import Inbox, Item, Letter
from storage.models.family import AbsenceNote, Briefing, Contact, PrintSheet, Visit
from storage.models.finals import TermMark
from storage.models.journal import Attendance, HomeworkFile, LessonRecord, Mark, PersonalHomework
from storage.models.people import (
    Draft,
    Enrollment,
    Guardianship,
    Invitation,
    JoinAttempts,
    Person,
    PersonRole,
    Preferences,
    TelegramAccount,
)
from storage.models.school import School
from storage.models.threads import Thread, ThreadEntry
from storage.repositories.items import in_order
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import AccountState, InboxState, LetterState, PersonId, SchoolId

NOWHERE = "erased"  # the address of a letter whose chat was erased
UNDER_WAY = (LetterState.SENDING.value, LetterState.UNKNOWN.value)
TIES = (
    (PersonRole, PersonRole.person_id),
    (Enrollment, Enrollment.student_id),
    (Guardianship, Guardianship.guardian_id),
)


@dataclass(frozen=True, slots=True)
class Known:
    """What ties somebody here still, and when they last left a trace in the journal or sat in a class.

    `under_way`: letters to them whose fate isn't known yet.
    """

    open_ties: int
    under_way: int
    has_results: bool
    last_on: date | None


async def find(uow: Uow, person_id: PersonId) -> tuple[SchoolId, str] | None:
    """A person's school and its zone."""
    question = select(Person.school_id, School.timezone).join(School, School.id == Person.school_id)
    row = (await uow.execute(question.where(Person.id == person_id))).first()
    return None if row is None else (SchoolId(row.school_id), row.timezone)


async def known(uow: Uow, person_id: PersonId, today: date) -> Known:
    """What stands about a person as of a day."""
    open_ties = 0
    for model, column in TIES:
        held = select(func.count()).select_from(model).where(column == person_id)
        open_ties += (await uow.execute(held.where(holds_on(model.since_on, model.until_on, today)))).scalar_one()
    results = select(TermMark.student_id).where(TermMark.student_id == person_id).limit(1)
    enrolled = select(func.max(Enrollment.until_on)).where(Enrollment.student_id == person_id)
    left_on = (await uow.execute(enrolled)).scalar_one()
    last = [left_on] if left_on is not None else []
    last += [moment.date() for moment in await _last_traces(uow, person_id)]
    return Known(
        open_ties,
        under_way=await under_way(uow, person_id),
        has_results=(await uow.execute(results)).first() is not None,
        last_on=max(last, default=None),
    )


async def under_way(uow: Uow, person_id: PersonId) -> int:
    """How many letters to them have no known fate yet."""
    told = select(Item.letter_id).where(Item.recipient_id == person_id)
    question = select(func.count()).where(Letter.id.in_(told), Letter.state.in_(UNDER_WAY))
    count: int = (await uow.execute(question)).scalar_one()
    return count


async def gone(uow: Uow, before: date, name: str) -> list[PersonId]:
    """Everybody whose last tie ended before a day and who isn't erased under this name yet."""
    tied = [
        exists().where(column == Person.id, or_(model.until_on.is_(None), model.until_on >= before))
        for model, column in TIES
    ]
    ever = [exists().where(column == Person.id) for _model, column in TIES]
    question = select(Person.id).where(Person.last_name != name, or_(*ever), *(~one for one in tied))
    return [PersonId(row.id) for row in await uow.execute(question.order_by(Person.id))]


async def _last_traces(uow: Uow, person_id: PersonId) -> list[datetime]:
    """The last moments at which the journal names the person as an author or as its subject."""
    questions = (
        select(func.max(AuditEntry.at)).where(AuditEntry.actor_id == person_id),
        select(func.max(Mark.entered_at)).where(or_(Mark.author_id == person_id, Mark.student_id == person_id)),
        select(func.max(TermMark.entered_at)).where(
            or_(TermMark.author_id == person_id, TermMark.student_id == person_id)
        ),
        select(func.max(Attendance.entered_at)).where(
            or_(Attendance.author_id == person_id, Attendance.student_id == person_id)
        ),
        select(func.max(LessonRecord.entered_at)).where(LessonRecord.author_id == person_id),
    )
    found = [(await uow.execute(question)).scalar_one() for question in questions]
    return [moment for moment in found if moment is not None]


async def forget(uow: Uow, person_id: PersonId, *, name: str | None) -> dict[str, int]:
    """Erase what is known beyond the journal, and the name where `name` stands for it; how many rows of what.

    Items come after the rest and letters last, as everybody locks them.
    """
    question = select(Person.last_name, Person.first_name).where(Person.id == person_id)
    called = (await uow.execute(question)).one()
    theirs = select(TelegramAccount.chat_id).where(TelegramAccount.person_id == person_id)
    chats = [str(row.chat_id) for row in await uow.execute(theirs)]
    statements = (
        *_of_the_phone(person_id),
        *_words(person_id),
        *(_with_the_name(person_id) if name is not None else ()),
        *_person(person_id, name),
        *_items(person_id),
        *_letters(person_id, called.last_name, called.first_name, chats),
    )
    return {what: await uow.write(statement) for what, statement in statements}


Statements = Sequence[tuple[str, UpdateBase]]


def _items(person_id: PersonId) -> Statements:
    emptied = update(Item).where(Item.id.in_(in_order(_of_them(person_id)))).values(value=null(), base=null())
    return (("items", emptied),)


def _of_them(person_id: PersonId) -> ColumnElement[bool]:
    return or_(Item.recipient_id == person_id, Item.student_id == person_id)


def _letters(person_id: PersonId, last_name: str, first_name: str, chats: Sequence[str]) -> Statements:
    told = select(Item.letter_id).where(_of_them(person_id), Item.letter_id.is_not(None))
    printed = select(PrintSheet.letter_id).where(
        or_(PrintSheet.guardian_id == person_id, PrintSheet.student_id == person_id), PrintSheet.letter_id.is_not(None)
    )
    # A letter to somebody else that calls them by name: who came in, whose note it is. As JSON spells it.
    named = [
        cast(Letter.payload, Text).contains(json.dumps(one)[1:-1], autoescape=True) for one in (last_name, first_name)
    ]
    return (
        (
            "letters",
            update(Letter)
            .where(or_(Letter.id.in_(told), Letter.id.in_(printed)), Letter.state.not_in(UNDER_WAY))
            .values(payload={}),
        ),
        ("letters_about", update(Letter).where(*named, Letter.state.not_in(UNDER_WAY)).values(payload={})),
        (
            "addresses",
            update(Letter).where(Letter.address.in_(chats), Letter.state.not_in(UNDER_WAY)).values(address=NOWHERE),
        ),
    )


def _of_the_phone(person_id: PersonId) -> Statements:
    """What stands under the number of their account at the messenger; the account itself last."""
    accounts = TelegramAccount.person_id == person_id
    users = select(TelegramAccount.user_id).where(accounts)
    return (
        ("drafts", delete(Draft).where(Draft.user_id.in_(users))),
        ("tries", delete(JoinAttempts).where(JoinAttempts.user_id.in_(users))),
        ("updates", delete(Inbox).where(Inbox.lane.in_(users), Inbox.state != InboxState.NEW.value)),
        ("invitations", update(Invitation).where(Invitation.person_id == person_id).values(used_by_user=null())),
        (
            "accounts",
            update(TelegramAccount)
            .where(accounts)
            .values(user_id=-TelegramAccount.id, chat_id=-TelegramAccount.id, state=AccountState.REVOKED.value),
        ),
    )


def _words(person_id: PersonId) -> Statements:
    """What they wrote, and what was written to and about them beyond the journal."""
    threads = select(Thread.id).where(or_(Thread.family_id == person_id, Thread.student_id == person_id))
    about = or_(AbsenceNote.guardian_id == person_id, AbsenceNote.student_id == person_id)
    return (
        (
            "thread_entries",
            update(ThreadEntry)
            .where(or_(ThreadEntry.author_id == person_id, ThreadEntry.thread_id.in_(threads)))
            .values(text="", file_id=null(), file_name=""),
        ),
        ("absence_notes", update(AbsenceNote).where(about).values(words="", answer="")),
        ("briefings", update(Briefing).where(Briefing.student_id == person_id).values(words="")),
        ("contacts", delete(Contact).where(Contact.person_id == person_id)),
        ("visits", delete(Visit).where(Visit.person_id == person_id)),
        ("preferences", delete(Preferences).where(Preferences.person_id == person_id)),
        (
            "guardianships",
            update(Guardianship).where(Guardianship.guardian_id == person_id).values(application="", end_reason=null()),
        ),
    )


def _with_the_name(person_id: PersonId) -> Statements:
    """The journal's words about one person: they go when its term of keeping is over, the marks stay nameless."""
    return (
        ("comments", update(Mark).where(Mark.student_id == person_id).values(comment="")),
        (
            "personal_homework",
            update(PersonalHomework).where(PersonalHomework.student_id == person_id).values(value=""),
        ),
        ("homework_files", delete(HomeworkFile).where(HomeworkFile.student_id == person_id)),
        ("term_mark_reasons", update(TermMark).where(TermMark.student_id == person_id).values(reason="")),
        (
            "corrections",
            update(CorrectionRequest).where(CorrectionRequest.student_id == person_id).values(reason="", decision=""),
        ),
        ("leaves", delete(StaffLeave).where(StaffLeave.person_id == person_id)),
    )


def _person(person_id: PersonId, name: str | None) -> Statements:
    personal: dict[str, Any] = {"phone": None, "email": None, "birth_on": None, "external_id": None}
    if name is not None:
        personal |= {"last_name": name, "first_name": str(person_id), "middle_name": "", "key": f"{name} {person_id}"}
    return (("person", update(Person).where(Person.id == person_id).values(**personal)),)
