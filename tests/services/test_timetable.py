"""Lessons laid out from the timetable: parity, holidays, working Saturdays, bells, new versions, what is recorded."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from services.clock import StoppedClock
from services.school_file import read_school_file
from services.schools import Schools
from services.timetable import Timetable
from storage.models.journal import LessonRecord
from storage.models.people import Person
from storage.models.school import AcademicYear, SchoolClass, Subject
from storage.models.timetable import (
    EntryAudience,
    EntryTeacher,
    Lesson,
    LessonTeacher,
    TimetableEntry,
    TimetableVersion,
)
from storage.uow import Storage
from storage.vocabulary import SchoolId

SAMPLE = (Path(__file__).parents[2] / "school.example.toml").read_text(encoding="utf-8")
MONDAY, TUESDAY = 0, 1
SCHOOL = SchoolId(1)


class SmallSchool:
    """A school with one class and one subject, whose timetable a test writes by hand."""

    def __init__(self, storage: Storage, clock: StoppedClock) -> None:
        self.storage = storage
        self.clock = clock
        self.timetable = Timetable(storage, clock)

    async def found(self) -> None:
        await Schools(self.storage, self.clock).found(read_school_file(SAMPLE))
        async with self.storage.writing() as uow:
            await uow.execute(insert(Subject).values(school_id=1, name="Алгебра", key="алгебра"))

    async def version(self, valid_from: date, places: Sequence[tuple[int, int, str]]) -> None:
        """A timetable version: weekday, slot, weeks of the cycle."""
        async with self.storage.writing() as uow:
            year = (await uow.execute(select(AcademicYear.id))).scalar_one()
            class_id = (await uow.execute(select(SchoolClass.id).where(SchoolClass.name == "7Б"))).scalar_one()
            made = insert(TimetableVersion).values(
                school_id=1, year_id=year, valid_from=valid_from, source_digest="", imported_at=self.clock.now()
            )
            version = (await uow.execute(made.returning(TimetableVersion.id))).scalar_one()
            for weekday, slot, weeks in places:
                entry = insert(TimetableEntry).values(
                    school_id=1,
                    version_id=version,
                    key=f"{weekday}/{slot}/{weeks}",
                    subject_id=1,
                    weekday=weekday,
                    slot=slot,
                    weeks=weeks,
                )
                entry_id = (await uow.execute(entry.returning(TimetableEntry.id))).scalar_one()
                await uow.execute(insert(EntryTeacher).values(entry_id=entry_id, teacher_id=1))
                await uow.execute(insert(EntryAudience).values(entry_id=entry_id, class_id=class_id))

    async def lessons(self) -> list[tuple[date, int, datetime]]:
        async with self.storage.reading() as uow:
            rows = await uow.execute(
                select(Lesson.on_date, Lesson.slot, Lesson.starts_at).order_by(Lesson.starts_at, Lesson.slot)
            )
            return [(on_date, slot, starts_at) for on_date, slot, starts_at in rows]

    async def days(self) -> list[str]:
        return [f"{on_date:%d.%m}/{slot}" for on_date, slot, _ in await self.lessons()]


@pytest.fixture
async def small(storage: Storage) -> SmallSchool:
    school = SmallSchool(storage, StoppedClock(datetime(2026, 8, 30, 9, tzinfo=UTC)))
    await school.found()
    return school


async def test_lessons_stand_at_the_bells_in_utc(small: SmallSchool) -> None:
    await small.version(date(2026, 9, 1), [(TUESDAY, 2, "1")])
    await small.timetable.lay_out(SCHOOL, date(2026, 8, 30), date(2026, 9, 7))
    assert await small.lessons() == [(date(2026, 9, 1), 2, datetime(2026, 9, 1, 6, 25, tzinfo=UTC))]


async def test_odd_and_even_weeks_alternate_from_the_year_s_first_week(small: SmallSchool) -> None:
    await small.version(date(2026, 9, 1), [(TUESDAY, 1, "10"), (TUESDAY, 2, "01")])
    await small.timetable.lay_out(SCHOOL, date(2026, 9, 1), date(2026, 9, 28))
    assert await small.days() == ["01.09/1", "08.09/2", "15.09/1", "22.09/2"]


async def test_holidays_and_days_between_terms_have_no_lessons(small: SmallSchool) -> None:
    await small.version(date(2026, 9, 1), [(weekday, 1, "1") for weekday in range(5)])
    await small.timetable.lay_out(SCHOOL, date(2026, 10, 22), date(2026, 11, 6))
    # 26.10–1.11 lie between the quarters, though the half-year goes on; 4.11 is a holiday.
    assert await small.days() == ["22.10/1", "23.10/1", "02.11/1", "03.11/1", "05.11/1", "06.11/1"]


async def test_a_working_saturday_follows_the_day_and_bells_it_names(small: SmallSchool) -> None:
    small.clock.set(datetime(2027, 2, 15, tzinfo=UTC))
    await small.version(date(2026, 9, 1), [(MONDAY, 2, "1"), (TUESDAY, 1, "1")])
    await small.timetable.lay_out(SCHOOL, date(2027, 2, 20), date(2027, 2, 23))
    # Saturday the 20th is taught as a Monday by the short bells; Monday the 22nd and the 23rd are holidays.
    assert await small.lessons() == [(date(2027, 2, 20), 2, datetime(2027, 2, 20, 6, 5, tzinfo=UTC))]


async def test_laying_out_twice_changes_nothing(small: SmallSchool) -> None:
    await small.version(date(2026, 9, 1), [(TUESDAY, 1, "1")])
    await small.timetable.lay_out(SCHOOL, date(2026, 9, 1))
    before = await small.lessons()
    again = await small.timetable.lay_out(SCHOOL, date(2026, 9, 1))
    assert (again.added, again.changed, again.removed) == (0, 0, 0)
    assert await small.lessons() == before


async def test_a_new_version_replaces_future_lessons_and_leaves_recorded_ones(small: SmallSchool) -> None:
    await small.version(date(2026, 9, 1), [(TUESDAY, 1, "1"), (TUESDAY, 3, "1")])
    await small.timetable.lay_out(SCHOOL, date(2026, 9, 1))
    small.clock.set(datetime(2026, 9, 8, 4, tzinfo=UTC))  # Tuesday morning, before the bells
    async with small.storage.writing() as uow:
        today = select(Lesson.id).where(Lesson.on_date == date(2026, 9, 8), Lesson.slot == 1)
        lesson = (await uow.execute(today)).scalar_one()
        await uow.execute(
            insert(LessonRecord).values(
                lesson_id=lesson, part="topic", rev=1, value="Тема", author_id=1, entered_at=small.clock.now()
            )
        )
    await small.version(date(2026, 9, 8), [(TUESDAY, 1, "1"), (TUESDAY, 5, "1")])
    done = await small.timetable.lay_out(SCHOOL, date(2026, 9, 8), date(2026, 9, 15))
    # The recorded first lesson keeps its place: no twin beside it.
    assert (await small.days())[:6] == ["01.09/1", "01.09/3", "08.09/1", "08.09/5", "15.09/1", "15.09/5"]
    assert (done.added, done.removed) == (3, 3)


async def test_a_changed_teacher_reaches_lessons_that_are_still_to_come(small: SmallSchool) -> None:
    await small.version(date(2026, 9, 1), [(TUESDAY, 1, "1")])
    await small.timetable.lay_out(SCHOOL, date(2026, 9, 1), date(2026, 9, 8))
    small.clock.set(datetime(2026, 9, 2, tzinfo=UTC))
    async with small.storage.writing() as uow:
        await uow.execute(insert(Person).values(school_id=1, last_name="Новая", first_name="Ира", key="новая ира"))
        await uow.execute(insert(EntryTeacher).values(entry_id=1, teacher_id=2))
    done = await small.timetable.lay_out(SCHOOL, date(2026, 9, 1), date(2026, 9, 8))
    async with small.storage.reading() as uow:
        rows = await uow.execute(
            select(Lesson.on_date, LessonTeacher.teacher_id)
            .join(LessonTeacher, LessonTeacher.lesson_id == Lesson.id)
            .order_by(Lesson.on_date, LessonTeacher.teacher_id)
        )
        found = [(f"{on_date:%d.%m}", teacher) for on_date, teacher in rows]
    assert found == [("01.09", 1), ("08.09", 1), ("08.09", 2)]
    assert done.changed == 1


async def test_a_slot_without_a_bell_is_named_and_skipped(small: SmallSchool) -> None:
    await small.version(date(2026, 9, 1), [(TUESDAY, 9, "1")])
    done = await small.timetable.lay_out(SCHOOL, date(2026, 9, 1), date(2026, 9, 1))
    assert done.slots_without_bell == {9}
    assert await small.lessons() == []


async def test_the_tick_goes_on_where_the_last_laying_out_ended(small: SmallSchool) -> None:
    await small.version(date(2026, 9, 1), [(TUESDAY, 1, "1")])
    await small.timetable.lay_out(SCHOOL, date(2026, 9, 1))
    before = len(await small.lessons())
    small.clock.advance(timedelta(days=9))
    await small.timetable(small.clock.now())
    await small.timetable(small.clock.now())
    assert len(await small.lessons()) == before + 1
