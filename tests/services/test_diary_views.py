"""The diary by week, subject and term: what the journal has of the own child, its whole history, and nobody else's."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from services.access import NotYourStudent
from services.actor import Actor
from services.attendance import Attendance
from services.diary import ConsentTakenBack, Diary, NoDiary, RestKind
from services.errors import NotFoundHere, SchoolError
from services.joining import Joining
from services.marks import Marks
from services.records import Records
from storage.models.finals import TermMark
from storage.models.journal import Attendance as Absence
from storage.models.journal import LessonRecord, LessonWork, Mark
from storage.models.people import Enrollment, Guardianship
from storage.models.school import AcademicYear, CalendarDay, School, SchoolClass, Term
from storage.models.timetable import Lesson, LessonAudience, LessonTeacher
from storage.uow import Storage, Uow
from storage.vocabulary import AbsenceReason, AttendanceCode, ClassId, DraftPurpose, PersonId, WorkKind
from tests import school as people
from tests.school import TODAY, Cast, at, found

TOMORROW = TODAY + timedelta(days=1)
BUDGET = 8  # statements of a view
A_LITTLE = 250  # tens of SQLite's steps: the years, terms and classes themselves are looked through
VIEWS: dict[str, Callable[[Diary, Actor, PersonId], Awaitable[object]]] = {
    "day": lambda diary, actor, student: diary.day(actor, student),
    "next_day": lambda diary, actor, student: diary.next_day(actor, student),
    "week": lambda diary, actor, student: diary.week(actor, student),
    "timetable": lambda diary, actor, student: diary.timetable(actor, student),
    "subjects": lambda diary, actor, student: diary.subjects(actor, student),
    "subject": lambda diary, actor, student: diary.subject(actor, student, 3),
    "term_marks": lambda diary, actor, student: diary.term_marks(actor, student),
    "absences": lambda diary, actor, student: diary.absences(actor, student),
    "year": lambda diary, actor, student: diary.year(actor, student),
    "child": lambda diary, actor, student: diary.child(actor, student),
}


class Counted:
    """A storage that remembers how many statements each reading took."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.statements = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Uow]:
        async with self.storage.reading() as uow:
            yield uow
            self.statements = uow.statements


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def diary(storage: Storage, school: Cast) -> Diary:
    return Diary(storage, school.clock)


async def marked(storage: Storage, school: Cast, **values: str) -> None:
    """A control work in today's algebra: a mark for each of the students named by their properties or names."""
    owner, marks = school.actor(school.owner), Marks(storage, school.clock)
    work = (await marks.add_work(owner, school.algebra, WorkKind.CONTROL, 1)).work.id
    for name, value in values.items():
        await marks.put(owner, work, getattr(school, name), value, 0)


async def fill_in(storage: Storage, school: Cast) -> None:
    """Algebra of the day: a topic, homework, two marks of Ларина, who is late; Онегин is absent."""
    owner = school.actor(school.owner)
    records, marks = Records(storage, school.clock), Marks(storage, school.clock)
    await records.put_plan_topic(owner, school.algebra, school.topics[0], 0)
    await records.choose_homework(owner, school.algebra)
    await records.put_typed(owner, DraftPurpose.HOMEWORK, "№ 312–315")
    await marked(storage, school, larina="5")
    answer = (await marks.add_work(owner, school.algebra, WorkKind.ANSWER, 1)).work.id
    await marks.put(owner, answer, school.larina, "3", 0)
    attendance = Attendance(storage, school.clock)
    await attendance.put(owner, school.algebra, school.larina, AttendanceCode.LATE, 0)
    await attendance.put(owner, school.algebra, school.onegin, AttendanceCode.ABSENT, 0)


