"""A timetable from aSc in the base: what it becomes, what a second one changes, and what it leaves alone."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from services.imports.levels import Level
from services.names import class_key
from services.timetable import Timetable
from storage.models.audit import AuditEntry
from storage.models.journal import LessonRecord
from storage.models.people import Homeroom, Person, PersonRole
from storage.models.school import Bells, LessonSlot, SchoolClass, Subgroup, Subject
from storage.models.timetable import (
    EntryAudience,
    EntryTeacher,
    Lesson,
    LessonTeacher,
    TimetableEntry,
    TimetableVersion,
)
from storage.repositories import imports_write
from storage.uow import Storage
from tests.imports.school import LEVELS, SCHOOL_1251, WEDNESDAY, ImportedSchool, changes, errors, warnings

TABLES = (SchoolClass, Subject, Subgroup, Person, PersonRole, TimetableVersion, TimetableEntry, Lesson)


def changed(*pairs: tuple[str, str]) -> bytes:
    """The Russian school with some texts changed."""
    text = SCHOOL_1251.decode("windows-1251")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode("windows-1251")


async def counts(school: ImportedSchool) -> dict[str, int]:
    return {model.__tablename__: await school.count(model) for model in TABLES}


async def in_force(school: ImportedSchool) -> list[tuple[date, int]]:
    """Days of the versions with the number of places of each."""
    rows = await school.rows(
        select(TimetableVersion.valid_from, func.count(TimetableEntry.id))
        .join(TimetableEntry, TimetableEntry.version_id == TimetableVersion.id)
        .where(TimetableEntry.gone_at.is_(None))
        .group_by(TimetableVersion.valid_from)
        .order_by(TimetableVersion.valid_from)
    )
    return [(row[0], row[1]) for row in rows]


async def entry(school: ImportedSchool, subject: str, weekday: int, slot: int) -> list[dict[str, Any]]:
    """The places of a subject at a time in the first version: room, teachers, audience."""
    rows = await school.rows(
        select(TimetableEntry.id, TimetableEntry.room, TimetableEntry.weeks)
        .join(Subject, Subject.id == TimetableEntry.subject_id)
        .join(TimetableVersion, TimetableVersion.id == TimetableEntry.version_id)
        .where(
            Subject.name == subject,
            TimetableEntry.weekday == weekday,
            TimetableEntry.slot == slot,
            TimetableEntry.gone_at.is_(None),
            TimetableVersion.valid_from < date(2027, 1, 1),
        )
        .order_by(TimetableEntry.room)
    )
    found = []
    for row in rows:
        teachers = select(Person.last_name).join(EntryTeacher, EntryTeacher.teacher_id == Person.id)
        audience = (
            select(SchoolClass.name, Subgroup.name)
            .join(EntryAudience, EntryAudience.class_id == SchoolClass.id)
            .outerjoin(Subgroup, Subgroup.id == EntryAudience.subgroup_id)
        )
        found.append(
            {
                "room": row.room,
                "weeks": row.weeks,
                "teachers": {name for (name,) in await school.rows(teachers.where(EntryTeacher.entry_id == row.id))},
                "audience": {tuple(one) for one in await school.rows(audience.where(EntryAudience.entry_id == row.id))},
            }
        )
    return found


async def test_the_whole_school_comes_in(school: ImportedSchool) -> None:
    report = await school.asc()
    assert report.applied
    assert await school.values(SchoolClass.name) == ["10А", "7А", "7Б", "8А"]
    assert await school.values(SchoolClass.level) == [7, 7, 8, 10]
    assert len(await school.values(Subject.name)) == 13
    assert await school.values(Person.last_name) == [
        "Директоров", "Иванова", "Кузнецова", "Николаев", "Орлова-Зимина", "Петров", "Сидорова",
    ]  # fmt: skip
    assert await in_force(school) == [(date(2026, 9, 2), 23), (date(2027, 1, 11), 23)]
    assert await school.values(Subgroup.name) == [
        "1 группа", "1 группа", "2 группа", "2 группа", "девочки", "девочки", "мальчики", "мальчики",
    ]  # fmt: skip
    assert (await school.rows(select(Person.phone, Person.email).where(Person.last_name == "Иванова")))[0] == (
        "+79000000001",
        "ivanova@school.example",
    )


async def test_a_place_has_its_teachers_classes_and_rooms(school: ImportedSchool) -> None:
    await school.asc()
    assert await entry(school, "Физическая культура", 2, 4) == [
        {
            "room": "Спортзал",
            "weeks": "1",
            "teachers": {"Петров", "Николаев"},
            "audience": {("7А", None), ("7Б", None)},
        }
    ]
    assert await entry(school, "Технология", 1, 5) == [
        {
            "room": "",
            "weeks": "1",
            "teachers": {"Орлова-Зимина", "Кузнецова"},
            "audience": {("7А", "девочки"), ("7Б", "девочки")},
        },
        {
            "room": "Мастерская",
            "weeks": "1",
            "teachers": {"Николаев"},
            "audience": {("7А", "мальчики"), ("7Б", "мальчики")},
        },
    ]
    assert await entry(school, "Информатика", 5, 1) == [
        {
            "room": "202 «Английский», 203",
            "weeks": "1",
            "teachers": {"Сидорова", "Петров"},
            "audience": {("8А", "1 группа"), ("8А", "2 группа")},
        }
    ]
    # One subject of the school, though the file spells it twice.
    assert [one["room"] for one in await entry(school, "Английский язык", 0, 3)] == ["202 «Английский»", "203"]
    assert [one["weeks"] for one in await entry(school, "ОБЖ", 3, 5)] == ["10"]
    assert [one["weeks"] for one in await entry(school, "Музыка", 3, 5)] == ["01"]
    assert [one["teachers"] for one in await entry(school, "Химия", 5, 2)] == [set()]


async def test_lessons_are_laid_out_by_weeks_terms_and_bells(school: ImportedSchool) -> None:
    await school.asc()
    lessons = select(Lesson.on_date).join(Subject, Subject.id == Lesson.subject_id).order_by(Lesson.on_date)
    civil_defence = [row[0] for row in await school.rows(lessons.where(Subject.name == "ОБЖ"))]
    music = [row[0] for row in await school.rows(lessons.where(Subject.name == "Музыка"))]
    # The year's first week is odd: ОБЖ stands on 3 September, Музыка a week later.
    assert civil_defence[:2] == [date(2026, 9, 3), date(2026, 9, 17)]
    assert music[:2] == [date(2026, 9, 10), date(2026, 9, 24)]
    assert not await school.rows(lessons.where(Subject.name == "Обществознание"))
    first = (await school.rows(select(Lesson.starts_at).order_by(Lesson.starts_at).limit(1)))[0][0]
    assert first == datetime(2026, 9, 2, 5, 30, tzinfo=UTC)
    assert not await school.rows(select(Lesson.id).where(Lesson.slot == 8))


async def test_each_term_has_its_own_lessons(school: ImportedSchool) -> None:
    await school.asc()
    school.clock.set(datetime(2027, 1, 11, 6, tzinfo=UTC))
    await Timetable(school.storage, school.clock).lay_out(school.id, date(2027, 1, 11))
    later = select(Subject.name).join(Lesson, Lesson.subject_id == Subject.id).where(Lesson.on_date > date(2027, 1, 1))
    names = {row[0] for row in await school.rows(later)}
    assert "Обществознание" in names
    assert "История" not in names


async def test_the_second_import_of_a_file_changes_nothing(school: ImportedSchool) -> None:
    await school.asc()
    before = await counts(school)
    report = await school.asc()
    assert not report.changes_something
    assert changes(report, "Места в неделе") == (0, 0, 46, 0)
    assert await counts(school) == before


async def test_an_export_with_new_ids_of_the_same_timetable_changes_nothing(school: ImportedSchool) -> None:
    await school.asc()
    before = await counts(school)
    fresh = [(f'"{prefix}0000', f'"{prefix}9999') for prefix in ("7", "5", "A")]
    fresh += [(f",{prefix}0000", f",{prefix}9999") for prefix in ("7", "A")]
    fresh += [("*5", "*15"), ("*6", "*16"), ('"L0', '"M0'), ('"L1', '"M1')]
    report = await school.asc(changed(*fresh))
    assert not errors(report)
    assert not report.changes_something
    assert await counts(school) == before


async def test_a_changed_file_becomes_a_new_version_from_next_monday(school: ImportedSchool) -> None:
    await school.asc()
    monday = 'lessonid="L01" classroomids="C000000000000101" period="{}" weeks="11" terms="11" days="100000"'
    report = await school.asc(changed((monday.format(1), monday.format(6))))
    assert [day for day, _count in await in_force(school)] == [
        date(2026, 9, 2),
        date(2026, 9, 7),
        date(2027, 1, 11),
    ]
    assert changes(report, "Места в неделе") == (2, 0, 44, 2)
    algebra = (
        select(Lesson.on_date, Lesson.slot)
        .join(Subject, Subject.id == Lesson.subject_id)
        .join(LessonTeacher, LessonTeacher.lesson_id == Lesson.id)
        .join(EntryAudience, EntryAudience.entry_id == Lesson.entry_id)
        .join(SchoolClass, SchoolClass.id == EntryAudience.class_id)
        .where(Subject.name == "Алгебра", SchoolClass.name == "7А")
        .order_by(Lesson.on_date)
    )
    slots = {row[0]: row[1] for row in await school.rows(algebra)}
    assert slots[date(2026, 9, 4)] == 1  # the Friday before
    assert slots[date(2026, 9, 7)] == 6
    assert slots[date(2026, 9, 14)] == 6


async def test_a_change_for_the_same_day_is_made_in_place_and_seen_at_once(school: ImportedSchool) -> None:
    await school.asc()
    other_teacher = ('teacherids="7000000000000001" classroomids="C000000000000101" groupids="G7A0"',
                     'teacherids="7000000000000003" classroomids="C000000000000101" groupids="G7A0"')  # fmt: skip
    report = await school.asc(changed(other_teacher), since=date(2026, 9, 2))
    assert changes(report, "Места в неделе") == (0, 6, 40, 0)
    assert await in_force(school) == [(date(2026, 9, 2), 23), (date(2027, 1, 11), 23)]
    assert [one["teachers"] for one in await entry(school, "Алгебра", 4, 1)] == [{"Сидорова"}]
    assert len(await school.rows(select(TimetableEntry.id).where(TimetableEntry.gone_at.is_not(None)))) == 6
    friday = (
        select(Person.last_name)
        .join(LessonTeacher, LessonTeacher.teacher_id == Person.id)
        .join(Lesson, Lesson.id == LessonTeacher.lesson_id)
        .where(Lesson.on_date == date(2026, 9, 4), Lesson.slot == 1)
    )
    assert {row[0] for row in await school.rows(friday)} == {"Сидорова"}


async def test_recorded_and_begun_lessons_stay_as_they_were(school: ImportedSchool) -> None:
    await school.asc()
    lessons = {
        (row.on_date, row.slot): row.id
        for row in await school.rows(
            select(Lesson.id, Lesson.on_date, Lesson.slot).where(Lesson.on_date <= date(2026, 9, 9))
        )
    }
    recorded = lessons[date(2026, 9, 9), 2]
    begun = lessons[date(2026, 9, 2), 1]
    async with school.storage.writing() as uow:
        teacher = (await uow.execute(select(Person.id).limit(1))).scalar_one()
        await uow.execute(
            insert(LessonRecord).values(
                lesson_id=recorded, part="topic", rev=1, value="Степени", author_id=teacher, entered_at=WEDNESDAY
            )
        )
    wednesday = '<card lessonid="{}" classroomids="C000000000000101" period="{}" weeks="11" terms="11" days="001000"/>'
    await school.asc(
        changed(
            ('periodspercard="1" periodsperweek="3.0"', 'periodspercard="1" periodsperweek="2.0"'),
            (wednesday.format("L01", 2), ""),
            (wednesday.format("L02", 1), ""),
        ),
        since=date(2026, 9, 2),
    )
    after = {row[0] for row in await school.rows(select(Lesson.id))}
    assert {recorded, begun} <= after
    assert lessons[date(2026, 9, 9), 1] not in after


async def test_levels_are_asked_for_and_never_guessed(school: ImportedSchool) -> None:
    report = await school.asc(levels={})
    asked = [one.what for one in errors(report)]
    assert asked == [
        'Какая параллель у класса «7 "Б" класс»?',
        "Какая параллель у класса «8-А»?",
        "Какая параллель у класса «Педсовет»?",
    ]
    assert all("--level" in one.todo for one in errors(report))
    assert await school.count(SchoolClass) == 0
    assert await school.count(TimetableVersion) == 0


async def test_a_level_known_to_the_base_is_not_asked_for_again(school: ImportedSchool) -> None:
    await school.asc()
    report = await school.asc(levels={class_key("Педсовет"): Level(0, skip=True)})
    assert not errors(report)


async def test_a_mapping_may_call_a_class_a_short_stay_group(school: ImportedSchool) -> None:
    await school.asc(levels={**LEVELS, class_key("Педсовет"): Level(1, short_stay=True)})
    rows = await school.rows(select(SchoolClass.level, SchoolClass.short_stay).where(SchoolClass.name == "Педсовет"))
    assert rows == [(1, True)]


async def test_a_trial_run_reports_and_writes_nothing(school: ImportedSchool) -> None:
    before = await counts(school)
    report = await school.asc(dry_run=True)
    assert changes(report, "Классы") == (4, 0, 0, 0)
    assert changes(report, "Места в неделе") == (46, 0, 0, 0)
    assert not report.applied
    assert await counts(school) == before
    assert await school.count(AuditEntry) == 1  # the founding


async def test_the_schools_bells_stay_until_the_files_are_asked_for(school: ImportedSchool) -> None:
    report = await school.asc(
        changed(('starttime="9:25" endtime="10:10"', 'starttime="9:20" endtime="10:05"')), dry_run=True
    )
    said = [one.what for one in warnings(report)]
    assert "Урок 2: звонок школы 9:25–10:10, в файле 9:20–10:05." in said
    assert "Урок 8: у школы нет такого звонка, а карточек на нём 2." in said
    await school.asc(changed(('starttime="9:25" endtime="10:10"', 'starttime="9:20" endtime="10:05"')), take_bells=True)
    slots = select(LessonSlot.number, LessonSlot.starts_minute).join(Bells, Bells.id == LessonSlot.bells_id)
    starts = {row.number: row.starts_minute for row in await school.rows(slots)}
    assert starts[2] == 9 * 60 + 20
    assert starts[8] == 15 * 60 + 15
    assert await school.rows(select(Lesson.id).where(Lesson.slot == 8))


async def test_a_teacher_with_initials_is_the_only_employee_they_fit(school: ImportedSchool) -> None:
    await school.roster("ФИО;Должность\nПетров Семён Игоревич;учитель\nКузнецова Елена Викторовна;учитель")
    report = await school.asc()
    assert changes(report, "Учителя") == (4, 0, 2, 0)
    assert await school.values(Person.first_name) == sorted(["Пётр", "Мария", "Семён", "Анна", "Елена", "Игорь", "О."])


async def test_initials_that_fit_two_stop_the_import_by_row(school: ImportedSchool) -> None:
    await school.roster("ФИО;Должность\nПетров Семён Игоревич;учитель\nПетров Сергей Ильич;учитель")
    report = await school.asc()
    problem = errors(report)[0]
    assert "Петров Семён Игоревич, Петров Сергей Ильич" in problem.what
    line = SCHOOL_1251.decode("windows-1251").splitlines()[problem.place.row - 1]
    assert "Петров С.И." in line
    assert await school.count(TimetableVersion) == 0


async def test_namesakes_of_the_file_stay_two_people_told_apart_by_the_files_ids(school: ImportedSchool) -> None:
    twins = changed(('firstname="С.И." lastname="Петров" name="Петров С.И."',
                     'firstname="Мария Петровна" lastname="Иванова" name="Иванова Мария Петровна"'))  # fmt: skip
    report = await school.asc(twins)
    assert sum("двух" in one.what.lower() for one in warnings(report)) == 2
    assert len(await school.rows(select(Person.id).where(Person.last_name == "Иванова"))) == 2
    again = await school.asc(twins)
    assert not errors(again)
    assert not again.changes_something


async def test_a_class_without_a_homeroom_teacher_gets_the_files(school: ImportedSchool) -> None:
    await school.asc()
    leads = (
        select(SchoolClass.name, Person.last_name)
        .join(Homeroom, Homeroom.class_id == SchoolClass.id)
        .join(Person, Person.id == Homeroom.teacher_id)
        .order_by(SchoolClass.name)
    )
    assert [tuple(row) for row in await school.rows(leads)] == [("7А", "Иванова"), ("7Б", "Кузнецова")]
    report = await school.asc(
        changed(('teacherid="7000000000000004" classroomids=""', 'teacherid="*6" classroomids=""'))
    )
    assert [tuple(row) for row in await school.rows(leads)] == [("7А", "Иванова"), ("7Б", "Кузнецова")]
    assert any("другой классный руководитель" in one.what for one in warnings(report))


async def test_a_renamed_class_is_the_same_class(school: ImportedSchool) -> None:
    await school.asc()
    before = {row.external_id: row.id for row in await school.rows(select(SchoolClass.id, SchoolClass.external_id))}
    report = await school.asc(changed(('name="8-А" short="8-А"', 'name="8В" short="8В"')), levels=LEVELS)
    assert changes(report, "Классы") == (0, 1, 3, 0)
    after = {row.external_id: row.id for row in await school.rows(select(SchoolClass.id, SchoolClass.external_id))}
    assert after == before
    assert "8В" in await school.values(SchoolClass.name)


async def test_terms_the_school_does_not_have_stop_the_import(school: ImportedSchool) -> None:
    report = await school.asc(
        changed(('terms="11"', 'terms="11111"'), ('terms="10"', 'terms="10000"'), ('terms="01"', 'terms="01111"'))
    )
    assert [one.what for one in errors(report)] == ["В файле год разбит на периоды (5), а у школы таких нет."]


async def test_a_later_timetable_of_another_file_is_named(school: ImportedSchool) -> None:
    whole_year = changed(('terms="10"', 'terms="11"'), ('terms="01"', 'terms="11"'))
    await school.asc(whole_year)
    await school.asc(since=date(2026, 10, 5))
    report = await school.asc(whole_year, since=date(2026, 9, 14), dry_run=True)
    assert not errors(report)
    said = [one.what for one in warnings(report)]
    assert "С 05.10.2026 уже назначено другое расписание; оно остаётся." in said


async def test_a_day_outside_the_year_is_refused(school: ImportedSchool) -> None:
    report = await school.asc(since=date(2027, 7, 1))
    assert [one.what for one in errors(report)] == ["01.07.2027 — вне учебного года."]


async def test_before_the_year_the_timetable_waits_for_its_first_day(school: ImportedSchool) -> None:
    school.clock.set(datetime(2026, 8, 20, 8, tzinfo=UTC))
    await school.asc()
    assert (await in_force(school))[0][0] == date(2026, 9, 1)


async def test_an_import_cut_short_shows_nothing_and_the_next_one_completes_it(
    school: ImportedSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_anything: object) -> None:
        raise ConnectionError("the machine went away")

    with monkeypatch.context() as patch:
        patch.setattr(imports_write, "put_in_force", cut)
        with pytest.raises(ConnectionError):
            await school.asc()
    await Timetable(school.storage, school.clock).lay_out(school.id, date(2026, 9, 2))
    assert await school.count(TimetableEntry) == 23
    assert await school.count(Lesson) == 0
    report = await school.asc()
    assert changes(report, "Классы") == (0, 0, 4, 0)
    assert await in_force(school) == [(date(2026, 9, 2), 23), (date(2027, 1, 11), 23)]
    assert await school.count(TimetableEntry) == 46
    assert await school.count(Person) == 7


async def test_an_import_cut_short_before_its_lessons_is_completed_by_the_next_one(
    school: ImportedSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut(*_anything: object) -> None:
        raise ConnectionError("the machine went away")

    with monkeypatch.context() as patch:
        patch.setattr(Timetable, "lay_out", cut)
        with pytest.raises(ConnectionError):
            await school.asc()
    assert await school.count(Lesson) == 0
    report = await school.asc()
    assert changes(report, "Места в неделе") == (0, 0, 46, 0)
    first = (await school.rows(select(func.min(Lesson.on_date))))[0][0]
    assert first == date(2026, 9, 2)


async def test_no_transaction_writes_more_than_a_chunk(school: ImportedSchool, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    stage = imports_write.stage_entries

    async def counted(uow: Any, rows: Any, teachers: Any, audiences: Any) -> None:
        written.append(len(rows) + sum(map(len, teachers)) + sum(map(len, audiences)))
        await stage(uow, rows, teachers, audiences)

    monkeypatch.setattr(imports_write, "stage_entries", counted)
    monkeypatch.setattr("services.imports.asc.CHUNK", 20)
    await school.asc()
    assert len(written) > 4
    assert max(written) <= 20


async def test_taps_pass_between_the_chunks_of_an_import(
    school: ImportedSchool, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.imports.asc.CHUNK", 20)
    service = Storage(database_url)
    importing = asyncio.ensure_future(school.asc())
    taps = 0
    try:
        while not importing.done():
            async with service.writing() as uow:
                await uow.write(update(Person).where(Person.last_name == "Директоров").values(locale="en"))
            taps += 1
            await asyncio.sleep(0)
    finally:
        await service.close()
    assert (await importing).applied
    assert taps > 3


async def test_the_import_leaves_its_line_in_the_audit_without_names(school: ImportedSchool) -> None:
    await school.asc()
    line = (await school.rows(select(AuditEntry.detail).where(AuditEntry.action == "import_asc")))[0][0]
    assert line["versions"] == ["2026-09-02", "2027-01-11"]
    assert "Иванова" not in str(line)


async def test_a_dismissed_teachers_old_role_is_not_a_reason_to_be_matched(school: ImportedSchool) -> None:
    await school.asc()
    async with school.storage.writing() as uow:
        ivanova = (await uow.execute(select(Person.id).where(Person.last_name == "Иванова"))).scalar_one()
        await uow.write(update(PersonRole).where(PersonRole.person_id == ivanova).values(until_on=date(2026, 9, 1)))
    report = await school.asc()
    assert changes(report, "Учителя") == (1, 0, 5, 0)
