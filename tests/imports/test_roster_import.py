"""Lists of people in the base: who they become, what a second list changes, and what no list may do."""

import io
from datetime import UTC, date, datetime

import openpyxl
import pytest
from sqlalchemy import select

from services.imports.levels import Level
from services.imports.report import Place
from services.names import class_key
from storage.models.people import Enrollment, Guardianship, Homeroom, Person, PersonRole, SubgroupMember
from storage.models.school import SchoolClass, Subgroup
from storage.repositories import imports_write
from tests.imports.school import ImportedSchool, changes, errors, warnings

LEVELS = {class_key("7Б"): Level(7), class_key("8А"): Level(8)}

STUDENTS = """ФИО ученика;Класс;Дата рождения;№ личного дела;Родитель 1;Кем приходится 1;Телефон родителя 1;\
№ заявления 1;Дата заявления 1;Дата согласия 1;Родитель 2;Телефон родителя 2
Ларина Татьяна Дмитриевна;7 Б;05.03.2013;Л-1;Ларина Прасковья Ильинична;мать;8 900 000-00-01;15;28.08.2026;28.08.2026;\
Ларин Дмитрий Олегович;8 900 000-00-02
Ларина Ольга Дмитриевна;8А;01.02.2012;Л-2;Ларина Прасковья Ильинична;мама;+7 (900) 000 00 01;15;28.08.2026;28.08.2026;;
Ёлкин Пётр Сергеевич;7-Б;17.07.2013;Е-1;;;;;;;;
"""


async def people(school: ImportedSchool) -> list[str]:
    rows = await school.rows(select(Person.last_name, Person.first_name).order_by(Person.key))
    return [" ".join(row) for row in rows if row.last_name != "Директоров"]


async def in_classes(school: ImportedSchool) -> dict[str, str]:
    """Students by first name with their class, as it stands."""
    rows = await school.rows(
        select(Person.first_name, SchoolClass.name)
        .join(Enrollment, Enrollment.student_id == Person.id)
        .join(SchoolClass, SchoolClass.id == Enrollment.class_id)
        .where(Enrollment.until_on.is_(None))
    )
    return {row[0]: row[1] for row in rows}


async def guardians(school: ImportedSchool) -> set[tuple[str, str, str]]:
    """Guardian, student, relation."""
    rows = await school.rows(select(Guardianship.guardian_id, Guardianship.student_id, Guardianship.relation))
    names = {row.id: row.first_name for row in await school.rows(select(Person.id, Person.first_name))}
    return {(names[row[0]], names[row[1]], row[2]) for row in rows}


async def tables(school: ImportedSchool) -> list[int]:
    models = (Person, PersonRole, Enrollment, Guardianship, SchoolClass, Subgroup, SubgroupMember, Homeroom)
    return [await school.count(model) for model in models]


async def test_students_come_with_class_guardians_and_papers(school: ImportedSchool) -> None:
    report = await school.roster(STUDENTS, levels=LEVELS)
    assert report.applied
    assert await people(school) == [
        "Ёлкин Пётр",
        "Ларин Дмитрий",
        "Ларина Ольга",
        "Ларина Прасковья",
        "Ларина Татьяна",
    ]
    assert await in_classes(school) == {"Татьяна": "7Б", "Ольга": "8А", "Пётр": "7Б"}
    assert await guardians(school) == {
        ("Прасковья", "Татьяна", "mother"),
        ("Прасковья", "Ольга", "mother"),
        ("Дмитрий", "Татьяна", "other"),
    }
    papers = select(Guardianship.application, Guardianship.application_on, Guardianship.consent_on)
    mother = papers.join(Person, Person.id == Guardianship.guardian_id).where(Person.first_name == "Прасковья")
    assert {tuple(row) for row in await school.rows(mother)} == {("15", date(2026, 8, 28), date(2026, 8, 28))}
    roles = await school.values(PersonRole.role)
    assert roles == ["administrator", "guardian", "guardian", "student", "student", "student"]
    assert {one.what: one.count for one in report.found}["– с заявлением и согласием"] == 2