async def last_year(storage: Storage, school: Cast) -> tuple[int, int]:
    """6Б of a year ago, of which Ларина was: a mark in each of two quarters, one issued; the quarters' ids."""
    async with storage.writing() as uow:

        async def one(model: Any, **values: Any) -> Any:
            return (await uow.execute(insert(model).values(**values).returning(model.id))).scalar_one()

        own = {"school_id": school.school_id}
        since, until = date(2025, 9, 1), date(2026, 5, 31)
        year = await one(AcademicYear, **own, name="2025/26", starts_on=since, ends_on=until)
        of_year = {**own, "year_id": year}
        terms = [
            await one(Term, **of_year, kind="quarter", ordinal=n, starts_on=starts, ends_on=ends)
            for n, starts, ends in ((1, since, date(2025, 10, 26)), (2, date(2025, 11, 3), date(2025, 12, 30)))
        ]
        class_id = await one(SchoolClass, **of_year, name="6Б", key="6б", level=6)
        seat = {**own, "student_id": school.larina, "class_id": class_id, "since_on": since, "until_on": until}
        await one(Enrollment, **seat)
        algebra = school.subjects["Алгебра"]
        for day, value in ((date(2025, 10, 7), "4"), (date(2025, 11, 11), "2")):
            hours = {"starts_at": at("10:25", day), "ends_at": at("11:05", day)}
            lesson = await one(Lesson, **of_year, subject_id=algebra, on_date=day, slot=3, **hours)
            await one(LessonAudience, lesson_id=lesson, class_id=class_id)
            entered = {"author_id": school.owner, "entered_at": at("11:00", day)}
            topic = {"lesson_id": lesson, "part": "topic", "rev": 1, "value": "Делимость", **entered}
            await uow.execute(insert(LessonRecord), topic)
            column = {"kind": "control", "ordinal": 1, "author_id": school.owner, "created_at": at("11:00", day)}
            work = await one(LessonWork, lesson_id=lesson, **column)
            mark = {"work_id": work, "student_id": school.larina, "rev": 1, "value": value, "comment": "", **entered}
            await uow.execute(insert(Mark), mark)
        issued = {"subject_id": algebra, "scope": f"term:{terms[0]}", "rev": 1, "class_id": class_id, "value": "4"}
        row = {"student_id": school.larina, "issued": True, "author_id": school.owner, "entered_at": at("11:00", since)}
        await uow.execute(insert(TermMark), {**issued, **row})
    return terms[0], terms[1]


async def test_a_week_shows_each_days_lessons_with_marks_and_what_is_to_be_done(
    storage: Storage, school: Cast, diary: Diary
) -> None:
    await fill_in(storage, school)
    week = await diary.week(school.actor(school.mother_larina))
    assert week.monday == TODAY - timedelta(days=1)
    today, tomorrow = (dict(week.days)[day] for day in (TODAY, TOMORROW))
    assert [one.number for one in today] == [1, 2, 3, 4, 5, 6]
    assert [mark.value for mark in today[2].marks] == ["5", "3"]
    assert today[2].absence is not None and today[2].absence.code is AttendanceCode.LATE
    assert [todo.text for one in tomorrow for todo in one.todo] == ["№ 312–315"]
    assert (week.before, week.after) == (None, None)
    later = await diary.week(school.actor(school.mother_larina), on_date=TODAY + timedelta(days=14))
    assert later.days == () and later.before == week.monday


async def test_the_timetable_marks_substitutions_and_what_is_cancelled_or_moved(
    storage: Storage, school: Cast, diary: Diary
) -> None:
    async with storage.writing() as uow:
        substitute = {"lesson_id": school.lessons["история"], "teacher_id": school.substitute, "substitute": True}
        await uow.execute(insert(LessonTeacher), substitute)
        of = update(Lesson)
        await uow.write(of.where(Lesson.id == school.lessons["история"]).values(state="substituted"))
        cancelled = of.where(Lesson.id == school.lessons["физкультура"])
        await uow.write(cancelled.values(state="cancelled", state_reason="актировка"))
        await uow.write(of.where(Lesson.id == school.algebra).values(state="moved"))
        await uow.write(of.where(Lesson.id == school.lessons["завтра"]).values(moved_from_id=school.algebra))
    view = await diary.timetable(school.actor(school.mother_larina))
    today, tomorrow = (dict(view.days)[day] for day in (TODAY, TOMORROW))
    by_number = {one.number: one for one in today}
    assert by_number[1].substitutes == () and not by_number[1].cancelled
    assert by_number[2].substitutes == ("Лобачевский Н. И.",)
    assert by_number[5].cancelled and by_number[5].why == "актировка"
    moved_to, moved_from = by_number[3].moved_to, tomorrow[0].moved_from
    assert moved_to is not None and (moved_to.on_date, moved_to.slot) == (TOMORROW, 3)
    assert moved_from is not None and (moved_from.on_date, moved_from.slot) == (TODAY, 3)


