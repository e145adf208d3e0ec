"""Requests to correct a mark: asked, decided once, listed; and who decides."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BindParameter, Date, bindparam, func, select, update
from sqlalchemy.orm import aliased

from storage.models.control import CorrectionRequest
from storage.models.delivery import Item
from storage.models.people import Person, PersonRole, TelegramAccount
from storage.models.school import SchoolClass, Subject
from storage.models.timetable import Lesson
from storage.repositories.people import holds_on
from storage.repositories.upsert import add_unless_there
from storage.uow import Uow
from storage.vocabulary import (
    AccountState,
    BotId,
    ClassId,
    ItemKind,
    ItemState,
    LessonId,
    PersonId,
    RequestId,
    RequestState,
    Role,
    SchoolId,
    SubjectId,
    WorkId,
)

Asker = aliased(Person, name="asker")
Decider = aliased(Person, name="decider")
Student = aliased(Person, name="asked_about")
ON = cast(date, bindparam("on", type_=Date))
WHO: BindParameter[Any] = bindparam("person")


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as it stands. `asker` and `decider` are surnames; `on_date` is the lesson's, None of a term mark."""

    id: RequestId
    school_id: SchoolId
    target: str
    lesson_id: LessonId | None
    class_id: ClassId | None
    class_name: str
    subject_id: SubjectId
    subject: str
    on_date: date | None
    student_id: PersonId
    last_name: str
    first_name: str
    middle_name: str
    seen: int
    former: str | None
    wanted: str | None
    reason: str
    asked_by: PersonId
    asker: str
    asked_at: datetime
    state: RequestState
    decider: str | None
    decided_at: datetime | None
    decision: str


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request to be asked."""

    school_id: SchoolId
    target: str
    lesson_id: LessonId | None
    class_id: ClassId | None
    subject_id: SubjectId
    student_id: PersonId
    seen: int
    former: str | None
    wanted: str | None
    reason: str
    asked_by: PersonId
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody with an office who can be written to, by account."""

    person_id: PersonId
    bot_id: BotId


_REQUESTS = (
    select(
        CorrectionRequest.id,
        CorrectionRequest.school_id,
        CorrectionRequest.target,
        CorrectionRequest.lesson_id,
        CorrectionRequest.class_id,
        SchoolClass.name.label("class_name"),
        CorrectionRequest.subject_id,
        Subject.name.label("subject"),
        Lesson.on_date,
        CorrectionRequest.student_id,
        Student.last_name,
        Student.first_name,
        Student.middle_name,
        CorrectionRequest.seen,
        CorrectionRequest.former,
        CorrectionRequest.wanted,
        CorrectionRequest.reason,
        CorrectionRequest.asked_by,
        Asker.last_name.label("asker"),
        CorrectionRequest.asked_at,
        CorrectionRequest.state,
        Decider.last_name.label("decider"),
        CorrectionRequest.decided_at,
        CorrectionRequest.decision,
    )
    .join(Subject, Subject.id == CorrectionRequest.subject_id)
    .join(Student, Student.id == CorrectionRequest.student_id)
    .join(Asker, Asker.id == CorrectionRequest.asked_by)
    .outerjoin(Decider, Decider.id == CorrectionRequest.decided_by)
    .outerjoin(SchoolClass, SchoolClass.id == CorrectionRequest.class_id)
    .outerjoin(Lesson, Lesson.id == CorrectionRequest.lesson_id)
    .where(CorrectionRequest.school_id == bindparam("school"))
)
_BY_ID = _REQUESTS.where(CorrectionRequest.id == bindparam("request"))
_OPEN = _REQUESTS.where(CorrectionRequest.state == RequestState.OPEN.value).order_by(CorrectionRequest.id)
_OPEN_OF_TARGET = _OPEN.where(
    CorrectionRequest.target == bindparam("target"), CorrectionRequest.student_id == bindparam("student")
)
_OF_ASKER = (
    _REQUESTS.where(CorrectionRequest.asked_by == WHO)
    .order_by(CorrectionRequest.id.desc())
    .limit(bindparam("limit", type_=CorrectionRequest.id.type))
)
_OFFICERS = (
    select(TelegramAccount.person_id, TelegramAccount.bot_id)
    .distinct()
    .join(PersonRole, PersonRole.person_id == TelegramAccount.person_id)
    .where(
        TelegramAccount.school_id == bindparam("school"),
        TelegramAccount.state == AccountState.ACTIVE.value,
        PersonRole.role.in_(bindparam("roles", expanding=True)),
        holds_on(PersonRole.since_on, PersonRole.until_on, ON),
    )
    .order_by(TelegramAccount.person_id, TelegramAccount.bot_id)
)
_ACCOUNTS = (
    select(TelegramAccount.person_id, TelegramAccount.bot_id)
    .where(
        TelegramAccount.person_id.in_(bindparam("people", expanding=True)),
        TelegramAccount.state == AccountState.ACTIVE.value,
    )
    .order_by(TelegramAccount.person_id, TelegramAccount.bot_id)
)
_ROLES = select(PersonRole.role).where(
    PersonRole.person_id == WHO, holds_on(PersonRole.since_on, PersonRole.until_on, ON)
)


