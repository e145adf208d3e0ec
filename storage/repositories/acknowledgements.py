"""Acknowledgements: who has said of what that they have read it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from storage.models.family import Acknowledgement
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import AcknowledgedKind, PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A person's word on a subject; `on_paper`: signed on the sheet."""

    subject: str
    person_id: PersonId
    at: datetime
    on_paper: bool


async def add(
    uow: Uow,
    *,
    school_id: SchoolId,
    person_id: PersonId,
    kind: AcknowledgedKind,
    subject: str,
    at: datetime,
    entered_by: PersonId | None = None,
) -> bool:
    """Keep a person's word, `entered_by` somebody from paper; False where it stands already."""
    row = {
        "school_id": school_id,
        "person_id": person_id,
        "kind": kind.value,
        "subject": subject,
        "on_paper": entered_by is not None,
        "at": at,
        "entered_by": entered_by,
    }
    return await add_unless_there(uow, Acknowledgement, row)


async def take_back(uow: Uow, person_id: PersonId, kind: AcknowledgedKind, subject: str) -> bool:
    """Forget a signature that was entered from paper; a person's own word stays. False where there is none."""
    question = delete(Acknowledgement).where(
        Acknowledgement.person_id == person_id,
        Acknowledgement.kind == kind.value,
        Acknowledgement.subject == subject,
        Acknowledgement.on_paper.is_(True),
    )
    return await uow.write(question) > 0


async def of_subjects(uow: Uow, kind: AcknowledgedKind, subjects: Collection[str]) -> list[Acknowledged]:
    """Everybody's word on these subjects, the first said first."""
    found = await uow.execute(
        select(Acknowledgement.subject, Acknowledgement.person_id, Acknowledgement.at, Acknowledgement.on_paper)
        .where(Acknowledgement.kind == kind.value, Acknowledgement.subject.in_(subjects))
        .order_by(Acknowledgement.at, Acknowledgement.id)
    )
    return [Acknowledged(row.subject, PersonId(row.person_id), row.at, row.on_paper) for row in found]
