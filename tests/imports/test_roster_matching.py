"""Matching people by chance-made bases and lists: nobody is tied twice, to oneself, or to a child nobody named."""

import random
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from services.calendar import SchoolCalendar, TermSpan
from services.imports.headers import FORMS, Form
from services.imports.report import Report, render
from services.imports.roster_groups import GroupPlanner
from services.imports.roster_guardians import Contacts, GuardianPlanner
from services.imports.roster_rows import read_roster
from services.imports.roster_staff import StaffPlanner
from services.imports.roster_students import StudentPlanner
from services.imports.roster_types import Classes, Days, Family, Numbers
from services.imports.tables import Sheet
from services.names import full_name
from services.rules.regulation import Regulation
from storage.repositories.imports_read import (
    Known,
    KnownClass,
    KnownGuardianship,
    KnownPerson,
    KnownSubgroup,
    KnownTie,
)
from storage.vocabulary import TermKind

YEAR = date(2026, 9, 1)
NAMES = ("Иванов Иван Иванович", "Иванов Иван", "Иванов И.И.", "Петрова М.П.", "Петрова Мария Павловна", "Ларина Анна")
CELLS = {
    "student": NAMES,
    "guardian": NAMES,
    "staff": NAMES,
    "teacher": NAMES,
    "class": ("7Б", "7 А", "8В", ""),
    "birth": ("01.02.2013", "02.02.2013", "05.07.2012", ""),
    "number": ("1", "2", "", ""),
    "subgroups": ("1 группа", "2 группа", "Английский 1, мальчики", ""),
    "until": ("", "", "", "01.10.2026"),
    "since": ("", "01.09.2020", "20.09.2026"),
    "phone": ("89000000001", "89000000002", "", ""),
    "email": ("a@b.ru", ""),
    "roles": ("учитель", "завуч", "повар"),
    "homeroom": ("7Б", "", ""),
    "relation": ("мать", ""),
    "application": ("15", ""),
    "application_on": ("01.09.2026", ""),
    "consent_on": ("01.09.2026", ""),
}


def made_base(chance: random.Random) -> Known:
    """A school of seven people whose names, birthdays and telephones often coincide."""
    people = []
    for number in range(1, 8):
        name = full_name(chance.choice(NAMES))
        assert name is not None
        people.append(
            KnownPerson(
                number,
                name.last,
                name.first,
                name.middle,
                name.key,
                chance.choice([None, date(2013, 2, 1), date(2013, 2, 2)]),
                chance.choice([None, "+79000000001"]),
                None,
                chance.choice([None, "1", "2"]),
                frozenset(chance.sample(["student", "teacher", "guardian"], chance.randint(0, 2))),
            )
        )
    students = [person.id for person in people if "student" in person.roles]
    return Known(
        classes=[KnownClass(1, "7Б", "7б", 7, False, None), KnownClass(2, "7А", "7а", 7, False, None)],
        subjects=[],
        subgroups=[KnownSubgroup(1, 1, "1 группа", "1 группа", "1"), KnownSubgroup(2, 1, "2 группа", "2 группа", "1")],
        people=people,
        enrollments=[KnownTie(one, one, chance.choice([1, 2]), YEAR) for one in students],
        members=[KnownTie(one, one, chance.choice([1, 2]), YEAR) for one in students[:2]],
        homerooms=[KnownTie(1, 1, 1, YEAR)],
        guardianships=[KnownGuardianship(1, 2, 1, "mother", None, None, None)],
        versions=[],
    )


def made_sheets(chance: random.Random) -> list[Sheet]:
    sheets: list[Sheet] = []
    for form in (Form.STUDENTS, Form.STAFF, Form.HOMEROOMS):
        columns = [column for column in FORMS[form] if column.field in CELLS]
        rows = [(1, [column.title.replace("{n}", "1") for column in columns])]
        rows += [
            (number, [chance.choice(CELLS[column.field]) for column in columns])
            for number in range(2, chance.randint(3, 9))
        ]
        sheets.append({"name": "", "rows": rows})
    return sheets


def planned(known: Known, sheets: list[Sheet], today: date, report: Report) -> dict[int, Family]:
    rows = read_roster(sheets, today, report)
    days, numbers, contacts, classes = Days(today, YEAR, today), Numbers(), Contacts(), Classes(known, {})
    StaffPlanner(known, classes, numbers, days, contacts, report).plan(rows.staff, rows.homerooms)
    students = StudentPlanner(known, classes, numbers, days, report)
    students.plan(rows.students)
    GuardianPlanner(known, numbers, days, contacts, report).plan(students.families, students.specs)
    quarter = TermSpan(1, TermKind.QUARTER, 1, YEAR, date(2026, 10, 25))
    calendar = SchoolCalendar(1, 1, ZoneInfo("Europe/Moscow"), YEAR, date(2027, 5, 31), [quarter], {}, {}, None)
    GroupPlanner(known, classes, calendar, Regulation(), days, report).plan(students.families, students.specs)
    return students.families


@pytest.mark.parametrize("seed", range(60))
def test_whoever_is_matched_no_tie_is_made_twice_or_to_oneself(seed: int) -> None:
    chance = random.Random(seed)
    for _turn in range(5):
        report = Report("")
        families = planned(made_base(chance), made_sheets(chance), date(2026, 9, chance.choice([2, 20])), report)
        render(report, dry_run=True)
        for ref, family in families.items():
            ties = [guardian for guardian, _values in family.tied]
            assert ref not in ties
            for pairs in (family.tied, family.enrolled, family.left, family.joined, family.parted, family.changed):
                numbers = [number for number, *_rest in pairs]
                assert len(numbers) == len(set(numbers))
            assert len(family.enrolled) <= 1
