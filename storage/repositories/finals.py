"""Term marks: what stands, new revisions, who still has none, and results received from outside."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from typing import cast as typed

from sqlalchemy import BindParameter, Date, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import aliased

from storage.models.finals import TermMark
from storage.models.people import Enrollment, Person, SubgroupMember
from storage.models.school import SchoolClass, Subgroup, Subject, Term
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.repositories.lessons import NOT_HELD
from storage.repositories.people import holds_on
from storage.repositories.revisions import is_newest
from storage.repositories.upsert import add_unless_there, insert_into
from storage.uow import Uow
from storage.vocabulary import (
    ClassId,
    PersonId,
    RecordForm,
    SchoolId,
    SubgroupId,
    SubjectId,
    TermId,
    TermKind,
    TermScope,
)

IDS: BindParameter[Any] = bindparam("ids", expanding=True)
SCOPES: BindParameter[Any] = bindparam("scopes", expanding=True)
ON = typed(date, bindparam("on", type_=Date))
Author = aliased(Person, name="term_mark_author")


class Told:
    """What a revision says to families."""

    __slots__ = ()
    value: str | None
    issued: bool

    @property
    def is_told(self) -> bool:
        """Whether they see a mark."""
        return self.issued and self.value is not None

    @property
    def is_without(self) -> bool:
        """Whether there is none to come: the student took no exam."""
        return self.issued and self.value is None


@dataclass(frozen=True, slots=True)
class StandingTermMark(Told):
    """A term mark's newest revision: its value (None: taken back), whether families see it, by whom (a surname)."""

    student_id: PersonId
    subject_id: SubjectId
    scope: str
    rev: int
    value: str | None
    issued: bool
    author: str
    entered_at: datetime


STANDING = (
    select(
        TermMark.student_id,
        TermMark.subject_id,
        TermMark.scope,
        TermMark.rev,
        TermMark.value,
        TermMark.issued,
        Author.last_name,
        TermMark.entered_at,
    )
    .join(Author, Author.id == TermMark.author_id)
    .where(TermMark.student_id.in_(IDS), TermMark.scope.in_(SCOPES), is_newest(TermMark))
)
STANDING_OF_SUBJECT = STANDING.where(TermMark.subject_id == bindparam("subject"))


async def standing(
    uow: Uow, student_ids: Collection[PersonId], subject_id: SubjectId | None, scopes: Collection[str]
) -> list[StandingTermMark]:
    """What stands for students in these scopes, drafts too; in one subject, or (None) in all."""
    values: dict[str, Any] = {"ids": list(student_ids), "scopes": list(scopes)}
    if subject_id is None:
        return [StandingTermMark(*row) for row in await uow.execute(STANDING, values)]
    return [StandingTermMark(*row) for row in await uow.execute(STANDING_OF_SUBJECT, {**values, "subject": subject_id})]


@dataclass(frozen=True, slots=True)
class NewTermMark(Told):
    """A revision to add."""

    student_id: PersonId
    subject_id: SubjectId
    scope: str
    rev: int
    class_id: ClassId
    value: str | None
    issued: bool
    author_id: PersonId
    entered_at: datetime
    reason: str = ""


async def add(uow: Uow, mark: NewTermMark) -> bool:
    """Add a revision; False where somebody has added the same number before."""
    return await add_unless_there(uow, TermMark, _row(mark))


async def add_all(uow: Uow, marks: Sequence[NewTermMark]) -> set[PersonId]:
    """Add revisions of many students, in one statement; of whom: where the number was there before, nothing is."""
    if not marks:
        return set()
    ordered = sorted(marks, key=lambda mark: mark.student_id)
    statement = (
        insert_into(uow, TermMark)
        .values([_row(mark) for mark in ordered])
        .on_conflict_do_nothing()
        .returning(TermMark.student_id)
    )
    return {row.student_id for row in await uow.execute(statement)}


