"""An approved correction of an issued term mark: one more revision, and the family is told once (М ж)."""

from datetime import datetime
from typing import Protocol

from services.actor import Actor
from services.errors import NotFoundHere
from services.finals.refusals import ChangedMeanwhile, NeverBlank
from services.letters.results import KEY, results_issued
from services.outbox.items import Fact
from services.rules import finals as rules
from services.rules.finals import Scope
from services.rules.regulation import Regulation
from storage.repositories import audit, diary, recipients
from storage.repositories import finals as rows
from storage.repositories.finals import NewTermMark
from storage.uow import Uow
from storage.vocabulary import ClassId, PersonId, SubjectId


class TermMarkRequest(Protocol):
    """What a request to correct a term mark says; `target` is «term_mark:<subject>:<scope>»."""

    @property
    def target(self) -> str: ...
    @property
    def class_id(self) -> ClassId | None: ...
    @property
    def student_id(self) -> PersonId: ...
    @property
    def seen(self) -> int: ...
    @property
    def wanted(self) -> str | None: ...
    @property
    def reason(self) -> str: ...


def target_of(subject_id: SubjectId, scope: Scope) -> str:
    """The target of a request about a term mark."""
    return f"{KEY}:{subject_id}:{scope.key}"


async def correct(uow: Uow, actor: Actor, request: TermMarkRequest, now: datetime) -> list[Fact]:
    """Put the wanted value over an issued term mark, also of a closed term; the facts are to be put by the asker.

    Raises NeverBlank, ChangedMeanwhile where the mark isn't the one the request saw, NotFoundHere.
    """
    key, subject, scope_key = request.target.split(":", 2)
    if key != KEY or request.class_id is None:
        raise NotFoundHere
    subject_id, scope = SubjectId(int(subject)), Scope.parse(scope_key)
    _name, _zone, stored = await diary.school(uow, actor.school_id)
    regulation = Regulation.from_json(stored)
    if request.wanted is None:
        raise NeverBlank
    if request.wanted not in rules.values(regulation):
        raise NotFoundHere
    stands = await rows.standing(uow, [request.student_id], subject_id, [scope.key])
    if not stands or not stands[0].issued or stands[0].rev != request.seen:
        raise ChangedMeanwhile
    added = await rows.add(
        uow,
        NewTermMark(
            student_id=request.student_id,
            subject_id=subject_id,
            scope=scope.key,
            rev=request.seen + 1,
            class_id=request.class_id,
            value=request.wanted,
            issued=True,
            author_id=actor.person_id,
            entered_at=now,
            reason=request.reason,
        ),
    )
    if not added:
        raise ChangedMeanwhile
    await audit.note(
        uow,
        school_id=actor.school_id,
        actor_id=actor.person_id,
        at=now,
        action="term_mark_corrected",
        subject=f"{KEY}:{request.student_id}:{subject_id}:{scope.key}",
        detail={"rev": request.seen + 1, "value": request.wanted},
    )
    today = now.astimezone(actor.zone).date()
    told = await recipients.recipients_of_students(uow, [request.student_id], today)
    return results_issued(
        told,
        subject_id=subject_id,
        scope=scope,
        values={request.student_id: request.wanted},
        due_at=None,
        now=now,
        zone=actor.zone,
        regulation=regulation,
    )
