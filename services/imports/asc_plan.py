"""What an aSc export would change in the school: matched, compared, and ready to be written. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from services.calendar import SchoolCalendar
from services.i18n import gettext as _
from services.imports.asc_types import AscClass, AscFile
from services.imports.levels import Level, level_of
from services.imports.report import Changes, Fate, Place, Report, day_text
from services.imports.staff import StaffIndex, initials, name_of
from services.imports.values import read_email, read_phone
from services.names import FullName, class_name, fold, subgroup_key, subject_key
from storage.repositories.imports_read import Known, KnownClass, KnownPerson, KnownSubgroup
from storage.vocabulary import Role


@dataclass(frozen=True)
class Options:
    """How a timetable is to be imported.

    `since`: the first day of the new version, None for today's default; `levels`: by class key; `take_bells`: the
    file's bells become the school's.
    """

    since: date | None = None
    levels: Mapping[str, Level] = field(default_factory=dict)
    take_bells: bool = False


@dataclass(frozen=True)
class Wanted:
    """A row that is to stand: its id if it stands already, and the values to write (none: it is right as it is)."""

    known_id: int | None
    values: dict[str, Any]


@dataclass
class AscPlan:
    """Everything to be written, in the order of writing; keys of the dictionaries are the file's ids."""

    since: date
    week_count: int
    classes: dict[str, Wanted] = field(default_factory=dict)
    subjects: dict[str, Wanted] = field(default_factory=dict)
    teachers: dict[str, Wanted] = field(default_factory=dict)
    needs_role: set[str] = field(default_factory=set)
    subgroups: dict[str, Wanted] = field(default_factory=dict)
    class_of_group: dict[str, str] = field(default_factory=dict)
    homerooms: list[tuple[str, str]] = field(default_factory=list)


def default_since(known: Known, today: date, starts_on: date) -> date:
    """The first import is for today, a later one for next Monday; never before the year."""
    if not known.versions:
        return max(today, starts_on)
    return max(today + timedelta(days=7 - today.weekday()), starts_on)


def plan_directory(
    file: AscFile, known: Known, calendar: SchoolCalendar, today: date, options: Options, report: Report
) -> AscPlan:
    """The classes, people and subjects that the file's timetable needs; problems go to the report."""
    since = options.since or default_since(known, today, calendar.starts_on)
    if not calendar.starts_on <= since <= calendar.ends_on:
        report.error(
            Place(),
            _("{day} is outside the school year.").format(day=day_text(since)),
            _("Name a day of the year with --from."),
        )
    return _Planner(file, known, since, options, report).plan()