async def test_the_second_import_of_a_list_changes_nothing(school: ImportedSchool) -> None:
    await school.roster(STUDENTS, levels=LEVELS)
    before = await tables(school)
    report = await school.roster(STUDENTS)
    assert not report.changes_something
    assert (changes(report, "Ученики"), changes(report, "Родители")) == ((0, 0, 3, 0), (0, 0, 3, 0))
    assert await tables(school) == before


async def test_guardians_may_stand_in_rows_of_their_own(school: ImportedSchool) -> None:
    rows = """ФИО ученика;Класс;ФИО родителя;Степень родства;Телефон;Заявление (№, дата);Согласие от
Ларина Татьяна Дмитриевна;7Б;Ларина Прасковья Ильинична;мать;89000000001;№ 15 от 28 августа 2026 г.;28.08.2026
Ларина Татьяна;7Б;Ларин Дмитрий Олегович;отец;89000000002;16 от 28.08.2026;28.08.2026
Ларина Татьяна Дмитриевна;7Б;Ларина П. И.;мать;89000000001;;
"""
    report = await school.roster(rows, levels=LEVELS)
    assert not report.problems
    assert await people(school) == ["Ларин Дмитрий", "Ларина Прасковья", "Ларина Татьяна"]
    assert await guardians(school) == {("Прасковья", "Татьяна", "mother"), ("Дмитрий", "Татьяна", "father")}
    assert await school.values(Guardianship.application) == ["15", "16"]


async def test_a_sheet_named_after_a_class_needs_no_column_for_it(school: ImportedSchool) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in ("7Б", "8 «А» класс"):
        sheet = book.create_sheet(name)
        sheet.append(["Список класса"])
        sheet.append(["№", "Фамилия", "Имя", "Отчество", "Дата рождения"])
        sheet.append([1, "Ларина", {"7": "Анна", "8": "Ольга"}[name[0]], "Ивановна", date(2013, 3, 5)])
    out = io.BytesIO()
    book.save(out)
    report = await school.roster(out.getvalue(), levels=LEVELS)
    assert not errors(report)
    assert sorted((await in_classes(school)).values()) == ["7Б", "8А"]
    births = await school.rows(select(Person.birth_on).where(Person.last_name == "Ларина"))
    assert {row[0] for row in births} == {date(2013, 3, 5)}


async def test_one_mother_of_two_children_is_one_person_only_by_her_telephone(school: ImportedSchool) -> None:
    rows = """ФИО ученика;Класс;Мать;Телефон матери
Ларина Татьяна Дмитриевна;7Б;Ларина Анна Ивановна;89000000001
Ларина Ольга Дмитриевна;8А;Ларина Анна Ивановна;89000000009
Ларина Вера Дмитриевна;8А;Ларина Анна Ивановна;
Ларина Нина Дмитриевна;8А;Ларина Анна Ивановна;89000000001
"""
    report = await school.roster(rows, levels=LEVELS)
    mothers = await school.rows(select(Person.id).where(Person.first_name == "Анна"))
    assert len(mothers) == 3
    said = [one for one in warnings(report) if "у другого ребёнка" in one.what]
    assert [one.place.row for one in said] == [3, 4]
    again = await school.roster(rows)
    assert not again.changes_something


async def test_a_teacher_who_is_a_parent_here_is_one_person_by_the_telephone(school: ImportedSchool) -> None:
    await school.roster("ФИО;Должность;Телефон\nЛарина Анна Ивановна;учитель;89000000001")
    await school.roster(
        "ФИО ученика;Класс;Мать;Телефон матери\nЛарина Татьяна Дмитриевна;7Б;Ларина Анна Ивановна;8 900 000 00 01",
        levels=LEVELS,
    )
    assert await people(school) == ["Ларина Анна", "Ларина Татьяна"]
    assert await school.values(PersonRole.role) == ["administrator", "guardian", "student", "teacher"]