def _row(mark: NewTermMark) -> dict[str, Any]:
    return {name: getattr(mark, name) for name in NewTermMark.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class TaughtRow:
    """A subject that a class or subgroup has held lessons of in some days, with its teachers."""

    class_id: ClassId
    class_name: str
    level: int
    short_stay: bool
    subgroup_id: SubgroupId | None
    subgroup: str | None
    subject_id: SubjectId
    subject: str
    teachers: tuple[PersonId, ...]


async def taught(
    uow: Uow,
    school_id: SchoolId,
    *,
    since: date,
    until: date,
    levels: Collection[int],
    class_id: ClassId | None = None,
) -> list[TaughtRow]:
    """What classes of these levels were taught from one day to another, by class and subject; paper courses aren't."""
    question = (
        select(
            SchoolClass.id,
            SchoolClass.name,
            SchoolClass.level,
            SchoolClass.short_stay,
            LessonAudience.subgroup_id,
            Subgroup.name.label("subgroup"),
            Subject.id.label("subject_id"),
            Subject.name.label("subject"),
            LessonTeacher.teacher_id,
        )
        .distinct()
        .select_from(Lesson)
        .join(LessonTeacher, and_(LessonTeacher.lesson_id == Lesson.id, LessonTeacher.substitute.is_(False)))
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .join(SchoolClass, SchoolClass.id == LessonAudience.class_id)
        .outerjoin(Subgroup, Subgroup.id == LessonAudience.subgroup_id)
        .join(Subject, Subject.id == Lesson.subject_id)
        .where(
            Lesson.school_id == school_id,
            Lesson.on_date >= since,
            Lesson.on_date <= until,
            Lesson.state.not_in(NOT_HELD),
            Subject.record_form == RecordForm.ELECTRONIC.value,
            SchoolClass.level.in_(list(levels)),
            SchoolClass.short_stay.is_(False),
        )
        .order_by(SchoolClass.level, SchoolClass.name, Subject.name, Subgroup.name, LessonTeacher.teacher_id)
    )
    if class_id is not None:
        question = question.where(SchoolClass.id == class_id)
    first: dict[tuple[int, int | None, int], Any] = {}
    teachers: dict[tuple[int, int | None, int], list[PersonId]] = defaultdict(list)
    for row in await uow.execute(question):
        key = (row.id, row.subgroup_id, row.subject_id)
        first.setdefault(key, row)
        teachers[key].append(row.teacher_id)
    return [
        TaughtRow(
            row.id,
            row.name,
            row.level,
            row.short_stay,
            row.subgroup_id,
            row.subgroup,
            row.subject_id,
            row.subject,
            tuple(teachers[key]),
        )
        for key, row in first.items()
    ]


@dataclass(frozen=True, slots=True)
class Unissued:
    """How a class or subgroup stands in a subject and scope: how many students, with nothing, with a draft only."""

    taught: TaughtRow
    students: int
    nothing: int
    drafts: int

    @property
    def blanks(self) -> int:
        """How many have no issued mark yet (О 2.8)."""
        return self.nothing + self.drafts


async def states(
    uow: Uow,
    school_id: SchoolId,
    *,
    scope: str,
    since: date,
    until: date,
    on: date,
    levels: Collection[int],
    class_id: ClassId | None = None,
    teacher_id: PersonId | None = None,
) -> list[Unissued]:
    """Every subject of classes of these levels with its term marks in a scope, the finished ones too.

    `since`, `until`: the scope's days, in which lessons were held; `on`: whose students count, the last of them or
    today. Nothing where no student is. With a teacher, only what they teach.
    """
    rows = await taught(uow, school_id, since=since, until=until, levels=levels, class_id=class_id)
    if teacher_id is not None:
        rows = [row for row in rows if teacher_id in row.teachers]
    members = await _members(uow, {row.class_id for row in rows}, on)
    values = {
        (row.student_id, row.subject_id): row.issued
        for row in await uow.execute(
            select(TermMark.student_id, TermMark.subject_id, TermMark.issued).where(
                # Not by class: who changed it since the mark was issued has the mark still.
                TermMark.student_id.in_({student_id for own in members.values() for student_id in own}),
                TermMark.scope == scope,
                is_newest(TermMark),
                or_(TermMark.value.is_not(None), TermMark.issued),  # the latter: took no exam
            )
        )
    }
    found = []
    for row in rows:
        own = members.get((row.class_id, row.subgroup_id), set())
        stands = [values.get((student_id, row.subject_id)) for student_id in own]
        if own:
            found.append(Unissued(row, len(own), stands.count(None), stands.count(False)))
    return found


async def unissued(
    uow: Uow,
    school_id: SchoolId,
    *,
    scope: str,
    since: date,
    until: date,
    on: date,
    levels: Collection[int],
    class_id: ClassId | None = None,
    teacher_id: PersonId | None = None,
) -> list[Unissued]:
    """The subjects in which somebody of a class or subgroup has no issued term mark yet; parameters as of `states`.

    `scope`: «term:<id>»; `levels`: those whose year is divided like this and who take marks.
    """
    found = await states(
        uow,
        school_id,
        scope=scope,
        since=since,
        until=until,
        on=on,
        levels=levels,
        class_id=class_id,
        teacher_id=teacher_id,
    )
    return [one for one in found if one.blanks]


async def _members(
    uow: Uow, class_ids: Collection[ClassId], on: date
) -> dict[tuple[ClassId, SubgroupId | None], set[PersonId]]:
    """The students of classes and of their subgroups on a day."""
    found: dict[tuple[ClassId, SubgroupId | None], set[PersonId]] = defaultdict(set)
    enrolled = select(Enrollment.class_id, Enrollment.student_id).where(
        Enrollment.class_id.in_(IDS), holds_on(Enrollment.since_on, Enrollment.until_on, ON)
    )
    for row in await uow.execute(enrolled, {"ids": list(class_ids), "on": on}):
        found[row.class_id, None].add(row.student_id)
    grouped = (
        select(Subgroup.class_id, Subgroup.id, SubgroupMember.student_id)
        .join(SubgroupMember, SubgroupMember.subgroup_id == Subgroup.id)
        .where(Subgroup.class_id.in_(IDS), holds_on(SubgroupMember.since_on, SubgroupMember.until_on, ON))
    )
    for row in await uow.execute(grouped, {"ids": list(class_ids), "on": on}):
        if row.student_id in found[row.class_id, None]:  # who left the class has left its subgroups
            found[row.class_id, row.id].add(row.student_id)
    return found


async def lessons_held(
    uow: Uow, class_id: ClassId, subgroup_id: SubgroupId | None, subject_id: SubjectId, since: date, until: date
) -> int:
    """How many lessons of a subject a class or subgroup has from one day to another, cancelled ones left out."""
    question = (
        select(func.count(Lesson.id.distinct()))
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .where(
            LessonAudience.class_id == class_id,
            or_(LessonAudience.subgroup_id == subgroup_id, LessonAudience.subgroup_id.is_(None)),
            Lesson.subject_id == subject_id,
            Lesson.on_date >= since,
            Lesson.on_date <= until,
            Lesson.state.not_in(NOT_HELD),
        )
    )
    found: int = (await uow.execute(question)).scalar_one()
    return found


async def titles(
    uow: Uow, subject_ids: Collection[SubjectId], school_id: SchoolId
) -> tuple[dict[SubjectId, str], dict[str, tuple[TermKind, int]]]:
    """Names of subjects, and the school's terms by scope: kind and number."""
    subjects = await uow.execute(select(Subject.id, Subject.name).where(Subject.id.in_(list(subject_ids))))
    terms = await uow.execute(select(Term.id, Term.kind, Term.ordinal).where(Term.school_id == school_id))
    return (
        {row.id: row.name for row in subjects},
        {f"{TermScope.TERM.value}:{row.id}": (TermKind(row.kind), row.ordinal) for row in terms},
    )


async def close_term(uow: Uow, term_id: TermId, now: datetime) -> bool:
    """Close a term; False where it is closed already."""
    return await uow.write(update(Term).where(Term.id == term_id, Term.closed_at.is_(None)).values(closed_at=now)) > 0
