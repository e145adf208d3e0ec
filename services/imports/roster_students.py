"""What a roster would change: students, guardians, their ties. Pure.

People are told apart so that nobody sees another's child:
- a student by the number of the personal file, else by name in the class (and birthday where both sides have one);
- a guardian by name among the guardians of the same child; for another child the same name is not enough, the
  telephone or the address must be the same too.
New people carry negative numbers until they are written.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.i18n import gettext as _
from services.imports.report import Changes, Fate, Report, day_text
from services.imports.roster_rows import StudentRow
from services.imports.roster_types import Classes, Days, Family, Numbers, WantedPerson, person_values
from services.imports.said import differences
from services.imports.staff import initials, name_of
from services.names import FullName, fits, fold
from storage.repositories.imports_read import Known, KnownPerson, KnownTie
from storage.vocabulary import Role


@dataclass
class StudentSpec:
    """All rows of one student together."""

    class_ref: int | None
    rows: list[StudentRow]

    @property
    def row(self) -> StudentRow:
        """The row that speaks of the student first."""
        return self.rows[0]

    @property
    def name(self) -> FullName:
        """The name as the fullest row writes it."""
        return max((row.name for row in self.rows), key=lambda name: len(name.full))

    def value(self, name: str) -> Any:
        """The first filled value of a field."""
        return next((found for row in self.rows if (found := getattr(row, name))), None)

    @property
    def subgroups(self) -> tuple[str, ...]:
        """Every subgroup that any row names."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row.subgroups))


