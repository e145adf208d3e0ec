"""Importing lists of people: students with guardians, staff, homeroom teachers, subgroups."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.clock import Clock
from services.i18n import gettext as _
from services.imports.asc import NoYear, chunks
from services.imports.levels import Level
from services.imports.reading import read_tables
from services.imports.report import Found, Place, Report, day_text
from services.imports.roster_groups import GroupPlan, GroupPlanner
from services.imports.roster_guardians import Contacts, GuardianPlanner
from services.imports.roster_rows import RosterRows, read_roster
from services.imports.roster_staff import StaffPlan, StaffPlanner
from services.imports.roster_students import StudentPlanner
from services.imports.roster_types import Classes, Days, Family, Numbers, WantedPerson
from services.rules.regulation import Regulation
from services.timetable import school_calendar
from storage.repositories import audit, imports_read, imports_write
from storage.repositories import calendar as calendar_rows
from storage.repositories.imports_read import Known
from storage.repositories.imports_write import CHUNK
from storage.uow import Storage, Uow
from storage.vocabulary import SchoolId


@dataclass(frozen=True)
class RosterOptions:
    """`since`: the day from which moves and new homeroom teachers count, None for today; `levels`: by class key."""

    since: date | None = None
    levels: Mapping[str, Level] = field(default_factory=dict)


@dataclass(frozen=True)
class _Plan:
    """Everything one import would write."""

    classes: Classes
    staff: StaffPlan
    groups: GroupPlan
    families: list[Family]


class RosterImport:
    """Imports lists from XLSX, CSV or text.

    1. The file is read in a child process; sheets are known by their headers.
    2. Every row is checked and matched against the school; any error ends here, with nothing written.
    3. Staff, then subgroups, then families are written, a family in one transaction: an import cut short leaves
       whole families, and the next one completes it.
    """

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def run(self, school_id: SchoolId, data: bytes, options: RosterOptions, *, dry_run: bool = False) -> Report:
        """Import a file's bytes, or only say what that would do. Raises FileUnreadable, NoYear."""
        sheets = await read_tables(data)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar = await school_calendar(uow, school_id, now)
            if calendar is None:
                raise NoYear
            known = await imports_read.load(uow, school_id, calendar.year_id)
            regulation = await _regulation(uow, school_id, calendar.today(now))
        today = calendar.today(now)
        report = Report(_("Lists of people"))
        rows = read_roster(sheets, today, report)
        days = Days(today, calendar.starts_on, options.since or today)
        if days.since > calendar.ends_on or days.since < days.from_start:
            report.error(
                Place(),
                _("{day} is outside the school year.").format(day=day_text(days.since)),
                _("Name a day of the year with --from."),
            )
        numbers, contacts = Numbers(), Contacts()
        classes = Classes(known, options.levels)
        staff = StaffPlanner(known, classes, numbers, days, contacts, report).plan(rows.staff, rows.homerooms)
        students = StudentPlanner(known, classes, numbers, days, report)
        students.plan(rows.students)
        guardians = GuardianPlanner(known, numbers, days, contacts, report)
        guardians.plan(students.families, students.specs)
        groups = GroupPlanner(known, classes, calendar, regulation, days, report)
        group_plan = groups.plan(students.families, students.specs)
        report.found += _found(rows, students, guardians)
        if not report.errors and not dry_run:
            plan = _Plan(classes, staff, group_plan, list(students.families.values()))
            await _Writer(self._storage, school_id, calendar.year_id, days, now, known).write(plan)
            report.applied = True
        return report


async def _regulation(uow: Uow, school_id: SchoolId, day: date) -> Regulation:
    rows = await calendar_rows.load(uow, school_id, day)
    return Regulation.from_json(rows.regulation if rows else {})


def _found(rows: RosterRows, students: StudentPlanner, guardians: GuardianPlanner) -> list[Found]:
    named = sum(len(row.guardians) for row in rows.students)
    return [
        Found(_("Sheets"), rows.sheets),
        Found(_("Students"), len(students.families)),
        Found(_("Guardians of students"), named),
        Found(_("– with an application and a consent"), guardians.ready),
        Found(_("Staff"), len({row.name.key for row in rows.staff})),
        Found(_("Homeroom teachers"), len(rows.homerooms) + sum(bool(row.homeroom) for row in rows.staff)),
    ]