async def test_what_is_to_be_done_is_said_for_the_next_school_day(storage: Storage, school: Cast, diary: Diary) -> None:
    mother = school.actor(school.mother_larina)
    nothing_yet = await diary.next_day(mother)
    assert nothing_yet.on_date == TOMORROW
    assert [(one.subject, one.todo, one.said) for one in nothing_yet.lessons] == [("Алгебра", (), False)]
    owner, records = school.actor(school.owner), Records(storage, school.clock)
    await records.no_homework(owner, school.algebra, 0)
    assert [(one.todo, one.said) for one in (await diary.next_day(mother)).lessons] == [((), True)]
    await records.choose_homework(owner, school.algebra)
    await records.put_typed(owner, DraftPurpose.HOMEWORK, "№ 312–315")
    assert [[todo.text for todo in one.todo] for one in (await diary.next_day(mother)).lessons] == [["№ 312–315"]]


async def test_a_subject_has_its_average_its_proposal_and_what_lifts_it(
    storage: Storage, school: Cast, diary: Diary
) -> None:
    await fill_in(storage, school)
    mother = school.actor(school.mother_larina)
    view = await diary.subjects(mother)
    assert [one.name for one in view.subjects] == sorted(one.name for one in view.subjects)
    algebra = next(one for one in view.subjects if one.name == "Алгебра")
    assert (algebra.marks, str(algebra.average), algebra.proposal, algebra.issued) == (2, "4.50", "4", None)
    assert view.place is None, "the school doesn't show places unless it says so"
    assert {one.name for one in view.subjects if one.marks} == {"Алгебра"}
    subject = await diary.subject(mother, school.larina, algebra.id)
    assert [(one.kind, one.value, one.on_date) for one in subject.marks] == [
        (WorkKind.ANSWER, "3", TODAY),
        (WorkKind.CONTROL, "5", TODAY),
    ]
    assert subject.forecast is not None and (subject.forecast.target, subject.forecast.count) == ("5", 1)
    assert (subject.absent, subject.late) == (0, 1)
    assert [(one.on_date, one.topic, one.given) for one in subject.lessons] == [
        (TODAY, "Натуральные числа", "№ 312–315")
    ]


async def test_absences_are_told_by_day_with_reasons_and_counted_by_term(
    storage: Storage, school: Cast, diary: Diary
) -> None:
    await fill_in(storage, school)
    mother = school.actor(school.mother_onegina)
    [(_term, count)] = (await diary.absences(mother)).counts
    assert count.by_reason == ((None, 1),)
    async with storage.writing() as uow:
        await uow.write(update(Absence).where(Absence.student_id == school.onegin).values(reason="ill"))
    view = await diary.absences(mother)
    [(day, rows)] = view.days
    assert day == TODAY
    assert [(row.slot, row.subject, row.line.reason) for row in rows] == [(3, "Алгебра", AbsenceReason.ILL)]
    [(_term, count)] = view.counts
    assert (count.missed, count.days, count.late, count.by_reason) == (1, 1, 0, ((AbsenceReason.ILL, 1),))
    [(_term, own)] = (await diary.absences(school.actor(school.mother_larina))).counts
    assert (own.missed, own.late) == (0, 1)