async def test_new_facts_change_the_person_and_blank_cells_take_nothing_away(school: ImportedSchool) -> None:
    await school.roster(STUDENTS, levels=LEVELS)
    report = await school.roster("""ФИО ученика;Класс;Дата рождения;Родитель 1;Телефон родителя 1;№ заявления 1;\
Дата заявления 1;Дата согласия 1
Ларина Татьяна Дмитриевна;7Б;06.03.2013;Ларина Прасковья Ильинична;8 900 000-00-77;;;
Ларина Татьяна Дмитриевна;7Б;;Ларин Дмитрий Олегович;;17;28.08.2026;29.08.2026
""")
    assert changes(report, "Ученики")[1] == 1
    assert changes(report, "Родители")[1] == 2
    row = (await school.rows(select(Person.birth_on, Person.external_id).where(Person.first_name == "Татьяна")))[0]
    assert tuple(row) == (date(2013, 3, 6), "Л-1")
    mother = (await school.rows(select(Person.phone).where(Person.first_name == "Прасковья")))[0]
    assert mother[0] == "+79000000077"
    assert await school.values(Guardianship.application) == ["15", "15", "17"]
    details = [detail for change in report.changes for detail in change.details]
    assert "Ларина Т. Д.: 05.03.2013 → 06.03.2013" in details


async def test_a_move_to_another_class_begins_today_and_keeps_the_past(school: ImportedSchool) -> None:
    await school.roster(STUDENTS, levels=LEVELS)
    school.clock.set(datetime(2026, 10, 5, 8, tzinfo=UTC))
    report = await school.roster(
        "ФИО ученика;Класс;Дата рождения;Зачислен с\nЁлкин Пётр Сергеевич;8А;17.07.2013;01.09.2020"
    )
    assert changes(report, "Ученики")[:3] == (0, 1, 0)
    spans = select(SchoolClass.name, Enrollment.since_on, Enrollment.until_on).join(
        Enrollment, Enrollment.class_id == SchoolClass.id
    )
    moved = spans.join(Person, Person.id == Enrollment.student_id).where(Person.last_name == "Ёлкин")
    assert {tuple(row) for row in await school.rows(moved)} == {
        ("7Б", date(2026, 9, 1), date(2026, 10, 5)),
        ("8А", date(2026, 10, 5), None),
    }


async def test_a_name_alone_moves_nobody_to_another_class(school: ImportedSchool) -> None:
    """The guardians of a namesake would be given another child's record."""
    await school.roster("ФИО;Класс\nИванов Иван Иванович;7Б\nПетров Пётр;7Б\nСидоров Олег;7Б", levels=LEVELS)
    report = await school.roster("ФИО;Класс;Мать\nИванов Иван Иванович;8А;Иванова Мария", levels=LEVELS)
    assert [one.what for one in errors(report)] == ["«Иванов Иван Иванович» в базе числится в другом классе: 7Б."]
    listed = "ФИО;Класс\nПетров Пётр;7Б\nСидоров Олег;7Б\nИванов Иван Иванович;8А"
    assert not errors(await school.roster(listed, levels=LEVELS))
    assert (await in_classes(school))["Иван"] == "8А"
    assert len(await people(school)) == 3
    both = "ФИО;Класс\nПетров Пётр;7Б\nСидоров Олег;7Б\nПетров Пётр;8А"
    assert not errors(await school.roster(both))
    assert len(await people(school)) == 4


async def test_a_birthday_with_a_slip_is_corrected_and_another_one_is_another_child(school: ImportedSchool) -> None:
    rows = "ФИО;Класс;Дата рождения\nИванов Иван Иванович;7Б;{}"
    await school.roster(rows.format("05.03.2013"), levels=LEVELS)
    await school.roster(rows.format("06.03.2013"))
    assert await people(school) == ["Иванов Иван"]
    report = await school.roster(rows.format("17.11.2013"))
    assert len(await people(school)) == 2
    assert ["второй ученик" in one.what for one in warnings(report)] == [True]