class StudentPlanner:
    """Plans the students and guardians of a roster, in the rows' order."""

    def __init__(self, known: Known, classes: Classes, numbers: Numbers, days: Days, report: Report) -> None:
        self.known, self.classes, self.numbers, self.days, self.report = known, classes, numbers, days, report
        self.people = {person.id: person for person in known.people}
        self.class_of: dict[int, KnownTie] = {tie.person_id: tie for tie in known.enrollments}
        self.with_students = {tie.to_id for tie in known.enrollments}
        self.by_number: dict[str, KnownPerson] = {}
        self.by_name: defaultdict[str, list[KnownPerson]] = defaultdict(list)
        for person in known.people:
            if Role.STUDENT in person.roles or person.id in self.class_of or not person.roles:
                self.by_name[fold(person.last_name)].append(person)
                if person.external_id:
                    self.by_number[person.external_id] = person
        self.families: dict[int, Family] = {}
        self.specs: dict[int, StudentSpec] = {}
        self.changes = Changes(_("Students"))

    def plan(self, rows: Iterable[StudentRow]) -> None:
        """Students first, all of them: a row of a guardian may come before the child's own."""
        specs = self.gather(rows)
        claimed: set[int] = set()
        waiting = []
        for spec in specs:
            found = self.find_here(spec, claimed)
            if found is not None:
                claimed.add(found.id)
                self.put(spec, found)
            else:
                waiting.append(spec)
        for spec in waiting:
            if spec.class_ref is None:
                self.report.error(
                    spec.row.place,
                    _("The class of “{name}” is not given.").format(name=spec.name.full),
                    _("Write the class: 7Б."),
                )
                continue
            known = self.find_corrected(spec, claimed) or self.find_elsewhere(spec, claimed)
            if known is not None:
                claimed.add(known.id)
            self.put(spec, known)
        self.report.changes.append(self.changes)
        self.list_missing(claimed)

    def gather(self, rows: Iterable[StudentRow]) -> list[StudentSpec]:
        """Rows of the same student together: by number, else by name and class and no birthday against it."""
        specs: list[StudentSpec] = []
        index: defaultdict[str, list[StudentSpec]] = defaultdict(list)
        without_class: list[StudentRow] = []
        for row in rows:
            if not row.class_key:
                without_class.append(row)
                continue
            class_ref = self.classes.find(row.class_key, row.class_name)
            if class_ref is None:
                self.report.error(
                    row.place,
                    _("The class “{name}” is not in the base.").format(name=row.class_name),
                    _("Import the timetable first, or say the level: --level “{name}=N”.").format(name=row.class_name),
                )
                continue
            self.join(StudentSpec(class_ref, [row]), specs, index)
        for row in without_class:
            self.join(StudentSpec(None, [row]), specs, index)
        return specs

    def join(self, spec: StudentSpec, specs: list[StudentSpec], index: defaultdict[str, list[StudentSpec]]) -> None:
        """Adds a row to the student it speaks of, or begins a new one."""
        row, last = spec.row, fold(spec.name.last)
        may_be = [one for one in index[last] if fits(one.name, row.name) and _is_one_student(one, spec)]
        same = [one for one in may_be if one.name.key == row.name.key] or may_be
        if len(same) > 1:
            self.report.error(
                row.place,
                _("“{name}” may be several students of the file.").format(name=row.name.full),
                _("Write the class, or the number of the personal file."),
            )
        elif same:
            self.warn_of_repetition(same[0].row, row)
            same[0].rows.append(row)
        else:
            specs.append(spec)
            index[last].append(spec)

    def warn_of_repetition(self, first: StudentRow, row: StudentRow) -> None:
        """A second row that adds nothing may be a namesake."""
        if not row.guardians and not row.subgroups and first.place.sheet == row.place.sheet:
            self.report.warn(
                row.place,
                _("“{name}” repeats row {other}; both are taken for one student.").format(
                    name=row.name.full, other=first.place.row
                ),
                _("If they are namesakes, write birthdays or numbers of the personal files."),
            )

    def find_here(self, spec: StudentSpec, claimed: set[int]) -> KnownPerson | None:
        """The student of the base by number, or by name in the same class."""
        marked = self.by_number.get(spec.value("number") or "")
        if marked is not None and marked.id not in claimed:
            if fold(marked.first_name) != fold(spec.name.first) and fold(marked.last_name) != fold(spec.name.last):
                self.report.error(
                    spec.row.place,
                    _("The personal file's number belongs to {name} in the base.").format(name=name_of(marked).full),
                    _("Correct the number."),
                )
            return marked
        candidates = [
            person
            for person in self.by_name[fold(spec.name.last)]
            if person.id not in claimed and self.may_be(spec, person)
        ]
        here = [one for one in candidates if spec.class_ref is None or self.class_ref(one) == spec.class_ref]
        exact = [one for one in here if one.key == spec.name.key] or here
        if len(exact) > 1:
            self.report.error(
                spec.row.place,
                _("Several students in the base are called “{name}”.").format(name=spec.name.full),
                _("Write the birthday or the number of the personal file."),
            )
        return exact[0] if exact else None

    def find_corrected(self, spec: StudentSpec, claimed: set[int]) -> KnownPerson | None:
        """The student of this very name in the class whose birthday differs in one figure: a slip of the pen."""
        birth_on = spec.value("birth_on")
        if birth_on is None:
            return None
        same = [
            person
            for person in self.by_name[fold(spec.name.last)]
            if person.id not in claimed
            and person.key == spec.name.key
            and self.class_ref(person) == spec.class_ref
            and person.birth_on is not None
        ]
        near = [one for one in same if _is_slip(one.birth_on, birth_on)]
        if len(near) == 1:
            return near[0]
        if same:
            self.report.warn(
                spec.row.place,
                _("The class has a “{name}” with another birthday; this one becomes a second student.").format(
                    name=spec.name.full
                ),
                _("If it is one student, write the number of the personal file, or correct the birthday."),
            )
        return None

    def find_elsewhere(self, spec: StudentSpec, claimed: set[int]) -> KnownPerson | None:
        """The student of this very name who was elsewhere: by birthday or number, or since the old class has lost one.

        A name alone is not enough: the guardians of a namesake would be given another child's record.
        """
        same = [
            person
            for person in self.by_name[fold(spec.name.last)]
            if person.id not in claimed
            and person.key == spec.name.key
            and self.class_ref(person) != spec.class_ref
            and self.may_be(spec, person)
        ]
        proved = [person for person in same if self.is_proved(spec, person)]
        listed = self.listed_classes(claimed)
        lost = [person for person in same if self.class_ref(person) in listed]
        found = proved or (lost if len(same) == 1 else [])
        if len(found) == 1:
            return found[0]
        if same:
            self.report.error(
                spec.row.place,
                _("“{name}” stands in the base in another class: {names}.").format(
                    name=spec.name.full,
                    names=", ".join(self.classes.name(self.class_ref(one) or 0) or "–" for one in same),
                ),
                _("Write the birthday or the personal file's number, or import that class's list along with it."),
            )
        return None

    def listed_classes(self, claimed: set[int]) -> set[int]:
        """Classes of which the file lists more than half: it is their list."""
        sizes = Counter(tie.to_id for tie in self.class_of.values())
        named = Counter(self.class_of[ref].to_id for ref in claimed if ref in self.class_of)
        return {class_id for class_id, size in sizes.items() if named[class_id] * 2 > size}

    def is_proved(self, spec: StudentSpec, person: KnownPerson) -> bool:
        """Whether birthday or number are the same."""
        birth_on, number = spec.value("birth_on"), spec.value("number")
        return bool(birth_on and birth_on == person.birth_on) or bool(number and number == person.external_id)

    def may_be(self, spec: StudentSpec, person: KnownPerson) -> bool:
        """No name, birthday or number against it; somebody without any role now needs one of them for it."""
        birth_on, number = spec.value("birth_on"), spec.value("number")
        return (
            fits(spec.name, name_of(person))
            and (not birth_on or not person.birth_on or birth_on == person.birth_on)
            and (not number or not person.external_id or number == person.external_id)
            and (bool(person.roles) or person.id in self.class_of or self.is_proved(spec, person))
        )

    def class_ref(self, person: KnownPerson) -> int | None:
        """The class a student is in."""
        tie = self.class_of.get(person.id)
        return tie.to_id if tie else None

    def put(self, spec: StudentSpec, known: KnownPerson | None) -> None:
        """One student with the class."""
        name = spec.name
        if known is None and spec.value("until_on"):
            self.report.notes.append(
                _("{name} has left and is not in the base: not taken.").format(name=initials(name))
            )
            return
        values = person_values(
            name,
            known,
            birth_on=spec.value("birth_on"),
            phone=spec.value("phone"),
            email=spec.value("email"),
            external_id=spec.value("number"),
        )
        ref = known.id if known else self.numbers.next()
        family = self.families[ref] = Family(WantedPerson(ref, name, values))
        self.specs[ref] = spec
        said = differences(known, values)
        self.enroll(spec, known, family, said)
        if known is None:
            self.changes.add(Fate.NEW)
        else:
            detail = f"{initials(name)}: {', '.join(said)}" if said else ""
            self.changes.add(Fate.CHANGED if said else Fate.SAME, detail)

    def enroll(self, spec: StudentSpec, known: KnownPerson | None, family: Family, said: list[str]) -> None:
        """The class from a day, or out of it."""
        tie = self.class_of.get(known.id) if known else None
        until, class_ref = spec.value("until_on"), spec.class_ref
        if until is not None:
            if tie is not None:
                family.left.append((tie.id, until))
                family.student.ended[Role.STUDENT] = until
                said.append(_("left from {day}").format(day=day_text(until)))
            return
        if class_ref is None or (tie is not None and tie.to_id == class_ref):
            return
        since = self.since(spec, tie)
        family.enrolled.append((class_ref, since))
        if known is None or Role.STUDENT not in known.roles:
            family.student.roles[Role.STUDENT] = since
        if tie is not None:
            family.left.append((tie.id, since))
            said.append(f"{self.classes.name(tie.to_id)} → {self.classes.name(class_ref)}")
        elif known is not None:
            said.append(f"→ {self.classes.name(class_ref)}")

    def since(self, spec: StudentSpec, tie: KnownTie | None) -> date:
        """The first day in the class: the row's, but not before the year; else the year's first day for a new list.

        A move counts from today: the day a child entered the school, years ago, is not the day of the move.
        """
        given: date | None = spec.value("since_on")
        if tie is not None:
            return given if given is not None and given > max(tie.since_on, self.days.year_start) else self.days.since
        if given is not None:
            return max(given, self.days.from_start)
        new_list = spec.class_ref not in self.with_students and tie is None
        return self.days.from_start if new_list else self.days.since

    def list_missing(self, claimed: set[int]) -> None:
        """Students of the base that a list of their class leaves out; half a class or less is no list of it."""
        listed = self.listed_classes(claimed)
        for person_id, tie in self.class_of.items():
            if person_id not in claimed and tie.to_id in listed:
                text = _("{name}, {class_name}: not in the file; stays (who left is said in the column “Выбыл”)")
                title = initials(name_of(self.people[person_id]))
                self.changes.add(Fate.GONE, text.format(name=title, class_name=self.classes.name(tie.to_id)))


def _is_one_student(one: StudentSpec, other: StudentSpec) -> bool:
    """Whether two specs of the same name speak of one student."""
    numbers = one.value("number"), other.value("number")
    if all(numbers):
        return bool(numbers[0] == numbers[1])
    births = one.value("birth_on"), other.value("birth_on")
    if all(births) and births[0] != births[1]:
        return False
    return other.class_ref is None or one.class_ref == other.class_ref


def _is_slip(one: date | None, other: date) -> bool:
    """Whether two dates differ in the day, the month or the year only."""
    pairs = ((one.day, other.day), (one.month, other.month), (one.year, other.year)) if one else ()
    return sum(left != right for left, right in pairs) == 1