def _row(row: Any) -> RequestRow:
    values = {name: getattr(row, name) for name in RequestRow.__dataclass_fields__}
    return RequestRow(**{**values, "state": RequestState(row.state), "class_name": row.class_name or ""})


async def add(uow: Uow, new: NewRequest) -> bool:
    """Ask; False where an open request about the same mark of the same student stands already."""
    values = {name: getattr(new, name) for name in NewRequest.__dataclass_fields__}
    return await add_unless_there(uow, CorrectionRequest, {**values, "state": RequestState.OPEN.value, "decision": ""})


async def find(uow: Uow, request_id: RequestId, school_id: SchoolId) -> RequestRow | None:
    """A request of a school."""
    row = (await uow.execute(_BY_ID, {"request": request_id, "school": school_id})).first()
    return None if row is None else _row(row)


async def open_of_target(uow: Uow, school_id: SchoolId, target: str, student_id: PersonId) -> RequestRow | None:
    """The request about a mark that awaits its decision, if there is one."""
    values = {"school": school_id, "target": target, "student": student_id}
    row = (await uow.execute(_OPEN_OF_TARGET, values)).first()
    return None if row is None else _row(row)


async def open_of_school(uow: Uow, school_id: SchoolId) -> list[RequestRow]:
    """What awaits a decision, the oldest first."""
    return [_row(row) for row in await uow.execute(_OPEN, {"school": school_id})]


async def of_asker(uow: Uow, school_id: SchoolId, person_id: PersonId, limit: int) -> list[RequestRow]:
    """Somebody's own requests, the newest first."""
    rows = await uow.execute(_OF_ASKER, {"school": school_id, "person": person_id, "limit": limit})
    return [_row(row) for row in rows]


async def lock(uow: Uow, request_id: RequestId) -> None:
    """Let nobody else decide a request until this transaction ends; on SQLite nobody else writes anyway."""
    await uow.execute(select(CorrectionRequest.id).where(CorrectionRequest.id == request_id).with_for_update(), None)


async def close(
    uow: Uow, request_id: RequestId, state: RequestState, by: PersonId, at: datetime, decision: str = ""
) -> bool:
    """Give an open request its end; False where it has one already: of two at once, one decides."""
    ended = (
        update(CorrectionRequest)
        .where(CorrectionRequest.id == request_id, CorrectionRequest.state == RequestState.OPEN.value)
        .values(state=state.value, decided_by=by, decided_at=at, decision=decision)
    )
    return await uow.write(ended) > 0


async def officers(uow: Uow, school_id: SchoolId, roles: Collection[Role], on: date) -> Sequence[Officer]:
    """Who holds one of these offices on a day and can be written to."""
    values = {"school": school_id, "roles": [role.value for role in roles], "on": on}
    return [Officer(row.person_id, row.bot_id) for row in await uow.execute(_OFFICERS, values)]


async def accounts(uow: Uow, people: Collection[PersonId]) -> Sequence[Officer]:
    """The accounts these people can be written to by."""
    return [Officer(row.person_id, row.bot_id) for row in await uow.execute(_ACCOUNTS, {"people": list(people)})]


async def roles_of(uow: Uow, person_id: PersonId, on: date) -> frozenset[Role]:
    """What somebody is in the school on a day."""
    return frozenset(Role(row.role) for row in await uow.execute(_ROLES, {"person": person_id, "on": on}))


async def told_of_mark(uow: Uow, lesson_id: LessonId, work_id: WorkId, student_id: PersonId) -> set[PersonId]:
    """Who was told of a student's mark in a column, and what they were told last stands."""
    newest = (
        select(Item.recipient_id, func.max(Item.id).label("id"))
        .where(
            Item.lesson_id == lesson_id,
            Item.work_id == work_id,
            Item.student_id == student_id,
            Item.kind == ItemKind.MARK.value,
            Item.state == ItemState.TOLD.value,
        )
        .group_by(Item.recipient_id)
        .subquery()
    )
    question = select(Item.recipient_id).join(newest, newest.c.id == Item.id).where(Item.value.is_not(None))
    return {PersonId(row.recipient_id) for row in await uow.execute(question)}