async def test_the_whole_history_is_there_term_by_term(storage: Storage, school: Cast, diary: Diary) -> None:
    first, second = await last_year(storage, school)
    await fill_in(storage, school)
    mother = school.actor(school.mother_larina)
    now = await diary.subjects(mother)
    assert now.terms.current and now.terms.year_before is not None and now.terms.year_before.id == second
    view = await diary.subjects(mother, school.larina, first)
    assert (view.terms.chosen.class_name, view.terms.chosen.year, view.terms.current) == ("6Б", "2025/26", False)
    assert [term.id for term in view.terms.of_year] == [first, second]
    [algebra] = view.subjects
    assert (str(algebra.average), algebra.issued) == ("4.00", "4")
    subject = await diary.subject(mother, school.larina, algebra.id, second)
    assert [one.value for one in subject.marks] == ["2"]
    assert [one.topic for one in subject.lessons] == ["Делимость"]
    assert subject.forecast is None, "what is over has no forecast"
    [(name, results)] = (await diary.year(mother, school.larina, second)).subjects
    assert (name, [(one.term.id if one.term else None, one.value) for one in results]) == ("Алгебра", [(first, "4")])
    assert (await diary.day(mother, school.larina, date(2025, 10, 7))).lessons[0].topic == "Делимость"
    with pytest.raises(NotFoundHere):  # another child's years are not this one's, nor is a term that nobody has
        await diary.subjects(school.actor(school.mother_onegina), None, first)


async def test_a_draft_of_a_term_mark_is_not_there_for_families(storage: Storage, school: Cast, diary: Diary) -> None:
    first, _second = await last_year(storage, school)
    async with storage.writing() as uow:
        await uow.write(update(TermMark).values(issued=False))
    mother = school.actor(school.mother_larina)
    assert (await diary.subjects(mother, school.larina, first)).subjects[0].issued is None
    assert (await diary.year(mother, school.larina, first)).subjects == ()


async def test_the_own_place_is_told_where_the_school_shows_it_and_ties_share_it(
    storage: Storage, school: Cast, diary: Diary
) -> None:
    async with storage.writing() as uow:
        await uow.write(update(School).values(regulation={"own_place": True}))
    values = dict(zip(people.STUDENTS_7B[:3], ("5", "4", "3"), strict=True)) | {"Ларина Татьяна": "4"}
    owner, marks = school.actor(school.owner), Marks(storage, school.clock)
    work = (await marks.add_work(owner, school.algebra, WorkKind.CONTROL, 1)).work.id
    for name, value in values.items():
        await marks.put(owner, work, school.named(name), value, 0)
    mother = school.actor(school.mother_larina)
    assert (await diary.subjects(mother)).place is None, "among four a place tells of the others"
    await marks.put(owner, work, school.onegin, "2", 0)
    place = (await diary.subjects(mother)).place
    assert place is not None
    assert (place.first, place.last, place.of, str(place.average)) == (2, 3, 5, "4.00")


async def test_a_student_reads_the_own_diary_and_nobody_elses(storage: Storage, school: Cast, diary: Diary) -> None:
    await fill_in(storage, school)
    async with storage.writing() as uow:
        await people.connect(uow, school, school.larina)
    student = school.actor(school.larina)
    for view in VIEWS.values():
        await view(diary, student, school.larina)
    assert (await diary.week(student)).opened.child.id == school.larina
    assert [one.id for one in await diary.children(student)] == [school.larina]
    for view in VIEWS.values():
        with pytest.raises(NotYourStudent):
            await view(diary, student, school.onegin)


@pytest.mark.parametrize("who", ["mother_onegina", "mother_of_7a", "stranger", "owner", "homeroom_teacher", "deputy"])
async def test_no_view_opens_anothers_child(school: Cast, diary: Diary, who: str) -> None:
    for view in VIEWS.values():
        with pytest.raises(SchoolError) as refusal:
            await view(diary, school.actor(getattr(school, who)), school.larina)
        assert isinstance(refusal.value, NotYourStudent | NotFoundHere)


