"""Who has read what was issued: results by student and scope, whom letters of them reached, who gets paper."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from storage.models.delivery import Item
from storage.models.family import Contact
from storage.models.finals import TermMark
from storage.repositories.reaching import OF_RESULTS
from storage.uow import Uow
from storage.vocabulary import Channel, ItemKind, ItemState, PersonId


@dataclass(frozen=True, slots=True)
class IssuedResults:
    """A student's issued results for a scope; `last_at`: when the newest of them was issued or corrected."""

    student_id: PersonId
    scope: str
    last_at: datetime


async def issued(uow: Uow, student_ids: Collection[PersonId], before: datetime | None = None) -> list[IssuedResults]:
    """What was issued to students, `before` a moment, by scope; what was taken back is not counted."""
    question = select(TermMark.student_id, TermMark.scope, func.max(TermMark.entered_at).label("last_at")).where(
        TermMark.student_id.in_(student_ids), TermMark.issued.is_(True), TermMark.value.is_not(None)
    )
    if before is not None:
        question = question.where(TermMark.entered_at < before)
    found = await uow.execute(question.group_by(TermMark.student_id, TermMark.scope))
    return [IssuedResults(PersonId(row.student_id), row.scope, row.last_at) for row in found]


@dataclass(frozen=True, slots=True)
class ResultsTold:
    """How the news of a student's results for a scope stand with a guardian."""

    student_id: PersonId
    guardian_id: PersonId
    scope: str
    told: bool


async def told(uow: Uow, student_ids: Collection[PersonId], guardian_ids: Collection[PersonId]) -> list[ResultsTold]:
    """To whom of the guardians results were told: by student, guardian and scope, whether any letter of them went."""
    question = select(Item.student_id, Item.recipient_id, Item.collapse_key, Item.state).where(
        # By the index of recipients and keys: a student's items have none.
        Item.recipient_id.in_(guardian_ids),
        Item.collapse_key >= OF_RESULTS[0],
        Item.collapse_key < OF_RESULTS[1],
        Item.student_id.in_(student_ids),
        Item.kind == ItemKind.TERM_RESULT.value,
    )
    found: dict[tuple[Any, Any, str], bool] = {}
    for row in await uow.execute(question):
        scope = row.collapse_key.split(":", 3)[3]  # «term_mark:<student>:<subject>:<scope>»
        key = (row.student_id, row.recipient_id, scope)
        found[key] = found.get(key, False) or row.state == ItemState.TOLD.value
    return [ResultsTold(PersonId(key[0]), PersonId(key[1]), key[2], went) for key, went in found.items()]


async def on_paper(uow: Uow, guardian_ids: Collection[PersonId]) -> set[PersonId]:
    """Those of the guardians who asked for paper (О 1.6)."""
    question = select(Contact.person_id).where(
        Contact.person_id.in_(guardian_ids), Contact.channel == Channel.PAPER.value, Contact.stopped_at.is_(None)
    )
    return {PersonId(row.person_id) for row in await uow.execute(question)}
