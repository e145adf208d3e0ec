"""Two real schools' exports, whole; they aren't ours to ship, so that their places are given by settings."""

import os
import re
import time
from pathlib import Path

import pytest

from services.imports.asc_file import read_file, single_cards
from services.imports.asc_found import describe
from services.imports.asc_types import AscFile
from services.imports.levels import Level
from services.imports.reading import read_asc
from services.imports.report import Report
from services.names import class_key
from storage.models.people import PersonRole
from storage.models.school import SchoolClass, Subject
from storage.models.timetable import TimetableEntry
from tests.imports.school import ImportedSchool, changes, errors, warnings


def real_file(setting: str) -> bytes:
    path = os.environ.get(setting)
    if not path:
        pytest.skip(f"needs a real aSc export: {setting} is not set")
    return Path(path).read_bytes()


async def read(data: bytes) -> tuple[AscFile, dict[str, int], Report]:
    report = Report("")
    file = read_file(await read_asc(data), report)
    describe(file, single_cards(file), report)
    return file, {one.what: one.count for one in report.found}, report


def all_seventh(data: bytes) -> dict[str, Level]:
    names = re.findall(r'<class id="[^"]*" name="([^"]*)"', data.decode())
    return {class_key(name): Level(7) for name in names}


async def test_the_college_comes_in_whole(school: ImportedSchool) -> None:
    data = real_file("ZVONOK_ASC_COLLEGE")
    file, counts, _report = await read(data)
    assert (counts["Классы"], counts["Учителя"], counts["Предметы"], counts["Кабинеты"]) == (44, 155, 337, 124)
    assert (counts["Группы"], counts["Занятия"], counts["Карточки"]) == (447, 1607, 4843)
    assert (counts["– с несколькими учителями"], counts["– с несколькими классами"]) == (414, 327)
    assert (counts["– по подгруппам"], counts["– без карточек"]) == (257, 47)
    assert (file.week_count, counts["– не каждую неделю"]) == (2, 2441 + 2030)
    assert len(single_cards(file)) == 4843

    asked = await school.asc(data, levels={})
    assert len(errors(asked)) == 44
    started = time.perf_counter()
    report = await school.asc(data, levels=all_seventh(data), take_bells=True)
    seconds = time.perf_counter() - started
    assert report.applied
    assert (await school.count(SchoolClass), await school.count(Subject)) == (44, 335)
    assert len([role for role in await school.values(PersonRole.role) if role == "teacher"]) == 155
    assert await school.count(TimetableEntry) == 4843 - counts["– занятий без класса"]
    again = await school.asc(data, levels={})
    assert not again.changes_something
    print(f"college: imported in {seconds:.1f} s")


async def test_the_institute_comes_in_whole(school: ImportedSchool) -> None:
    data = real_file("ZVONOK_ASC_INSTITUTE")
    _file, counts, found = await read(data)
    assert (counts["Классы"], counts["Учителя"], counts["Предметы"], counts["Кабинеты"]) == (47, 103, 403, 67)
    assert (counts["Занятия"], counts["Карточки"]) == (515, 1187)
    assert (counts["– без карточек"], counts["– без учителя"]) == (17, 9)
    said = [one.what for one in warnings(found)]
    assert sum("нет карточек" in what for what in said) == 17
    assert sum("нет учителя" in what for what in said) == 9

    asked = await school.asc(data, levels={})
    assert len(errors(asked)) == 47
    started = time.perf_counter()
    report = await school.asc(data, levels=all_seventh(data), take_bells=True)
    seconds = time.perf_counter() - started
    assert report.applied
    assert await school.count(SchoolClass) == 47
    assert await school.count(TimetableEntry) == 1187
    assert changes(report, "Места в неделе") == (1187, 0, 0, 0)
    again = await school.asc(data, levels={})
    assert not again.changes_something
    print(f"institute: imported in {seconds:.1f} s")