async def test_namesakes_are_told_apart_by_class_birthday_or_number(school: ImportedSchool) -> None:
    rows = """ФИО ученика;Класс;Дата рождения;№ личного дела
Иванов Иван Иванович;7Б;01.01.2013;
Иванов Иван Иванович;7Б;02.02.2013;
Иванов Иван Иванович;8А;;
Петров Пётр;8А;;П-1
Петров Пётр;8А;;П-2
"""
    await school.roster(rows, levels=LEVELS)
    assert len(await people(school)) == 5
    report = await school.roster(rows)
    assert not errors(report)
    assert not report.changes_something


async def test_a_repeated_row_is_one_student_and_said_aloud(school: ImportedSchool) -> None:
    report = await school.roster("ФИО ученика;Класс\nИванов Иван Иванович;7Б\nИванов Иван Иванович;7Б", levels=LEVELS)
    assert len(await people(school)) == 1
    assert [one.place.row for one in warnings(report)] == [3]


async def test_somebody_who_left_loses_class_and_role_on_the_day(school: ImportedSchool) -> None:
    await school.roster(STUDENTS, levels=LEVELS)
    await school.roster("ФИО ученика;Класс;Выбыл\nЁлкин Пётр Сергеевич;7Б;15.09.2026")
    enrolled = select(Enrollment.until_on).join(Person, Person.id == Enrollment.student_id)
    assert [row[0] for row in await school.rows(enrolled.where(Person.last_name == "Ёлкин"))] == [date(2026, 9, 15)]
    roles = select(PersonRole.until_on).join(Person, Person.id == PersonRole.person_id)
    assert [row[0] for row in await school.rows(roles.where(Person.last_name == "Ёлкин"))] == [date(2026, 9, 15)]


async def test_those_a_list_leaves_out_are_named_and_stay(school: ImportedSchool) -> None:
    await school.roster("ФИО ученика;Класс\nИванов Иван;7Б\nПетров Пётр;7Б\nСидоров Сидор;7Б", levels=LEVELS)
    report = await school.roster("ФИО ученика;Класс\nИванов Иван;7Б\nПетров Пётр;7Б")
    assert changes(report, "Ученики") == (0, 0, 2, 1)
    assert len(await in_classes(school)) == 3
    few = await school.roster("ФИО ученика;Класс\nИванов Иван;7Б")
    assert changes(few, "Ученики") == (0, 0, 1, 0)


STAFF = """ФИО сотрудника;Должность;Классное руководство;Телефон;E-mail
ОРЛОВА АННА СЕРГЕЕВНА;директор;;;
Иванова Мария Петровна;Учитель русского языка и литературы, завуч;7 «Б»;89000000010;Ivanova@school.example
Петров Пётр Петрович;Заместитель директора по УВР и учитель;;;
Кузнецова Вера Львовна;повар;;;
"""


async def test_staff_come_with_roles_and_homerooms(school: ImportedSchool) -> None:
    report = await school.roster(STAFF, levels=LEVELS)
    assert not errors(report)
    roles = select(Person.last_name, PersonRole.role).join(PersonRole, PersonRole.person_id == Person.id)
    found = {tuple(row) for row in await school.rows(roles) if row[0] != "Директоров"}
    assert found == {
        ("Орлова", "director"),
        ("Иванова", "teacher"),
        ("Иванова", "deputy"),
        ("Петров", "deputy"),
        ("Петров", "teacher"),
    }
    leads = select(Person.last_name).join(Homeroom, Homeroom.teacher_id == Person.id)
    assert [row[0] for row in await school.rows(leads)] == ["Иванова"]
    assert [one.what for one in warnings(report)] == ["Должность «повар» не даёт роли в журнале."]
    again = await school.roster(STAFF)
    assert not again.changes_something


async def test_homeroom_teachers_are_found_by_initials_of_the_same_file(school: ImportedSchool) -> None:
    book = openpyxl.Workbook()
    staff, list_ = book.worksheets[0], book.create_sheet("Классы")
    staff.title = "Сотрудники"
    for row in (["ФИО", "Должность"], ["Иванова Мария Петровна", "учитель"], ["Иванова Ольга Львовна", "учитель"]):
        staff.append(row)
    for row in (["Класс", "Классный руководитель"], ["7Б", "Иванова М.П."], ["8А", "Иванова О."]):
        list_.append(row)
    out = io.BytesIO()
    book.save(out)
    report = await school.roster(out.getvalue(), levels=LEVELS)
    assert not errors(report)
    leads = (
        select(SchoolClass.name, Person.first_name)
        .join(Homeroom, Homeroom.class_id == SchoolClass.id)
        .join(Person, Person.id == Homeroom.teacher_id)
    )
    assert {tuple(row) for row in await school.rows(leads)} == {("7Б", "Мария"), ("8А", "Ольга")}


