"""Calendar-thematic plans: tables with and without headers, pasted text, and what a second plan changes."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from services.imports.plans import NoSuchSubject
from services.imports.report import Place
from storage.models.audit import AuditEntry
from storage.models.school import LessonPlan, PlanTopic
from tests.imports.school import ImportedSchool, changes, errors, warnings

ALGEBRA = """Предмет;Параллель;№;Тема;Часы;Вид работы
Алгебра;7;1;Числовые выражения;1;
Алгебра;7;2;Выражения с переменными;2;самостоятельная
Алгебра;7;3;Степени;;К/р
Алгебра;8 класс;1;Рациональные дроби;1;
"""


@pytest.fixture
async def taught(school: ImportedSchool) -> ImportedSchool:
    """The school with the subjects of its timetable."""
    await school.asc()
    return school


async def topics(school: ImportedSchool, level: int = 7) -> list[tuple[int, str, int, str | None]]:
    """The topics of a level's plans in their order."""
    rows = await school.rows(
        select(PlanTopic.ordinal, PlanTopic.title, PlanTopic.hours, PlanTopic.work_kind)
        .join(LessonPlan, LessonPlan.id == PlanTopic.plan_id)
        .where(LessonPlan.level == level, PlanTopic.gone_at.is_(None))
        .order_by(PlanTopic.ordinal)
    )
    return [tuple(row) for row in rows]


async def ids(school: ImportedSchool) -> dict[str, int]:
    return {row.title: row.id for row in await school.rows(select(PlanTopic.id, PlanTopic.title))}


async def test_a_table_becomes_a_plan_for_each_subject_and_level(taught: ImportedSchool) -> None:
    report = await taught.plans(ALGEBRA)
    assert not report.problems
    assert await topics(taught) == [
        (1, "Числовые выражения", 1, None),
        (2, "Выражения с переменными", 2, "independent"),
        (3, "Степени", 1, "control"),
    ]
    assert await topics(taught, 8) == [(1, "Рациональные дроби", 1, None)]
    assert [(one.what, one.count, one.note) for one in report.found] == [
        ("Темы", 4, ""),
        ("– Алгебра, 7 класс", 3, "часов: 4"),
        ("– Алгебра, 8 класс", 1, "часов: 1"),
    ]


async def test_the_second_import_of_a_plan_changes_nothing(taught: ImportedSchool) -> None:
    await taught.plans(ALGEBRA)
    before = await ids(taught), await taught.count(AuditEntry)
    report = await taught.plans(ALGEBRA)
    assert not report.changes_something
    assert (await ids(taught), await taught.count(AuditEntry)) == before


async def test_a_topic_put_between_others_moves_them_and_keeps_their_numbers_in_the_base(
    taught: ImportedSchool,
) -> None:
    await taught.plans("№;Тема\n1;Повторение\n2;Степени\n3;Повторение\n4;Дроби", subject="алгебра", level=7)
    before = {row.ordinal: row.id for row in await taught.rows(select(PlanTopic.id, PlanTopic.ordinal))}
    report = await taught.plans(
        "№;Тема\n1;Повторение\n2;Новая тема\n3;Степени\n4;Повторение\n5;Дроби", subject="Алгебра", level=7
    )
    assert changes(report, "Алгебра, 7 класс") == (1, 3, 1, 0)
    after = {row.ordinal: row.id for row in await taught.rows(select(PlanTopic.id, PlanTopic.ordinal))}
    assert (after[1], after[3], after[4], after[5]) == (before[1], before[2], before[3], before[4])


async def test_a_topic_taken_out_stays_for_its_lessons_and_may_come_back(taught: ImportedSchool) -> None:
    whole = "№;Тема\n1;Степени\n2;Дроби\n3;Корни"
    await taught.plans(whole, subject="Алгебра", level=7)
    before = await ids(taught)
    report = await taught.plans("№;Тема\n1;Степени\n2;Корни", subject="Алгебра", level=7)
    assert changes(report, "Алгебра, 7 класс") == (0, 1, 1, 1)
    assert [one[1] for one in await topics(taught)] == ["Степени", "Корни"]
    assert await ids(taught) == before
    await taught.plans(whole, subject="Алгебра", level=7)
    assert [one[1] for one in await topics(taught)] == ["Степени", "Дроби", "Корни"]
    assert await ids(taught) == before


async def test_a_reworded_topic_is_the_same_topic(taught: ImportedSchool) -> None:
    await taught.plans("№;Тема\n1;Степени\n2;Дроби", subject="Алгебра", level=7)
    before = set((await ids(taught)).values())
    report = await taught.plans("№;Тема\n1;Степень числа\n2;Дроби", subject="Алгебра", level=7)
    assert changes(report, "Алгебра, 7 класс") == (0, 1, 1, 0)
    assert set((await ids(taught)).values()) == before


