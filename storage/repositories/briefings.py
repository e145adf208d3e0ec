"""The homeroom teachers' ledger of how families were informed (М кл.рук. в)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, insert, select

from storage.models.family import Briefing
from storage.models.people import Homeroom, Person
from storage.repositories.people import holds_on
from storage.uow import Uow
from storage.vocabulary import BriefingWay, ClassId, PersonId, SchoolId


@dataclass(frozen=True, slots=True)
class NewBriefing:
    """An entry of the ledger; `student_id` None: the families of the whole class."""

    school_id: SchoolId
    class_id: ClassId
    teacher_id: PersonId
    on_date: date
    way: BriefingWay
    words: str = ""
    student_id: PersonId | None = None


@dataclass(frozen=True, slots=True)
class BriefingRow:
    """An entry as it stands; `student` is «Иванов П.», None for the whole class."""

    on_date: date
    way: BriefingWay
    words: str
    student: str | None
    author: str


async def add(uow: Uow, new: NewBriefing, now: datetime) -> bool:
    """Write an entry down; False where the same stands already, or the teacher doesn't lead the class that day."""
    same = exists().where(
        Briefing.class_id == new.class_id,
        Briefing.on_date == new.on_date,
        Briefing.way == new.way.value,
        Briefing.words == new.words,
        Briefing.teacher_id == new.teacher_id,
        Briefing.student_id.is_(None) if new.student_id is None else Briefing.student_id == new.student_id,
    )
    leads = exists().where(
        Homeroom.class_id == new.class_id,
        Homeroom.teacher_id == new.teacher_id,
        holds_on(Homeroom.since_on, Homeroom.until_on, new.on_date),
    )
    stands, led = (await uow.execute(select(same, leads))).one()
    if stands or not led:
        return False
    row = {
        "school_id": new.school_id,
        "class_id": new.class_id,
        "student_id": new.student_id,
        "teacher_id": new.teacher_id,
        "on_date": new.on_date,
        "way": new.way.value,
        "words": new.words,
        "entered_at": now,
    }
    await uow.execute(insert(Briefing), row)
    return True


async def of_class(uow: Uow, class_id: ClassId, limit: int) -> list[BriefingRow]:
    """The latest entries of a class, the newest first."""
    author = Person.__table__.alias("briefing_author")
    question = (
        select(
            Briefing.on_date,
            Briefing.way,
            Briefing.words,
            Person.last_name,
            Person.first_name,
            author.c.last_name.label("author"),
        )
        .outerjoin(Person, Person.id == Briefing.student_id)
        .join(author, author.c.id == Briefing.teacher_id)
        .where(Briefing.class_id == class_id)
        .order_by(Briefing.on_date.desc(), Briefing.id.desc())
        .limit(limit)
    )
    return [
        BriefingRow(
            row.on_date,
            BriefingWay(row.way),
            row.words,
            None if row.last_name is None else f"{row.last_name} {row.first_name[:1]}.",
            row.author,
        )
        for row in await uow.execute(question)
    ]


async def last_of(uow: Uow, class_ids: Collection[ClassId]) -> dict[ClassId, date]:
    """When the families of each class were last informed all together."""
    question = (
        select(Briefing.class_id, func.max(Briefing.on_date).label("last_on"))
        .where(Briefing.class_id.in_(list(class_ids)), Briefing.student_id.is_(None))
        .group_by(Briefing.class_id)
    )
    return {row.class_id: row.last_on for row in await uow.execute(question)}