async def test_every_view_closes_with_the_guardianship_and_with_the_consent(
    storage: Storage, school: Cast, diary: Diary
) -> None:
    father, mother = school.actor(school.father_larin), school.actor(school.mother_larina)
    for view in VIEWS.values():
        await view(diary, father, school.larina)
    async with storage.writing() as uow:
        ended = update(Guardianship).where(Guardianship.guardian_id == school.father_larin)
        await uow.write(ended.values(until_on=TODAY))
    await Joining(storage, school.clock, b"key").leave(mother)
    for view in VIEWS.values():
        for actor in (father, mother):
            with pytest.raises(NotYourStudent):
                await view(diary, actor, school.larina)
    for first in (diary.week, diary.subjects, diary.absences, diary.timetable, diary.next_day):
        with pytest.raises(NoDiary):
            await first(father)
        with pytest.raises(ConsentTakenBack):
            await first(mother)


async def test_holidays_feasts_and_the_summer_say_why_there_are_no_lessons(
    storage: Storage, school: Cast, diary: Diary
) -> None:
    async with storage.writing() as uow:
        own = {"school_id": school.school_id, "kind": "holiday", "follows_weekday": None, "bells_id": None}
        await uow.execute(insert(CalendarDay), {**own, "on_date": date(2026, 10, 12), "title": "День города"})
        row = {"school_id": school.school_id, "year_id": school.year_id, "kind": "quarter", "ordinal": 2}
        await uow.execute(
            insert(Term), {**row, "starts_on": date(2026, 11, 9), "ends_on": date(2026, 12, 30), "closed_at": None}
        )
    mother = school.actor(school.mother_larina)

    async def why(day: date) -> tuple[RestKind, date | None, str] | None:
        rest = (await diary.day(mother, on_date=day)).rest
        return None if rest is None else (rest.kind, rest.until, rest.title)

    assert await why(date(2026, 10, 28)) == (RestKind.HOLIDAYS, date(2026, 11, 9), "")
    assert await why(date(2026, 10, 12)) == (RestKind.FEAST, None, "День города")
    assert await why(date(2027, 7, 1)) == (RestKind.SUMMER, None, "")
    assert await why(date(2026, 9, 15)) is None
    week = await diary.week(mother, on_date=date(2026, 10, 28))
    assert week.rest is not None and week.rest.until == date(2026, 11, 9)


@pytest.mark.parametrize("day", [date.min, date.max])
async def test_the_end_of_time_is_a_day_without_lessons(school: Cast, diary: Diary, day: date) -> None:
    mother = school.actor(school.mother_larina)
    assert (await diary.day(mother, school.larina, day)).lessons == ()
    assert (await diary.week(mother, school.larina, day)).days == ()
    assert (await diary.timetable(mother, school.larina, day)).days == ()


async def test_no_view_takes_more_than_eight_statements(storage: Storage, school: Cast) -> None:
    async with storage.writing() as uow:
        await uow.write(update(School).values(regulation={"own_place": True}))
    await fill_in(storage, school)
    await last_year(storage, school)
    counted = Counted(storage)
    diary = Diary(counted, school.clock)  # type: ignore[arg-type]
    mother = school.actor(school.mother_larina)
    taken = {}
    for name, view in VIEWS.items():
        await view(diary, mother, school.larina)
        taken[name] = counted.statements
    await diary.day(mother, school.larina, TODAY + timedelta(days=50))
    taken["a day of holidays"] = counted.statements
    assert max(taken.values()) <= BUDGET, taken