class _Writer:
    def __init__(
        self, storage: Storage, school_id: SchoolId, year_id: int, days: Days, now: datetime, known: Known
    ) -> None:
        self.storage, self.school_id, self.year_id = storage, school_id, year_id
        self.days, self.now = days, now
        self.people: dict[int, int] = {person.id: person.id for person in known.people}
        self.classes: dict[int, int] = {one.id: one.id for one in known.classes}
        self.parts: dict[int, int] = {one.id: one.id for one in known.subgroups}

    async def write(self, plan: _Plan) -> None:
        for chunk in chunks(plan.classes.new):
            async with self.storage.writing() as uow:
                rows = [{**one.values, "school_id": self.school_id, "year_id": self.year_id} for one in chunk]
                ids = await imports_write.add_classes(uow, rows)
            self.classes |= {one.ref: ident for one, ident in zip(chunk, ids, strict=True)}
        for people in chunks(list(plan.staff.people.values()), CHUNK // 4):
            async with self.storage.writing() as uow:
                await self.write_people(uow, people)
        async with self.storage.writing() as uow:
            await self.write_homerooms(uow, plan.staff)
        for parts in chunks(list(plan.groups.new.items())):
            async with self.storage.writing() as uow:
                await self.write_subgroups(uow, parts)
        for families in by_weight(plan.families):
            async with self.storage.writing() as uow:
                await self.write_families(uow, families)
        async with self.storage.writing() as uow:
            await audit.note(
                uow,
                school_id=self.school_id,
                actor_id=None,
                at=self.now,
                action="import_roster",
                subject=f"school:{self.school_id}",
                detail={"students": len(plan.families), "staff": len(plan.staff.people)},
            )

    async def write_people(self, uow: Uow, people: Sequence[WantedPerson]) -> None:
        """People with their roles; those written before keep their number."""
        new = [one for one in people if one.ref not in self.people]
        ids = await imports_write.add_people(uow, _rows([one.values for one in new], school_id=self.school_id))
        self.people |= {one.ref: ident for one, ident in zip(new, ids, strict=True)}
        written = {one.ref for one in new}
        for one in people:
            if one.ref not in written and one.values:
                await imports_write.change_person(uow, self.people[one.ref], one.values)
            for role, day in one.ended.items():
                await imports_write.end_role(uow, self.people[one.ref], role.value, day)
        roles = [
            self.row(person_id=self.people[one.ref], role=role.value, since_on=day)
            for one in people
            for role, day in one.roles.items()
        ]
        await imports_write.add_roles(uow, roles)
        for one in people:  # the same guardian comes again with the next child
            one.values, one.roles, one.ended = {}, {}, {}

    async def write_homerooms(self, uow: Uow, staff: StaffPlan) -> None:
        for homeroom_id, day in staff.ended:
            await imports_write.end_homeroom(uow, homeroom_id, day)
        rows = [
            self.row(class_id=self.classes[class_ref], teacher_id=self.people[teacher], since_on=day)
            for class_ref, teacher, day in staff.homerooms
        ]
        await imports_write.add_homerooms(uow, rows)

    async def write_subgroups(self, uow: Uow, parts: Sequence[tuple[int, dict[str, Any]]]) -> None:
        rows = [
            {**values, "school_id": self.school_id, "class_id": self.classes[values["class_id"]]}
            for _ref, values in parts
        ]
        ids = await imports_write.add_subgroups(uow, rows)
        self.parts |= {ref: ident for (ref, _values), ident in zip(parts, ids, strict=True)}

    async def write_families(self, uow: Uow, families: Sequence[Family]) -> None:
        """Students, guardians and all their ties."""
        people = {one.ref: one for family in families for one in (family.student, *family.guardians)}
        await self.write_people(uow, list(people.values()))
        enrolled, members, tied = [], [], []
        for family in families:
            student_id = self.people[family.student.ref]
            for enrollment_id, day in family.left:
                await imports_write.end_enrollment(uow, enrollment_id, day)
            for member_id, day in family.parted:
                await imports_write.end_member(uow, member_id, day)
            for guardianship_id, values in family.changed:
                await imports_write.change_guardianship(uow, guardianship_id, values)
            enrolled += [
                self.row(student_id=student_id, class_id=self.classes[class_ref], since_on=day)
                for class_ref, day in family.enrolled
            ]
            members += [
                {"student_id": student_id, "subgroup_id": self.parts[part], "since_on": day}
                for part, day in family.joined
            ]
            tied += [
                {**values, "guardian_id": self.people[ref], "student_id": student_id} for ref, values in family.tied
            ]
        await imports_write.add_enrollments(uow, enrolled)
        await imports_write.add_members(uow, members)
        await imports_write.add_guardianships(uow, _rows(tied, school_id=self.school_id))

    def row(self, **values: Any) -> dict[str, Any]:
        return {"school_id": self.school_id, **values}


def _rows(rows: Iterable[dict[str, Any]], **common: Any) -> list[dict[str, Any]]:
    """Rows with the same columns: one statement inserts them all, blanks where a row says nothing."""
    rows = list(rows)
    columns = dict.fromkeys(column for row in rows for column in row)
    return [{**columns, **row, **common} for row in rows]


def by_weight(families: Sequence[Family]) -> Iterator[list[Family]]:
    """Families in parts that fit a transaction."""
    part: list[Family] = []
    weight = 0
    for family in families:
        people = [family.student, *family.guardians]
        own = len(people) + sum(len(one.roles) for one in people)
        own += len(family.enrolled) + len(family.left) + len(family.joined) + len(family.parted)
        own += len(family.tied) + len(family.changed)
        if part and weight + own > CHUNK:
            yield part
            part, weight = [], 0
        part.append(family)
        weight += own
    if part:
        yield part