@pytest.mark.parametrize(
    "text",
    [
        "1. Числовые выражения — 2 ч\n2. Степени, корни и дроби (1 час)\n3) Итоговая работа",
        "1\tЧисловые выражения\t2\n2\tСтепени, корни и дроби\t1\n3\tИтоговая работа",
        "1;Числовые выражения;2 часа\n2;Степени, корни и дроби;1 ч\n3;Итоговая работа",
        "Числовые выражения, 2 ч.\nСтепени, корни и дроби\nИтоговая работа",
    ],
)
async def test_pasted_text_is_understood(taught: ImportedSchool, text: str) -> None:
    report = await taught.plans(text, subject="Алгебра", level=7, pasted=True)
    assert not report.problems
    assert await topics(taught) == [
        (1, "Числовые выражения", 2, None),
        (2, "Степени, корни и дроби", 1, None),
        (3, "Итоговая работа", 1, None),
    ]


async def test_sheets_named_after_subject_and_level_need_no_columns_for_them(taught: ImportedSchool) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in ("Алгебра 7", "Химия 8 класс"):
        sheet = book.create_sheet(name)
        sheet.append(["Календарно-тематическое планирование"])
        sheet.append(["№ п/п", "Тема урока", "Кол-во часов", "Вид контроля"])
        sheet.append([None, "Раздел 1. Введение", 2])
        sheet.append([1, f"Введение. {name}", 1, "тест"])
        sheet.append(["2-3", "Практика", None, "пр/р"])
        sheet.append([None, "Итого", 3])
    out = io.BytesIO()
    book.save(out)
    report = await taught.plans(out.getvalue())
    assert not report.problems
    assert await topics(taught) == [(1, "Введение. Алгебра 7", 1, "test"), (2, "Практика", 2, "practical")]
    assert (await topics(taught, 8))[0] == (1, "Введение. Химия 8 класс", 1, "test")
    assert any("приняты за разделы" in note and "3" in note for note in report.notes)


async def test_subject_and_level_of_merged_cells_hold_for_the_rows_below(taught: ImportedSchool) -> None:
    report = await taught.plans("Предмет;Класс;№;Тема\nАлгебра;7;1;Степени\n;;2;Дроби\n;8;1;Корни")
    assert not report.problems
    assert [one[1] for one in await topics(taught)] == ["Степени", "Дроби"]
    assert [one[1] for one in await topics(taught, 8)] == ["Корни"]


BAD = [
    ("Предмет;Параллель;Тема\nАлгебрa 7;7;Степени", 2, "Предмет", "В школе нет предмета «Алгебрa 7»."),
    ("Предмет;Параллель;Тема\nАлгебра;7Б;Степени", 2, "Параллель", "«7Б» — не параллель."),
    ("Предмет;Параллель;№;Тема\nАлгебра;7;1;Степени\nАлгебра;7;1;Дроби", 3, "№", "Номер 1 стоит после 1."),
    ("Предмет;Параллель;№;Тема\nАлгебра;7;раз;Степени", 2, "№", "«раз» — не номер."),
    ("Предмет;Параллель;№;Тема\nАлгебра;7;2026-06-05;Степени", 2, "№", "«2026-06-05» — не номер."),
    ("Предмет;Параллель;Тема;Часы\nАлгебра;7;Степени;0,5", 2, "Часы", "«0,5» — не целое число часов."),
    ("Предмет;Параллель;Тема;Часы\nАлгебра;7;Степени;0", 2, "Часы", "«0» — не целое число часов."),
    ("Тема\nСтепени\nДроби", 2, "", "В файле не названы предмет и параллель."),
    ("Тема;Часы\n;1", 0, "", "В файле нет тем."),
]


@pytest.mark.parametrize(("text", "row", "column", "what"), BAD)
async def test_a_bad_cell_of_a_plan_stops_the_import_by_row_and_column(
    taught: ImportedSchool, text: str, row: int, column: str, what: str
) -> None:
    report = await taught.plans(text)
    assert [(one.place, one.what) for one in errors(report)] == [(Place("", row, column), what)]
    assert all(one.todo for one in errors(report))
    assert await taught.count(PlanTopic) == 0


async def test_a_subject_mistyped_is_told_what_it_may_be(taught: ImportedSchool) -> None:
    report = await taught.plans("Предмет;Параллель;Тема\nАлгебраа;7;Степени")
    assert [one.todo for one in errors(report)] == ["Может быть: «Алгебра»."]


async def test_gaps_in_numbers_and_unknown_kinds_are_warned_of(taught: ImportedSchool) -> None:
    report = await taught.plans("№;Тема;Вид работы\n1;Степени;урок-игра\n4;Дроби;", subject="Алгебра", level=7)
    assert not errors(report)
    assert [one.what for one in warnings(report)] == [
        "Вида работы «урок-игра» мы не знаем; тема взята без него.",
        "Пропущены номера с 2 по 3.",
    ]


async def test_a_subject_of_the_command_must_be_the_schools(taught: ImportedSchool) -> None:
    with pytest.raises(NoSuchSubject):
        await taught.plans("Степени", subject="Магия", level=7, pasted=True)


async def test_a_trial_run_of_a_plan_writes_nothing(taught: ImportedSchool) -> None:
    report = await taught.plans(ALGEBRA, dry_run=True)
    assert changes(report, "Алгебра, 7 класс") == (3, 0, 0, 0)
    assert await taught.count(LessonPlan) == 0
