"""What is known of a person beyond the journal, and how it goes; each purpose one statement or two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, null, or_, select, update
from sqlalchemy.sql.dml import UpdateBase

from storage.models.audit import AuditEntry
from storage.models.delivery import Item, Letter
from storage.models.family import AbsenceNote, Briefing, Contact, PrintSheet, Visit
from storage.models.finals import TermMark
from storage.models.journal import Attendance, Mark
from storage.models.people import (
    Draft,
    Enrollment,
    Guardianship,
    Invitation,
    Person,
    PersonRole,
    Preferences,
    TelegramAccount,
)
from storage.models.school import School
from storage.models.threads import Thread, ThreadEntry
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import AccountState, PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class Known:
    """What ties somebody here still, and when they last left a trace in the journal or sat in a class."""

    open_ties: int
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
    for model, column in (
        (PersonRole, PersonRole.person_id),
        (Enrollment, Enrollment.student_id),
        (Guardianship, Guardianship.guardian_id),
    ):
        held = select(func.count()).select_from(model).where(column == person_id)
        open_ties += (await uow.execute(held.where(holds_on(model.since_on, model.until_on, today)))).scalar_one()
    results = select(TermMark.student_id).where(TermMark.student_id == person_id).limit(1)
    enrolled = select(func.max(Enrollment.until_on)).where(Enrollment.student_id == person_id)
    left_on = (await uow.execute(enrolled)).scalar_one()
    last = [left_on] if left_on is not None else []
    last += [moment.date() for moment in await _last_traces(uow, person_id)]
    return Known(
        open_ties,
        has_results=(await uow.execute(results)).first() is not None,
        last_on=max(last, default=None),
    )


async def _last_traces(uow: Uow, person_id: PersonId) -> list[datetime]:
    """The last moments at which the journal names the person as an author or as its subject."""
    questions = (
        select(func.max(AuditEntry.at)).where(AuditEntry.actor_id == person_id),
        select(func.max(Mark.entered_at)).where(or_(Mark.author_id == person_id, Mark.student_id == person_id)),
        select(func.max(Attendance.entered_at)).where(Attendance.student_id == person_id),
    )
    found = [(await uow.execute(question)).scalar_one() for question in questions]
    return [moment for moment in found if moment is not None]


async def forget(uow: Uow, person_id: PersonId, *, name: str | None) -> dict[str, int]:
    """Erase what is known beyond the journal, and the name where `name` stands for it; how many rows of what."""
    return {what: await uow.write(statement) for what, statement in _statements(person_id, name)}


def _statements(person_id: PersonId, name: str | None) -> Sequence[tuple[str, UpdateBase]]:
    own: Any = Item.recipient_id == person_id
    told = select(Item.letter_id).where(or_(own, Item.student_id == person_id), Item.letter_id.is_not(None))
    printed = select(PrintSheet.letter_id).where(
        or_(PrintSheet.guardian_id == person_id, PrintSheet.student_id == person_id), PrintSheet.letter_id.is_not(None)
    )
    users = select(TelegramAccount.user_id).where(TelegramAccount.person_id == person_id)
    personal: dict[str, Any] = {"phone": None, "email": None, "birth_on": None, "external_id": None}
    if name is not None:
        personal |= {"last_name": name, "first_name": str(person_id), "middle_name": "", "key": f"{name} {person_id}"}
    written = select(Thread.id).where(or_(Thread.family_id == person_id, Thread.student_id == person_id))
    about = or_(AbsenceNote.guardian_id == person_id, AbsenceNote.student_id == person_id)
    return (
        ("letters", update(Letter).where(or_(Letter.id.in_(told), Letter.id.in_(printed))).values(payload={})),
        ("items", update(Item).where(or_(own, Item.student_id == person_id)).values(value=null(), base=null())),
        ("drafts", delete(Draft).where(Draft.user_id.in_(users))),
        (
            "thread_entries",
            update(ThreadEntry)
            .where(or_(ThreadEntry.author_id == person_id, ThreadEntry.thread_id.in_(written)))
            .values(text="", file_id=null(), file_name=""),
        ),
        ("absence_notes", update(AbsenceNote).where(about).values(words="", answer="")),
        ("briefings", update(Briefing).where(Briefing.student_id == person_id).values(words="")),
        ("contacts", delete(Contact).where(Contact.person_id == person_id)),
        ("visits", delete(Visit).where(Visit.person_id == person_id)),
        ("preferences", delete(Preferences).where(Preferences.person_id == person_id)),
        ("invitations", update(Invitation).where(Invitation.person_id == person_id).values(used_by_user=null())),
        (
            "accounts",
            update(TelegramAccount)
            .where(TelegramAccount.person_id == person_id)
            .values(user_id=-TelegramAccount.id, chat_id=-TelegramAccount.id, state=AccountState.REVOKED.value),
        ),
        ("guardianships", update(Guardianship).where(Guardianship.guardian_id == person_id).values(application="")),
        ("person", update(Person).where(Person.id == person_id).values(**personal)),
    )