class _Planner:
    def __init__(self, file: AscFile, known: Known, since: date, options: Options, report: Report) -> None:
        self.file, self.known = file, known
        self.options, self.report = options, report
        self.done = AscPlan(since, file.week_count)
        self.skipped: set[str] = set()

    def plan(self) -> AscPlan:
        """The steps in their order: later ones refer to what the earlier ones matched."""
        self.plan_classes()
        self.plan_teachers()
        self.plan_subjects()
        self.plan_subgroups()
        self.plan_homerooms()
        return self.done

    def plan_classes(self) -> None:
        changes = self.change(_("Classes"))
        by_key = {one.key: one for one in self.known.classes}
        by_external = {one.external_id: one for one in self.known.classes if one.external_id}
        names = {one.key for one in self.file.classes.values()}
        homeless: list[AscClass] = []
        for one in self.file.classes.values():
            external = lasting(one.id)
            known = by_key.get(one.key)
            renamed = by_external.get(external) if known is None and external else None
            if renamed is not None and renamed.key not in names:
                known = renamed
            level = level_of(one, self.options.levels, known)
            if level is None:
                homeless.append(one)
                continue
            if level.skip:
                self.skipped.add(one.id)
                continue
            values: dict[str, Any] = {"name": class_name(one.name)[:64], "key": one.key[:64]}
            values |= {"level": level.year, "short_stay": level.short_stay}
            if external:
                values["external_id"] = external
            self.done.classes[one.id] = _wanted(known, values, changes, one.name, {"name", "level"})
        matched = {wanted.known_id for wanted in self.done.classes.values()}
        for known_class in self.known.classes:
            if known_class.id not in matched:
                changes.add(Fate.GONE, _("{name}: not in the file, stays as it is").format(name=known_class.name))
        for one in homeless:
            self.report.error(
                Place(row=one.line, column="grade"),
                _("Which level is the class “{name}”?").format(name=one.name),
                _("Say it with --level “{name}=N” (1 to 11, ГКП, or “-”: not a class), or in a file: --levels.").format(
                    name=one.name
                ),
            )

    def plan_teachers(self) -> None:
        changes = self.change(_("Teachers"))
        index = StaffIndex(self.known.people)
        taken: dict[int, int] = {}
        for one in self.file.teachers.values():
            match = index.find(one.name, lasting(one.id))
            place = Place(row=one.line, column="name")
            if match.several:
                self.report.error(
                    place,
                    _("“{name}” may be any of: {names}.").format(
                        name=one.name.full, names=", ".join(name_of(person).full for person in match.several)
                    ),
                    _("Write the whole name in aSc."),
                )
                continue
            if match.one is not None and match.one.id in taken:
                self.report.error(
                    place,
                    _("“{name}” stands in the file twice (row {other} too).").format(
                        name=one.name.full, other=taken[match.one.id]
                    ),
                    _("Leave one of them in aSc, or write the whole names."),
                )
                continue
            if match.one is not None:
                taken[match.one.id] = one.line
            values = _teacher_values(one.name, match.one, one.email, one.phone, lasting(one.id))
            if match.one is None or Role.TEACHER not in match.one.roles:
                self.done.needs_role.add(one.id)
            shown = {"last_name", "first_name", "middle_name", "phone", "email"}
            self.done.teachers[one.id] = _wanted(match.one, values, changes, initials(one.name), shown)
        self.warn_of_namesakes()

    def warn_of_namesakes(self) -> None:
        new = [one for one in self.file.teachers.values() if self.is_new_teacher(one.id)]
        names = Counter(one.name.key for one in new)
        for one in new:
            if names[one.name.key] > 1:
                self.report.warn(
                    Place(row=one.line, column="name"),
                    _("Two teachers are called “{name}”; they are taken for two people.").format(name=one.name.full),
                    _("If it is one person, leave one of them in aSc before importing."),
                )

    def is_new_teacher(self, ident: str) -> bool:
        """Whether the import would make the teacher a new person."""
        wanted = self.done.teachers.get(ident)
        return wanted is not None and wanted.known_id is None

    def plan_subjects(self) -> None:
        changes = self.change(_("Subjects"))
        by_key = {one.key: one for one in self.known.subjects}
        for one in self.file.subjects.values():
            key = subject_key(one.name)
            if not key or key in self.done.subjects:
                continue
            known = by_key.get(key)
            values: dict[str, Any] = {} if known else {"name": one.name, "key": key, "short": one.short}
            if not known and (external := lasting(one.id)):
                values["external_id"] = external
            self.done.subjects[key] = Wanted(known.id if known else None, values)
            changes.add(Fate.SAME if known else Fate.NEW)

    def plan_subgroups(self) -> None:
        """Only the groups that lessons use: every class of an export has «Boys», «Girls», «Group 1», used or not."""
        changes = self.change(_("Subgroups"))
        used = {ident for lesson in self.file.lessons.values() for ident in lesson.group_ids}
        taken: set[int] = set()
        for group in self.file.groups.values():
            wanted_class = self.done.classes.get(group.class_id)
            if group.entire or group.id not in used or wanted_class is None:
                continue
            parts = [one for one in self.known.subgroups if one.class_id == wanted_class.known_id]
            found = find_subgroup(parts, group.name)
            if found is not None and found.id in taken:
                found = None
            taken |= {found.id} if found else set()
            values: dict[str, Any] = {}
            if found is None:
                values = {"name": group.name[:128], "key": fold(group.name)[:128], "division": group.division[:64]}
            self.done.class_of_group[group.id] = group.class_id
            self.done.subgroups[group.id] = Wanted(found.id if found else None, values)
            changes.add(Fate.SAME if found else Fate.NEW)

    def plan_homerooms(self) -> None:
        """A class that has no homeroom teacher gets the file's; where it has one, the school's list knows better."""
        leads = {one.to_id: one.person_id for one in self.known.homerooms}
        changes = Changes(_("Homeroom teachers"))
        for one in self.file.classes.values():
            wanted_class, teacher = self.done.classes.get(one.id), self.done.teachers.get(one.teacher_id)
            if wanted_class is None or teacher is None:
                continue
            now = leads.get(wanted_class.known_id or 0)
            if now is None:
                self.done.homerooms.append((one.id, one.teacher_id))
                changes.add(Fate.NEW)
            elif now == teacher.known_id:
                changes.add(Fate.SAME)
            else:
                self.report.warn(
                    Place(row=one.line, column="teacherid"),
                    _("The class {name} has another homeroom teacher in the base; that one stays.").format(
                        name=one.name
                    ),
                    _("Change homeroom teachers with: ./zvonok import roster"),
                )
        if changes.counts:
            self.report.changes.append(changes)

    def change(self, what: str) -> Changes:
        """A new line of the report's table of changes."""
        self.report.changes.append(Changes(what))
        return self.report.changes[-1]


def find_subgroup(parts: Sequence[KnownSubgroup], name: str) -> KnownSubgroup | None:
    """The part of a class with this name, or with the only one that means the same («Группа 1» = «1 группа»)."""
    same = [one for one in parts if fold(one.name) == fold(name)]
    same = same or [one for one in parts if subgroup_key(one.name) == subgroup_key(name)]
    return same[0] if len(same) == 1 else None


def lasting(ident: str) -> str | None:
    """An id of the file that may be kept: those with «*» are good for one export only."""
    return ident if ident and not ident.startswith("*") and len(ident) <= 64 else None


def _wanted(
    known: KnownClass | KnownPerson | None, values: dict[str, Any], changes: Changes, title: str, shown: set[str]
) -> Wanted:
    """A row to stand with these values; counted as changed only by what a person would see."""
    if known is None:
        changes.add(Fate.NEW)
        return Wanted(None, values)
    different = {name: value for name, value in values.items() if getattr(known, name) != value}
    seen = [
        f"{getattr(known, name) or '–'} → {different[name]}" for name in values if name in different and name in shown
    ]
    if seen:
        changes.add(Fate.CHANGED, f"{title}: {', '.join(seen)}")
    else:
        changes.add(Fate.SAME)
    return Wanted(known.id, different)


def _teacher_values(
    name: FullName, known: KnownPerson | None, email: str, phone: str, external: str | None
) -> dict[str, Any]:
    """A teacher's values: a whole name replaces initials, contacts fill gaps, nothing is taken away."""
    values: dict[str, Any] = {}
    if known is None or (name.is_whole and not name_of(known).is_whole):
        values |= {"last_name": name.last, "first_name": name.first, "middle_name": name.middle, "key": name.key}
    if (address := read_email(email)) and (known is None or not known.email):
        values["email"] = address
    if (number := read_phone(phone)) and (known is None or not known.phone):
        values["phone"] = number
    if external:
        values["external_id"] = external
    return values
