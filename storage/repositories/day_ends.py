"""When the school day ends for a class, or for a subgroup's pupils, asked for many lessons at once (О 2.7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from storage.models.people import SubgroupMember
from storage.models.school import Subgroup
from storage.models.timetable import Lesson, LessonAudience
from storage.repositories.lessons import NOT_HELD
from storage.uow import Uow
from storage.vocabulary import ClassId, SchoolId, SubgroupId

Place = tuple[ClassId, SubgroupId | None]  # a class, or a subgroup of it


@dataclass(slots=True)
class DayEnds:
    """The ends of the last held lessons of some days, by class and subgroup; and which subgroups share a pupil when."""

    ends: dict[tuple[date, ClassId], dict[SubgroupId | None, datetime]] = field(default_factory=dict)
    shared: dict[tuple[SubgroupId, SubgroupId], list[tuple[date, date | None]]] = field(default_factory=dict)

    def of(self, on: date, places: Iterable[Place]) -> datetime | None:
        """When the last lesson of these classes' or subgroups' pupils ends on a day; None where none is held."""
        found = [
            end
            for class_id, subgroup_id in places
            for other, end in self.ends.get((on, class_id), {}).items()
            if subgroup_id is None or other is None or other == subgroup_id or self._share(subgroup_id, other, on)
        ]
        return max(found, default=None)

    def _share(self, one: SubgroupId, other: SubgroupId, on: date) -> bool:
        spans = self.shared.get((one, other), ())
        return any(since <= on and (until is None or on < until) for since, until in spans)


async def day_ends(uow: Uow, school_id: SchoolId, since: date, until: date, class_ids: Collection[ClassId]) -> DayEnds:
    """The ends of these classes' days from one to another: two statements."""
    found = DayEnds()
    if not class_ids:
        return found
    question = (
        select(
            Lesson.on_date,
            LessonAudience.class_id,
            LessonAudience.subgroup_id,
            func.max(Lesson.ends_at).label("ends_at"),
        )
        .join(LessonAudience, LessonAudience.lesson_id == Lesson.id)
        .where(
            Lesson.school_id == school_id,
            Lesson.on_date >= since,
            Lesson.on_date <= until,
            Lesson.state.not_in(NOT_HELD),
            # «+ 0» keeps the planner from walking all the year's lessons of the classes by their index.
            (LessonAudience.class_id + 0).in_(sorted(class_ids)),
        )
        .group_by(Lesson.on_date, LessonAudience.class_id, LessonAudience.subgroup_id)
    )
    for row in await uow.execute(question):
        found.ends.setdefault((row.on_date, row.class_id), {})[row.subgroup_id] = row.ends_at
    one, other = aliased(SubgroupMember), aliased(SubgroupMember)
    pairs = (
        select(
            one.subgroup_id.label("one"),
            other.subgroup_id.label("other"),
            one.since_on.label("one_since"),
            one.until_on.label("one_until"),
            other.since_on.label("other_since"),
            other.until_on.label("other_until"),
        )
        .distinct()
        .select_from(Subgroup)
        .join(one, one.subgroup_id == Subgroup.id)
        .join(other, other.student_id == one.student_id)
        .where(Subgroup.class_id.in_(sorted(class_ids)), other.subgroup_id != one.subgroup_id)
    )
    for row in await uow.execute(pairs):
        untils = [day for day in (row.one_until, row.other_until) if day is not None]
        span = (max(row.one_since, row.other_since), min(untils, default=None))
        found.shared.setdefault((row.one, row.other), []).append(span)
    return found