async def test_a_new_homeroom_teacher_takes_over_from_the_day(school: ImportedSchool) -> None:
    await school.roster(STAFF, levels=LEVELS)
    school.clock.set(datetime(2026, 10, 5, 8, tzinfo=UTC))
    report = await school.roster("Класс;Классный руководитель\n7Б;Петров П.П.")
    assert "7Б: Иванова М. П. → Петров П. П." in next(
        one.details for one in report.changes if one.what == "Классные руководители"
    )
    spans = select(Person.last_name, Homeroom.since_on, Homeroom.until_on).join(
        Homeroom, Homeroom.teacher_id == Person.id
    )
    assert {tuple(row) for row in await school.rows(spans)} == {
        ("Иванова", date(2026, 9, 1), date(2026, 10, 5)),
        ("Петров", date(2026, 10, 5), None),
    }


async def test_a_whole_name_replaces_the_initials_of_the_timetable(school: ImportedSchool) -> None:
    await school.asc()
    report = await school.roster("ФИО;Должность\nПетров Семён Игоревич;учитель")
    assert changes(report, "Сотрудники") == (0, 1, 0, 0)
    petrovs = select(Person.first_name, Person.middle_name, Person.key).where(Person.last_name == "Петров")
    assert [tuple(row) for row in await school.rows(petrovs)] == [("Семён", "Игоревич", "петров семен игоревич")]
    again = await school.asc()
    assert not again.changes_something


async def test_somebody_dismissed_loses_every_role_of_the_staff(school: ImportedSchool) -> None:
    await school.roster(STAFF, levels=LEVELS)
    await school.roster("ФИО;Должность;Уволен\nПетров Пётр Петрович;учитель;01.10.2026")
    roles = select(PersonRole.until_on).join(Person, Person.id == PersonRole.person_id)
    assert [row[0] for row in await school.rows(roles.where(Person.last_name == "Петров"))] == [date(2026, 10, 1)] * 2


