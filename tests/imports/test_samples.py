"""The samples a school begins with: taken in one after another, on the timetable of the Russian school."""

from pathlib import Path

import pytest
from sqlalchemy import select

from services.imports.tables import read_tables
from storage.models.people import Guardianship, Homeroom, Person
from storage.models.school import PlanTopic, SchoolClass
from tests.imports.school import LEVELS, ImportedSchool, changes

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"


async def test_the_samples_import_whole_and_without_a_problem(school: ImportedSchool) -> None:
    await school.asc()
    report = await school.roster((SAMPLES / "roster.xlsx").read_bytes())
    assert not report.problems
    assert report.applied
    assert changes(report, "Ученики") == (5, 0, 0, 0)
    assert changes(report, "Родители") == (6, 0, 0, 0)
    assert changes(report, "Сотрудники") == (2, 3, 0, 0)
    assert changes(report, "В подгруппах") == (8, 0, 0, 0)
    counts = {one.what: one.count for one in report.found}
    assert (counts["Ученики"], counts["Родители учеников"], counts["– с заявлением и согласием"]) == (5, 6, 5)
    # Two children, one mother.
    assert len(await school.rows(select(Person.id).where(Person.last_name == "Алексеева"))) == 2
    assert len(await school.values(Guardianship.student_id)) == 6
    leads = (
        select(SchoolClass.name, Person.last_name)
        .join(Homeroom, Homeroom.class_id == SchoolClass.id)
        .join(Person, Person.id == Homeroom.teacher_id)
    )
    assert {tuple(row) for row in await school.rows(leads)} == {
        ("7А", "Иванова"),
        ("7Б", "Кузнецова"),
        ("8А", "Сидорова"),
        ("10А", "Петров"),
    }
    plans = await school.plans((SAMPLES / "plans.xlsx").read_bytes())
    assert not plans.problems
    assert await school.count(PlanTopic) == 8


async def test_the_csv_samples_say_the_same_as_the_workbooks(school: ImportedSchool) -> None:
    await school.asc()
    await school.roster((SAMPLES / "roster.xlsx").read_bytes())
    await school.plans((SAMPLES / "plans.xlsx").read_bytes())
    for name in ("roster.csv", "staff.csv"):
        report = await school.roster((SAMPLES / name).read_bytes())
        assert not report.problems
        assert not report.changes_something
    report = await school.plans((SAMPLES / "plans.csv").read_bytes())
    assert not report.changes_something


async def test_the_samples_come_in_before_any_timetable_too(school: ImportedSchool) -> None:
    levels = {**LEVELS, "7а": LEVELS["7б"], "10а": LEVELS["7б"]}
    for name in ("staff.csv", "roster.csv"):
        report = await school.roster((SAMPLES / name).read_bytes(), levels=levels)
        assert not report.problems
    timetable = await school.asc()
    assert not [one for one in timetable.problems if one.severity == "error"]
    assert changes(timetable, "Учителя") == (3, 0, 3, 0)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.*")), ids=lambda path: path.name)
def test_a_sample_has_no_formulas_and_no_empty_columns(path: Path) -> None:
    for sheet in read_tables(path.read_bytes()):
        rows = [cells for _number, cells in sheet["rows"]]
        assert all(not cell.startswith(("=", "@")) for cells in rows for cell in cells)
        assert all(rows[0])