async def test_ten_years_are_read_no_longer_than_one(sqlite_url: str) -> None:
    """By the steps of SQLite's own machine, which no other load changes."""
    storage = Storage(sqlite_url)
    school = await found(storage)
    await _years(storage, school, [school.year_id])
    young = await _steps(storage, school, sqlite_url)
    await _years(storage, school, [None] * 9)
    old = await _steps(storage, school, sqlite_url)
    await storage.close()
    assert young["subjects"] > 500, "the year has something to read"
    for name, steps in old.items():
        assert steps <= 1.25 * young[name] + A_LITTLE, (name, young[name], steps)


async def _years(storage: Storage, school: Cast, years: list[int | None]) -> None:
    """A year of a lesson a day for the student's class, with a mark, an absence a week, and another class beside it.

    None: a year of its own before those there are.
    """
    async with storage.writing() as uow:

        async def many(model: Any, rows: list[dict[str, Any]]) -> list[int]:
            statement = insert(model).returning(model.id, sort_by_parameter_order=True)
            return [row.id for row in await uow.execute(statement, rows)]

        for back, year_id in enumerate(years, 1):
            since = date(2026, 9, 1) if year_id else date(2026 - back, 9, 1)
            own = {"school_id": school.school_id}
            seated = [school.class_7b]
            if year_id is None:
                ends = since + timedelta(days=270)
                name = f"{since.year}/{(since.year + 1) % 100}"
                [year_id] = await many(AcademicYear, [{**own, "name": name, "starts_on": since, "ends_on": ends}])
                term = {**own, "year_id": year_id, "kind": "quarter", "ordinal": 1}
                await many(Term, [{**term, "starts_on": since, "ends_on": since + timedelta(days=54)}])
                one = {**own, "year_id": year_id, "name": "6Б", "key": "6б", "level": 6}
                seated = [ClassId(class_id) for class_id in await many(SchoolClass, [one])]
                seat = {"student_id": school.larina, "class_id": seated[0], "since_on": since, "until_on": ends}
                await many(Enrollment, [{**own, **seat}])
            lessons = [
                {
                    **own,
                    "year_id": year_id,
                    "subject_id": school.subjects["Алгебра"],
                    "on_date": day,
                    "slot": slot,
                    "starts_at": at("10:25", day),
                    "ends_at": at("11:05", day),
                }
                for day in (since + timedelta(days=n) for n in range(160))
                for slot in (3, 4)
            ]
            ids = await many(Lesson, lessons)
            audiences = (seated[0], school.class_7a)
            sat = [{"lesson_id": one, "class_id": audiences[n % 2]} for n, one in enumerate(ids)]
            await many(LessonAudience, sat)
            entered = {"author_id": school.owner, "entered_at": at("11:00")}
            created = {"author_id": school.owner, "created_at": at("11:00")}
            columns = [{"lesson_id": one, "kind": "answer", "ordinal": 1, **created} for one in ids[::2]]
            marks = [
                {"work_id": work, "student_id": student, "rev": 1, "value": "4", "comment": "", **entered}
                for work in await many(LessonWork, columns)
                for student in (school.larina, school.onegin)
            ]
            await uow.execute(insert(Mark), marks)
            absent = {"student_id": school.larina, "rev": 1, "code": "absent", **entered}
            await uow.execute(insert(Absence), [{"lesson_id": one, **absent} for one in ids[::10]])


async def _steps(storage: Storage, school: Cast, url: str) -> dict[str, int]:
    """How many steps SQLite takes for each view."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, values))

    event.listen(storage.reader.sync_engine, "before_cursor_execute", note)
    diary, mother = Diary(storage, school.clock), school.actor(school.mother_larina)
    found: dict[str, int] = {}
    with closing(sqlite3.connect(url.split("///")[1])) as base:
        for name, view in VIEWS.items():
            asked.clear()
            await view(diary, mother, school.larina)
            steps = 0

            def count() -> int:
                nonlocal steps
                steps += 1
                return 0

            base.set_progress_handler(count, 10)
            for statement, values in asked:
                base.execute(statement, values).fetchall()
            base.set_progress_handler(None, 0)
            found[name] = steps
    event.remove(storage.reader.sync_engine, "before_cursor_execute", note)
    return found