async def subgroups_of(school: ImportedSchool, last_name: str) -> dict[str, tuple[date, date | None]]:
    rows = await school.rows(
        select(Subgroup.name, SubgroupMember.since_on, SubgroupMember.until_on)
        .join(SubgroupMember, SubgroupMember.subgroup_id == Subgroup.id)
        .join(Person, Person.id == SubgroupMember.student_id)
        .where(Person.last_name == last_name)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def test_students_join_the_subgroups_of_the_timetable(school: ImportedSchool) -> None:
    await school.asc()
    rows = "ФИО ученика;Класс;Подгруппы\nИванов Иван;7А;Группа 1, Мальчики\nПетрова Вера;7А;2-я группа; девочки"
    report = await school.roster(rows.replace("; девочки", ", девочки"))
    assert not report.problems
    assert await school.count(Subgroup) == 8
    assert set(await subgroups_of(school, "Иванов")) == {"1 группа", "мальчики"}
    again = await school.roster(rows.replace("; девочки", ", девочки"))
    assert not again.changes_something


async def test_an_unknown_subgroup_is_made_and_said_aloud(school: ImportedSchool) -> None:
    await school.asc()
    report = await school.roster("ФИО ученика;Класс;Подгруппы\nИванов Иван;7А;Английский 1")
    assert ["заводим новую" in one.what for one in warnings(report)] == [True]
    assert await school.count(Subgroup) == 9


async def test_two_parts_of_one_division_at_once_are_asked_about(school: ImportedSchool) -> None:
    await school.asc()
    report = await school.roster("ФИО ученика;Класс;Подгруппы\nИванов Иван;7А;1 группа, мальчики, 2 группа")
    assert [one.what for one in errors(report)] == ["Иванов И. — сразу в «1 группа» и «2 группа»."]


async def test_the_first_list_of_a_subgroup_counts_from_the_start_and_a_newcomer_from_today(
    school: ImportedSchool,
) -> None:
    await school.asc()
    await school.roster("ФИО ученика;Класс\nИванов Иван;7А\nПетров Пётр;7А")
    school.clock.set(datetime(2026, 9, 14, 8, tzinfo=UTC))
    await school.roster("ФИО ученика;Класс;Подгруппы\nИванов Иван;7А;1 группа")
    school.clock.set(datetime(2026, 9, 21, 8, tzinfo=UTC))
    await school.roster("ФИО ученика;Класс;Подгруппы\nПетров Пётр;7А;1 группа")
    assert await subgroups_of(school, "Иванов") == {"1 группа": (date(2026, 9, 1), None)}
    assert await subgroups_of(school, "Петров") == {"1 группа": (date(2026, 9, 21), None)}


async def test_a_transfer_between_subgroups_waits_for_the_terms_end(school: ImportedSchool) -> None:
    await school.asc()
    await school.roster("ФИО ученика;Класс;Подгруппы\nИванов Иван;7А;1 группа")
    school.clock.set(datetime(2026, 9, 21, 8, tzinfo=UTC))
    moved = "ФИО ученика;Класс;Подгруппы\nИванов Иван;7А;2 группа"
    report = await school.roster(moved)
    assert [one.todo for one in errors(report)] == [
        "Подгруппу меняют только по окончании учебного периода (п. 4.4.12): --from 2026-11-02"
    ]
    assert set(await subgroups_of(school, "Иванов")) == {"1 группа"}
    await school.roster(moved, since=date(2026, 11, 2))
    assert await subgroups_of(school, "Иванов") == {
        "1 группа": (date(2026, 9, 1), date(2026, 11, 2)),
        "2 группа": (date(2026, 11, 2), None),
    }


async def test_until_the_fifth_of_september_a_transfer_is_a_correction(school: ImportedSchool) -> None:
    await school.asc()
    await school.roster("ФИО ученика;Класс;Подгруппы\nИванов Иван;7А;1 группа, мальчики")
    await school.roster("ФИО ученика;Класс;Подгруппы\nИванов Иван;7А;2 группа")
    assert await subgroups_of(school, "Иванов") == {
        "2 группа": (date(2026, 9, 1), None),
        "мальчики": (date(2026, 9, 1), None),
    }


BAD = [
    ("ФИО ученика;Класс\nИванов Иван;9Ж", 2, "", "Класса «9Ж» нет в базе."),
    ("ФИО ученика;Класс\nИванов Иван;", 2, "", "Не указан класс: Иванов Иван."),
    ("ФИО ученика;Класс\nИванов;7Б", 2, "ФИО ученика", "«Иванов» — не фамилия и имя."),
    ("Фамилия;Имя;Класс\nИванов;;7Б", 2, "Фамилия", "«Иванов» — не фамилия и имя."),
    ("ФИО ученика;Класс;Дата рождения\nИванов Иван;7Б;31.02.2013", 2, "Дата рождения", "«31.02.2013» — не дата."),
    ("ФИО ученика;Класс;Дата рождения\nИванов Иван;7Б;01.01.2027", 2, "Дата рождения", "Дата рождения в будущем."),
    ("ФИО;Класс;Мать;Согласие\nИванов Иван;7Б;Иванова Мария;да", 2, "Согласие", "«да» — не дата."),
    ("ФИО;Класс;Мать;Согласие\nИванов Иван;7Б;Иванова Мария;01.01.2030", 2, "Согласие", "Дата в будущем."),
    (
        "ФИО;Класс;Мать;Телефон матери\nИванов Иван;7Б;;89000000001",
        2,
        "Мать",
        "Есть данные родителя, но нет имени.",
    ),
    (
        "ФИО;Класс;Мать;Отец;№ заявления\nИванов Иван;7Б;Иванова Мария;Иванов Олег;15",
        2,
        "№ заявления",
        "Не понять, к кому из родителей относится «15».",
    ),
    (
        "ФИО;Класс;Мать;№ заявления\nИванов Иван;7Б;Иванова Мария;2026-05-12",
        2,
        "№ заявления",
        "Excel превратил номер в дату: «2026-05-12».",
    ),
    ("ФИО;Класс;Мать\nИванов Иван;7Б;Иванов Иван", 2, "Мать", "Родитель «Иванов Иван» — это сам ученик."),
    ("ФИО;Должность\nИванов Иван;", 2, "Должность", "Нет должности."),
    (
        "Класс;Классный руководитель\n7Б;Чужов Н.Н.",
        2,
        "Классный руководитель",
        "Сотрудника «Чужов Н. Н.» нет.",
    ),
    ("Меню;Цена\nСуп;50", 0, "", "В файле нет списка учеников, сотрудников или классных руководителей."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "row", "column", "what"), BAD)
async def test_a_bad_cell_is_named_by_row_and_column_and_nothing_is_written(
    school: ImportedSchool, text: str, row: int, column: str, what: str
) -> None:
    before = await tables(school)
    good = {"ФИО уч": "Сидоров Сидор;7Б", "ФИО;Кл": "Сидоров Сидор;7Б", "Фамили": "Сидоров;Сидор;7Б"}.get(text[:6], "")
    report = await school.roster(f"{text}\n{good}", levels=LEVELS)
    assert [(one.place, one.what) for one in errors(report)] == [(Place("", row, column), what)]
    assert all(one.todo for one in errors(report))
    assert not report.applied
    assert await tables(school) == before


async def test_a_row_without_a_class_means_the_student_the_base_knows(school: ImportedSchool) -> None:
    await school.roster(STUDENTS, levels=LEVELS)
    report = await school.roster("ФИО ученика;ФИО родителя;Телефон\nЁлкин Пётр;Ёлкина Инна Львовна;89000000003")
    assert not errors(report)
    assert ("Инна", "Пётр", "other") in await guardians(school)
    assert (await in_classes(school))["Пётр"] == "7Б"


async def test_initials_that_two_employees_fit_are_asked_about(school: ImportedSchool) -> None:
    await school.roster("ФИО;Должность\nИванова Мария Петровна;учитель\nИванова Марина Павловна;учитель")
    report = await school.roster("Класс;Классный руководитель\n7Б;Иванова М.П.", levels=LEVELS)
    assert [one.what for one in errors(report)] == [
        "«Иванова М. П.» — это может быть: Иванова Мария Петровна, Иванова Марина Павловна."
    ]


async def test_two_homeroom_teachers_of_a_class_are_asked_about(school: ImportedSchool) -> None:
    report = await school.roster(
        "ФИО;Должность;Классное руководство\nИванова Мария;учитель;7Б\nПетрова Анна;учитель;7 б", levels=LEVELS
    )
    assert ["два классных руководителя" in one.what for one in errors(report)] == [True]


async def test_a_personal_files_number_of_somebody_else_is_refused(school: ImportedSchool) -> None:
    await school.roster(STUDENTS, levels=LEVELS)
    report = await school.roster("ФИО ученика;Класс;№ личного дела\nНовиков Глеб;7Б;Е-1")
    assert [one.what for one in errors(report)] == ["Этот номер личного дела в базе у другого: Ёлкин Пётр Сергеевич."]


async def test_a_new_surname_keeps_the_student_by_the_number(school: ImportedSchool) -> None:
    await school.roster(STUDENTS, levels=LEVELS)
    report = await school.roster("ФИО ученика;Класс;№ личного дела\nСоснина Татьяна Дмитриевна;7Б;Л-1")
    assert changes(report, "Ученики")[:3] == (0, 1, 0)
    assert "Соснина Татьяна" in await people(school)
    assert "Ларина Татьяна" not in await people(school)


async def test_a_trial_run_of_lists_writes_nothing(school: ImportedSchool) -> None:
    before = await tables(school)
    report = await school.roster(STUDENTS, levels=LEVELS, dry_run=True)
    assert changes(report, "Ученики") == (3, 0, 0, 0)
    assert await tables(school) == before


async def test_an_import_of_lists_cut_short_leaves_whole_families(
    school: ImportedSchool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "\n".join(f"Учеников Иван{'а' * number};7Б;Ученикова Мать{'а' * number}" for number in range(6))
    text = f"ФИО ученика;Класс;Мать\n{rows}"
    monkeypatch.setattr("services.imports.roster.CHUNK", 14)
    ties = imports_write.add_guardianships
    calls = 0

    async def cut(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise ConnectionError("the machine went away")
        await ties(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(imports_write, "add_guardianships", cut)
        with pytest.raises(ConnectionError):
            await school.roster(text, levels=LEVELS)
    assert 0 < await school.count(Guardianship) < 6
    assert await school.count(Enrollment) == await school.count(Guardianship)
    report = await school.roster(text)
    assert report.applied
    assert await school.count(Guardianship) == 6
    assert len(await people(school)) == 12


async def test_a_transfer_in_the_break_counts_from_the_new_term(school: ImportedSchool) -> None:
    await school.asc()
    await school.roster("ФИО ученика;Класс;Подгруппы\nИванов Иван;7А;1 группа")
    school.clock.set(datetime(2026, 10, 27, 8, tzinfo=UTC))
    report = await school.roster("ФИО ученика;Класс;Подгруппы\nИванов Иван;7А;2 группа")
    assert (
        "Переходы между подгруппами действуют с 02.11.2026, первого дня учебного периода (п. 4.4.12)." in report.notes
    )
    spans = select(SubgroupMember.since_on, SubgroupMember.until_on).order_by(SubgroupMember.since_on)
    assert [tuple(row) for row in await school.rows(spans)] == [
        (date(2026, 9, 1), date(2026, 11, 2)),
        (date(2026, 11, 2), None),
    ]


LEFT = "ФИО;Должность;Дата увольнения\nСмирнов Олег Ильич;учитель;{day}"
BACK = "ФИО;Должность\n{name};учитель"


async def test_an_employee_who_comes_back_is_the_same_person(school: ImportedSchool) -> None:
    await school.roster(BACK.format(name="Смирнов Олег Ильич"))
    before = await school.count(Person)
    assert (await school.roster(LEFT.format(day="02.09.2026"))).applied
    school.clock.set(datetime(2026, 9, 21, 8, tzinfo=UTC))
    report = await school.roster(BACK.format(name="Смирнов Олег Ильич"))
    assert report.applied
    assert "Смирнов О. И. снова работает в школе: запись прежняя." in report.notes
    assert await school.count(Person) == before
    roles = select(PersonRole.since_on, PersonRole.until_on).join(Person, Person.id == PersonRole.person_id)
    held = await school.rows(roles.where(Person.last_name == "Смирнов").order_by(PersonRole.id))
    assert [tuple(row) for row in held][1:] == [(date(2026, 9, 21), None)]


async def test_initials_of_somebody_who_left_are_asked_about(school: ImportedSchool) -> None:
    await school.roster(BACK.format(name="Смирнов Олег Ильич"))
    await school.roster(LEFT.format(day="02.09.2026"))
    before = await school.count(Person)
    report = await school.roster(BACK.format(name="Смирнов О. И."))
    assert [one.what for one in errors(report)] == [
        "«Смирнов О. И.» — возможно, кто-то из работавших раньше: Смирнов Олег Ильич."
    ]
    assert await school.count(Person) == before


async def test_a_namesake_born_on_another_day_is_another_person(school: ImportedSchool) -> None:
    born = "ФИО;Должность;Дата рождения\nСмирнов Олег Ильич;учитель;{day}"
    await school.roster(born.format(day="01.02.1980"))
    await school.roster(LEFT.format(day="02.09.2026"))
    before = await school.count(Person)
    assert (await school.roster(born.format(day="03.04.1990"))).applied
    assert await school.count(Person) == before + 1
