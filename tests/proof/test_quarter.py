"""Twenty-seven classes through a quarter: the product's overdue lists and averages against a slow recomputation."""

import time
from datetime import date, datetime

import pytest

from services import gaps
from services.rules.averages import Scored, average
from services.rules.regulation import Regulation
from storage.repositories import journal
from storage.uow import Storage
from storage.vocabulary import ClassId, ClockKind, PersonId, SchoolId, SubgroupId, SubjectId
from tests.proof import oracle, quarter
from tests.proof.oracle import Owed
from tests.proof.store import SCHOOL, store

OF_LESSONS = {ClockKind.LESSON, ClockKind.HOMEWORK, ClockKind.WRITTEN_WORK, ClockKind.CHECKED_WORK}
MOMENTS = {
    "in the middle of a day": quarter.moment(date(2026, 9, 16), 12 * 60 + 20),
    "between two classes' ends of the homework clock": quarter.moment(date(2026, 10, 5), 13 * 60 + 50),
    "on the working Saturday's evening": quarter.moment(quarter.WORKING_SATURDAY, 20 * 60),
    "a minute after midnight": quarter.moment(date(2026, 10, 14), 1),
}


async def asked(storage: Storage, now: datetime) -> set[Owed]:
    """What the product calls overdue."""
    async with storage.reading() as uow:
        found = await gaps.overdue_of(uow, SchoolId(SCHOOL), now)
    return {
        Owed(
            teacher,
            gap.kind.value,
            gap.lesson_id or 0,
            gap.work_id,
            gap.left if gap.work_id is not None else frozenset(part.value for part in gap.missing),
        )
        for teacher, own in found.items()
        for gap in own
        if gap.kind in OF_LESSONS
    }


@pytest.mark.parametrize("moment", MOMENTS)
async def test_the_overdue_list_of_a_school_is_what_a_slow_recomputation_finds(storage: Storage, moment: str) -> None:
    now = MOMENTS[moment]
    lived = quarter.live(seed=27, until=now)
    await store(storage, lived)
    wanted = oracle.overdue(lived, now)
    assert {one.clock for one in wanted} == {kind.value for kind in OF_LESSONS}, "the quarter has something of each"
    assert await asked(storage, now) == wanted


async def test_a_teachers_own_list_is_the_schools_list_of_that_teacher(storage: Storage) -> None:
    now = MOMENTS["a minute after midnight"]
    lived = quarter.live(seed=28, until=now)
    await store(storage, lived)
    wanted = oracle.overdue(lived, now)
    async with storage.reading() as uow:
        for teacher in lived.teachers[:12]:
            own = await gaps.gaps_of(uow, SchoolId(SCHOOL), PersonId(teacher), now)
            named = {gap.lesson_id for gap in own if gap.kind in OF_LESSONS and gap.state == "overdue"}
            assert named == {one.lesson for one in wanted if one.teacher == teacher}


async def test_averages_of_a_quarter_are_what_a_slow_recomputation_finds(storage: Storage) -> None:
    lived = quarter.live(seed=29)
    await store(storage, lived)
    regulation = Regulation()
    wanted = oracle.averages(lived)
    assert len(wanted) > 150
    async with storage.reading() as uow:
        for (class_id, subgroup_id, subject_id), students in wanted.items():
            standing = await journal.standing_marks(
                uow,
                class_id=ClassId(class_id),
                subgroup_id=None if subgroup_id is None else SubgroupId(subgroup_id),
                subject_id=SubjectId(subject_id),
                since=quarter.FIRST,
                until=quarter.LAST,
            )
            by_student: dict[int, list[Scored]] = {}
            for one in standing:
                by_student.setdefault(one.student_id, []).append(Scored(one.value, one.kind))
            found = {student: str(average(marks, regulation)) for student, marks in by_student.items()}
            assert found == students, (class_id, subgroup_id, subject_id)


async def test_the_overdue_list_of_a_whole_quarter_takes_no_more_than_two_seconds_of_work(storage: Storage) -> None:
    """Twice a day at most, for the deputy head; a tick must not stand still for it."""
    now = quarter.moment(date(2026, 10, 23), 20 * 60)
    await store(storage, quarter.live(seed=30, until=now))
    begun = time.process_time()  # whatever else the machine is busy with
    await asked(storage, now)
    assert time.process_time() - begun < 2
